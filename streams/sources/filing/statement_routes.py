"""Statements of reasons, for those to whom they are addressed."""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request

from streams.sources.filing.fields import ID
from streams.sources.filing.problems import NOT_FOUND, Problem, responses
from streams.sources.filing.routes import ActsAs, GuardedRoute
from streams.sources.filing.services import services_of
from streams.sources.filing.statements import StatementTold
from streams.sources.filing.tokens import Caller

router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["cases"])
CaseId = Annotated[str, Path(pattern=ID)]
Party = Annotated[Caller, Depends(ActsAs("rights_holder", "agent", "notifier", "seller"))]


@router.get(
    "/cases/{case_id}/statements",
    response_model=list[StatementTold],
    responses=responses(NOT_FOUND),
    summary="Read the statements of reasons of a case",
)
def read_statements_of_case(
    request: Request, case_id: CaseId, caller: Party
) -> list[StatementTold]:
    """Return what was told of a case: to its seller the seller's, to complainant and rights holder
    the complainant's."""
    services = services_of(request)
    case = services.cases.find(case_id)
    if case is None:
        raise Problem(NOT_FOUND)
    if caller.role == "seller":
        if case.seller_id != caller.party_id:
            raise Problem(NOT_FOUND)
        return services.statements.of_case(case_id, "seller")
    if caller.party_id not in (case.complainant_id, case.rights_holder_id):
        raise Problem(NOT_FOUND)
    return services.statements.of_case(case_id, "complainant")


@router.get(
    "/statements",
    response_model=list[StatementTold],
    summary="Read the newest statements of reasons addressed to the caller",
    responses=responses(),
)
def read_statements(request: Request, caller: Party) -> list[StatementTold]:
    """Return up to 100, of cases and of the account, newest first."""
    return services_of(request).statements.of_party(caller.party_id)
