"""Whether the goods that a register lists for a mark name what a listing offers.

A class is coarse: software and cases for telephones are both in class 9. Where no word of a listing
stands in the list, a person compares the goods; nothing is decided by that alone, as one thing has
many names, and registers have languages of their own.
"""

from functools import lru_cache
from typing import Final

from processors.findings.findings import NiceClassFinding
from processors.matching.folding import fold, is_unspaced
from schemas.events.complaints import ComplaintFiled
from schemas.events.listings import ListingChanged
from schemas.events.trademarks import TrademarkRecorded

ELLIPSIS: Final = "…"
"""Ends a list that is longer than what is kept of it."""
LEAST_LETTERS: Final = 4
LEAST_LETTERS_UNSPACED: Final = 2
_ENDINGS: Final = ("es", "s", "en", "n", "e")


def goods_not_named(trademark: TrademarkRecorded, listing: ListingChanged) -> bool:
    """Tell whether a register lists goods of a listing's classes, of which the listing names
    none."""
    listed = [
        each.text
        for each in trademark.goods
        if not each.nice_class or each.nice_class in listing.nice_classes
    ]
    if not listed:
        return False
    said = _words(" ".join((listing.title, listing.category or "")))
    mark = _words(trademark.mark_text or "")
    return (said - mark).isdisjoint(_words(" ".join(listed)))


def is_evidenced_reputation(complaint: ComplaintFiled, nice_class: NiceClassFinding) -> bool:
    """Tell whether documents of a mark's reputation were filed, which may reach other goods."""
    return nice_class == "mismatch" and any(
        item.kind == "reputation" and item.evidence_id for item in complaint.evidence
    )


def goods_of(trademark: TrademarkRecorded | None) -> str:
    """Return the goods of a mark as reviewers read them: a line for each class."""
    if trademark is None:
        return ""
    return "\n".join(
        f"{each.nice_class}: {each.text}" if each.nice_class else each.text
        for each in trademark.goods
    )


@lru_cache(maxsize=4_096)
def _words(text: str) -> frozenset[str]:
    """Return a text's words without their endings; of scripts without spaces each two letters."""
    found: set[str] = set()
    for word in fold(text).split(" "):
        if any(map(is_unspaced, word)):
            found.update(word[at : at + LEAST_LETTERS_UNSPACED] for at in range(len(word) - 1))
        elif len(word) >= LEAST_LETTERS:
            found.add(_stem(word))
    return frozenset(found)


def _stem(word: str) -> str:
    for ending in _ENDINGS:
        if word.endswith(ending) and len(word) - len(ending) >= LEAST_LETTERS:
            return word.removesuffix(ending)
    return word
