"""Filing in steps: right, listings, reasons, evidence, check and sign; then the receipt.

What was said goes along from step to step in the form; nothing is kept before it is sent, unless
somebody asks for a draft.
"""

from typing import Any

from starlette.responses import RedirectResponse, Response

from ops.web.documents import kept_documents
from ops.web.drafts import DraftRefused, keep, throw_away
from ops.web.forms import given, read, send
from ops.web.listing_lines import LineRead, read_lines, rows_of
from ops.web.rendering import render
from ops.web.site import Visit
from ops.web.words import GROUNDS
from schemas.rights import RightProfile, right_of, rights_by_ground
from streams.sources.filing import complaint_routes
from streams.sources.filing.complaint_models import ComplaintRequest, RowResult
from streams.sources.filing.problems import FieldError, Problem

STEPS = ("right", "listings", "reasons", "evidence", "check")
KEPT = (
    *("ground", "rights_holder_id", "office", "number", "number_kind", "territory"),
    *("listings", "marketplace", "leave_out", "statement", "language", "contact_email"),
    *("order_id", "ordered_on", "received_on", "features"),
)
"""Fields that go along; what a right asks for beside them is named `claim_`, and documents
`evidence`."""
STEP_OF = {
    **dict.fromkeys(("rights_holder_id", "right", "ground", "trademark", "territory"), "right"),
    "listings": "listings",
    **dict.fromkeys(("statement", "claim", "contact", "language"), "reasons"),
    **dict.fromkeys(("evidence", "test_purchase"), "evidence"),
    **dict.fromkeys(("declarations", "signature"), "check"),
}
"""By a field that is wrong, the step in which it is mended."""


CARRIED = frozenset((*KEPT, "evidence"))


def begin(visit: Visit) -> Response:
    """Show the first step."""
    return step_page(visit, "right", {"ground": ["counterfeit"]}, ())


def go_on(visit: Visit) -> Response:
    """Take a step in, and show the one that is asked for; at the end, file."""
    fields = dict(visit.form)
    _take_files(visit, fields)
    at, to = visit.value("step"), visit.value("to")
    if to == "file":
        return _file(visit, fields)
    if to == "draft":
        return _keep(visit, fields, at)
    errors = _errors_of(visit, fields, at) if _is_later(to, at) else ()
    return step_page(visit, at if errors or to not in STEPS else to, fields, errors)


def show_receipt(visit: Visit, batch_id: str) -> Response:
    """Show the receipt of what was filed, and where each complaint stands."""
    status = complaint_routes.read_batch(visit.request, batch_id, visit.caller)
    return render(visit, "receipt.html", batch=status)


def _is_later(step: str, than: str) -> bool:
    return step in STEPS and than in STEPS and STEPS.index(step) > STEPS.index(than)


def _take_files(visit: Visit, fields: dict[str, list[str]]) -> None:
    """Take in a list of listings, or documents, that came as files."""
    if visit.value("step") == "listings":
        pasted = [visit.value("listings")]
        pasted += [each.file.read(1 << 20).decode("utf-8-sig", "replace") for each in visit.files]
        fields["listings"] = ["\n".join(filter(None, pasted))]
    elif visit.value("step") == "evidence" and visit.files:
        kept = kept_documents(visit, visit.value("kind") or "other")
        known = [*fields.get("evidence", []), *(f"{e['evidence_id']}:{e['kind']}" for e in kept)]
        fields["evidence"] = list(dict.fromkeys(known))


def _one(fields: dict[str, list[str]], name: str) -> str:
    return (fields.get(name) or [""])[0].replace("\r\n", "\n").strip()


def _lines(fields: dict[str, list[str]]) -> list[LineRead]:
    return read_lines(_one(fields, "listings"), _one(fields, "marketplace"))


def content_of(visit: Visit, fields: dict[str, list[str]]) -> dict[str, Any]:
    """Return the complaint that a form tells, as the API takes it."""
    caller, ground = visit.caller, _one(fields, "ground")
    notice = caller.role == "notifier"
    holder = _one(fields, "rights_holder_id")
    mark = given(
        office=_one(fields, "office").upper(),
        number=_one(fields, "number"),
        number_kind=_one(fields, "number_kind"),
    )
    features = [line.strip() for line in _one(fields, "features").split("\n") if line.strip()]
    bought = given(
        order_id=_one(fields, "order_id"),
        ordered_on=_one(fields, "ordered_on"),
        received_on=_one(fields, "received_on"),
        features=features,
    )
    pairs = [each.partition(":") for each in fields.get("evidence", [])]
    return given(
        rights_holder_id=holder or ("" if notice else caller.party_id),
        without_authority=notice or None,
        ground=ground,
        trademark=mark if "number" in mark else None,
        territory=_one(fields, "territory").upper(),
        claim={
            name.removeprefix("claim_"): _one(fields, name)
            for name in fields
            if name.startswith("claim_") and _one(fields, name)
        },
        statement=_one(fields, "statement"),
        declarations=given(
            good_faith=bool(_one(fields, "good_faith")) or None,
            accuracy_and_authority=bool(_one(fields, "accuracy")) or None,
        )
        or {"good_faith": False},
        signature=_one(fields, "signature"),
        contact={"email": _one(fields, "contact_email")},
        language=_one(fields, "language"),
        evidence=[{"evidence_id": one, "kind": kind} for one, _, kind in pairs],
        test_purchase=bought if "order_id" in bought else None,
        listings=rows_of(_lines(fields)),
    )


