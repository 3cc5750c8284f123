"""`python -m ops case-store`: fill the case store, and tell how the desk's queue stands."""

import argparse

from ops.shell.parts import periodic
from ops.shell.process import Process
from ops.shell.sink_service import MEASURE_SECONDS, add_sink_arguments, counts, prepare, run_sink
from sinks.case_store.case_store import TOPICS, CaseStore
from sinks.database.database import connect
from sinks.database.outbox import read_backlogs
from streams.kafka.sink_metrics import SinkMetrics
from streams.sources.desk.metrics import DeskMetrics
from streams.sources.desk.queue import queue_state
from streams.sources.outbox_metrics import OutboxMetrics

PROCESS = Process(
    "fills the store of cases and the reviewers' queue",
    TOPICS,
    (),
    "PostgreSQL: cases, commands, review tasks",
    ("sinks/case_store", "sinks/database"),
    groups=("case-store",),
)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("case-store", help="fill the case store from topics")
    add_sink_arguments(parser, "case-store")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Fill the store until SIGTERM or SIGINT. Errors: OperatorError."""
    desk = DeskMetrics()
    outbox, sinks = OutboxMetrics(desk.registry), SinkMetrics(desk.registry)
    shell = prepare(options, desk.registry)
    store = CaseStore(options.database)

    def measure() -> None:
        with connect(options.database) as connection:
            now = shell.clock.now_milliseconds()
            state, backlogs = queue_state(connection, now), read_backlogs(connection, now)
        desk.review_queue(state.gauges())
        # Told here too: it is when no publisher runs that most is to be told.
        for source, backlog in backlogs.items():
            outbox.outbox(source, *backlog)

    measuring = periodic("measure", MEASURE_SECONDS, measure)
    try:
        run_sink(options, store, TOPICS, shell, (measuring, counts("case-store", store, sinks)))
    finally:
        store.close()
    return 0
