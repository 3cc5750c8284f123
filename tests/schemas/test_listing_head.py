"""Where a head is read of a listing's change, the whole can be, and says the same."""

import json
from pathlib import Path

import pytest
from avro_data import DATA
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.bounds import violations
from schemas.catalog import event_of, load_schema
from schemas.events.listings import ListingChanged
from schemas.fields import DECLARED, FIRST
from schemas.record import record_of
from schemas.wire.generated import UNUSUAL, event_functions, some_fields
from schemas.wire.listing_head import MAXIMUM_BYTES, ListingHead, ListingHeads

EXAMPLES = Path(__file__).parents[2] / "schemas" / "examples" / "ListingChanged"
PREFIX = b"\x00\x00\x00\x00\x07"
NAME = ListingChanged.__name__
ENCODE, DECODE = event_functions(ListingChanged, load_schema(NAME))
HEADS = ListingHeads(PREFIX)
EXAMPLE = event_of(NAME, json.loads(sorted(EXAMPLES.glob("*.json"))[0].read_text()))
TITLE = "Кроссовки Nike 耐克 женские, белые, размер 38"


def head_of(listing):
    return ListingHead(*(getattr(listing, name) for name in ListingHead._fields))


def changed(**changes):
    return EXAMPLE._replace(**changes)


@pytest.mark.parametrize(
    "listing",
    [
        EXAMPLE,
        changed(brand=None),
        changed(brand="Nike", price_euros=12.5),
        changed(brand="耐" * 40, title=TITLE * 3, url="https://shop.example/" + "a" * 100),
        changed(nice_classes=(), territories=()),
        changed(version=2**40, changed_at_milliseconds=0),
        changed(listed_at_milliseconds=0),
        changed(listed_at_milliseconds=1_500_000_000_000, price_euros=1.5),
        changed(listed_at_milliseconds=2**47),
    ],
)
def test_a_usual_change_has_a_head(listing):
    assert HEADS.head(PREFIX + ENCODE(listing)) == head_of(listing)


@pytest.mark.parametrize(
    "value",
    [
        b"",
        PREFIX,
        b"\x00\x00\x00\x00\x08" + ENCODE(EXAMPLE),
        PREFIX + ENCODE(EXAMPLE) + b"\x00",
        PREFIX + ENCODE(changed(title="a" * MAXIMUM_BYTES)),
        PREFIX + ENCODE(changed(territories=("US",) * 300)),
        PREFIX + ENCODE(changed(listed_at_milliseconds=-1)),
        PREFIX + ENCODE(changed(listed_at_milliseconds=2**47 + 1)),
        PREFIX + ENCODE(changed(changed_at_milliseconds=2**63 - 1)),
        PREFIX + ENCODE(changed(listed_at_milliseconds=0))[:-1] + b"\x80" * 12 + b"\x00",
    ],
)
def test_what_is_unusual_has_none(value):
    assert HEADS.head(value) is None


@settings(max_examples=100, deadline=None)
@given(DATA[NAME])
def test_a_head_has_what_the_event_has(datum):
    listing = record_of(ListingChanged, datum)
    head = HEADS.head(PREFIX + ENCODE(listing))
    assert head is None or head == head_of(listing)


CHANGED = changed(brand="Nike", title=TITLE, price_euros=9.5, territories=("US", "DE"))
BODY = ENCODE(CHANGED)


@settings(max_examples=2_000, deadline=None)
@given(st.integers(0, len(BODY) - 1), st.binary(max_size=10), st.integers(0, len(BODY) + 5))
def test_nothing_has_a_head_that_can_not_be_read_whole(at, noise, length):
    body = (BODY[:at] + noise + BODY[at + len(noise) :])[:length]
    head = HEADS.head(PREFIX + body)
    if head is None:
        return
    listing = DECODE(body, 0)
    assert head == head_of(listing)
    assert violations(listing, FIRST) == violations(listing, DECLARED) == ()


def test_every_byte_of_a_text_is_checked():
    for at in range(len(BODY)):
        body = BODY[:at] + b"\xff" + BODY[at + 1 :]
        if HEADS.head(PREFIX + body) is not None:
            DECODE(body, 0)


@pytest.mark.parametrize(
    "changes",
    [
        {"listing_id": ""},
        {"seller_id": "a\nb"},
        {"marketplace": "a" * 257},
        {"version": -1},
        {"nice_classes": (46,)},
        {"nice_classes": (0,)},
        {"changed_at_milliseconds": -1},
        {"language": "a" * 65},
        {"territories": ("a" * 65,)},
    ],
)
def test_what_is_beyond_a_bound_has_none(changes):
    assert HEADS.head(PREFIX + ENCODE(changed(**changes))) is None


def test_fields_of_types_that_are_not_known_are_refused():
    with pytest.raises(TypeError):
        some_fields(load_schema("ComplaintDecided"), ListingHead)


def test_errors_are_those_of_the_whole_decoder():
    read = some_fields(load_schema(NAME), ListingHead)
    with pytest.raises(UNUSUAL):
        read(b"\x02a", 0)
