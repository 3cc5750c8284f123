"""Leave that rights holders gave agents: who has it, and what taking it back would change."""

from typing import NamedTuple

from ops.web.own_marks import Find, Named, NumberGiven, OwnMark, looked_up, marks_of
from processors.findings.authority import leave_finding
from processors.findings.findings import AuthorityFinding
from schemas.events.parties import Authorisation, PartyRecorded
from streams.sources.filing.party_changes import PartyChanges
from streams.tables.lookup_tables import LookupTables

HEARD = ("take_down", "send_to_review")
"""Outcomes of complaints that are not turned away."""


class Leave(NamedTuple):
    """A leave with whose it is, and where it stands."""

    agent: PartyRecorded
    given: Authorisation
    state: AuthorityFinding

    @property
    def can_end(self) -> bool:
        """Whether there is something to take back."""
        return self.state in ("agent", "authorisation_not_yet_valid")


class MarkLost(NamedTuple):
    """A mark on which an agent could file, and the countries for which it no longer could."""

    mark: OwnMark
    territories: tuple[str, ...]


class Withdrawal(NamedTuple):
    """What would be otherwise without a leave."""

    leave: Leave
    lost: tuple[MarkLost, ...]
    kept: tuple[OwnMark, ...]
    """Marks on which the agent can file all the same, by another leave."""


def leaves(agents: list[PartyRecorded], holder_id: str, now: int) -> list[Leave]:
    """Return what a rights holder gave these agents, the last given first."""
    found = [
        Leave(agent, each, leave_finding(each, now))
        for agent in agents
        for each in agent.authorisations
        if each.rights_holder_id == holder_id
    ]
    return sorted(found, key=lambda each: (not each.can_end, -each.given.valid_from_milliseconds))


def without(agent: PartyRecorded, holder_id: str, authorisation_id: str, now: int) -> PartyRecorded:
    """Return an agent as it would be recorded with a leave taken back. Errors: RowError."""
    changes = PartyChanges({agent.party_id: agent}.get, now)
    changes.end_authorisation(holder_id, authorisation_id, {"agent_id": agent.party_id})
    return changes.changed[agent.party_id]


def withdrawal(
    tables: LookupTables | None, leave: Leave, holder: PartyRecorded, find: Find, now: int
) -> Withdrawal:
    """Return what taking a leave back would change. Errors: RowError."""
    ended = without(leave.agent, holder.party_id, leave.given.authorisation_id, now)
    if tables is None:
        return Withdrawal(leave, (), ())
    lost, kept = [], []
    named, _ = marks_of(holder, find)
    for each in (*named, *_named_in(leave.given, named)):
        before = looked_up(tables, each, leave.agent, find, now)
        after = looked_up(tables, each, ended, find, now)
        changed = _changed(before, after)
        if changed is not None:
            lost.append(MarkLost(before, changed))
        elif any(verdict.outcome in HEARD for verdict in before.verdicts):
            kept.append(before)
    return Withdrawal(leave, tuple(lost), tuple(kept))


def _named_in(given: Authorisation, known: list[Named]) -> list[Named]:
    """Return the marks that a leave names beside those on record for its giver."""
    keys = {f"{each.number.office}:{each.number.number}" for each in known}
    return [
        Named(NumberGiven(office, number), given.rights_holder_id)
        for office, _, number in (key.partition(":") for key in given.trademark_keys)
        if f"{office}:{number}" not in keys
    ]


def _changed(before: OwnMark, after: OwnMark) -> tuple[str, ...] | None:
    """Return the countries of which the verdict differs; None where none does."""
    if before.verdicts == after.verdicts:
        return None
    then = {each: one[1:] for one in before.verdicts for each in one.territories}
    now = {each: one[1:] for one in after.verdicts for each in one.territories}
    return tuple(each for each in then if then[each] != now[each])
