"""A rule set: conditions in CEL over the findings, the first that holds decides.

CEL is evaluated by a native library; no rule text is ever evaluated as Python.
"""

import json
import re
from collections.abc import Iterable
from hashlib import sha256
from itertools import product
from typing import Any, NamedTuple, get_args

import cel

from processors.findings.findings import (
    AuthorityFinding,
    EvidenceFinding,
    Findings,
    ListingFinding,
    ListingMatchFinding,
    NiceClassFinding,
    RegistryFinding,
    SellerFinding,
    TerritoryFinding,
)
from schemas.events.complaints import Ground
from schemas.events.decisions import Outcome
from schemas.events.rules import Rule, RuleSetPublished
from schemas.reasons import REASONS
from schemas.record import as_avro

MAXIMUM_RULES = 500
MAXIMUM_CONDITION_CHARACTERS = 4_000
RULE_OUTCOMES: frozenset[str] = frozenset(get_args(Outcome)) - {
    "wait_for_listing",
    "reinstate",
    "retract",
}

_MACRO = re.compile(r"\.\s*(?:all|exists|exists_one|map|filter)\s*\(")


class Domain(NamedTuple):
    """What rules are about: the findings with all their values, outcomes, and the one in doubt."""

    findings: type[Any]
    values: dict[str, tuple[str, ...]]
    outcomes: frozenset[str]
    in_doubt: str


COMPLAINTS = Domain(
    Findings,
    {
        "ground": get_args(Ground),
        "listing": get_args(ListingFinding),
        "authority": get_args(AuthorityFinding),
        "registry": get_args(RegistryFinding),
        "nice_class": get_args(NiceClassFinding),
        "territory": get_args(TerritoryFinding),
        "listing_match": get_args(ListingMatchFinding),
        "evidence": get_args(EvidenceFinding),
        "seller": get_args(SellerFinding),
    },
    RULE_OUTCOMES,
    "send_to_review",
)
"""Rules on complaints. All values of each finding: the rules' whole input space is finite."""


class RuleSetRefused(Exception):
    """A rule set can't be used; the message names the rule and says why."""


class Ruling(NamedTuple):
    """What the rules say of some findings."""

    outcome: Any
    reason_codes: tuple[str, ...]
    rule_id: str


class RuleSet:
    """Compiled rules. Equal rules in any order have the same hash and decide alike."""

    def __init__(self, rules: tuple[Rule, ...], domain: Domain = COMPLAINTS) -> None:
        self._domain = domain
        self.rules = tuple(sorted(rules, key=lambda rule: rule.priority))
        self.hash = rule_set_hash(rules)
        self._check()
        for rule in self.rules:
            _try_condition(rule, domain)
        try:
            self._program = cel.compile(_together(self.rules))
        except ValueError as error:
            raise RuleSetRefused(f"the conditions together: {error}") from error
        self._rulings = [
            Ruling(rule.outcome, rule.reason_codes, rule.rule_id) for rule in self.rules
        ]
        # Findings are a finite set of words, so this is bounded by their product.
        self._known: dict[Any, Ruling] = {}

    @classmethod
    def compile(cls, published: RuleSetPublished) -> "RuleSet":
        """Compile a published rule set. Errors: RuleSetRefused."""
        rule_set = cls(published.rules)
        if published.rule_set_hash != rule_set.hash:
            raise RuleSetRefused("the rule set's hash is not that of its rules")
        return rule_set

    def decide(self, findings: Any) -> Ruling:
        """Return the ruling of the first rule whose condition holds."""
        ruling = self._known.get(findings)
        if ruling is None:
            ruling = self._known[findings] = self._evaluate(findings)
        return ruling

    def holds(self, findings: Any) -> list[str]:
        """Return the ids of all rules whose condition holds, in order of priority."""
        held = self._program.execute(findings._asdict())
        return [rule.rule_id for rule, holds in zip(self.rules, held, strict=True) if holds]

    def _evaluate(self, findings: Any) -> Ruling:
        try:
            held: list[bool] = self._program.execute(findings._asdict())
        except Exception:
            # A person decides what the rules can't; the metrics and the decision show it.
            return Ruling(self._domain.in_doubt, ("rule_error",), "step:rules")
        if True not in held:
            return Ruling(self._domain.in_doubt, ("no_rule_applies",), "step:rules")
        return self._rulings[held.index(True)]

    def _check(self) -> None:
        if not 1 <= len(self.rules) <= MAXIMUM_RULES:
            raise RuleSetRefused(f"a rule set has from 1 to {MAXIMUM_RULES} rules")
        for name in ("rule_id", "priority"):
            values = [getattr(rule, name) for rule in self.rules]
            twice = sorted({str(value) for value in values if values.count(value) > 1})
            if twice:
                raise RuleSetRefused(f"{name} is given twice: {', '.join(twice)}")
        for rule in self.rules:
            _check_rule(rule, self._domain)


