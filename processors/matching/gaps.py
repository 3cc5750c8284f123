"""Terms across gaps: letters that stand apart, and spaces or signs within dense scripts' words."""

import re
from collections.abc import Callable, Iterator
from itertools import accumulate, pairwise

from processors.matching.folding import fold, is_hangul
from processors.matching.hits import Hit
from processors.matching.index import Found
from processors.matching.terms import Spelling

Lookup = Callable[[str], Iterator[tuple[str, Found]]]
"""Gives the terms whose spelling stands in bordered folded text."""

_SINGLE_LETTERS = re.compile(r"(?<!\w)\w(?:[\W_]{1,3}\w(?!\w)){2,}")
_GAP = re.compile(r"[\s*＊·・.\-_~～]{1,2}")
_DENSE_GAPS = re.compile(
    r"[\u3041-\u30ff\u3400-\u9fff]+(?:[\s*＊·・.\-_~～]{1,2}[\u3041-\u30ff\u3400-\u9fff]+)+"
)


def spaced_letters(title: str, lookup: Lookup) -> list[Hit]:
    """Find terms whose letters stand apart."""
    hits = []
    for found in _SINGLE_LETTERS.finditer(title):
        word = "".join(character for character in found.group() if character.isalnum())
        for term, spelling in _whole(fold(word), lookup):
            begin, end = found.span()
            hits.append(Hit(term, spelling, "spaced_letters", "title", begin, end, 1.0))
    return hits


def across_gaps(title: str, folded: str, lookup: Lookup) -> list[Hit]:
    """Find terms of dense scripts across spaces and signs within their words."""
    hits = []
    for run in _DENSE_GAPS.finditer(title):
        segments = _GAP.split(run.group())
        text = fold("".join(segments))
        seams = list(accumulate(len(segment) for segment in segments))[:-1]
        lone = {
            seam
            for seam, (one, other) in zip(seams, pairwise(segments), strict=True)
            if len(one) == 1 or len(other) == 1 or " " not in run.group()
        }
        if len(text) != sum(map(len, segments)):
            continue
        for term, found in lookup(f" {text} "):
            begin, end = found.begin - 1, found.end - 1
            kana = all("\u30a1" <= each <= "\u30ff" for each in term)
            crossed = {seam for seam in seams if begin < seam < end}
            whole = {begin, end} <= {0, len(text), *seams}
            if crossed and (crossed <= lone or (kana and whole)):
                start, stop = run.span()
                hits.append(Hit(term, found.spelling, "separator", "title", start, stop, 1.0))
    words = folded.split()
    for first, second in pairwise(words):
        if is_hangul(first[0]) and is_hangul(second[0]):
            for term, found in lookup(f" {first}{second} "):
                if found.begin == 1 and found.end - 1 > len(first):
                    begin = folded.index(f"{first} {second}")
                    end = begin + found.end
                    hits.append(Hit(term, found.spelling, "separator", "folded", begin, end, 1.0))
    return hits


def _whole(word: str, lookup: Lookup) -> Iterator[tuple[str, Spelling]]:
    """Give the terms that fill a whole stretch, or all of it but its first or last letter."""
    for term, found in lookup(f" {word} "):
        if found.end - found.begin >= len(word) - 1:
            yield term, found.spelling
