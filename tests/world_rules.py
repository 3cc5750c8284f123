"""Findings and conditions for tests of rules."""

import random
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from processors.rules.condition import (
    Comparison,
    Conjunction,
    Constant,
    Disjunction,
    Negation,
)
from processors.rules.domain import Domain


def sampled_findings(domain: Domain, number: int, seed: int = 1) -> Iterator[Any]:
    """Return findings with every combination as likely as any other."""
    chance = random.Random(seed)
    words = list(domain.words.values())
    return (domain.findings(*map(chance.choice, words)) for _ in range(number))


def conditions(words):
    """Conditions over findings, of all forms."""
    comparisons = st.sampled_from(sorted(words)).flatmap(
        lambda name: st.builds(
            Comparison, st.just(name), st.frozensets(st.sampled_from(words[name]), min_size=1)
        )
    )

    def joined(within):
        some = st.lists(within, min_size=2, max_size=4).map(tuple)
        return st.builds(Negation, within) | st.builds(Conjunction, some) | some.map(Disjunction)

    return st.recursive(st.builds(Constant, st.booleans()) | comparisons, joined, max_leaves=20)


def text_of(condition) -> str:
    """Write a condition, with no more brackets than it needs."""
    match condition:
        case Constant(value):
            text = "true" if value else "false"
        case Comparison(finding, words) if len(words) == 1:
            text = f'{finding} == "{min(words)}"'
        case Comparison(finding, words):
            text = f"{finding} in [{', '.join(map(repr, sorted(words)))}]"
        case Negation(Comparison(finding, words)) if len(words) == 1:
            text = f"{finding} != '{min(words)}'"
        case Negation(operand):
            within = text_of(operand)
            negated = isinstance(operand, Negation) and within.startswith("!")
            plain = negated or isinstance(operand, Constant)
            text = f"!{within}" if plain else f"!({within})"
        case Conjunction(operands):
            text = " && ".join(_bracketed(each, Conjunction | Disjunction) for each in operands)
        case Disjunction(operands):
            text = " || ".join(_bracketed(each, Disjunction) for each in operands)
    return text


def _bracketed(condition, kinds) -> str:
    text = text_of(condition)
    return f"({text})" if isinstance(condition, kinds) else text
