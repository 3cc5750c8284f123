"""Words of copying that are hidden as marks are: `rep1ica`, `r e p l i c a`, `rep-lica`.

The readers of marks' disguises read them, on these words alone. Nobody writes so by chance, but
what is read may be another word, so it is a hint at most.
"""

import re
from functools import cache
from typing import Final

from processors.matching.copying_phrases import copying_phrases
from processors.matching.disguises import Trick
from processors.matching.hits import Hit
from processors.matching.index import TermIndex, build
from processors.matching.matcher import Matcher

MINIMUM_CHARACTERS: Final = 6

HIDING: Final[frozenset[Trick]] = frozenset(
    ("leet", "look_alike", "separator", "spaced_letters", "masked")
)

_MAY_HIDE = re.compile(r"[^\x00-\x7f]|[A-Za-z][^\sA-Za-z]+[A-Za-z]|(?:\b\w[\W_]+){4}")


def disguised_copying(title: str) -> list[Hit]:
    """Return the words of copying that are hidden in a title."""
    if not _MAY_HIDE.search(title):
        return []
    found = [hit for hit in _matcher().find(title) if hit.trick in HIDING]
    return list({(hit.place, hit.begin): hit for hit in found}.values())


@cache
def _matcher() -> Matcher:
    words = {
        text
        for text, phrase in copying_phrases().by_text.items()
        if phrase.kind is not None
        and text.isascii()
        and text.isalpha()
        and len(text) >= MINIMUM_CHARACTERS
    }
    return Matcher(TermIndex(build(words)))
