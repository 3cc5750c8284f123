"""`python -m ops topics`: make them, tell where they differ from what is declared, or print it."""

import argparse
import json
import sys

from ops.errors import OperatorError
from ops.shell.connections import KAFKA, add_connection_arguments
from ops.topics import create_topics, differences, partitions_of, settings_of
from schemas.catalog import load_topics


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("topics", help="make the topics, check or print them")
    parser.add_argument("action", choices=("create", "check", "print"))
    add_connection_arguments(parser, KAFKA, optional=True)
    parser.add_argument("--partitions", type=int, help="of inputs, outputs and changelog alike")
    parser.add_argument("--replication-factor", type=int, default=3)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Make, check or print; 1 where the check finds differences. Errors: OperatorError."""
    if options.action == "print":
        _print(options.partitions, options.replication_factor)
        return 0
    if not options.bootstrap_servers:
        raise OperatorError("--bootstrap-servers is told neither here nor in the settings")
    if options.action == "create":
        made = create_topics(
            options.bootstrap_servers, options.partitions, options.replication_factor
        )
        sys.stdout.write("".join(f"made {name}\n" for name in made) or "all topics exist\n")
        return 0
    found = differences(options.bootstrap_servers, options.partitions, options.replication_factor)
    sys.stdout.write("".join(f"{sentence}\n" for sentence in found) or "as declared\n")
    return 1 if found else 0


def _print(shared_partitions: int | None, copies: int) -> None:
    told = [
        {
            "name": topic.name,
            "partitions": partitions_of(topic, shared_partitions),
            "replication_factor": copies,
            "settings": settings_of(topic, copies),
        }
        for topic in load_topics().values()
    ]
    sys.stdout.write(json.dumps(told, indent=2) + "\n")
