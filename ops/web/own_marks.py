"""A party's marks as the register has them, and what the rules would say of each.

The pipeline's own steps look at it: nothing of that is told here a second time.
"""

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import NamedTuple

from processors.cases.prospects import complaint_on, mark_relied_on, prospect
from processors.registers.references import formed_key
from schemas.events.complaints import TrademarkNumberKind
from schemas.events.parties import PartyRecorded
from schemas.events.trademarks import TrademarkRecorded
from streams.policies.rule_files import PLAIN_COUNTERFEIT
from streams.tables.lookup_tables import LookupTables

MAXIMUM_MARKS = 200
"""Shown on one page; the rest is found by number."""
Find = Callable[[str], PartyRecorded | None]


class Tables:
    """The tables by which workers decide; this one is of a process that reads none."""

    def look(self) -> AbstractContextManager[LookupTables | None]:
        """Lend the tables; None where they are not read, or not yet to their ends."""
        return nullcontext(None)


class NumberGiven(NamedTuple):
    """How a complaint names a mark."""

    office: str
    number: str
    kind: TrademarkNumberKind = "application"


class Named(NamedTuple):
    """A mark, and the rights holder for whom it would be relied on."""

    number: NumberGiven
    holder_id: str


class Verdict(NamedTuple):
    """What would be decided on a complaint on one mark, and for which of its countries."""

    territories: tuple[str, ...]
    outcome: str
    reason_codes: tuple[str, ...]


class OwnMark(NamedTuple):
    """A mark as the register has it; no record where the register does not know it."""

    named: Named
    record: TrademarkRecorded | None
    verdicts: tuple[Verdict, ...]


def marks_of(party: PartyRecorded, find: Find) -> tuple[list[Named], bool]:
    """Return the marks on record that a party may rely on, and whether there are more."""
    found: dict[tuple[str, str], Named] = {}
    for holder_id, key in _keys(party, find):
        office, _, number = key.partition(":")
        found.setdefault(
            (holder_id, formed_key(key)), Named(NumberGiven(office, number), holder_id)
        )
        if len(found) > MAXIMUM_MARKS:
            break
    named = list(found.values())
    return named[:MAXIMUM_MARKS], len(named) > MAXIMUM_MARKS


def holders_of(party: PartyRecorded) -> list[str]:
    """Return the rights holders for whom a party files: itself, or whose agent it is."""
    if party.kind != "agent":
        return [party.party_id]
    return list(dict.fromkeys(each.rights_holder_id for each in party.authorisations))


def _keys(party: PartyRecorded, find: Find) -> Iterable[tuple[str, str]]:
    yield from ((party.party_id, key) for key in party.trademark_keys)
    for each in party.authorisations:
        # Whose leave has ended is told of the marks in its own record only.
        whole = not each.trademark_keys and each.revoked_at_milliseconds is None
        holder = find(each.rights_holder_id) if whole else None
        keys = each.trademark_keys if holder is None else holder.trademark_keys
        yield from ((each.rights_holder_id, key) for key in keys)


def looked_up(
    tables: LookupTables, named: Named, party: PartyRecorded | None, find: Find, now: int
) -> OwnMark:
    """Return a mark, and for its countries what a party's complaint on it would meet now."""
    holder = party if party and party.party_id == named.holder_id else find(named.holder_id)
    names = (party.party_id if party else "", named.holder_id)
    complaint = complaint_on(*named.number, names, now)
    record = mark_relied_on(tables, complaint)
    by_verdict: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for territory in (record.territories if record else ()) or ("",):
        asserted = complaint._replace(territory=territory)
        ruled = prospect(tables, asserted, (party, holder), PLAIN_COUNTERFEIT)
        by_verdict.setdefault(ruled[:2], []).append(territory)
    verdicts = tuple(
        Verdict(tuple(filter(None, territories)), *ruled)
        for ruled, territories in by_verdict.items()
    )
    return OwnMark(named, record, verdicts)
