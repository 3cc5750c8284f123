"""The reviewer's pages for tasks that are alike: each is shown, and all are decided at once."""

from typing import Any, cast

from starlette.responses import RedirectResponse, Response

from ops.web.desk_pages import MAXIMUM_NOTE_CHARACTERS, marked_title, reasons_of
from ops.web.rendering import render
from ops.web.site import Visit
from processors.reviews.assignment import Outcome
from schemas.reasons import REASONS
from streams.sources.desk.types import DeskRefused, Verdict, VerdictResult
from streams.sources.desk.verdicts import OUTCOMES


def show_batches(visit: Visit) -> Response:
    """Show which tasks are alike and wait, the most first."""
    with visit.desk() as desk:
        groups = desk.groups(visit.caller.party_id)
    return render(visit, "batches.html", groups=groups, refused=None)


def take_batch(visit: Visit, task_id: str) -> Response:
    """Give the reviewer the tasks like one."""
    try:
        with visit.desk() as desk:
            taken = desk.claim_together(task_id, visit.caller.party_id)
    except DeskRefused as refused:
        with visit.desk() as desk:
            groups = desk.groups(visit.caller.party_id)
        return render(visit, "batches.html", 422, groups=groups, refused=refused)
    if not taken:
        return RedirectResponse(visit.address("/desk?told=nothing"), 303)
    visit.note("take_batch", taken[0].task.task_id)
    return _to_batch(visit, taken[0].task.task_id)


def show_batch(visit: Visit, task_id: str) -> Response:
    """Show the tasks of a batch that the reviewer holds."""
    return _batch_page(visit, task_id)


def decide_batch(visit: Visit, task_id: str) -> Response:
    """Hold one verdict on all tasks that are ticked; the others go back into the queue."""
    who = visit.caller.party_id
    ticked = frozenset(visit.form.get("task", ()))
    reasons = tuple(dict.fromkeys(each for each in visit.form.get("reason", ()) if each))
    note = visit.value("note")[:MAXIMUM_NOTE_CHARACTERS]
    outcome = cast(Outcome, visit.value("outcome"))
    with visit.desk() as desk:
        # What came meanwhile was not shown, and neither is it decided nor put back.
        shown = frozenset(visit.form.get("shown", ()))
        mine = [row["task_id"] for row in desk.batch_of(task_id, who) if not row["outcome"]]
        given = [Verdict(each, who, outcome, reasons, note) for each in mine if each in ticked]
        if not given:
            return _batch_page(visit, task_id, nothing_ticked=True)
        back = [each for each in mine if each in shown - ticked]
        decided = desk.hold_together(given, back)
    visit.note("verdict_batch", task_id)
    if decided.refused:
        return _batch_page(visit, task_id, decided.refused)
    return _to_batch(visit, given[0].task_id)


def undo_batch(visit: Visit, task_id: str) -> Response:
    """Take back all verdicts of a batch that are held still."""
    with visit.desk() as desk:
        desk.undo_together(task_id, visit.caller.party_id)
    visit.note("undo_batch", task_id)
    return _to_batch(visit, task_id)


def _to_batch(visit: Visit, task_id: str) -> Response:
    return RedirectResponse(visit.address(f"/desk/batches/{task_id}"), 303)


def _batch_page(
    visit: Visit,
    task_id: str,
    refused: tuple[VerdictResult, ...] = (),
    nothing_ticked: bool = False,
) -> Response:
    with visit.desk() as desk:
        rows = desk.batch_of(task_id, visit.caller.party_id)
    if not rows:
        return RedirectResponse(visit.address("/desk?told=nothing"), 303)
    visit.note("view_batch", task_id)
    lead = rows[0]
    outcomes = OUTCOMES[lead["kind"]]
    context: dict[str, Any] = {
        "lead": lead,
        "open": [(row, marked_title(row, None)) for row in rows if not row["outcome"]],
        "held": [row for row in rows if row["outcome"]],
        "outcomes": outcomes,
        "reasons": reasons_of(visit.site.rules, lead, outcomes),
        "codes": sorted(REASONS),
        "refused": refused,
        "nothing_ticked": nothing_ticked,
        "chosen": "",
        "note": "",
    }
    wrong = bool(refused) or nothing_ticked
    return render(visit, "batch.html", 422 if wrong else 200, **context)
