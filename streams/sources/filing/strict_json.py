"""JSON as I-JSON (RFC 7493) has it: one reading only, of bounded depth.

What another reader could take differently is refused: names given twice, NaN and infinities,
numbers beyond what a double holds exactly, surrogates that stand alone; and NUL, which no database
holds in a text.
"""

import json
import math
from typing import Any, NoReturn

MAXIMUM_DEPTH = 16
LARGEST_INTEGER = 2**53 - 1
MAXIMUM_DIGITS = 16


class JsonRefused(Exception):
    """A text is no JSON that is taken; the message says why, without quoting the text."""


def loads(content: bytes) -> Any:
    """Return the value of a JSON text in UTF-8. Errors: JsonRefused."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise JsonRefused(f"not UTF-8 at byte {error.start}") from error
    try:
        value = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_int=_integer,
            parse_float=_fraction,
        )
    except json.JSONDecodeError as error:
        raise JsonRefused(f"{error.msg} at line {error.lineno}, column {error.colno}") from error
    except RecursionError as error:
        # The parser recurses once for each level, and gives up long before the stack ends.
        raise JsonRefused(f"deeper than {MAXIMUM_DEPTH}") from error
    _check(value, 0)
    return value


def _check(value: Any, depth: int) -> None:
    if isinstance(value, str):
        if "\x00" in value:
            raise JsonRefused("a text holds a NUL character")
        if not _is_encodable(value):
            raise JsonRefused("a surrogate stands alone")
        return
    if not isinstance(value, dict | list):
        return
    if depth == MAXIMUM_DEPTH:
        raise JsonRefused(f"deeper than {MAXIMUM_DEPTH}")
    if isinstance(value, dict):
        for name in value:
            _check(name, depth + 1)
    for member in value.values() if isinstance(value, dict) else value:
        _check(member, depth + 1)


def _is_encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise JsonRefused("an object names a member twice")
    return made


def _constant(name: str) -> NoReturn:
    raise JsonRefused(f"{name} is no JSON number")


def _integer(digits: str) -> int:
    if len(digits.lstrip("-")) > MAXIMUM_DIGITS or abs(int(digits)) > LARGEST_INTEGER:
        raise JsonRefused("an integer is beyond 2^53 - 1")
    return int(digits)


def _fraction(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise JsonRefused("a number is beyond what a double holds")
    return number
