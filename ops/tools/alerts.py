"""`python -m ops alerts`: rules for Prometheus whose alerts name their runbooks by whole addresses.

The rules that come with the code name them by paths, as no copy of the documents is everybody's.
"""

import argparse
import os
import sys
from pathlib import Path

from ops.errors import OperatorError
from ops.shell.settings import load_settings

RULES = Path(__file__).parents[1] / "alerts"
_BY_PATH = "runbook_url: docs/runbooks/"


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("alerts", help="write alerts with addresses of runbooks")
    parser.add_argument("--to", type=Path, required=True, help="directory for the rule files")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write the rule files. Errors: OperatorError."""
    runbooks = load_settings(options.settings_file, os.environ).alerts.runbooks
    if not runbooks:
        raise OperatorError("settings: alerts.runbooks is missing: where the runbooks are read")
    if options.to.resolve() == RULES.resolve():
        raise OperatorError(f"{options.to} holds the rules that these are made of")
    try:
        options.to.mkdir(parents=True, exist_ok=True)
        for path in sorted(RULES.glob("*.yaml")):
            written = options.to / path.name
            written.write_text(with_addresses(path.read_text(encoding="utf-8"), runbooks))
            sys.stdout.write(f"{written}\n")
    except OSError as error:
        raise OperatorError(f"the rules can't be written: {error}") from error
    return 0


def with_addresses(rules: str, runbooks: str) -> str:
    """Return rules that name runbooks beneath a base address."""
    return rules.replace(_BY_PATH, f"runbook_url: {runbooks.rstrip('/')}/")
