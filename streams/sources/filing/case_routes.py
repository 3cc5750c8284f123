"""What parties say about a case: clarification, retraction, objection, answer, appeal."""

from typing import Annotated, Any, NamedTuple

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from schemas.events.appeals import AppealFiled
from schemas.events.complaints import ClarificationProvided, ComplaintRetracted
from schemas.events.counter_notices import (
    CounterNoticeAnswered,
    CounterNoticeFiled,
    Proceedings,
)
from schemas.private_texts import has_private_texts, withheld
from sinks.database.outbox import encoded_row
from streams.sources.filing.case_models import (
    AppealRequest,
    ClarificationRequest,
    CounterNoticeAnswerRequest,
    CounterNoticeRequest,
    Receipt,
    RetractionRequest,
)
from streams.sources.filing.cases import CaseReference
from streams.sources.filing.claims import particulars_of
from streams.sources.filing.complaint_routes import CaseId, evidence_of
from streams.sources.filing.detections import DetectionStatus
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
    MEDIA_TYPE_REFUSED,
    NOT_FOUND,
    SELLER_UNKNOWN,
    TOO_LARGE,
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
from streams.sources.filing.tokens import Caller

POSTED: dict[str, Any] = {
    "status_code": 201,
    "response_model": Receipt,
    "responses": responses(
        *(KEY_MISSING, NOT_FOUND, KEY_IN_USE, SELLER_UNKNOWN),
        *(TOO_LARGE, MEDIA_TYPE_REFUSED, INVALID, KEY_REUSED),
    ),
}
router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["cases"])
Complainant = Annotated[Caller, Depends(ActsAs("rights_holder", "agent", "notifier"))]
Seller = Annotated[Caller, Depends(ActsAs("seller"))]
Party = Annotated[Caller, Depends(ActsAs("rights_holder", "agent", "notifier", "seller"))]
Key = Annotated[KeyGiven, Depends(idempotency_key)]


class PostedRequest(NamedTuple):
    """A request under way: services, who it is from, what of, and when it came."""

    services: Services
    identity: Identity
    content: dict[str, Any]
    now_milliseconds: int

    def file(
        self,
        kind: str,
        case_id: str | None,
        event: Any,
        evidence_ids: tuple[str, ...] = (),
    ) -> JSONResponse:
        """File one event, and answer with the receipt."""
        receipt = Receipt(
            filing_id=self.identity.filing_id,
            case_id=case_id,
            received_at=timestamp(self.now_milliseconds),
        )
        store = self.services.store
        texts = store.sealing(self.identity.party_id) if has_private_texts(event) else None
        told = event if texts is None else withheld(event, texts.keep)
        filing = Filing(
            identity=self.identity,
            kind=kind,
            case_id=case_id,
            request=self.content,
            answer=Answer(201, receipt.model_dump(mode="json")),
            records=(encoded_row("filing", self.services.codec, told, self.now_milliseconds),),
            received_at_milliseconds=self.now_milliseconds,
            evidence_ids=evidence_ids,
        )
        return answered(store.file(filing if texts is None else without_texts(filing, texts)))


def posted(request: Request, caller: Caller, given: KeyGiven) -> PostedRequest:
    """Return what the routes share of a request."""
    services = services_of(request)
    identity = identity_of(request, caller, given.key)
    return PostedRequest(
        services, identity, request.state.content, services.clock.now_milliseconds()
    )


def answered(answer: Answer) -> JSONResponse:
    """Return the response to a filing."""
    return respond(answer, f"/v1/filings/{answer.body['filing_id']}")


@router.post("/complaints/{complaint_id}/clarifications", **POSTED)
def clarify_complaint(
    request: Request,
    complaint_id: CaseId,
    body: ClarificationRequest,
    caller: Complainant,
    given: Key,
) -> JSONResponse:
    """Add to a complaint what was asked for; for the party that filed it."""
    case = _of_complainant(request, complaint_id, caller, filers_only=True)
    filing = posted(request, caller, given)
    evidence, evidence_ids = evidence_of(filing.services, caller.party_id, body.evidence)
    mark = body.trademark
    event = ClarificationProvided(
        clarification_id=filing.identity.filing_id,
        case_id=case.case_id,
        listing_id=case.listing_id,
        complainant_id=caller.party_id,
        statement=body.statement,
        good_faith_declared=body.good_faith,
        signature=body.signature,
        contact_email=body.contact_email,
        trademark_office=None if mark is None else mark.office,
        trademark_number=None if mark is None else mark.number,
        trademark_number_kind=None if mark is None else mark.number_kind,
        territory=body.territory,
        evidence=evidence,
        provided_at_milliseconds=filing.now_milliseconds,
        marketplace=case.marketplace,
        particulars=particulars_of(body.claim),
        test_purchase=purchase_of(body.test_purchase),
    )
    return filing.file("clarification", case.case_id, event, evidence_ids)


@router.post("/complaints/{complaint_id}/retraction", **POSTED)
def retract_complaint(
    request: Request,
    complaint_id: CaseId,
    body: RetractionRequest,
    caller: Complainant,
    given: Key,
) -> JSONResponse:
    """Take a complaint back; for the party that filed it and its rights holder."""
    case = _of_complainant(request, complaint_id, caller)
    filing = posted(request, caller, given)
    event = ComplaintRetracted(
        retraction_id=filing.identity.filing_id,
        case_id=case.case_id,
        listing_id=case.listing_id,
        complainant_id=caller.party_id,
        explanation=body.explanation,
        retracted_at_milliseconds=filing.now_milliseconds,
        marketplace=case.marketplace,
    )
    return filing.file("retraction", case.case_id, event)


