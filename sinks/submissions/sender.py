"""Sends what is due to one destination, and goes on whatever fails but the set-up."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable

from schemas.handled_errors import note_handled
from sinks.contract import SinkUnavailable
from sinks.database.database import AWAY, Connection, connect
from sinks.database.locks import Lock, leads
from sinks.sending.lane import Lane
from sinks.submissions import queue
from sinks.submissions.contract import Destination

logger = logging.getLogger(__name__)

IDLE_SECONDS = 0.5
STANDBY_SECONDS = 2.0


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
        self._lane = Lane(destination.name, failures_to_open=1, first_pause_seconds=0.5)
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
        except (*AWAY, SinkUnavailable) as error:
            note_handled("submissions", error)
            self._disconnect()
            return STANDBY_SECONDS

    def _turn(self) -> float:
        connection = self._connected()
        if connection is None:
            return STANDBY_SECONDS
        name = self._destination.name
        batch = queue.due(connection, name, self._destination.batch_limit, self._now())
        if not batch:
            self._lane.answered()
            return IDLE_SECONDS
        endings = self._destination.deliver(batch)
        with connection.transaction():
            queue.end(connection, name, batch, endings, self._now())
        kinds: Counter[str] = Counter(ending.kind for ending in endings.values())
        self.endings.update(kinds)
        self._count(dict(kinds))
        if not kinds["unclear"] and not kinds["unreachable"]:
            self._lane.answered()
            return 0.0
        logger.warning("%s: %s", name, dict(kinds))
        now = time.monotonic()
        self._lane.failed(now)
        asked = [each.retry_after_seconds or 0.0 for each in endings.values()]
        self._lane.pause(max(asked), now)
        return self._lane.seconds_left(now)

    def _connected(self) -> Connection | None:
        """Return the connection that holds the destination's lock; None while another has it."""
        if self._connection is not None and not self._connection.closed:
            return self._connection
        connection = self._connection = connect(self._address)
        if not leads(connection, Lock.SUBMISSION_DESTINATION, self._destination.name):
            self._disconnect()
            return None
        return connection

    def _disconnect(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
