"""`python -m ops replay decision`: make one decision again, and explain it."""

import argparse
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from ops.errors import OperatorError
from ops.shell.connections import REGISTRY, add_connection_arguments
from ops.tools.rule_directories import SUBJECTS, rule_set_in
from replay.archive_log import ArchiveLog
from replay.decision import Remade, findings_told, remake_decision
from replay.log import ReplayError
from schemas.events.decisions import ComplaintDecided
from schemas.wire.registry import connect
from sinks.archive.query import ArchiveIncomplete, open_archive
from sinks.archive.storage import storage_at
from sinks.contract import SinkUnavailable, SinkUnusable


def add_parser(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the action's parser."""
    parser = actions.add_parser("decision", help="make one decision again, and explain it")
    parser.add_argument("case", help="case id: that of its complaint")
    parser.add_argument("--number", type=int, help="which of its decisions; else the last")
    parser.add_argument("--archive", required=True, help="where the archive is")
    parser.add_argument("--rules", type=Path, help="a directory: what would these decide?")
    add_connection_arguments(parser, REGISTRY)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Explain a decision; 1 where it is not made again byte for byte. Errors: OperatorError."""
    candidate = options.rules and rule_set_in(options.rules, SUBJECTS["complaints"])
    codec = connect(options.schema_registry, register=False, may_lag=False)
    try:
        storage = storage_at(options.archive)
        with (
            closing(open_archive(storage)) as archive,
            tempfile.TemporaryDirectory(prefix="ip-replay-") as scratch,
        ):
            log = ArchiveLog(storage)
            case, number = options.case, options.number
            found = remake_decision(archive, log, codec, case, number, candidate, Path(scratch))
    except (ArchiveIncomplete, ReplayError, SinkUnavailable, SinkUnusable) as error:
        raise OperatorError(str(error)) from error
    sys.stdout.writelines(f"{line}\n" for line in lines_of(found))
    return 0 if found.same_bytes else 1


def lines_of(found: Remade) -> Iterator[str]:
    """Yield the explanation of a decision."""
    decided = found.committed.decided
    capsule = decided.capsule
    yield (
        f"case {decided.case_id}, decision {decided.decision_number} of {found.decisions}: "
        f"{_told(decided)}"
    )
    yield f"decided at {_time(decided.decided_at_milliseconds)}"
    yield (
        f"on {capsule.trigger}, after {capsule.input_topic} {capsule.input_partition} "
        f"{capsule.input_offset}; written at {found.committed.partition} {found.committed.offset}"
    )
    yield f"rules {capsule.rule_set_hash or 'none'}, software {capsule.software_version}"
    if capsule.trademark_key:
        recorded = capsule.trademark_recorded_at_milliseconds
        version = "" if recorded is None else f", as recorded at {_time(recorded)}"
        yield f"mark {capsule.trademark_key}{version}"
    if found.rule is not None:
        yield f"{found.rule.rule_id}: {found.rule.description}"
    yield from (f"  {name:<16} {word}" for name, word in findings_told(decided).items())
    yield from _again(found)
    for change in found.changes:
        yield (f"were {change.finding} {change.word}: {change.outcome}, by {change.rule_id}")
    if found.otherwise is not None:
        yield f"by the rules given: {_told(found.otherwise)}"


def _again(found: Remade) -> Iterator[str]:
    if found.same_bytes:
        yield "made again, it is the same, byte for byte"
        return
    if found.again is None:
        yield "made again, the case comes to no decision of this number"
    else:
        yield "made again, it differs:"
        committed, again = found.committed.decided._asdict(), found.again._asdict()
        for name, value in committed.items():
            if again[name] != value:
                yield f"  {name}: {value!r}, and now {again[name]!r}"
    yield (
        "The listing was replayed alone, so what was done within an hour was counted of it only; "
        "`replay --archive` makes all decisions again"
    )


def _told(decided: ComplaintDecided) -> str:
    return f"{decided.outcome} ({', '.join(decided.reason_codes)}), by {decided.rule_id}"


def _time(milliseconds: int) -> str:
    return datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat(" ", "milliseconds")
