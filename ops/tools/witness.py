"""`python -m ops witness`: cosign a log of decisions, only while it goes on as it was seen."""

import argparse
import sys
import time
from pathlib import Path

from ops.errors import OperatorError
from ops.tools.signing_key import make_key, signing_key
from sinks.archive.storage import LocalDirectory
from sinks.contract import SinkUnavailable
from sinks.decision_log.notes import NoteInvalid, verified, verifier_of
from sinks.decision_log.tiles import CHECKPOINT, TileReader
from sinks.decision_log.witness import WITNESS, cosignature, goes_on, witnessed_at

ERRORS = (NoteInvalid, OSError, SinkUnavailable, UnicodeDecodeError)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parsers."""
    parser = subparsers.add_parser("witness", help="watch a log of decisions, and cosign it")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    key = actions.add_parser("key", help="make a witness's key; print how others verify it")
    key.set_defaults(run=run_key)
    sign = actions.add_parser("sign", help="print a signature of the log as it is shown now")
    sign.add_argument("--state", type=Path, required=True, help="file of the last one signed")
    sign.add_argument(
        "--heard", type=Path, action="append", default=[], help="a checkpoint another witness has"
    )
    sign.set_defaults(run=run_sign)
    for each in (key, sign):
        each.add_argument("--signing-key", type=Path, required=True, help="the witness's")
        each.add_argument("--name", required=True, help="the witness's name: example.org/witness")
    add = actions.add_parser("add", help="put a witness's signature below the log's checkpoint")
    add.add_argument("signature", type=Path, help="what `sign` printed")
    add.add_argument("--witness", required=True, help="what the witness's `key` printed")
    add.set_defaults(run=run_add)
    for each in (sign, add):
        each.add_argument("--log", type=Path, required=True, help="the log's directory, or a copy")
        each.add_argument("--key", required=True, help="the log's public key")


def run_key(options: argparse.Namespace) -> int:
    """Make a key that only its owner may read. Errors: OperatorError."""
    public = make_key(options.signing_key).public_key()
    sys.stdout.write(f"{verifier_of(options.name, public, WITNESS)}\n")
    return 0


def run_sign(options: argparse.Namespace) -> int:
    """Sign the checkpoint that is shown, if the log goes on. Errors: OperatorError, on a fork."""
    try:
        note = (options.log / CHECKPOINT).read_text(encoding="utf-8")
        now = verified(note, options.key)
        reader = TileReader(options.log, now.size)
        seen = [options.state] if options.state.exists() else []
        for path in (*seen, *options.heard):
            former = verified(path.read_text(encoding="utf-8"), options.key)
            if path in options.heard and former.size > now.size:
                sys.stderr.write(f"{path}: others saw more, so it can't be compared yet\n")
            elif not goes_on(reader, now, former):
                raise OperatorError(
                    f"a fork: the log of {now.size:,} entries does not begin with the "
                    f"{former.size:,} of {path}; keep both checkpoints, which prove it"
                )
        key = signing_key(options.signing_key)
        line = cosignature(note, options.name, key, int(time.time()))
        # What is signed is remembered first.
        LocalDirectory(options.state.parent).write(options.state.name, note.encode())
    except ERRORS as error:
        raise OperatorError(str(error)) from error
    sys.stdout.write(line)
    return 0


def run_add(options: argparse.Namespace) -> int:
    """Add a signature that verifies. Errors: OperatorError."""
    try:
        note = (options.log / CHECKPOINT).read_text(encoding="utf-8")
        verified(note, options.key)
        note += options.signature.read_text(encoding="utf-8")
        witnessed_at(note, options.witness)
        LocalDirectory(options.log).write(CHECKPOINT, note.encode())
    except ERRORS as error:
        raise OperatorError(str(error)) from error
    return 0
