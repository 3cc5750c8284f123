"""The second-order effect: cases that differ, taken through all steps by either rules."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import duckdb
import pyarrow as pa

from processors.rules.rule_set import RuleSet
from replay.archive_log import ArchiveLog
from replay.backtest.result import Gap, SecondOrder
from replay.cases import CaseReplay, Listings
from replay.period import Period
from schemas.events.conduct import ConductRecorded
from schemas.events.decisions import ComplaintDecided
from schemas.wire.codec import Codec

NOT_MADE = "not_made"
"""In place of an outcome where a case came to no decision of that number."""


class _Run(NamedTuple):
    """What listings came to: decisions by case and number, and how many events of each kind."""

    decisions: dict[tuple[str, int], ComplaintDecided]
    events: Counter[str]


def second_order(
    archive: duckdb.DuckDBPyConnection,
    log: ArchiveLog,
    codec: Codec,
    candidate: RuleSet,
    period: Period,
    directory: Path,
) -> SecondOrder:
    """Replay the listings of `differences` in full, and note there what came of each.

    `directory` is for scratch state. Errors: ReplayError.
    """
    listings = _listings(archive)
    replayed = CaseReplay(log, codec, listings, period, directory)
    try:
        live, other = _run(replayed.run(None)), _run(replayed.run(candidate))
    finally:
        replayed.close()
    rows = archive.execute(
        "SELECT case_id, decision_number, outcome, decided_by, candidate_outcome FROM differences"
    ).fetchall()
    gaps: Counter[tuple[str, str, str]] = Counter()
    as_archived = as_expected = 0
    outcomes = []
    for case_id, number, outcome, decided_by, expected in rows:
        before = live.decisions.get((case_id, number))
        after = other.decisions.get((case_id, number))
        as_archived += before is not None and (before.outcome, before.rule_id) == (
            outcome,
            decided_by,
        )
        ended = NOT_MADE if after is None else after.outcome
        outcomes.append((case_id, number, ended))
        if ended == expected:
            as_expected += 1
        else:
            gaps[expected, ended, "" if after is None else after.rule_id] += 1
    _note(archive, outcomes)
    down, down_then = (_taken_down(run, period) for run in (live, other))
    return SecondOrder(
        listings=sum(map(len, listings.values())),
        as_archived=as_archived,
        as_expected=as_expected,
        gaps=tuple(Gap(*each, count) for each, count in gaps.most_common()),
        events=tuple(
            (name, live.events[name], other.events[name])
            for name in sorted(live.events | other.events)
        ),
        new_takedowns=len(down_then - down),
        lost_takedowns=len(down - down_then),
    )


def _listings(archive: duckdb.DuckDBPyConnection) -> Listings:
    found: dict[int, set[bytes]] = defaultdict(set)
    rows = archive.execute('SELECT DISTINCT "partition", listing_id FROM differences').fetchall()
    for partition, listing_id in rows:
        found[partition].add(listing_id.encode())
    return {partition: frozenset(listing_ids) for partition, listing_ids in found.items()}


def _run(events: Iterator[Any]) -> _Run:
    run = _Run({}, Counter())
    for event in events:
        name = type(event).__name__
        if isinstance(event, ComplaintDecided):
            run.decisions[event.case_id, event.decision_number] = event
        elif isinstance(event, ConductRecorded):
            name = f"{name} {event.kind}"
        run.events[name] += 1
    return run


def _taken_down(run: _Run, period: Period) -> set[str]:
    """Return the cases with a takedown in a period."""
    return {
        decided.case_id
        for decided in run.decisions.values()
        if decided.outcome == "take_down"
        and period.begin_milliseconds <= decided.decided_at_milliseconds < period.end_milliseconds
    }


def _note(archive: duckdb.DuckDBPyConnection, outcomes: Iterable[tuple[str, int, str]]) -> None:
    """Put beside each difference what it came to in full."""
    columns = list(zip(*outcomes, strict=True)) or [(), (), ()]
    kinds = [pa.string(), pa.int64(), pa.string()]
    arrays = [pa.array(column, kind) for column, kind in zip(columns, kinds, strict=True)]
    names = ["case_id", "decision_number", "ended"]
    archive.register("replayed", pa.table(arrays, names=names))
    archive.execute("ALTER TABLE differences ADD COLUMN replayed_outcome VARCHAR")
    archive.execute(
        "UPDATE differences SET replayed_outcome = replayed.ended FROM replayed "
        "WHERE replayed.case_id = differences.case_id "
        "AND replayed.decision_number = differences.decision_number"
    )
