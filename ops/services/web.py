"""`python -m ops web`: serve the pages for rights holders, sellers, reviewers and operators."""

import argparse
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import uvicorn
from confluent_kafka import Consumer, KafkaException, TopicPartition

from ops.errors import OperatorError
from ops.shell.connections import (
    DATABASE,
    KAFKA,
    REGISTRY,
    WRAPPING_KEYS,
    add_connection_arguments,
)
from ops.shell.process import Process
from ops.shell.service import add_clock_arguments, add_metrics_arguments, clock_of, serve_metrics
from ops.shell.service_database import database_answers, migrate_database
from ops.shell.strict_http import (
    CONNECTIONS_OF_ADDRESS,
    HEAD_SECONDS,
    strict_protocol,
)
from ops.shell.wrapping_keys import wrapping_keys
from ops.tools.switch import throw
from ops.web.app import make_app
from ops.web.identity_provider import IdentityProvider
from ops.web.members import Members
from ops.web.provider_settings import read_settings
from ops.web.sessions import Sessions
from ops.web.sign_in_pages import RETURN_PATH
from ops.web.site import Kafka, Site
from processors.findings.listing_match import listing_match
from processors.rules.rule_set import RuleSet
from schemas.events.switches import DispatchSwitched
from schemas.handled_errors import note_handled
from schemas.topic_names import (
    COMPLAINTS_EVENTS,
    CONDUCT_EVENTS,
    COUNTER_NOTICES_EVENTS,
    DEAD_LETTERS,
    DESK_EVENTS,
    REVIEWS_EVENTS,
    SWITCHES_STATE,
)
from schemas.wire.codec import SchemaRegistryUnavailable
from schemas.wire.foreign_schemas import SchemaRefused
from schemas.wire.registry import connect
from sinks.dispatch.switches import Switches
from sinks.evidence.quarantine import Quarantine
from sinks.evidence.scanner import ClamdScanner
from sinks.evidence.vault import EvidenceVault
from streams.clock import Clock
from streams.kafka.clients import consumer_settings
from streams.kafka.dead_letters import field_of, reason_of
from streams.policies.rule_files import BUILT_IN_DIRECTORY, load_rules
from streams.sources.filing.acknowledgement_signing import MarketplaceKeys
from streams.sources.filing.case_lists import CaseLists
from streams.sources.filing.database import Database
from streams.sources.filing.limit_sharing import LimitSharing
from streams.sources.filing.scanning import Scanning
from streams.sources.filing.services import make_services
from streams.sources.filing.settings import FilingSettings
from streams.sources.filing.tokens import AUDIENCE, ISSUER, KeysInvalid, TokenKeys
from streams.tables.switch_table import SwitchTable

MAXIMUM_CONNECTIONS = 400
KEEP_ALIVE_SECONDS = 10
STOP_SECONDS = 10
FIGURES_SECONDS = 2.0
DEAD_LETTERS_SHOWN = 100
DEAD_LETTERS_SECONDS = 3.0

