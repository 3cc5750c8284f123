"""`python -m ops`: one entry for all commands."""

import argparse
import logging
import sys
from importlib import import_module

from ops.errors import OperatorError

COMMANDS: dict[str, str] = {
    "demo": "ops.demo.command",
    "worker": "ops.worker_command",
    "monitor": "ops.monitor_command",
    "views": "ops.views_command",
    "case-store": "ops.desk.store_command",
    "desk": "ops.desk.command",
    "desk-outbox": "ops.desk.outbox_command",
    "dispatch": "ops.dispatch.dispatch_command",
    "switch": "ops.dispatch.switch_command",
    "deliveries": "ops.dispatch.deliveries_command",
    "receivers": "ops.dispatch.receivers",
    "filing": "ops.filing.command",
    "filing-key": "ops.filing.token_command",
    "filing-token": "ops.filing.token_command",
    "statements": "ops.statements_command",
    "lumen": "ops.lumen_command",
    "transparency-report": "ops.transparency_report_command",
    "kafka": "ops.kafka.commands",
    "topics": "ops.topics_command",
    "import-trademarks": "ops.registers.import_command",
    "simulate-day": "ops.simulation.command",
    "simulated-marketplace": "ops.simulation.marketplace_command",
    "rules": "ops.rules_command",
    "docs": "ops.docs_command",
    "replay": "ops.replay_command",
    "bench": "ops.bench_command",
    "bench-desk": "ops.desk.bench_command",
    "bench-dispatch": "ops.dispatch.bench_command",
    "bench-matching": "ops.evaluation.bench_command",
    "evaluate-matching": "ops.evaluation.command",
    "learn-weights": "ops.evaluation.reviews_command",
    "chaos": "ops.chaos.commands",
    "chaos-worker": "ops.chaos.worker_command",
}
"""Each command and the module that adds its parser."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; give the exit status, 2 for an error that the operator can mend."""
    given = sys.argv[1:] if arguments is None else arguments
    options = parser_for(given).parse_args(given)
    logging.basicConfig(
        level=logging.INFO if options.verbose else logging.WARNING,
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
    )
    try:
        return int(options.run(options) or 0)
    except OperatorError as error:
        sys.stderr.write(f"error: {error}\n")
        return 2


def parser_for(arguments: list[str]) -> argparse.ArgumentParser:
    """Give the parser of the command that is named, or of all.

    A service starts with its own imports only: those of all commands take seconds.
    """
    named = next((each for each in arguments if each in COMMANDS), None)
    modules = [COMMANDS[named]] if named else list(dict.fromkeys(COMMANDS.values()))
    parser = argparse.ArgumentParser(prog="python -m ops", description=__doc__)
    parser.add_argument("--verbose", action="store_true", help="log at level INFO")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in modules:
        import_module(module).add_parser(subparsers)
    return parser


if __name__ == "__main__":
    sys.exit(main())
