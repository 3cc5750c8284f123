"""What a mark's words contribute to the index: the spellings searched for, and their kind."""

from functools import lru_cache
from typing import Literal, NamedTuple

from processors.matching.folding import fold, is_hangul, is_unspaced
from processors.matching.sounds import romanised
from processors.matching.vocabulary import is_dictionary_word, personal_names

TermKind = Literal["distinctive", "dictionary", "personal_name", "short"]
"""What the words are besides a mark: nothing, words of a language, a name, or a few letters."""

Spelling = Literal["exact", "joined", "romanised"]
"""The words as they are, without their spaces, or in Latin letters."""

MINIMUM_CHARACTERS = 2
MINIMUM_JOINED_CHARACTERS = 5
MINIMUM_ROMANISED_CHARACTERS = 6
SHORT_CHARACTERS, DENSE_SHORT_CHARACTERS = 3, 1
MAXIMUM_CHARACTERS = 80


class Pattern(NamedTuple):
    """A string for the automaton; spaces at its ends stand for the borders of words."""

    text: str
    spelling: Spelling


def term_of(mark_text: str | None) -> str:
    """Return a mark's folded words; empty for a mark without words that can be searched for."""
    term = fold(mark_text) if mark_text else ""
    letters = term.replace(" ", "")
    if not MINIMUM_CHARACTERS <= len(letters) <= MAXIMUM_CHARACTERS or letters.isdigit():
        return ""
    return term


def patterns_of(term: str) -> tuple[Pattern, ...]:
    """Return the spellings under which a term is searched for."""
    found = {bordered(term): Pattern(bordered(term), "exact")}
    joined = term.replace(" ", "")
    if joined != term and len(joined) >= MINIMUM_JOINED_CHARACTERS:
        found.setdefault(bordered(joined), Pattern(bordered(joined), "joined"))
    if " and " in term:
        without = bordered(term.replace(" and ", " "))
        found.setdefault(without, Pattern(without, "joined"))
    if not joined.isascii():
        latin = romanised(joined)
        if len(latin) >= MINIMUM_ROMANISED_CHARACTERS and not is_dictionary_word(latin):
            found.setdefault(f" {latin} ", Pattern(f" {latin} ", "romanised"))
    return tuple(found.values())


def bordered(term: str) -> str:
    """Return a term with a space at each end at which a word must begin or end.

    Scripts written without spaces have none; Korean joins endings to words.
    """
    first, last = term[0], term[-1]
    before = "" if is_unspaced(first) else " "
    after = "" if is_unspaced(last) or is_hangul(last) else " "
    return f"{before}{term}{after}"


@lru_cache(maxsize=65_536)
def kind_of(term: str) -> TermKind:
    """Tell what a term's words are besides a mark."""
    words = term.split()
    dense = is_unspaced(term) or is_hangul(term[0])
    if len(term.replace(" ", "")) <= (DENSE_SHORT_CHARACTERS if dense else SHORT_CHARACTERS):
        return "short"
    if all(is_dictionary_word(word) or word.isdigit() for word in words):
        return "dictionary"
    if all(word in personal_names() or is_dictionary_word(word) for word in words):
        return "personal_name"
    return "distinctive"
