"""Text freed of what hides its letters before any folding, with the way back to its characters.

HTML entities, tags and percent signs of addresses are undone; trademark signs become spaces, before
NFKC would make letters of them; signs that are typed for an apostrophe are dropped within words,
before NFKC would make spaces of them; letters that flags are made of, and Korean letters and
Japanese voicing marks written apart, become what they stand for. All else is left to folding.
"""

import html
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

_ENTITY = re.compile(r"&(?:#\d{2,7}|#[xX][0-9a-fA-F]{2,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ENTITY_ROUNDS = 3
"""How often an entity may be escaped itself."""

_TAG = re.compile(
    r"(?P<sign><sup>\s?(?:tm|r|sm)\s?</sup>)"
    r"|</?(?:(?P<parts>br|p|div|li|hr)|b|i|u|s|em|strong|sup|sub|small|big|span|font|mark|wbr)"
    r"(?:[\s/][^<>]{0,200})?>",
    re.IGNORECASE,
)
"""Tags of HTML that stand in titles: some part words, the others don't."""

_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2})+")
_STRAY_PERCENT = re.compile(r"%(?![0-9A-Fa-f]{2})")
_SIGN = re.compile(
    r"(?<=\w)\s?[(\uff08\ufe59](?:[rR]|[tT][mM]|[sS][mM])[)\uff09\ufe5a]"
    "|[\u2122\u2120\u00ae\u00a9\u2117\U0001f12b\U0001f12c\U0001f16a-\U0001f16c]"
    # A letter in a circle behind a word is a sign; in a row of such it is a letter.
    "|(?<=[^\\W\u24b6-\u24e9])[\u24c7\u24e1\u24b8\u24d2](?![\u24b6-\u24e9])"
    "|(?<=\\w)(?:\u1d40\u1d39|\u1d57\u1d50|\u1d3f|\u1d39\u1d30)(?!\\w)"
)
_APOSTROPHE = re.compile(r"(?<=\w)[\u00b4\u02b9\u02bd\u02c8\u05f3\u201b](?=\w)|\\(?=['\u2019])")
"""An acute accent by itself, a prime, a geresh; and the sign that a program sets before one."""

_FLAG_LETTER, _FLAG_LETTERS = 0x1F1E6, re.compile("[\U0001f1e6-\U0001f1ff]+")
_FLAG_WORDS = re.compile(
    # With a space, or a sign or letter that flags lack, such as in H&M, between its letters.
    "{0}+(?:(?: |[^\\s{1}]{{1,2}}){0}+)*".format("[\U0001f1e6-\U0001f1ff]", "\U0001f1e6-\U0001f1ff")
)
_FLAG_GAPS = re.compile(
    # Between letters that each stand alone: in pairs they would be flags.
    "(?:(?<=^{0})|(?<=[^{0[1]}-{0[3]}]{0}))[ \u200b-\u200d\u2060](?={0}(?!{0}))".format(
        "[\U0001f1e6-\U0001f1ff]"
    )
)
_JAMO = re.compile("[\u3131-\u3163]{2,}")
_VOICING = re.compile("(?<=[\u3041-\u30fe])[\u309b\u309c]")
_COMBINING = {"\u309b": "\u3099", "\u309c": "\u309a"}
_UNUSUAL = re.compile(
    "[\u2122\u2120\u00ae\u00a9\u2117\u24b8\u24c7\u24d2\u24e1\u1d30-\u1d57\u3131-\u3163\u309b\u309c"
    "\u00b4\u02b9\u02bd\u02c8\u05f3\u201b\uff08\ufe59"
    "\U0001f12b\U0001f12c\U0001f16a-\U0001f16c\U0001f1e6-\U0001f1ff]"
)

_LEADS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
_TAILS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
_SYLLABLE = re.compile(f"([{_LEADS}])([{_VOWELS}])(?:([{_TAILS[1:]}])(?![{_VOWELS}]))?")


class Unescaped(NamedTuple):
    """Text, and for each of its characters where it begins and ends in the original."""

    text: str
    begins: tuple[int, ...]
    ends: tuple[int, ...]


_Change = Callable[[str], Iterator[tuple[int, int, str]]]
"""Gives the stretches of a text to be replaced, in order, with what comes in their places."""


def unescaped(text: str) -> str:
    """Return text with its letters as they are meant."""
    if not _may_be_escaped(text):
        return text
    for change in _CHANGES:
        text = "".join(_pieces(text, change))
    return text


