"""Memory does not grow with the length of a file."""

import os
import threading
from pathlib import Path

import matrix
import pytest

from registers.generated import generated_tdxf
from schemas.events.trademarks import TrademarkRecorded
from streams.sources.registers.reader import read


def resident_megabytes() -> float:
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 1e6


def write(path: Path, count: int) -> None:
    with path.open("wb") as pipe:
        for piece in generated_tdxf(count):
            pipe.write(piece)


RECORDS = matrix.size(60_000, 200_000)
LEAST_BYTES_EACH = 10_000


@pytest.mark.slow
def test_many_records_in_constant_memory(tmp_path: Path) -> None:
    """1 GB of XML, or 3.5; memory after 10,000 records and later differs by under 20 MB."""
    path = tmp_path / "apc.xml"
    os.mkfifo(path)
    writer = threading.Thread(target=write, args=(path, RECORDS), daemon=True)
    writer.start()
    growth, start, count = 0.0, 0.0, 0
    read_bytes: list[int] = [0]

    def on_read(number: int) -> None:
        read_bytes[0] += number

    for count, item in enumerate(read(path, on_read), start=1):
        assert isinstance(item, TrademarkRecorded)
        if count == 10_000:
            start = resident_megabytes()
        elif count % 10_000 == 0:
            growth = max(growth, resident_megabytes() - start)
    writer.join()
    assert count == RECORDS
    assert read_bytes[0] > RECORDS * LEAST_BYTES_EACH
    assert growth < 20
