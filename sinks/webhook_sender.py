"""Sends due deliveries: claims them, posts them, and writes how it went.

Each endpoint has a lane of its own, so one that hangs keeps nobody else waiting. Any number of
senders may run side by side.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import NamedTuple, Protocol

from sinks.address_guard import LookUp, system_look_up
from sinks.delivery_outcome import Outcome, outcome_of
from sinks.delivery_queue import Delivery, DeliveryQueue, Received, SetAside
from sinks.dispatch_database import DispatchDatabase
from sinks.dispatch_settings import DispatchSettings
from sinks.dispatch_switches import Switches
from sinks.endpoint_lane import EndpointLane
from sinks.webhook_client import Request, WebhookClient

logger = logging.getLogger(__name__)

MAXIMUM_RECORDED = 500
STOP_SECONDS = 10.0


class DispatchObserver(Protocol):
    """Whom a sender tells what happens."""

    def delivery(self, marketplace: str, result: str, seconds: float | None) -> None:
        """Tell how an attempt ended, and for one received the time since it was taken in."""

    def deliveries_waiting(self, due: int, held: dict[str, int]) -> None:
        """Tell how many are due, and how many wait for a person, by reason."""

    def endpoint_circuits(self, circuits: dict[str, bool]) -> None:
        """Tell for each endpoint whether its circuit is open."""


class SenderTiming(NamedTuple):
    """How often a sender looks, and how long a killed one's claims stay its own."""

    poll_seconds: float = 0.05
    look_after_seconds: float = 1.0
    tally_seconds: float = 5.0
    lease_margin_seconds: float = 15.0


