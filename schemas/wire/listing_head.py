"""The few fields of a listing's change that decide what becomes of one without cases.

Nearly all inputs are such. The rest of the record is passed over, and checked all the same: where a
head is read, the whole event can be, and is within its bounds. A long record, or one in which
anything is out of the ordinary, has no head and is read whole.
"""

from collections.abc import Callable
from functools import cache
from typing import Annotated, Any, Final, NamedTuple

from schemas.bounds import BoundsTests
from schemas.catalog import load_schema
from schemas.events.listings import ListingChanged, ListingStatus
from schemas.fields import (
    DECLARED,
    FIRST,
    TIMED,
    Few,
    Identifier,
    LanguageCode,
    Marketplace,
    NiceClass,
    Number,
    PartyId,
    PresentTime,
)
from schemas.wire.codec import PREFIX_BYTES
from schemas.wire.generated import UNUSUAL, some_fields

MAXIMUM_BYTES: Final = 2_000
"""Of a record with a head: so no text in it has more characters, which is the bound of those that
a head leaves out. Items that it leaves out are short, and fewer than 64."""


class ListingHead(NamedTuple):
    """A listing's change, as far as it is read at first."""

    listing_id: Identifier
    marketplace: Marketplace
    seller_id: PartyId
    version: Annotated[int, Number("long", minimum=0)]
    status: ListingStatus
    nice_classes: Few[NiceClass]
    changed_at_milliseconds: PresentTime
    language: LanguageCode
    listed_at_milliseconds: PresentTime | None


@cache
def _reader() -> Callable[[bytes, int], Any]:
    return some_fields(load_schema(ListingChanged.__name__), ListingHead)


class ListingHeads:
    """Reads heads behind the prefix that the registry gave to listings."""

    def __init__(self, prefix: bytes) -> None:
        self._prefix = prefix
        self._read = _reader()
        self._is_within_bounds = BoundsTests(FIRST, DECLARED, TIMED)[ListingHead]

    def head(self, value: bytes) -> ListingHead | None:
        """Return the head of a record's value, or None where the whole is to be read."""
        if len(value) > MAXIMUM_BYTES or not value.startswith(self._prefix):
            return None
        try:
            head: ListingHead = self._read(value, PREFIX_BYTES)
        except UNUSUAL:
            return None
        return head if self._is_within_bounds(head) else None
