"""What was probably meant by a word that is none of those that there are."""

from collections.abc import Iterable

from rapidfuzz import process
from rapidfuzz.distance import Indel


def nearest(text: str, words: Iterable[str], maximum_words: int = 3) -> tuple[str, ...]:
    """Return the words that a text is most like, the most like first."""
    found = process.extract(text, words, scorer=Indel.normalized_distance, limit=maximum_words)
    return tuple(word for word, _, _ in found)
