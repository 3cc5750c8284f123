"""The trick by which a hit is written, where folding undoes it: its own characters show it."""

import html
import re
import unicodedata

from processors.matching.disguise_signs import is_joined
from processors.matching.disguises import Trick
from processors.matching.folding import fold, is_hangul, is_ignored, is_unspaced
from processors.matching.hits import Hit

_STYLED = re.compile(
    # Phonetic small capitals, modifiers, signs above and below, letterlike, enclosed and squared
    # letters, those of mathematics and of flags, and Korean letters apart.
    "[\u0250-\u02b8\u1d00-\u1dbf\u2070-\u209c\u2100-\u214f\u2460-\u24ff\ua730-\ua7ff\u3131-\u3163"
    "\U0001d400-\U0001d7ff\U0001f100-\U0001f1ff]"
)
_FULL_WIDTH = re.compile("[\uff21-\uff3a\uff41-\uff5a]")
_DENSE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3]")
_ESCAPED = re.compile(r"&#?\w{2,32};|(?:%[0-9A-Fa-f]{2})+")
_ACCENTED = re.compile("[\u00c0-\u024f\u0370-\u03ff\u1e00-\u1fff]")
_ORDINARY_ACCENTED = re.compile("[\u00c0-\u017f\u0218-\u021b\u0370-\u03ff\u1f00-\u1fff]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_STRESS = "\u0301"
_VIETNAMESE = re.compile("[\u1ea0-\u1ef9\u01a0\u01a1\u01af\u01b0]")
_WORD_TRICKS = ("separator", "split_word", "near")


def evident_trick(title: str, begin: int, end: int, hit: Hit) -> Trick:
    """Return the trick by which a hit at a place of the title is written."""
    text = title[begin:end]
    if hit.trick != "none":
        words = not (is_unspaced(hit.term) or is_hangul(hit.term[0]))
        joined = words and hit.trick in _WORD_TRICKS and _letters(text) == _letters(hit.term)
        return "joined" if joined and is_joined(text) else hit.trick
    if hit.spelling == "variant":
        return "near"
    escaped = any(_hides_letter(each.group()) for each in _ESCAPED.finditer(text))
    if escaped or text.isascii():
        return "styled" if escaped else "none"
    return _hidden_in(text, title, title[:begin] + title[end:])


def _hidden_in(text: str, title: str, rest: str) -> Trick:
    if any(is_ignored(character) for character in text[1:-1]):
        return "invisible"
    if _STYLED.search(text) or (_FULL_WIDTH.search(text) and not _DENSE.search(title)):
        return "styled"
    return "accents" if _oddly_accented(text, rest) else "none"


def _letters(text: str) -> str:
    return fold(text).replace(" ", "")


def _hides_letter(escaped: str) -> bool:
    """Tell whether what is escaped is a letter that nobody needs to escape."""
    plain = html.unescape(escaped) if escaped[0] == "&" else fold(escaped)
    return plain.isascii() and plain.isalnum() and plain != escaped


def _oddly_accented(text: str, rest: str) -> bool:
    """Tell whether letters carry marks that no spelling of a name has.

    Many names are written with accents that the register leaves out: Lancôme, Citroën, Škoda.
    """
    kinds: set[str] = set()
    before = ""
    for character in unicodedata.normalize("NFC", text):
        letter, before = before, character
        marks = unicodedata.normalize("NFD", character)[1:]
        if not marks and unicodedata.category(character) == "Mn":
            if _keeps_sense(character) or (character == _STRESS and _CYRILLIC.match(letter)):
                continue
            # A mark that no letter takes.
            return True
        if not marks or not _ACCENTED.match(character):
            continue
        kinds.update(marks)
        if _VIETNAMESE.match(character) and not rest.isascii():
            continue
        if not _ORDINARY_ACCENTED.match(character):
            return True
    return len(kinds) > 2 or (len(kinds) > 1 and rest.isascii())


def _keeps_sense(mark: str) -> bool:
    """Tell whether a mark writes a vowel, as in Indic, Thai, Arabic and Hebrew letters."""
    return not (0x0300 <= ord(mark) <= 0x036F or 0x1AB0 <= ord(mark) <= 0x20FF)
