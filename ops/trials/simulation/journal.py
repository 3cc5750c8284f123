"""What a simulated marketplace did, on disk: it outlasts kill -9, as a real database would.

One JSON array a line. Each line is one write, so that a killed process leaves whole lines, and at
most a cut one at the end, which is passed over.
"""

import json
import os
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from schemas.events.listings import ListingStatus


class Effect(NamedTuple):
    """A command carried out: on which listing, and to which version and status that led."""

    command_id: str
    type: str
    listing_id: str
    version: int
    status: ListingStatus
    at_milliseconds: int


class Journal:
    """Effects, which of them were proved, and how often something else came."""

    def __init__(self) -> None:
        self.effects: dict[str, Effect] = {}
        self.proved: set[str] = set()
        self.failed: set[str] = set()
        self.counts: Counter[str] = Counter()
        self._versions: dict[str, int] = {}
        self._file: int | None = None

    @classmethod
    def read(cls, path: Path) -> "Journal":
        """Return what was noted until now."""
        journal = cls()
        for kind, *fields in _lines(path):
            journal._take(kind, fields)
        return journal

    @classmethod
    def open(cls, path: Path) -> "Journal":
        """Return what was noted until now, to be written on."""
        path.parent.mkdir(parents=True, exist_ok=True)
        journal = cls.read(path)
        journal._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        # A cut line at the end is closed off, so that the next one stands alone.
        os.write(journal._file, b"\n")
        return journal

    @property
    def unproved(self) -> list[Effect]:
        """Effects on listings that the listing stream does not show yet."""
        return [
            effect
            for command_id, effect in self.effects.items()
            if effect.listing_id and command_id not in self.proved
        ]

    def version(self, listing_id: str) -> int:
        """Return a listing's version; it has 1 when nothing was done to it."""
        return self._versions.get(listing_id, 1)

    def execute(self, effect: Effect) -> None:
        """Note a command carried out."""
        self._write("effect", *effect)

    def prove(self, command_id: str) -> None:
        """Note that the listing's change was sent."""
        self._write("proved", command_id)

    def fail(self, command_id: str) -> None:
        """Note that a command could not be carried out this time."""
        self._write("failed", command_id)

    def count(self, what: str) -> None:
        """Note something else that came."""
        self._write("count", what)

    def _write(self, kind: str, *fields: str | int) -> None:
        if self._file is None:
            raise ValueError("the journal was opened for reading")
        os.write(self._file, json.dumps([kind, *fields]).encode() + b"\n")
        self._take(kind, list(fields))

    def _take(self, kind: str, fields: Sequence[str | int]) -> None:
        if kind == "effect":
            effect = Effect(*fields)  # type: ignore[arg-type]
            self.counts["doubled"] += effect.command_id in self.effects
            self.effects[effect.command_id] = effect
            self._versions[effect.listing_id] = effect.version
        elif kind == "proved":
            self.proved.add(str(fields[0]))
        elif kind == "failed":
            self.failed.add(str(fields[0]))
        else:
            self.counts[str(fields[0])] += 1


def _lines(path: Path) -> Iterator[list[str]]:
    if not path.exists():
        return
    with path.open("rb") as file:
        for line in file:
            try:
                yield json.loads(line)
            except ValueError:
                continue
