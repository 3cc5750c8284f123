"""Each rule of the server refuses, and each error says its field."""

import copy

import pytest
from fake_transparency_database import errors_of
from hypothesis import given, settings
from hypothesis import strategies as st
from matrix import examples
from statement_events import decided, sources

from schemas.statements.law import ECONOMIC_AREA, UNION_MEMBERS
from sinks.statements import vocabulary
from sinks.statements.mapping import OmittedStatement, StatementSettings, statement_of
from sinks.statements.validation import (
    CHOICES,
    EARLIEST,
    END_DATES,
    LISTS,
    REQUIRED,
    TEXT_LIMITS,
    validate,
)

SETTINGS = StatementSettings()


def statement(**changes):
    made = copy.deepcopy(statement_of(decided(), SETTINGS).body)
    made.update(changes)
    return made


def refused(made):
    return {error.field for error in validate(made)}


def test_the_codes_are_those_of_the_present_schema():
    assert len(ECONOMIC_AREA) == 30
    assert len(UNION_MEMBERS) == 27
    assert len(vocabulary.CATEGORIES) == 16
    assert "KEYWORD_DANGEROUS_TOYS" not in vocabulary.KEYWORDS
    assert "STATEMENT_CATEGORY_UNSAFE_AND_ILLEGAL_PRODUCTS" not in vocabulary.CATEGORIES


@pytest.mark.parametrize("name", REQUIRED)
def test_what_is_required_is_missed(name):
    made = statement()
    del made[name]
    assert name in refused(made)
    assert name in refused(statement(**{name: None}))


def test_one_of_the_four_decisions_is_required():
    made = statement()
    del made["decision_visibility"]
    assert refused(made) == set(END_DATES.values())
    assert refused(made | {"decision_monetary": "DECISION_MONETARY_SUSPENSION"}) == set()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *((name, "NO_SUCH_CODE") for name in CHOICES),
        *((name, True) for name in CHOICES),
        *((name, ["NO_SUCH_CODE"]) for name in LISTS),
        *((name, []) for name in LISTS),
        *((name, sorted(codes)[0]) for name, codes in LISTS.items()),
        *((name, [sorted(codes)[0]] * 2) for name, codes in LISTS.items()),
        *((name, "a" * (limit + 1)) for name, limit in TEXT_LIMITS.items()),
        *((name, "  ") for name in TEXT_LIMITS),
        *((name, 7) for name in TEXT_LIMITS),
        *((name, "2026-2-1") for name in (*EARLIEST, *END_DATES)),
        *((name, "2026-02-30") for name in (*EARLIEST, *END_DATES)),
        *((name, "2038-01-02") for name in (*EARLIEST, *END_DATES)),
        *((name, "2026-02-01\n") for name in (*EARLIEST, *END_DATES)),
        ("content_date", "1999-12-31"),
        ("application_date", "2019-12-31"),
        ("end_date_visibility_restriction", "2026-02-02"),
        ("end_date_account_restriction", "2030-01-01"),
        ("puid", "a b"),
        ("puid", "abc\n"),
        ("puid", "abc.d"),
        ("decision_ground_reference_url", "ftp://example.com"),
        ("decision_ground_reference_url", "https://exa mple.com"),
        ("decision_ground_reference_url", "https://[::1"),
        ("content_language", "de"),
        ("territorial_scope", ["DE", "US"]),
        ("content_id", {"EAN-13": "123456789012"}),
        ("content_id", {"EAN-13": "4006381333932"}),
        ("content_id", {"EAN-13": "4006381333931", "ISBN": "1"}),
        ("content_id", "4006381333931"),
        ("source_identity", "write to jane@example.com"),
        ("decision_facts", "Jane, telephone +49 30 1234567"),
        ("incompatible_content_illegal", "Yes"),
        ("incompatible_content_ground", "terms"),
        ("decision_visibility_other", "x"),
        ("decision_monetary_other", "x"),
        ("content_type_other", "x"),
        ("category_specification_other", "x"),
        ("category_addition", ["STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS"]),
        ("uuid", "x"),
    ],
)
def test_a_wrong_value_is_refused_by_its_field(name, value):
    assert refused(statement()) == set()
    assert name in refused(statement(**{name: value}))


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"decision_visibility": ["DECISION_VISIBILITY_OTHER"]}, "decision_visibility_other"),
        ({"decision_monetary": "DECISION_MONETARY_OTHER"}, "decision_monetary_other"),
        ({"content_type": ["CONTENT_TYPE_OTHER"]}, "content_type_other"),
        ({"category_specification": ["KEYWORD_OTHER"]}, "category_specification_other"),
        ({"illegal_content_legal_ground": None}, "illegal_content_legal_ground"),
        ({"illegal_content_explanation": None}, "illegal_content_explanation"),
        ({"source_type": "SOURCE_VOLUNTARY", "source_identity": "A"}, "source_identity"),
    ],
)
def test_what_one_field_asks_of_another(changes, name):
    assert name in refused(statement(**changes))


def test_the_check_digit_of_a_product_is_right():
    assert refused(statement(content_id={"EAN-13": "4006381333931"})) == set()


@settings(max_examples=examples(150))
@given(sources, st.data())
def test_whatever_the_server_refuses_is_refused(event, data):
    made = statement_of(event, SETTINGS)
    body = {} if isinstance(made, OmittedStatement) else dict(made.body)
    for name in data.draw(st.lists(st.sampled_from([*REQUIRED, *LISTS, *END_DATES]), max_size=3)):
        body[name] = data.draw(st.sampled_from([None, "", [], "x", ["DE"], "2019-01-01", 3]))
    if errors_of(body):
        assert validate(body)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner),
    max_leaves=5,
)


@settings(max_examples=examples(100))
@given(st.dictionaries(st.sampled_from([*REQUIRED, *LISTS, *END_DATES, "x"]), anything))
def test_whatever_is_given_is_answered(made):
    assert validate(made)


@settings(max_examples=examples(100))
@given(sources, st.data())
def test_a_mutated_statement_is_refused(event, data):
    made = statement_of(event, SETTINGS)
    if isinstance(made, OmittedStatement):
        return
    name = data.draw(st.sampled_from(sorted(made.body)))
    other = data.draw(st.sampled_from(["\u2603", 13, [], ["x"], {}, "x" * 5_001, "", False]))
    assert name in {error.field for error in validate(made.body | {name: other})} or (
        # Free texts take any word that is short enough.
        name in TEXT_LIMITS and other == "\u2603"
    )
