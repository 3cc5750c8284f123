"""Sends what is due to one destination, and goes on whatever fails but the set-up."""

import logging
import threading
from collections import Counter
from collections.abc import Callable
from random import SystemRandom

import psycopg

from sinks.contract import SinkUnavailable
from sinks.database.database import Connection, connect
from sinks.database.locks import Lock, lock_key
from sinks.submissions import queue
from sinks.submissions.contract import Destination

logger = logging.getLogger(__name__)

IDLE_SECONDS = 0.5
STANDBY_SECONDS = 2.0
FIRST_DELAY_SECONDS = 0.5
MAXIMUM_DELAY_SECONDS = 60.0
MAXIMUM_RETRY_AFTER_SECONDS = 3_600.0


class Sender:
    """One sender of a destination's queue; a second one waits until the first has ended.

    `count` is told how many submissions ended how. Errors of `run`: SubmissionsStopped.
    """

    def __init__(
        self,
        address: str,
        destination: Destination,
        now_milliseconds: Callable[[], int],
        count: Callable[[dict[str, int]], None] = lambda _endings: None,
    ) -> None:
        self._address = address
        self._destination = destination
        self._now = now_milliseconds
        self._count = count
        self._connection: Connection | None = None
        self._failures = 0
        self._random = SystemRandom()
        self._stopping = threading.Event()
        self.endings: Counter[str] = Counter()

    def stop(self) -> None:
        """Ask the sender to end after the call under way; safe in a signal handler."""
        self._stopping.set()

    def run(self) -> None:
        """Send until `stop` is called."""
        try:
            while not self._stopping.is_set():
                self._stopping.wait(self.turn())
        finally:
            self._disconnect()

    def turn(self) -> float:
        """Send one batch, if any is due; give the seconds to wait before the next turn."""
        try:
            return self._turn()
        except (psycopg.OperationalError, psycopg.InterfaceError, SinkUnavailable) as error:
            logger.warning("the database does not answer: %s", error)
            self._disconnect()
            return self._delay(None)

    def _turn(self) -> float:
        connection = self._connected()
        if connection is None:
            return STANDBY_SECONDS
        name = self._destination.name
        batch = queue.due(connection, name, self._destination.batch_limit, self._now())
        if not batch:
            self._failures = 0
            return IDLE_SECONDS
        endings = self._destination.deliver(batch)
        with connection.transaction():
            queue.end(connection, name, endings, self._now())
        kinds: Counter[str] = Counter(ending.kind for ending in endings.values())
        self.endings.update(kinds)
        self._count(dict(kinds))
        if not kinds["unclear"] and not kinds["unreachable"]:
            self._failures = 0
            return 0.0
        logger.warning("%s: %s", name, dict(kinds))
        asked = [e.retry_after_seconds for e in endings.values() if e.retry_after_seconds]
        return self._delay(max(asked, default=None))

    def _delay(self, asked_seconds: float | None) -> float:
        """Return a growing delay, drawn at random so that senders do not return all at once."""
        growth: int = 2 ** min(self._failures, 20)
        longest = min(MAXIMUM_DELAY_SECONDS, FIRST_DELAY_SECONDS * growth)
        self._failures += 1
        drawn = longest * (0.5 + self._random.random() / 2)
        return max(drawn, min(asked_seconds or 0.0, MAXIMUM_RETRY_AFTER_SECONDS))

    def _connected(self) -> Connection | None:
        """Return the connection that holds the destination's lock; None while another has it."""
        if self._connection is not None and not self._connection.closed:
            return self._connection
        connection = connect(self._address)
        key = lock_key(Lock.SUBMISSION_DESTINATION, self._destination.name)
        row = connection.execute("SELECT pg_try_advisory_lock(%s)", (key,)).fetchone()
        if row is None or not row[0]:
            connection.close()
            return None
        self._connection = connection
        return connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
