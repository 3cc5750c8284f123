"""A case as its parties see it: what happened in order of time, and what comes next."""

from datetime import datetime
from typing import Any, NamedTuple

from ops.web.site import Visit
from ops.web.words import marked
from streams.sources.filing import case_routes, complaint_routes, statement_routes
from streams.sources.filing.case_lists import CaseTimes
from streams.sources.filing.complaint_models import ComplaintStatus
from streams.sources.filing.detections import DetectionStatus
from streams.sources.filing.problems import NOT_FOUND, Problem
from streams.sources.filing.statements import StatementTold

PERSON, MACHINE = marked("decided by a person"), marked("decided by automated means")


class Step(NamedTuple):
    """A point on a case's line of time; `code` and `table` name it in words."""

    at: int
    code: str
    table: str
    detail: str = ""
    reasons: tuple[str, ...] = ()
    next: bool = False


class CaseView(NamedTuple):
    """All that a page of a case shows."""

    case_id: str
    status: ComplaintStatus | None
    detection: DetectionStatus | None
    statements: list[StatementTold]
    times: CaseTimes
    steps: list[Step]
    hidden: bool
    """Whether the listing is kept from buyers by this case."""


def case_view(visit: Visit, case_id: str, side: str) -> CaseView:
    """Return a case for who may see it. Errors: Problem, as the filing API has them."""
    status, detection = None, None
    request, caller = visit.request, visit.caller
    try:
        status = complaint_routes.read_complaint(request, case_id, caller)
    except Problem as problem:
        if problem.kind != NOT_FOUND or side != "seller":
            raise
        detection = case_routes.read_detection(request, case_id, caller)
    statements = statement_routes.read_statements_of_case(request, case_id, caller)
    lists = visit.site.lists
    commands = lists.commands(case_id)
    times = lists.times(case_id, side)
    restricting = [each for each in commands if each["kind"] != "reinstate"]
    hidden = bool(restricting) and commands[-1]["kind"] != "reinstate"
    if detection is not None:
        times = CaseTimes(_moment(detection.object_until), _moment(detection.appeal_until))
        hidden = detection.status in ("blocked", "delisted", "restricted")
    steps = [*_decided(status), *_said(status, detection), *_commanded(commands)]
    steps += _due(visit.now, status, times)
    return CaseView(
        case_id,
        status,
        detection,
        statements,
        times,
        sorted(steps, key=lambda step: (step.next, step.at)),
        hidden,
    )


def _decided(status: ComplaintStatus | None) -> list[Step]:
    if status is None:
        return []
    received = Step(_moment(status.received_at) or 0, "received", "STATES")
    return [
        received,
        *(
            Step(
                _moment(each.decided_at) or 0,
                each.outcome,
                "DECIDED",
                MACHINE if each.automated else PERSON,
                tuple(each.reason_codes),
            )
            for each in status.decisions
        ),
    ]


def _said(status: ComplaintStatus | None, detection: DetectionStatus | None) -> list[Step]:
    told = status or detection
    steps = [
        Step(_moment(each.filed_at) or 0, "counter_notice", "SAID", each.statement)
        for each in (told.counter_notices if told else ())
    ]
    if status is not None:
        steps += [
            Step(_moment(each.answered_at) or 0, "answer", "SAID", each.explanation)
            for each in status.counter_notice_answers
        ]
    if detection is not None:
        decided = _moment(detection.decided_at) or 0
        by = MACHINE if detection.automated else PERSON
        steps.append(Step(decided, detection.status, "STATES", by, tuple(detection.reason_codes)))
    return steps


def _commanded(commands: list[dict[str, Any]]) -> list[Step]:
    steps = []
    for each in commands:
        steps.append(Step(each["issued_at_milliseconds"], each["kind"], "COMMANDS"))
        proved = each["proved_at_milliseconds"]
        if proved:
            steps.append(Step(proved, "proved", "EVENTS"))
    return steps


def _due(now: int, status: ComplaintStatus | None, times: CaseTimes) -> list[Step]:
    due = [("object", times.object_until), ("appeal", times.appeal_until)]
    if status is not None and status.status in ("received", "open", "paused"):
        due += [
            ("deadline", _moment(status.deadline_at)),
            ("answer", _moment(status.answer_until)),
        ]
    return [Step(at, code, "DUE", next=True) for code, at in due if at is not None and at > now]


def _moment(told: str | None) -> int | None:
    if told is None:
        return None
    return round(datetime.fromisoformat(told).timestamp() * 1000)
