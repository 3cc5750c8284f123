"""Verdicts of reviewers: one or two opinions, and what is decided goes out through the outbox."""

from collections.abc import Callable
from typing import Any, cast

from processors.identifiers import hashed
from processors.reviews.assignment import (
    TOP_LEVEL,
    Conclusion,
    Opinion,
    Outcome,
    conclude,
    needs_second,
)
from processors.validity import invalid_fields
from schemas.events.conduct import ClosureDecided, SanctionAppealDecided
from schemas.events.reviews import ReviewDecided, ReviewOutcome
from schemas.reasons import REASONS
from streams.sources.desk.claims import give_back, raise_level
from streams.sources.desk.rows import (
    LOCK_TASK,
    Connection,
    check_held,
    end_assignment,
    fetch_together,
    task_of,
    tell,
)
from streams.sources.desk.types import (
    DeskRefused,
    DeskSettings,
    Verdict,
    VerdictResult,
    VerdictStatus,
)

OUTCOMES = {
    "complaint": ("take_down", "decline", "ask_for_clarification", "reinstate"),
    "registry_change": ("take_down", "decline", "ask_for_clarification", "reinstate"),
    "counter_notice": ("take_down", "reinstate"),
    "appeal": ("take_down", "decline", "reinstate"),
    "detection": ("take_down", "decline"),
    "second_look": ("take_down", "decline", "ask_for_clarification"),
    "closure": ("close", "keep"),
    "sanction_appeal": ("grant", "reject"),
}
"""What can be decided on each kind of task."""

_Maker = Callable[[dict[str, Any], Conclusion, Outcome, int], Any]
_END = """
    UPDATE review_tasks SET
        state = 'decided', lease_until_milliseconds = NULL, ended_at_milliseconds = %s
    WHERE task_id = %s
"""
_OPINIONS = """
    SELECT reviewer_id, outcome, reason_codes, explanation FROM opinions WHERE task_id = %s
    ORDER BY given_at_milliseconds, reviewer_id
"""


def decide(
    connection: Connection, verdict: Verdict, now: int, settings: DeskSettings
) -> VerdictResult:
    """Take a reviewer's verdict on a task that he or she holds. Errors: DeskRefused.

    A verdict that comes again after it was taken is answered as before, and changes nothing.
    """
    # What is written goes to the server with the commit.
    with connection.pipeline(), connection.transaction():
        tasks, said = fetch_together(connection, (verdict.task_id,), LOCK_TASK, _OPINIONS)
        if not tasks:
            raise DeskRefused("there is no task {task}", task=verdict.task_id)
        row = tasks[0]
        opinions = [
            Opinion(
                each["reviewer_id"],
                each["outcome"],
                tuple(each["reason_codes"]),
                each["explanation"],
            )
            for each in said
        ]
        given = (verdict.reviewer_id, verdict.outcome)
        if given in ((each.reviewer_id, each.outcome) for each in opinions):
            settled = row["state"] == "decided"
            repeated: VerdictStatus = "decided" if settled else "second_opinion_wanted"
            return VerdictResult(verdict.task_id, repeated)
        if row["state"] == "stale":
            end_assignment(connection, verdict.task_id, "stale", now)
            return VerdictResult(verdict.task_id, "stale")
        check(row, verdict)
        opinions.append(
            Opinion(verdict.reviewer_id, verdict.outcome, verdict.reason_codes, verdict.explanation)
        )
        _note_opinion(connection, verdict, now)
        limit = settings.second_opinion_euros
        two = needs_second(task_of(row), verdict.outcome, limit)
        return _conclude(connection, row, conclude(opinions, two), now)


def check(row: dict[str, Any], verdict: Verdict) -> None:
    """Refuse what can't be taken. Errors: DeskRefused."""
    check_held(row, verdict.reviewer_id)
    allowed = OUTCOMES.get(row["kind"], ())
    if verdict.outcome not in allowed:
        raise DeskRefused(
            "{outcome} is none of {outcomes}",
            outcome=verdict.outcome,
            outcomes=", ".join(allowed),
        )
    if "\x00" in verdict.explanation:
        raise DeskRefused("an explanation can't hold a NUL character")
    if not verdict.reason_codes:
        raise DeskRefused("a verdict needs a reason code")
    unknown = [code for code in verdict.reason_codes if code not in REASONS]
    if unknown:
        raise DeskRefused("no such reason code as {codes}", codes=", ".join(unknown))


