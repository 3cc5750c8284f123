"""Parts of a service that run side by side in threads: where one ends by an error, all end."""

import logging
import threading
from collections.abc import Callable, Iterable
from typing import NamedTuple

import psycopg

from schemas.handled_errors import note_handled
from sinks.contract import SinkUnavailable

logger = logging.getLogger(__name__)

JOIN_SECONDS = 60.0
"""For each part at the end: one request under way may last half of it."""


class Part(NamedTuple):
    """A part of a service: it runs until it is asked to end."""

    name: str
    run: Callable[[], None]
    stop: Callable[[], None]


def periodic(name: str, seconds: float, act: Callable[[], None]) -> Part:
    """Return a part that acts every so many seconds, and passes over a database's absence."""
    ended = threading.Event()

    def run() -> None:
        while not ended.wait(seconds):
            try:
                act()
            except (SinkUnavailable, psycopg.Error) as error:
                note_handled(name, error)

    return Part(name, run, ended.set)


class RunningParts:
    """Parts under way; `failed` is called from a part's thread where it ends by an error."""

    def __init__(self, parts: Iterable[Part], failed: Callable[[], object]) -> None:
        self._parts = tuple(parts)
        self._failed = failed
        self._failures: list[Exception] = []
        self._threads = [
            threading.Thread(target=self._run, args=(part,), name=part.name, daemon=True)
            for part in self._parts
        ]
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Ask all parts to end, and wait until they have. Errors: that of the first that failed."""
        for part in self._parts:
            part.stop()
        for thread in self._threads:
            thread.join(JOIN_SECONDS)
        if self._failures:
            raise self._failures[0]

    def _run(self, part: Part) -> None:
        try:
            part.run()
        except Exception as error:
            logger.exception("%s failed", part.name)
            self._failures.append(error)
            self._failed()
