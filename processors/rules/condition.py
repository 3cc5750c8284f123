"""What a rule's condition says: comparisons of findings with words, joined by and, or and not."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Constant:
    """`true` or `false`."""

    value: bool


@dataclass(frozen=True, slots=True)
class Comparison:
    """A finding is one of some words: `==` one word, or `in` a list of them."""

    finding: str
    words: frozenset[str]


@dataclass(frozen=True, slots=True)
class Negation:
    """`!`, or a comparison by `!=`."""

    operand: "Condition"


@dataclass(frozen=True, slots=True)
class Conjunction:
    """Two or more conditions joined by `&&`."""

    operands: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Disjunction:
    """Two or more conditions joined by `||`."""

    operands: tuple["Condition", ...]


Condition = Constant | Comparison | Negation | Conjunction | Disjunction


def holds(condition: Condition, findings: Mapping[str, str]) -> bool:
    """Tell whether a condition holds on findings."""
    match condition:
        case Constant(value):
            return value
        case Comparison(finding, words):
            return findings[finding] in words
        case Negation(operand):
            return not holds(operand, findings)
        case Conjunction(operands):
            return all(holds(each, findings) for each in operands)
        case Disjunction(operands):
            return any(holds(each, findings) for each in operands)
