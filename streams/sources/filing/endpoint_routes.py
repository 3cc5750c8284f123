"""Where commands are delivered to: recorded, changed and disabled by operators.

Nothing here takes an idempotency key, as its answer would be kept, and a secret with it.
"""

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from schemas.durations import HOUR_MILLISECONDS
from sinks.contract import SinkUnusable
from sinks.dispatch.operator import OperatorAction
from sinks.dispatch.recorded_endpoints import (
    EndpointBook,
    EndpointFields,
    NotRecorded,
    RecordedEndpoint,
    TooManySecrets,
)
from sinks.dispatch.settings import MAXIMUM_CONCURRENCY, MAXIMUM_TIMEOUT_SECONDS, SettingsInvalid
from sinks.private_texts.data_key import TextDamaged
from streams.sources.filing.fields import Request as Body
from streams.sources.filing.filings import timestamp
from streams.sources.filing.problems import (
    INVALID,
    MEDIA_TYPE_REFUSED,
    NOT_FOUND,
    TOO_LARGE,
    UNAVAILABLE,
    FieldError,
    Problem,
    responses,
)
from streams.sources.filing.routes import ActsAs, GuardedRoute
from streams.sources.filing.services import Endpoints, services_of
from streams.sources.filing.tokens import MAXIMUM_ID_CHARACTERS, Caller

MAXIMUM_URL_CHARACTERS = 2_000
MAXIMUM_OVERLAP_HOURS = 30 * 24
router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["endpoints"])
Operator = Annotated[Caller, Depends(ActsAs("operator"))]
Marketplace = Annotated[
    str, Path(min_length=1, max_length=MAXIMUM_ID_CHARACTERS, pattern=r"^[^\x00-\x1f\x7f]+$")
]
REFUSALS = responses(NOT_FOUND, TOO_LARGE, MEDIA_TYPE_REFUSED, INVALID)


class EndpointRequest(Body):
    """Where a marketplace takes commands, and which."""

    url: Annotated[str, Field(min_length=1, max_length=MAXIMUM_URL_CHARACTERS)] = Field(
        description="HTTPS, of a host with public addresses or that the endpoints file allows.",
        examples=["https://hooks.shop.example/ip"],
    )
    commands: Annotated[list[str], Field(max_length=20)] | None = Field(
        None, description="All but `party.notify` if left out."
    )
    concurrency: Annotated[int, Field(ge=1, le=MAXIMUM_CONCURRENCY)] = 8
    timeout_seconds: Annotated[float, Field(gt=0, le=MAXIMUM_TIMEOUT_SECONDS)] = 15.0


class SecretRequest(Body):
    """How long secrets that were given before still sign."""

    overlap_hours: Annotated[float, Field(ge=0, le=MAXIMUM_OVERLAP_HOURS)] = 24.0


class EndpointAct(Body):
    """Why an endpoint is disabled or enabled."""

    reason: Annotated[str, Field(min_length=1, max_length=500)]


class EndpointTold(BaseModel):
    """An endpoint as it is recorded."""

    marketplace: str
    url: str
    commands: list[str] | None
    concurrency: int
    timeout_seconds: float
    changed_by: str
    changed_at: str
    disabled_because: str | None


class EndpointRecorded(BaseModel):
    """What was recorded; the secret of a new endpoint is told this once."""

    marketplace: str
    secret: str | None = Field(description="By Standard Webhooks; null where it stays as it was.")


class EndpointList(BaseModel):
    """All endpoints that are recorded."""

    endpoints: list[EndpointTold]


class SecretTold(BaseModel):
    """A new secret, told this once."""

    secret: str
    former_sign_until: str


class EndpointEnabled(BaseModel):
    """How much was held."""

    released: int


@router.get(
    "/endpoints", response_model=EndpointList, responses=responses(), summary="See all endpoints"
)
def list_endpoints(request: Request, caller: Operator) -> EndpointList:
    """Return what is recorded, without secrets; those of the endpoints file are not among it."""
    services = services_of(request)
    book = _book(services.endpoints)
    with services.database.connection() as connection:
        return EndpointList(endpoints=[_told(each) for each in book.shown(connection)])


