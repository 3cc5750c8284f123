"""`python -m ops release-hold`: end a legal hold; the archive keeps the bundle no longer."""

import argparse
import sys
import time

from ops.errors import OperatorError
from ops.shell.user import user_name
from ops.tools.case_arguments import add_case_arguments
from ops.tools.signing_key import signing_key
from replay.bundle.custody import AccessLedger, CustodyEntry
from replay.bundle.holds import held_name
from replay.log import ReplayError
from sinks.archive.storage import storage_at
from sinks.contract import SinkUnavailable, SinkUnusable


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("release-hold", help="end a case's legal hold")
    add_case_arguments(parser)
    parser.add_argument("--why", required=True, help="kept in the ledger")
    parser.add_argument("--released-by", help="who ends it; else the user's name")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Note the end, and delete the bundle. Errors: OperatorError."""
    who = options.released_by or user_name("--released-by")
    now = int(time.time() * 1000)
    entry = CustodyEntry(options.case, now, who, "released the legal hold", options.why)
    try:
        ledger = AccessLedger(options.ledger, options.origin, signing_key(options.signing_key))
        held = [each for each in ledger.of_case(options.case) if "legal hold" in each.what]
        if not held or held[-1].what == entry.what:
            raise OperatorError(f"{options.case} is under no legal hold")
        ledger.note(entry)
        storage_at(options.archive).delete(held_name(options.case))
    except (ReplayError, SinkUnavailable, SinkUnusable) as error:
        raise OperatorError(str(error)) from error
    sys.stdout.write(f"{options.case} is under no legal hold any more\n")
    return 0
