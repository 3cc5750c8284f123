"""One folding of text, used alike for marks and for titles."""

import re
import unicodedata
from functools import lru_cache

_SEPARATORS = re.compile(r"[^\w\s]|_|\s", re.UNICODE)
_INVISIBLE = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufe00-\ufe0f\ufeff]")
_SPACES = re.compile(r" +")
_UNSPACED = re.compile(
    "[\u0e00-\u0e7f\u0e80-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3"
    "\uf900-\ufaff\U00020000-\U0003ffff]"
)


@lru_cache(maxsize=65_536)
def fold(text: str) -> str:
    """Give text without case, width, diacritics and punctuation, words one space apart.

    NFKC and case folding (Unicode chapter 3.13); marks are stripped from Latin, Greek and Cyrillic
    letters only, since in other scripts they carry the vowel or the voicing.
    """
    if text.isascii():
        folded = text.lower()
    else:
        folded = _INVISIBLE.sub("", unicodedata.normalize("NFKC", text)).casefold()
        folded = _strip_marks(unicodedata.normalize("NFKC", folded))
    return _SPACES.sub(" ", _SEPARATORS.sub(_separator, folded)).strip()


def is_unspaced(text: str) -> bool:
    """Tell whether text has letters of a script that is written without spaces between words."""
    return _UNSPACED.search(text) is not None


def _separator(found: re.Match[str]) -> str:
    # Combining marks of scripts that keep them are no separators.
    return found.group() if unicodedata.category(found.group()).startswith("M") else " "


def _strip_marks(text: str) -> str:
    kept = []
    base = ""
    for character in unicodedata.normalize("NFD", text):
        if unicodedata.category(character) == "Mn":
            if _loses_marks(base):
                continue
        else:
            base = character
        kept.append(character)
    return unicodedata.normalize("NFC", "".join(kept))


def _loses_marks(base: str) -> bool:
    if not base:
        return True
    point = ord(base)
    return point < 0x0530 or 0x1E00 <= point < 0x2000
