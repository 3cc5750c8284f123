"""Names that are written as one with another word."""

import re
from collections.abc import Callable, Iterator

from processors.matching.disguises import Reading
from processors.matching.vocabulary import is_common_word, renowned_words

NAME_MINIMUM, WORD_MINIMUM = 4, 3
"""Letters of a name and of the other word."""

_CASES = re.compile("(?<=[a-z])(?=[A-Z])|(?<=[A-Z]{3})(?=[a-z]{3})")


def glued(text: str, folded: str, is_token: Callable[[str], bool]) -> Iterator[Reading]:
    """Return a word of terms apart from the common word that is written as one with it."""
    parts = _CASES.split(text)
    if len(parts) > 1 and "".join(parts).lower() == folded:
        words = [part.lower() for part in parts]
        if any(len(word) >= NAME_MINIMUM and is_token(word) for word in words):
            yield Reading(" ".join(words), "glued")
    for at in range(WORD_MINIMUM, len(folded) - WORD_MINIMUM + 1):
        first, second = folded[:at], folded[at:]
        for name, word in ((first, second), (second, first)):
            if len(name) < NAME_MINIMUM or not (is_common_word(word) or word in renowned_words()):
                continue
            if is_token(name):
                yield Reading(f"{first} {second}", "glued")
