"""`python -m ops simulated-marketplace`: one marketplace of a simulated day."""

import argparse
from pathlib import Path

from aiohttp import web

from ops.shell.connections import KAFKA, REGISTRY, add_connection_arguments
from ops.shell.service import add_clock_arguments, clock_of
from ops.trials.simulation.journal import Journal
from ops.trials.simulation.marketplace import Behaviour, Marketplace
from ops.trials.simulation.scenario import listing, story
from schemas.events.listings import ListingChanged, ListingStatus
from schemas.wire.registry import connect
from streams.kafka.producing import EventProducer, keyed, send

FLUSH_SECONDS = 5.0


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("simulated-marketplace", help="a receiver of a simulated day")
    parser.add_argument("--name", required=True)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--secret-file", type=Path, required=True)
    parser.add_argument("--journal", type=Path, required=True, help="what it did; outlasts it")
    add_connection_arguments(parser, KAFKA, REGISTRY)
    parser.add_argument("--seed", type=int, default=1, help="of the simulated day")
    for share in Behaviour._fields:
        parser.add_argument(f"--{share}", type=float, default=0.0, help="share of requests")
    add_clock_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    clock = clock_of(options)
    codec = connect(options.schema_registry, register=False)
    producer = EventProducer(options.bootstrap_servers)

    def publish(event: ListingChanged) -> None:
        send(producer, codec, keyed(event), event.changed_at_milliseconds)
        producer.poll(0)

    def state(listing_id: str, version: int, status: ListingStatus, at: int) -> ListingChanged:
        told = story(options.seed, int(listing_id.rpartition("-")[2]))
        return listing(told, version, status, at)

    marketplace = Marketplace(
        options.name,
        options.secret_file.read_text(encoding="ascii").strip(),
        Journal.open(options.journal),
        clock,
        Behaviour(*(getattr(options, share) for share in Behaviour._fields)),
        (state, publish),
    )
    web.run_app(
        marketplace.application(),
        host="127.0.0.1",
        port=options.port,
        access_log=None,
        print=None,
    )
    producer.flush(FLUSH_SECONDS)
    return 0
