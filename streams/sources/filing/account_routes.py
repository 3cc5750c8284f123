"""Appeals against measures against the caller's own account."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from schemas.events.conduct import SanctionAppealFiled
from streams.sources.filing.case_models import AppealRequest
from streams.sources.filing.case_routes import POSTED, Key, Party, posted
from streams.sources.filing.complaint_routes import evidence_of
from streams.sources.filing.routes import GuardedRoute

router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["accounts"])


@router.post("/account/appeals", **POSTED)
def appeal_sanction(
    request: Request, body: AppealRequest, caller: Party, given: Key
) -> JSONResponse:
    """Appeal a warning, suspension, restriction or closure of one's own account.

    Two people decide who had no part in the measure, which stands until then. One that has ended
    is appealed once, for six months from when it began.
    """
    filing = posted(request, caller, given)
    evidence, evidence_ids = evidence_of(filing.services, caller.party_id, body.evidence)
    event = SanctionAppealFiled(
        appeal_id=filing.identity.filing_id,
        party_id=caller.party_id,
        role="seller" if caller.role == "seller" else "complainant",
        statement=body.statement,
        filed_at_milliseconds=filing.now_milliseconds,
        evidence=evidence,
    )
    return filing.file("sanction_appeal", None, event, evidence_ids)
