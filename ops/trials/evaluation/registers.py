"""Registers of any size, made like real ones: by seed, each the beginning of the larger ones."""

import random
from collections.abc import Iterator

import wordfreq

from processors.matching.terms import term_of
from processors.matching.vocabulary import personal_names

LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "pl", "ru", "zh", "ja")
WORDS_OF_EACH = 60_000
LETTERS = "abcdefghijklmnopqrstuvwxyz"
SHARE_OF_WORDS, SHARE_OF_SHORT, SHARE_OF_NAMES = 0.35, 0.15, 0.15
"""The rest are two of these together, which no register runs out of."""


def register_terms(brands: list[str], count: int, seed: int) -> list[str]:
    """Return so many distinct terms: real brands first, then words, letters, names and pairs."""
    chance = random.Random(f"{seed}:register")
    real = list(dict.fromkeys(term for brand in sorted(brands) if (term := term_of(brand))))
    chance.shuffle(real)
    terms = dict.fromkeys(real)
    for made in _made(chance):
        if len(terms) >= count:
            break
        term = term_of(made)
        if term:
            terms[term] = None
    return list(terms)[:count]


def _made(chance: random.Random) -> Iterator[str]:
    words = sorted(
        {
            word
            for language in LANGUAGES
            for word in wordfreq.top_n_list(language, WORDS_OF_EACH)
            if not any(character.isdigit() for character in word)
        }
    )
    names = sorted(personal_names())
    while True:
        kind = chance.random()
        if kind < SHARE_OF_WORDS:
            yield chance.choice(words)
        elif kind < SHARE_OF_WORDS + SHARE_OF_SHORT:
            yield _letters(chance)
        elif kind < SHARE_OF_WORDS + SHARE_OF_SHORT + SHARE_OF_NAMES:
            yield chance.choice(names)
        else:
            yield f"{_part(words, names, chance)} {_part(words, names, chance)}"


def _part(words: list[str], names: list[str], chance: random.Random) -> str:
    kind = chance.random() * (SHARE_OF_WORDS + SHARE_OF_SHORT + SHARE_OF_NAMES)
    if kind < SHARE_OF_WORDS:
        return chance.choice(words)
    return _letters(chance) if kind < SHARE_OF_WORDS + SHARE_OF_SHORT else chance.choice(names)


def _letters(chance: random.Random) -> str:
    return "".join(chance.choices(LETTERS, k=chance.randint(2, 4)))
