"""The reviewer's pages: what waits, the task with all that it needs, and the verdict."""

from typing import Any, cast

from starlette.responses import RedirectResponse, Response

from ops.web import words
from ops.web.rendering import render
from ops.web.site import Visit
from processors.findings.findings import Findings
from processors.findings.listing_match import listing_match, title_place
from processors.reviews.assignment import TOP_LEVEL, Outcome
from processors.rules.nearest import Change, nearest_changes
from processors.rules.rule_set import RuleSet
from schemas.events.complaints import Ground
from schemas.reasons import REASONS
from schemas.rights import rights_by_ground
from streams.sources.desk.tasks import ShownTask
from streams.sources.desk.types import DeskRefused, Verdict
from streams.sources.desk.verdicts import OUTCOMES

SHOWN_TASKS = 30
MAXIMUM_NOTE_CHARACTERS = 4_000
OTHER_REASONS: dict[str, tuple[str, ...]] = {
    "reinstate": ("sanction_reversed", "seller_authorised", "insufficient_evidence"),
    "close": ("repeat_offender",),
    "keep": ("insufficient_evidence",),
    "grant": ("sanction_reversed",),
    "reject": ("repeat_offender", "manifestly_unfounded_complaints"),
}
"""Reasons offered first for outcomes that no rule has."""


def show_desk(visit: Visit) -> Response:
    """Show what waits, what one holds, and what can still be undone."""
    who = visit.caller.party_id
    with visit.desk() as desk:
        context: dict[str, Any] = {
            "mine": desk.tasks_of(who),
            "held": desk.held_by(who),
            "queue": desk.queue(SHOWN_TASKS),
            "state": desk.state(),
        }
    return render(visit, "desk.html", block="waiting", **context, told=_told(visit))


def _told(visit: Visit) -> str:
    told = visit.request.query_params.get("told", "")
    return told if told in ("nothing", "undone", "skipped", "escalated") else ""


def take_next(visit: Visit) -> Response:
    """Give the reviewer the task at hand, or the next one."""
    who = visit.caller.party_id
    with visit.desk() as desk:
        mine = desk.tasks_of(who)
        claimed = None if mine else desk.claim(who)
    if not mine and claimed is None:
        return RedirectResponse(visit.address("/desk?told=nothing"), 303)
    task_id = mine[0]["task_id"] if mine else claimed.task.task_id  # type: ignore[union-attr]
    return RedirectResponse(visit.address(f"/desk/tasks/{task_id}"), 303)


def show_task(visit: Visit, task_id: str) -> Response:
    """Show a task to who holds it."""
    return _task_page(visit, task_id)


def send_verdict(visit: Visit, task_id: str) -> Response:
    """Hold a verdict for a while, and go on to what is next."""
    reasons = tuple(dict.fromkeys(each for each in visit.form.get("reason", ()) if each))
    note = visit.value("note")[:MAXIMUM_NOTE_CHARACTERS]
    outcome = cast(Outcome, visit.value("outcome"))
    verdict = Verdict(task_id, visit.caller.party_id, outcome, reasons, note)
    try:
        with visit.desk() as desk:
            desk.hold(verdict)
    except DeskRefused as refused:
        return _task_page(visit, task_id, refused)
    visit.note("verdict", task_id)
    return take_next(visit) if visit.value("go_on") else _to_desk(visit, "")


def undo(visit: Visit, task_id: str) -> Response:
    """Take a verdict back while it is held."""
    with visit.desk() as desk:
        desk.undo(task_id, visit.caller.party_id)
    visit.note("undo", task_id)
    return RedirectResponse(visit.address(f"/desk/tasks/{task_id}"), 303)


def pass_on(visit: Visit, task_id: str) -> Response:
    """Skip a task, or hand it to more senior reviewers."""
    who, why = visit.caller.party_id, visit.value("why")[:MAXIMUM_NOTE_CHARACTERS]
    senior = visit.value("to") == "senior"
    if not why:
        return _task_page(visit, task_id, "why")
    with visit.desk() as desk:
        if senior:
            desk.escalate(task_id, who, why)
        else:
            desk.skip(task_id, who, why)
    visit.note("escalate" if senior else "skip", task_id)
    return _to_desk(visit, "escalated" if senior else "skipped")


