"""A bundle for people to read: the case, its decisions with their reasons, and its pictures."""

from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Final

from fpdf import FPDF
from fpdf.enums import XPos, YPos
from PIL import Image, UnidentifiedImageError

from replay.bundle.gathering import CaseParts
from replay.bundle.making import Unsigned, record_names
from replay.log import ReplayError
from schemas.events.decisions import ComplaintDecided

_CORE: Final = "Helvetica"
_OWN: Final = "own"
_PLAIN: Final = str.maketrans(
    dict.fromkeys("\u201c\u201d\u201e", '"')
    | dict.fromkeys("\u2018\u2019\u201a", "'")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014", "-")
    | {"\u2026": "...", "\u2022": "*"}
)
"""Signs that PDF's own letters lack, and others say as well."""
_HEADED_MILLIMETRES: Final = 30
"""A heading begins a page rather than stand at the end of one, with less than this below it."""
_MAXIMUM_PIXELS: Final = 40_000_000
_PICTURE_MILLIMETRES: Final = 160


def readable(parts: CaseParts, unsigned: Unsigned, font: Path | None) -> bytes:
    """Return the pages; a font of TrueType shows letters that PDF's own have not, which are told
    by their number without one. Errors: ReplayError."""
    page = _Pages(font)
    manifest, files = unsigned.manifest, unsigned.files
    page.heading(f"Case {parts.case_id}")
    page.text(f"Made by {manifest['made_by']}, {_time(manifest['at_milliseconds'])}")
    page.text(f"Why: {manifest['why']}")
    page.text(
        "This page is to be read. What proves are the records beside it, their hashes and the "
        "signature: python3 verify_bundle.py verifies them without a network."
    )
    for record, decided in parts.decisions():
        page.heading(f"Decision {decided.decision_number}: {decided.outcome}")
        for line in _decision(decided):
            page.text(line)
        page.text(f"Record: {record.topic}, partition {record.partition}, offset {record.offset}")
    for name in sorted(each for each in files if each.startswith("statements/")):
        page.heading(name)
        page.text(files[name].decode())
    page.heading("Records")
    for name, part in record_names(parts).items():
        kind = "unread" if part.event is None else type(part.event).__name__
        record = part.record
        at = _time(record.timestamp_milliseconds)
        page.text(f"{name}: {kind}, {record.topic} {record.partition} {record.offset}, {at}")
    for name in sorted(each for each in files if each.startswith("evidence/")):
        page.heading(name)
        page.picture(files[name])
    return page.content()


def _decision(decided: ComplaintDecided) -> Iterator[str]:
    yield f"Decided {_time(decided.decided_at_milliseconds)}"
    yield f"By {decided.rule_id}; reasons: {', '.join(decided.reason_codes)}"
    yield f"Without a person: {'yes' if decided.automated else 'no'}"
    yield f"Rules {decided.capsule.rule_set_hash or 'none'}"
    found = (f"{name} {word}" for name, word in sorted(decided.findings.items()))
    yield f"Found: {', '.join(found)}"


class _Pages:
    def __init__(self, font: Path | None) -> None:
        self._pdf = FPDF()
        self._pdf.set_creation_date(datetime.fromtimestamp(0, UTC))
        self._family = _CORE
        if font is not None:
            try:
                self._pdf.add_font(_OWN, fname=font)
            except (OSError, RuntimeError, ValueError) as error:
                raise ReplayError(f"{font} is no font of TrueType: {error}") from error
            self._family = _OWN
        self._pdf.add_page()

    def heading(self, text: str) -> None:
        if self._pdf.will_page_break(_HEADED_MILLIMETRES):
            self._pdf.add_page()
        self._pdf.ln(3)
        self._write(text, 13, 7)

    def text(self, text: str) -> None:
        self._write(text, 9, 4.5)

    def picture(self, content: bytes) -> None:
        try:
            with Image.open(BytesIO(content)) as image:
                if image.width * image.height > _MAXIMUM_PIXELS:
                    self.text("a picture too large for a page; its file is in the bundle")
                    return
                plain = image.convert("RGB")
        except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError):
            self.text("no picture; its file is in the bundle")
            return
        plain.thumbnail((2_000, 2_000))
        self._pdf.image(plain, w=_PICTURE_MILLIMETRES, keep_aspect_ratio=True)

    def content(self) -> bytes:
        return bytes(self._pdf.output())

    def _write(self, text: str, size: int, height: float) -> None:
        self._pdf.set_font(self._family, size=size)
        if self._family == _CORE:
            text = text.translate(_PLAIN).encode("latin-1", "backslashreplace").decode("latin-1")
        self._pdf.multi_cell(0, height, text, new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _time(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(" ", "seconds")
