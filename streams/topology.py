"""The whole topology on one page: names and wiring only.

Records of the input topics are shared out by partition. Those of one listing stand in the same
partition number of each, so one worker sees them all and keeps their state in one row.

    ip.listings.events ----+                                    +--> ip.decisions.events
    ip.complaints.events --+--> step(row, event, moment) --+----+--> ip.takedowns.commands
    ip.reviews.events -----+      ^                   |    |    +--> ip.reviews.commands
    ip.detections.events --+      |                   |    |    +--> ip.notices.commands
    timers in the rows ----+      |                   |    |    +--> ip.sla.events
    ip.trademarks.events --+      |                   |    +-------> ip.dead-letters
    ip.parties.state ------+--> global tables         v
    ip.rules.state --------+                  ip.cases.state
    ip.standings.state ----+

Conduct of parties goes from listings' partitions to those of the parties, where the same workers
take it in again and keep a row for each party.

    ip.conduct.events -----+--> step(row, event, moment) ------+--> ip.standings.state
    timers in the rows ----+                                   +--> ip.accounts.commands

Monitors are a group of their own. They keep no rows: a listing's title is judged for itself, with
the tables and the takedowns so far. What they find goes to the workers, who keep a case for it.

    ip.listings.events ----> watch_listing(listing, watch) --+--> ip.detections.events
    ip.trademarks.events --+      ^                          +--> ip.dead-letters
    ip.parties.state ------+--> monitoring tables
    ip.takedowns.commands -+

Which events a topic carries and who makes them is declared with the events (schemas/events), roles
in schemas/topics.yaml; docs/topology.md is generated from them and from this file.
"""

from typing import Final

from schemas.catalog import EVENT_TYPES, Role, load_topics
from schemas.declaration import Maker, Owner, declaration_of
from schemas.topic_names import (
    CASES_STATE,
    DEAD_LETTERS,
    LISTINGS_EVENTS,
    PARTIES_STATE,
    TAKEDOWNS_COMMANDS,
    TRADEMARKS_EVENTS,
)

Carried = dict[str, tuple[str, ...]]
"""Events by topic."""


def _with_role(*roles: Role) -> Carried:
    return {t.name: t.events for role in roles for t in load_topics().values() if t.role == role}


def _on(*topics: str) -> Carried:
    return {name: load_topics()[name].events for name in topics}


def _made_by(maker: Maker) -> dict[str, str]:
    """Return topics by event."""
    declared = {name: declaration_of(kind) for name, kind in EVENT_TYPES.items()}
    return {name: each.topics[0] for name, each in declared.items() if maker in each.made_by}


LEAD_TOPIC: Final = LISTINGS_EVENTS
"""The group's partitions are shared out by this topic; the other inputs' follow it."""


def _owned_by(owner: Owner, carried: Carried) -> Carried:
    """Return those topics whose events lie in the partition of a listing, or of a party."""
    return {
        topic: names
        for topic, names in carried.items()
        if {declaration_of(EVENT_TYPES[name]).owner for name in names} == {owner}
    }


INTERNAL_INPUTS: Final = _with_role("internal_input")
"""Inputs that workers and monitors write, in transactions."""

INPUTS: Final = {**_with_role("input"), **_owned_by("listing", INTERNAL_INPUTS)}
"""Inputs keyed by listing; what monitors detect is among them."""

PARTY_INPUTS: Final = _owned_by("party", INTERNAL_INPUTS)
"""Inputs keyed by party, which workers write themselves. Partition n of each goes to the worker
that holds partition n of the lead topic, as with the inputs keyed by listing."""

ALL_INPUTS: Final = (*INPUTS, *PARTY_INPUTS)
GLOBAL_TABLES: Final = _with_role("global_table", "internal_table")
MONITOR_INPUTS: Final = _on(LISTINGS_EVENTS)
MONITOR_TABLES: Final = _on(TRADEMARKS_EVENTS, PARTIES_STATE, TAKEDOWNS_COMMANDS)

OUTPUTS: Final = _made_by("worker")
MONITOR_OUTPUTS: Final = _made_by("monitor")
JOURNAL: Final = {
    event: topic for topic, events in _with_role("journal").items() for event in events
}
"""What workers and monitors note of their own work, and nobody but a replay reads."""

CHANGELOG: Final = CASES_STATE

_SHARED_ROLES: Final[tuple[Role, ...]] = (
    *("input", "output", "internal_input", "internal_table"),
    *("changelog", "journal", "dead_letters"),
)
CO_PARTITIONED: Final = frozenset(_with_role(*_SHARED_ROLES))
"""Topics with one partition count, since partition n of one goes with n of another."""

WORKER_TOPICS: Final = frozenset(
    {*ALL_INPUTS, *GLOBAL_TABLES, *OUTPUTS.values(), *JOURNAL.values(), CHANGELOG, DEAD_LETTERS}
)
"""What a worker can't do without."""

MONITOR_TOPICS: Final = frozenset(
    {*MONITOR_INPUTS, *MONITOR_TABLES, *MONITOR_OUTPUTS.values(), *JOURNAL.values(), DEAD_LETTERS}
)
"""What a monitor can't do without."""
