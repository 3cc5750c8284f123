"""What people say about a case: reviewers' decisions, counter-notices, answers and appeals."""

from processors.bitemporal import as_of
from processors.cases import appeals, counter_notices, second_looks, statement_facts
from processors.cases.case_decision import CaseResult, put_into_effect
from processors.cases.complained_version import is_remedied
from processors.cases.counter_notices import Objection
from processors.cases.judgement import Judgement
from processors.cases.notifications import Said, notify
from processors.cases.order_bounds import forbids_takedown
from processors.cases.row import MAXIMUM_DECISIONS, about_case, stepped, updated
from processors.identifiers import reference_of
from processors.policies.service_level import APPEALS_BY_OTHERS
from processors.step import Handlers, Moment, Step
from schemas.events.appeals import AppealFiled
from schemas.events.cases import Appeal, Case, ListingCases, SecondLook
from schemas.events.counter_notices import CounterNoticeAnswered, CounterNoticeFiled
from schemas.events.decisions import Outcome
from schemas.events.reviews import ReviewDecided


def on_review_decided(state: ListingCases, review: ReviewDecided, moment: Moment) -> Step:
    """Carry out what a reviewer decided, unless the case has moved on since."""

    def carry_out(case: Case) -> Step:
        if case.decision_number >= MAXIMUM_DECISIONS:
            return Step(state, no_action="decision_limit_reached")
        barred = review.outcome == "take_down" and not case.taken_down and forbids_takedown(state)
        if case.order is not None or barred:
            return Step(state, no_action="order_in_force")
        if review.out_of_court_body:
            return _on_settled_elsewhere(state, case, review, moment)
        if review.subject_id:
            return _on_subject_reviewed(state, case, review, moment)
        if review.decision_number != case.decision_number:
            return Step(state, no_action="stale_review")
        outcome: Outcome = review.outcome
        if outcome == "take_down" and is_remedied(case, state.listing, moment):
            outcome = "remedied_by_seller"
        if case.detection is not None and outcome == "ask_for_clarification":
            # There is nobody to ask, and what is doubtful is left alone.
            outcome = "decline"
        decided = _decide(state, case, review, outcome, moment)
        return stepped(state, case, decided)

    return about_case(state, review, moment, carry_out)


def on_counter_notice_filed(state: ListingCases, filed: CounterNoticeFiled, moment: Moment) -> Step:
    """Take in a seller's objection to a takedown."""

    def take_in(case: Case) -> Step:
        objection = counter_notices.file(case, filed, state.listing, moment)
        return follow(state, case, objection, moment, "CounterNoticeFiled")

    return about_case(state, filed, moment, take_in)


def on_counter_notice_answered(
    state: ListingCases, answered: CounterNoticeAnswered, moment: Moment
) -> Step:
    """Take in the complainant's answer to an objection."""

    def take_in(case: Case) -> Step:
        objection = counter_notices.answer(case, answered, state.listing, moment)
        return follow(state, case, objection, moment, "CounterNoticeAnswered")

    return about_case(state, answered, moment, take_in)


def on_appeal_filed(state: ListingCases, filed: AppealFiled, moment: Moment) -> Step:
    """Take in an appeal."""

    def take_in(case: Case) -> Step:
        new, outputs, no_action = appeals.file(case, filed, state.listing, moment)
        return updated(state, case, new, outputs, no_action)

    return about_case(state, filed, moment, take_in)


HANDLERS: Handlers = {
    ReviewDecided: on_review_decided,
    CounterNoticeFiled: on_counter_notice_filed,
    CounterNoticeAnswered: on_counter_notice_answered,
    AppealFiled: on_appeal_filed,
}


def follow(
    state: ListingCases, case: Case, objection: Objection, moment: Moment, trigger: str
) -> Step:
    """Return the step that an objection, an answer, or silence leads to."""
    if objection.reinstate is None:
        return updated(state, case, objection.case, objection.outputs, objection.no_action)
    if case.decision_number >= MAXIMUM_DECISIONS:
        return Step(state, no_action="decision_limit_reached")
    reasons = (objection.reinstate,)
    judgement = Judgement("reinstate", reasons, "step:counter_notice", {}, None, None, "")
    decided = put_into_effect(objection.case, judgement, state.listing, moment, trigger)
    return stepped(state, case, decided)


