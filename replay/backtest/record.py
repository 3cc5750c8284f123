"""The record of a backtest: what was tested by whom, what its gates found, and hashes of files."""

import json
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from pydantic import TypeAdapter, ValidationError

from replay.backtest.result import Backtest, Gate
from replay.log import ReplayError

RECORD = "backtest.json"


class BacktestRecord(NamedTuple):
    """What a promotion rests on."""

    candidate_hash: str
    live_hashes: tuple[str, ...]
    begin: str
    end: str
    tested_by: str
    gates: tuple[Gate, ...]
    files: dict[str, str]
    """SHA-256 of each file, by name."""


class Evidence(NamedTuple):
    """A record, and the SHA-256 of its bytes."""

    record: BacktestRecord
    hash: str


def write_record(test: Backtest, tested_by: str, directory: Path, names: tuple[str, ...]) -> None:
    """Write the record of a backtest beside its files. Errors: OSError."""
    record = BacktestRecord(
        test.candidate_hash,
        test.live_hashes,
        test.begin,
        test.end,
        tested_by,
        test.gates,
        {name: _hash((directory / name).read_bytes()) for name in names},
    )
    gates = [gate._asdict() for gate in record.gates]
    text = json.dumps(record._asdict() | {"gates": gates}, indent=1)
    (directory / RECORD).write_text(f"{text}\n", encoding="utf-8")


def read_record(directory: Path) -> Evidence:
    """Return the record in a directory whose files are as they were written.

    Errors: ReplayError.
    """
    try:
        content = (directory / RECORD).read_bytes()
        record = _RECORDS.validate_json(content)
        changed = [
            name
            for name, expected in record.files.items()
            if _hash((directory / Path(name).name).read_bytes()) != expected
        ]
    except (OSError, ValidationError) as error:
        raise ReplayError(f"{directory} has no backtest that can be read: {error}") from error
    if changed:
        raise ReplayError(f"{directory}: {', '.join(changed)} is not as the backtest left it")
    return Evidence(record, _hash(content))


def _hash(content: bytes) -> str:
    return sha256(content).hexdigest()


_RECORDS = TypeAdapter(BacktestRecord)
