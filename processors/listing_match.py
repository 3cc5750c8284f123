"""Whether a mark's words stand in a listing's title or brand."""

from rapidfuzz import process
from rapidfuzz.distance import OSA

from processors.findings import ListingMatchFinding
from processors.matching.folding import fold, is_unspaced

MINIMUM_NEAR_CHARACTERS = 5
"""Shorter words are near too many others."""

NEAR_SIMILARITY = 0.8
MAXIMUM_WINDOWS = 200


def listing_match_finding(
    mark_text: str | None, title: str, brand: str | None
) -> tuple[ListingMatchFinding, str]:
    """Tell whether the mark stands in title or brand, and give the stretch of folded text.

    exact: the mark as whole words, or, in scripts without spaces, as it is. near: words that
    differ in few letters ('Adibas' for ADIDAS), which are not enough to decide on.
    """
    mark = fold(mark_text) if mark_text else ""
    if not mark:
        return "no_words", ""
    texts = [fold(text) for text in (title, brand) if text]
    unspaced = is_unspaced(mark)
    for text in texts:
        if (unspaced and mark in text) or f" {mark} " in f" {text} ":
            return "exact", mark
        if " " in mark and mark.replace(" ", "") in text.split():
            return "exact", mark.replace(" ", "")
    if len(mark) < MINIMUM_NEAR_CHARACTERS:
        return "none", ""
    windows = [window for text in texts for window in _windows(text, mark.count(" ") + 1)]
    best = process.extractOne(
        mark,
        windows[:MAXIMUM_WINDOWS],
        scorer=OSA.normalized_similarity,
        score_cutoff=NEAR_SIMILARITY,
    )
    return ("none", "") if best is None else ("near", str(best[0]))


def _windows(text: str, words: int) -> list[str]:
    """Give all runs of so many words, or of one more or one fewer."""
    parts = text.split()
    found = []
    for size in {max(1, words - 1), words, words + 1}:
        found += [
            separator.join(parts[start : start + size])
            for start in range(len(parts) - size + 1)
            for separator in ((" ", "") if size > 1 else (" ",))
        ]
    return sorted(set(found))
