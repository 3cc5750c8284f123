"""The fold of one listing and its cases: one pure step for each kind of input."""

from typing import Any, NamedTuple

from processors.bitemporal import as_of
from processors.cases import (
    complaint_steps,
    detections,
    dispute_steps,
    orders,
    suspicions,
    timer_steps,
)
from processors.cases.case_clock import waits_for
from processors.cases.case_decision import CaseResult, put_into_effect
from processors.cases.complained_version import is_back, with_versions_noted
from processors.cases.effects import hidden, released
from processors.cases.enforcement import acknowledge, await_no_more, prove
from processors.cases.judgement import Judgement
from processors.cases.measure import as_offered, shown_again
from processors.cases.other_seller import passed_on
from processors.cases.protection import standing_of_mark
from processors.cases.retention import with_retention
from processors.cases.row import EMPTY, about_case, each_case, is_settled, judge_again, updated
from processors.findings.registry_match import has_lapsed, registry_finding
from processors.identifiers import reference_of
from processors.registers.references import formed_reference
from processors.step import (
    Handlers,
    Moment,
    NoAction,
    PartyChanged,
    RegistryChanged,
    Step,
    TimerFired,
    TimerGivenUp,
)
from processors.validity import invalid_fields
from schemas.events.acknowledgements import CommandAcknowledged
from schemas.events.cases import Case, ListingCases
from schemas.events.listings import ListingChanged
from schemas.events.trademarks import TrademarkRecorded

__all__ = ["EMPTY", "HANDLERS", "step", "take_listing"]


def step(state: ListingCases, event: Any, moment: Moment) -> Step:
    """Return what an input leads to: new state, and a decision, 'no action' or a refusal.

    Inputs of several topics may come out of their times' order; a case is never decided before
    it was received.
    """
    if state.cases:
        received_at = max(case.received_at_milliseconds for case in state.cases)
        if moment.now_milliseconds < received_at:
            moment = moment._replace(now_milliseconds=received_at)
    return with_retention(state, HANDLERS[type(event)](state, event, moment), moment)


class ListingUpdate(NamedTuple):
    """How a listing's change was taken: kept or not, and why it led, or may lead, to nothing."""

    kept: bool
    no_action: NoAction | None = None
    refusal: str | None = None


_STALE = ListingUpdate(False, no_action="stale_listing_version")
_NO_CASE = ListingUpdate(True, no_action="no_case_affected")


def take_valid_listing(known_version: int | None, version: int) -> ListingUpdate:
    """Take a valid change of a listing without cases. Hot: nearly all inputs are such."""
    return _STALE if known_version is not None and version <= known_version else _NO_CASE


def take_listing(known_version: int | None, listing: ListingChanged) -> ListingUpdate:
    """Take a change of a listing without cases."""
    taken = take_valid_listing(known_version, listing.version)
    invalid = invalid_fields(listing) if taken.kept else ()
    return ListingUpdate(False, refusal=invalid[0]) if invalid else taken


def on_listing_changed(state: ListingCases, listing: ListingChanged, moment: Moment) -> Step:
    """Keep the listing's new content, and look again at the cases that it affects."""
    before = state.listing
    taken = take_listing(None if before is None else before.version, listing)
    if not taken.kept:
        return Step(state, no_action=taken.no_action, refusal=taken.refusal)
    if not state.cases:
        return Step(ListingCases((), listing), no_action=taken.no_action)
    listing = as_offered(before, listing, hidden(state.cases, before).countries)
    state = state._replace(listing=listing)
    relisted = _is_relisted(state, before, listing)
    changed = before is None or _content(before) != _content(listing)
    if changed:
        state = with_versions_noted(state, before, moment)

    def is_seen(case: Case) -> bool:
        in_countries = bool(case.territories) and shown_again(before, listing, case.territories)
        return case.taken_down and (in_countries or (relisted and not case.territories))

    def look_again(case: Case) -> CaseResult | None:
        proved, confirmations = prove(case, listing, moment)
        if case.detection is not None:
            return CaseResult(await_no_more(proved, listing), tuple(confirmations))
        decided = _judged_for(state, proved, is_seen(case), changed or relisted, moment)
        if decided is None:
            return CaseResult(proved, tuple(confirmations))
        return CaseResult(decided.case, (*confirmations, *decided.outputs))

    seen = relisted or any(is_seen(case) for case in state.cases)
    return orders.with_answers(each_case(state, look_again, shown_again=seen), moment)


