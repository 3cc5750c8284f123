"""A worker in waiting: it follows another's tables and rows until that one is gone.

It holds no partition and writes nothing to Kafka. When the lease is free it goes on as that worker,
by the same names in the group and of transactions, so neither a session nor an open transaction has
to time out, and nearly all rows are there.
"""

import logging
from collections.abc import Callable

from confluent_kafka import KafkaException

from schemas.handled_errors import note_handled
from streams.clock import Clock
from streams.kafka.errors import ends_client
from streams.state.restore import Restorer
from streams.worker.lease import Lease

logger = logging.getLogger(__name__)

FOLLOW_SECONDS = 0.2
"""How long a standby rests between looks at the changelog's end: so far it may be behind."""

TURN_SECONDS = 0.02
"""How long it may take to see that the lease is free."""


class Standby:
    """Follows the partitions of a lease's holder."""

    def __init__(self, lease: Lease, restorer: Restorer, clock: Clock) -> None:
        self._lease = lease
        self._restorer = restorer
        self._clock = clock
        self._next_look_seconds = 0.0

    def wait(self, stopping: Callable[[], bool], turn_tables: Callable[[float], None]) -> bool:
        """Follow until the lease is held; False where it is to stop before.

        Errors: KafkaException that is fatal, StateCorrupted.
        """
        if not self._lease.take():
            logger.info("another process has this name: standing by")
            while not self._lease.take():
                if stopping():
                    return False
                turn_tables(TURN_SECONDS)
                self._follow()
            logger.info("taking over")
        for partition in self._restorer.partitions:
            self._restorer.stop(partition)
        return True

    def _follow(self) -> None:
        if self._restorer.partitions:
            self._restorer.turn(TURN_SECONDS)
            return
        now = self._clock.monotonic_seconds()
        if now < self._next_look_seconds:
            return
        self._next_look_seconds = now + FOLLOW_SECONDS
        held = self._lease.partitions()
        if not held:
            return
        try:
            self._restorer.start(held)
        except KafkaException as error:
            # The brokers are asked again at the next look; the worker followed may be as blind.
            if ends_client(error.args[0]):
                raise
            note_handled("standby", error)
