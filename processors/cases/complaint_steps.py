"""Complaints as they come, are added to, and are taken back."""

from processors.cases.acting import refused_act
from processors.cases.case_clock import clock_started, is_asked
from processors.cases.case_decision import put_into_effect
from processors.cases.case_start import begun
from processors.cases.complained_version import judge_as_complained_of
from processors.cases.effects import held_down, with_one_effect
from processors.cases.judgement import INTAKE_RULE_ID, Judgement, judge
from processors.cases.notifications import notify
from processors.cases.order_bounds import under_orders
from processors.cases.room import OF_A_PARTY, has_room_for, size_of, with_room_for
from processors.cases.row import MAXIMUM_DECISIONS, about_case, find_case, stepped
from processors.step import Handlers, Moment, Step
from processors.validity import invalid_fields
from schemas.events.cases import Case, ListingCases
from schemas.events.complaints import ClarificationProvided, ComplaintFiled, ComplaintRetracted
from schemas.rights import right_of

MAXIMUM_EVIDENCE = 300


def on_complaint_filed(state: ListingCases, complaint: ComplaintFiled, moment: Moment) -> Step:
    """Open a case and decide it, or let it wait for its listing."""
    if find_case(state, complaint.complaint_id) is not None:
        return Step(state, no_action="duplicate_complaint")
    invalid = invalid_fields(complaint)
    if invalid:
        return Step(state, refusal=invalid[0])
    cases = with_room_for(state, complaint, moment)
    if cases is None:
        alone = size_of(complaint) > OF_A_PARTY.size_bytes
        return Step(state, refusal="complaint_too_large" if alone else "too_many_open_cases")
    case = begun(complaint, moment, clocked=True)
    held = held_down(state, complaint.complaint_id)
    judgement = under_orders(state, judge(case, state.listing, moment, held))
    decided = put_into_effect(case, judgement, state.listing, moment, "ComplaintFiled")
    receipt = notify(case, "complainant", "complaint_received", moment)
    outputs = (clock_started(case), *receipt, *decided.outputs)
    opened = ListingCases((*cases, decided.case), state.listing)
    return with_one_effect(state, opened, outputs, shown_again=False)


def on_clarification_provided(
    state: ListingCases, clarification: ClarificationProvided, moment: Moment
) -> Step:
    """Take in what the complainant was asked for, and decide the case again."""

    def clarify(case: Case) -> Step:
        if not _is_complainant(case, clarification.complainant_id):
            return Step(state, no_action="not_a_party")
        if not is_asked(case):
            return Step(state, no_action="no_clarification_asked")
        if case.decision_number >= MAXIMUM_DECISIONS:
            return Step(state, no_action="decision_limit_reached")
        added = _amended(case.complaint, clarification)
        if len(added.evidence) > MAXIMUM_EVIDENCE:
            return Step(state, refusal="too_many_items")
        edition = moment.levels.of_case(case).steps_edition
        new = case._replace(complaint=added, answered=edition >= 1)
        if not has_room_for(state, new, moment):
            return Step(state, refusal="complaint_too_large")
        held = held_down(state, added.complaint_id)
        judgement = judge_as_complained_of(new, state.listing, moment, held)
        judgement = under_orders(state, _not_asked_twice(case, judgement))
        decided = put_into_effect(new, judgement, state.listing, moment, "ClarificationProvided")
        return stepped(state, case, decided)

    return about_case(state, clarification, moment, clarify)


def on_complaint_retracted(
    state: ListingCases, retraction: ComplaintRetracted, moment: Moment
) -> Step:
    """Close a case that its complainant took back; what it took down is put back."""

    def retract(case: Case) -> Step:
        refused = refused_act(case, retraction.complainant_id, moment)
        if refused is not None:
            return Step(state, no_action=refused)
        if case.outcome == "retract":
            return Step(state, no_action="already_retracted")
        reasons = ("complaint_retracted",)
        judgement = Judgement("retract", reasons, "step:retraction", {}, None, None, "")
        decided = put_into_effect(case, judgement, state.listing, moment, "ComplaintRetracted")
        return stepped(state, case, decided)

    return about_case(state, retraction, moment, retract)


HANDLERS: Handlers = {
    ComplaintFiled: on_complaint_filed,
    ClarificationProvided: on_clarification_provided,
    ComplaintRetracted: on_complaint_retracted,
}


def _not_asked_twice(case: Case, judgement: Judgement) -> Judgement:
    """Return a judgement that has people see to what a complainant was asked for and answered.

    What a complaint must say is asked for again, as nobody can say it for its complainant.
    """
    asked = judgement.outcome == case.outcome == "ask_for_clarification"
    again = asked and set(judgement.reason_codes) <= set(case.reason_codes)
    if not again or judgement.rule_id == INTAKE_RULE_ID:
        return judgement
    return judgement._replace(outcome="send_to_review")


def _is_complainant(case: Case, party_id: str) -> bool:
    return party_id in (case.complaint.complainant_id, case.complaint.rights_holder_id)


def _amended(complaint: ComplaintFiled, clarification: ClarificationProvided) -> ComplaintFiled:
    """Return the complaint with what the clarification says in place of what it said."""
    given = clarification._asdict()
    fields = (
        "statement",
        "good_faith_declared",
        "signature",
        "contact_email",
        "trademark_office",
        "trademark_number",
        "trademark_number_kind",
        "territory",
    )
    changes = {name: given[name] for name in fields if given[name] is not None}
    for name in ("private_statement", "private_signature", "private_contact_email"):
        if name.removeprefix("private_") in changes:
            changes[name] = given[name]
    known = {item.evidence_id for item in complaint.evidence}
    more = tuple(item for item in clarification.evidence if item.evidence_id not in known)
    said = {each.name: each for each in (*complaint.particulars, *clarification.particulars)}
    asked = [each.name for each in right_of(complaint.ground).elements]
    if clarification.test_purchase is not None:
        changes["test_purchase"] = clarification.test_purchase
    return complaint._replace(
        **changes,
        evidence=(*complaint.evidence, *more),
        particulars=tuple(said[name] for name in asked if name in said),
    )