PROCESS = Process(
    "serves the pages for people, in their languages",
    (SWITCHES_STATE, DEAD_LETTERS),
    (
        *(COMPLAINTS_EVENTS, COUNTER_NOTICES_EVENTS, REVIEWS_EVENTS, DESK_EVENTS),
        *(CONDUCT_EVENTS, SWITCHES_STATE),
    ),
    "PostgreSQL: sessions, members, what was seen and done; filings and the desk as their services",
    ("ops/web", "streams/sources/filing", "streams/sources/desk"),
)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("web", help="serve the pages for people")
    add_connection_arguments(parser, KAFKA, REGISTRY, DATABASE, WRAPPING_KEYS)
    parser.add_argument("--vault", type=Path, required=True, help="directory of the evidence")
    parser.add_argument(
        "--scanner", help="ClamAV's clamd, HOST:PORT or a socket's path; else nothing is scanned"
    )
    parser.add_argument("--keys", type=Path, required=True, help="JWK set that checks tokens")
    parser.add_argument("--issuer", default=ISSUER)
    parser.add_argument("--audience", default=AUDIENCE)
    parser.add_argument(
        "--sign-in", type=Path, help="the identity provider's settings; else by tokens only"
    )
    parser.add_argument("--views", default="", help="base address of the live views")
    parser.add_argument("--site", default="", help="address by which search engines find the pages")
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument(
        "--connections-of-address", type=int, default=CONNECTIONS_OF_ADDRESS, help="at once"
    )
    add_metrics_arguments(parser)
    add_clock_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT. Errors: OperatorError."""
    settings, clock = FilingSettings(), clock_of(options)
    try:
        migrate_database(options.database)
        codec = connect(options.schema_registry, register=True)
        vault = EvidenceVault(options.vault, settings.maximum_evidence_bytes)
        scanner = ClamdScanner(options.scanner) if options.scanner else None
        keys = TokenKeys(options.keys, options.issuer, options.audience)
        wrapping = wrapping_keys(options.wrapping_keys, options.database)
        signing_in = read_settings(options.sign_in) if options.sign_in else None
    except (SchemaRegistryUnavailable, SchemaRefused, KeysInvalid, ValueError) as error:
        raise OperatorError(str(error)) from error
    except OSError as error:
        raise OperatorError(f"the vault can't be used: {error}") from error
    database = Database(options.database)
    scanning = Scanning(scanner, Quarantine(options.vault / "quarantine"))
    services = make_services(
        settings, clock, codec, (keys, MarketplaceKeys({}), wrapping), database, (vault, scanning)
    )
    address = options.site.rstrip("/") or f"http://{options.address}:{options.port}"
    broker = Broker(options.bootstrap_servers, codec, clock, options.views)
    site = Site(
        services=services,
        sessions=Sessions(database, keys),
        rules=RuleSet(load_rules(BUILT_IN_DIRECTORY)),
        kafka=broker,
        lists=CaseLists(database, services.store, services.private_texts),
        database_address=options.database,
        address=address,
        members=Members(database),
        provider=IdentityProvider(signing_in, f"{address}{RETURN_PATH}", clock)
        if signing_in
        else None,
    )
    sharing = LimitSharing(options.database, "web", services.rate_limits)
    serve_metrics(options, services.metrics.registry, lambda: database_answers(options.database))
    # The matcher's words take seconds to load, which no reviewer is to wait for.
    listing_match("mark", "m4rk", None)
    uvicorn.run(
        make_app(site, (database, broker.reading(), sharing)),
        host=options.address,
        port=options.port,
        access_log=False,
        log_config=None,
        server_header=False,
        limit_concurrency=MAXIMUM_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
        http=strict_protocol(HEAD_SECONDS, options.connections_of_address),
        ws="none",
    )
    return 0


class Broker(Kafka):
    """Kafka and the live views, as the pages use them."""

    def __init__(self, bootstrap_servers: str, codec: Any, clock: Clock, views: str) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._views = views.rstrip("/")
        self._switches = Switches()
        self._table = SwitchTable(bootstrap_servers, codec, self._switches, clock, lambda: None)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """Keep up with the switches, in a thread."""
        stopping = threading.Event()
        thread = threading.Thread(target=self._read, args=(stopping,), name="switches")
        thread.start()
        try:
            yield
        finally:
            stopping.set()
            thread.join()

    def _read(self, stopping: threading.Event) -> None:
        try:
            self._table.run(stopping.wait)
        except KafkaException as error:
            # The switches stay out of sight, which the overview tells.
            note_handled("switches", error)

    def throw(self, switch: DispatchSwitched) -> None:
        """Write a switch. Errors: OperatorError."""
        throw(self._bootstrap_servers, switch)

    def halted(self) -> tuple[bool, frozenset[str]]:
        """Tell whether the switches are known, and which scopes are halted."""
        return self._switches.in_sight, self._switches.halted_scopes

    def dead_letters(self) -> list[dict[str, Any]]:
        """Return the newest dead letters, by their headers; none while Kafka does not answer."""
        consumer = Consumer(
            consumer_settings(
                self._bootstrap_servers, "ip-web-dead-letters", {"enable.partition.eof": True}
            )
        )
        try:
            found = _newest(consumer)
        except KafkaException as error:
            note_handled("dead_letters", error)
            return []
        finally:
            consumer.close()
        found.sort(key=lambda letter: -letter["at_milliseconds"])
        return found[:DEAD_LETTERS_SHOWN]

    def figures(self) -> Mapping[str, Any] | None:
        """Return the live figures, or None while nobody answers for them."""
        if not self._views:
            return None
        try:
            answer = httpx.get(f"{self._views}/views/summary", timeout=FIGURES_SECONDS)
            answer.raise_for_status()
            told: dict[str, Any] = answer.json()
        except (httpx.HTTPError, ValueError) as error:
            note_handled("figures", type(error).__name__)
            return None
        return told


def _newest(consumer: Consumer) -> list[dict[str, Any]]:
    topic = consumer.list_topics(DEAD_LETTERS, timeout=DEAD_LETTERS_SECONDS).topics[DEAD_LETTERS]
    places = []
    for number in topic.partitions:
        place = TopicPartition(DEAD_LETTERS, number)
        low, high = consumer.get_watermark_offsets(place, DEAD_LETTERS_SECONDS)
        place.offset = max(low, high - DEAD_LETTERS_SHOWN)
        places.append(place)
    consumer.assign(places)
    found, ends = [], 0
    while ends < len(places):
        messages = consumer.consume(DEAD_LETTERS_SHOWN, DEAD_LETTERS_SECONDS)
        ends = len(places) if not messages else ends
        for message in messages:
            if message.error() is not None:
                ends += 1
                continue
            headers: Any = message.headers() or []
            found.append(
                {
                    "topic": field_of(headers, "topic"),
                    "partition": field_of(headers, "partition"),
                    "offset": field_of(headers, "offset"),
                    "reason": reason_of(headers),
                    "at_milliseconds": message.timestamp()[1],
                }
            )
    return found
