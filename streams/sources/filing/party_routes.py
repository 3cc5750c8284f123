"""Parties, and whom rights holders authorise and license: rows, each taken or refused alone."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from processors.identifiers import hashed
from schemas.record import as_avro
from sinks.database.locks import Lock, lock_key
from sinks.database.outbox import encoded_row
from streams.sources.filing.case_routes import Key, PostedRequest, posted
from streams.sources.filing.complaint_routes import CaseId
from streams.sources.filing.database import Connection
from streams.sources.filing.fields import Identifier
from streams.sources.filing.fields import Request as Body
from streams.sources.filing.filings import Answer, Filing, timestamp, without_texts
from streams.sources.filing.party_changes import (
    Fields,
    PartyChanges,
    RowTaken,
    taken,
)
from streams.sources.filing.problems import (
    INVALID,
    KEY_IN_USE,
    KEY_MISSING,
    KEY_REUSED,
    MEDIA_TYPE_REFUSED,
    NOT_FOUND,
    TOO_LARGE,
    UNAVAILABLE,
    FieldError,
    Problem,
    responses,
)
from streams.sources.filing.recorded_parties import known_party
from streams.sources.filing.routes import ActsAs, GuardedRoute, respond
from streams.sources.filing.services import Services, services_of
from streams.sources.filing.tokens import MAXIMUM_ID_CHARACTERS, Caller

MAXIMUM_ROWS = 300
"""As many as listings of one complaint: changes wait for one another meanwhile."""
WAIT_SECONDS = 5.0
"""After that the caller is told to come again, and holds no thread of the server."""
NOT_FOR_PARTIES = ("linked_seller_ids",)
"""What operators suspect of a party."""
router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["parties"])
Operator = Annotated[Caller, Depends(ActsAs("operator"))]
Giver = Annotated[Caller, Depends(ActsAs("rights_holder", "operator"))]
Reader = Annotated[Caller, Depends(ActsAs("rights_holder", "agent", "seller", "operator"))]
PartyId = Annotated[str, Path(min_length=1, max_length=MAXIMUM_ID_CHARACTERS)]
ROWS = Field(min_length=1, max_length=MAXIMUM_ROWS)
_changing = threading.Lock()
"""One change at a time takes a second connection of the pool."""


class PartyRows(Body):
    """Parties; what a row leaves out stays as it was last recorded."""

    rows: Annotated[list[dict[str, Any]], ROWS] = Field(
        description="Fields of `PartyRecorded`, without the time.",
        examples=[[{"party_id": "agent-1", "kind": "agent", "name": "An agency"}]],
    )


class GivenRows(Body):
    """What a rights holder gives; an operator tells for whom."""

    rights_holder_id: Identifier | None = None
    rows: Annotated[list[dict[str, Any]], ROWS] = Field(
        description="`agent_id` and fields of `Authorisation`, or fields of `Licence` with its "
        "`seller_id`; what is left out does not limit it. Ids are given here.",
        examples=[[{"agent_id": "agent-1", "territories": ["DE"]}]],
    )


class AuthorisationEnded(Body):
    """A leave that is taken back."""

    rights_holder_id: Identifier | None = None
    agent_id: Identifier


class LicenceEnded(Body):
    """A licence that is taken back."""

    rights_holder_id: Identifier | None = None


class PartyRowResult(BaseModel):
    """What became of a row."""

    row: int
    status: Literal["accepted", "rejected"]
    id: str = Field(description="Of the party, authorisation or licence; empty if rejected.")
    reason: str = ""
    detail: str = ""


class PartyReceipt(BaseModel):
    """Receipt for rows."""

    filing_id: str
    received_at: str
    accepted: int
    rejected: int
    results: list[PartyRowResult]


RECORDED: dict[str, Any] = {
    "status_code": 201,
    "response_model": PartyReceipt,
    "responses": {
        **responses(
            *(KEY_MISSING, NOT_FOUND, KEY_IN_USE, TOO_LARGE),
            *(MEDIA_TYPE_REFUSED, INVALID, KEY_REUSED),
        ),
        207: {"model": PartyReceipt, "description": "Some rows were rejected; the others stand."},
    },
}


@router.post("/parties", summary="Record parties", **RECORDED)
def record_parties(request: Request, body: PartyRows, caller: Operator, given: Key) -> JSONResponse:
    """Record rights holders, agents and sellers, as `ops parties import` does."""
    filing = posted(request, caller, given)
    return _recorded(filing, body.rows, lambda changes, _, row: changes.record(row))


@router.get("/parties/{party_id}", responses=responses(NOT_FOUND), summary="See what is recorded")
def read_party(request: Request, party_id: PartyId, caller: Reader) -> dict[str, Any]:
    """Return a party as it was last recorded: to itself, and to operators."""
    services = services_of(request)
    if caller.role != "operator" and caller.party_id != party_id:
        raise Problem(NOT_FOUND)
    with services.database.connection() as connection:
        found = known_party(services, connection, party_id)
    if found is None:
        raise Problem(NOT_FOUND)
    told = as_avro(found)
    if caller.role != "operator":
        for name in NOT_FOR_PARTIES:
            del told[name]
    return told


@router.post("/authorisations", summary="Authorise agents", **RECORDED)
def give_authorisations(
    request: Request, body: GivenRows, caller: Giver, given: Key
) -> JSONResponse:
    """Let agents file for a rights holder, for all its marks and countries or for some."""
    holder_id = _holder(caller, body.rights_holder_id)
    filing = posted(request, caller, given)
    return _given(filing, body.rows, holder_id, "authorisation", PartyChanges.authorise)


@router.post("/authorisations/{authorisation_id}/withdrawal", **RECORDED)
def withdraw_authorisation(
    request: Request, authorisation_id: CaseId, body: AuthorisationEnded, caller: Giver, given: Key
) -> JSONResponse:
    """Take back what an agent was authorised to; complaints that it filed stand."""
    holder_id = _holder(caller, body.rights_holder_id)
    rows = [{"agent_id": body.agent_id}]

    def end(changes: PartyChanges, _: int, row: Fields) -> str:
        return changes.end_authorisation(holder_id, authorisation_id, row)

    return _recorded(posted(request, caller, given), rows, end)


@router.post("/licences", summary="Name licensed sellers", **RECORDED)
def give_licences(request: Request, body: GivenRows, caller: Giver, given: Key) -> JSONResponse:
    """Let sellers use a rights holder's own marks, for all goods and countries or for some."""
    holder_id = _holder(caller, body.rights_holder_id)
    filing = posted(request, caller, given)
    return _given(filing, body.rows, holder_id, "licence", PartyChanges.license)


