"""What is held of a party: given to it and erased at its wish, or by operators for it."""

import json
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from sinks.personal_data.erasure import Erasure, Hold, State
from sinks.personal_data.export import export
from sinks.personal_data.policy import Reason
from streams.sources.filing.fields import Line, Time
from streams.sources.filing.fields import Request as Body
from streams.sources.filing.filings import timestamp
from streams.sources.filing.problems import (
    INVALID,
    MEDIA_TYPE_REFUSED,
    NOT_FOUND,
    TOO_LARGE,
    FieldError,
    Problem,
    responses,
)
from streams.sources.filing.routes import ActsAs, GuardedRoute
from streams.sources.filing.services import services_of
from streams.sources.filing.tokens import MAXIMUM_ID_CHARACTERS, Caller

MAXIMUM_EXPORT_BYTES = 32 << 20
MAXIMUM_REASON_CHARACTERS = 500
JSON_LINES = "application/jsonl"

router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["personal data"])
Party = Annotated[Caller, Depends(ActsAs("rights_holder", "agent", "notifier", "seller"))]
Operator = Annotated[Caller, Depends(ActsAs("operator"))]
PartyId = Annotated[str, Path(min_length=1, max_length=MAXIMUM_ID_CHARACTERS)]
EXPORTED: dict[str, Any] = {
    "response_class": Response,
    "responses": {
        **responses(NOT_FOUND, TOO_LARGE),
        200: {
            "description": "A JSON object on each line: `table`, and of a row what is the party's.",
            "content": {JSON_LINES: {"schema": {"type": "string"}}},
        },
    },
}


class ObstacleTold(BaseModel):
    """What stands against erasing a party."""

    reason: Reason
    until: str | None = Field(description="Until when, where a time is known.")


class ErasureStatus(BaseModel):
    """Where a request to be erased stands."""

    party_id: str
    state: State = Field(
        description="Waiting for what stands against it, which is looked at again and again; "
        "erased; or withdrawn."
    )
    requested_at: str
    ended_at: str | None
    obstacles: list[ObstacleTold]


class HoldStatus(BaseModel):
    """Whether what is held of a party must be kept."""

    party_id: str
    held: bool


class HoldRequest(Body):
    """A legal duty to keep what is held of a party."""

    reason: Annotated[Line, Field(max_length=MAXIMUM_REASON_CHARACTERS)] = Field(
        description="By which law, order or dispute."
    )
    until: Time | None = Field(default=None, description="Else until it is lifted.")


@router.get("/account/personal-data", summary="Take all that is held of oneself", **EXPORTED)
def export_own_data(request: Request, caller: Party) -> Response:
    """Return rows and texts that are the caller's (GDPR Articles 15 and 20), as of one moment."""
    return _exported(request, caller.party_id, caller)


@router.get("/parties/{party_id}/personal-data", summary="Take all of a party", **EXPORTED)
def export_data_of_party(request: Request, party_id: PartyId, caller: Operator) -> Response:
    """Return what the party itself would be given."""
    return _exported(request, party_id, caller)


@router.put("/account/erasure", responses=responses(), summary="Ask to be erased")
def erase_own_data(request: Request, caller: Party) -> ErasureStatus:
    """Erase the caller (GDPR Article 17), or wait until nothing stands against it."""
    return _requested(request, caller.party_id, caller)


@router.put(
    "/parties/{party_id}/erasure", responses=responses(NOT_FOUND), summary="Have a party erased"
)
def erase_data_of_party(request: Request, party_id: PartyId, caller: Operator) -> ErasureStatus:
    """Erase a party at its wish; what stands against it is the same."""
    return _requested(request, party_id, caller)


@router.get("/account/erasure", responses=responses(NOT_FOUND))
def read_own_erasure(request: Request, caller: Party) -> ErasureStatus:
    """Return where the caller's newest request stands."""
    return _found(request, caller.party_id)


@router.get("/parties/{party_id}/erasure", responses=responses(NOT_FOUND))
def read_erasure_of_party(request: Request, party_id: PartyId, _: Operator) -> ErasureStatus:
    """Return where the newest request to erase a party stands."""
    return _found(request, party_id)


