"""Writes how claims ended: all that ended meanwhile in one transaction."""

import asyncio

from sinks.dispatch.delivery import DeferredDelivery, Received
from sinks.dispatch.observer import DispatchObserver
from sinks.dispatch.queue import DeliveryQueue

MAXIMUM_RECORDED = 500


class EndingRecorder:
    """Takes endings in and writes them; wakes the sender up when it has.

    No more than what is claimed can be here, and while PostgreSQL is away nothing is claimed.
    """

    def __init__(
        self, queue: DeliveryQueue, observer: DispatchObserver, written: asyncio.Event
    ) -> None:
        self._queue = queue
        self._observer = observer
        self._written = written
        self._endings: asyncio.Queue[Received | DeferredDelivery] = asyncio.Queue()

    def add(self, ending: Received | DeferredDelivery) -> None:
        """Take an ending in."""
        self._endings.put_nowait(ending)

    async def finished(self) -> None:
        """Wait until all that was taken in is written."""
        await self._endings.join()

    async def run(self) -> None:
        """Write for ever. Errors: psycopg.Error for what trying again won't mend."""
        while True:
            endings = [await self._endings.get()]
            while len(endings) < MAXIMUM_RECORDED and not self._endings.empty():
                endings.append(self._endings.get_nowait())
            received = [each for each in endings if isinstance(each, Received)]
            set_aside = [each for each in endings if isinstance(each, DeferredDelivery)]
            await self._queue.record(received, set_aside)
            for ending in endings:
                self._tell(ending)
                self._endings.task_done()
            self._written.set()

    def _tell(self, ending: Received | DeferredDelivery) -> None:
        taken_in_at = ending.delivery.taken_in_at_milliseconds
        if isinstance(ending, Received):
            seconds = max(0.0, (ending.at_milliseconds - taken_in_at) / 1000)
            self._observer.delivery(ending.delivery.marketplace, "received", seconds)
        elif ending.attempted:
            result = "tried" if ending.state == "due" else ending.state
            self._observer.delivery(ending.delivery.marketplace, result, None)
