"""Complaints: one right, many listings, a result for each; and where they stand."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import JSONResponse

from processors.findings.completeness import missing_elements
from processors.identifiers import hashed
from processors.validity import invalid_fields
from schemas.declared_fields import filed_maximum
from schemas.events.complaints import ComplaintFiled, Evidence
from schemas.fields import Identifier
from schemas.private_texts import withheld
from sinks.database.outbox import encoded_row
from streams.sources.filing.cases import CaseReference
from streams.sources.filing.claims import ground_of, particulars_of
from streams.sources.filing.complaint_models import (
    BatchReceipt,
    BatchStatus,
    ComplaintRequest,
    ComplaintStatus,
    ListingRefused,
    RowResult,
)
from streams.sources.filing.fields import ID
from streams.sources.filing.filings import (
    Answer,
    Filing,
    Identity,
    timestamp,
    without_texts,
)
from streams.sources.filing.problems import (
    INVALID,
    KEY_IN_USE,
    KEY_MISSING,
    KEY_REUSED,
    MAXIMUM_ERRORS,
    MEDIA_TYPE_REFUSED,
    NOT_FOUND,
    TOO_LARGE,
    FieldError,
    Problem,
    responses,
)
from streams.sources.filing.purchases import purchase_of
from streams.sources.filing.routes import (
    ActsAs,
    GuardedRoute,
    KeyGiven,
    idempotency_key,
    identity_of,
    respond,
)
from streams.sources.filing.services import Services, services_of
from streams.sources.filing.store import EvidenceKept, evidence_unknown
from streams.sources.filing.tokens import Caller

READERS = ("rights_holder", "agent", "notifier", "reviewer", "operator")
router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["complaints"])
FilingId = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
CaseId = Annotated[str, Path(min_length=1, max_length=filed_maximum(Identifier), pattern=ID)]


@router.post(
    "/complaints",
    status_code=201,
    response_model=BatchReceipt,
    responses={
        **responses(KEY_MISSING, KEY_IN_USE, TOO_LARGE, MEDIA_TYPE_REFUSED, INVALID, KEY_REUSED),
        207: {"model": BatchReceipt, "description": "Some rows were rejected; the others stand."},
    },
    summary="File a complaint against up to 300 listings",
)
def file_complaint(
    request: Request,
    body: ComplaintRequest,
    caller: Annotated[Caller, Depends(ActsAs("rights_holder", "agent", "notifier"))],
    given: Annotated[KeyGiven, Depends(idempotency_key)],
) -> JSONResponse:
    """File one complaint about one right. Each listing becomes a case of its own.

    The answer is the confirmation of receipt (DSA Article 16(4)). 201: all rows were accepted;
    207: some were rejected; 422: nothing was filed. Whether an agent is authorised is judged with
    the complaint. Anybody may notify with `without_authority` (DSA Article 16(1)); people decide.
    """
    services = services_of(request)
    _check_holder(body, caller)
    identity = identity_of(request, caller, given.key)
    answer = services.store.answered(identity)
    if answer is None:
        answer = services.store.file(_filing(services, identity, body, request.state.content))
    return respond(answer, f"/v1/batches/{answer.body['batch_id']}")


def try_complaint(request: Request, body: ComplaintRequest, caller: Caller) -> list[RowResult]:
    """Return what would become of each row, and file nothing. Errors: Problem, as if it were."""
    services = services_of(request)
    _check_holder(body, caller)
    identity = Identity(caller.party_id, "", b"")
    evidence, _ = evidence_of(services, caller.party_id, body.evidence)
    common = _complaint(identity, body, evidence, services.clock.now_milliseconds())
    return _rows(identity, body, common)[0]


def _check_holder(body: ComplaintRequest, caller: Caller) -> None:
    holder_id = body.rights_holder_id or caller.party_id
    if not (body.without_authority or caller.may_file_for(holder_id)):
        told = FieldError(
            pointer="#/rights_holder_id",
            code="not_authorised",
            detail="The token does not act for this rights holder.",
        )
        raise Problem(INVALID, "A party files for itself, an agent for whom it acts.", [told])


@router.get(
    "/complaints/{complaint_id}",
    response_model=ComplaintStatus,
    responses=responses(NOT_FOUND),
    summary="See where a complaint stands",
)
def read_complaint(
    request: Request,
    complaint_id: CaseId,
    caller: Annotated[Caller, Depends(ActsAs(*READERS, "seller"))],
) -> ComplaintStatus:
    """Return receipt, status and decisions to its parties, reviewers and operators."""
    told = services_of(request).cases.told(complaint_id, caller)
    if told is None or not _may_read(caller, told.case):
        raise Problem(NOT_FOUND)
    return told.status


@router.get(
    "/batches/{batch_id}",
    response_model=BatchStatus,
    responses=responses(NOT_FOUND),
    summary="See where all complaints of a request stand",
)
def read_batch(
    request: Request,
    batch_id: FilingId,
    caller: Annotated[Caller, Depends(ActsAs(*READERS))],
) -> BatchStatus:
    """Return the receipt and each complaint's status to who filed it, reviewers and operators."""
    told = services_of(request).cases.batch(batch_id, caller)
    if told is None:
        raise Problem(NOT_FOUND)
    if caller.role not in ("reviewer", "operator") and caller.party_id != told.party_id:
        raise Problem(NOT_FOUND)
    receipt = BatchReceipt.model_validate(told.answer)
    return BatchStatus(receipt=receipt, complaints=told.statuses)


