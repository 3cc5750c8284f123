"""What an event adds to the live views. Counts only ever add up, so order does not matter."""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from typing import Any, Literal, NamedTuple

from schemas.events.decisions import ComplaintDecided
from schemas.events.detections import BlockListing, DelistListing
from schemas.events.enforcement import EnforcementConfirmed, EnforcementOverdue
from schemas.events.sla import CaseClosed, SlaBreached, SlaClockStarted, SlaWarningRaised
from schemas.events.surveys import SurveyAnswered
from schemas.events.takedowns import ReinstateListing, RestrictListing, TakeDownListing
from sinks.sla_report import proved_gone, proved_in_time

View = Literal["sla", "latency", "outcomes", "brands", "rules", "commands", "surveys"]
"""Views: by marketplace but for brands (key of the mark) and rules (id of the rule)."""

NO_MARK = "no mark"
SECONDS_BOUNDS = (
    1, 5, 15, 60, 300, 900, 3_600, 10_800, 21_600, 43_200, 64_800, 86_400, 172_800, 259_200,
    604_800,
)  # fmt: skip
"""Upper bounds of the classes in which durations are counted, in seconds; one more lies above."""


class Entry(NamedTuple):
    """Counts to add under one name of a view; `label` is what people call the name."""

    view: View
    name: str
    counts: Mapping[str, int]
    label: str | None = None


class Observation(NamedTuple):
    """What one event adds. The id is the same for each copy of the event; time in milliseconds."""

    event_id: str
    at_milliseconds: int
    entries: tuple[Entry, ...]


def observe(event: Any) -> Observation | None:
    """Return what an event adds to the views, or None where no view shows it."""
    observer = _OBSERVERS.get(type(event))
    return None if observer is None else observer(event)


def seconds_class(kind: str, seconds: float) -> str:
    """Return the counter of a duration: its kind and the number of its class."""
    return f"{kind}:{bisect_left(SECONDS_BOUNDS, seconds)}"


def rule_name(rule_id: str) -> str:
    """Return what a decision is counted under: a rule, a step, or all reviews together."""
    return rule_id.partition(":")[0] if rule_id.startswith("review:") else rule_id


def _decided(event: ComplaintDecided) -> Observation:
    outcome = {f"outcome:{event.outcome}": 1}
    place = event.marketplace
    by_rule = dict(outcome)
    if event.automated:
        by_rule["automated"] = 1
    shadows = {event.shadow_outcome, *(each.outcome for each in event.shadow_outcomes)}
    if not shadows <= {None, event.outcome}:
        by_rule["shadow_differs"] = 1
    entries = [
        Entry("outcomes", place, outcome),
        Entry("brands", event.capsule.trademark_key or NO_MARK, outcome),
        Entry("rules", rule_name(event.rule_id), by_rule),
    ]
    if event.decision_number == 1:
        passed = (event.decided_at_milliseconds - event.received_at_milliseconds) / 1000
        entries.append(Entry("latency", place, {seconds_class("decision", passed): 1}))
    event_id = f"ComplaintDecided:{event.case_id}:{event.decision_number}"
    return Observation(event_id, event.decided_at_milliseconds, tuple(entries))


def _started(event: SlaClockStarted) -> Observation:
    # A clock that starts again has a deadline of its own.
    event_id = f"SlaClockStarted:{event.case_id}:{event.deadline_at_milliseconds}"
    entry = Entry("sla", event.marketplace, {"started": 1})
    return Observation(event_id, event.received_at_milliseconds, (entry,))


def _warned(event: SlaWarningRaised) -> Observation:
    event_id = f"SlaWarningRaised:{event.case_id}:{event.deadline_at_milliseconds}"
    entry = Entry("sla", event.marketplace, {"warned": 1})
    return Observation(event_id, event.due_at_milliseconds, (entry,))


def _breached(event: SlaBreached) -> Observation:
    event_id = f"SlaBreached:{event.case_id}:{event.deadline_at_milliseconds}"
    entry = Entry("sla", event.marketplace, {"breached": 1})
    return Observation(event_id, event.due_at_milliseconds, (entry,))


def _closed(event: CaseClosed) -> Observation:
    when = "within" if event.within_deadline else "late"
    place = event.marketplace
    entries = (
        Entry("sla", place, {f"closed_{when}": 1, f"{when}:{event.outcome}": 1}),
        Entry("latency", place, {seconds_class("closing", event.open_seconds): 1}),
    )
    event_id = f"CaseClosed:{event.case_id}:{event.decision_number}"
    return Observation(event_id, event.closed_at_milliseconds, entries)


def _confirmed(event: EnforcementConfirmed) -> Observation:
    event_id = f"EnforcementConfirmed:{event.command_id}:{event.stage}"
    entries = [Entry("commands", event.marketplace, {f"{event.action}:{event.stage}": 1})]
    if proved_gone(event) and event.deadline_at_milliseconds:
        when = "within" if proved_in_time(event) else "late"
        entries.append(Entry("sla", event.marketplace, {f"proved_{when}": 1}))
    return Observation(event_id, event.confirmed_at_milliseconds, tuple(entries))


def _overdue(event: EnforcementOverdue) -> Observation:
    event_id = f"EnforcementOverdue:{event.command_id}:{event.missing}:{event.reminder_number}"
    entry = Entry("commands", event.marketplace, {f"{event.action}:{event.missing}_overdue": 1})
    return Observation(event_id, event.due_at_milliseconds, (entry,))


def _taken_down(event: TakeDownListing | RestrictListing) -> Observation:
    action = "restrict" if isinstance(event, RestrictListing) else "take_down"
    entries = (
        Entry("commands", event.marketplace, {f"{action}:issued": 1}),
        Entry("brands", event.trademark_key or NO_MARK, {"commands": 1}, event.mark_text),
    )
    event_id = f"{type(event).__name__}:{event.command_id}"
    return Observation(event_id, event.issued_at_milliseconds, entries)


def _other_command(
    action: str,
) -> Callable[[ReinstateListing | BlockListing | DelistListing], Observation]:
    def observed(event: ReinstateListing | BlockListing | DelistListing) -> Observation:
        entry = Entry("commands", event.marketplace, {f"{action}:issued": 1})
        event_id = f"{type(event).__name__}:{event.command_id}"
        return Observation(event_id, event.issued_at_milliseconds, (entry,))

    return observed


def _surveyed(event: SurveyAnswered) -> Observation:
    score = min(5, max(1, event.score))
    entry = Entry("surveys", event.marketplace, {f"{event.role}:{score}": 1})
    return Observation(
        f"SurveyAnswered:{event.survey_id}", event.answered_at_milliseconds, (entry,)
    )


_OBSERVERS: dict[type[Any], Callable[[Any], Observation]] = {
    ComplaintDecided: _decided,
    SlaClockStarted: _started,
    SlaWarningRaised: _warned,
    SlaBreached: _breached,
    CaseClosed: _closed,
    EnforcementConfirmed: _confirmed,
    EnforcementOverdue: _overdue,
    TakeDownListing: _taken_down,
    RestrictListing: _taken_down,
    ReinstateListing: _other_command("reinstate"),
    BlockListing: _other_command("block"),
    DelistListing: _other_command("delist"),
    SurveyAnswered: _surveyed,
}
