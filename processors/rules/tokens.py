"""The text of a condition as tokens. Spaces, line ends and `//` comments stand between them."""

import re
from collections.abc import Iterator
from typing import Literal, NamedTuple

TokenKind = Literal["name", "word", "sign", "end"]

_TOKEN = re.compile(
    r"""(?P<space>[ \t\r\n\f]+ | //[^\n]*)
    | (?P<name>[A-Za-z_][A-Za-z0-9_]*)
    | (?P<word>"[^"\\\r\n]*" | '[^'\\\r\n]*')
    | (?P<sign>== | != | && | \|\| | [!()\[\],])
    """,
    re.VERBOSE,
)


class ConditionInvalid(Exception):
    """A condition is not of the form that rules take; the message says where, and why."""

    def __init__(self, position: int, reason: str) -> None:
        super().__init__(f"at character {position}: {reason}")


class Token(NamedTuple):
    """A part of a condition; a word is without its quotes. Positions are counted from 1."""

    kind: TokenKind
    text: str
    position: int

    def __str__(self) -> str:
        return "the end" if self.kind == "end" else repr(self.text)


def tokens_of(text: str) -> Iterator[Token]:
    """Yield the tokens of a condition, the end last. Errors: ConditionInvalid."""
    begin = 0
    while begin < len(text):
        found = _TOKEN.match(text, begin)
        if found is None:
            raise ConditionInvalid(begin + 1, _unreadable(text[begin]))
        match found.lastgroup:
            case "name":
                yield Token("name", found[0], begin + 1)
            case "sign":
                yield Token("sign", found[0], begin + 1)
            case "word":
                yield Token("word", found[0][1:-1], begin + 1)
        begin = found.end()
    yield Token("end", "", len(text) + 1)


def _unreadable(character: str) -> str:
    if character in "\"'":
        return "a word ends on its line, with the quotes it began with, and has no backslash"
    if character in "=&|":
        return f"{character!r} stands alone; conditions are written with ==, !=, in, &&, || and !"
    return f"{character!r} is in no condition; they are written with ==, !=, in, &&, || and !"
