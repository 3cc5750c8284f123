"""A small clamd that knows one thing to be harmful, and obeys INSTREAM (clamd(8))."""

import socketserver
import threading
from contextlib import contextmanager

HARMFUL = b"fox and hen"
MAXIMUM_BYTES = 1 << 20


def whole(reader, count):
    content = reader.read(count)
    assert len(content) == count
    return content


class Handler(socketserver.StreamRequestHandler):
    def handle(self):
        assert whole(self.rfile, 10) == b"zINSTREAM\0"
        document = bytearray()
        while length := int.from_bytes(whole(self.rfile, 4), "big"):
            document += whole(self.rfile, length)
        self.server.seen.append(bytes(document))
        self.wfile.write(self.server.answer or self.told(document))

    @staticmethod
    def told(document):
        if len(document) > MAXIMUM_BYTES:
            return b"INSTREAM size limit exceeded. ERROR\0"
        return b"stream: Fox.Hen-1 FOUND\0" if HARMFUL in document else b"stream: OK\0"


class Tcp(socketserver.ThreadingTCPServer):
    daemon_threads = True


class Local(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True


@contextmanager
def fake_clamd(socket_path=None):
    """Have one on a port, or at the path of a socket; `answer` is said in place of its own."""
    made = Tcp(("127.0.0.1", 0), Handler) if socket_path is None else Local(socket_path, Handler)
    made.seen, made.answer = [], None
    thread = threading.Thread(target=made.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    place = made.server_address
    made.address = f"{place[0]}:{place[1]}" if isinstance(place, tuple) else place
    yield made
    made.shutdown()
    made.server_close()
