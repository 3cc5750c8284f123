"""`python -m ops decision-log`: a log of decisions that can't be changed unseen, and its proofs."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from ops.errors import OperatorError
from ops.tools.signing_key import make_key, signing_key
from replay.archive_log import ArchiveLog
from replay.log import ReplayError
from schemas.topic_names import DECISIONS_EVENTS
from sinks.archive.query import ArchiveIncomplete, open_archive
from sinks.archive.storage import storage_at
from sinks.contract import SinkUnavailable, SinkUnusable
from sinks.decision_log.audit import audited
from sinks.decision_log.decisions import entry_of
from sinks.decision_log.notes import NoteInvalid, verified, verifier_of
from sinks.decision_log.places import Places
from sinks.decision_log.proof import proof_of, proven
from sinks.decision_log.tiles import CHECKPOINT, TileLog, TileReader
from sinks.decision_log.witness import goes_on

ENTRIES_AT_ONCE = 65_536
APPEND_ERRORS = (NoteInvalid, OSError, ReplayError, SinkUnavailable, SinkUnusable, ValueError)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parsers."""
    parser = subparsers.add_parser("decision-log", help="keep and prove a log of decisions")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    key = actions.add_parser("key", help="make the log's key; print how others verify it")
    key.set_defaults(run=run_key)
    append = actions.add_parser("append", help="log what the archive has beyond the log")
    for each in (key, append):
        each.add_argument("--signing-key", type=Path, required=True)
        each.add_argument("--origin", required=True, help="the log's name, such as example.com/log")
    append.set_defaults(run=run_append)
    prove = actions.add_parser("prove", help="print the proof that a decision is in the log")
    prove.add_argument("case", help="case id: that of its complaint")
    prove.add_argument("--number", type=int, default=1, help="which of its decisions")
    prove.set_defaults(run=run_prove)
    for each in (append, prove):
        each.add_argument("--archive", required=True, help="where the archive is")
    verify = actions.add_parser("verify", help="tell what a proof shows")
    verify.add_argument("proof", type=Path)
    verify.set_defaults(run=run_verify)
    consistent = actions.add_parser(
        "consistent", help="tell whether the log still begins as a former checkpoint says"
    )
    consistent.add_argument("checkpoint", type=Path, help="a checkpoint that was kept")
    consistent.set_defaults(run=run_consistent)
    audit = actions.add_parser("audit", help="read all of the log: is each entry as it was signed?")
    audit.set_defaults(run=run_audit)
    for each in (append, prove, consistent, audit):
        each.add_argument("--log", type=Path, required=True, help="the log's directory")
    for each in (prove, verify, consistent, audit):
        each.add_argument("--key", required=True, help="what `key` printed")


def run_key(options: argparse.Namespace) -> int:
    """Make a key that only its owner may read. Errors: OperatorError."""
    public = make_key(options.signing_key).public_key()
    sys.stdout.write(f"{verifier_of(options.origin, public)}\n")
    return 0


def run_append(options: argparse.Namespace) -> int:
    """Log each decision that is in the archive and not in the log. Errors: OperatorError."""
    try:
        log = TileLog(options.log, options.origin, signing_key(options.signing_key))
        before = log.reader.size
        places = Places(options.log, log.reader)
        waiting: list[bytes] = []
        for entry in _unlogged(ArchiveLog(storage_at(options.archive)), places):
            waiting.append(entry)
            if len(waiting) == ENTRIES_AT_ONCE:
                log.append(waiting)
                waiting = []
        if waiting:
            log.append(waiting)
        Places(options.log, log.reader).keep()
    except APPEND_ERRORS as error:
        raise OperatorError(str(error)) from error
    sys.stdout.write(f"{log.reader.size - before:,} entries more, {log.reader.size:,} in all\n")
    return 0


def run_prove(options: argparse.Namespace) -> int:
    """Print a proof, which is verified first. Errors: OperatorError."""
    try:
        note = (options.log / CHECKPOINT).read_text(encoding="utf-8")
        reader = TileReader(options.log, verified(note, options.key).size)
        partition, offset = _place(options.archive, options.case, options.number)
        index = Places(options.log, reader).index_of(partition, offset)
        if index is None:
            raise OperatorError(f"the decision at {partition} {offset} is not logged yet")
        proof = proof_of(reader, index, note)
        proven(proof, options.key)
    except (ArchiveIncomplete, NoteInvalid, OSError, SinkUnavailable, SinkUnusable) as error:
        raise OperatorError(str(error)) from error
    sys.stdout.write(proof)
    return 0


def run_verify(options: argparse.Namespace) -> int:
    """Print the entry that a proof shows to be in the log. Errors: OperatorError."""
    try:
        found = proven(options.proof.read_text(encoding="utf-8"), options.key)
    except (NoteInvalid, OSError, UnicodeDecodeError) as error:
        raise OperatorError(f"{options.proof}: {error}") from error
    sys.stdout.write(
        f"{found.entry.decode(errors='replace')}\n"
        f"is entry {found.place} of {found.checkpoint.size} of {found.checkpoint.origin}\n"
    )
    return 0


def run_consistent(options: argparse.Namespace) -> int:
    """Tell that nothing of a former checkpoint was changed. Errors: OperatorError where it was."""
    try:
        former = verified(options.checkpoint.read_text(encoding="utf-8"), options.key)
        now = verified((options.log / CHECKPOINT).read_text(encoding="utf-8"), options.key)
        reader = TileReader(options.log, now.size)
        begins = goes_on(reader, now, former)
    except (NoteInvalid, OSError, UnicodeDecodeError) as error:
        raise OperatorError(str(error)) from error
    if not begins:
        raise OperatorError(f"the log does not begin with the {former.size:,} entries of then")
    sys.stdout.write(f"the {now.size:,} entries begin with the {former.size:,} of then\n")
    return 0


def run_audit(options: argparse.Namespace) -> int:
    """Tell that the log is whole. Errors: OperatorError, which says what was changed."""
    try:
        checkpoint = audited(options.log, options.key)
    except (NoteInvalid, OSError, UnicodeDecodeError) as error:
        raise OperatorError(f"{options.log}: {error}") from error
    sys.stdout.write(f"the {checkpoint.size:,} entries are as {checkpoint.origin} signed them\n")
    return 0


def _unlogged(archive: ArchiveLog, places: Places) -> Iterator[bytes]:
    partitions = archive.partitions(DECISIONS_EVENTS)
    for partition, first in places.next_offsets(partitions).items():
        for record in archive.read(DECISIONS_EVENTS, partition, first_offset=first):
            yield entry_of(partition, record.offset, record.value or b"")


def _place(archive: str, case_id: str, number: int) -> tuple[int, int]:
    with closing(open_archive(storage_at(archive))) as connection:
        found = connection.execute(
            'SELECT "partition", "offset" FROM ip_decisions_events_files '
            "WHERE event_type = 'ComplaintDecided' AND ComplaintDecided.case_id = $case "
            "AND ComplaintDecided.decision_number = $number",
            {"case": case_id, "number": number},
        ).fetchone()
    if found is None:
        raise OperatorError(f"the archive has no decision {number} on {case_id}")
    return found[0], found[1]
