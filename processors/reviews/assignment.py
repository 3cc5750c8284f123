"""Who may take which review task, which task goes first, and when reviewers' opinions settle it."""

from collections.abc import Collection, Sequence
from typing import Literal, NamedTuple

from schemas.durations import HOUR_MILLISECONDS
from schemas.events.reviews import ReviewOutcome

AccountOutcome = Literal["close", "keep", "grant", "reject"]
"""What is decided on an account: a closure that was proposed, or an appeal against a measure."""

Outcome = ReviewOutcome | AccountOutcome

TOP_LEVEL = 3
"""The most senior level of reviewers; they begin at 1."""

FAST_LANE_SHARE = 0.25
"""A complaint of the fast lane goes first as if this share of its time had passed already."""

USUAL_CASE_MILLISECONDS = 24 * HOUR_MILLISECONDS
"""By how much time left for a case as great a share is left as of another task's whole time."""

ANY = "*"
ACCOUNT_KINDS = frozenset({"closure", "sanction_appeal"})
"""Tasks on a party's account, which two people decide."""
CASE_KINDS = frozenset({"complaint", "registry_change"})
"""Tasks on the case's own clock; the others have the clock of their subject."""


class Reviewer(NamedTuple):
    """A person of the review team.

    A skill is `kind:ground`, such as `complaint:counterfeit`, or `kind:*`, or `*`. Languages are
    ISO 639-1 codes, or `*`. Seniority is 1 to TOP_LEVEL.
    """

    reviewer_id: str
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    seniority: int = 1
    active: bool = True


class Task(NamedTuple):
    """What of a review task its order and its reviewers depend on; times in milliseconds, UTC."""

    task_id: str
    kind: str
    ground: str
    language: str
    level: int
    trusted_flagger: bool
    fast_lane: bool
    price_euros: float | None
    excluded_reviewer_ids: tuple[str, ...]
    issued_at_milliseconds: int
    deadline_at_milliseconds: int
    safety_hazard: bool = False


class Opinion(NamedTuple):
    """What one reviewer says about a task."""

    reviewer_id: str
    outcome: Outcome
    reason_codes: tuple[str, ...]
    explanation: str = ""


class Conclusion(NamedTuple):
    """What a task's opinions come to: an outcome, or that one more is wanted."""

    outcome: Outcome | None = None
    reason_codes: tuple[str, ...] = ()
    reviewer_id: str = ""
    second_reviewer_id: str | None = None
    disagree: bool = False
    explanation: str = ""


def priority(task: Task, now_milliseconds: int) -> tuple[int, float, int, str]:
    """Return a task's place in the queue: the least goes first.

    What may endanger people goes first, then trusted flaggers (DSA Article 22), then what has the
    least share of its time left: a counter-notice or an appeal of its own time, a case of a usual
    one's, so that of two cases the one whose own deadline is nearer goes first.
    """
    deadline = task.deadline_at_milliseconds
    allowed = deadline - task.issued_at_milliseconds
    if task.kind in CASE_KINDS:
        allowed = USUAL_CASE_MILLISECONDS
    left = (deadline - now_milliseconds) / max(1, allowed)
    if task.fast_lane:
        left -= FAST_LANE_SHARE
    first = 0 if task.safety_hazard else 1 if task.trusted_flagger else 2
    return first, left, deadline, task.task_id


def is_eligible(reviewer: Reviewer, task: Task, passed_by: Collection[str]) -> bool:
    """Tell whether a reviewer may take a task; `passed_by` skipped it or gave an opinion."""
    return (
        reviewer.active
        and reviewer.seniority >= task.level
        and _has_skill(reviewer, task)
        and (not task.language or ANY in reviewer.languages or task.language in reviewer.languages)
        and reviewer.reviewer_id not in task.excluded_reviewer_ids
        and reviewer.reviewer_id not in passed_by
    )


def next_level(task: Task, reviewers: Sequence[Reviewer], passed_by: Collection[str]) -> int | None:
    """Return the level at which a task has somebody left, its own or a higher one; None for
    none.
    """
    levels = [each.seniority for each in reviewers if is_eligible(each, task, passed_by)]
    return min(levels, default=None)


def needs_second(task: Task, outcome: str, limit_euros: float) -> bool:
    """Tell whether two reviewers are to agree: on accounts, and of high values, unless it is only
    asked about."""
    if task.kind in ACCOUNT_KINDS:
        return True
    if outcome == "ask_for_clarification" or task.price_euros is None:
        return False
    return task.price_euros >= limit_euros


def conclude(opinions: Sequence[Opinion], two_needed: bool) -> Conclusion:
    """Return what opinions, in order of time, come to; the last one is new.

    Two who agree on the outcome settle it; their reasons are taken together. There are four
    outcomes, so of five reviewers two agree.
    """
    last = opinions[-1]
    if not two_needed:
        return Conclusion(
            last.outcome, last.reason_codes, last.reviewer_id, explanation=last.explanation
        )
    for earlier in opinions[:-1]:
        if earlier.outcome == last.outcome:
            reasons = dict.fromkeys((*earlier.reason_codes, *last.reason_codes))
            said = dict.fromkeys((earlier.explanation, last.explanation))
            return Conclusion(
                last.outcome,
                tuple(reasons),
                earlier.reviewer_id,
                last.reviewer_id,
                explanation=" ".join([each for each in said if each]),
            )
    return Conclusion(disagree=len(opinions) > 1)


def _has_skill(reviewer: Reviewer, task: Task) -> bool:
    wanted = {ANY, f"{task.kind}:{ANY}", f"{task.kind}:{task.ground}"}
    return not wanted.isdisjoint(reviewer.skills)
