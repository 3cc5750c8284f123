"""Documents looked at by a scanner for harmful content before they are kept.

ClamAV's clamd takes a document over TCP or a local socket by its command INSTREAM (clamd(8)):
parts, each after its length as four bytes, big-endian, and a length of 0 at the end.
"""

import socket
from pathlib import Path
from typing import Protocol

PART_BYTES = 64 << 10
TIMEOUT_SECONDS = 20.0
MAXIMUM_ANSWER_BYTES = 4_096
MAXIMUM_NAME_CHARACTERS = 200


class ScannerUnavailable(Exception):
    """A document could not be looked at: it is neither clean nor harmful, and to be sent again."""


class Scanner(Protocol):
    """What looks at documents."""

    def scan(self, path: Path) -> str | None:
        """Return the name of what harmful was found in a file, or None.

        Errors: ScannerUnavailable; OSError where the file can't be read.
        """


class ClamdScanner:
    """clamd at HOST:PORT, or at the path of its socket. Each scan is a connection of its own."""

    def __init__(self, address: str, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        host, _, port = address.rpartition(":")
        self._place: tuple[str, int] | str = address
        if not address.startswith("/"):
            if not host or not port.isascii() or not port.isdigit():
                raise ValueError("a scanner's address is HOST:PORT or the path of a socket")
            self._place = (host.strip("[]"), int(port))
        self._timeout_seconds = timeout_seconds

    def scan(self, path: Path) -> str | None:
        """Return the name of what harmful was found in a file, or None.

        Errors: ScannerUnavailable; OSError where the file can't be read.
        """
        with path.open("rb") as file:
            try:
                with self._connected() as connection:
                    connection.sendall(b"zINSTREAM\0")
                    while part := file.read(PART_BYTES):
                        connection.sendall(len(part).to_bytes(4, "big") + part)
                    connection.sendall(bytes(4))
                    return _found(_answer(connection))
            except OSError as error:
                raise ScannerUnavailable(f"the scanner: {type(error).__name__}") from error

    def _connected(self) -> socket.socket:
        if isinstance(self._place, tuple):
            return socket.create_connection(self._place, self._timeout_seconds)
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(self._timeout_seconds)
        try:
            connection.connect(self._place)
        except OSError:
            connection.close()
            raise
        return connection


def _answer(connection: socket.socket) -> str:
    answer = bytearray()
    while not answer.endswith(b"\0"):
        part = connection.recv(MAXIMUM_ANSWER_BYTES)
        answer += part
        if not part or len(answer) > MAXIMUM_ANSWER_BYTES:
            raise ScannerUnavailable("the scanner gave no whole answer")
    return answer[:-1].decode("ascii", "replace")


def _found(answer: str) -> str | None:
    if answer == "stream: OK":
        return None
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        name = answer.removeprefix("stream: ").removesuffix(" FOUND")
        return "".join(each if each.isprintable() else "?" for each in name)[
            :MAXIMUM_NAME_CHARACTERS
        ]
    raise ScannerUnavailable(f"the scanner answered {answer[:MAXIMUM_NAME_CHARACTERS]!r}")
