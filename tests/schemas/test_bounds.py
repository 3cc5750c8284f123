"""What is beyond a declared bound is refused with its reason, and nothing else is."""

import json
from pathlib import Path
from typing import Any

import pytest
from avro_data import DATA
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.bounds import BoundsTests, violations
from schemas.catalog import EVENT_TYPES, event_of
from schemas.declared_fields import Field, fields_of, filed_maximum
from schemas.events.complaints import Evidence, EvidenceList
from schemas.fields import DECLARED, FIRST, EmailAddress, Items, Statement, Text
from schemas.record import record_of

DIRECTORY = Path(__file__).parents[2] / "schemas" / "examples"
TESTS = {edition: BoundsTests(edition) for edition in (FIRST, DECLARED)}


def examples(name):
    paths = sorted((DIRECTORY / name).glob("*.json"))
    return [event_of(name, json.loads(path.read_text(encoding="utf-8"))) for path in paths]


def example(name, /, **changes):
    return examples(name)[0]._replace(**changes)


def codes(event, edition):
    found = tuple(each.code for each in violations(event, edition))
    assert bool(TESTS[edition][type(event)](event)) == (not found)
    return found


def bounded(kind: Any):
    """Yield each bounded text and list of an event, with a value at its bound and one beyond."""
    for name, field in fields_of(kind).items():
        text, items = field.find(Text), field.find(Items)
        if text and text.form != "date":
            most = text.maximum_characters
            code = "invalid_id" if text.form == "id" else "text_too_long"
            yield name, "x" * most, "x" * (most + 1), code, text.edition
        if items and not field.optional and len(field.items) == 1:
            each = Field(field.items[0])
            if each.type is str:
                most = items.maximum_items
                yield name, ("x",) * most, ("x",) * (most + 1), "too_many_items", items.edition


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_an_example_is_within_all_bounds(name):
    for event in examples(name):
        assert codes(event, FIRST) == ()
        assert codes(event, DECLARED) == ()


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_each_bound_holds_to_the_last_character_and_item(name):
    for field, at_bound, beyond, code, edition in bounded(EVENT_TYPES[name]):
        assert codes(example(name, **{field: at_bound}), edition) == (), field
        over = example(name, **{field: beyond})
        assert codes(over, edition) == (code,), field
        assert violations(over, edition)[0].field == field
        assert codes(over, DECLARED if edition == FIRST else FIRST) == (), field


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_the_one_test_and_the_single_ones_agree(name):
    @settings(max_examples=30, deadline=None)
    @given(DATA[name], st.sampled_from((FIRST, DECLARED)))
    def check(datum, edition):
        codes(record_of(EVENT_TYPES[name], datum), edition)

    check()


def test_what_stands_in_lists_and_records_is_bounded_too():
    evidence = Evidence("x" * 257, "photo", None)
    filed = example("ComplaintFiled", evidence=(evidence,))
    assert violations(filed, DECLARED) == (("text_too_long", "evidence.evidence_id"),)
    decided = example("ComplaintDecided", findings={"authority": "x" * 257})
    assert violations(decided, DECLARED) == (("text_too_long", "findings"),)
    listed = example("ListingChanged", territories=("DE", "x" * 65))
    assert violations(listed, DECLARED) == (("text_too_long", "territories"),)


def test_of_several_ids_the_first_is_told_and_other_reasons_once():
    filed = example(
        "ComplaintFiled",
        complaint_id="",
        listing_id="",
        statement="x" * 20_001,
        signature="x" * 2_001,
        filed_at_milliseconds=-1,
    )
    assert violations(filed, FIRST) == (
        ("invalid_id", "complaint_id"),
        ("invalid_number", "filed_at_milliseconds"),
        ("text_too_long", "statement"),
    )


def test_parties_may_file_less_than_others_send():
    assert filed_maximum(EmailAddress) == 320
    assert filed_maximum(Statement) == 20_000
    assert filed_maximum(EvidenceList) == 20
    with pytest.raises(TypeError, match="no bound"):
        filed_maximum(str)
