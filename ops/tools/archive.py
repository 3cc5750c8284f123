"""`python -m ops archive`: ask the archive by SQL, and keep its files in order."""

import argparse
import csv
import sys
from pathlib import Path
from typing import Any

import duckdb

from ops.errors import OperatorError
from ops.tools import archive_restore
from schemas.catalog import load_topics
from sinks.archive.compaction import compact, expire
from sinks.archive.query import ArchiveIncomplete, open_archive
from sinks.archive.storage import Storage, storage_at
from sinks.contract import SinkUnavailable, SinkUnusable
from streams.clock import SystemClock
from streams.policies.policy_files import (
    BUILT_IN_DIRECTORY,
    ServicePolicyRefused,
    load_service_policy,
)

SHOWN_ROWS = 10_000


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parsers."""
    parser = subparsers.add_parser("archive", help="ask the archive, and keep it in order")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    query = _action(actions, "query", "print what an SQL statement gives")
    query.add_argument("sql", help="a statement on the topics' tables and the views")
    query.add_argument("--csv", action="store_true", help="as CSV, all rows")
    query.add_argument(
        "--with-holes", action="store_true", help="though offsets are missing between files"
    )
    query.set_defaults(act=_query)
    restoring = _action(actions, "restore", "write the archive into a new cluster's empty topics")
    archive_restore.add_arguments(restoring)
    _action(actions, "compact", "join small files of one day").set_defaults(act=_compact)
    ending = _action(actions, "expire", "delete days past their retention")
    ending.set_defaults(act=_expire)
    ending.add_argument(
        "--policies",
        type=Path,
        default=BUILT_IN_DIRECTORY,
        help="policies by whose longest `least_retained_days` topics of cases are kept",
    )


def run(options: argparse.Namespace) -> int:
    """Do one of the actions. Errors: OperatorError."""
    try:
        options.act(options, storage_at(options.archive))
    except (ArchiveIncomplete, SinkUnavailable, SinkUnusable) as error:
        raise OperatorError(str(error)) from error
    return 0


def _action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]", name: str, told: str
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=told)
    parser.add_argument(
        "--archive", required=True, help="a directory, or an address such as s3://bucket/prefix"
    )
    parser.set_defaults(run=run)
    return parser


def _query(options: argparse.Namespace, storage: Storage) -> None:
    connection = open_archive(storage, options.with_holes)
    try:
        if options.csv:
            _write_csv(connection.execute(options.sql))
        else:
            found: Any = connection.sql(options.sql)
            if found is None:
                raise OperatorError("the statement gives no table")
            found.show(max_rows=SHOWN_ROWS)
    except duckdb.Error as error:
        raise OperatorError(str(error)) from error


def _write_csv(answer: duckdb.DuckDBPyConnection) -> None:
    writer = csv.writer(sys.stdout)
    writer.writerow([column[0] for column in answer.description or ()])
    while rows := answer.fetchmany(SHOWN_ROWS):
        writer.writerows(rows)


def _compact(_options: argparse.Namespace, storage: Storage) -> None:
    for topic in load_topics():
        done = compact(storage, topic)
        if any(done):
            sys.stdout.write(
                f"{topic}: {done.joined} files joined into {done.into}, {done.deleted} deleted "
                f"that others held\n"
            )


def _expire(options: argparse.Namespace, storage: Storage) -> None:
    case_days = _case_days(options.policies)
    now = SystemClock().now_milliseconds()
    for topic in load_topics():
        gone = expire(storage, topic, now, case_days)
        if gone:
            days = sorted({file.day for file in gone})
            sys.stdout.write(f"{topic}: {len(gone)} files of {days[0]} to {days[-1]} deleted\n")


def _case_days(directory: Path) -> int:
    """Return for how many days some policy wants cases kept. Errors: OperatorError."""
    try:
        policy = load_service_policy(directory)
    except ServicePolicyRefused as error:
        raise OperatorError(str(error)) from error
    return max(level.least_retained_days for level in (policy.default, *policy.rows.values()))
