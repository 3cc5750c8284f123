"""Types of events' fields: what is read and written, how much, and whether it tells of a person.

Most fields need no more than one of these names. `Few` and `Many` bound a list; what stands in
`Annotated[...]` at a field is of that field alone.
"""

from typing import Annotated, Final, Literal, NamedTuple, TypeVar

Personal = Literal["identifier", "published", "name", "contact", "text"]
"""How a field tells of a person: by an id that stands for one, what an office publishes, a name, an
address, or a free text that may say anything of anybody."""

AvroNumber = Literal["int", "long", "double", "timestamp-millis"]

FIRST: Final = 1
DECLARED: Final = 2
PLACED: Final = 3
"""As DECLARED, and a record is to lie in the partition of its key."""
TIMED: Final = 4
"""As PLACED, and times are within bounds, those of records too; a case is closed to parties that it
does not know, and rows have room for those that it concerns."""
NEWEST: Final = TIMED
"""Editions of the bounds: what intake has always refused, and what it refuses since every text and
list has a bound. A replay judges a record by the edition that held when it was taken in."""


class Text(NamedTuple):
    """Bound of a text in characters (code points), and `filed_characters` where the filing API
    takes less. An id is not empty and has no control characters, a line has none of them."""

    maximum_characters: int
    form: Literal["text", "line", "id", "date"] = "text"
    personal: Personal | None = None
    filed_characters: int | None = None
    edition: int = DECLARED


class Items(NamedTuple):
    """Bound of a list, and `filed_items` where the filing API takes less."""

    maximum_items: int
    filed_items: int | None = None
    edition: int = DECLARED
    missing: str | None = None
    """Reason code of an empty list, where it is refused."""


class Number(NamedTuple):
    """How a number is written, its unit, and the range outside of which it is refused."""

    avro: AvroNumber
    unit: str = ""
    minimum: int | None = None
    maximum: int | None = None
    reason: str = "invalid_number"


class OneOf(NamedTuple):
    """The words that a text is one of, where it is no enumeration; the reason code of another."""

    words: tuple[str, ...]
    reason: str


class Unknown(NamedTuple):
    """The word that readers take for one that they don't know."""

    word: str


class Mandatory(NamedTuple):
    """A list or an optional value that readers don't take for empty where it is missing."""


Item = TypeVar("Item")
MANDATORY: Final = Mandatory()

NICE_CLASSES: Final = range(1, 46)
MAXIMUM_ID_CHARACTERS: Final = 256
EARLIEST_MILLISECONDS: Final = -(1 << 47)
"""Times of registers go back before 1970, but no further than some thousand years."""
LATEST_MILLISECONDS: Final = 1 << 47
"""Periods of law may be added to any time, and a calendar's last year is 9999."""
EARLIEST_RECORD_MILLISECONDS: Final = 946_684_800_000
LATEST_RECORD_MILLISECONDS: Final = 4_102_444_800_000
"""A record is of this century; nearer bounds are the brokers' to hold (schemas/topics.yaml)."""

Identifier = Annotated[str, Text(MAXIMUM_ID_CHARACTERS, "id", edition=FIRST)]
PartyId = Annotated[str, Text(MAXIMUM_ID_CHARACTERS, "id", "identifier", edition=FIRST)]
Reference = Annotated[str, Text(256)]
"""The id of another thing; empty where there is none, or where older records don't say."""
PersonReference = Annotated[str, Text(256, personal="identifier")]
Marketplace = Annotated[str, Text(MAXIMUM_ID_CHARACTERS, "id", filed_characters=100, edition=FIRST)]
MarketplaceReference = Annotated[str, Text(256, filed_characters=100)]
Word = Annotated[str, Text(256)]
"""A code, a version, a hash or the name of a topic."""
LanguageCode = Annotated[str, Text(64)]
CountryCode = Annotated[str, Text(64)]
TrademarkKey = Annotated[str, Text(2_000)]
TrademarkNumber = Annotated[str, Text(2_000, "line", filed_characters=40, edition=FIRST)]
RegisterNumber = Annotated[
    str, Text(MAXIMUM_ID_CHARACTERS, "id", filed_characters=40, edition=FIRST)
]
MarkText = Annotated[str, Text(10_000)]
OwnerName = Annotated[str, Text(10_000, personal="published")]
Date = Annotated[str, Text(10, "date", edition=FIRST)]
"""Year, month and day as ISO 8601 has them."""

Title = Annotated[str, Text(2_000, edition=FIRST)]
Label = Annotated[str, Text(2_000)]
Url = Annotated[str, Text(2_000, edition=FIRST)]
Statement = Annotated[str, Text(20_000, personal="text", edition=FIRST)]
Note = Annotated[str, Text(20_000, personal="text")]
Signature = Annotated[str, Text(2_000, "text", "name", 200, FIRST)]
EmailAddress = Annotated[str, Text(2_000, "text", "contact", 320, FIRST)]
PersonName = Annotated[str, Text(2_000, personal="name")]
Document = Annotated[str, Text(1_000_000)]

Whole = Annotated[int, Number("int")]
Long = Annotated[int, Number("long")]
Timestamp = Annotated[int, Number("timestamp-millis", "milliseconds since 1970-01-01, UTC")]
PresentTime = Annotated[
    int, Number("timestamp-millis", "milliseconds since 1970-01-01, UTC", minimum=0)
]
Milliseconds = Annotated[int, Number("long", "milliseconds")]
Seconds = Annotated[float, Number("double", "seconds")]
Euros = Annotated[float, Number("double", "euros")]
Share = Annotated[float, Number("double", "from 0 to 1")]
NiceClass = Annotated[
    int, Number("int", "", NICE_CLASSES[0], NICE_CLASSES[-1], "invalid_nice_class")
]
RegisterTime = Annotated[
    int, Number("timestamp-millis", "milliseconds since 1970-01-01, UTC", EARLIEST_MILLISECONDS)
]

Few = Annotated[tuple[Item, ...], Items(300, edition=FIRST)]
UpTo300 = Annotated[tuple[Item, ...], Items(300)]
Many = Annotated[tuple[Item, ...], Items(10_000)]
