"""A TDXF file of any length, made from real case files with other serial numbers."""

import re
from collections.abc import Iterator
from pathlib import Path

DATA = Path(__file__).parents[1] / "data" / "registers"
TDXF = DATA / "uspto-tdxf-4-case-files.xml"


def tdxf_parts() -> tuple[bytes, list[bytes], bytes]:
    """Return what stands before the case files, the case files, and what stands after them."""
    parts = re.split(rb"(?<=</case-file>)\s*|\s*(?=<case-file>)", TDXF.read_bytes())
    cases = [part for part in parts if part.startswith(b"<case-file>")]
    return parts[0], cases, parts[-1]


def generated_tdxf(count: int) -> Iterator[bytes]:
    """Return a TDXF file of `count` case files piece by piece."""
    before, cases, after = tdxf_parts()
    yield before
    split = [re.split(rb"(?<=<serial-number>)\d{8}", case) for case in cases]
    for number in range(count):
        first, second = split[number % len(split)]
        yield b"%b%08d%b" % (first, 10_000_000 + number, second)
    yield after
