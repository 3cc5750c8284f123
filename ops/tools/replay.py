"""`python -m ops replay`: make all decisions again from the log, and compare."""

import argparse
import os
import sys
import tempfile
from functools import partial
from pathlib import Path

from tqdm import tqdm

from ops.errors import OperatorError
from ops.shell.connections import KAFKA, REGISTRY, add_connection_arguments
from ops.tools import backtest, decision, remade_bundle
from replay.archive_log import ArchiveLog
from replay.compare import Comparison, compare_all
from replay.log import KafkaLog, Log, ReplayError
from replay.parallel import Source, remake_in_parallel
from schemas.wire.codec import Codec
from schemas.wire.registry import connect
from sinks.archive.storage import storage_at
from sinks.contract import SinkUnusable


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("replay", help="make decisions again from the log and compare")
    add_connection_arguments(parser, KAFKA, REGISTRY)
    parser.add_argument("--archive", help="read the archive there, and not Kafka")
    parser.add_argument(
        "--processes",
        type=int,
        default=os.cpu_count() or 1,
        help="how many partitions at once; %(default)s where it is not told",
    )
    parser.set_defaults(run=run)
    actions = parser.add_subparsers(metavar="ACTION", help="else all is made again")
    backtest.add_parser(actions)
    decision.add_parser(actions)
    remade_bundle.add_parser(actions)


def run(options: argparse.Namespace) -> int:
    """Print by topic how many keys agree; 1 where any does not."""
    registry = options.schema_registry
    if options.archive is None:
        source = partial(kafka_source, options.bootstrap_servers, registry)
    else:
        source = partial(archive_source, options.archive, registry)
    found = _compared(source, options.processes)
    for topic, comparison in found.items():
        sys.stdout.write(f"{topic}: {comparison.same} same, {comparison.different} different\n")
        for example in comparison.examples:
            sys.stdout.write(f"  {example}\n")
    return 1 if any(comparison.different for comparison in found.values()) else 0


def comparisons(addresses: tuple[str, str]) -> dict[str, Comparison]:
    """Compare all outputs and rows with what the log leads to. Errors: OperatorError."""
    return _compared(partial(kafka_source, *addresses), 1)


def archive_comparisons(address: str, schema_registry: str) -> dict[str, Comparison]:
    """Compare all that an archive has with what it leads to. Errors: OperatorError."""
    return _compared(partial(archive_source, address, schema_registry), os.cpu_count() or 1)


def kafka_source(bootstrap_servers: str, schema_registry: str) -> tuple[Log, Codec]:
    """Open a cluster's log."""
    # What was unknown at the time is so by now: nobody waits for it again.
    codec = connect(schema_registry, register=False, may_lag=False)
    return KafkaLog(bootstrap_servers), codec


def archive_source(address: str, schema_registry: str) -> tuple[Log, Codec]:
    """Open an archive's log. Errors: ReplayError."""
    codec = connect(schema_registry, register=False, may_lag=False)
    try:
        return ArchiveLog(storage_at(address)), codec
    except SinkUnusable as error:
        raise ReplayError(str(error)) from error


def _compared(source: Source, processes: int) -> dict[str, Comparison]:
    with (
        tempfile.TemporaryDirectory(prefix="ip-replay-") as scratch,
        tqdm(unit="partition", disable=None) as progress,
    ):

        def told(done: int, partitions: int) -> None:
            progress.total = partitions
            progress.update(done - progress.n)

        try:
            made = remake_in_parallel(source, processes, Path(scratch), told)
            return compare_all(source()[0], made)
        except ReplayError as error:
            raise OperatorError(str(error)) from error
