"""The form of conditions: what is taken, and what is refused, where and why."""

import pytest
from hypothesis import given, settings
from world_rules import conditions, text_of

from processors.rules.condition import (
    Comparison,
    Conjunction,
    Constant,
    Disjunction,
    Negation,
    holds,
)
from processors.rules.domain import COMPLAINTS
from processors.rules.parser import MAXIMUM_DEPTH, condition_of
from processors.rules.tokens import ConditionInvalid

WORDS = {"colour": ("red", "green", "blue"), "size": ("small", "large"), "shade": ("light",)}
RED = Comparison("colour", frozenset({"red"}))
SMALL = Comparison("size", frozenset({"small"}))
LIGHT = Comparison("shade", frozenset({"light"}))


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("true", Constant(True)),
        ("false", Constant(False)),
        ('colour == "red"', RED),
        ("colour=='red'", RED),
        ('colour != "red"', Negation(RED)),
        ('colour in ["red"]', RED),
        ('colour in ["red", "blue"]', Comparison("colour", frozenset({"red", "blue"}))),
        ('!(colour == "red")', Negation(RED)),
        ("!!true", Negation(Negation(Constant(True)))),
        ('((colour == "red"))', RED),
        (
            'colour == "red" || size == "small" && shade == "light"',
            Disjunction((RED, Conjunction((SMALL, LIGHT)))),
        ),
        (
            '(colour == "red" || size == "small") && shade == "light"',
            Conjunction((Disjunction((RED, SMALL)), LIGHT)),
        ),
        (
            'colour == "red" && size == "small" && shade == "light"',
            Conjunction((RED, SMALL, LIGHT)),
        ),
        ('// which\n\t colour == // is\r\n "red" // or is it', RED),
        ('colour == "red" // "', RED),
    ],
)
def test_what_a_condition_says(text, condition):
    assert condition_of(text, WORDS) == condition


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "at character 1: a finding is to come here, not the end"),
        ("colour", "at character 7: ==, != or in is to come after colour, not the end"),
        ("colour ==", "at character 10: a word in quotes is to come here, not the end"),
        ("colour == red", "at character 11: a word in quotes is to come here, not 'red'"),
        ('colour == "rde"', "at character 11: colour is never 'rde'; the nearest is 'red'"),
        ('coluor == "red"', "at character 1: no finding is named 'coluor'; the nearest"),
        (
            'true\n&& siez == "x"',
            "at character 9: no finding is named 'siez'; the nearest",
        ),
        ('"red" == colour', "at character 1: a finding is to come here, not 'red'"),
        ("colour in []", "at character 12: a word in quotes is to come here, not ']'"),
        ('colour in ["red",]', "at character 18: a word in quotes is to come here, not ']'"),
        ('colour in "red"', "at character 11: '[' is to come here, not 'red'"),
        ('colour in ["red"', "at character 17: ']' is to come here, not the end"),
        ('(colour == "red"', "at character 17: ')' is to come here, not the end"),
        ("true)", "at character 5: ')' is too much"),
        ("true) || (true", "at character 5: ')' is too much"),
        ("true true", "at character 6: 'true' is too much"),
        ('!colour == "red"', "at character 2: what ! is about stands in brackets, or use !="),
        ('colour = "red"', "at character 8: '=' stands alone"),
        ("true & true", "at character 6: '&' stands alone"),
        ('colour < "red"', "at character 8: '<' is in no condition"),
        ("size == colour", "at character 9: a word in quotes is to come here, not 'colour'"),
        ('true ? colour == "red" : true', "at character 6: '?' is in no condition"),
        ("1 + 1", "at character 1: '1' is in no condition"),
        ('colour.startsWith("r")', "at character 7: '.' is in no condition"),
        ('size == "larg3"', "size is never 'larg3'; the nearest is 'large'"),
        ("size(colour) == 3", "at character 5: ==, != or in is to come after size, not '('"),
        ("['a'].all(x, true)", "at character 1: a finding is to come here, not '['"),
        ("__import__('os').system('true')", "at character 1: no finding is named '__import__'"),
        ('colour == "red', "at character 11: a word ends on its line"),
        ('colour == "re\\"d"', "at character 11: a word ends on its line"),
        ('colour == "red\n"', "at character 11: a word ends on its line"),
        ('colour == """red"""', "at character 11: colour is never ''"),
        ('colour == r"red"', "at character 11: a word in quotes is to come here, not 'r'"),
        ('colour\u00a0== "red"', "at character 7: '\\xa0' is in no condition"),
        ('"\ud800" == "red"', "at character 1: a finding is to come here"),
        ("(" * 5_000, "at character 4001: the condition is longer than 4000 characters"),
        ("(" * 2_000 + "true" + ")" * 1_000, "more than 32 brackets and ! within each other"),
        ("!" * 3_000 + "true", "more than 32 brackets and ! within each other"),
    ],
)
def test_what_is_no_condition_is_refused_with_its_place_and_reason(text, said):
    with pytest.raises(ConditionInvalid) as refused:
        condition_of(text, WORDS)
    assert said in str(refused.value)


def test_brackets_within_each_other_have_a_limit_and_those_beside_each_other_none():
    deepest = "(" * MAXIMUM_DEPTH + "true" + ")" * MAXIMUM_DEPTH
    assert condition_of(" && ".join([deepest] * 20), WORDS) == Conjunction((Constant(True),) * 20)
    with pytest.raises(ConditionInvalid, match="more than"):
        condition_of(f"({deepest})", WORDS)


@settings(deadline=None)
@given(conditions(WORDS))
def test_a_condition_that_is_written_reads_as_it_was(condition):
    assert condition_of(text_of(condition), WORDS) == condition


def test_names_of_findings_can_stand_in_conditions():
    for name, words in COMPLAINTS.words.items():
        for word in words:
            condition = condition_of(f'{name} == "{word}"', COMPLAINTS.words)
            assert holds(condition, {name: word})
