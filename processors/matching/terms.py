"""What a mark's words contribute to the index: the spellings searched for, and their kind."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Literal, NamedTuple

from processors.matching.folding import fold, is_hangul, is_unspaced
from processors.matching.places import is_place
from processors.matching.sounds import romanised
from processors.matching.spoken import spoken_term
from processors.matching.use_table import words_of_goods
from processors.matching.vocabulary import is_dictionary_word, personal_names

TermKind = Literal["distinctive", "dictionary", "personal_name", "short"]
"""What the words are besides a mark: nothing, words of a language, a name, or a few letters."""

Spelling = Literal["exact", "joined", "romanised", "variant", "kana", "homophone"]
"""The words as they are, without their spaces, in Latin letters; without article or legal form; and
as kana or Chinese characters sound (spoken.py)."""

MINIMUM_CHARACTERS = 2
MINIMUM_JOINED_CHARACTERS = 5
MINIMUM_ROMANISED_CHARACTERS = 6
MINIMUM_VARIANT_CHARACTERS, MINIMUM_INITIALS = 5, 3
MINIMUM_INFLECTED_CHARACTERS = 3
SHORT_CHARACTERS, DENSE_SHORT_CHARACTERS = 3, 1
MAXIMUM_CHARACTERS = 80


ARTICLES = frozenset("the la le les el los las der die das il lo gli i o os as de het".split())
LEGAL_FORMS = frozenset(
    "inc incorporated ltd limited llc llp plc corp corporation co company gmbh ag kg ohg ug se sa "
    "sas sarl sl srl spa snc bv nv oy oyj ab as asa aps sro kft zrt doo pty pte sdn bhd kk "
    "and".split()
)
_PREFIXES = {
    "\u0600": "ال و ب ل ف ك وال بال لل فال كال".split(),
    "\u0590": "ה ב ל מ ו כ ש וה שה".split(),
}
"""Articles and prepositions that Arabic and Hebrew write together with a word, by script."""


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
        for prefix in _PREFIXES.get(_script_of(term[0]), ()):
            if len(joined) >= MINIMUM_INFLECTED_CHARACTERS:
                found.setdefault(f" {prefix}{term} ", Pattern(f" {prefix}{term} ", "exact"))
        spoken = spoken_term(term)
        if spoken is not None:
            text = bordered(term).replace(term, spoken.text)
            found.setdefault(text, Pattern(text, spoken.spelling))
    for variant in _variants(term):
        found.setdefault(bordered(variant), Pattern(bordered(variant), "variant"))
    return tuple(found.values())


def _variants(term: str) -> Iterator[str]:
    """Return a term without its article or legal form, or its initials joined."""
    words = term.split()
    if len(words) < 2:
        return
    if all(len(word) == 1 for word in words) and len(words) >= MINIMUM_INITIALS:
        yield "".join(words)
    core = words[words[0] in ARTICLES :]
    while len(core) > 1 and core[-1] in LEGAL_FORMS:
        core = core[:-1]
    rest = " ".join(core)
    long_enough = 0 < len(core) < len(words) and len(rest) >= MINIMUM_VARIANT_CHARACTERS
    # A single word of a language is left alone: "The Gap" is not every gap.
    if long_enough and (len(core) > 1 or not is_dictionary_word(rest)):
        yield rest


def _script_of(letter: str) -> str:
    """Return where the block of Arabic or Hebrew letters begins; empty for any other letter."""
    if "\u0621" <= letter <= "\u064a":
        return "\u0600"
    return "\u0590" if "\u05d0" <= letter <= "\u05ea" else ""


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
    if is_place(term) or all(_has_meaning(word) or word.isdigit() for word in words):
        return "dictionary"
    if all(word in personal_names() or _has_meaning(word) for word in words):
        return "personal_name"
    return "distinctive"


def _has_meaning(word: str) -> bool:
    """Tell whether a word stands for something else than a mark: a thing, or a place."""
    return is_dictionary_word(word) or word in words_of_goods() or is_place(word)
