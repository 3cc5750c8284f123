"""How many processes serve one database, so that a party's limits are shared out among them.

Each holds a lock that all may hold, in a session of its own: who ends, however it ends, is counted
no more. What is counted stays while the database does not answer.
"""

import threading

from schemas.handled_errors import note_handled
from sinks.contract import SinkUnavailable, SinkUnusable
from sinks.database.database import AWAY, Connection, connect
from sinks.database.locks import Lock, holders, share
from streams.sources.filing.rate_limits import RateLimits

LOOK_SECONDS = 2.0
"""For so long after a process joined a party may have more than its rate."""
STOP_SECONDS = 10.0
"""Then the process ends without it: the thread keeps none alive."""


class LimitSharing:
    """Counts in a thread of its own while it is entered as a context; `kind` tells which processes
    are counted together."""

    def __init__(self, address: str, kind: str, limits: RateLimits) -> None:
        self._address = address
        self._kind = kind
        self._limits = limits
        self._connection: Connection | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="limit-sharing", daemon=True)

    def __enter__(self) -> "LimitSharing":
        """Count once, and go on."""
        self.look()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        """Be counted no more."""
        self._stopping.set()
        self._thread.join(STOP_SECONDS)
        self._close()

    def look(self) -> int | None:
        """Count now; None where the database does not answer."""
        try:
            if self._connection is None:
                self._connection = connect(self._address)
                share(self._connection, Lock.LIMITS, self._kind)
            count = holders(self._connection, Lock.LIMITS, self._kind)
        except (*AWAY, SinkUnavailable, SinkUnusable) as error:
            note_handled("limit_sharing", type(error).__name__)
            self._close()
            return None
        self._limits.share_among(count)
        return count

    def _run(self) -> None:
        while not self._stopping.wait(LOOK_SECONDS):
            self.look()

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None
