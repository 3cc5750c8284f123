"""A row that changed has the bytes of one encoded whole, whatever was taken over."""

import pytest
from avro_data import DATA
from hypothesis import given, settings
from hypothesis import strategies as st
from matrix import examples

from schemas.record import record_of
from schemas.wire.codec import DecodeError
from schemas.wire.registry import offline_codec
from schemas.wire.row_codec import ROW_TYPES, RowCodec

TOPIC = "ip.cases.state"
CODEC = offline_codec()
ROWS = RowCodec(CODEC, TOPIC)


def rows_of(kind):
    return DATA[kind.__name__].map(lambda datum: record_of(kind, datum))


def mixed(first, second, take):
    """A row of some fields of one row and some of another, with the items of arrays joined."""
    values = []
    for one, other, choice in zip(first, second, take, strict=False):
        both = isinstance(one, tuple) and isinstance(other, tuple) and not hasattr(one, "_fields")
        values.append((*one[:1], *other, *one[1:]) if both and choice else one if choice else other)
    return type(first)(*values)


@pytest.mark.parametrize("kind", ROW_TYPES, ids=lambda kind: kind.__name__)
def test_what_is_taken_over_from_a_row_leaves_no_trace(kind):
    @settings(max_examples=examples(30))
    @given(rows_of(kind), rows_of(kind), st.lists(st.booleans(), min_size=9, max_size=9))
    def check(first, second, take):
        for before in (
            ROWS.encode(first, None),
            ROWS.decode(CODEC.encode(TOPIC, first)),
        ):
            assert before.value == CODEC.encode(TOPIC, first)
            assert before.row == first
            after = mixed(before.row, second, take)
            encoded = ROWS.encode(after, before)
            assert encoded.value == CODEC.encode(TOPIC, after)
            assert ROWS.encode(after, encoded).value == encoded.value

    check()


@pytest.mark.parametrize("kind", ROW_TYPES, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(
    "damage",
    [lambda v: v[:-1], lambda v: v + b"\x00", lambda _: b"", lambda v: v + bytes(3_000_000)],
)
def test_a_damaged_row_is_refused_as_the_codec_refuses_it(kind, damage):
    @settings(max_examples=examples(10))
    @given(rows_of(kind))
    def check(row):
        value = damage(CODEC.encode(TOPIC, row))
        with pytest.raises(DecodeError) as expected:
            CODEC.decode(TOPIC, value, None)
        with pytest.raises(DecodeError) as found:
            ROWS.decode(value)
        assert found.value.args == expected.value.args

    check()
