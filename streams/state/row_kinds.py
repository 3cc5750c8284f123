"""The kinds of rows that a worker keeps: what each is called by, begins as, and is stepped by.

Rows of both kinds share local state and changelog, and are told apart by how their keys begin.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import Any, Final, NamedTuple

from processors.cases import listing_cases
from processors.standing import standing
from streams.state.row_keys import LISTING_PREFIX, PARTY_PREFIX, listing_key
from streams.topology import INPUTS, PARTY_INPUTS


class RowKind(NamedTuple):
    """How keys of such rows begin, the id that is the record's key, the row's key, an empty row,
    and its step. Where an event does not tell the marketplace, its key is the bare listing id.

    A step whose row gets too large is refused by a reason.
    """

    prefix: bytes
    id_of: Callable[[Any], str]
    key_of: Callable[[Any], bytes]
    empty: Any
    step: Callable[[Any, Any, Any], Any]
    too_large: str


def _key_of_listing(event: Any) -> bytes:
    return listing_key(event.listing_id.encode(), event.marketplace)


def _key_of_party(event: Any) -> bytes:
    name: str = event.party_id
    return PARTY_PREFIX + name.encode()


LISTING: Final = RowKind(
    prefix=LISTING_PREFIX,
    id_of=attrgetter("listing_id"),
    key_of=_key_of_listing,
    empty=listing_cases.EMPTY,
    step=listing_cases.step,
    too_large="too_many_cases_for_listing",
)
PARTY: Final = RowKind(
    prefix=PARTY_PREFIX,
    id_of=attrgetter("party_id"),
    key_of=_key_of_party,
    empty=standing.EMPTY,
    step=standing.step,
    too_large="too_much_conduct_for_party",
)

KINDS_OF_TOPICS: Final[dict[str, RowKind]] = {
    **dict.fromkeys(INPUTS, LISTING),
    **dict.fromkeys(PARTY_INPUTS, PARTY),
}


def kind_of_row(key: bytes) -> RowKind:
    """Return the kind of a row by its key, as it stands in the changelog."""
    return PARTY if key.startswith(PARTY.prefix) else LISTING
