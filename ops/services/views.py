"""`python -m ops views`: run one instance of the live views."""

import argparse
from pathlib import Path

import faust
from confluent_kafka import KafkaException
from confluent_kafka.admin import NewTopic

from ops.errors import OperatorError
from ops.shell.connections import KAFKA, REGISTRY, add_connection_arguments
from ops.shell.process import Process
from ops.shell.service import (
    add_clock_arguments,
    add_metrics_arguments,
    clock_of,
    needed_topics,
    serve_metrics,
)
from ops.topics import CHANGELOG_SETTINGS, least_copies_in_step, make_topics
from schemas.wire.registry import connect
from streams.kafka.clients import admin_client
from streams.kafka.topic_facts import LEAST_COPIES_IN_STEP, TopicFacts
from streams.views.app import TABLES, Views, ViewsSettings, make_views
from streams.views.gathering import Restoring, held_partitions
from streams.views.metrics import ViewMetrics
from streams.views.web import add_pages

PROCESS = Process(
    "shows live counts of the last hours",
    tuple(topic for topics in TABLES.values() for topic in topics),
    (),
    "RocksDB of Faust, restored from changelogs of its own",
    ("streams/views",),
    groups=("ip-views",),
    own_topics=("ip-views",),
)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("views", help="run one instance of the live views")
    add_connection_arguments(parser, KAFKA, REGISTRY)
    parser.add_argument("--data-directory", type=Path, required=True, help="of this instance alone")
    parser.add_argument("--group", default="ip-views", help="also begins the changelogs' names")
    parser.add_argument("--web-port", type=int, required=True)
    parser.add_argument("--web-bind", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--web-host", default="127.0.0.1", help="how other instances reach this")
    parser.add_argument(
        "--replication-factor", type=int, help="of the changelogs; else that of the topics read"
    )
    parser.add_argument("--session-timeout-seconds", type=float, default=10.0)
    add_metrics_arguments(parser)
    add_clock_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run an instance until SIGTERM or SIGINT. Errors: OperatorError."""
    views = views_of(options)
    metrics = ViewMetrics(None, lambda: {(name,): n for name, n in list(views.endings.items())})
    serve_metrics(options, metrics.registry, lambda: _ready(views))
    worker = faust.Worker(views.app, quiet=True, redirect_stdouts=False, override_logging=False)
    # It writes control characters, to a log file too.
    worker.spinner = None
    worker.execute_from_commandline()
    return 0


def _ready(views: Views) -> bool:
    try:
        for table in TABLES:
            held_partitions(views, table)
    except Restoring:
        return False
    return True


def views_of(options: argparse.Namespace) -> Views:
    """Make an instance from its arguments."""
    topics = topics_read(options.bootstrap_servers)
    settings = ViewsSettings(
        bootstrap_servers=options.bootstrap_servers,
        data_directory=options.data_directory,
        partitions={name: topic.partitions for name, topic in topics.items()},
        web_port=options.web_port,
        web_host=options.web_host,
        web_bind=options.web_bind,
        group=options.group,
        replication_factor=options.replication_factor
        or min(topic.copies for topic in topics.values()),
        session_timeout_seconds=options.session_timeout_seconds,
    )
    views = make_views(settings, connect(options.schema_registry, register=True), clock_of(options))
    make_changelogs(settings, views)
    add_pages(views)
    return views


def make_changelogs(settings: ViewsSettings, views: Views) -> None:
    """Make the tables' changelogs that are missing.

    Faust would make them, but begins before brokers tell of them, and then never writes to them.
    Errors: OperatorError.
    """
    admin = admin_client(settings.bootstrap_servers)
    wanted = [
        NewTopic(
            table.changelog_topic_name,
            num_partitions=views.partitions[name],
            replication_factor=settings.replication_factor,
            config={
                "cleanup.policy": "compact",
                LEAST_COPIES_IN_STEP: str(least_copies_in_step(settings.replication_factor)),
                **CHANGELOG_SETTINGS,
            },
        )
        for name, table in views.tables.items()
    ]
    try:
        make_topics(admin, wanted)
    except KafkaException as error:
        raise OperatorError(f"the changelogs of the views can't be made: {error}") from error


def topics_read(bootstrap_servers: str) -> dict[str, TopicFacts]:
    """Return what the cluster says of the topics that views read.

    Errors: OperatorError where a topic is missing, or where those of one table differ.
    """
    wanted = {topic for topics in TABLES.values() for topic in topics}
    found = needed_topics(bootstrap_servers, wanted).topics
    for table, topics in TABLES.items():
        if len({found[topic].partitions for topic in topics}) > 1:
            raise OperatorError(f"the topics of table {table} have different partition counts")
    return found