@router.put(
    "/endpoints/{marketplace}",
    response_model=EndpointRecorded,
    responses={**REFUSALS, 201: {"model": EndpointRecorded, "description": "It is new."}},
    summary="Record an endpoint",
)
def record_endpoint(
    request: Request, marketplace: Marketplace, body: EndpointRequest, caller: Operator
) -> JSONResponse:
    """Record an endpoint or change it whole; dispatch takes it up within seconds.

    Where the answer to a new one is lost, ask for a new secret.
    """
    services = services_of(request)
    book = _book(services.endpoints)
    from_file = services.endpoints.from_file
    if marketplace in from_file.endpoints:
        raise _invalid("The endpoints file names this marketplace, and wins.")
    fields = EndpointFields(
        marketplace, body.url, body.commands, body.concurrency, body.timeout_seconds
    )
    try:
        with services.database.transaction() as connection:
            secret = book.record(connection, fields, from_file.allowed_hosts, caller.party_id)
    except SettingsInvalid as error:
        raise _invalid(str(error)) from error
    recorded = EndpointRecorded(marketplace=marketplace, secret=secret)
    return JSONResponse(recorded.model_dump(), 200 if secret is None else 201)


@router.post(
    "/endpoints/{marketplace}/secret",
    response_model=SecretTold,
    responses=REFUSALS,
    summary="Renew an endpoint's secret",
)
def renew_endpoint_secret(
    request: Request, marketplace: Marketplace, body: SecretRequest, caller: Operator
) -> SecretTold:
    """Make a new secret; until those before it end, each signs, and acknowledgements by each are
    taken."""
    services = services_of(request)
    book = _book(services.endpoints)
    overlap = int(body.overlap_hours * HOUR_MILLISECONDS)
    try:
        with services.database.transaction() as connection:
            secret = book.renew_secret(connection, marketplace, overlap, caller.party_id)
    except NotRecorded as error:
        raise Problem(NOT_FOUND) from error
    except TooManySecrets as error:
        raise _invalid("As many secrets as may be are in force: wait until one ends.") from error
    except (TextDamaged, SinkUnusable) as error:
        raise Problem(UNAVAILABLE, "The endpoint's secrets can't be opened.") from error
    return SecretTold(secret=secret, former_sign_until=timestamp(book.now_milliseconds() + overlap))


@router.post("/endpoints/{marketplace}/disabling", status_code=204, responses=REFUSALS)
def disable_endpoint(
    request: Request, marketplace: Marketplace, body: EndpointAct, caller: Operator
) -> None:
    """Hold what goes to a marketplace until its endpoint is enabled; nothing of it is lost."""
    services = services_of(request)
    book = _book(services.endpoints)
    with services.database.transaction() as connection:
        book.disable(connection, marketplace, _act(book, caller, body))


@router.post(
    "/endpoints/{marketplace}/enabling", response_model=EndpointEnabled, responses=REFUSALS
)
def enable_endpoint(
    request: Request, marketplace: Marketplace, body: EndpointAct, caller: Operator
) -> EndpointEnabled:
    """Let go what was held meanwhile, and take back what a 410 did; what caps hold stays."""
    services = services_of(request)
    book = _book(services.endpoints)
    with services.database.transaction() as connection:
        released = book.enable(connection, marketplace, _act(book, caller, body))
    return EndpointEnabled(released=released)


def _book(endpoints: Endpoints) -> EndpointBook:
    if endpoints.book is None:
        raise Problem(UNAVAILABLE, "This server was given no keys for endpoints.")
    return endpoints.book


def _act(book: EndpointBook, caller: Caller, body: EndpointAct) -> OperatorAction:
    return OperatorAction(caller.party_id, body.reason, book.now_milliseconds())


def _told(recorded: RecordedEndpoint) -> EndpointTold:
    return EndpointTold(
        **recorded.fields._asdict(),
        changed_by=recorded.changed_by,
        changed_at=timestamp(recorded.changed_at_milliseconds),
        disabled_because=recorded.disabled_because,
    )


def _invalid(detail: str) -> Problem:
    return Problem(INVALID, "", [FieldError(pointer="#", code="invalid", detail=detail)])
