"""What a replay may have otherwise: which of a timer and an input came first within a moment.

The worker fires a timer when it is due, and takes an input when it arrives; the replay has the
times only. So a reminder that came just before an acknowledgement may be missing in a replay, and
a timer's capsule may name another last record before it. Nothing else may differ.
"""

from collections.abc import Callable
from typing import Any

from schemas.events.cases import ListingCases
from schemas.events.decisions import ComplaintDecided
from schemas.events.enforcement import EnforcementConfirmed, EnforcementOverdue
from schemas.wire.codec import Codec
from streams.topology import CHANGELOG, INPUTS

INPUT_EVENTS = frozenset(event for events in INPUTS.values() for event in events)


def without_moments(topic: str, values: list[bytes], codec: Codec) -> list[Any]:
    """Return a key's values without what depends on the order within a moment."""
    if topic not in _KEPT:
        return values
    events = [codec.decode(topic, value, None) for value in values]
    return [kept for kept in map(_KEPT[topic], events) if kept is not None]


def row_without_moments(value: bytes, codec: Codec) -> object:
    """Return a row without its reminders, and without when the next is due."""
    row = codec.decode(CHANGELOG, value, None)
    if not isinstance(row, ListingCases):
        return row
    cases = []
    for case in row.cases:
        timers = tuple(timer for timer in case.timers if timer.kind != "enforcement_due")
        given = case.enforcement and case.enforcement._replace(reminders=0)
        cases.append(case._replace(timers=timers, enforcement=given))
    return row._replace(cases=tuple(cases))


def _of_decisions(event: Any) -> Any:
    if isinstance(event, ComplaintDecided) and event.capsule.trigger not in INPUT_EVENTS:
        capsule = event.capsule._replace(input_topic="", input_offset=-1)
        return event._replace(capsule=capsule)
    return event


def _of_clocks(event: Any) -> Any:
    if isinstance(event, EnforcementOverdue):
        return None
    if isinstance(event, EnforcementConfirmed) and event.stage == "acknowledged":
        return None
    return event


_KEPT: dict[str, Callable[[Any], Any]] = {
    "ip.decisions.events": _of_decisions,
    "ip.sla.events": _of_clocks,
}