def _judged_for(
    state: ListingCases, case: Case, is_seen: bool, is_other: bool, moment: Moment
) -> CaseResult | None:
    """Decide a case anew on its listing, where that is seen again, or is another now."""
    listing = state.listing
    if listing is None:
        return None
    if case.order is not None:
        return orders.look_again(case, listing, is_seen, moment)
    if is_seen and (passed := passed_on(case, listing, moment)) is not None:
        return passed
    if is_seen or is_back(case, listing, moment):
        return judge_again(state, case, moment, "ListingChanged", relisted=True)
    if is_other and not (case.taken_down or is_settled(case)):
        return judge_again(state, case, moment, "ListingChanged")
    return None


def on_command_acknowledged(
    state: ListingCases, acknowledgement: CommandAcknowledged, moment: Moment
) -> Step:
    """Note what the marketplace did; commands of monitors have no case, and are noted elsewhere."""

    def note(case: Case) -> Step:
        new, outputs, no_action = acknowledge(case, acknowledgement, moment)
        noted = updated(state, case, new, outputs, no_action)
        return orders.with_answers(noted, moment)

    return about_case(state, acknowledgement, moment, note)


def on_registry_changed(state: ListingCases, change: RegistryChanged, moment: Moment) -> Step:
    """Look again at the cases that rely on a mark whose record changed.

    A case is judged as of its receipt, so a later status does not undo it; but a takedown whose
    mark is no longer in force goes to review, since it must not stand for ever.
    """
    reference = formed_reference(change.registry_reference)
    history = moment.reference.trademark_history(reference)
    recorded_at = max((version.recorded_at_milliseconds for version in history), default=None)
    now = moment.now_milliseconds
    present = as_of(history, now, now)

    def look_again(case: Case) -> CaseResult | None:
        if recorded_at is None or reference_of(case.complaint) != reference:
            return None
        if case.trademark_recorded_at_milliseconds == recorded_at:
            return None
        seen = case._replace(trademark_recorded_at_milliseconds=recorded_at)
        ended = present is not None and _has_ended(present, case, moment)
        decided = None
        if case.taken_down and case.closed_at_milliseconds is not None and ended:
            reasons = ("trademark_no_longer_in_force",)
            rule_id = "step:registry_change"
            judgement = Judgement("send_to_review", reasons, rule_id, {}, present, None, "")
            decided = put_into_effect(seen, judgement, state.listing, moment, "RegistryChanged")
        elif not (case.taken_down or is_settled(case)):
            decided = judge_again(state, seen, moment, "RegistryChanged")
        return decided or CaseResult(seen, ())

    return each_case(state, look_again)


def on_party_changed(state: ListingCases, change: PartyChanged, moment: Moment) -> Step:
    """Judge again the cases that wait for an answer, as the party's record may give it."""

    def look_again(case: Case) -> CaseResult | None:
        waits = change.party_id in waits_for(case)
        return judge_again(state, case, moment, "PartyChanged") if waits else None

    looked = each_case(state, look_again)
    return looked if looked.outputs else Step(state, no_action=looked.no_action)


HANDLERS: Handlers = {
    ListingChanged: on_listing_changed,
    CommandAcknowledged: on_command_acknowledged,
    TimerFired: timer_steps.on_timer_fired,
    TimerGivenUp: timer_steps.on_timer_given_up,
    RegistryChanged: on_registry_changed,
    PartyChanged: on_party_changed,
    **complaint_steps.HANDLERS,
    **detections.HANDLERS,
    **dispute_steps.HANDLERS,
    **orders.HANDLERS,
    **suspicions.HANDLERS,
}


def _has_ended(present: TrademarkRecorded, case: Case, moment: Moment) -> bool:
    """Tell whether a mark has ended, as a whole or in the country that a case is about."""
    now = moment.now_milliseconds
    edition = moment.levels.of_case(case).steps_edition
    if has_lapsed(present, now, edition):
        return True
    territory, registry = case.complaint.territory, registry_finding(present, now, edition)
    _, there, _ = standing_of_mark(present, registry, territory, edition)
    return there == "no_longer_in_force" and there != registry


def _is_relisted(
    state: ListingCases, before: ListingChanged | None, listing: ListingChanged
) -> bool:
    """Tell whether a listing is shown that was not, or that a block of its former version held."""
    if listing.status != "active":
        return False
    # What joined a block of the former version alone is to be taken down for itself now.
    was_gone = before is not None and before.status != "active"
    return was_gone or released(state.cases, before, listing)


def _content(listing: ListingChanged) -> tuple[object, ...]:
    """Return the part of a listing on which decisions rest."""
    return (
        listing.status,
        listing.title,
        listing.brand,
        listing.nice_classes,
        listing.territories,
        listing.seller_id,
    )