def evidence_of(
    services: Services, party_id: str, references: list[Any]
) -> tuple[tuple[Evidence, ...], tuple[str, ...]]:
    """Return documents as events name them, and their ids. Errors: Problem INVALID."""
    ids = [each.evidence_id for each in references]
    kept: dict[str, EvidenceKept] = services.store.evidence_of(party_id, ids)
    if len(kept) != len(set(ids)):
        raise evidence_unknown()
    evidence = tuple(
        Evidence(each.evidence_id, each.kind, kept[each.evidence_id].sha256) for each in references
    )
    return evidence, tuple(sorted(kept))


def _filing(
    services: Services, identity: Identity, body: ComplaintRequest, content: dict[str, Any]
) -> Filing:
    now = services.clock.now_milliseconds()
    evidence, evidence_ids = evidence_of(services, identity.party_id, body.evidence)
    common = _complaint(identity, body, evidence, now)
    results, complaints = _rows(identity, body, common)
    if not complaints:
        errors = [
            error.model_copy(update={"pointer": f"#/listings/{each.row}{error.pointer[1:]}"})
            for each in results
            for error in each.errors
        ]
        told = errors[:MAXIMUM_ERRORS]
        raise Problem(INVALID, "No row can be accepted; nothing was filed.", told)
    rejected = len(results) - len(complaints)
    receipt = BatchReceipt(
        batch_id=identity.filing_id,
        received_at=timestamp(now),
        accepted=len(complaints),
        rejected=rejected,
        results=results,
    )
    texts = services.store.sealing(identity.party_id)
    filed = [(row, withheld(complaint, texts.keep)) for row, complaint in complaints]
    filing = Filing(
        identity=identity,
        kind="complaint",
        case_id=None,
        request=_kept(content, results),
        answer=Answer(207 if rejected else 201, receipt.model_dump(mode="json")),
        records=tuple(
            encoded_row("filing", services.codec, complaint, now) for _, complaint in filed
        ),
        received_at_milliseconds=now,
        complaints=tuple(filed),
        evidence_ids=evidence_ids,
    )
    return without_texts(filing, texts)


def _kept(content: dict[str, Any], results: list[RowResult]) -> dict[str, Any]:
    """Return a request as it is kept: of rows that were rejected no more than why."""
    rows = list(content["listings"])
    for each in results:
        if each.status == "rejected":
            rows[each.row] = {"rejected": [error.code for error in each.errors]}
    return {**content, "listings": rows}


def _complaint(
    identity: Identity, body: ComplaintRequest, evidence: tuple[Evidence, ...], now: int
) -> ComplaintFiled:
    mark = body.trademark
    return ComplaintFiled(
        complaint_id="",
        listing_id="",
        marketplace="",
        complainant_id=identity.party_id,
        rights_holder_id=body.rights_holder_id or identity.party_id,
        trademark_office="" if mark is None else mark.office,
        trademark_number="" if mark is None else mark.number,
        trademark_number_kind="registration" if mark is None else mark.number_kind,
        ground=ground_of(body.right, body.ground),
        territory=body.territory,
        statement=body.statement,
        good_faith_declared=body.declarations.good_faith,
        signature=body.signature,
        contact_email=body.contact.email,
        evidence=evidence,
        filed_at_milliseconds=now,
        language=body.language,
        batch_id=identity.filing_id,
        particulars=particulars_of(body.claim),
        without_authority=body.without_authority,
        test_purchase=purchase_of(body.test_purchase),
    )


def _rows(
    identity: Identity, body: ComplaintRequest, common: ComplaintFiled
) -> tuple[list[RowResult], list[tuple[int, ComplaintFiled]]]:
    results: list[RowResult] = []
    complaints: list[tuple[int, ComplaintFiled]] = []
    rows_by_listing: dict[tuple[str, str], int] = {}
    for number, row in enumerate(body.listings):
        if isinstance(row, ListingRefused):
            results.append(RowResult(row=number, status="rejected", errors=row.errors))
            continue
        complaint = common._replace(
            complaint_id=hashed("complaint", identity.filing_id, str(number)),
            listing_id=row.listing_id,
            marketplace=row.marketplace,
        )
        first = rows_by_listing.setdefault((row.marketplace, row.listing_id), number)
        errors = _row_errors(complaint, first, number)
        if not errors:
            complaints.append((number, complaint))
        results.append(
            RowResult(
                row=number,
                status="rejected" if errors else "accepted",
                listing_id=row.listing_id,
                marketplace=row.marketplace,
                complaint_id=None if errors else complaint.complaint_id,
                errors=errors,
            )
        )
    return results, complaints


def _row_errors(complaint: ComplaintFiled, first_row: int, row: int) -> list[FieldError]:
    if first_row != row:
        detail = f"Row {first_row} names the same listing."
        return [FieldError(pointer="#/listing_id", code="duplicate_row", detail=detail)]
    # What the pipeline itself would not take, or ask for, is told now.
    codes = (*invalid_fields(complaint), *missing_elements(complaint))
    return [FieldError(pointer="#", code=code, detail="Asked for.") for code in codes]


def _may_read(caller: Caller, case: CaseReference) -> bool:
    if caller.role in ("reviewer", "operator"):
        return True
    if caller.role == "seller":
        return caller.party_id == case.seller_id
    return caller.party_id in (case.complainant_id, case.rights_holder_id)
