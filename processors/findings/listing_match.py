"""Whether a mark's words stand in a listing's title or brand."""

from functools import lru_cache

from processors.findings.findings import ListingMatchFinding
from processors.matching.folding import fold
from processors.matching.hits import Hit
from processors.matching.index import TermIndex, build
from processors.matching.matcher import Matcher
from processors.matching.terms import term_of

WRITTEN = frozenset({"none", "look_alike", "leet", "separator", "spaced_letters"})
"""Spellings that a reader takes for the mark itself; the others only come near it."""

MAXIMUM_MARKS = 2_048


def listing_match_finding(
    mark_text: str | None, title: str, brand: str | None
) -> tuple[ListingMatchFinding, str]:
    """Tell whether the mark stands in title or brand, and give the stretch of text that shows it.

    It is the matcher that watches all titles, on this one mark. exact: the mark as whole words, or,
    in scripts without spaces, as it is; with or without its spaces, or disguised. near: words that
    differ in few letters ('Adibas' for ADIDAS), that are split or masked, or that only sound like
    it, which are not enough to decide on.
    """
    term = term_of(mark_text)
    if not term:
        # A single letter or a number is too little to search for; it may still be the whole text.
        plain = fold(mark_text) if mark_text else ""
        stands = bool(plain) and any(f" {plain} " in f" {fold(t)} " for t in (title, brand) if t)
        if not plain:
            return "no_words", ""
        return ("exact", plain) if stands else ("none", "")
    matcher = _matcher(term)
    for hit in matcher.find_plain(title):
        # It would be the first of all that are found.
        if _shows(hit):
            return "exact", _stretch(title, hit)
    best: tuple[ListingMatchFinding, str] = ("none", "")
    for text in (title, brand):
        for hit in matcher.find(text) if text else ():
            if _shows(hit):
                return "exact", _stretch(text or "", hit)
            if best[0] == "none":
                best = "near", _stretch(text or "", hit)
    return best


def _shows(hit: Hit) -> bool:
    """Tell whether a reader takes a spelling for the mark itself."""
    return hit.trick in WRITTEN and hit.spelling != "romanised"


@lru_cache(maxsize=MAXIMUM_MARKS)
def _matcher(term: str) -> Matcher:
    return Matcher(TermIndex(build((term,))))


def _stretch(text: str, hit: Hit) -> str:
    """Return the folded stretch of a hit."""
    written = fold(text) if hit.place == "folded" else text
    return fold(written[hit.begin : hit.end])
