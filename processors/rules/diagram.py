"""Decision diagrams: functions of findings, without a list of all combinations.

A diagram is ordered (findings are asked for in one order), reduced (none is asked for that makes
no difference) and shared (two equal functions are one node), so that equal functions have equal
numbers. Bryant, Graph-Based Algorithms for Boolean Function Manipulation, IEEE Transactions on
Computers C-35(8), 1986; with as many branches a node as the finding has words.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from math import prod
from typing import NamedTuple

MAXIMUM_NODES = 50_000
MAXIMUM_STEPS = 500_000
MAXIMUM_CONDITION_STEPS = 2_000
"""Of one condition; the largest that the software brings takes 40."""


class DiagramTooLarge(Exception):
    """Functions take more nodes, or more steps to be made, than the limit."""


class Node(NamedTuple):
    """The finding asked for, and where each of its words leads."""

    level: int
    branches: tuple[int, ...]


class Diagram:
    """Functions from combinations of words to whole numbers from 0 on.

    A function is known by a number: that of its node, or a leaf's where its value is everywhere
    the same. Words are known by their place in the finding's list of words.
    """

    def __init__(self, sizes: Sequence[int]) -> None:
        self._sizes = tuple(sizes)
        self._nodes: list[Node] = []
        self._numbers: dict[Node, int] = {}
        self.steps = 0
        self._last_step = MAXIMUM_STEPS

    @contextmanager
    def within(self, steps: int) -> Iterator[None]:
        """Allow so many steps more. Errors: DiagramTooLarge."""
        self._last_step = min(MAXIMUM_STEPS, self.steps + steps)
        yield
        self._last_step = MAXIMUM_STEPS

    def member(self, level: int, words: frozenset[int]) -> int:
        """Return the function that is 1 where a finding is one of some words, and 0 elsewhere."""
        return self._made(level, [leaf(int(word in words)) for word in range(self._sizes[level])])

    def choose(self, condition: int, then: int, otherwise: int) -> int:
        """Return what is `then` where the condition is 1, and `otherwise` where it is 0.

        Errors: DiagramTooLarge.
        """
        return self._choose(condition, then, otherwise, {})

    def pair(self, first: int, second: int, label: Callable[[int, int], int]) -> int:
        """Return the function whose values are the labels of two functions' values.

        Errors: DiagramTooLarge.
        """
        return self._pair(first, second, label, {})

    def node(self, function: int) -> Node:
        """Return the node of a function that is no leaf."""
        return self._nodes[function]

    def reachable(self, function: int) -> list[int]:
        """Return the numbers of a function's nodes, each before those that it leads to."""
        found: set[int] = set()
        waiting = [function]
        while waiting:
            number = waiting.pop()
            if number >= 0 and number not in found:
                found.add(number)
                waiting += self._nodes[number].branches
        return sorted(found, key=self._level)

    def counts(self, function: int) -> dict[int, int]:
        """Return on how many combinations a function has each of its values."""
        weights = Counter({function: prod(self._sizes[: self._level(function)])})
        for number in self.reachable(function):
            level, branches = self._nodes[number]
            for branch in branches:
                between = prod(self._sizes[level + 1 : self._level(branch)])
                weights[branch] += weights[number] * between
        return {value_of(number): weight for number, weight in weights.items() if number < 0}

    def combinations(self, function: int, value: int) -> Iterator[tuple[int, ...]]:
        """Yield the combinations on which a function has a value, in the words' order."""
        leading = {leaf(value)}
        for number in reversed(self.reachable(function)):
            if not leading.isdisjoint(self._nodes[number].branches):
                leading.add(number)
        yield from self._combinations(function, 0, leading)

    def _combinations(
        self, function: int, level: int, leading: set[int]
    ) -> Iterator[tuple[int, ...]]:
        if function not in leading:
            return
        if level == len(self._sizes):
            yield ()
            return
        for word, branch in enumerate(self._branches(function, level)):
            for rest in self._combinations(branch, level + 1, leading):
                yield (word, *rest)

    def _choose(
        self, condition: int, then: int, otherwise: int, known: dict[tuple[int, int, int], int]
    ) -> int:
        if condition == TRUE or then == otherwise:
            return then
        if condition == FALSE:
            return otherwise
        key = condition, then, otherwise
        found = known.get(key)
        if found is None:
            self._step()
            level = min(map(self._level, key))
            parts = zip(*(self._branches(each, level) for each in key), strict=True)
            branches = [self._choose(a, b, c, known) for a, b, c in parts]
            found = known[key] = self._made(level, branches)
        return found

    def _pair(
        self,
        first: int,
        second: int,
        label: Callable[[int, int], int],
        known: dict[tuple[int, int], int],
    ) -> int:
        if first < 0 and second < 0:
            return leaf(label(value_of(first), value_of(second)))
        key = first, second
        found = known.get(key)
        if found is None:
            self._step()
            level = min(map(self._level, key))
            parts = zip(*(self._branches(each, level) for each in key), strict=True)
            branches = [self._pair(one, other, label, known) for one, other in parts]
            found = known[key] = self._made(level, branches)
        return found

    def _made(self, level: int, branches: list[int]) -> int:
        if all(branch == branches[0] for branch in branches):
            return branches[0]
        node = Node(level, tuple(branches))
        number = self._numbers.get(node)
        if number is None:
            if len(self._nodes) == MAXIMUM_NODES:
                raise DiagramTooLarge(f"more than {MAXIMUM_NODES:,} nodes")
            number = self._numbers[node] = len(self._nodes)
            self._nodes.append(node)
        return number

    def _step(self) -> None:
        self.steps += 1
        if self.steps > self._last_step:
            raise DiagramTooLarge(f"more than {self._last_step:,} steps")

    def _level(self, function: int) -> int:
        return len(self._sizes) if function < 0 else self._nodes[function].level

    def _branches(self, function: int, level: int) -> Sequence[int]:
        """Return a function by the words of a finding that it asks for first, or not at all."""
        if self._level(function) == level:
            return self._nodes[function].branches
        return (function,) * self._sizes[level]


def leaf(value: int) -> int:
    """Return the number of the function that is everywhere a value."""
    return ~value


def value_of(leaf_number: int) -> int:
    """Return the value of a leaf."""
    return ~leaf_number


FALSE, TRUE = leaf(0), leaf(1)
