"""`python -m ops worker`: run one worker process."""

import argparse
import logging
from importlib.metadata import version
from pathlib import Path

from confluent_kafka import KafkaException

from ops.errors import OperatorError
from ops.shell.connections import KAFKA, REGISTRY, add_connection_arguments
from ops.shell.process import Process
from ops.shell.service import (
    add_clock_arguments,
    add_metrics_arguments,
    clock_of,
    divided_topics,
    open_state,
    run_with_state,
    serve_metrics,
)
from ops.shell.words import add_words_argument, words_made_ready
from processors.policies.local_days import calendar_version
from processors.policies.service_level import STEPS_EDITION, ServiceLevel
from processors.policies.standing_policy import StandingPolicy
from processors.rules.rule_set import RuleSet
from schemas.distribution import DISTRIBUTION
from schemas.rights import rights_version
from schemas.statements.told import STATEMENTS_EDITION
from schemas.topic_names import DEAD_LETTERS
from schemas.traces import TRACES
from schemas.wire.codec import Codec
from schemas.wire.registry import connect
from streams.clock import Clock
from streams.kafka.transactions import Probe
from streams.policies import policy_files
from streams.policies.rule_files import BUILT_IN_DIRECTORY, load_rules, rule_set_published
from streams.policies.standing_files import (
    BUILT_IN_STANDING,
    StandingPolicyRefused,
    load_standing_policy,
)
from streams.state.local_state import LocalState, StateCorrupted, StateUnavailable
from streams.tables.export_manifest import ExportRefused
from streams.tables.export_origin import ask_origin
from streams.tables.exported_tables import OF_WORKERS, HeldTables, import_tables
from streams.tables.global_tables import GlobalTables
from streams.topology import (
    ALL_INPUTS,
    CHANGELOG,
    GLOBAL_TABLES,
    JOURNAL,
    LEAD_TOPIC,
    OUTPUTS,
    WORKER_TOPICS,
)
from streams.worker.circuit import CircuitSettings
from streams.worker.engine import Engine
from streams.worker.metrics import WorkerMetrics
from streams.worker.observation import Observation
from streams.worker.settings import WorkerSettings
from streams.worker.worker import Worker

logger = logging.getLogger(__name__)

RETAINED_DAYS = 400
"""As long as topics keep what parties sent."""
MOST_RETAINED_DAYS = 36_500


PROCESS = Process(
    "decides on complaints, and keeps cases, clocks and parties' conduct",
    (*ALL_INPUTS, *GLOBAL_TABLES, CHANGELOG),
    (*OUTPUTS.values(), *JOURNAL.values(), CHANGELOG, DEAD_LETTERS),
    f"RocksDB: rows, timers and tables, restored from `{CHANGELOG}`",
    ("streams/worker", "streams/state", "streams/tables", "processors"),
    groups=("ip-takedowns",),
    transactions=("ip-takedowns",),
)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("worker", help="run one worker process")
    add_worker_arguments(parser)
    parser.set_defaults(run=run)


