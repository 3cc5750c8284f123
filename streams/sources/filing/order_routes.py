"""What operators record of courts and authorities: orders, and what authorities are told."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse
from pydantic import Field

from schemas.events.orders import OrderedEffect, OrderKind, OrderLifted, OrderReceived
from schemas.events.seller_orders import (
    SellerOrderEffect,
    SellerOrderLifted,
    SellerOrderReceived,
)
from schemas.events.suspicions import CrimeSuspected
from streams.sources.filing.case_routes import POSTED, Key, posted
from streams.sources.filing.complaint_routes import CaseId
from streams.sources.filing.fields import (
    Country,
    Explanation,
    Identifier,
    Line,
    Statement,
    Time,
)
from streams.sources.filing.fields import Request as Body
from streams.sources.filing.problems import INVALID, NOT_FOUND, FieldError, Problem
from streams.sources.filing.routes import ActsAs, GuardedRoute
from streams.sources.filing.services import services_of
from streams.sources.filing.tokens import Caller

router = APIRouter(prefix="/v1", route_class=GuardedRoute, tags=["orders"])
Operator = Annotated[Caller, Depends(ActsAs("operator"))]
MAXIMUM_TERRITORIES = 300


class IssuedOrder(Body):
    """What any order of a court or an authority says (DSA Articles 9 and 10)."""

    issuer: Line = Field(description="Court or authority.")
    reference: Line = Field(description="Number under which it has the order.")
    kind: OrderKind
    legal_basis: Line = Field(description="Law on which it rests.")
    territories: list[Country] = Field(
        max_length=MAXIMUM_TERRITORIES, description="As the order says; empty for all countries."
    )
    until: Time | None = Field(default=None, description="When it ends, if it says so.")
    document: Line = Field(description="Where the order itself is kept.")


class OrderRequest(IssuedOrder):
    """An order about a listing."""

    listing_id: Identifier
    marketplace: Annotated[Identifier, Field(max_length=100)]
    effect: OrderedEffect = Field(
        description="keep_down, put_back, or inform, which does nothing to the listing."
    )


class SellerOrderRequest(IssuedOrder):
    """An order against a seller and all that it offers."""

    party_id: Identifier = Field(description="The seller.")
    effect: SellerOrderEffect = Field(
        description="block, or inform, which does nothing to the seller."
    )


class OrderLiftedRequest(Body):
    """By what an order was lifted."""

    explanation: Explanation = ""


@router.post("/orders", **POSTED)
def record_order(
    request: Request, body: OrderRequest, caller: Operator, given: Key
) -> JSONResponse:
    """Record an order; it is carried out at once, and answered on `ip.decisions.events`."""
    filing = posted(request, caller, given)
    event = OrderReceived(
        order_id=filing.identity.filing_id,
        listing_id=body.listing_id,
        marketplace=body.marketplace,
        effect=body.effect,
        **_issued(body, filing.now_milliseconds),
        recorded_by=caller.party_id,
        recorded_at_milliseconds=filing.now_milliseconds,
    )
    return filing.file("order", event.order_id, event)


@router.post("/orders/{order_id}/lifted", **POSTED)
def lift_order(
    request: Request, order_id: CaseId, body: OrderLiftedRequest, caller: Operator, given: Key
) -> JSONResponse:
    """Record that an order holds no more, before the day that it named."""
    order = _recorded(request, "order", order_id)
    filing = posted(request, caller, given)
    event = OrderLifted(
        lift_id=filing.identity.filing_id,
        order_id=order_id,
        listing_id=order["listing_id"],
        marketplace=order["marketplace"],
        explanation=body.explanation,
        recorded_by=caller.party_id,
        recorded_at_milliseconds=filing.now_milliseconds,
    )
    return filing.file("order_lifted", order_id, event)


@router.post("/seller-orders", **POSTED)
def record_seller_order(
    request: Request, body: SellerOrderRequest, caller: Operator, given: Key
) -> JSONResponse:
    """Record an order against a seller; marketplaces are told at once to keep all that it offers
    from buyers in the countries of the order, and it is answered on `ip.decisions.events`."""
    filing = posted(request, caller, given)
    event = SellerOrderReceived(
        order_id=filing.identity.filing_id,
        party_id=body.party_id,
        effect=body.effect,
        **_issued(body, filing.now_milliseconds),
        recorded_by=caller.party_id,
        recorded_at_milliseconds=filing.now_milliseconds,
    )
    return filing.file("seller_order", None, event)


@router.post("/seller-orders/{order_id}/lifted", **POSTED)
def lift_seller_order(
    request: Request, order_id: CaseId, body: OrderLiftedRequest, caller: Operator, given: Key
) -> JSONResponse:
    """Record that an order against a seller holds no more, before the day that it named."""
    order = _recorded(request, "seller_order", order_id)
    filing = posted(request, caller, given)
    event = SellerOrderLifted(
        lift_id=filing.identity.filing_id,
        order_id=order_id,
        party_id=order["party_id"],
        explanation=body.explanation,
        recorded_by=caller.party_id,
        recorded_at_milliseconds=filing.now_milliseconds,
    )
    return filing.file("seller_order_lifted", None, event)


class SuspicionRequest(Body):
    """A suspicion of a crime that threatens life or safety (DSA Article 18)."""

    listing_id: Identifier
    marketplace: Annotated[Identifier, Field(max_length=100)]
    case_id: Identifier | None = Field(
        default=None, description="Case in which it was seen, if it was."
    )
    suspicion: Statement = Field(
        description="What is suspected and why; authorities are told it in these words."
    )
    territories: list[Country] = Field(
        default=[],
        max_length=MAXIMUM_TERRITORIES,
        description="States concerned; where none is known, authorities at home or Europol are "
        "informed.",
    )


@router.post("/suspicions", **POSTED)
def record_suspicion(
    request: Request, body: SuspicionRequest, caller: Operator, given: Key
) -> JSONResponse:
    """Have authorities informed of a suspected crime that threatens life or safety; the marketplace
    is commanded to at once, and no party to a case is told."""
    filing = posted(request, caller, given)
    event = CrimeSuspected(
        suspicion_id=filing.identity.filing_id,
        listing_id=body.listing_id,
        marketplace=body.marketplace,
        case_id=body.case_id or "",
        suspicion=body.suspicion,
        territories=tuple(body.territories),
        recorded_by=caller.party_id,
        recorded_at_milliseconds=filing.now_milliseconds,
    )
    return filing.file("suspicion", None, event)


def _issued(body: IssuedOrder, now_milliseconds: int) -> dict[str, Any]:
    """Return what events of all orders say; an order that has ended is none."""
    until = None if body.until is None else int(body.until.timestamp() * 1000)
    if until is not None and until <= now_milliseconds:
        told = FieldError(pointer="#/until", code="in_the_past", detail="The order has ended.")
        raise Problem(INVALID, "", [told])
    return {
        "issuer": body.issuer,
        "reference": body.reference,
        "kind": body.kind,
        "legal_basis": body.legal_basis,
        "territories": tuple(body.territories),
        "until_milliseconds": until,
        "document": body.document,
    }


def _recorded(request: Request, kind: str, order_id: str) -> dict[str, Any]:
    """Return an order as it was recorded here."""
    store = services_of(request).store
    order = store.filed(order_id)
    if order is None or order["kind"] != kind:
        raise Problem(NOT_FOUND)
    return store.request_of(order, "filing")
