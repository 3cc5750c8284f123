"""Who had access to bundles of cases: a log of its own, in which nothing is changed unseen."""

import fcntl
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from replay.log import ReplayError
from sinks.contract import SinkUnavailable
from sinks.decision_log.notes import NoteInvalid
from sinks.decision_log.tiles import TileLog

_LOCK = "lock"


class CustodyEntry(NamedTuple):
    """What somebody did with a case's evidence, and why."""

    case_id: str
    at_milliseconds: int
    who: str
    what: str
    why: str
    manifest_sha256: str = ""
    """Of the bundle that came of it; empty before it is made."""


class AccessLedger:
    """The log of accesses below a directory. Errors of all methods: ReplayError."""

    def __init__(self, directory: Path, origin: str, key: Ed25519PrivateKey) -> None:
        self._directory = directory
        self._origin = f"{origin}/accesses"
        self._key = key

    def note(self, entry: CustodyEntry) -> None:
        """Note an access; it is on the disk once this returns."""
        with self._log() as log:
            log.append([json.dumps(entry._asdict(), separators=(",", ":")).encode()])

    def of_case(self, case_id: str) -> list[CustodyEntry]:
        """Return a case's entries, the oldest first."""
        with self._log() as log:
            found = [CustodyEntry(**json.loads(each)) for each in log.reader.newest()]
        return [each for each in reversed(found) if each.case_id == case_id]

    @contextmanager
    def _log(self) -> Iterator[TileLog]:
        try:
            self._directory.mkdir(parents=True, exist_ok=True)
            with (self._directory / _LOCK).open("w") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                yield TileLog(self._directory, self._origin, self._key)
        except (NoteInvalid, OSError, SinkUnavailable, TypeError, ValueError) as error:
            raise ReplayError(f"the ledger of accesses: {error}") from error