class WebhookSender:
    """One sender; `now_milliseconds` is the service's clock, UTC."""

    def __init__(
        self,
        address: str,
        settings: DispatchSettings,
        switches: Switches,
        now_milliseconds: Callable[[], int],
        observer: DispatchObserver,
        timing: SenderTiming = SenderTiming(),  # noqa: B008 - a value
        look_up: LookUp = system_look_up,
    ) -> None:
        self._settings = settings
        self._switches = switches
        self._now = now_milliseconds
        self._observer = observer
        self._timing = timing
        self._look_up = look_up
        self._databases = (DispatchDatabase(address), DispatchDatabase(address))
        self._queue = DeliveryQueue(*self._databases)
        self._lanes = {
            name: EndpointLane(name, endpoint.concurrency)
            for name, endpoint in settings.endpoints.items()
        }
        self._clients: dict[str, WebhookClient] = {}
        self._under_way: dict[asyncio.Task[None], tuple[Delivery, Request]] = {}
        self._endings: asyncio.Queue[Received | SetAside] = asyncio.Queue()
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._broken: BaseException | None = None

    async def run(self) -> None:
        """Send until `stop` is called; what is under way then is ended and written first.

        Errors: whatever a part of it could not handle, after which the process is to end.
        """
        self._clients = {
            name: WebhookClient(endpoint, _real_milliseconds, self._look_up)
            for name, endpoint in self._settings.endpoints.items()
        }
        recorder = asyncio.create_task(self._record())
        parts = [asyncio.create_task(self._claim()), asyncio.create_task(self._look_after())]
        try:
            done, _ = await asyncio.wait([recorder, *parts], return_when=asyncio.FIRST_COMPLETED)
            for part in done:
                part.result()
            await self._finish()
        finally:
            for part in (recorder, *parts, *self._under_way):
                part.cancel()
            await asyncio.gather(recorder, *parts, *self._under_way, return_exceptions=True)
            for closing in (*self._clients.values(), *self._databases):
                await closing.close()

    def stop(self) -> None:
        """Ask the sender to end; call it in its event loop."""
        self._stopping.set()
        self._wake.set()

    def switched(self) -> None:
        """Tell that switches changed: requests not yet sent are called back where halted."""
        for task, (delivery, request) in self._under_way.items():
            halted = self._switches.halts_marketplace(delivery.marketplace)
            if not request.sent and (halted or self._switches.halting(delivery)):
                task.cancel()
        self._wake.set()

    async def _finish(self) -> None:
        """Wait for what is under way and write it; what takes too long is sent again later."""
        try:
            async with asyncio.timeout(STOP_SECONDS):
                if self._under_way:
                    await asyncio.wait(self._under_way)
                await self._endings.join()
        except TimeoutError:
            logger.warning("%s requests are left to be made again", len(self._under_way))

    async def _claim(self) -> None:
        while not self._stopping.is_set():
            if self._broken is not None:
                raise self._broken
            slots = self._free_slots()
            self._wake.clear()
            if slots:
                for delivery in await self._queue.claim(slots, self._now(), self._lease_seconds()):
                    self._start(delivery)
            await self._rest()

    async def _rest(self) -> None:
        """Wait until something ended, or came due meanwhile."""
        try:
            await asyncio.wait_for(self._wake.wait(), self._timing.poll_seconds)
        except TimeoutError:
            return
        # A moment more gathers several into one claim.
        await asyncio.sleep(self._timing.poll_seconds / 10)

    def _free_slots(self) -> dict[str, int]:
        now = time.monotonic()
        free = {
            name: lane.free(now)
            for name, lane in self._lanes.items()
            if not self._switches.halts_marketplace(name)
        }
        return {name: count for name, count in free.items() if count}

    def _lease_seconds(self) -> float:
        longest = max(each.timeout_seconds for each in self._settings.endpoints.values())
        return longest + self._timing.lease_margin_seconds

    def _start(self, delivery: Delivery) -> None:
        request = Request()
        task = asyncio.create_task(self._deliver(delivery, request))
        self._lanes[delivery.marketplace].under_way += 1
        self._under_way[task] = (delivery, request)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        delivery, _ = self._under_way.pop(task)
        self._lanes[delivery.marketplace].under_way -= 1
        if not task.cancelled() and task.exception() is not None:
            self._broken = task.exception()
        self._wake.set()

    async def _deliver(self, delivery: Delivery, request: Request) -> None:
        lane = self._lanes[delivery.marketplace]
        scope = self._switches.halting(delivery)
        if scope is not None:
            self._set_aside(delivery, "held", "halted", scope)
            return
        if lane.disabled or self._switches.halts_marketplace(delivery.marketplace):
            self._set_aside(delivery, "due", "", "halted before it was sent")
            return
        try:
            client = self._clients[delivery.marketplace]
            answer = await client.post(delivery.command_id, delivery.body, request)
        except asyncio.CancelledError:
            if not request.sent:
                scope = self._switches.halting(delivery)
                if scope is not None:
                    self._set_aside(delivery, "held", "halted", scope)
                else:
                    self._set_aside(delivery, "due", "", "called back before it was sent")
                return
            raise
        outcome = outcome_of(delivery, answer, self._now(), _real_milliseconds())
        await self._heed(lane, outcome)
        self._endings.put_nowait(outcome.ending)

    async def _heed(self, lane: EndpointLane, outcome: Outcome) -> None:
        now = time.monotonic()
        if outcome.health == "works":
            lane.answered()
        elif outcome.health == "fails":
            lane.failed(now)
        else:
            lane.disabled = True
            logger.error("%s answered 410: nothing is sent to it any more", lane.marketplace)
            await self._queue.disable(lane.marketplace, "answered 410", self._now())
        if outcome.pause_seconds:
            lane.pause(outcome.pause_seconds, now)

    def _set_aside(self, delivery: Delivery, state: str, reason: str, detail: str) -> None:
        due_at = self._now()
        self._endings.put_nowait(SetAside(delivery, state, reason, detail, due_at, False))

    async def _record(self) -> None:
        while True:
            endings = [await self._endings.get()]
            while len(endings) < MAXIMUM_RECORDED and not self._endings.empty():
                endings.append(self._endings.get_nowait())
            received = [each for each in endings if isinstance(each, Received)]
            set_aside = [each for each in endings if isinstance(each, SetAside)]
            await self._queue.record(received, set_aside)
            for ending in endings:
                self._tell(ending)
                self._endings.task_done()
            self._wake.set()

    def _tell(self, ending: Received | SetAside) -> None:
        taken_in_at = ending.delivery.taken_in_at_milliseconds
        if isinstance(ending, Received):
            seconds = max(0.0, (ending.at_milliseconds - taken_in_at) / 1000)
            self._observer.delivery(ending.delivery.marketplace, "received", seconds)
        elif ending.attempted:
            result = "tried" if ending.state == "due" else ending.state
            self._observer.delivery(ending.delivery.marketplace, result, None)

    async def _look_after(self) -> None:
        told_at = float("-inf")
        while not self._stopping.is_set():
            if self._switches.in_sight:
                disabled = await self._queue.look_after(
                    self._switches.halted_scopes, self._settings.endpoints
                )
                for name, lane in self._lanes.items():
                    lane.disabled = name in disabled
            if time.monotonic() - told_at >= self._timing.tally_seconds:
                told_at = time.monotonic()
                tally = await self._queue.tally(self._now())
                self._observer.deliveries_waiting(tally.due, tally.held)
            self._observer.endpoint_circuits(
                {name: lane.circuit_open for name, lane in self._lanes.items()}
            )
            await asyncio.sleep(self._timing.look_after_seconds)


def _real_milliseconds() -> int:
    # Receivers judge a signature's time by their own clock, however fast a simulated day passes.
    return time.time_ns() // 1_000_000
