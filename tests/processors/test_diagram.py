"""Decision diagrams against lists of all combinations, where these are short."""

from collections import Counter
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from world_rules import conditions

from processors.rules.condition import Conjunction, Constant, Disjunction, Negation, holds
from processors.rules.diagram import FALSE, TRUE, Diagram, DiagramTooLarge, leaf
from processors.rules.rule_diagram import RuleDiagram

WORDS = {"colour": ("red", "green", "blue"), "size": ("small", "large"), "shade": ("light",)}
EVERY = list(product(*(range(len(words)) for words in WORDS.values())))


def findings(places):
    return {name: WORDS[name][place] for name, place in zip(WORDS, places, strict=True)}


@settings(deadline=None)
@given(st.lists(conditions(WORDS), min_size=1, max_size=6))
def test_the_first_that_holds_is_that_of_the_list(conditions):
    listed = {
        places: next(
            (n for n, each in enumerate(conditions) if holds(each, findings(places))),
            len(conditions),
        )
        for places in EVERY
    }
    rules = RuleDiagram(WORDS)
    function = rules.first_that_holds(conditions)
    assert rules.diagram.counts(function) == Counter(listed.values())
    for value in set(listed.values()):
        found = list(rules.diagram.combinations(function, value))
        assert found == [places for places in EVERY if listed[places] == value]
    assert not list(rules.diagram.combinations(function, len(conditions) + 1))


@settings(deadline=None)
@given(conditions(WORDS), conditions(WORDS))
def test_equal_functions_are_one_node(first, second):
    rules = RuleDiagram(WORDS)
    same = all(holds(first, findings(p)) == holds(second, findings(p)) for p in EVERY)
    assert (rules.function_of(first) == rules.function_of(second)) is same
    both = rules.function_of(Conjunction((first, second)))
    assert both == rules.function_of(Negation(Disjunction((Negation(second), Negation(first)))))


@settings(deadline=None)
@given(conditions(WORDS), conditions(WORDS))
def test_a_pair_has_the_labels_of_both(first, second):
    rules = RuleDiagram(WORDS)
    functions = [rules.function_of(each) for each in (first, second)]
    pair = rules.diagram.pair(*functions, lambda a, b: 2 * a + b)
    assert rules.diagram.counts(pair) == Counter(
        2 * holds(first, findings(p)) + holds(second, findings(p)) for p in EVERY
    )


def test_a_finding_that_makes_no_difference_is_not_asked_for():
    diagram = Diagram([3, 2])
    red = diagram.member(0, frozenset({0}))
    assert diagram.member(1, frozenset({0, 1})) == TRUE
    assert diagram.member(1, frozenset()) == FALSE
    assert diagram.choose(diagram.member(1, frozenset({1})), red, red) == red
    assert diagram.reachable(red) == [red]
    assert diagram.counts(TRUE) == {1: 6}
    assert list(diagram.combinations(red, 1)) == [(0, 0), (0, 1)]


def test_numbers_beyond_all_lists_are_exact():
    diagram = Diagram([10] * 100)
    function = leaf(0)
    for level in range(100):
        function = diagram.choose(diagram.member(level, frozenset({3})), leaf(1), function)
    assert diagram.counts(function) == {0: 9**100, 1: 10**100 - 9**100}
    assert next(diagram.combinations(function, 1)) == (*(0,) * 99, 3)
    assert len(diagram.reachable(function)) == 100


@pytest.mark.parametrize(("limit", "said"), [("NODES", "50 nodes"), ("STEPS", "50 steps")])
def test_what_takes_too_much_is_refused(monkeypatch, limit, said):
    monkeypatch.setattr(f"processors.rules.diagram.MAXIMUM_{limit}", 50)
    diagram = Diagram([2] * 40)

    def any_pair() -> int:
        """Both of some two findings that stand far from each other: each doubles the nodes."""
        function = FALSE
        for level in range(20):
            one, other = (diagram.member(n, frozenset({1})) for n in (level, level + 20))
            function = diagram.choose(diagram.choose(one, other, FALSE), TRUE, function)
        return function

    with pytest.raises(DiagramTooLarge, match=said):
        any_pair()


def test_a_constant_is_a_leaf():
    rules = RuleDiagram(WORDS)
    assert rules.function_of(Constant(True)) == TRUE
    assert rules.first_that_holds([Constant(False)]) == leaf(1)