@router.post("/cases/{case_id}/counter-notices", **POSTED)
def object_to_takedown(
    request: Request,
    case_id: CaseId,
    body: CounterNoticeRequest,
    caller: Seller,
    given: Key,
) -> JSONResponse:
    """Object to a takedown; for the listing's seller."""
    case = _of_seller(request, case_id, caller)
    filing = posted(request, caller, given)
    evidence, evidence_ids = evidence_of(filing.services, caller.party_id, body.evidence)
    event = CounterNoticeFiled(
        counter_notice_id=filing.identity.filing_id,
        case_id=case.case_id,
        listing_id=case.listing_id,
        seller_id=caller.party_id,
        reason=body.reason,
        statement=body.statement,
        perjury_declared=body.declarations.perjury,
        jurisdiction_consented=body.declarations.jurisdiction,
        signature=body.signature,
        evidence=evidence,
        filed_at_milliseconds=filing.now_milliseconds,
        marketplace=case.marketplace,
    )
    return filing.file("counter_notice", case.case_id, event, evidence_ids)


@router.post("/cases/{case_id}/counter-notices/{counter_notice_id}/answer", **POSTED)
def answer_counter_notice(
    request: Request,
    case_id: CaseId,
    counter_notice_id: CaseId,
    body: CounterNoticeAnswerRequest,
    caller: Complainant,
    given: Key,
) -> JSONResponse:
    """Answer a seller's objection; for the party that filed the complaint and its rights holder."""
    case = _of_complainant(request, case_id, caller)
    filing = posted(request, caller, given)
    objection = filing.services.store.filed(counter_notice_id)
    if (
        objection is None
        or objection["kind"] != "counter_notice"
        or objection["case_id"] != case.case_id
    ):
        raise Problem(NOT_FOUND)
    evidence, evidence_ids = evidence_of(filing.services, caller.party_id, body.evidence)
    told = body.proceedings
    event = CounterNoticeAnswered(
        answer_id=filing.identity.filing_id,
        case_id=case.case_id,
        listing_id=case.listing_id,
        complainant_id=caller.party_id,
        answer=body.answer,
        explanation=body.explanation,
        answered_at_milliseconds=filing.now_milliseconds,
        marketplace=case.marketplace,
        proceedings=None if told is None else Proceedings(**told.model_dump()),
        evidence=evidence,
    )
    return filing.file("counter_notice_answer", case.case_id, event, evidence_ids)


@router.post("/cases/{case_id}/appeals", **POSTED)
def appeal_decision(
    request: Request, case_id: CaseId, body: AppealRequest, caller: Party, given: Key
) -> JSONResponse:
    """Appeal a decision, within six months of it; for each party to the case."""
    if caller.role == "seller":
        case = _of_seller(request, case_id, caller)
    else:
        case = _of_complainant(request, case_id, caller)
    filing = posted(request, caller, given)
    evidence, evidence_ids = evidence_of(filing.services, caller.party_id, body.evidence)
    event = AppealFiled(
        appeal_id=filing.identity.filing_id,
        case_id=case.case_id,
        listing_id=case.listing_id,
        party_id=caller.party_id,
        statement=body.statement,
        filed_at_milliseconds=filing.now_milliseconds,
        marketplace=case.marketplace,
        evidence=evidence,
    )
    return filing.file("appeal", case.case_id, event, evidence_ids)


@router.get(
    "/detections/{detection_id}",
    response_model=DetectionStatus,
    responses=responses(NOT_FOUND),
    summary="See why a listing was blocked or delisted without a complaint",
)
def read_detection(
    request: Request,
    detection_id: CaseId,
    caller: Annotated[Caller, Depends(ActsAs("seller", "operator"))],
) -> DetectionStatus:
    """Return what became of a detection to the listing's seller and to operators.

    The seller objects and appeals under `/v1/cases/{detection_id}`.
    """
    cases = services_of(request).cases
    case, status = cases.find(detection_id), cases.detection(detection_id, caller)
    trusted = caller.role == "operator"
    if case is None or status is None or not (trusted or case.seller_id == caller.party_id):
        raise Problem(NOT_FOUND)
    return status


def _of_complainant(
    request: Request, case_id: str, caller: Caller, filers_only: bool = False
) -> CaseReference:
    case = services_of(request).cases.find(case_id)
    if case is None:
        raise Problem(NOT_FOUND)
    allowed = {case.complainant_id} if filers_only else {case.complainant_id, case.rights_holder_id}
    if caller.party_id not in allowed:
        raise Problem(NOT_FOUND)
    return case


def _of_seller(request: Request, case_id: str, caller: Caller) -> CaseReference:
    """Return a case that is the seller's."""
    case = services_of(request).cases.find(case_id)
    if case is None or not is_seller(caller, case):
        raise Problem(NOT_FOUND)
    return case


def is_seller(caller: Caller, case: CaseReference) -> bool:
    """Tell whether a listing is the caller's. Errors: Problem while nobody knows whose it is."""
    if not case.seller_id:
        told = "The seller is known once the case was decided on its listing: try again then."
        raise Problem(SELLER_UNKNOWN, told)
    return caller.party_id == case.seller_id
