"""Acknowledgements, surveys, inquiries; and each filing given back to who filed it."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from processors.policies.business_calendar import Calendar
from processors.policies.local_days import calendar_version
from schemas.events.acknowledgements import CommandAcknowledged
from schemas.events.desk import InquiryReceived
from schemas.events.surveys import SurveyAnswered
from sinks.database.outbox import encoded_row
from sinks.dispatch.acknowledgement import acknowledgement_id
from streams.sources.filing.acknowledgement_signing import SignatureRefused
from streams.sources.filing.case_models import (
    AcknowledgementRequest,
    InquiryRequest,
    Receipt,
    SurveyRequest,
)
from streams.sources.filing.case_routes import POSTED, Key, Party, answered, is_seller, posted
from streams.sources.filing.cases import CaseReference
from streams.sources.filing.complaint_routes import FilingId
from streams.sources.filing.filings import Answer, Filing, timestamp, without_texts
from streams.sources.filing.problems import (
    INVALID,
    NOT_FOUND,
    UNAUTHENTICATED,
    FieldError,
    Problem,
    responses,
)
from streams.sources.filing.routes import ActsAs, GuardedRoute, KeyGiven
from streams.sources.filing.services import services_of
from streams.sources.filing.tokens import Caller

router = APIRouter(prefix="/v1", route_class=GuardedRoute)


@router.post("/acknowledgements", tags=["marketplaces"], **POSTED)
def acknowledge_command(
    request: Request,
    body: AcknowledgementRequest,
    caller: Annotated[Caller, Depends(ActsAs("marketplace"))],
    webhook_id: Annotated[
        str, Header(min_length=1, max_length=255, description="Id of the message; also its key.")
    ],
    webhook_timestamp: Annotated[str, Header(max_length=20, description="Seconds, UTC.")],
    webhook_signature: Annotated[str, Header(max_length=2_000, examples=["v1,K5oZfzN95Z9UVu1E"])],
) -> JSONResponse:
    """Tell what was done about a command; the body is signed by Standard Webhooks.

    The secret is the one by which commands are signed to the marketplace.
    """
    services = services_of(request)
    try:
        services.marketplace_keys.check(
            caller.party_id,
            request.state.body,
            request.headers,
            services.clock.now_milliseconds(),
        )
    except SignatureRefused as refused:
        raise Problem(UNAUTHENTICATED, f"There is {refused}.") from refused
    case = services.cases.find(body.case_id)
    # A detection's command has no case here; of a case that is known, only its own place may tell.
    known = (caller.party_id, body.listing_id)
    if case is not None and (case.marketplace, case.listing_id) != known:
        raise Problem(NOT_FOUND)
    filing = posted(request, caller, KeyGiven(webhook_id))
    event = CommandAcknowledged(
        acknowledgement_id=acknowledgement_id(body.command_id, body.result),
        command_id=body.command_id,
        case_id=body.case_id,
        listing_id=body.listing_id,
        marketplace=caller.party_id,
        result=body.result,
        detail=body.detail,
        acknowledged_at_milliseconds=filing.now_milliseconds,
    )
    return filing.file("acknowledgement", body.case_id, event)


@router.post("/surveys", tags=["cases"], **POSTED)
def answer_survey(request: Request, body: SurveyRequest, caller: Party, given: Key) -> JSONResponse:
    """Tell how satisfied one was with a case; for its parties."""
    case = services_of(request).cases.find(body.case_id)
    if case is None or not _is_party(caller, case):
        told = FieldError(pointer="#/case_id", code="not_found", detail="No case of this party.")
        raise Problem(INVALID, "", [told])
    filing = posted(request, caller, given)
    event = SurveyAnswered(
        survey_id=filing.identity.filing_id,
        party_id=caller.party_id,
        role="seller" if caller.role == "seller" else "complainant",
        case_id=case.case_id,
        marketplace=case.marketplace,
        score=body.score,
        answered_at_milliseconds=filing.now_milliseconds,
    )
    return filing.file("survey", case.case_id, event)


@router.post("/inquiries", tags=["cases"], **POSTED)
def ask_question(request: Request, body: InquiryRequest, caller: Party, given: Key) -> JSONResponse:
    """Ask the team a question, about a case or not; the receipt says until when it is answered."""
    services = services_of(request)
    if body.case_id is not None:
        case = services.cases.find(body.case_id)
        if case is None or not _is_party(caller, case):
            told = FieldError(
                pointer="#/case_id", code="not_found", detail="No case of this party."
            )
            raise Problem(INVALID, "", [told])
    filing = posted(request, caller, given)
    calendar = Calendar(calendar_version(), (body.country or "",))
    until = calendar.business_days_end(
        filing.now_milliseconds, services.settings.inquiry_answer_business_days
    )
    event = InquiryReceived(
        inquiry_id=filing.identity.filing_id,
        case_id=body.case_id,
        party_id=caller.party_id,
        language=body.language,
        received_at_milliseconds=filing.now_milliseconds,
        answer_until_milliseconds=until,
    )
    receipt = Receipt(
        filing_id=event.inquiry_id,
        case_id=body.case_id,
        received_at=timestamp(filing.now_milliseconds),
        answer_until=timestamp(until),
    )
    texts = services.store.sealing(caller.party_id)
    asked = Filing(
        identity=filing.identity,
        kind="inquiry",
        case_id=body.case_id,
        request=filing.content,
        answer=Answer(201, receipt.model_dump(mode="json")),
        records=(encoded_row("filing", services.codec, event, filing.now_milliseconds),),
        received_at_milliseconds=filing.now_milliseconds,
        inquiry=(event, texts.keep(body.question)),
    )
    return answered(services.store.file(without_texts(asked, texts)))


class FilingRead(BaseModel):
    """What was filed, as it was sent, and the receipt."""

    filing_id: str
    kind: str
    case_id: str | None
    received_at: str
    request: dict[str, Any]
    receipt: dict[str, Any]


@router.get(
    "/filings/{filing_id}",
    tags=["cases"],
    response_model=FilingRead,
    responses=responses(NOT_FOUND),
)
def read_filing(
    request: Request,
    filing_id: FilingId,
    caller: Annotated[
        Caller,
        Depends(ActsAs("rights_holder", "agent", "seller", "marketplace", "reviewer", "operator")),
    ],
) -> FilingRead:
    """Return a filing back to who filed it, to reviewers and to operators."""
    store = services_of(request).store
    filed = store.filed(filing_id)
    trusted = caller.role in ("reviewer", "operator")
    if filed is None or not (trusted or filed["party_id"] == caller.party_id):
        raise Problem(NOT_FOUND)
    return FilingRead(
        filing_id=filed["filing_id"],
        kind=filed["kind"],
        case_id=filed["case_id"],
        received_at=timestamp(filed["received_at_milliseconds"]),
        request=store.request_of(filed, caller.name),
        receipt=filed["answer"],
    )


def _is_party(caller: Caller, case: CaseReference) -> bool:
    if caller.role == "seller":
        return is_seller(caller, case)
    return caller.party_id in (case.complainant_id, case.rights_holder_id)
