"""Sends due deliveries: claims them, posts them, and writes how it went.

Each endpoint has a lane of its own, so one that hangs keeps nobody else waiting. Any number of
senders may run side by side.
"""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import NamedTuple

from schemas.traces import TRACES
from sinks.database.async_connection import DispatchDatabase
from sinks.dispatch.address_guard import LookUp, system_look_up
from sinks.dispatch.attempt_span import attempt_span
from sinks.dispatch.delivery import DeferredDelivery, Delivery
from sinks.dispatch.delivery_outcome import Outcome, outcome_of
from sinks.dispatch.ending_recorder import EndingRecorder
from sinks.dispatch.observer import DispatchObserver
from sinks.dispatch.queue import DeliveryQueue
from sinks.dispatch.routes import Route, Routes
from sinks.dispatch.settings import DispatchSettings
from sinks.dispatch.switches import Switches
from sinks.dispatch.webhook_client import Answer, Request
from sinks.sending.lane import Lane

logger = logging.getLogger(__name__)

STOP_SECONDS = 10.0


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
        self._switches = switches
        self._now = now_milliseconds
        self._observer = observer
        self._timing = timing
        self._routes = Routes(settings, _real_milliseconds, look_up)
        self._databases = (DispatchDatabase(address), DispatchDatabase(address))
        self._queue = DeliveryQueue(*self._databases)
        self._under_way: dict[asyncio.Task[None], tuple[Delivery, Request, Route]] = {}
        self._disabling: set[str] = set()
        self._wake = asyncio.Event()
        self._recorder = EndingRecorder(self._queue, observer, self._wake)
        self._stopping = asyncio.Event()
        self._broken: BaseException | None = None

    async def run(self) -> None:
        """Send until `stop` is called; what is under way then is ended and written first.

        Errors: whatever a part of it could not handle, after which the process is to end.
        """
        self._routes.open()
        recorder = asyncio.create_task(self._recorder.run())
        parts = [asyncio.create_task(self._claim()), asyncio.create_task(self._maintain())]
        try:
            done, _ = await asyncio.wait([recorder, *parts], return_when=asyncio.FIRST_COMPLETED)
            for part in done:
                part.result()
            await self._finish()
        finally:
            for part in (recorder, *parts, *self._under_way):
                part.cancel()
            await asyncio.gather(recorder, *parts, *self._under_way, return_exceptions=True)
            await self._routes.close()
            for database in self._databases:
                await database.close()

    def go_by(self, settings: DispatchSettings) -> None:
        """Go by other endpoints; call it in its event loop. What is under way ends as it began."""
        self._routes.go_by(settings)
        self._wake.set()

    def stop(self) -> None:
        """Ask the sender to end; call it in its event loop."""
        self._stopping.set()
        self._wake.set()

    def switched(self) -> None:
        """Tell that switches changed: requests not yet sent are called back where halted."""
        for task, (delivery, request, _) in self._under_way.items():
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
                await self._recorder.finished()
        except TimeoutError:
            logger.warning("%s requests are left to be made again", len(self._under_way))

    async def _claim(self) -> None:
        while not self._stopping.is_set():
            if self._broken is not None:
                raise self._broken
            # Here nothing is claimed that could still begin on a route that was left.
            await self._routes.close_left()
            # Endpoints may change while claims are made: they go where they were claimed for.
            routes = dict(self._routes.current)
            slots = self._free_slots(routes)
            self._wake.clear()
            if slots:
                lease_seconds = self._lease_seconds(routes)
                for delivery in await self._queue.claim(slots, self._now(), lease_seconds):
                    self._start(delivery, routes[delivery.marketplace])
            await self._rest()

    async def _rest(self) -> None:
        """Wait until something ended, or came due meanwhile."""
        try:
            await asyncio.wait_for(self._wake.wait(), self._timing.poll_seconds)
        except TimeoutError:
            return
        # A moment more gathers several into one claim.
        await asyncio.sleep(self._timing.poll_seconds / 10)

    def _free_slots(self, routes: dict[str, Route]) -> dict[str, int]:
        now = time.monotonic()
        free = {
            name: route.lane.free(now)
            for name, route in routes.items()
            if not self._switches.halts_marketplace(name)
        }
        return {name: count for name, count in free.items() if count}

    def _lease_seconds(self, routes: dict[str, Route]) -> float:
        longest = max(each.endpoint.timeout_seconds for each in routes.values())
        return longest + self._timing.lease_margin_seconds

    def _start(self, delivery: Delivery, route: Route) -> None:
        request = Request()
        task = asyncio.create_task(self._deliver(delivery, request, route))
        route.lane.under_way += 1
        self._under_way[task] = (delivery, request, route)
        task.add_done_callback(self._ended)

    def _ended(self, task: asyncio.Task[None]) -> None:
        _, _, route = self._under_way.pop(task)
        route.lane.under_way -= 1
        if not task.cancelled() and task.exception() is not None:
            self._broken = task.exception()
        self._wake.set()

    async def _deliver(self, delivery: Delivery, request: Request, route: Route) -> None:
        lane = route.lane
        scope = self._switches.halting(delivery)
        if scope is not None:
            self._set_aside(delivery, "held", "halted", scope)
            return
        if lane.disabled or self._switches.halts_marketplace(delivery.marketplace):
            self._set_aside(delivery, "due", "", "halted before it was sent")
            return
        try:
            answer = await self._post(delivery, request, route)
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
        await self._apply_outcome(lane, outcome)
        self._recorder.add(outcome.ending)

    async def _post(self, delivery: Delivery, request: Request, route: Route) -> Answer:
        client, trace = route.client, delivery.trace
        if trace is None:
            return await client.post(delivery.command_id, delivery.body, request)
        started = time.time_ns()
        answer = await client.post(delivery.command_id, delivery.body, request, trace.traceparent)
        TRACES.tell(attempt_span(delivery, trace, answer, started))
        return answer

    async def _apply_outcome(self, lane: Lane, outcome: Outcome) -> None:
        now = time.monotonic()
        if outcome.health == "works":
            lane.answered()
        elif outcome.health == "fails":
            lane.failed(now)
        else:
            lane.disabled = True
            logger.error("%s answered 410: nothing is sent to it any more", lane.name)
            self._disabling.add(lane.name)
            await self._queue.disable(lane.name, "answered 410", self._now())
            self._disabling.discard(lane.name)
        if outcome.pause_seconds:
            lane.pause(outcome.pause_seconds, now)

    def _set_aside(self, delivery: Delivery, state: str, reason: str, detail: str) -> None:
        due_at = self._now()
        self._recorder.add(DeferredDelivery(delivery, state, reason, detail, due_at, False))

    async def _maintain(self) -> None:
        told_at = float("-inf")
        while not self._stopping.is_set():
            if self._switches.in_sight:
                await self._promote_ready()
            if time.monotonic() - told_at >= self._timing.tally_seconds:
                told_at = time.monotonic()
                tally = await self._queue.tally(self._now())
                self._observer.deliveries_waiting(tally.due, tally.held)
                await self._queue.forget_old(self._now())
            self._observer.endpoint_circuits(
                {name: route.lane.circuit_open for name, route in self._routes.current.items()}
            )
            await asyncio.sleep(self._timing.look_after_seconds)

    async def _promote_ready(self) -> None:
        """Bring on what waits for nothing, and go by which endpoints are disabled."""
        routes = dict(self._routes.current)
        known = {name for name, each in routes.items() if each.lane.disabled} - self._disabling
        disabled = await self._queue.look_after(self._switches.halted_scopes, routes)
        for name, route in self._routes.current.items():
            lane = route.lane
            # One that was found gone meanwhile may not be written yet.
            lane.disabled = name in disabled or (lane.disabled and name not in known)


def _real_milliseconds() -> int:
    # Receivers judge a signature's time by their own clock, however fast a simulated day passes.
    return time.time_ns() // 1_000_000
