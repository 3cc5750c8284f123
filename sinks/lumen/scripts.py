"""Folding of digits and signs in place, and scripts that are written without spaces."""

import re
import sys
import unicodedata
from functools import cache

UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3100-\u312f"
    "\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\uff66-\uff9f\U00020000-\U0003134f"
)
"""Thai, Lao, Burmese, Khmer, Chinese, Japanese and Korean, as ranges within a class: a word of
another script may stand right beside them, and a Korean name has its particle behind it."""

_DASHES = "\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe63\uff0d"
_SPACES = "\u00a0\u2007\u2009\u202f\u3000"


_INFLECTIONS = (
    # Cyrillic and Greek names have another ending in each case.
    (re.compile(r"([\u0400-\u04ff]{3,}?)[аеёиоуыэюяіїєйь]?"), "", "[\u0400-\u04ff]{0,4}"),
    (
        re.compile(r"([\u0370-\u03ff]{3,}?)(?:[αεηιουωάέήίόύώ]{0,2}ς?)"),
        "",
        "[\u0370-\u03ff]{0,4}",
    ),
    # Arabic and Hebrew write conjunctions, prepositions and articles together with a name.
    (re.compile(r"(?:ال)?([\u0620-\u064a]{2,})"), "[وف]?(?:[بكل]?ال|لل|[بكل])?", ""),
    (re.compile(r"([\u05d0-\u05ea]{2,})"), "[והבכלמש]{0,3}", ""),
)
"""Scripts whose languages write more around a name: its stem, what stands before it, and after."""


def inflected(word: str) -> str:
    """Return a pattern for a name as it stands in a sentence of the languages of its script."""
    for form, before, after in _INFLECTIONS:
        found = form.fullmatch(word)
        if found is not None:
            return before + re.escape(found[1]) + after
    return re.escape(word)


@cache
def _folded_signs() -> dict[int, str]:
    table = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
    table |= dict.fromkeys(map(ord, _DASHES), "-") | dict.fromkeys(map(ord, _SPACES), " ")
    for code in range(0x80, sys.maxunicode + 1):
        digit = unicodedata.decimal(chr(code), None)
        if digit is not None:
            table[code] = str(int(digit))
    return table


def fold_signs(text: str) -> str:
    """Return a text with digits of all scripts and full-width signs in ASCII, each in its place."""
    return text.translate(_folded_signs())