def unescaped_with_offsets(text: str) -> Unescaped | None:
    """Return text as `unescaped` does, with places; None where nothing changes."""
    if not _may_be_escaped(text):
        return None
    now = Unescaped(text, tuple(range(len(text))), tuple(range(1, len(text) + 1)))
    for change in _CHANGES:
        now = _changed(now, change)
    return None if now.text == text else now


def _may_be_escaped(text: str) -> bool:
    return bool(
        ("&" in text and _ENTITY.search(text))
        or ("%" in text and _PERCENT.search(text))
        or ("(" in text and _SIGN.search(text))
        or ("<" in text and _TAG.search(text))
        or ("\\" in text and _APOSTROPHE.search(text))
        or not (text.isascii() or _UNUSUAL.search(text) is None)
    )


def _pieces(text: str, change: _Change) -> Iterator[str]:
    position = 0
    for begin, end, instead in change(text):
        yield text[position:begin]
        yield instead
        position = end
    yield text[position:]


def _changed(before: Unescaped, change: _Change) -> Unescaped:
    replaced = list(change(before.text))
    if not replaced:
        return before
    characters: list[tuple[str, int, int]] = []
    places = list(zip(before.text, before.begins, before.ends, strict=True))
    position = 0
    for begin, end, instead in replaced:
        characters += places[position:begin]
        first, last = before.begins[begin], before.ends[end - 1]
        characters += [(character, first, last) for character in instead]
        position = end
    characters += places[position:]
    return Unescaped(
        "".join(character for character, _, _ in characters),
        tuple(begin for _, begin, _ in characters),
        tuple(end for _, _, end in characters),
    )


def _entities(text: str) -> Iterator[tuple[int, int, str]]:
    for found in _ENTITY.finditer(text):
        plain = html.unescape(found.group())
        if plain != found.group():
            yield *found.span(), plain


def _tags(text: str) -> Iterator[tuple[int, int, str]]:
    for found in _TAG.finditer(text):
        yield *found.span(), " " if found["sign"] or found["parts"] else ""


def _percent(text: str) -> Iterator[tuple[int, int, str]]:
    """Undo percent signs; where one stands for itself the text is no part of an address."""
    if _STRAY_PERCENT.search(text):
        return
    for found in _PERCENT.finditer(text):
        try:
            plain = bytes.fromhex(found.group().replace("%", "")).decode()
        except UnicodeDecodeError:
            continue
        if plain.isprintable():
            yield *found.span(), plain


def _signs(text: str) -> Iterator[tuple[int, int, str]]:
    for found in _SIGN.finditer(text):
        yield *found.span(), " "


def _apostrophes(text: str) -> Iterator[tuple[int, int, str]]:
    for found in _APOSTROPHE.finditer(text):
        yield *found.span(), ""


def _flag_gaps(text: str) -> Iterator[tuple[int, int, str]]:
    for found in _FLAG_GAPS.finditer(text):
        yield *found.span(), ""


def _flag_letters(text: str) -> Iterator[tuple[int, int, str]]:
    """Make letters of regional indicators; two by themselves are a flag, and no word."""
    for words in _FLAG_WORDS.finditer(text):
        runs = [found.span() for found in _FLAG_LETTERS.finditer(text, *words.span())]
        if all(end - begin == 2 for begin, end in runs):
            yield from ((begin, end, " ") for begin, end in runs)
            continue
        for at in (at for run in runs for at in range(*run)):
            letter = chr(ord(text[at]) - _FLAG_LETTER + ord("a"))
            yield at, at + 1, f" {letter}" if at == words.start() else letter


def _jamo(text: str) -> Iterator[tuple[int, int, str]]:
    for run in _JAMO.finditer(text):
        for found in _SYLLABLE.finditer(run.group()):
            lead, vowel, tail = found.groups()
            point = (_LEADS.index(lead) * 21 + _VOWELS.index(vowel)) * 28
            point += _TAILS.index(tail) if tail else 0
            begin = run.start() + found.start()
            yield begin, run.start() + found.end(), chr(0xAC00 + point)


def _voicing(text: str) -> Iterator[tuple[int, int, str]]:
    for found in _VOICING.finditer(text):
        yield *found.span(), _COMBINING[found.group()]


_CHANGES: tuple[_Change, ...] = (
    _percent,
    *(_entities,) * _ENTITY_ROUNDS,
    _tags,
    _signs,
    _apostrophes,
    _flag_gaps,
    _flag_letters,
    _jamo,
    _voicing,
)
