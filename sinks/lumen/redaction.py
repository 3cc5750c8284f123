"""Takes personal data out of texts. It finds what has a form or is given by name, and no more:
names of people who are not given stay, so free texts are only told where the operator says so."""

import re
from collections.abc import Iterator
from itertools import chain

from stdnum import iban
from stdnum.es import dni, nie
from stdnum.it import codicefiscale

from sinks.lumen.personal_numbers import NUMBER, is_personal
from sinks.lumen.scripts import UNSPACED, fold_signs, inflected

REDACTED = "[redacted]"
MAXIMUM_CHARACTERS = 20_000
SHORTEST_NAME = 3
SHORTEST_UNSPACED_NAME = 2
MAXIMUM_PASSES = 20
"""Each takes signs away for good, so two or three are enough; this bounds the time of any text."""

Span = tuple[int, int]

_BEGIN = rf"(?<![^\W{UNSPACED}])"
_END = rf"(?![^\W{UNSPACED}])"
_HAN = "\u3005\u3400-\u9fff\u30f6"
PATTERNS = (
    re.compile(r"[A-Za-z0-9._+'-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,8}"),
    re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"),
    re.compile(
        rf"{_BEGIN}[A-Z]{{2}}[0-9]{{2}}(?: ?[A-Z0-9]{{4}}){{3,7}}(?: ?[A-Z0-9]{{1,3}})?{_END}"
    ),
    re.compile(rf"{_BEGIN}[A-CEGHJ-PR-TW-Z]{{2}} ?[0-9]{{2}} ?[0-9]{{2}} ?[0-9]{{2}} ?[A-D]{_END}"),
    re.compile(r"(?:\bwa\.me/|\btel:)\+?[0-9]{7,15}", re.IGNORECASE),
    re.compile(
        r"(?:微信号?|微訊|wechat(?: id)?|weixin|旺旺(?:号|ID)?|(?:line|ライン|ไลน์) ?(?:id|ไอดี)"
        r"|카카오톡|카톡|kakao(?:talk)?(?: id)?|telegram|skype|zalo)\s{0,3}[:=：]?\s{0,3}"
        r"@?[A-Za-z][A-Za-z0-9_-]{5,31}",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b[\w'.-]{1,40}[ -]?(?:street|road|avenue|lane|square|drive|boulevard|straße|strasse"
        r"|gasse|weg|platz|allee)\s{1,3}[0-9]{1,5}\s?[a-z]?\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b[0-9]{1,5}[a-z]?,?\s{1,3}(?:[\w'.-]{1,40}\s{1,3}){1,4}(?:street|st|road|rd|avenue|ave|lane|ln|square|sq"
        r"|drive|dr|boulevard|blvd)\b\.?",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b[0-9]{1,5}[a-z]?,?\s{1,3}(?:rue|via|calle|avenida|avenue|place|plaza)\s{1,3}"
        r"[\w' .-]{3,40}",
        re.IGNORECASE,
    ),
    re.compile(
        rf"[{_HAN}]{{1,24}}(?:路|街|道|巷|弄|胡同|段)[0-9]{{1,5}}[号號](?:[0-9]{{1,5}}[室楼樓座栋棟层]){{0,4}}"
    ),
    re.compile(rf"[{_HAN}]{{1,16}}[0-9]{{1,3}}(?:丁目[0-9-]{{0,8}}|-[0-9]{{1,3}}-[0-9]{{1,3}})(?:番地?|号)?"),
    re.compile(r"〒\s?[0-9]{3}-?[0-9]{4}"),
    re.compile(r"[가-힣]{1,10}[시구군동읍면]\s{1,2}[가-힣0-9]{1,12}[로길]\s?[0-9]{1,4}"),
    re.compile(r"(?<=://)[^\s/@]{1,200}@"),
)  # fmt: skip
"""E-mail addresses, account numbers (IBAN), insurance numbers, names in messengers, streets with
house numbers in the orders of several languages, and users in web addresses."""

_CODE = re.compile(rf"{_BEGIN}(?=[A-Z0-9]*[0-9])(?=[0-9]*[A-Z])[A-Z0-9]{{9,16}}{_END}")
_ACCOUNT = re.compile(rf"{_BEGIN}[A-Za-z]{{2}}[0-9]{{2}}[A-Za-z0-9]{{11,30}}{_END}")


def redact(text: str, names: tuple[str, ...] = (), kept: tuple[str, ...] = ()) -> str:
    """Return a text without personal data of known form, and without the names given.

    The words of a name are taken out too, where they have three letters or more, or two of a
    script without spaces. `kept` are numbers that stay, such as the listing's and the mark's.
    """
    found = redactable(text)
    digits = frozenset(re.sub(r"[^0-9]", "", fold_signs(each)) for each in kept) - {""}
    patterns = (*PATTERNS, *map(re.compile, _name_patterns(names)))
    # What one pattern took out may lay bare what another finds.
    for _ in range(MAXIMUM_PASSES):
        before = found
        for pattern in patterns:
            found = _cut(found, (match.span() for match in pattern.finditer(fold_signs(found))))
        found = _cut(found, sorted(chain(_numbers(found, digits), _codes(found))))
        if found == before:
            break
    return found


def redactable(text: str) -> str:
    """Return the part of a text that is looked at, as it stands: what lies beyond is not told."""
    return text[:MAXIMUM_CHARACTERS].replace("\0", " ")


def _cut(text: str, spans: "Iterator[Span] | list[Span]") -> str:
    parts, at = [], 0
    for begin, end in spans:
        if begin >= at:
            parts += [text[at:begin], REDACTED]
            at = end
    return "".join(parts) + text[at:]


def _numbers(text: str, kept: frozenset[str]) -> Iterator[Span]:
    folded = fold_signs(text)
    for match in NUMBER.finditer(folded):
        written = match[0].strip("(")
        digits = re.sub(r"[^0-9]", "", written)
        if digits not in kept and is_personal(written, folded[: match.start()]):
            yield match.span()


def _codes(text: str) -> Iterator[Span]:
    folded = fold_signs(text)
    for match in _CODE.finditer(folded):
        if any(known.is_valid(match[0]) for known in (dni, nie, codicefiscale)):
            yield match.span()
    yield from (each.span() for each in _ACCOUNT.finditer(folded) if iban.is_valid(each[0]))


def _name_patterns(names: tuple[str, ...]) -> list[str]:
    words = {
        word
        for name in map(fold_signs, names)
        for word in (name, *re.split(r"[^\w'-]+", name))
        if len(word) >= SHORTEST_NAME or _is_unspaced(word)
    }
    return [_name_pattern(word) for word in sorted(words, key=lambda word: (-len(word), word))]


def _name_pattern(word: str) -> str:
    if not _is_unspaced(word):
        return rf"(?i){_BEGIN}{inflected(word)}{_END}"
    parts = re.split(r"[\s・·]+", word.strip())
    return r"[\s・·]{0,2}".join(re.escape(part) for part in parts)


def _is_unspaced(word: str) -> bool:
    pattern = rf"[{UNSPACED}\s・·]{{{SHORTEST_UNSPACED_NAME},}}"
    return re.fullmatch(pattern, word) is not None and len(word.strip()) > 1
