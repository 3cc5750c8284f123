"""`python -m ops web`: serve the pages for rights holders, sellers, reviewers and operators."""

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
from ops.shell.process import Process
from ops.shell.service import add_clock_arguments, add_metrics_arguments, clock_of, serve_metrics
from ops.shell.service_database import STARTING_SECONDS, database_answers, migrate_database
from ops.shell.strict_http import (
    CONNECTIONS_OF_ADDRESS,
    HEAD_SECONDS,
    strict_protocol,
)
from ops.shell.tables_kept import TablesKept
from ops.shell.topic_parties import TopicParties
from ops.shell.web_broker import Broker
from ops.shell.wrapping_keys import wrapping_keys
from ops.web.app import make_app
from ops.web.identity_provider import IdentityProvider
from ops.web.members import Members
from ops.web.own_marks import Tables
from ops.web.provider_settings import read_settings
from ops.web.sessions import Sessions
from ops.web.sign_in_pages import RETURN_PATH
from ops.web.site import Site
from processors.findings.listing_match import listing_match
from processors.rules.rule_set import RuleSet
from schemas.topic_names import (
    COMPLAINTS_EVENTS,
    CONDUCT_EVENTS,
    COUNTER_NOTICES_EVENTS,
    DEAD_LETTERS,
    DESK_EVENTS,
    PARTIES_STATE,
    REVIEWS_EVENTS,
    SWITCHES_STATE,
)
from schemas.wire.codec import Codec, SchemaRegistryUnavailable
from schemas.wire.foreign_schemas import SchemaRefused
from schemas.wire.registry import connect
from sinks.dispatch.settings import SettingsInvalid, load_caps
from sinks.evidence.quarantine import Quarantine
from sinks.evidence.scanner import ClamdScanner
from sinks.evidence.vault import EvidenceVault
from streams.policies.rule_files import BUILT_IN_DIRECTORY, load_rules
from streams.sources.filing.acknowledgement_signing import MarketplaceKeys
from streams.sources.filing.case_lists import CaseLists
from streams.sources.filing.database import Database
from streams.sources.filing.limit_sharing import LimitSharing
from streams.sources.filing.scanning import Scanning
from streams.sources.filing.services import make_services
from streams.sources.filing.settings import FilingSettings
from streams.sources.filing.tokens import AUDIENCE, ISSUER, KeysInvalid, TokenKeys
from streams.topology import GLOBAL_TABLES

MAXIMUM_CONNECTIONS = 400
KEEP_ALIVE_SECONDS = 10
STOP_SECONDS = 10
TABLES_GROUP = "ip-web"
REFUSED = (SchemaRegistryUnavailable, SchemaRefused, KeysInvalid, SettingsInvalid)

PROCESS = Process(
    "serves the pages for people, in their languages",
    (*GLOBAL_TABLES, SWITCHES_STATE, DEAD_LETTERS),
    (
        *(COMPLAINTS_EVENTS, COUNTER_NOTICES_EVENTS, REVIEWS_EVENTS, DESK_EVENTS),
        *(CONDUCT_EVENTS, PARTIES_STATE, SWITCHES_STATE),
    ),
    "PostgreSQL: sessions, members, what was seen and done; filings and the desk as their "
    "services; RocksDB: tables",
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
    parser.add_argument(
        "--state-directory",
        type=Path,
        help="where the register and the rules are kept as workers have them; else no page tells "
        "of them",
    )
    parser.add_argument("--endpoints", type=Path, help="dispatch's file, of which caps are shown")
    parser.add_argument("--grafana", default="", help="address of the dashboard, to be linked to")
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
        wrapping = wrapping_keys(options.wrapping_keys, options.database, STARTING_SECONDS)
        signing_in = read_settings(options.sign_in) if options.sign_in else None
        caps = load_caps(options.endpoints) if options.endpoints else {}
    except (*REFUSED, ValueError) as error:
        raise OperatorError(str(error)) from error
    except OSError as error:
        raise OperatorError(f"the vault can't be used: {error}") from error
    database = Database(options.database)
    scanning = Scanning(scanner, Quarantine(options.vault / "quarantine"))
    services = make_services(
        *(settings, clock, codec, (keys, MarketplaceKeys({}), wrapping), database),
        *((vault, scanning), TopicParties(options.bootstrap_servers, codec)),
    )
    rules = RuleSet(load_rules(BUILT_IN_DIRECTORY))
    kept = _tables(options, codec, rules)
    address = options.site.rstrip("/") or f"http://{options.address}:{options.port}"
    broker = Broker(options.bootstrap_servers, codec, clock, options.views)
    site = Site(
        services=services,
        sessions=Sessions(database, keys),
        rules=rules,
        kafka=broker,
        lists=CaseLists(database, services.store, services.private_texts),
        database_address=options.database,
        address=address,
        members=Members(database),
        provider=IdentityProvider(signing_in, f"{address}{RETURN_PATH}", clock)
        if signing_in
        else None,
        tables=kept or Tables(),
        caps=caps,
        grafana=_dashboard(options.grafana),
    )
    sharing = LimitSharing(options.database, "web", services.rate_limits)
    serve_metrics(options, services.metrics.registry, lambda: database_answers(options.database))
    # The matcher's words take seconds to load, which no reviewer is to wait for.
    listing_match("mark", "m4rk", None)
    uvicorn.run(
        make_app(site, (database, broker.reading(), sharing, *([kept.reading()] if kept else []))),
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


def _dashboard(address: str) -> str:
    if address and not address.startswith(("http://", "https://")):
        raise OperatorError(f"--grafana: {address} is no address of a page")
    return address


def _tables(options: argparse.Namespace, codec: Codec, built_in: RuleSet) -> TablesKept | None:
    if options.state_directory is None:
        return None
    servers, directory = options.bootstrap_servers, options.state_directory
    return TablesKept(servers, directory, TABLES_GROUP, codec, built_in)
