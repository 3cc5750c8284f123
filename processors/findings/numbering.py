"""Combinations of findings as numbers, so that a decision can carry its own in a few bytes."""

from collections.abc import Iterable, Mapping
from math import prod
from operator import getitem
from typing import Any, get_args, get_type_hints

Words = Mapping[str, tuple[str, ...]]
"""The words that each finding may be, by the finding's name; both in an order that is kept."""

MAXIMUM_COMBINATIONS = 2**63
"""As many as an Avro long has numbers from 0 on."""


class TooManyCombinations(Exception):
    """Findings have more combinations than numbers that a decision can carry."""


class Numbering:
    """The number of each combination: digits in a mixed radix, the first finding's weighs most.

    The digit is the word's place among the finding's words, so that numbers ascend as combinations
    do in order of findings and words. Errors: TooManyCombinations.
    """

    def __init__(self, words: Words) -> None:
        self._words = words
        self.combinations = prod(map(len, words.values()))
        if self.combinations > MAXIMUM_COMBINATIONS:
            raise TooManyCombinations(
                f"{self.combinations:,} combinations of findings are more than "
                f"{MAXIMUM_COMBINATIONS:,}: fewer words, or findings that are put together"
            )
        weight = self.combinations
        digits = []
        for each in words.values():
            weight //= len(each)
            digits.append({word: place * weight for place, word in enumerate(each)})
        self._digits = tuple(digits)

    def number_of(self, findings: Iterable[str]) -> int | None:
        """Return the number of findings in their order; None where one is no declared word."""
        try:
            return sum(map(getitem, self._digits, findings))
        except KeyError:
            return None

    def findings_of(self, number: int) -> dict[str, str]:
        """Return the findings with a number, by name. Errors: ValueError where there are none."""
        if not 0 <= number < self.combinations:
            raise ValueError(f"{number} is not from 0 to {self.combinations - 1}")
        found: dict[str, str] = {}
        for name, words in reversed(tuple(self._words.items())):
            number, place = divmod(number, len(words))
            found[name] = words[place]
        return {name: found[name] for name in self._words}


def words_of(findings: type[Any]) -> dict[str, tuple[str, ...]]:
    """Return the words of each field of a record whose fields are Literals of words."""
    return {name: get_args(hint) for name, hint in get_type_hints(findings).items()}
