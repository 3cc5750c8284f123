"""A watch over partitions of which input waits while nothing is committed.

It works in a thread and with clients of its own, so that it sees what a loop that hangs does not,
or a client that took a wrong turn: nobody else is to find out that one partition stands still.
"""

import faulthandler
import logging
import os
import threading
from collections.abc import Callable, Collection, Iterable
from typing import NamedTuple

from confluent_kafka import KafkaException

from schemas.handled_errors import note_handled
from streams.clock import Clock
from streams.kafka.waiting_input import Source

logger = logging.getLogger(__name__)

STANDARD_ERROR = 2
EXIT_STATUS = 70
"""Of a process that hangs, and so could not end by itself (`EX_SOFTWARE`)."""


class PartitionsStalled(Exception):
    """Partitions stand still for so long that the process is to end, and be started again."""


class StallSettings(NamedTuple):
    """After which time without a commit it is asked whether input waits; and how long input may
    then wait on until the process is to end, and until it is ended."""

    idle_seconds: float = 30.0
    patience_seconds: float = 60.0
    ending_seconds: float = 15.0
    look_seconds: float = 5.0


class StallWatch:
    """Watches what its process holds. Methods but `look` are for the process's own loop."""

    def __init__(
        self,
        settings: StallSettings,
        waiting: Callable[[Collection[Source]], frozenset[Source]],
        clock: Clock,
        tell: Callable[[frozenset[Source]], None],
        end_process: Callable[[int], object] = os._exit,
    ) -> None:
        self._settings = settings
        self._waiting = waiting
        self._clock = clock
        self._tell = tell
        self._end_process = end_process
        self._lock = threading.Lock()
        self._moved: dict[Source, float] = {}
        self._queued: dict[Source, float] = {}
        self._stalled: dict[Source, float] = {}
        self._looked_at = clock.monotonic_seconds()
        self._given_up_at: float | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="stall-watch", daemon=True)

    @property
    def stalled(self) -> bool:
        """Whether input of any partition waits, and nothing was committed for too long."""
        return bool(self._stalled)

    def start(self) -> None:
        """Begin to look, now and then."""
        self._thread.start()

    def close(self) -> None:
        """Look no more."""
        self._ended.set()

    def check(self) -> None:
        """Errors: PartitionsStalled where it is time to end."""
        if self._given_up_at is not None:
            raise PartitionsStalled(f"nothing is committed of {_named(self._stalled)}")

    def hold(self, sources: Iterable[Source]) -> None:
        """Watch these topic partitions, and no others."""
        now = self._clock.monotonic_seconds()
        with self._lock:
            self._moved = {source: self._moved.get(source, now) for source in sources}

    def moved(self, sources: Iterable[Source]) -> None:
        """Note that work on topic partitions got on, or that they are held back on purpose."""
        now = self._clock.monotonic_seconds()
        with self._lock:
            for source in sources:
                if source in self._moved:
                    self._moved[source] = now

    def queued(self, sources: Iterable[Source]) -> None:
        """Note that the process got on with others, while these wait their turn behind them.

        They may wait for long, and that is told; but a process that works is not to be ended.
        """
        now = self._clock.monotonic_seconds()
        with self._lock:
            self._queued = dict.fromkeys(sources, now)

    def look(self) -> None:
        """See what stands still; where that goes on for too long, have the process end."""
        now = self._clock.monotonic_seconds()
        self._leave_out_pause(now)
        idle = self._idle(now)
        if self._given_up_at is not None:
            if now - self._given_up_at >= self._settings.ending_seconds:
                logger.critical("the process does not end by itself; its threads are at:")
                faulthandler.dump_traceback(STANDARD_ERROR)
                self._end_process(EXIT_STATUS)
            return
        try:
            waiting = self._waiting(sorted(idle)) if idle else frozenset()
        except KafkaException as error:
            # Whether input waits isn't known; where no broker answers nothing is to be mended here.
            note_handled("stall_watch", error)
            self._looked_at = self._clock.monotonic_seconds()
            return
        self.moved(idle - waiting)
        # What got on while the brokers were asked does not stand still.
        self._take(waiting & self._idle(now), now)
        self._looked_at = self._clock.monotonic_seconds()

    def _idle(self, now: float) -> frozenset[Source]:
        """Return what has not got on for too long."""
        limit = now - self._settings.idle_seconds
        with self._lock:
            return frozenset(source for source, at in self._moved.items() if at <= limit)

    def _leave_out_pause(self, now: float) -> None:
        """Have time not count in which the process itself was stopped."""
        stopped = now - self._looked_at - 2 * self._settings.look_seconds
        self._looked_at = now
        if stopped > 0:
            with self._lock:
                self._moved = {source: at + stopped for source, at in self._moved.items()}
            self._stalled = {source: at + stopped for source, at in self._stalled.items()}

    def _take(self, waiting: frozenset[Source], now: float) -> None:
        new = waiting - self._stalled.keys()
        if new:
            seconds = self._settings.idle_seconds
            logger.error("input waits and nothing is committed for %g s: %s", seconds, _named(new))
        if self._stalled.keys() - waiting:
            logger.warning("work goes on: %s", _named(self._stalled.keys() - waiting))
        self._stalled = {source: self._stalled.get(source, now) for source in waiting}
        self._tell(waiting)
        patience = self._settings.patience_seconds
        with self._lock:
            stuck = [s for s, at in self._stalled.items() if now - self._since(s, at) >= patience]
        if stuck:
            logger.critical("the process is to end: %s stand still", _named(stuck))
            self._given_up_at = now

    def _since(self, source: Source, stalled_at: float) -> float:
        return max(stalled_at, self._queued.get(source, stalled_at))

    def _run(self) -> None:
        while not self._ended.wait(self._settings.look_seconds):
            try:
                self.look()
            except Exception as error:
                # A mistake of ours is no reason to look no more.
                logger.exception("the stall watch failed")
                note_handled("stall_watch", error)


def _named(sources: Iterable[Source]) -> str:
    return ", ".join(f"{topic} {partition}" for topic, partition in sorted(sources))
