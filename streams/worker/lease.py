"""Which process of a host is a worker by name, told by a lock that goes with the process.

The system frees the lock of a process at its death, however it dies, so a standby on the same host
sees it at once. A process that is only stopped keeps it: others take its work over by the group's
session timeout, and it is fenced by its transactional id. Between hosts there is no such lock.
"""

import fcntl
import json
import os
from collections.abc import Iterable
from pathlib import Path

from schemas.handled_errors import note_handled


class Lease:
    """The lease of one worker's name in a directory of this host's own (not a network's)."""

    def __init__(self, directory: Path, name: str) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._held = directory / f"{name}.partitions"
        self._file = os.open(directory / f"{name}.lease", os.O_RDWR | os.O_CREAT, 0o644)

    def take(self) -> bool:
        """Take the lease if no process has it; True from then on."""
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def note(self, partitions: Iterable[int]) -> None:
        """Tell a standby which partitions the holder has, if that can be written. For the holder
        only."""
        new = self._held.with_suffix(".new")
        try:
            new.write_text(json.dumps(sorted(partitions)), encoding="utf-8")
            new.replace(self._held)
        except OSError as error:
            # A standby prepares for others then, and restores these when it gets them.
            note_handled("lease", error)

    def partitions(self) -> list[int]:
        """Return the partitions that the holder noted last, its predecessor's before it did."""
        try:
            return [int(each) for each in json.loads(self._held.read_text(encoding="utf-8"))]
        except FileNotFoundError:
            return []

    def close(self) -> None:
        """Give the lease back, if it is held."""
        os.close(self._file)
