"""Whether a mark's words stand in a listing's title or brand, and how they are written."""

import unicodedata
from functools import lru_cache
from typing import NamedTuple

from processors.findings.findings import ListingMatchFinding
from processors.matching.folding import fold, fold_with_offsets
from processors.matching.hits import Hit
from processors.matching.index import TermIndex, build
from processors.matching.matcher import Matcher
from processors.matching.terms import term_of

NEAR = frozenset({"near", "sound"})
"""Spellings that only come near the mark; the others are the mark's own, or hide it."""

MAXIMUM_MARKS = 2_048

_PLAIN_SIGNS = frozenset(("Mn", "Pd", "Pf", "Po", "Zs"))

_ORDER: tuple[ListingMatchFinding, ...] = ("exact", "disguised", "near", "none")


class Occurrence(NamedTuple):
    """A mark in a text, by places in the folded text; how it is written there."""

    hit: Hit
    spelling: ListingMatchFinding
    begin: int
    end: int


class ListingMatch(NamedTuple):
    """How a mark stands in a listing, the folded stretch that shows it, and where in the title."""

    finding: ListingMatchFinding
    text: str
    occurrences: tuple[Occurrence, ...] = ()


def listing_match(mark_text: str | None, title: str, brand: str | None) -> ListingMatch:
    """Tell how a mark stands in title or brand.

    It is the matcher that watches all titles, on this one mark. exact: the mark as whole words, or,
    in scripts without spaces, as it is; with or without its spaces. disguised: other letters,
    digits, signs or spaces hide it. near: words that differ in few letters ('Adibas' for ADIDAS),
    or that only sound like it.
    """
    term = term_of(mark_text)
    if not term:
        # A single letter or a number is too little to search for; it may still be the whole text.
        plain = fold(mark_text) if mark_text else ""
        stands = bool(plain) and any(f" {plain} " in f" {fold(t)} " for t in (title, brand) if t)
        if not plain:
            return ListingMatch("no_words", "")
        return ListingMatch("exact", plain) if stands else ListingMatch("none", "")
    occurrences = _occurrences(term, title)
    found = [(_ORDER.index(each.spelling), _stretch(title, each)) for each in occurrences]
    if brand and not any(each.spelling == "exact" for each in occurrences):
        found += [
            (_ORDER.index(each.spelling), _stretch(brand, each))
            for each in _occurrences(term, brand)
        ]
    if not found:
        return ListingMatch("none", "")
    place, text = min(found, key=lambda each: each[0])
    return ListingMatch(_ORDER[place], text, occurrences)


def title_place(title: str, occurrence: Occurrence) -> tuple[int, int]:
    """Return where a mark stands in the title as it is written."""
    hit = occurrence.hit
    if hit.place == "title":
        return hit.begin, hit.end
    folded = fold_with_offsets(title)
    return folded.begins[hit.begin], folded.ends[min(hit.end, len(folded.ends)) - 1]


def _occurrences(term: str, text: str) -> tuple[Occurrence, ...]:
    matcher = _matcher(term)
    plain = tuple(_occurrence(text, hit) for hit in matcher.find_plain(text))
    if any(each.spelling == "exact" for each in plain):
        return plain
    return tuple(_occurrence(text, hit) for hit in matcher.find(text))


def _occurrence(text: str, hit: Hit) -> Occurrence:
    begin, end = hit.begin, hit.end
    if hit.place == "title":
        begin = len(fold(f"{text[: hit.begin]}x")) - 1
        end = begin + len(fold(text[hit.begin : hit.end]))
    return Occurrence(hit, _spelling(text, hit), begin, end)


def _spelling(text: str, hit: Hit) -> ListingMatchFinding:
    if hit.trick in NEAR or hit.spelling == "romanised":
        return "near"
    if hit.trick != "none":
        return "disguised"
    if hit.term.isascii() and not text.isascii():
        begin, end = title_place(text, Occurrence(hit, "exact", hit.begin, hit.end))
        if _is_altered(text[begin:end]):
            return "disguised"
    return "exact"


def _is_altered(written: str) -> bool:
    """Tell whether Latin letters are written in signs that only stand for them, such as Ⓝⓘⓚⓔ.

    Accents, dashes and the wide letters of Japanese and Chinese text are plain writing.
    """
    if written.isascii():
        return False
    return not all(
        character.isascii()
        or "\uff01" <= character <= "\uff5e"
        or unicodedata.category(character) in _PLAIN_SIGNS
        for character in unicodedata.normalize("NFD", written)
    )


@lru_cache(maxsize=MAXIMUM_MARKS)
def _matcher(term: str) -> Matcher:
    return Matcher(TermIndex(build((term,))))


def _stretch(text: str, each: Occurrence) -> str:
    """Return the folded stretch in which a mark was found."""
    if each.hit.place == "title":
        return fold(text[each.hit.begin : each.hit.end])
    return fold(text)[each.begin : each.end]
