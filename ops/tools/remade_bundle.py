"""`python -m ops replay bundle`: make a bundle's decisions again, findings and all."""

import argparse
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path

from ops.errors import OperatorError
from replay.bundle.reading import decisions_again
from replay.bundle.verify_bundle import BundleInvalid, key_of, opened
from replay.log import ReplayError
from schemas.distribution import DISTRIBUTION


def add_parser(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the action's parser."""
    parser = actions.add_parser("bundle", help="make an evidence bundle's decisions again")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--key", required=True, help="the decision log's public key")
    parser.set_defaults(run=run, connections=())


def run(options: argparse.Namespace) -> int:
    """Print whether each decision is the same; 1 where one is not. Errors: OperatorError."""
    try:
        bundle = opened(options.bundle, key_of(options.key))
        with tempfile.TemporaryDirectory(prefix="ip-bundle-") as scratch:
            found = decisions_again(bundle, Path(scratch))
    except (BundleInvalid, ReplayError) as error:
        raise OperatorError(f"{options.bundle}: {error}") from error
    here = version(DISTRIBUTION)
    for each in found:
        same = "the same, byte for byte" if each.same_bytes else "it differs"
        by = (
            "" if each.software_version == here else f", decided by version {each.software_version}"
        )
        sys.stdout.write(f"decision {each.number}, {each.outcome}: made again, {same}{by}\n")
    return 0 if all(each.same_bytes for each in found) else 1