def event_of(row: dict[str, Any], verdict: Verdict, now: int) -> Any:
    """Return what would be told of a verdict that settles a task alone."""
    _, reviewer_id, outcome, reasons, explanation = verdict
    conclusion = Conclusion(outcome, reasons, reviewer_id, explanation=explanation)
    make: _Maker = _DECIDED.get(row["kind"], _review)
    return make(row, conclusion, outcome, now)


def _conclude(
    connection: Connection, row: dict[str, Any], conclusion: Conclusion, now: int
) -> VerdictResult:
    task_id = row["task_id"]
    if conclusion.outcome is not None:
        _settle(connection, row, conclusion, conclusion.outcome, now)
        return VerdictResult(task_id, "decided")
    if not conclusion.disagree:
        give_back(connection, row, "second_opinion_wanted", now)
        return VerdictResult(task_id, "second_opinion_wanted")
    level = min(row["level"] + 1, TOP_LEVEL)
    raise_level(connection, row, level, ("reviewers disagree", None), now)
    give_back(connection, row, "escalated", now)
    return VerdictResult(task_id, "escalated")


def _settle(
    connection: Connection,
    row: dict[str, Any],
    conclusion: Conclusion,
    outcome: Outcome,
    now: int,
) -> None:
    task_id = row["task_id"]
    decide_on: _Maker = _DECIDED.get(row["kind"], _review)
    decided = decide_on(row, conclusion, outcome, now)
    invalid = invalid_fields(decided)
    if invalid:
        raise DeskRefused("not valid: {fields}", fields=", ".join(invalid))
    connection.execute(_END, (now, task_id))
    end_assignment(connection, task_id, "decided", now)
    tell(connection, decided, now)


def _review(
    row: dict[str, Any], conclusion: Conclusion, outcome: Outcome, now: int
) -> ReviewDecided:
    return ReviewDecided(
        review_id=hashed("review", row["task_id"]),
        case_id=row["case_id"],
        listing_id=row["listing_id"],
        decision_number=row["decision_number"],
        # Verdicts are checked against what can be decided on a task of this kind.
        outcome=cast(ReviewOutcome, outcome),
        reason_codes=conclusion.reason_codes,
        reviewer_id=conclusion.reviewer_id,
        decided_at_milliseconds=now,
        subject_id=row["subject_id"],
        second_reviewer_id=conclusion.second_reviewer_id,
        marketplace=row["marketplace"],
        explanation=conclusion.explanation,
    )


def _closure(
    row: dict[str, Any], conclusion: Conclusion, outcome: Outcome, now: int
) -> ClosureDecided:
    return ClosureDecided(
        decision_id=hashed("closure", row["task_id"]),
        party_id=row["seller_id"],
        outcome="close" if outcome == "close" else "keep",
        reason_codes=conclusion.reason_codes,
        reviewer_id=conclusion.reviewer_id,
        decided_at_milliseconds=now,
        explanation=conclusion.explanation,
        second_reviewer_id=conclusion.second_reviewer_id,
    )


def _sanction_appeal(
    row: dict[str, Any], conclusion: Conclusion, outcome: Outcome, now: int
) -> SanctionAppealDecided:
    return SanctionAppealDecided(
        decision_id=hashed("sanction_appeal", row["task_id"]),
        appeal_id=row["subject_id"],
        party_id=row["seller_id"] or row["complainant_id"],
        granted=outcome == "grant",
        reason_codes=conclusion.reason_codes,
        reviewer_id=conclusion.reviewer_id,
        decided_at_milliseconds=now,
        second_reviewer_id=conclusion.second_reviewer_id,
        explanation=conclusion.explanation,
    )


_DECIDED: dict[str, _Maker] = {
    "closure": _closure,
    "sanction_appeal": _sanction_appeal,
}


def _note_opinion(connection: Connection, verdict: Verdict, now: int) -> None:
    connection.execute(
        """
        INSERT INTO opinions
            (task_id, reviewer_id, outcome, reason_codes, explanation, given_at_milliseconds)
        VALUES (%s, %s, %s, %s, %s, %s)
        """,
        (
            verdict.task_id,
            verdict.reviewer_id,
            verdict.outcome,
            list(verdict.reason_codes),
            verdict.explanation,
            now,
        ),
    )
