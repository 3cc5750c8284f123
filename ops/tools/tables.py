"""`python -m ops tables export`: write a process's tables as files, from which others can go on."""

import argparse
import sys
from importlib.metadata import version
from pathlib import Path

from confluent_kafka import KafkaException

from ops.errors import OperatorError
from ops.shell.connections import KAFKA, add_connection_arguments
from schemas.distribution import DISTRIBUTION
from streams.state.local_state import StateCorrupted, StateUnavailable
from streams.tables.export_manifest import ExportRefused
from streams.tables.export_origin import ask_origin
from streams.tables.exported_tables import export_tables


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("tables", help="export tables for new workers or monitors")
    parser.add_argument("action", choices=("export",))
    add_connection_arguments(parser, KAFKA)
    parser.add_argument(
        "--state-directory",
        type=Path,
        required=True,
        help="of a worker or monitor, which may be working",
    )
    parser.add_argument("--output", type=Path, required=True, help="a directory that is empty")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Export. Errors: OperatorError."""
    try:
        origin = ask_origin(options.bootstrap_servers)
        exported = export_tables(
            options.state_directory, options.output, origin, version(DISTRIBUTION)
        )
    except (ExportRefused, StateCorrupted, StateUnavailable, KafkaException) as error:
        raise OperatorError(f"the tables are not exported: {error}") from error
    entries = sum(each.entries for each in exported.files)
    size = sum(each.file_bytes for each in exported.files)
    sys.stdout.write(f"{entries:,} entries, {size:,} bytes in {len(exported.files)} files\n")
    return 0
