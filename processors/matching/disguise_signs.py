"""What tells a disguised name from an ordinary word that only can be read as one.

Hyphens, model numbers, units and words of other languages are in every second title; with a large
register some mark is near each of them. A disguise is known by what nobody writes otherwise:
letters of two scripts in a word, digits amid letters, a word spelled out by signs.
"""

import re
import unicodedata

from processors.matching.disguises import SIGNS
from processors.matching.folding import fold, is_hangul, is_unspaced
from processors.matching.hits import Hit
from processors.matching.near_keys import single_letters
from processors.matching.ordinary import is_ordinary
from processors.matching.vocabulary import (
    common_words,
    is_chinese_word,
    is_dictionary_word,
    known_words,
    renowned_words,
)

SIGN_PARTS = (
    "renowned",
    "few_letters",
    "letters",
    "mixed_scripts",
    "lone_script",
    "foreign_word",
    "odd_joints",
    "spelled_out",
    "joined_words",
    "ordinary_joints",
    "inner_signs",
    "edge_signs",
    "model_number",
    "known_as_written",
    "in_capitals",
    "leads_title",
    "dense",
    "own_mark",
    "begins_run",
    "ends_run",
    "amid_run",
    "holds_word",
    "sound_amid_run",
    "sound_of_words",
    "doubled_letters",
    "swapped_letters",
    "ordinary",
)
"""The parts of a score that tell of a disguise, in order."""

_ORDINARY_JOINTS = frozenset("-–—‐‑/\\'’´`.,&:;()[]{}\"“”【】（）!?")
_PIECES = re.compile(r"[^\W_]+")
_JOINTS = re.compile(r"(?<=[^\W_])[\W_]+(?=[^\W_])")
_RUN = re.compile(r"\d\d")
FEW_LETTERS = 4


def disguise_signs(title: str, begin: int, end: int, hit: Hit, own_marks: int) -> dict[str, float]:
    """Return the parts for a hit that is not as the mark is written.

    `own_marks` are marks found in the title as they are written, elsewhere.
    """
    text, rest = title[begin:end], f"{title[:begin]} {title[end:]}"
    joints = "".join(_JOINTS.findall(text))
    signs = joints.replace(" ", "")
    pieces = [fold(piece) for piece in _PIECES.findall(text)]
    words = [word for word in pieces if word]
    letters = hit.term.replace(" ", "")
    scripts = {_script(each) for each in text if each.isalpha()}
    other = bool(scripts - {"LATIN"}) and hit.term.isascii()
    inner, edge = _leet(text)
    dense = _is_dense(hit.term)
    begins = dense and not _is_dense(title[begin - 1 : begin])
    ends = dense and not _is_dense(title[end : end + 1])
    holds_word = dense and _holds_word("".join(words))
    return {
        "renowned": any(word in renowned_words() for word in hit.term.split()),
        "few_letters": len(letters) <= FEW_LETTERS,
        "letters": min(len(letters), 12) / 12,
        "mixed_scripts": len(scripts) > 1,
        "lone_script": other and _is_alone(scripts, rest),
        "foreign_word": other and len(scripts) == 1,
        "odd_joints": min(sum(each not in _ORDINARY_JOINTS for each in signs), 3) / 3,
        "spelled_out": len(words) >= 3 and all(len(word) == 1 for word in words),
        "joined_words": len(words) > 1 and all(map(_is_ordinary, words)),
        "ordinary_joints": min(sum(each in _ORDINARY_JOINTS for each in signs), 3) / 3,
        "inner_signs": min(inner, 3) / 3,
        "edge_signs": min(edge, 3) / 3,
        "model_number": _RUN.search(text) is not None,
        "known_as_written": len(words) == 1 and words[0] in known_words(),
        "in_capitals": inner + edge > 0 and text.isupper(),
        "leads_title": begin == 0,
        "dense": is_unspaced(hit.term),
        "own_mark": min(own_marks, 3) / 3,
        "begins_run": begins,
        "ends_run": ends,
        "amid_run": dense and not (begins or ends),
        "holds_word": holds_word,
        "sound_amid_run": hit.trick == "homophone" and not (begins or ends),
        "sound_of_words": hit.trick == "homophone" and holds_word,
        "doubled_letters": hit.trick == "near" and _once(fold(text)) == _once(hit.term),
        "swapped_letters": hit.trick == "near" and sorted(fold(text)) == sorted(hit.term),
        "ordinary": is_ordinary(title, begin, end, hit),
    }


def _is_dense(text: str) -> bool:
    """Tell whether text begins with a letter of a script in which words are run together."""
    return text != "" and (is_unspaced(text[0]) or is_hangul(text[0]))


def _holds_word(text: str) -> bool:
    """Tell whether two characters of a text that stand side by side are a Chinese word."""
    return any(is_chinese_word(text[at : at + 2]) for at in range(len(text) - 1))


def _once(text: str) -> str:
    return single_letters(text.replace(" ", ""))


def is_joined(text: str) -> bool:
    """Tell whether a stretch is whole words, side by side or with ordinary signs between them."""
    joints = "".join(_JOINTS.findall(text)).replace(" ", "")
    words = [fold(piece) for piece in _PIECES.findall(text)]
    # One letter is a word of its own in T-shirt, and more are a word spelled out.
    return (
        len(words) > 1
        and all(each in _ORDINARY_JOINTS for each in joints)
        and sum(len(word) == 1 for word in words) <= (len(words) == 2)
        and all(map(_is_ordinary if len(words) == 2 else _is_common, words))
    )


def _is_common(word: str) -> bool:
    return word.isdigit() or word in common_words()


def _is_ordinary(word: str) -> bool:
    if not word.isascii():
        # Of other scripts no list is large enough to tell a word from a part of one.
        return len(word) != 2
    return len(word) <= 1 or word.isdigit() or word in known_words() or is_dictionary_word(word)


def _leet(text: str) -> tuple[int, int]:
    """Return how many signs stand for letters amid letters, and at a word's ends."""
    inner = edge = 0
    for at, character in enumerate(text):
        if character not in SIGNS:
            continue
        before, after = text[at - 1 : at], text[at + 1 : at + 2]
        if all(each and (each.isalpha() or each in SIGNS) for each in (before, after)):
            inner += 1
        else:
            edge += 1
    return inner, edge


def _is_alone(scripts: set[str], rest: str) -> bool:
    """Tell whether the rest of a title is in Latin letters, and in none of these scripts."""
    others = {_script(each) for each in rest if each.isalpha()}
    return "LATIN" in others and scripts.isdisjoint(others)


def _script(letter: str) -> str:
    return "LATIN" if letter.isascii() else unicodedata.name(letter, "").partition(" ")[0]