def _to_desk(visit: Visit, told: str) -> Response:
    return RedirectResponse(visit.address(f"/desk?told={told}" if told else "/desk"), 303)


def _task_page(visit: Visit, task_id: str, refused: DeskRefused | str = "") -> Response:
    with visit.desk() as desk:
        shown = desk.show(task_id, visit.caller.party_id, visit.services.private_texts)
        held = desk.held_by(visit.caller.party_id)
    visit.note("view_task", task_id)
    rules = visit.site.rules
    findings = findings_of(shown)
    outcomes = OUTCOMES[shown.row["kind"]]
    return render(
        visit,
        "task.html",
        422 if refused else 200,
        task=shown,
        title=title_of(shown.row, shown.detection),
        pieces=marked_title(shown.row, shown.detection),
        findings=findings,
        same_rules=shown.decision is not None
        and shown.decision["capsule"]["rule_set_hash"] == rules.hash,
        changes=_first_of_each(nearest_changes(rules, findings)) if findings else [],
        rule=next((each for each in rules.rules if each.rule_id == _rule_id(shown)), None),
        outcomes=outcomes,
        reasons=reasons_of(rules, shown.row, outcomes),
        undoable=[each for each in held if each["task_id"] != task_id],
        can_escalate=shown.row["level"] < TOP_LEVEL,
        refused=refused,
        chosen=visit.value("outcome"),
        note=visit.value("note"),
        codes=sorted(REASONS),
    )


def _rule_id(shown: ShownTask) -> str:
    return shown.decision["rule_id"] if shown.decision else ""


def title_of(row: dict[str, Any], detection: dict[str, Any] | None) -> str:
    """Return the title that a task is about; empty where it is not known."""
    if row["listing"]:
        return str(row["listing"]["title"])
    return str(detection["title"]) if detection else ""


def marked_title(
    row: dict[str, Any], detection: dict[str, Any] | None
) -> list[tuple[str, str | None]]:
    """Return a title in pieces; of those that show the mark with how they are written."""
    title = title_of(row, detection)
    mark = row["mark"]
    places: list[tuple[int, int, str]] = []
    if mark and mark["mark_text"]:
        match = listing_match(mark["mark_text"], title, None)
        places = [(*title_place(title, each), each.hit.trick) for each in match.occurrences]
    elif detection:
        places = [(each["begin"], each["end"], each["trick"]) for each in detection["marks"]]
    return pieces(title, places)


def pieces(title: str, places: list[tuple[int, int, str]]) -> list[tuple[str, str | None]]:
    """Return a text cut at places, which may lie over one another: the first counts."""
    cut: list[tuple[str, str | None]] = []
    at = 0
    for begin, end, trick in sorted(places):
        if begin < at or end <= begin:
            continue
        cut += [(title[at:begin], None)] if begin > at else []
        cut.append((title[begin:end], trick))
        at = end
    return [*cut, (title[at:], None)] if at < len(title) else cut


def findings_of(shown: ShownTask) -> Findings | None:
    """Return the findings on which the rules sent a case here; None where they are not all told."""
    told: dict[str, Any] = {} if shown.decision is None else shown.decision["findings"]
    if any(name not in told for name in Findings._fields):
        return None
    return Findings(**{name: told[name] for name in Findings._fields})


def _first_of_each(changes: list[Change]) -> dict[str, list[Change]]:
    """Return changes by their outcome, those first that a person may find out by looking."""
    by_outcome: dict[str, list[Change]] = {}
    for each in changes:
        if each.finding != "ground" and each.word in words.FINDING_WORDS.get(each.finding, {}):
            by_outcome.setdefault(each.outcome, []).append(each)
    return by_outcome


def reasons_of(
    rules: RuleSet, row: dict[str, Any], outcomes: tuple[str, ...]
) -> list[tuple[str, list[str]]]:
    """Return reason codes to offer for each outcome: the ground's, then those that rules give."""
    infringed: Ground = row["ground"] if row["ground"] in rights_by_ground() else "counterfeit"
    offered = []
    for outcome in outcomes:
        codes: list[str] = [infringed] if outcome == "take_down" and infringed in REASONS else []
        for ruling in rules.rulings:
            if ruling.outcome == outcome:
                codes += ruling.reason_codes
        codes += OTHER_REASONS.get(outcome, ())
        offered.append((outcome, list(dict.fromkeys(codes))))
    return offered
