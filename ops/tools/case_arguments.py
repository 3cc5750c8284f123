"""Arguments of commands that give out or hold a case of the archive, and note it in the ledger."""

import argparse
from pathlib import Path


def add_case_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that name a case, the archive, and the ledger with its key."""
    parser.add_argument("case", help="case id: that of its complaint")
    parser.add_argument("--archive", required=True, help="where the archive is")
    parser.add_argument("--ledger", type=Path, required=True, help="directory of who had access")
    parser.add_argument("--signing-key", type=Path, required=True, help="that of the decision log")
    parser.add_argument("--origin", required=True, help="the decision log's name")