def rule_set_hash(rules: Iterable[Rule]) -> str:
    """Return the SHA-256 of the rules in canonical form, whatever their order."""
    return sha256(canonical_rules(rules).encode()).hexdigest()


def canonical_rules(rules: Iterable[Rule]) -> str:
    """Return rules as the one JSON text that stands for them, whatever their order."""
    plain = [as_avro(rule) for rule in sorted(rules, key=lambda rule: rule.rule_id)]
    return json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def all_findings(domain: Domain = COMPLAINTS) -> Iterable[Any]:
    """Return every combination of findings."""
    every: Any = product(*(domain.values[field] for field in domain.findings._fields))
    return (domain.findings(*values) for values in every)


def _check_rule(rule: Rule, domain: Domain) -> None:
    if not rule.description.strip():
        raise RuleSetRefused(f"{rule.rule_id}: the description is missing")
    if rule.outcome not in domain.outcomes:
        raise RuleSetRefused(f"{rule.rule_id}: no such outcome as {rule.outcome}")
    unknown = [code for code in rule.reason_codes if code not in REASONS]
    if unknown or not rule.reason_codes:
        raise RuleSetRefused(f"{rule.rule_id}: unknown or no reason codes: {', '.join(unknown)}")
    if _MACRO.search(rule.condition):
        # Nested, they take minutes; conditions over words have no use for them.
        raise RuleSetRefused(f"{rule.rule_id}: all, exists, map and filter are not for conditions")
    if len(rule.condition) > MAXIMUM_CONDITION_CHARACTERS:
        raise RuleSetRefused(
            f"{rule.rule_id}: the condition is longer than {MAXIMUM_CONDITION_CHARACTERS}"
        )


def _try_condition(rule: Rule, domain: Domain) -> None:
    """Compile a condition and try it on sample findings."""
    try:
        program = cel.compile(rule.condition)
        # Every value of every finding once, so that a name misspelt in a branch shows too.
        for sample in _samples(domain.values):
            held = program.execute(sample)
            if not isinstance(held, bool):
                raise RuleSetRefused(f"{rule.rule_id}: the condition gives {held!r}, no boolean")
    except RuleSetRefused:
        raise
    except BaseException as error:
        if isinstance(error, KeyboardInterrupt | SystemExit):
            raise
        raise RuleSetRefused(f"{rule.rule_id}: {error}") from error


def _samples(every: dict[str, tuple[str, ...]]) -> Iterable[dict[str, str]]:
    for index in range(max(len(values) for values in every.values())):
        yield {name: values[index % len(values)] for name, values in every.items()}


def _together(rules: tuple[Rule, ...]) -> str:
    """Return one expression for all conditions: findings are then converted once, not per rule."""
    # The line's end ends a comment that a condition may end with.
    return "[" + ", ".join(f"({rule.condition}\n)" for rule in rules) + "]"
