"""The golden record: operations played on the driver, and what came of them, kept as lines."""

import json
import lzma
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from zlib import crc32

from golden.adapter import (
    Batch,
    GoldenDriver,
    accounted_of,
    fields_of,
    outputs_of,
    rows_of,
    send,
)
from golden.columns import Column, Projection, Record, columns_of, projection_of
from golden.people import START

DIRECTORY = Path(__file__).with_name("data")
BATCH_RECORDS = {1: 100, 2: 25, 3: 7, 4: 500}
"""Records in a batch, by part."""

MIDWAY = ("case_row", "party_row")
"""Rows that are also compared while cases are open."""

SHORT_DIGITS = 8
_HASH = re.compile(r"[0-9a-f]{24,}")

Operation = list[Any]


class Play:
    """Operations on a driver, one after the other, and the projection of what they led to."""

    def __init__(self, directory: Path, part: int) -> None:
        self.part = part
        self._batches: list[Record] = []
        settings = {
            "partitions": 4,
            "batch_records": BATCH_RECORDS[part],
            "now_milliseconds": START,
            "software_version": "golden",
        }
        self.driver = GoldenDriver(directory, settings, self._note)
        self._midway: Projection = {}
        self._told: dict[tuple[str, int], int] = {}

    def do(self, operation: Operation) -> None:
        """Carry out one operation."""
        kind, at, *given = operation
        driver = self.driver
        driver.clock.advance(at - driver.clock.now_milliseconds())
        if kind == "send":
            send(driver, *given)
        elif kind == "bytes":
            topic, key, value = given
            driver.send_bytes(topic, key.encode(), None if value is None else bytes.fromhex(value))
        elif kind == "run":
            driver.run()
        elif kind == "restart":
            driver.restart(*given)
        elif kind == "look":
            self._midway = rows_of(driver)
        else:
            raise ValueError(f"no such operation as {kind}")

    def told(self, topics: Iterable[str]) -> Iterator[tuple[str, Record]]:
        """Yield what was written since the last call."""
        for topic in topics:
            for number in range(4):
                log = self.driver.log.get((topic, number), [])
                for record in log[self._told.get((topic, number), 0) :]:
                    event = self.driver.codec.decode(topic, record.value, record.headers)
                    yield type(event).__name__, fields_of(event)
                self._told[topic, number] = len(log)

    def projection(self) -> Projection:
        """Return all that is compared."""
        driver = self.driver
        rows = rows_of(driver)
        for row in rows["case_row"]:
            # It is compared midway, while it still changes.
            row["case_id"] = row.pop("complaint")["complaint_id"]
        found = {
            "batch": self._batches,
            "accounted": accounted_of(driver),
            **outputs_of(driver),
            **{f"midway_{kind}": each for kind, each in self._midway.items() if kind in MIDWAY},
            **rows,
        }
        return {kind: [short(record) for record in records] for kind, records in found.items()}

    def _note(self, batch: Batch) -> None:
        ranges: dict[str, list[int]] = {}
        for topic, partition, offset in batch["records"]:
            ranges.setdefault(f"{topic}/{partition}", [offset, 0])[1] += 1
        order = crc32(json.dumps(batch["records"]).encode())
        self._batches.append({**batch, "records": ranges, "order": order})


def write(path: Path, table: Iterable[Any]) -> None:
    """Write values as lines of JSON, compressed."""
    text = "\n".join(json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in table)
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "dict_size": 1 << 26}]
    path.write_bytes(lzma.compress(text.encode(), filters=filters))


def read(path: Path) -> list[Any]:
    """Return the values of lines."""
    return [json.loads(line) for line in lzma.decompress(path.read_bytes()).decode().splitlines()]


def paths(part: int) -> tuple[Path, Path]:
    """Return where inputs and outputs of a part are kept."""
    return DIRECTORY / f"part-{part}.inputs.jsonl.xz", DIRECTORY / f"part-{part}.outputs.jsonl.xz"


def operation_columns(operations: list[Operation]) -> Iterator[Column]:
    """Yield operations as columns, by event name; the first line has the order of the names."""
    groups: Projection = {}
    order = []
    for kind, at, *given in operations:
        record: Record = {"at": at}
        if kind == "send":
            topic, key, name, fields = given
            record |= {"topic": topic, "key": key} | {f".{n}": v for n, v in fields.items()}
        else:
            name, record["given"] = kind, given
        order.append(name)
        groups.setdefault(name, []).append(record)
    yield order
    yield from columns_of(groups)


def operations_of(lines: list[Any]) -> Iterator[Operation]:
    """Yield the operations that columns hold, in order."""
    order, *columns = lines
    groups = {name: iter(records) for name, records in projection_of(columns).items()}
    names: dict[str, list[str]] = {}
    for name, field, *_ in columns:
        names.setdefault(name, []).append(field)
    for name in order:
        record = next(groups[name])
        if "given" in record:
            yield [name, record["at"], *record["given"]]
        else:
            fields = {n[1:]: record.get(n) for n in names[name] if n.startswith(".")}
            yield ["send", record["at"], record["topic"], record["key"], name, fields]


def short(value: Any) -> Any:
    """Return a value with its long hashes cut to what tells them apart, and None left out."""
    if isinstance(value, str):
        return _HASH.sub(lambda found: found[0][:SHORT_DIGITS], value)
    if isinstance(value, list | tuple):
        return [short(each) for each in value]
    if isinstance(value, dict):
        return {short(name): short(each) for name, each in value.items() if each is not None}
    return value


def played(directory: Path, part: int) -> Play:
    """Play the inputs of a part."""
    play = Play(directory, part)
    for operation in operations_of(read(paths(part)[0])):
        play.do(operation)
    return play
