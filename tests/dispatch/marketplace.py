"""A marketplace's endpoint on loopback that answers as told, and helpers around a sender."""

import asyncio
import base64
import contextlib
import hashlib
import time
from collections import Counter, defaultdict
from pathlib import Path

import psycopg
from aiohttp import web
from standardwebhooks.webhooks import Webhook

from ops.local.patience import Patience
from ops.local.process import free_port
from schemas.events.takedowns import ReinstateListing, TakeDownListing
from schemas.wire.delivered import Delivered
from sinks.contract import Span
from sinks.database.database import migrate
from sinks.dispatch.sender import SenderTiming, WebhookSender
from sinks.dispatch.settings import settings_from
from sinks.dispatch.store import DeliveryStore
from sinks.dispatch.switches import Switches

START = 1_780_000_000_000
TAKEDOWNS = "ip.takedowns.commands"


def secret(name):
    return "whsec_" + base64.b64encode(hashlib.sha256(name.encode()).digest()).decode()


class Marketplace:
    """`answers` are taken in turn, the last one for ever: a status, a web.Response, or a coroutine
    function of the request. Each id has one effect."""

    def __init__(self, name, *answers):
        self.name = name
        self.port = free_port()
        self.answers = list(answers) or [200]
        self.requests = []
        self.effects = Counter()
        self.order = defaultdict(list)
        self._runner = None

    async def __aenter__(self):
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._take)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port).start()
        return self

    async def __aexit__(self, *_):
        await self._runner.cleanup()

    def endpoint(self, **fields):
        return {
            "marketplace": self.name,
            "url": f"http://127.0.0.1:{self.port}/hook",
            "secrets": [{"value": secret(self.name)}],
            "timeout_seconds": 1,
            **fields,
        }

    async def _take(self, request):
        body = await request.read()
        self.requests.append((time.monotonic(), request.headers.copy(), body, request.path))
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if callable(answer):
            answer = await answer(request)
        if isinstance(answer, int):
            answer = web.Response(status=answer)
        if 200 <= answer.status < 300:
            self.carry_out(request, body)
        return answer

    def carry_out(self, request, body):
        message = Webhook(secret(self.name)).verify(body, dict(request.headers))
        command_id = request.headers["webhook-id"]
        if command_id not in self.effects:
            self.order[message["data"]["listing_id"]].append(message["type"])
        self.effects[command_id] = 1


def settings(*marketplaces, caps=None, **fields):
    return settings_from(
        {
            "allowed_hosts": ["127.0.0.1"],
            "caps": caps or {},
            "endpoints": [each.endpoint(**fields) for each in marketplaces],
        },
        Path(),
    )


class World:
    """A database of its own, a clock that a test moves on, switches, and a sender to be run."""

    def __init__(self, address, given):
        migrate(address)
        self.address = address
        self.settings = given
        self.now = START
        self.switches = Switches()
        self.switches.see(True)
        self.store = DeliveryStore(address, given, lambda: self.now)
        self.told = Counter()
        self.offset = 0
        self.timing = SenderTiming(0.01, 0.05, 0.05, 15.0)

    def delivery(self, marketplace, result, seconds):
        self.told[result] += 1

    def deliveries_waiting(self, due, held):
        self.held = held

    def endpoint_circuits(self, circuits):
        self.circuits = circuits

    def take_in(self, *events):
        records = [Delivered(TAKEDOWNS, 0, self.offset + n, e, START) for n, e in enumerate(events)]
        span = Span(self.offset, self.offset + len(events))
        self.store.write(records, {(TAKEDOWNS, 0): span})
        self.offset = span.next

    def rows(self, *columns, where="true"):
        with psycopg.connect(self.address) as connection:
            found = connection.execute(
                f"SELECT {', '.join(columns)} FROM deliveries WHERE {where} "
                "ORDER BY delivery_number"
            ).fetchall()
        return [row[0] for row in found] if len(columns) == 1 else found

    def sender(self, **given):
        return WebhookSender(
            self.address, self.settings, self.switches, lambda: self.now, self, self.timing, **given
        )

    @contextlib.asynccontextmanager
    async def sending(self, **given):
        sender = self.sender(**given)
        running = asyncio.create_task(sender.run())
        try:
            yield sender
        finally:
            sender.stop()
            await running

    async def until(self, condition):
        """Wait until a condition holds; the sender's own task goes on meanwhile."""
        patience = Patience()
        while not await asyncio.to_thread(condition):
            assert not patience.runs_out(None)
            await asyncio.sleep(0.02)


def take_down(number, marketplace="shop", **fields):
    base = TakeDownListing(
        command_id=f"takedown-{number}",
        case_id=f"case-{number}",
        decision_number=1,
        listing_id=f"listing-{number}",
        marketplace=marketplace,
        seller_id=f"seller-{number}",
        listing_version=1,
        url=f"https://shop.example/{number}",
        trademark_key="US:1",
        mark_text="ACME",
        ground="counterfeit",
        territory="US",
        reason_codes=("counterfeit",),
        received_at_milliseconds=START,
        deadline_at_milliseconds=START + 86_400_000,
        issued_at_milliseconds=START,
        title="ACME shoes",
        rule_id="rule-1",
        complainant_id="complainant-1",
    )
    return base._replace(**fields)


def reinstate(number, marketplace="shop", **fields):
    base = ReinstateListing(
        command_id=f"reinstatement-{number}",
        case_id=f"case-{number}",
        decision_number=2,
        listing_id=f"listing-{number}",
        marketplace=marketplace,
        seller_id=f"seller-{number}",
        reason_codes=("counter_notice_accepted",),
        issued_at_milliseconds=START,
        rule_id="rule-1",
        complainant_id="complainant-1",
    )
    return base._replace(**fields)
