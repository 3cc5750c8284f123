"""Test purchases as parties file them: the order, its days, and what was found."""

from typing import Annotated

from pydantic import Field, model_validator

from schemas.declared_fields import filed_maximum
from schemas.events.complaints import ParticularText, Purchase
from streams.sources.filing.fields import Day, Line, Request

MAXIMUM_FEATURES = 20


class PurchaseRequest(Request):
    """Goods ordered from the listing to see what is sent."""

    order_id: Annotated[Line, Field(max_length=100, description="Number of the order.")]
    ordered_on: Day
    received_on: Day
    features: list[Annotated[Line, Field(max_length=500)]] = Field(
        min_length=1,
        max_length=MAXIMUM_FEATURES,
        description="Features found by which the goods are told from genuine ones.",
        examples=[["No batch code on the base"]],
    )
    comparison: str = Field(
        default="",
        max_length=filed_maximum(ParticularText),
        description="How they differ from genuine goods, feature by feature.",
    )

    @model_validator(mode="after")
    def _in_order(self) -> "PurchaseRequest":
        if self.received_on < self.ordered_on:
            raise ValueError("goods are received after they are ordered")
        return self


def purchase_of(told: PurchaseRequest | None) -> Purchase | None:
    """Return a purchase as events carry it."""
    if told is None:
        return None
    days = (told.ordered_on, told.received_on)
    return Purchase(told.order_id, *days, tuple(told.features), told.comparison)