@router.post("/licences/{licence_id}/withdrawal", **RECORDED)
def withdraw_licence(
    request: Request, licence_id: CaseId, body: LicenceEnded, caller: Giver, given: Key
) -> JSONResponse:
    """Take back a licence that a seller has."""
    holder_id = _holder(caller, body.rights_holder_id)

    def end(changes: PartyChanges, _number: int, _row: Fields) -> str:
        return changes.end_licence(holder_id, licence_id)

    return _recorded(posted(request, caller, given), [{}], end)


def _holder(caller: Caller, told: str | None) -> str:
    """Return for which rights holder something is given. Errors: Problem INVALID."""
    holder_id = told or (caller.party_id if caller.role == "rights_holder" else None)
    if holder_id is None or not (caller.role == "operator" or holder_id == caller.party_id):
        error = FieldError(
            pointer="#/rights_holder_id",
            code="not_authorised",
            detail="A rights holder gives for itself; an operator tells for whom.",
        )
        raise Problem(INVALID, "", [error])
    return holder_id


def _given(
    filing: PostedRequest,
    rows: list[dict[str, Any]],
    holder_id: str,
    kind: str,
    give: Callable[[PartyChanges, str, str, Fields], str],
) -> JSONResponse:
    """Record what a rights holder gives, each under an id that the request leads to."""

    def take(changes: PartyChanges, number: int, row: Fields) -> str:
        given_id = hashed(kind, filing.identity.filing_id, str(number))
        return give(changes, holder_id, given_id, row)

    return _recorded(filing, rows, take)


def _recorded(
    filing: PostedRequest,
    rows: list[dict[str, Any]],
    take: Callable[[PartyChanges, int, Fields], str],
) -> JSONResponse:
    """Record what rows say, and answer with what became of each. Errors: Problem."""
    services = filing.services
    answer = services.store.answered(filing.identity)
    if answer is None:
        with _alone(services) as connection:
            known = partial(known_party, services, connection)
            changes = PartyChanges(known, filing.now_milliseconds)
            results = taken(rows, lambda number, row: take(changes, number, row))
            answer = services.store.file(_filing(filing, changes, results))
    return respond(answer, f"/v1/filings/{answer.body['filing_id']}")


@contextmanager
def _alone(services: Services) -> Iterator[Connection]:
    """Wait until no other request, of whichever process, changes parties. Errors: Problem."""
    if not _changing.acquire(timeout=WAIT_SECONDS):
        told = "Other parties are being recorded; send the same request again."
        raise Problem(UNAVAILABLE, told, headers={"Retry-After": "5"})
    try:
        with services.database.transaction() as connection:
            connection.execute("SELECT pg_advisory_xact_lock(%s)", (lock_key(Lock.PARTY_RECORDS),))
            yield connection
    finally:
        _changing.release()


def _filing(filing: PostedRequest, changes: PartyChanges, results: list[RowTaken]) -> Filing:
    told = [
        PartyRowResult(
            row=each.row,
            status="accepted" if each.refused is None else "rejected",
            id=each.recorded_id,
            reason="" if each.refused is None else each.refused.reason,
            detail="" if each.refused is None else each.refused.detail,
        )
        for each in results
    ]
    if not changes.changed:
        errors = [
            FieldError(pointer=f"#/rows/{each.row}", code=each.reason, detail=each.detail)
            for each in told
        ]
        raise Problem(INVALID, "No row can be accepted; nothing was recorded.", errors)
    rejected = sum([each.status == "rejected" for each in told])
    now, services = filing.now_milliseconds, filing.services
    receipt = PartyReceipt(
        filing_id=filing.identity.filing_id,
        received_at=timestamp(now),
        accepted=len(told) - rejected,
        rejected=rejected,
        results=told,
    )
    # The request holds names of others than who sent it, so it lies encrypted.
    made = Filing(
        identity=filing.identity,
        kind="parties",
        case_id=None,
        request=filing.content,
        answer=Answer(207 if rejected else 201, receipt.model_dump(mode="json")),
        records=tuple(
            encoded_row("filing", services.codec, party, now) for party in changes.changed.values()
        ),
        received_at_milliseconds=now,
    )
    return without_texts(made, services.store.sealing(filing.identity.party_id))
