"""`python -m ops monitor`: run one monitor process, which watches the titles of listings."""

import argparse
from importlib.metadata import version
from pathlib import Path

from ops.errors import OperatorError
from ops.services.worker import begin_tables
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
from processors.matching.scoring import Weights, built_in_weights, weights_from
from processors.matching.vocabulary import known_words
from processors.rules.rule_set import RuleSet, RuleSetRefused
from processors.titles.misuse import MISUSE
from schemas.distribution import DISTRIBUTION
from schemas.topic_names import DEAD_LETTERS
from schemas.traces import TRACES
from schemas.wire.registry import connect
from streams.monitor.engine import MonitoringEngine
from streams.monitor.metrics import MonitorMetrics
from streams.monitor.monitor import Monitor
from streams.monitor.tables import MonitoringTables
from streams.policies.rule_files import BUILT_IN_DIRECTORY, MISUSE_DIRECTORY, load_rules
from streams.tables.exported_tables import OF_MONITORS
from streams.topology import (
    JOURNAL,
    LEAD_TOPIC,
    MONITOR_INPUTS,
    MONITOR_OUTPUTS,
    MONITOR_TABLES,
    MONITOR_TOPICS,
)
from streams.worker.settings import WorkerSettings

PROCESS = Process(
    "judges titles as listings change",
    (*MONITOR_INPUTS, *MONITOR_TABLES),
    (*MONITOR_OUTPUTS.values(), *JOURNAL.values(), DEAD_LETTERS),
    "RocksDB: tables; files of an index of terms made of them",
    ("streams/monitor", "processors/matching", "processors/titles"),
    groups=("ip-monitors",),
    transactions=("ip-monitors",),
)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("monitor", help="run one monitor of listing titles")
    add_connection_arguments(parser, KAFKA, REGISTRY)
    parser.add_argument("--instance", required=True, help="its lasting name in its group")
    parser.add_argument("--group", default="ip-monitors")
    parser.add_argument("--state-directory", type=Path, required=True)
    parser.add_argument(
        "--index-directory", type=Path, help="of this host, whose monitors share indexes in it"
    )
    parser.add_argument(
        "--tables-from",
        type=Path,
        help="directory of a monitor's `tables export`, to begin with where there are no tables",
    )
    add_words_argument(parser)
    add_metrics_arguments(parser)
    parser.add_argument("--batch-records", type=int, default=2_000)
    parser.add_argument("--rules", type=Path, default=MISUSE_DIRECTORY, help="rules on titles")
    parser.add_argument("--weights", type=Path, help="learned weights; else those built in")
    add_clock_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run a monitor until SIGTERM or SIGINT. Errors: OperatorError."""
    run_with_state(make_monitor(options), options.state_directory)
    return 0


def make_monitor(options: argparse.Namespace) -> Monitor:
    """Make a monitor from its arguments; local state that is broken is made anew.

    Errors: OperatorError.
    """
    topics = divided_topics(options.bootstrap_servers, MONITOR_TOPICS)
    settings = WorkerSettings(
        bootstrap_servers=options.bootstrap_servers,
        state_directory=options.state_directory,
        instance=options.instance,
        group=options.group,
        batch_records=options.batch_records,
        index_directory=options.index_directory,
        topics=topics,
    )
    # Meanwhile the registry is asked.
    words = words_made_ready(options)
    codec = connect(options.schema_registry, register=True)
    state = open_state(settings.state_directory, settings.group, topics)
    try:
        rules = RuleSet(load_rules(options.rules), MISUSE)
    except RuleSetRefused as error:
        raise OperatorError(str(error)) from error
    if options.tables_from is not None:
        begin_tables(options.tables_from, state, codec, options.bootstrap_servers, OF_MONITORS)
    tables = MonitoringTables(state, codec, RuleSet(load_rules(BUILT_IN_DIRECTORY)))
    partitions = topics.topics[LEAD_TOPIC].partitions
    software = version(DISTRIBUTION)
    engine = MonitoringEngine(codec, tables, rules, _weights(options.weights), partitions, software)
    engine.carries_traces = TRACES.on
    words.join()
    metrics = MonitorMetrics()
    known_words()
    monitor = Monitor(settings, engine, tables, clock_of(options), metrics)
    serve_metrics(options, metrics.registry, lambda: monitor.ready)
    return monitor


def _weights(path: Path | None) -> Weights:
    if path is None:
        return built_in_weights()
    try:
        return weights_from(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError) as error:
        raise OperatorError(f"{path}: {error}") from error