def _errors_of(visit: Visit, fields: dict[str, list[str]], step: str) -> tuple[FieldError, ...]:
    """Return what is wrong in a step, as the API would tell it at the end."""
    if step == "listings" and not _one(fields, "leave_out"):
        unread = [each for each in _lines(fields) if each.problem]
        if unread:
            told = FieldError(pointer="#/listings", code="listing_missing", detail="")
            return (told,)
    _, errors = read(ComplaintRequest, content_of(visit, fields))
    return tuple(each for each in errors if _step_of(each) == step)


def _step_of(error: FieldError) -> str:
    return STEP_OF.get(error.pointer.split("/")[1] if "/" in error.pointer else "", "check")


def _try(
    visit: Visit, fields: dict[str, list[str]]
) -> tuple[list[RowResult], tuple[FieldError, ...]]:
    """Have the API read all but signature and declarations, which come last; nothing is filed."""
    signed = {
        **content_of(visit, fields),
        "signature": "-",
        "declarations": {"good_faith": True, "accuracy_and_authority": True},
    }
    body, errors = read(ComplaintRequest, signed)
    if body is None:
        return [], errors
    try:
        return complaint_routes.try_complaint(visit.request, body, visit.caller), ()
    except Problem as problem:
        return [], problem.errors


def _file(visit: Visit, fields: dict[str, list[str]]) -> Response:
    sent = send(
        visit,
        ComplaintRequest,
        content_of(visit, fields),
        lambda body: complaint_routes.file_complaint(
            visit.request, body, visit.caller, visit.key()
        ),
    )
    if sent.receipt is None:
        return step_page(visit, "check", fields, sent.errors)
    visit.note("file_complaint", sent.receipt["batch_id"])
    if visit.value("draft_id"):
        throw_away(visit, visit.value("draft_id"))
    return RedirectResponse(visit.address(f"/filing/{sent.receipt['batch_id']}"), 303)


def _keep(visit: Visit, fields: dict[str, list[str]], at: str) -> Response:
    """Keep a draft of what was said, but for the signature, which belongs to what is filed."""
    said = {
        name: values
        for name, values in fields.items()
        if (name in CARRIED or name.startswith("claim_")) and any(values)
    }
    step = at if at in STEPS else STEPS[0]
    try:
        draft_id = keep(visit, visit.value("draft_id"), step, said, len(_lines(fields)))
    except DraftRefused as refused:
        told = FieldError(pointer="#/draft", code=str(refused), detail="")
        return step_page(visit, step, fields, (told,))
    visit.note("keep_draft", draft_id)
    return RedirectResponse(visit.address("/drafts?told=kept"), 303)


def _profile(ground: str) -> RightProfile:
    return right_of(ground if ground in rights_by_ground() else "counterfeit")  # type: ignore[arg-type]


def step_page(
    visit: Visit,
    step: str,
    fields: dict[str, list[str]],
    errors: tuple[FieldError, ...],
    draft_id: str = "",
    documents_gone: int = 0,
) -> Response:
    """Show a step of filing with what was said so far, and what is wrong with it."""
    ground = _one(fields, "ground")
    profile = _profile(ground)
    lines = _lines(fields) if step in ("listings", "check") else []
    results: list[RowResult] = []
    if step == "check" and not errors:
        results, errors = _try(visit, fields)
    values = {name: _one(fields, name) for name in KEPT}
    claim = {each.name: _one(fields, f"claim_{each.name}") for each in profile.elements}
    return render(
        visit,
        "filing.html",
        422 if errors else 200,
        block="reading" if visit.value("to") == "listings" else None,
        step=step,
        draft_id=draft_id or visit.value("draft_id"),
        documents_gone=documents_gone,
        steps=STEPS,
        number_of_step=STEPS.index(step),
        values=values,
        claim=claim,
        profile=profile,
        documents=sorted(profile.documents.get(ground, ())),  # type: ignore[call-overload]
        evidence=fields.get("evidence", []),
        lines=lines,
        readable=sum(not each.problem for each in lines),
        results=results,
        errors=errors,
        step_of=_step_of,
        grounds=[each for each in GROUNDS if each in rights_by_ground()],
        acts_for=sorted(visit.caller.acts_for),
    )
