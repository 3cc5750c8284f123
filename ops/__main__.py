"""`python -m ops`: one entry for all commands."""

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path

from ops.errors import OperatorError
from ops.shell.connections import establish
from ops.shell.logs import set_up
from ops.shell.settings import FILE_NAME
from ops.shell.trace_export import traces_exported
from schemas.wire.foreign_schemas import SchemaRefused, SchemaRegistryUnavailable

SERVICES: dict[str, str] = {
    path.stem.replace("_", "-"): f"ops.services.{path.stem}"
    for path in sorted((Path(__file__).parent / "services").glob("[a-z]*.py"))
}
"""Each service and its module, which is named as its command is."""

COMMANDS: dict[str, str] = SERVICES | {
    "demo": "ops.demo.command",
    "up": "ops.up.command",
    "status": "ops.up.command",
    "sample-marketplace": "ops.up.sample_marketplace",
    "sample-provider": "ops.up.sample_provider",
    "sample-mailbox": "ops.up.sample_mailbox",
    "desk": "ops.tools.desk",
    "authorities": "ops.tools.authorities",
    "members": "ops.tools.members",
    "switch": "ops.tools.switch",
    "deliveries": "ops.tools.deliveries",
    "endpoints": "ops.tools.endpoints",
    "receivers": "ops.trials.bench.receivers",
    "filing-key": "ops.tools.filing_tokens",
    "filing-token": "ops.tools.filing_tokens",
    "transparency-report": "ops.tools.transparency_report",
    "kafka": "ops.local.kafka.commands",
    "topics": "ops.tools.topics",
    "move-topics": "ops.tools.move_topics",
    "acls": "ops.tools.acls",
    "alerts": "ops.tools.alerts",
    "tables": "ops.tools.tables",
    "import-trademarks": "ops.tools.import_trademarks",
    "listings": "ops.tools.feeds",
    "parties": "ops.tools.feeds",
    "follow-listings": "ops.tools.followed_feed",
    "simulate-day": "ops.trials.simulation.command",
    "simulated-marketplace": "ops.trials.simulation.marketplace_command",
    "rules": "ops.tools.rules",
    "policies": "ops.tools.policies",
    "docs": "ops.documents.command",
    "dead-letters": "ops.tools.dead_letters",
    "archive": "ops.tools.archive",
    "private-texts": "ops.tools.private_texts",
    "replay": "ops.tools.replay",
    "decision-log": "ops.tools.decision_log",
    "witness": "ops.tools.witness",
    "bundle": "ops.tools.bundle",
    "redact-bundle": "ops.tools.redact_bundle",
    "release-hold": "ops.tools.release_hold",
    "bench": "ops.trials.bench.command",
    "timed-worker": "ops.trials.bench.timed_worker",
    "bench-desk": "ops.trials.bench.desk",
    "bench-dispatch": "ops.trials.bench.dispatch_command",
    "bench-filing": "ops.trials.bench.filing",
    "bench-matching": "ops.trials.bench.matching",
    "evaluate-matching": "ops.trials.evaluation.command",
    "evaluate-decisions": "ops.trials.evaluation.decisions_command",
    "evaluate-actions": "ops.trials.evaluation.actions_command",
    "evaluate-promotions": "ops.trials.evaluation.promotions_command",
    "compiled-wheel": "ops.tools.compiled_wheel",
    "learn-weights": "ops.tools.learn_weights",
    "promotion": "ops.tools.promotion_command",
    "chaos": "ops.trials.chaos.commands",
    "chaos-worker": "ops.trials.chaos.worker_command",
}
"""Each command and the module that adds its parser."""


def main(arguments: list[str] | None = None) -> int:
    """Run one command; give the exit status, 2 for an error that the operator can mend."""
    given = sys.argv[1:] if arguments is None else arguments
    options = parser_for(given).parse_args(given)
    service = next((each for each in given if each in COMMANDS), "")
    set_up(options.verbose, "text", service)
    try:
        settings = establish(options, os.environ)
        set_up(options.verbose, settings.logs.format, service)
        endpoint = settings.traces.endpoint if service in SERVICES else ""
        with traces_exported(endpoint, service):
            return int(options.run(options) or 0)
    except (OperatorError, SchemaRefused, SchemaRegistryUnavailable) as error:
        sys.stderr.write(f"error: {error}\n")
        return 2


def parser_for(arguments: list[str]) -> argparse.ArgumentParser:
    """Return the parser of the command that is named, or of all.

    A service starts with its own imports only: those of all commands take seconds.
    """
    named = next((each for each in arguments if each in COMMANDS), None)
    modules = [COMMANDS[named]] if named else list(dict.fromkeys(COMMANDS.values()))
    parser = argparse.ArgumentParser(prog="python -m ops", description=__doc__)
    parser.add_argument("--verbose", action="store_true", help="log at level INFO")
    parser.add_argument("--settings-file", type=Path, help=f"else {FILE_NAME}, where there is one")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in modules:
        import_module(module).add_parser(subparsers)
    return parser


if __name__ == "__main__":
    sys.exit(main())
