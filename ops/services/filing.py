"""`python -m ops filing`: serve the filing API; and the commands for its keys and tokens."""

import argparse
from pathlib import Path

import uvicorn

from ops.errors import OperatorError
from ops.shell.connections import (
    DATABASE,
    KAFKA,
    REGISTRY,
    WRAPPING_KEYS,
    add_connection_arguments,
)
from ops.shell.endpoints import (
    add_endpoint_keys,
    endpoint_book,
    endpoints_of_file,
    watched_endpoints,
)
from ops.shell.process import Process
from ops.shell.service import add_clock_arguments, add_metrics_arguments, clock_of, serve_metrics
from ops.shell.service_database import STARTING_SECONDS, database_answers, migrate_database
from ops.shell.strict_http import (
    CONNECTIONS_OF_ADDRESS,
    HEAD_SECONDS,
    strict_protocol,
)
from ops.shell.topic_parties import TopicParties
from ops.shell.wrapping_keys import wrapping_keys
from schemas.topic_names import (
    ACKNOWLEDGEMENTS_EVENTS,
    COMPLAINTS_EVENTS,
    CONDUCT_EVENTS,
    COUNTER_NOTICES_EVENTS,
    DESK_EVENTS,
    PARTIES_STATE,
    REVIEWS_EVENTS,
    SURVEYS_EVENTS,
)
from schemas.wire.codec import SchemaRegistryUnavailable
from schemas.wire.foreign_schemas import SchemaRefused
from schemas.wire.registry import connect
from sinks.evidence.quarantine import Quarantine
from sinks.evidence.scanner import ClamdScanner
from sinks.evidence.vault import EvidenceVault
from streams.sources.filing.acknowledgement_signing import (
    EndpointFollowing,
    MarketplaceKeys,
    secrets_of,
)
from streams.sources.filing.app import make_app
from streams.sources.filing.database import Database
from streams.sources.filing.limit_sharing import LimitSharing
from streams.sources.filing.rate_limits import Rate
from streams.sources.filing.retention import Retention
from streams.sources.filing.scanning import Scanning
from streams.sources.filing.services import Endpoints, make_services
from streams.sources.filing.settings import FilingSettings
from streams.sources.filing.tokens import AUDIENCE, ISSUER, KeysInvalid, TokenKeys
from streams.sources.outbox_metrics import OutboxMetrics
from streams.sources.outbox_publisher import OutboxPublisher

MAXIMUM_CONNECTIONS = 200
KEEP_ALIVE_SECONDS = 10
STOP_SECONDS = 35


PROCESS = Process(
    "takes complaints, evidence, objections, appeals and acknowledgements over HTTP",
    (PARTIES_STATE,),
    (
        *(COMPLAINTS_EVENTS, COUNTER_NOTICES_EVENTS, ACKNOWLEDGEMENTS_EVENTS),
        *(DESK_EVENTS, SURVEYS_EVENTS, CONDUCT_EVENTS, REVIEWS_EVENTS),
        PARTIES_STATE,
    ),
    "PostgreSQL: filings, private texts, outbox; evidence in files",
    ("streams/sources/filing", "sinks/evidence", "sinks/private_texts", "sinks/personal_data"),
)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("filing", help="serve the filing API")
    add_connection_arguments(parser, KAFKA, REGISTRY, DATABASE, WRAPPING_KEYS)
    add_endpoint_keys(parser)
    parser.add_argument("--vault", type=Path, required=True, help="directory of the evidence")
    parser.add_argument(
        "--scanner", help="ClamAV's clamd, HOST:PORT or a socket's path; else nothing is scanned"
    )
    parser.add_argument("--keys", type=Path, required=True, help="JWK set that checks tokens")
    parser.add_argument("--endpoints", type=Path, help="the dispatcher's file, for its secrets")
    parser.add_argument("--issuer", default=ISSUER)
    parser.add_argument("--audience", default=AUDIENCE)
    parser.add_argument("--address", default="127.0.0.1")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument(
        "--connections-of-address", type=int, default=CONNECTIONS_OF_ADDRESS, help="at once"
    )
    add_metrics_arguments(parser)
    parser.add_argument("--filings-per-second", type=float, default=2.0, help="of one party")
    parser.add_argument("--filings-at-once", type=int, default=60, help="of one party")
    add_clock_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    settings = FilingSettings(
        filing_rate=Rate("filing", options.filings_at_once, options.filings_per_second)
    )
    clock = clock_of(options)
    from_file = endpoints_of_file(options.endpoints)
    book = endpoint_book(options) if options.endpoint_keys else None
    try:
        migrate_database(options.database)
        codec = connect(options.schema_registry, register=True)
        vault = EvidenceVault(options.vault, settings.maximum_evidence_bytes)
        scanner = _scanner(options.scanner)
        keys = TokenKeys(options.keys, options.issuer, options.audience)
        wrapping = wrapping_keys(options.wrapping_keys, options.database, STARTING_SECONDS)
    except (SchemaRegistryUnavailable, SchemaRefused, KeysInvalid) as error:
        raise OperatorError(str(error)) from error
    except OSError as error:
        raise OperatorError(f"the vault can't be used: {error}") from error
    database = Database(options.database)
    quarantine = Quarantine(options.vault / "quarantine")
    files = (vault, Scanning(scanner, quarantine))
    parties = TopicParties(options.bootstrap_servers, codec)
    watch, endpoints = watched_endpoints(options.database, book, from_file)
    signing = MarketplaceKeys(secrets_of(endpoints))
    all_keys = (keys, signing, wrapping)
    services = make_services(settings, clock, codec, all_keys, database, files, parties)._replace(
        endpoints=Endpoints(book, from_file)
    )
    registry = services.metrics.registry
    metrics = OutboxMetrics(registry)
    publisher = OutboxPublisher(options.database, options.bootstrap_servers, codec, clock, metrics)
    serve_metrics(options, registry, lambda: database_answers(options.database))
    files_kept = (vault, quarantine)
    retention = Retention(database, services.evidence, files_kept, services.erasures, clock)
    sharing = LimitSharing(options.database, "filing", services.rate_limits)
    following = () if watch is None else (EndpointFollowing(watch, signing),)
    app = make_app(settings, services, (database, publisher, retention, sharing, *following))
    uvicorn.run(
        app,
        host=options.address,
        port=options.port,
        access_log=False,
        log_config=None,
        # Nothing here asks for a client's address.
        proxy_headers=False,
        server_header=False,
        date_header=True,
        limit_concurrency=MAXIMUM_CONNECTIONS,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=STOP_SECONDS,
        http=strict_protocol(HEAD_SECONDS, options.connections_of_address),
        ws="none",
    )
    return 0


def _scanner(address: str | None) -> ClamdScanner | None:
    try:
        return ClamdScanner(address) if address else None
    except ValueError as error:
        raise OperatorError(f"--scanner: {error}") from error
