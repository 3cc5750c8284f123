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
    decided = _Decided(rule_set)
    within = decided.within(condition)
    return [
        Share(
            rule_set.rulings[place],
            combinations,
            next(_findings(decided.rules, within, place, rule_set.domain)),
        )
        for place, combinations in decided.counts(within).items()
    ]


def idle_rules(rule_set: RuleSet) -> list[IdleRule]:
    """Return the rules that decide nothing, in order of priority. Errors: DiagramTooLarge."""
    decided = _Decided(rule_set)
    deciding = decided.counts(decided.within(EVERYWHERE))
    found = []
    for place, (rule, condition) in enumerate(
        zip(rule_set.rules, rule_set.conditions, strict=True)
    ):
        if place not in deciding:
            shadows = decided.counts(decided.within(condition))
            shadowed_by = tuple(rule_set.rulings[shadow].rule_id for shadow in shadows)
            found.append(IdleRule(rule.rule_id, shadowed_by))
    return found


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


class _Decided:
    """Which ruling a rule set gives, as a function of the findings."""

    def __init__(self, rule_set: RuleSet) -> None:
        self.rules = RuleDiagram(rule_set.domain.words)
        self._function = self.rules.first_that_holds(rule_set.conditions)
        self._elsewhere = len(rule_set.rulings)

    def within(self, condition: Condition) -> int:
        """Return the function where a condition holds; elsewhere its value is no ruling's."""
        holding = self.rules.function_of(condition)
        return self.rules.diagram.choose(holding, self._function, leaf(self._elsewhere))

    def counts(self, within: int) -> dict[int, int]:
        """Return on how many combinations each ruling is given, by its place and in that order."""
        counts = self.rules.diagram.counts(within)
        return {place: counts[place] for place in sorted(counts.keys() - {self._elsewhere})}


def _findings(rules: RuleDiagram, function: int, value: int, domain: Domain) -> Iterator[Any]:
    """Yield the findings on which a function has a value, in order of findings and words."""
    words = list(domain.words.values())
    for places in rules.diagram.combinations(function, value):
        yield domain.findings(*(words[level][place] for level, place in enumerate(places)))
