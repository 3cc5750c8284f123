"""Many marks for benchmarks: real brands, and others made from their letters by seed."""

import random
from collections import defaultdict

from processors.matching.terms import term_of

MAXIMUM_LETTERS = 14
SHARE_OF_ONE_WORD, SHARE_OF_TWO = 0.45, 0.4


def many_terms(brands: list[str], count: int, seed: int) -> list[str]:
    """Return so many distinct terms: the brands', then coined ones of one to three words."""
    chance = random.Random(f"{seed}:marks")
    terms = dict.fromkeys(term for brand in brands if (term := term_of(brand)))
    words = sorted({word for term in terms for word in term.split() if word.isascii()})
    coin = _Coin(words, chance)
    while len(terms) < count:
        word = coin.word()
        if len(word) < 4:
            continue
        kind = chance.random()
        if kind < SHARE_OF_ONE_WORD:
            terms[word] = None
        elif kind < SHARE_OF_ONE_WORD + SHARE_OF_TWO:
            terms[f"{word} {chance.choice(words)}"] = None
        else:
            terms[f"{chance.choice(words)} {word} {chance.choice(words)}"] = None
    found = list(terms)
    chance.shuffle(found)
    return found[:count]


class _Coin:
    """Coins words in which each letter follows two others as in real brands."""

    def __init__(self, words: list[str], chance: random.Random) -> None:
        self._chance = chance
        self._following: dict[str, list[str]] = defaultdict(list)
        for word in words:
            if word.isalpha():
                text = f"^^{word}$"
                for at in range(len(text) - 2):
                    self._following[text[at : at + 2]].append(text[at + 2])

    def word(self) -> str:
        text = "^^"
        while not text.endswith("$") and len(text) < MAXIMUM_LETTERS:
            text += self._chance.choice(self._following[text[-2:]])
        return text[2:].rstrip("$")
