"""What type a document is, told from its bytes; what it is called does not count.

Types are few, and none of them is a container that a reader would have to unpack. Text is taken
whatever it says, HTML and SVG too, since it is only ever given back as plain text to save.
"""

import codecs
from pathlib import Path

_CHUNK_BYTES = 65_536
_CONTROL = frozenset(range(32)) - {9, 10, 12, 13} | {127}
_TAIL_BYTES = 1_024
EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "application/pdf": "pdf",
    "text/plain": "txt",
}


def media_type_of(path: Path) -> str | None:
    """Return the media type of a file, or None where it is none of those taken. Errors: OSError."""
    with path.open("rb") as file:
        head = file.read(16)
        size = file.seek(0, 2)
        file.seek(max(0, size - _TAIL_BYTES))
        tail = file.read()
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png" if head[12:16] == b"IHDR" and tail.endswith(b"IEND\xaeB`\x82") else None
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg" if b"\xff\xd9" in tail else None
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif" if tail.endswith(b"\x3b") else None
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        length = int.from_bytes(head[4:8], "little")
        return "image/webp" if size == length + 8 else None
    if head.startswith(b"%PDF-"):
        return "application/pdf" if b"%%EOF" in tail else None
    return "text/plain" if _is_text(path) else None


def _is_text(path: Path) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while chunk := file.read(_CHUNK_BYTES):
                decoder.decode(chunk)
                if not _CONTROL.isdisjoint(chunk):
                    return False
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
