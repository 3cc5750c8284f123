"""Rules as one decision diagram, which tells for all findings the rule that decides."""

from collections.abc import Sequence

from processors.findings.numbering import Words
from processors.rules.condition import (
    Comparison,
    Condition,
    Conjunction,
    Constant,
    Disjunction,
    Negation,
)
from processors.rules.diagram import FALSE, MAXIMUM_CONDITION_STEPS, TRUE, Diagram, leaf


class RuleDiagram:
    """Conditions over some findings as functions of one diagram.

    Findings are asked for in the order in which they are declared.
    """

    def __init__(self, words: Words) -> None:
        self.diagram = Diagram([len(each) for each in words.values()])
        self._levels = {name: level for level, name in enumerate(words)}
        self._words = words

    def first_that_holds(self, conditions: Sequence[Condition]) -> int:
        """Return the function to the place of the first condition that holds.

        Where none does, it is the number of conditions. Errors: DiagramTooLarge.
        """
        decided = leaf(len(conditions))
        for place in reversed(range(len(conditions))):
            with self.diagram.within(MAXIMUM_CONDITION_STEPS):
                function = self.function_of(conditions[place])
            decided = self.diagram.choose(function, leaf(place), decided)
        return decided

    def function_of(self, condition: Condition) -> int:
        """Return the function that is 1 where a condition holds. Errors: DiagramTooLarge."""
        match condition:
            case Constant(value):
                return TRUE if value else FALSE
            case Comparison(finding, words):
                declared = self._words[finding]
                places = frozenset(place for place, word in enumerate(declared) if word in words)
                return self.diagram.member(self._levels[finding], places)
            case Negation(operand):
                return self.diagram.choose(self.function_of(operand), FALSE, TRUE)
            case Conjunction(operands):
                both = TRUE
                for each in reversed(operands):
                    both = self.diagram.choose(self.function_of(each), both, FALSE)
                return both
            case Disjunction(operands):
                either = FALSE
                for each in reversed(operands):
                    either = self.diagram.choose(self.function_of(each), TRUE, either)
                return either
