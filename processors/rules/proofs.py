"""What holds of a rule set on all findings, proved on its decision diagram.

No combination is tried: numbers are exact, however many combinations there are.
"""

from collections.abc import Iterator
from itertools import islice
from typing import Any, NamedTuple

from processors.rules.condition import Condition, Constant
from processors.rules.diagram import leaf
from processors.rules.domain import Domain
from processors.rules.rule_diagram import RuleDiagram
from processors.rules.rule_set import RuleSet, Ruling

EVERYWHERE = Constant(True)


class Share(NamedTuple):
    """A ruling, on how many combinations it is given, and the first of them."""

    ruling: Ruling
    combinations: int
    example: Any


class IdleRule(NamedTuple):
    """A rule that never decides, and those that do where it holds; none where it never holds."""

    rule_id: str
    shadowed_by: tuple[str, ...]


class Difference(NamedTuple):
    """Combinations whose outcome changes from one to another, or for other reasons stays."""

    before: str
    after: str
    combinations: int
    examples: tuple[Any, ...]


def shares(rule_set: RuleSet, condition: Condition = EVERYWHERE) -> list[Share]:
    """Return all rulings that are given where a condition holds, in order of priority.

    Errors: DiagramTooLarge.
    """
    rules = RuleDiagram(rule_set.domain.words)
    decided = rules.first_that_holds(rule_set.conditions)
    # Where the condition does not hold stands one value more, which is no ruling's.
    elsewhere = len(rule_set.rulings)
    within = rules.diagram.choose(rules.function_of(condition), decided, leaf(elsewhere))
    counts = rules.diagram.counts(within)
    return [
        Share(
            rule_set.rulings[place],
            counts[place],
            next(_findings(rules, within, place, rule_set.domain)),
        )
        for place in sorted(counts.keys() - {elsewhere})
    ]


def idle_rules(rule_set: RuleSet) -> list[IdleRule]:
    """Return the rules that decide nothing, in order of priority. Errors: DiagramTooLarge."""
    deciding = {share.ruling.rule_id for share in shares(rule_set)}
    return [
        IdleRule(
            rule.rule_id,
            tuple(share.ruling.rule_id for share in shares(rule_set, condition)),
        )
        for rule, condition in zip(rule_set.rules, rule_set.conditions, strict=True)
        if rule.rule_id not in deciding
    ]


def differences(before: RuleSet, after: RuleSet, maximum_examples: int) -> list[Difference]:
    """Return what two rule sets on the same findings decide differently, the most frequent first.

    Different is what has another outcome or other reason codes. Errors: DiagramTooLarge.
    """
    rules = RuleDiagram(before.domain.words)
    pairs: dict[tuple[str, str] | None, int] = {None: 0}

    def label(old: int, new: int) -> int:
        was, is_now = before.rulings[old], after.rulings[new]
        same = (was.outcome, was.reason_codes) == (is_now.outcome, is_now.reason_codes)
        pair = None if same else (was.outcome, is_now.outcome)
        return pairs.setdefault(pair, len(pairs))

    both = rules.diagram.pair(
        rules.first_that_holds(before.conditions), rules.first_that_holds(after.conditions), label
    )
    counts = rules.diagram.counts(both)
    found = [
        Difference(
            *pair,
            counts[number],
            tuple(islice(_findings(rules, both, number, before.domain), maximum_examples)),
        )
        for pair, number in pairs.items()
        if pair is not None and number in counts
    ]
    return sorted(found, key=lambda difference: -difference.combinations)


def _findings(rules: RuleDiagram, function: int, value: int, domain: Domain) -> Iterator[Any]:
    """Yield the findings on which a function has a value, in order of findings and words."""
    words = list(domain.words.values())
    for places in rules.diagram.combinations(function, value):
        yield domain.findings(*(words[level][place] for level, place in enumerate(places)))
