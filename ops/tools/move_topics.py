"""`python -m ops move-topics`: take a pipeline over to topics of another prefix, with more
partitions."""

import argparse
import sys
from collections.abc import Iterable, Mapping
from typing import Final

from confluent_kafka import KafkaException, TopicPartition

from ops.errors import OperatorError
from ops.groups import offsets_of, place_group
from ops.shell.connections import DATABASE, KAFKA, add_connection_arguments
from ops.tools.former_pipeline import FormerPipeline
from ops.topics import topics_with_records
from replay.log import ReplayError
from replay.moving import ROWS_MOVED, TRANSACTION_RECORDS, MoveFailed, Mover, former_name
from schemas.topic_names import PREFIX, SWITCHES_STATE, TAKEDOWNS_COMMANDS, VERSIONS_STATE
from schemas.wire.delivered import Source
from sinks.contract import SinkUnavailable, SinkUnusable
from sinks.database.database import connect
from sinks.database.moved_positions import begin_behind, readers_of
from streams.kafka.clients import admin_client
from streams.kafka.log_ends import LogEnds
from streams.kafka.topic_checks import TopicsUnfit, fit_topics
from streams.topology import ALL_INPUTS, CHANGELOG, GLOBAL_TABLES, WORKER_TOPICS

TABLES: Final = (*GLOBAL_TABLES, SWITCHES_STATE, VERSIONS_STATE)
"""Moved whole, and each time what came since."""

OF_WORKERS: Final = (TAKEDOWNS_COMMANDS, CHANGELOG)
"""Moved whole, once: the takedowns by which monitors know repeats, and the rows."""

MOVED: Final = (*TABLES, *OF_WORKERS, *ALL_INPUTS)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser(
        "move-topics", help="take over rows, tables and waiting inputs from another prefix"
    )
    add_connection_arguments(parser, KAFKA, DATABASE)
    parser.add_argument("--former-prefix", required=True, help="of the topics; '' for none")
    parser.add_argument("--group", default="ip-takedowns", help="of the workers")
    parser.add_argument("--monitor-group", default="ip-monitors")
    parser.add_argument(
        "--transaction-records", type=int, default=TRANSACTION_RECORDS, help="moved at once"
    )
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Move what is not moved yet. Errors: OperatorError."""
    if options.former_prefix == PREFIX:
        raise OperatorError("both prefixes are one: set IP_TAKEDOWNS_PREFIX to the new one")
    if options.transaction_records < 1:
        raise OperatorError("--transaction-records is 1 or more")
    try:
        _Move(options).run()
    except (
        *(TopicsUnfit, MoveFailed, ReplayError, KafkaException),
        *(SinkUnavailable, SinkUnusable),
    ) as error:
        raise OperatorError(str(error)) from error
    return 0


class _Move:
    """One run of the command."""

    def __init__(self, options: argparse.Namespace) -> None:
        servers: str = options.bootstrap_servers
        facts = fit_topics(servers, {*WORKER_TOPICS, *MOVED})
        self._former = FormerPipeline(servers, options.former_prefix, facts, MOVED)
        self._options = options
        self._servers = servers
        self._admin = admin_client(servers)
        self._group = PREFIX + options.group
        self._mover = Mover(servers, options.former_prefix, options.transaction_records)
        self._reached = self._mover.reached([*self._former.places(MOVED), ROWS_MOVED])

    def run(self) -> None:
        try:
            former, options = self._former, self._options
            former.await_end(self._admin, (options.group, options.monitor_group))
            inputs = former.standing(options.group, options.monitor_group)
            with connect(options.database) as connection:
                former.check_readers(readers_of(connection, former.topics))
            self._check_begin()
            for topic in TABLES:
                self._move(topic)
            for topic in OF_WORKERS:
                self._take_over(topic)
            if not self._has_rows:
                self._place_readers()
                self._check_begin()
                self._mover.note_rows()
            self._place_workers()
            for topic in ALL_INPUTS:
                self._move(topic, inputs)
        finally:
            self._mover.close()

    @property
    def _has_rows(self) -> bool:
        return ROWS_MOVED in self._reached

    def _check_begin(self) -> None:
        """See that nobody wrote to the new topics before. Errors: MoveFailed."""
        if not self._has_rows and offsets_of(self._servers, self._group, self._places(ALL_INPUTS)):
            raise MoveFailed(
                f"a worker of {self._group} began before its rows were moved: make topics of yet "
                "another prefix, and move to these"
            )
        if not self._reached:
            places = [TopicPartition(*each) for each in self._places(MOVED)]
            for topic in sorted(topics_with_records(self._admin, places)):
                raise MoveFailed(f"{topic} is not empty: make topics of yet another prefix")

    def _move(self, topic: str, begins: Mapping[Source, int] | None = None) -> None:
        former, growth = former_name(topic, self._former.prefix), self._former.growths[topic]
        begins = begins or {}
        firsts = {
            number: self._reached.get((former, number), begins.get((former, number), 0))
            for number in range(growth.before)
        }
        moved = self._mover.move(self._former.log, topic, growth, firsts)
        sys.stdout.write(f"{former}: {moved:,} records moved to {topic}\n")
        sys.stdout.flush()

    def _take_over(self, topic: str) -> None:
        """Move what workers wrote, unless the new ones may have begun. Errors: MoveFailed."""
        if not self._has_rows:
            self._move(topic)
            return
        for former, number in self._former.places((topic,)):
            if self._former.has_more(former, number, self._reached.get((former, number), 0)):
                raise MoveFailed(f"a former worker wrote to {former} {number} after the move")

    def _place_readers(self) -> None:
        """Have sinks begin behind what they read under the former prefix."""
        whole = (*TABLES, TAKEDOWNS_COMMANDS)
        names = {former_name(topic, self._former.prefix): topic for topic in whole}
        asking = LogEnds(self._servers)
        with connect(self._options.database) as connection:
            for sink, positions in readers_of(connection, list(names)).items():
                topics = sorted({names[topic] for topic, _ in positions})
                ends = {
                    (topic, number): end
                    for topic in topics
                    for number, end in asking.ask(topic, self._numbers(topic))[1].items()
                }
                begin_behind(connection, sink, ends)
                sys.stdout.write(f"{sink} goes on behind {', '.join(topics)}\n")

    def _place_workers(self) -> None:
        """Have the new workers begin, now that all rows are there."""
        places = self._places(ALL_INPUTS)
        known = offsets_of(self._servers, self._group, places)
        missing = [each for each in places if each not in known]
        if missing:
            place_group(self._admin, self._group, dict.fromkeys(missing, 0))
            sys.stdout.write(f"workers of {self._group} may begin\n")

    def _numbers(self, topic: str) -> range:
        return range(self._former.growths[topic].after)

    def _places(self, topics: Iterable[str]) -> list[Source]:
        return [(topic, number) for topic in topics for number in self._numbers(topic)]
