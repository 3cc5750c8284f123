"""What is ordinary though some mark can be read in it: model numbers, quantities, abbreviations.

Whatever a large register holds, some mark is near to them. Where one is found so, nothing tells by
itself that it is meant; with words of copying beside it, it is looked at all the same.
"""

import re

from processors.matching.folding import fold, is_unspaced
from processors.matching.hits import Hit
from processors.matching.vocabulary import (
    common_words,
    is_chinese_word,
    is_russian_word,
    known_words,
    renowned_words,
)

LETTERS_OF_CODE = 4
"""A name of so many letters that is no word is as likely a code, where digits stand in it."""

LETTERS_OF_ABBREVIATION = 5
LETTERS_OF_MODEL_PART = 3

_DIGIT_TRICKS = ("leet", "separator")
_NUMBERED = re.compile(r"(?:\d+[^\W\d_]{3,}|[^\W\d_]{3,}\d+s?)")
_PIECES = re.compile(r"[^\W_]+")
_EDGES = re.compile(r"^[\W_]+|[\W_]+$")


def is_ordinary(title: str, begin: int, end: int, hit: Hit) -> bool:
    """Tell whether what stands at a place is ordinary, though a mark can be read in it."""
    text = title[begin:end]
    if hit.trick == "homophone":
        return _cuts_word(title, begin, end)
    if hit.trick == "look_alike":
        return not text.isascii() and is_russian_word(fold(text))
    if hit.trick in ("near", "vowels"):
        return _is_slip(title, text, hit)
    known = any(word in renowned_words() for word in hit.term.split())
    if hit.trick not in _DIGIT_TRICKS or known or " " in text:
        return False
    if not any(map(str.isdigit, text)):
        return False
    return _is_numbered(text) or _is_code(hit.term) or _is_part_of_code(title, begin, end)


def _cuts_word(title: str, begin: int, end: int) -> bool:
    """Tell whether a stretch of Chinese begins or ends amid a word of two characters."""
    pairs = (title[begin - 1 : begin + 1] if begin else "", title[end - 1 : end + 1])
    return any(
        len(pair) == 2
        and is_unspaced(pair[0])
        and is_unspaced(pair[1])
        and is_chinese_word(fold(pair))
        for pair in pairs
    )


def _is_slip(title: str, text: str, hit: Hit) -> bool:
    """Tell whether a word is misspelt or shortened, and no name."""
    if text.isascii() and not hit.term.isascii():
        return True
    if hit.trick == "vowels":
        if len(text) <= LETTERS_OF_ABBREVIATION and text.isupper() and not title.isupper():
            return True
        return hit.term.endswith("s") and hit.term[:-1] in common_words()
    return hit.term in known_words() and hit.term not in renowned_words()


def _is_numbered(text: str) -> bool:
    """Tell whether a common word stands before or behind a number: 6pcs, Design5, mini7s."""
    bare = _EDGES.sub("", text)
    if _NUMBERED.fullmatch(bare) is None:
        return False
    word = (
        fold(bare).strip("0123456789s ") if bare[0].isalpha() else fold(bare).lstrip("0123456789 ")
    )
    return any(each in common_words() for each in (word, word + "s"))


def _is_code(term: str) -> bool:
    letters = term.replace(" ", "")
    return len(letters) <= LETTERS_OF_CODE and letters not in known_words()


def _is_part_of_code(title: str, begin: int, end: int) -> bool:
    """Tell whether the run of signs around a place goes on as a model's number does."""
    first = title.rfind(" ", 0, begin) + 1
    last = title.find(" ", end)
    outside = f"{title[first:begin]} {title[end : last if last >= 0 else len(title)]}"
    return any(
        any(map(str.isdigit, piece)) or len(piece) <= LETTERS_OF_MODEL_PART
        for piece in _PIECES.findall(outside)
    )
