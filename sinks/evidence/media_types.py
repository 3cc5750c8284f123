"""What type a document is, told from its bytes; what it is called does not count.

Types are few, and none of them is a container that a reader would have to unpack. Text is taken
whatever it says, HTML and SVG too, since it is only ever given back as plain text to save.
"""

import codecs
import re
from collections.abc import Callable
from mmap import ACCESS_READ, mmap
from pathlib import Path

_CHUNK_BYTES = 65_536
_CONTROL = frozenset(range(32)) - {9, 10, 12, 13} | {127}
EXTENSIONS = {
    "image/png": "png",
    "image/jpeg": "jpg",
    "image/gif": "gif",
    "image/webp": "webp",
    "application/pdf": "pdf",
    "text/plain": "txt",
}


_PDF_HEADER = re.compile(rb"%PDF-[0-9]\.[0-9]")
_PDF_HEAD_BYTES = 1_024
"""Where readers of PDF look for its header, whatever stands before."""

_OTHERS = (
    (0, b"PK\x03\x04", "a ZIP archive or an office document"),
    (0, b"\xd0\xcf\x11\xe0", "an office document of the older form"),
    (0, b"{\\rtf", "an RTF document"),
    (0, b"II*\x00", "a TIFF picture"),
    (0, b"MM\x00*", "a TIFF picture"),
    (0, b"BM", "a BMP picture"),
    (4, b"ftypavi", "an AVIF picture"),
    (0, b"\x00\x00\x00\x0cJXL ", "a JPEG XL picture"),
    (0, b"\xff\x0a", "a JPEG XL picture"),
    (4, b"ftyphei", "a HEIC photograph"),
    (4, b"ftyphev", "a HEIC photograph"),
    (4, b"ftypmif1", "a HEIC photograph"),
    (4, b"ftypmsf1", "a HEIC photograph"),
    (4, b"ftyp", "a video"),
    (0, b"\x1aE\xdf\xa3", "a video"),
    (0, b"Rar!", "a RAR archive"),
    (0, b"7z\xbc\xaf", "a 7z archive"),
    (0, b"\x1f\x8b", "a gzip archive"),
    (0, b"\xff\xfe", "text in UTF-16"),
    (0, b"\xfe\xff", "text in UTF-16"),
)
"""What is often sent and not taken: where its signature stands, the signature, and its name."""


def media_type_of(path: Path) -> str | None:
    """Return the media type of a file, or None where it is none of those taken. Errors: OSError.

    A picture may have data after its end: a motion photograph has its video there.
    """
    with path.open("rb") as file:
        if not file.seek(0, 2):
            return None
        with mmap(file.fileno(), 0, access=ACCESS_READ) as content:
            for begins, media_type, is_whole in _FORMS:
                if begins(content):
                    return media_type if is_whole(content) else None
    return "text/plain" if _is_text(path) and not _holds_pdf(path) else None


def name_of_refused(path: Path) -> str | None:
    """Return what a file is that is often sent and not taken, if it is. Errors: OSError."""
    with path.open("rb") as file:
        head = file.read(16)
    found = (name for at, signature, name in _OTHERS if head.startswith(signature, at))
    return next(found, None)


def _is_png(content: mmap) -> bool:
    """Walk the chunks, each a length, a name of four letters, data and a sum, up to IEND."""
    at, first = 8, True
    while at + 12 <= len(content):
        name = content[at + 4 : at + 8]
        if first and name != b"IHDR":
            return False
        if name == b"IEND":
            return True
        at, first = at + 12 + int.from_bytes(content[at : at + 4], "big"), False
    return False


def _is_jpeg(content: mmap) -> bool:
    """Walk the segments, as a small picture may lie in one of them; an end marker must follow."""
    at = 2
    while at + 4 <= len(content) and content[at] == 0xFF and content[at + 1] not in (0xD9, 0xDA):
        padded = content[at + 1] == 0xFF
        at += 1 if padded else 2 + max(2, int.from_bytes(content[at + 2 : at + 4], "big"))
    return content.find(b"\xff\xd9", at) > 0


def _is_gif(content: mmap) -> bool:
    """Walk the blocks, each with parts led by their length, up to the trailer."""
    if len(content) < 13:
        return False
    at = 13 + _colours(content[10])
    while at < len(content) and content[at] in (0x21, 0x2C):
        if content[at] == 0x21:
            at += 2
        elif at + 10 > len(content):
            return False
        else:
            at += 11 + _colours(content[at + 9])
        while at < len(content) and content[at]:
            at += 1 + content[at]
        at += 1
    return at < len(content) and content[at] == 0x3B


def _colours(flags: int) -> int:
    """Return the bytes of a GIF's table of colours, if flags tell of one."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _is_webp(content: mmap) -> bool:
    return len(content) >= int.from_bytes(content[4:8], "little") + 8


def _is_pdf(content: mmap) -> bool:
    return content.find(b"%%EOF", content.find(b"%PDF-")) > 0


_Test = Callable[[mmap], bool]
_FORMS: tuple[tuple[_Test, str, _Test], ...] = (
    (lambda content: content[:8] == b"\x89PNG\r\n\x1a\n", "image/png", _is_png),
    (lambda content: content[:3] == b"\xff\xd8\xff", "image/jpeg", _is_jpeg),
    (lambda content: content[:6] in (b"GIF87a", b"GIF89a"), "image/gif", _is_gif),
    (lambda content: content[:4] + content[8:12] == b"RIFFWEBP", "image/webp", _is_webp),
    (lambda content: b"%PDF-" in content[:_PDF_HEAD_BYTES], "application/pdf", _is_pdf),
)
"""How a type begins, its name, and whether a file of it is whole."""


def _holds_pdf(path: Path) -> bool:
    """Tell whether a text is a PDF behind more than readers of PDF skip."""
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as content:
        found = _PDF_HEADER.search(content)
        return found is not None and content.find(b"%%EOF", found.end()) > 0


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
