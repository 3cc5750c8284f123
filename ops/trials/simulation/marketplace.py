"""A simulated marketplace: a real HTTP server that takes commands and shows their effect.

It checks the signature, carries a command out once, answers, and sends the changed listing a while
later as proof. As real ones do, it sometimes hangs, is busy, or fails.
"""

import asyncio
import contextlib
import heapq
import random
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from aiohttp import web
from standardwebhooks.webhooks import Webhook

from ops.trials.simulation.journal import Effect, Journal
from schemas.events.listings import ListingChanged, ListingStatus
from sinks.dispatch.webhook_message import ENDING_TYPES
from streams.clock import Clock

RETRY_AFTER_SECONDS = 1
"""Of real time, as senders wait for other processes in it."""

HANG_SECONDS = 30.0
POLL_SECONDS = 0.05
PROOF_MINUTES = (2.0, 30.0)
"""The marketplace's own time until the changed listing is in its stream. An assumption."""

Publish = Callable[[ListingChanged], None]
Listing = Callable[[str, int, ListingStatus, int], ListingChanged]


class Behaviour(NamedTuple):
    """Shares of requests that go wrong, and how."""

    hang: float = 0.0
    busy: float = 0.0
    error: float = 0.0
    failed: float = 0.0


class Marketplace:
    """Handles requests; `listing` gives the state of a listing, `publish` sends it."""

    def __init__(
        self,
        name: str,
        secret: str,
        journal: Journal,
        clock: Clock,
        behaviour: Behaviour,
        stream: tuple[Listing, Publish],
    ) -> None:
        self._webhook = Webhook(secret)
        self._journal = journal
        self._clock = clock
        self._behaviour = behaviour
        self._listing, self._publish = stream
        self._chance = random.Random(name)
        self._to_prove: list[tuple[int, Effect]] = []

    def application(self) -> web.Application:
        """Return the server's application."""
        application = web.Application(client_max_size=1 << 20)
        application.router.add_post("/commands", self.take)
        application.cleanup_ctx.append(self._proving)
        return application

    async def take(self, request: web.Request) -> web.Response:
        """Take one command."""
        body = await request.text()
        command_id = request.headers.get("webhook-id", "")
        if not self._signed(request, command_id, body):
            self._journal.count("signature refused")
            return web.Response(status=401)
        trouble = await self._trouble()
        if trouble is not None:
            return trouble
        message = await request.json()
        if command_id in self._journal.effects:
            self._journal.count("repeat")
            return web.json_response({"result": "executed"})
        if (
            self._chance.random() < self._behaviour.failed
            and command_id not in self._journal.failed
        ):
            self._journal.fail(command_id)
            return web.json_response({"result": "failed", "detail": "not now"})
        self._execute(command_id, message)
        return web.json_response({"result": "executed"})

    def _execute(self, command_id: str, message: dict[str, Any]) -> None:
        now = self._clock.now_milliseconds()
        listing_id = str(message["data"].get("listing_id", ""))
        status: ListingStatus = "removed" if message["type"] in ENDING_TYPES else "active"
        version = self._journal.version(listing_id) + 1
        effect = Effect(command_id, message["type"], listing_id, version, status, now)
        self._journal.execute(effect)
        if listing_id:
            self._prove_later(effect)

    async def _trouble(self) -> web.Response | None:
        behaviour = self._behaviour
        drawn = self._chance.random()
        if drawn < behaviour.hang:
            self._journal.count("hung")
            await asyncio.sleep(HANG_SECONDS)
            return web.Response(status=504)
        if drawn < behaviour.hang + behaviour.busy:
            self._journal.count("busy")
            return web.Response(status=429, headers={"Retry-After": str(RETRY_AFTER_SECONDS)})
        if drawn < behaviour.hang + behaviour.busy + behaviour.error:
            self._journal.count("error")
            return web.Response(status=503)
        return None

    def _signed(self, request: web.Request, command_id: str, body: str) -> bool:
        given = request.headers.get("webhook-signature", "").split()
        stamp = request.headers.get("webhook-timestamp", "")
        if not stamp.isdigit():
            return False
        # The library signs; its check of the time would be by the machine's clock, not ours.
        moment = datetime.fromtimestamp(int(stamp), UTC)
        return self._webhook.sign(command_id, moment, body) in given

    async def _proving(self, _application: web.Application) -> AsyncIterator[None]:
        """Prove while the server runs, first what was carried out before it was killed."""
        for effect in self._journal.unproved:
            self._prove_later(effect)
        task = asyncio.create_task(self._prove())
        yield
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    def _prove_later(self, effect: Effect) -> None:
        minutes = random.Random(effect.command_id).uniform(*PROOF_MINUTES)
        heapq.heappush(self._to_prove, (effect.at_milliseconds + int(minutes * 60_000), effect))

    async def _prove(self) -> None:
        while True:
            now = self._clock.now_milliseconds()
            while self._to_prove and self._to_prove[0][0] <= now:
                _, effect = heapq.heappop(self._to_prove)
                self._publish(self._listing(effect.listing_id, effect.version, effect.status, now))
                self._journal.prove(effect.command_id)
            await asyncio.sleep(POLL_SECONDS)
