"""`python -m ops sample-marketplace`: a marketplace that does what it is told, to try things with.

It knows listings by reading their stream, which others fill, carries a command out at once, and
writes the changed listing into the same stream, which is the proof.
"""

import argparse
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from aiohttp import web
from confluent_kafka import Consumer
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from ops.shell.connections import KAFKA, REGISTRY, add_connection_arguments
from schemas.events.listings import ListingChanged
from schemas.topic_names import LISTINGS_EVENTS
from schemas.wire.codec import Codec
from schemas.wire.registry import connect
from sinks.dispatch.webhook_message import ENDING_TYPES, RESTRICT
from streams.kafka.clients import consumer_settings
from streams.kafka.messages import record_of
from streams.kafka.producing import EventProducer, keyed, send

MAXIMUM_LISTINGS = 100_000
MAXIMUM_COMMANDS = 10_000
BATCH_RECORDS = 500
POLL_SECONDS = 0.2
FLUSH_SECONDS = 5.0

Value = TypeVar("Value")


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("sample-marketplace", help="a marketplace to try things with")
    add_connection_arguments(parser, KAFKA, REGISTRY)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--secret-file", type=Path, required=True, help="signs its commands")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    codec = connect(options.schema_registry, register=True)
    secret = options.secret_file.read_text(encoding="ascii").strip()
    marketplace = SampleMarketplace(options.bootstrap_servers, codec, secret)
    reader = threading.Thread(target=marketplace.read, daemon=True)
    reader.start()
    web.run_app(
        marketplace.application(),
        host="127.0.0.1",
        port=options.port,
        access_log=None,
        print=None,
    )
    marketplace.stop()
    reader.join()
    return 0


class SampleMarketplace:
    """Its listings, as the stream has them, and the commands that it carried out."""

    def __init__(self, bootstrap_servers: str, codec: Codec, secret: str) -> None:
        self._codec = codec
        self._webhook = Webhook(secret)
        self._producer = EventProducer(bootstrap_servers)
        self._consumer = Consumer(consumer_settings(bootstrap_servers, "sample-marketplace"))
        self._listings: OrderedDict[str, ListingChanged] = OrderedDict()
        self._done: OrderedDict[str, bool] = OrderedDict()
        self._lock = threading.Lock()
        self._stopping = threading.Event()

    def application(self) -> web.Application:
        """Return the server's application."""
        application = web.Application(client_max_size=1 << 20)
        application.router.add_post("/commands", self.take)
        application.router.add_get("/ready", _ready)
        return application

    def read(self) -> None:
        """Keep up with the listings until it is stopped."""
        self._consumer.subscribe([LISTINGS_EVENTS])
        while not self._stopping.is_set():
            for message in self._consumer.consume(BATCH_RECORDS, POLL_SECONDS):
                if message.error() is None:
                    record = record_of(message)
                    value = record.value or b""
                    self._know(self._codec.decode(LISTINGS_EVENTS, value, record.headers))
        self._consumer.close()
        self._producer.flush(FLUSH_SECONDS)

    def stop(self) -> None:
        """Have `read` end."""
        self._stopping.set()

    async def take(self, request: web.Request) -> web.Response:
        """Carry one command out, once."""
        body = await request.text()
        try:
            self._webhook.verify(body, dict(request.headers))
        except WebhookVerificationError:
            return web.Response(status=401)
        message = await request.json()
        command_id = request.headers["webhook-id"]
        if command_id in self._done:
            return web.json_response({"result": "executed"})
        about_listing = message["type"].startswith("listing.")
        if about_listing and not self._change(message["data"]["listing_id"], message):
            return web.json_response({"result": "failed", "detail": "no such listing"})
        _keep(self._done, command_id, True, MAXIMUM_COMMANDS)
        return web.json_response({"result": "executed"})

    def _know(self, listing: ListingChanged) -> None:
        with self._lock:
            known = self._listings.get(listing.listing_id)
            if known is None or known.version < listing.version:
                _keep(self._listings, listing.listing_id, listing, MAXIMUM_LISTINGS)

    def _change(self, listing_id: str, message: dict[str, Any]) -> bool:
        with self._lock:
            known = self._listings.get(listing_id)
        if known is None:
            return False
        now = time.time_ns() // 1_000_000
        changed = carried_out(known, message["type"], message["data"], now)
        self._know(changed)
        send(self._producer, self._codec, keyed(changed))
        self._producer.poll(0)
        return True


def carried_out(
    listing: ListingChanged, command: str, data: Mapping[str, Any], now_milliseconds: int
) -> ListingChanged:
    """Return a listing after a command, which tells all countries in which it is to be hidden."""
    hidden = data.get("territories" if command == RESTRICT else "restricted_territories") or ()
    return listing._replace(
        version=listing.version + 1,
        status="removed" if command in ENDING_TYPES else "active",
        restricted_territories=tuple(hidden),
        changed_at_milliseconds=now_milliseconds,
    )


def _keep(kept: OrderedDict[str, Value], key: str, value: Value, maximum: int) -> None:
    kept[key] = value
    kept.move_to_end(key)
    if len(kept) > maximum:
        kept.popitem(last=False)


async def _ready(_request: web.Request) -> web.Response:
    return web.Response(text="ready")
