"""Terms across gaps: letters that stand apart, and spaces or signs within dense scripts' words."""

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator
from itertools import accumulate, pairwise

from processors.matching.disguises import readings
from processors.matching.folding import fold, is_hangul
from processors.matching.hits import Hit
from processors.matching.terms import Spelling

Lookup = Callable[[str], list[Hit]]
"""Gives the terms whose spelling stands in bordered folded text."""

_SINGLE_LETTERS = re.compile(r"(?<!\w)\w(?:[\W_]{1,3}\w(?!\w)){2,}")
SPELLED_MINIMUM = 4
_SHAPES = bytes(120 if chr(point).isalnum() else 32 for point in range(256))
"""Letters and digits as x, all else as a space."""

_HANGUL = re.compile("[\uac00-\ud7a3]")
_KANA = re.compile("[\u3041-\u30ff]")
_GAP_SIGNS = r"[\s*＊·・.\-_~～|丨^=#°•●○◎★☆♥❤◆♦※\ufe0f]"
_THAI = r"[\u0e00-\u0e7f]"
_DENSE = r"[\u3041-\u30ff\u3400-\u9fff]"
_GAP = re.compile(f"{_GAP_SIGNS}{{1,2}}")
_DENSE_GAP = re.compile(f"{_GAP_SIGNS}(?<={_DENSE}.){_GAP_SIGNS}?{_DENSE}", re.DOTALL)
_JOINING_GAP = re.compile(
    # A sign that is no space, or a single character on either side.
    f"{_GAP_SIGNS}(?<={_DENSE}.)(?:(?<! ){_GAP_SIGNS}?{_DENSE}|(?! ){_GAP_SIGNS}{_DENSE}"
    f"|{_GAP_SIGNS}?{_DENSE}(?!{_DENSE})|(?<!{_DENSE}{_DENSE}.){_GAP_SIGNS}?{_DENSE})",
    re.DOTALL,
)
"""What a run without kana must have for a term to count across its gaps: see `_in_dense`."""

_DENSE_GAPS = re.compile(
    # The look behind spares the search from each later character of a stretch; a pattern that
    # begins with characters is sought faster than one that begins with what is before them.
    f"{_DENSE}(?<!{_DENSE}{_DENSE}){_DENSE}*(?:{_GAP_SIGNS}{{1,2}}{_DENSE}+)+"
)
_THAI_GAPS = re.compile(f"{_THAI}(?<!{_THAI}{_THAI}){_THAI}*(?:{_GAP_SIGNS}{{1,2}}{_THAI}+)+")
_THAI_MARKS = re.compile("[\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]")


def spaced_letters(title: str, lookup: Lookup) -> list[Hit]:
    """Find terms whose letters stand apart."""
    if title.isascii():
        # Each of the letters stands between other characters; two at least are needed.
        shape = b" %b " % title.encode().translate(_SHAPES)
        at = shape.find(b" x ")
        if at < 0 or shape.find(b" x ", at + 2) < 0:
            return []
    hits = []
    for found in _SINGLE_LETTERS.finditer(title):
        word = "".join(character for character in found.group() if character.isalnum())
        begin, end = found.span()
        # The first or the last of them may be a word or a number of its own.
        parts = (word, word[:-1], word[1:]) if len(word) > SPELLED_MINIMUM else (word,)
        for part in parts:
            terms = [each for text in _spelled(part) for each in _whole(text, lookup)]
            if terms:
                hits += [
                    Hit(term, spelling, "spaced_letters", "title", begin, end, 1.0)
                    for term, spelling in terms
                ]
                break
    return hits


def _spelled(letters: str) -> list[str]:
    """Return what letters that stand apart may spell."""
    if letters.isalpha():
        return [fold(letters)]
    return [fold(letters), *(each.text for each in readings(letters) if each.trick == "leet")]


def across_gaps(title: str, folded: str, lookup: Lookup) -> list[Hit]:
    """Find terms of dense scripts across spaces and signs within their words."""
    hits: list[Hit] = []
    if (_JOINING_GAP if _KANA.search(title) is None else _DENSE_GAP).search(title) is not None:
        hits += [hit for run in _DENSE_GAPS.finditer(title) for hit in _in_dense(run, lookup)]
    hits += [hit for run in _THAI_GAPS.finditer(title) for hit in _in_dense(run, lookup)]
    if _HANGUL.search(folded) is not None:
        hits += _in_hangul(folded, lookup)
    return hits


def _in_dense(run: re.Match[str], lookup: Lookup) -> Iterator[Hit]:
    text = run.group()
    segments = _GAP.split(text)
    sizes = [len(_THAI_MARKS.sub("", segment)) for segment in segments]
    seams = list(accumulate(len(segment) for segment in segments))[:-1]
    lone = {
        seam
        for seam, gap, (one, other) in zip(seams, _GAP.findall(text), pairwise(sizes), strict=True)
        if one == 1 or other == 1 or not any(map(str.isspace, gap))
    }
    if not lone and _KANA.search(text) is None:
        # Only kana words count across spaces between longer segments.
        return
    joined = fold("".join(segments))
    gaps = {at for gap in _GAP.finditer(text) for at in range(*gap.span())}
    places = [at for at in range(len(text)) if at not in gaps]
    if len(joined) != sum(map(len, segments)):
        return
    for found in lookup(f" {joined} "):
        begin, end = found.begin, found.end
        crossed = {seam for seam in seams if begin < seam < end}
        if not crossed:
            continue
        kana = all("\u30a1" <= each <= "\u30ff" for each in found.term)
        whole = {begin, end} <= {0, len(joined), *seams}
        if crossed <= lone or (kana and whole):
            start = run.start() + places[begin]
            stop = run.start() + places[end - 1] + 1
            yield Hit(found.term, found.spelling, "separator", "title", start, stop, 1.0)


def _in_hangul(folded: str, lookup: Lookup) -> Iterator[Hit]:
    """Find terms that begin in a Korean word and go on in the next one."""
    words = folded.split()
    pairs = [pair for pair in pairwise(words) if is_hangul(pair[0][0]) and is_hangul(pair[1][0])]
    text = "\n".join(f" {first}{second} " for first, second in pairs)
    # One search for all pairs; each begins after the line's end of the one before.
    starts = [0, *accumulate(len(first) + len(second) + 3 for first, second in pairs)]
    for found in lookup(text) if pairs else ():
        at = bisect_right(starts, found.begin) - 1
        first, second = pairs[at]
        begin, end = found.begin - starts[at], found.end - starts[at]
        if begin == 0 and end > len(first):
            start = folded.index(f"{first} {second}")
            # With the space between the two.
            last = start + end + 1
            yield Hit(found.term, found.spelling, "separator", "folded", start, last, 1.0)


def _whole(word: str, lookup: Lookup) -> Iterator[tuple[str, Spelling]]:
    """Return the terms that fill a whole stretch, or all of it but its first or last letter."""
    for found in lookup(f" {word} "):
        if found.end - found.begin >= len(word) - 1:
            yield found.term, found.spelling
