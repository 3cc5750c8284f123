"""`python -m ops redact-bundle`: withhold parts of an evidence bundle, whose rest still proves."""

import argparse
import sys
from pathlib import Path

from ops.errors import OperatorError
from replay.bundle.making import write_bundle
from replay.bundle.redaction import redacted
from replay.bundle.verify_bundle import BundleInvalid, key_of, opened
from replay.log import ReplayError


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("redact-bundle", help="withhold parts of a bundle")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--key", required=True, help="the decision log's public key")
    parser.add_argument(
        "--withhold",
        action="append",
        default=[],
        metavar="PATTERN",
        help="a file, a field such as `statement`, or `ComplaintFiled:statement`",
    )
    parser.add_argument("--personal", action="store_true", help="what tells of persons, but ids")
    parser.add_argument("--to", type=Path, required=True, help="the file to write")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Write a bundle without some of its parts. Errors: OperatorError."""
    try:
        bundle = opened(options.bundle, key_of(options.key))
        files = redacted(bundle, options.withhold, options.personal)
        write_bundle(files, options.to)
        again = opened(options.to, key_of(options.key))
    except (BundleInvalid, OSError, ReplayError) as error:
        raise OperatorError(str(error)) from error
    sys.stdout.write(f"{options.to}: {len(again.withheld)} fields and files withheld\n")
    return 0
