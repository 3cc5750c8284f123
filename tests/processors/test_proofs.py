"""What is proved of rule sets, against lists of all combinations."""

from collections import Counter
from itertools import product
from typing import Literal, NamedTuple

from hypothesis import given, settings
from hypothesis import strategies as st
from world_rules import conditions, text_of

from processors.rules.domain import COMPLAINTS, Domain
from processors.rules.parser import condition_of
from processors.rules.proofs import Difference, IdleRule, differences, idle_rules, shares
from processors.rules.rule_set import NO_RULE_ID, RuleSet
from processors.titles.misuse import MISUSE
from schemas.events.rules import Rule
from streams.policies.rule_files import (
    BUILT_IN_DIRECTORY,
    PLAIN_COUNTERFEIT,
    built_in_misuse_rules,
    load_rules,
)


class Traffic(NamedTuple):
    """Few findings, so that all their combinations can be listed."""

    light: Literal["red", "amber", "green"]
    driver: Literal["patient", "late"]
    car: Literal["old", "new"]
    road: Literal["wide", "narrow", "closed"]


TRAFFIC = Domain(Traffic, MISUSE.outcomes, "send_to_review", 1)
EVERY = [Traffic(*words) for words in product(*TRAFFIC.words.values())]
OUTCOMES = ("block", "delist", "send_to_review", "leave")


def rules_of(texts):
    return tuple(
        Rule(f"rule-{n}", "A rule.", n, text, OUTCOMES[n % 4], ("counterfeit",))
        for n, text in enumerate(texts)
    )


def rule_sets():
    some = st.lists(conditions(TRAFFIC.words).map(text_of), min_size=1, max_size=5)
    return some.map(lambda texts: RuleSet(rules_of(texts), TRAFFIC))


@settings(deadline=None)
@given(rule_sets(), rule_sets())
def test_proofs_are_those_of_the_list(first, second):
    decided = [tuple(each.decide(findings) for each in (first, second)) for findings in EVERY]
    counts = Counter(ruling.rule_id for ruling, _ in decided)
    found = shares(first)
    assert {share.ruling.rule_id: share.combinations for share in found} == counts
    for share in found:
        assert share.example == EVERY[[old for old, _ in decided].index(share.ruling)]
    idle = {rule.rule_id: rule.shadowed_by for rule in idle_rules(first)}
    assert idle.keys() == {rule.rule_id for rule in first.rules} - counts.keys()
    for rule_id, shadows in idle.items():
        held = [each for each in EVERY if rule_id in first.holding(each)]
        assert set(shadows) == {first.decide(each).rule_id for each in held}
    changed = Counter((old.outcome, new.outcome) for old, new in decided if old[:2] != new[:2])
    different = differences(first, second, 2)
    assert {(each.before, each.after): each.combinations for each in different} == changed
    for each in different:
        for example in each.examples:
            rulings = first.decide(example), second.decide(example)
            assert [ruling.outcome for ruling in rulings] == [each.before, each.after]


def test_a_rule_that_is_left_nothing_is_named_with_those_that_take_it():
    texts = ('use == "plain"', 'use == "comparison"', 'use != "nominative"', "false", "true")
    assert idle_rules(RuleSet(rules_of(texts), MISUSE)) == [
        IdleRule("rule-2", ("rule-0", "rule-1")),
        IdleRule("rule-3", ()),
    ]


def test_a_gap_is_counted_with_an_example():
    rule_set = RuleSet(rules_of(['relisting == "new" || spelling == "exact"']), MISUSE)
    (_, gap) = shares(rule_set)
    assert gap.ruling.rule_id == NO_RULE_ID
    assert gap.combinations == MISUSE.numbering.combinations * 4 // 5 * 3 // 4
    assert (gap.example.spelling, gap.example.relisting) == ("disguised", "repeated")
    within = condition_of('spelling == "exact"', MISUSE.words)
    assert [share.ruling.rule_id for share in shares(rule_set, within)] == ["rule-0"]


def test_a_set_differs_from_itself_in_nothing():
    for rule_set in (built_in_misuse_rules(), RuleSet(load_rules(BUILT_IN_DIRECTORY))):
        assert differences(rule_set, rule_set, 3) == []


def test_a_changed_outcome_is_counted_with_examples():
    before = RuleSet(load_rules(BUILT_IN_DIRECTORY))
    name = "take-down-counterfeit"
    after = RuleSet(
        tuple(
            rule._replace(outcome="send_to_review") if rule.rule_id == name else rule
            for rule in before.rules
        )
    )
    examples = tuple(
        PLAIN_COUNTERFEIT._replace(listing=listing, authority=authority, listing_match=match)
        for listing in ("active", "suspended", "taken_down")
        for authority in ("owner", "agent")
        for match in ("exact", "disguised")
    )
    assert differences(before, after, 12) == [
        Difference("take_down", "send_to_review", 12, examples)
    ]
    assert COMPLAINTS.numbering.combinations == 15_206_400
