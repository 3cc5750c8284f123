"""A delivery as senders hold it, and the ways in which a claim of it ends."""

from typing import NamedTuple

from schemas.events.acknowledgements import CommandAcknowledged
from schemas.traces import TraceContext, parse_traceparent


class Delivery(NamedTuple):
    """A claimed delivery; `claims` tells this claim from later ones."""

    delivery_number: int
    claims: int
    attempts: int
    command_id: str
    marketplace: str
    type: str
    listing_id: str
    case_id: str
    rule_id: str
    complainant_id: str
    seller_id: str
    restrictive: bool
    body: str
    taken_in_at_milliseconds: int
    traceparent: str

    @property
    def trace(self) -> TraceContext | None:
        """The span of this attempt, where the command came with a trace."""
        parent = parse_traceparent(self.traceparent)
        return None if parent is None else parent.child(self.marketplace, self.claims)


class Received(NamedTuple):
    """A delivery was answered by 2xx; `acknowledgement` is there where the answer was one."""

    delivery: Delivery
    status: int
    at_milliseconds: int
    result: str = ""
    detail: str = ""
    acknowledgement: CommandAcknowledged | None = None


class DeferredDelivery(NamedTuple):
    """A claim that ends otherwise: due again later, held, or failed.

    `attempted` tells whether it counts as an attempt, as what a switch kept back does not.
    """

    delivery: Delivery
    state: str
    reason: str
    detail: str
    due_at_milliseconds: int
    attempted: bool
    status: int | None = None


class Tally(NamedTuple):
    """How many deliveries are due now, and how many wait for a person, by reason."""

    due: int
    held: dict[str, int]
