"""`python -m ops topics`: make the topics, or tell where they differ from what is declared."""

import argparse
import sys

from ops.shell.connections import KAFKA, add_connection_arguments
from ops.topics import create_topics, differences


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("topics", help="make the topics, or check them")
    parser.add_argument("action", choices=("create", "check"))
    add_connection_arguments(parser, KAFKA)
    parser.add_argument("--partitions", type=int, help="of inputs, outputs and changelog alike")
    parser.add_argument("--replication-factor", type=int, default=3)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Make or check; 1 where the check finds differences."""
    if options.action == "create":
        made = create_topics(
            options.bootstrap_servers, options.partitions, options.replication_factor
        )
        sys.stdout.write("".join(f"made {name}\n" for name in made) or "all topics exist\n")
        return 0
    found = differences(options.bootstrap_servers, options.partitions, options.replication_factor)
    sys.stdout.write("".join(f"{sentence}\n" for sentence in found) or "as declared\n")
    return 1 if found else 0
