"""`python -m ops release-hold`: end a legal hold; what it kept ends at its own time."""

import argparse
import sys
import time

from ops.errors import OperatorError
from ops.shell.connections import DATABASE, add_connection_arguments
from ops.shell.user import user_name
from ops.tools.case_arguments import add_case_arguments
from ops.tools.signing_key import signing_key
from replay.bundle.custody import AccessLedger, CustodyEntry
from replay.log import ReplayError
from sinks.archive.holds import release
from sinks.archive.storage import storage_at
from sinks.contract import SinkUnavailable, SinkUnusable
from sinks.database.database import connect as connect_database
from sinks.database.database import require_newest
from sinks.personal_data.case_holds import release_parties


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("release-hold", help="end a case's legal hold")
    add_case_arguments(parser)
    parser.add_argument("--why", required=True, help="kept in the ledger")
    parser.add_argument("--released-by", help="who ends it; else the user's name")
    add_connection_arguments(parser, DATABASE, optional=True)
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
        release(storage_at(options.archive), options.case)
        if options.database is not None:
            with connect_database(options.database) as connection:
                require_newest(connection)
                release_parties(connection, options.case, now)
    except (ReplayError, SinkUnavailable, SinkUnusable) as error:
        raise OperatorError(str(error)) from error
    sys.stdout.write(f"{options.case} is under no legal hold any more\n")
    return 0
