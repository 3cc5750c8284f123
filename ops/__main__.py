"""`python -m ops`: one entry for all commands."""

import argparse
import logging
import sys

from ops import (
    bench_command,
    docs_command,
    lumen_command,
    monitor_command,
    replay_command,
    rules_command,
    statements_command,
    topics_command,
    views_command,
    worker_command,
)
from ops.chaos import commands as chaos_commands
from ops.chaos import worker_command as chaos_worker_command
from ops.demo import command as demo_command
from ops.dispatch import deliveries_command, dispatch_command, receivers, switch_command
from ops.errors import OperatorError
from ops.evaluation import bench_command as matching_bench_command
from ops.evaluation import command as evaluation_command
from ops.evaluation import reviews_command
from ops.filing import command as filing_command
from ops.filing import token_command as filing_token_command
from ops.kafka import commands as kafka_commands
from ops.registers import import_command

COMMANDS = (
    demo_command,
    worker_command,
    monitor_command,
    views_command,
    dispatch_command,
    switch_command,
    deliveries_command,
    receivers,
    filing_command,
    filing_token_command,
    kafka_commands,
    topics_command,
    import_command,
    rules_command,
    docs_command,
    replay_command,
    bench_command,
    evaluation_command,
    matching_bench_command,
    reviews_command,
    chaos_commands,
    chaos_worker_command,
    statements_command,
    lumen_command,
)


def main(arguments: list[str] | None = None) -> int:
    """Run one command; give the exit status, 2 for an error that the operator can mend."""
    parser = argparse.ArgumentParser(prog="python -m ops", description=__doc__)
    parser.add_argument("--verbose", action="store_true", help="log at level INFO")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for command in COMMANDS:
        command.add_parser(subparsers)
    options = parser.parse_args(arguments)
    logging.basicConfig(
        level=logging.INFO if options.verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
    )
    try:
        return int(options.run(options) or 0)
    except OperatorError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2


if __name__ == "__main__":
    sys.exit(main())
