"""`python -m ops replay`: make all decisions again from the log, and compare."""

import argparse
import sys
import tempfile
from pathlib import Path

from ops.errors import OperatorError
from ops.shell.connections import KAFKA, REGISTRY, add_connection_arguments
from ops.tools import backtest, decision
from replay.archive_log import ArchiveLog
from replay.compare import Comparison, compare_all
from replay.log import KafkaLog, Log, ReplayError
from replay.remake import remake
from schemas.wire.registry import connect
from sinks.archive.storage import Storage, storage_at
from sinks.contract import SinkUnusable


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("replay", help="make decisions again from the log and compare")
    add_connection_arguments(parser, KAFKA, REGISTRY)
    parser.add_argument("--archive", help="read the archive there, and not Kafka")
    parser.set_defaults(run=run)
    actions = parser.add_subparsers(metavar="ACTION", help="else all is made again")
    backtest.add_parser(actions)
    decision.add_parser(actions)


def run(options: argparse.Namespace) -> int:
    """Print by topic how many keys agree; 1 where any does not."""
    registry = options.schema_registry
    if options.archive is None:
        found = comparisons((options.bootstrap_servers, registry))
    else:
        found = _compared(ArchiveLog(_storage(options.archive)), registry)
    for topic, comparison in found.items():
        sys.stdout.write(f"{topic}: {comparison.same} same, {comparison.different} different\n")
        for example in comparison.examples:
            sys.stdout.write(f"  {example}\n")
    return 1 if any(comparison.different for comparison in found.values()) else 0


def comparisons(addresses: tuple[str, str]) -> dict[str, Comparison]:
    """Compare all outputs and rows with what the log leads to. Errors: OperatorError."""
    return _compared(KafkaLog(addresses[0]), addresses[1])


def _compared(log: Log, schema_registry: str) -> dict[str, Comparison]:
    # What was unknown at the time is so by now: nobody waits for it again.
    codec = connect(schema_registry, register=False, may_lag=False)
    with tempfile.TemporaryDirectory(prefix="ip-replay-") as scratch:
        try:
            return compare_all(log, remake(log, codec, Path(scratch)))
        except ReplayError as error:
            raise OperatorError(str(error)) from error


def _storage(address: str) -> Storage:
    try:
        return storage_at(address)
    except SinkUnusable as error:
        raise OperatorError(str(error)) from error
