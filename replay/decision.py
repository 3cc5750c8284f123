"""One decision made again: the same bytes or not, by which rule, and what would change it."""

from pathlib import Path
from typing import NamedTuple

import duckdb

from processors.rules.domain import COMPLAINTS
from processors.rules.nearest import Change, nearest_changes
from processors.rules.rule_set import RuleSet
from replay.archive_log import ArchiveLog
from replay.backtest.rulings import Combination, findings_of
from replay.cases import CaseReplay
from replay.log import ReplayError
from replay.period import EVER
from replay.versions import Versions
from schemas.events.decisions import ComplaintDecided
from schemas.events.rules import Rule
from schemas.topic_names import DECISIONS_EVENTS
from schemas.wire.codec import Codec, DecodeError


class Committed(NamedTuple):
    """A decision as it stands in the archive."""

    partition: int
    offset: int
    value: bytes
    decided: ComplaintDecided


class Remade(NamedTuple):
    """A decision, and what is made of it again."""

    committed: Committed
    decisions: int
    """How many the case has."""
    again: ComplaintDecided | None
    """What the same steps lead to now; None where they lead to no decision of that number."""
    same_bytes: bool
    rule: Rule | None
    """The rule that decided, in the words of that time; None where none did."""
    changes: tuple[Change, ...]
    """Findings that by another word would have led to another outcome."""
    otherwise: ComplaintDecided | None
    """What a candidate leads to, where one was given."""


def remake_decision(
    archive: duckdb.DuckDBPyConnection,
    log: ArchiveLog,
    codec: Codec,
    case_id: str,
    number: int | None,
    candidate: RuleSet | None,
    directory: Path,
) -> Remade:
    """Make a case's decision of a number again, or its last one; `directory` is for scratch state.

    A candidate decides from this decision on. Errors: ReplayError.
    """
    found = committed_decisions(archive, codec, case_id)
    numbers = [each.decided.decision_number for each in found]
    wanted = number or max(numbers)
    if wanted not in numbers:
        raise ReplayError(f"{case_id} has the decisions {min(numbers)} to {max(numbers)} only")
    committed = found[numbers.index(wanted)]
    decided = committed.decided
    listings = {committed.partition: frozenset({decided.listing_id.encode()})}
    period = EVER._replace(begin_milliseconds=decided.decided_at_milliseconds)
    replayed = CaseReplay(log, codec, listings, period, directory)
    try:
        again = _decision(replayed, None, case_id, wanted)
        otherwise = None
        if candidate is not None:
            otherwise = _decision(replayed, candidate, case_id, wanted)
    finally:
        replayed.close()
    rule, changes = _by_rules(decided, Versions(log, codec))
    return Remade(
        committed,
        len(set(numbers)),
        again,
        again is not None and codec.encode(DECISIONS_EVENTS, again) == committed.value,
        rule,
        changes,
        otherwise,
    )


def committed_decisions(
    archive: duckdb.DuckDBPyConnection, codec: Codec, case_id: str
) -> list[Committed]:
    """Return a case's decisions in the order in which they were written. Errors: ReplayError."""
    rows = archive.execute(
        'SELECT "partition", "offset", "value" FROM ip_decisions_events_files '
        "WHERE event_type = 'ComplaintDecided' AND ComplaintDecided.case_id = $case "
        'ORDER BY "partition", "offset"',
        {"case": case_id},
    ).fetchall()
    if not rows:
        raise ReplayError(f"the archive has no decision on {case_id}")
    try:
        return [
            Committed(partition, offset, value, codec.decode(DECISIONS_EVENTS, value, None))
            for partition, offset, value in rows
        ]
    except DecodeError as error:
        raise ReplayError(f"a decision on {case_id} can't be read: {error}") from error


def _decision(
    replayed: CaseReplay, candidate: RuleSet | None, case_id: str, number: int
) -> ComplaintDecided | None:
    for event in replayed.run(candidate):
        if isinstance(event, ComplaintDecided) and (event.case_id, event.decision_number) == (
            case_id,
            number,
        ):
            return event
    return None


def _by_rules(
    decided: ComplaintDecided, versions: Versions
) -> tuple[Rule | None, tuple[Change, ...]]:
    """Return the rule that decided, and which other words of findings would have changed it."""
    capsule = decided.capsule
    if capsule.findings_number is None:
        return None, ()
    rule_set = versions.rule_set(capsule.rule_set_hash)
    rules = {rule.rule_id: rule for rule in rule_set.rules}
    combination = Combination(
        capsule.findings_version, capsule.findings_number, capsule.rule_set_hash
    )
    findings = findings_of(combination, rule_set)
    changes = () if findings is None else tuple(nearest_changes(rule_set, findings))
    return rules.get(decided.rule_id), changes


def findings_told(decided: ComplaintDecided) -> dict[str, str]:
    """Return what rules decided on, in their order, then what else the steps noted."""
    names = [name for name in COMPLAINTS.words if name in decided.findings]
    return {name: decided.findings[name] for name in (*names, *decided.findings)}
