"""A rule set: conditions over the findings, the first that holds decides.

Conditions are compiled to a decision diagram; no rule text is ever evaluated as a program.
"""

import json
from collections.abc import Callable, Iterable
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from processors.rules.condition import Condition, holds
from processors.rules.diagram import DiagramTooLarge
from processors.rules.domain import COMPLAINTS, Domain
from processors.rules.parser import condition_of
from processors.rules.rule_diagram import RuleDiagram
from processors.rules.tokens import ConditionInvalid
from schemas.events.rules import Rule, RuleSetPublished
from schemas.reasons import REASONS
from schemas.record import as_avro

MAXIMUM_RULES = 500
MAXIMUM_REMEMBERED_RULINGS = 16_384
NO_RULE_ID = "step:rules"
"""Named in place of a rule where none holds, or a finding is no declared word."""


class RuleSetRefused(Exception):
    """A rule set can't be used; the message names the rule and says why."""


class Ruling(NamedTuple):
    """What the rules say of some findings."""

    outcome: Any
    reason_codes: tuple[str, ...]
    rule_id: str


DEFECTIVE = frozenset({"decline", "ask_for_clarification"})
"""Outcomes that name a complaint's defects."""
NO_DEFECTS = frozenset({"listing_already_removed"})
"""Reasons that are none of the complaint's."""

Branches = tuple[int, dict[str, Any]]
"""The place of the finding asked for, and by its word other branches or a ruling."""


class RuleSet:
    """Compiled rules. Equal rules in any order have the same hash and decide alike."""

    decide: Callable[[Any], Ruling]
    """Return the ruling of the first rule whose condition holds on findings."""

    further_reasons: Callable[[Ruling, Any], tuple[str, ...]]
    """Return what else than a ruling says stands in a complaint's way, by findings; none where the
    complaint is neither declined nor asked about."""

    def __init__(self, rules: tuple[Rule, ...], domain: Domain = COMPLAINTS) -> None:
        self.domain = domain
        self.rules = tuple(sorted(rules, key=lambda rule: rule.priority))
        self.hash = rule_set_hash(rules)
        self._check()
        self.conditions = tuple(_condition(rule, domain) for rule in self.rules)
        self.rulings = (
            *(Ruling(rule.outcome, rule.reason_codes, rule.rule_id) for rule in self.rules),
            Ruling(domain.in_doubt, ("no_rule_applies",), NO_RULE_ID),
        )
        """Those of the rules, in order of priority, and the one where no rule holds."""
        self._error = Ruling(domain.in_doubt, ("rule_error",), NO_RULE_ID)
        self._root, self.nodes = self._compiled()
        self.decide = lru_cache(MAXIMUM_REMEMBERED_RULINGS)(self._decide)
        self.further_reasons = lru_cache(MAXIMUM_REMEMBERED_RULINGS)(self._further_reasons)

    @classmethod
    def compile(cls, published: RuleSetPublished) -> "RuleSet":
        """Compile a published rule set. Errors: RuleSetRefused."""
        rule_set = cls(published.rules)
        if published.rule_set_hash != rule_set.hash:
            raise RuleSetRefused("the rule set's hash is not that of its rules")
        return rule_set

    def holding(self, findings: Any) -> list[str]:
        """Return the ids of all rules whose condition holds, in order of priority."""
        words = findings._asdict()
        return [
            rule.rule_id
            for rule, condition in zip(self.rules, self.conditions, strict=True)
            if holds(condition, words)
        ]

    def _decide(self, findings: Any) -> Ruling:
        place = self._root
        try:
            while not isinstance(place, Ruling):
                finding, branches = place
                place = branches[findings[finding]]
        except KeyError:
            # A person decides what is in no word that the rules know; metrics and decision show it.
            return self._error
        return place

    def _further_reasons(self, ruling: Ruling, findings: Any) -> tuple[str, ...]:
        if ruling.outcome not in DEFECTIVE or not NO_DEFECTS.isdisjoint(ruling.reason_codes):
            return ()
        words = findings._asdict()
        told: dict[str, None] = {}
        for rule, condition in zip(self.rules, self.conditions, strict=True):
            if not holds(condition, words):
                continue
            if rule.outcome not in DEFECTIVE:
                # Were all that is told so far mended, this would be done.
                break
            told.update(dict.fromkeys(rule.reason_codes))
        return tuple([code for code in told if code not in ruling.reason_codes])

    def _compiled(self) -> tuple[Branches | Ruling, int]:
        """Return the rules as branches, and the number of the diagram's nodes."""
        rules = RuleDiagram(self.domain.words)
        try:
            function = rules.first_that_holds(self.conditions)
        except DiagramTooLarge as error:
            raise RuleSetRefused(f"the conditions together are too involved: {error}") from error
        words = list(self.domain.words.values())
        numbers = rules.diagram.reachable(function)
        made: dict[int, Branches | Ruling] = {
            ~place: ruling for place, ruling in enumerate(self.rulings)
        }
        for number in reversed(numbers):
            level, branches = rules.diagram.node(number)
            made[number] = (
                level,
                dict(zip(words[level], map(made.__getitem__, branches), strict=True)),
            )
        return made[function], len(numbers)

    def _check(self) -> None:
        if not 1 <= len(self.rules) <= MAXIMUM_RULES:
            raise RuleSetRefused(f"a rule set has from 1 to {MAXIMUM_RULES} rules")
        for name in ("rule_id", "priority"):
            values = [getattr(rule, name) for rule in self.rules]
            twice = sorted({str(value) for value in values if values.count(value) > 1})
            if twice:
                raise RuleSetRefused(f"{name} is given twice: {', '.join(twice)}")
        for rule in self.rules:
            _check_rule(rule, self.domain)


def rule_set_hash(rules: Iterable[Rule]) -> str:
    """Return the SHA-256 of the rules in canonical form, whatever their order."""
    return sha256(canonical_rules(rules).encode()).hexdigest()


def canonical_rules(rules: Iterable[Rule]) -> str:
    """Return rules as the one JSON text that stands for them, whatever their order."""
    plain = [as_avro(rule) for rule in sorted(rules, key=lambda rule: rule.rule_id)]
    return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _check_rule(rule: Rule, domain: Domain) -> None:
    if not rule.description.strip():
        raise RuleSetRefused(f"{rule.rule_id}: the description is missing")
    if rule.outcome not in domain.outcomes:
        raise RuleSetRefused(f"{rule.rule_id}: no such outcome as {rule.outcome}")
    unknown = [code for code in rule.reason_codes if code not in REASONS]
    if unknown or not rule.reason_codes:
        raise RuleSetRefused(f"{rule.rule_id}: unknown or no reason codes: {', '.join(unknown)}")


def _condition(rule: Rule, domain: Domain) -> Condition:
    try:
        return condition_of(rule.condition, domain.words)
    except ConditionInvalid as error:
        raise RuleSetRefused(f"{rule.rule_id}: {error}") from error
