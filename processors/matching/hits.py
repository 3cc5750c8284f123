"""A hit: a term found in a title."""

from typing import Literal, NamedTuple

from processors.matching.disguises import Trick
from processors.matching.terms import Spelling

Place = Literal["folded", "title"]
"""Whether a place counts characters of the folded title or of the title itself."""


class Hit(NamedTuple):
    """A term in a title.

    `begin` and `end` count characters of the folded title, or of the title itself (`place`).
    `similarity` is 1 but for near and like-sounding spellings.
    """

    term: str
    spelling: Spelling
    trick: Trick
    place: Place
    begin: int
    end: int
    similarity: float
