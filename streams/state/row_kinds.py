"""The kinds of rows that a worker keeps: what each is called by, begins as, and is stepped by.

Rows of both kinds share local state and changelog. A party's row is told from a listing's by how
its key begins: no listing id has a control character in it, so the two never meet.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import Any, Final, NamedTuple

from processors.cases import listing_cases
from processors.standing import standing
from streams.topology import INPUTS, PARTY_INPUTS


class RowKind(NamedTuple):
    """How keys of such rows begin, the id that names one, an empty row, and its step.

    A row of up to `small_items` always fits; a larger one is measured, and refused by a reason.
    """

    prefix: bytes
    id_of: Callable[[Any], str]
    empty: Any
    step: Callable[[Any, Any, Any], Any]
    items_of: Callable[[Any], int]
    small_items: int
    too_large: str


LISTING: Final = RowKind(
    prefix=b"",
    id_of=attrgetter("listing_id"),
    empty=listing_cases.EMPTY,
    step=listing_cases.step,
    items_of=lambda row: len(row.cases),
    small_items=20,
    too_large="too_many_cases_for_listing",
)
PARTY: Final = RowKind(
    prefix=b"\x01party:",
    id_of=attrgetter("party_id"),
    empty=standing.EMPTY,
    step=standing.step,
    items_of=lambda row: len(row.days),
    small_items=2_000,
    too_large="too_much_conduct_for_party",
)

KINDS_OF_TOPICS: Final[dict[str, RowKind]] = {
    **dict.fromkeys(INPUTS, LISTING),
    **dict.fromkeys(PARTY_INPUTS, PARTY),
}


def kind_of_row(key: bytes) -> RowKind:
    """Return the kind of a row by its key, as it stands in the changelog."""
    return PARTY if key.startswith(PARTY.prefix) else LISTING