@router.delete("/account/erasure", responses=responses(NOT_FOUND))
def withdraw_own_erasure(request: Request, caller: Party) -> ErasureStatus:
    """Take a request back that waits."""
    return _withdrawn(request, caller.party_id)


@router.delete("/parties/{party_id}/erasure", responses=responses(NOT_FOUND))
def withdraw_erasure_of_party(request: Request, party_id: PartyId, _: Operator) -> ErasureStatus:
    """Take a request back that waits, at the party's wish."""
    return _withdrawn(request, party_id)


@router.put(
    "/parties/{party_id}/hold",
    responses=responses(NOT_FOUND, INVALID, TOO_LARGE, MEDIA_TYPE_REFUSED),
)
def hold_data_of_party(
    request: Request, party_id: PartyId, body: HoldRequest, caller: Operator
) -> HoldStatus:
    """Keep what is held of a party from being erased, for a legal duty."""
    services = services_of(request)
    now = services.clock.now_milliseconds()
    until = None if body.until is None else int(body.until.timestamp() * 1000)
    if until is not None and until <= now:
        told = FieldError(pointer="#/until", code="in_the_past", detail="It is over.")
        raise Problem(INVALID, "", [told])
    with services.database.connection() as connection:
        hold = Hold(body.reason, until, caller.name)
        services.erasures.hold(connection, party_id, hold, now)
    return HoldStatus(party_id=party_id, held=True)


@router.delete("/parties/{party_id}/hold", responses=responses(NOT_FOUND))
def lift_hold_of_party(request: Request, party_id: PartyId, _: Operator) -> HoldStatus:
    """Lift all duties to keep what is held of a party."""
    services = services_of(request)
    with services.database.connection() as connection:
        if not services.erasures.lift(connection, party_id, services.clock.now_milliseconds()):
            raise Problem(NOT_FOUND)
    return HoldStatus(party_id=party_id, held=False)


def _exported(request: Request, party_id: str, caller: Caller) -> Response:
    services = services_of(request)
    lines: list[bytes] = []
    size = 0
    with services.database.connection() as connection:
        if services.private_texts.stored_bytes(connection, party_id) > MAXIMUM_EXPORT_BYTES:
            raise _too_large()
        for row in export(connection, services.private_texts, party_id, caller.name):
            told = json.dumps({"table": row.table, **row.content}, ensure_ascii=False)
            lines.append(told.encode() + b"\n")
            size += len(lines[-1])
            if size > MAXIMUM_EXPORT_BYTES:
                raise _too_large()
    return Response(b"".join(lines), media_type=JSON_LINES)


def _too_large() -> Problem:
    return Problem(TOO_LARGE, "There is too much for one answer: it is given out by the team.")


def _requested(request: Request, party_id: str, caller: Caller) -> ErasureStatus:
    services = services_of(request)
    now = services.clock.now_milliseconds()
    with services.database.connection() as connection:
        found = services.erasures.request(connection, party_id, caller.name, now)
    return _status(party_id, found)


def _found(request: Request, party_id: str) -> ErasureStatus:
    services = services_of(request)
    with services.database.connection() as connection:
        now = services.clock.now_milliseconds()
        found = services.erasures.find(connection, party_id, now)
    if found is None:
        raise Problem(NOT_FOUND)
    return _status(party_id, found)


def _withdrawn(request: Request, party_id: str) -> ErasureStatus:
    services = services_of(request)
    with services.database.connection() as connection:
        now = services.clock.now_milliseconds()
        if not services.erasures.withdraw(connection, party_id, now):
            raise Problem(NOT_FOUND)
    return _found(request, party_id)


def _status(party_id: str, erasure: Erasure) -> ErasureStatus:
    return ErasureStatus(
        party_id=party_id,
        state=erasure.state,
        requested_at=timestamp(erasure.requested_at_milliseconds),
        ended_at=_time(erasure.ended_at_milliseconds),
        obstacles=[
            ObstacleTold(reason=each.reason, until=_time(each.until_milliseconds))
            for each in erasure.obstacles
        ],
    )


def _time(milliseconds: int | None) -> str | None:
    return None if milliseconds is None else timestamp(milliseconds)