def _on_settled_elsewhere(
    state: ListingCases, case: Case, review: ReviewDecided, moment: Moment
) -> Step:
    """Carry out what a body for the settlement of disputes decided (DSA Article 21)."""
    outcome: Outcome = "take_down"
    if review.outcome == "ask_for_clarification":
        return Step(state, no_action="stale_review")
    if review.outcome != "take_down":
        outcome = "reinstate" if case.taken_down else "decline"
    reasons = tuple(dict.fromkeys(("out_of_court_decision", *review.reason_codes)))
    known = case.decided_by_review and case.reason_codes == reasons
    if known and case.taken_down == (outcome == "take_down"):
        return Step(state, no_action="case_already_decided")
    settled = review._replace(reason_codes=reasons)
    return stepped(state, case, _decide(state, case, settled, outcome, moment))


def _on_subject_reviewed(
    state: ListingCases, case: Case, review: ReviewDecided, moment: Moment
) -> Step:
    appeal = next((a for a in case.appeals if a.appeal_id == review.subject_id and a.open), None)
    if appeal is not None:
        return _on_appeal_reviewed(state, case, appeal, review, moment)
    look = case.second_look
    if look is not None and look.subject_id == review.subject_id:
        return _on_second_look(state, case, look, review, moment)
    objection = case.counter_notice
    if (
        objection is None
        or objection.phase != "awaits_review"
        or objection.counter_notice_id != review.subject_id
    ):
        return Step(state, no_action="stale_review")
    if review.outcome == "reinstate":
        return stepped(state, case, _decide(state, case, review, "reinstate", moment))
    decided = _decide(state, case, review, "take_down", moment)
    new = counter_notices.reject(decided.case, moment)
    until = None if new.counter_notice is None else new.counter_notice.due_at_milliseconds
    facts = statement_facts.of_review(new, review, state.listing, moment)
    said = Said(objection.counter_notice_id, facts=facts)
    told = notify(new, "seller", "counter_notice_decided", moment, until, said, "")
    return stepped(state, case, CaseResult(new, (*decided.outputs, *told)))


def _on_second_look(
    state: ListingCases, case: Case, look: SecondLook, review: ReviewDecided, moment: Moment
) -> Step:
    """Count a second look, and do what a person decided otherwise."""
    looked = case._replace(second_look=None)
    upheld = second_looks.agrees(look, review)
    if look.decision_number != case.decision_number or upheld is None:
        return updated(state, case, looked, no_action="second_look_undecided")
    counted = second_looks.verdict(case, look, upheld, moment)
    if upheld:
        return updated(state, case, looked, tuple(counted))
    outcome: Outcome = "reinstate" if look.outcome == "take_down" else "take_down"
    decided = _decide(state, looked, review, outcome, moment)
    return stepped(state, case, CaseResult(decided.case, (*decided.outputs, *counted)))


def _on_appeal_reviewed(
    state: ListingCases, case: Case, appeal: Appeal, review: ReviewDecided, moment: Moment
) -> Step:
    if _decided_before(case, review, moment):
        # Not by the same people (DSA Article 20(6)): others are asked.
        again = appeals.ask(case, appeal, state.listing, moment, review.review_id)
        return updated(state, case, case, (again,))
    if appeals.grants(appeal, review):
        return stepped(state, case, _decide(state, case, review, review.outcome, moment))
    facts = statement_facts.of_review(case, review, state.listing, moment)
    new, outputs = appeals.reject(case, appeal, review, facts, moment)
    return updated(state, case, new, outputs)


def _decided_before(case: Case, review: ReviewDecided, moment: Moment) -> bool:
    """Tell whether a reviewer, or since an edition the second one, made the decision appealed."""
    reviewers = {review.reviewer_id}
    if moment.levels.of_case(case).steps_edition >= APPEALS_BY_OTHERS:
        reviewers.add(review.second_reviewer_id or review.reviewer_id)
    return not reviewers.isdisjoint(case.reviewer_ids)


def _by_whom(review: ReviewDecided) -> dict[str, str]:
    body = review.out_of_court_body
    return {"reviewer": review.reviewer_id, **({"out_of_court_body": body} if body else {})}


def _decide(
    state: ListingCases, case: Case, review: ReviewDecided, outcome: Outcome, moment: Moment
) -> CaseResult:
    trademark = None
    if case.trademark_key is not None:
        history = moment.reference.trademark_history(reference_of(case.complaint))
        trademark = as_of(history, case.received_at_milliseconds, moment.now_milliseconds)
    reviewers = [review.reviewer_id]
    if review.second_reviewer_id:
        reviewers.append(review.second_reviewer_id)
    reasons = review.reason_codes
    if outcome == "remedied_by_seller":
        reasons = tuple(dict.fromkeys((outcome, *reasons)))
    judgement = Judgement(
        outcome,
        reasons,
        f"review:{review.review_id}",
        _by_whom(review),
        trademark,
        None,
        "",
        tuple(reviewers),
        explanation=review.explanation,
    )
    return put_into_effect(case, judgement, state.listing, moment, "ReviewDecided")
