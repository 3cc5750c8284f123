"""A server on real HTTP whose next answers can be made to fail, hang or get lost."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class FakeServer:
    """Answers requests by `answer(method, path, body) -> (status, headers, body)`.

    `faults` are used up one a request: ("status", 503), ("hang", seconds), ("lost", None) for a
    request that takes effect and whose answer never comes, ("drop", None) for one without effect.
    """

    def __init__(self, token: str) -> None:
        self.token = token
        self.requests: list[tuple[str, str]] = []
        self.faults: list[tuple[str, object]] = []
        self.lock = threading.Lock()
        handler = type("Handler", (_Handler,), {"fake": self})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def answer(self, method, path, body):
        raise NotImplementedError

    def is_authorised(self, headers, body) -> bool:
        raise NotImplementedError

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Handler(BaseHTTPRequestHandler):
    fake: FakeServer
    protocol_version = "HTTP/1.1"
    wbufsize = 65_536

    def log_message(self, *_):
        pass

    def do_GET(self):
        self._serve("GET", None)

    def do_POST(self):
        raw = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            self._serve("POST", json.loads(raw))
        except ValueError:
            self._write(400, {}, {"message": "no JSON"})

    def _serve(self, method, body):
        with self.fake.lock:
            self.fake.requests.append((method, self.path))
            fault = self.fake.faults.pop(0) if self.fake.faults else (None, None)
            if fault[0] == "status":
                answered = (fault[1], {}, {"message": "Server Error"})
            elif fault[0] == "drop":
                self.close_connection = True
                return
            elif not self.fake.is_authorised(self.headers, body):
                answered = (401, {}, {"message": "Unauthenticated."})
            else:
                answered = self.fake.answer(method, self.path, body)
        if fault[0] == "lost":
            self.close_connection = True
            return
        if fault[0] == "hang":
            time.sleep(fault[1])
        self._write(*answered)

    def _write(self, status, headers, body):
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)
