"""A service's metrics and health over HTTP: `/metrics`, `/live` and `/ready`."""

import threading
from collections.abc import Callable, Iterable
from socket import SOCK_STREAM, AddressFamily, getaddrinfo
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import CollectorRegistry, make_wsgi_app

PLAIN = ("Content-Type", "text/plain; charset=utf-8")


class _Handler(WSGIRequestHandler):
    def log_message(self, *_arguments: object) -> None:
        """Log nothing: it is asked for every few seconds."""


class Endpoint:
    """Serves in threads of its own until it is closed. Errors: OSError for a port in use.

    `ready` tells whether the service does its work now; it is called in a thread of the endpoint.
    """

    def __init__(
        self, address: str, port: int, registry: CollectorRegistry, ready: Callable[[], bool]
    ) -> None:
        self._metrics = make_wsgi_app(registry)
        self._ready = ready
        family = getaddrinfo(address, port, type=SOCK_STREAM)[0][0]
        kind = _server_of(family)
        self._server = make_server(address, port, self._answer, kind, _Handler)
        self.port = self._server.server_port
        self._thread = threading.Thread(
            target=self._server.serve_forever, name="endpoint", daemon=True
        )
        self._thread.start()

    def close(self) -> None:
        """End serving."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _answer(self, request: dict[str, Any], start: Callable[..., Any]) -> Iterable[bytes]:
        path = request["PATH_INFO"]
        if path == "/metrics":
            answer: Iterable[bytes] = self._metrics(request, start)
            return answer
        if path not in ("/live", "/ready"):
            start("404 Not Found", [PLAIN])
            return [b"/metrics, /live and /ready are served here\n"]
        works = path == "/live" or self._ready()
        # The server adds to the list of headers, so each answer has its own.
        start("200 OK" if works else "503 Service Unavailable", [PLAIN])
        return [f"{'' if works else 'not '}{path[1:]}\n".encode()]


def _server_of(family: AddressFamily) -> type[WSGIServer]:
    class Server(ThreadingMixIn, WSGIServer):
        """A request that waits holds no other up."""

        daemon_threads = True
        address_family = family

    return Server