def add_worker_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that describe a worker."""
    add_connection_arguments(parser, KAFKA, REGISTRY)
    parser.add_argument("--instance", required=True, help="this worker's lasting name in its group")
    parser.add_argument("--group", default="ip-takedowns")
    parser.add_argument("--state-directory", type=Path, required=True)
    parser.add_argument(
        "--lease-directory",
        type=Path,
        help="of this host; of processes with one instance and lease one works, others stand by",
    )
    parser.add_argument(
        "--tables-from",
        type=Path,
        help="directory of `tables export`, to begin with where there are no tables yet",
    )
    add_words_argument(parser)
    add_metrics_arguments(parser)
    parser.add_argument("--batch-records", type=int, default=10_000)
    parser.add_argument("--linger-seconds", type=float, default=0.02)
    parser.add_argument("--partitions", type=int, help="refuses topics that have others")
    parser.add_argument(
        "--begin-missing-offsets",
        action="store_true",
        help="reads inputs without committed offsets from their beginning, though there are rows",
    )
    parser.add_argument(
        "--forward-misplaced",
        action="store_true",
        help="forwards records to the partition of their key, rather than bury them",
    )
    parser.add_argument("--session-timeout-milliseconds", type=int, default=10_000)
    parser.add_argument("--transaction-timeout-milliseconds", type=int, default=15_000)
    parser.add_argument("--deadline-seconds", type=float, default=24 * 3600.0)
    parser.add_argument(
        "--retained-days",
        type=int,
        default=RETAINED_DAYS,
        help="closed cases and removed listings are kept so long, and while there may be an "
        "appeal; 0 is for ever; the same for all workers",
    )
    add_standing_argument(parser)
    parser.add_argument("--bad-ratio", type=float, default=0.5, help="opens the circuit above it")
    add_clock_arguments(parser)


def add_standing_argument(parser: argparse.ArgumentParser) -> None:
    """Add the argument that says by what numbers parties stand as they do."""
    parser.add_argument(
        "--standing-policy",
        type=Path,
        help="YAML file of thresholds and of limits to automatic actions; the same for all workers",
    )


def standing_policy(path: Path | None) -> StandingPolicy:
    """Return the policy of a file, or the built-in one. Errors: OperatorError."""
    try:
        return load_standing_policy(path or BUILT_IN_STANDING)
    except StandingPolicyRefused as error:
        raise OperatorError(str(error)) from error


def run(options: argparse.Namespace) -> int:
    """Run a worker until SIGTERM or SIGINT."""
    level = level_of(options)
    worker = make_worker(options, lambda _step: None, clock_of(options), level)
    run_with_state(worker, options.state_directory)
    return 0


def make_worker(
    options: argparse.Namespace, probe: Probe, clock: Clock, level: ServiceLevel
) -> Worker:
    """Make a worker from its arguments; local state that is broken is made anew.

    Errors: OperatorError.
    """
    topics = divided_topics(options.bootstrap_servers, WORKER_TOPICS, options.partitions)
    settings = WorkerSettings(
        bootstrap_servers=options.bootstrap_servers,
        state_directory=options.state_directory,
        instance=options.instance,
        group=options.group,
        batch_records=options.batch_records,
        linger_seconds=options.linger_seconds,
        session_timeout_milliseconds=options.session_timeout_milliseconds,
        transaction_timeout_milliseconds=options.transaction_timeout_milliseconds,
        lease_directory=options.lease_directory,
        circuit=CircuitSettings(bad_ratio=options.bad_ratio),
        topics=topics,
        begin_missing_offsets=options.begin_missing_offsets,
    )
    # Meanwhile the registry is asked.
    words = words_made_ready(options)
    codec = connect(options.schema_registry, register=True)
    rules = rule_set_published(load_rules(BUILT_IN_DIRECTORY), "active", "built-in", 0)
    state = open_state(settings.state_directory, settings.group, topics)
    if options.tables_from is not None:
        begin_tables(options.tables_from, state, codec, options.bootstrap_servers)
    policy = policy_files.policy_on(
        level, policy_files.load_service_policy(policy_files.BUILT_IN_DIRECTORY)
    )
    tables = GlobalTables(state, codec, RuleSet.compile(rules), policy)
    partitions = topics.topics[LEAD_TOPIC].partitions
    engine = Engine(
        *(codec, tables, level, partitions, version(DISTRIBUTION)),
        forwards_misplaced=options.forward_misplaced,
    )
    engine.carries_traces = TRACES.on
    words.join()
    metrics = WorkerMetrics()
    observation = Observation(metrics, clock)
    worker = Worker(settings, engine, state, tables, clock, observation, probe)
    serve_metrics(options, metrics.registry, lambda: worker.ready)
    return worker


def begin_tables(
    source: Path,
    state: LocalState,
    codec: Codec,
    bootstrap_servers: str,
    held: HeldTables = OF_WORKERS,
) -> None:
    """Have a process without tables begin with those of another. Errors: OperatorError."""
    try:
        imported = import_tables(source, state, codec, ask_origin(bootstrap_servers), held)
    except (ExportRefused, StateCorrupted, StateUnavailable, KafkaException) as error:
        raise OperatorError(f"{source} can't be used: {error}") from error
    if imported is None:
        logger.info("there are tables already, so %s is not used", source)


def level_of(options: argparse.Namespace) -> ServiceLevel:
    """Return what a worker's arguments say of times and thresholds. Errors: OperatorError."""
    standing = standing_policy(options.standing_policy)
    if not 0 <= options.retained_days <= MOST_RETAINED_DAYS:
        raise OperatorError(f"--retained-days is to be from 0 to {MOST_RETAINED_DAYS}")
    level = service_level(options.deadline_seconds)
    return level._replace(standing=standing, retained_days=options.retained_days)


def service_level(deadline_seconds: float) -> ServiceLevel:
    """Return the times allowed for a case; warning and wait keep their share of the deadline."""
    deadline = int(deadline_seconds * 1000)
    return ServiceLevel(
        deadline,
        deadline * 3 // 4,
        min(deadline // 24, 3_600_000),
        steps_edition=STEPS_EDITION,
        calendar=calendar_version(),
        rights=rights_version(),
        statements=STATEMENTS_EDITION,
    )
