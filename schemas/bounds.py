"""What of an event is beyond what its fields declare: reason codes, and none for nearly all.

The conditions of a class of events are one Python expression, since every record that comes in has
to meet them; only where it fails is each looked at by itself.
"""

import re
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final, NamedTuple

from schemas.declared_fields import Field, fields_of
from schemas.fields import (
    EARLIEST_MILLISECONDS,
    FIRST,
    LATEST_MILLISECONDS,
    TIMED,
    Items,
    Number,
    OneOf,
    Text,
)

_ORDER: Final = (
    *("invalid_date", "invalid_number", "invalid_number_kind", "reason_missing"),
    *("text_too_long", "control_character", "invalid_nice_class", "too_many_items"),
    "time_out_of_bounds",
)
"""Which reason of several is told first."""

Test = Callable[[Any], object]
"""What it returns is true where an event is within the bounds: a match, mostly."""

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f]")
_DATE: Final = re.compile(r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])")


class _Condition(NamedTuple):
    """What a record has to meet, as an expression of its fields, with the code of one that does
    not. Of ids only the first that fails is told."""

    code: str
    source: str
    field: str = ""
    of_id: bool = False


class Violation(NamedTuple):
    """A reason code, and the field that it is about."""

    code: str
    field: str


class BoundsTests(dict[type, Test]):
    """For each class of events what tells whether one is within editions of its bounds."""

    def __init__(self, *editions: int) -> None:
        super().__init__()
        self._editions = editions

    def __missing__(self, kind: type) -> Test:
        """Make a test the first time that it is asked for, as most programs need but a few."""
        self[kind] = test = _test(kind, self._editions)
        return test


def violations(event: Any, edition: int) -> tuple[Violation, ...]:
    """Return what an edition of the bounds refuses in an event, each code once."""
    kind: Any = type(event)
    found = [each for each, test in _tests(kind, edition) if not test(event)]
    ids = [Violation(each.code, each.field) for each in found if each.of_id]
    others: dict[str, Violation] = {}
    for each in found:
        if not each.of_id:
            others.setdefault(each.code, Violation(each.code, each.field))
    return (*ids[:1], *sorted(others.values(), key=lambda each: _ORDER.index(each.code)))


@cache
def _test(kind: Any, editions: tuple[int, ...]) -> Test:
    names: dict[str, Any] = {}
    sources = [each.source for edition in editions for each in _conditions(kind, edition, names)]
    return _made(kind, " and ".join(sources) or "True", names)


@cache
def _tests(kind: Any, edition: int) -> list[tuple[_Condition, Test]]:
    names: dict[str, Any] = {}
    return [(each, _made(kind, each.source, names)) for each in _conditions(kind, edition, names)]


def _made(kind: Any, source: str, names: dict[str, Any]) -> Test:
    space = {"has_control": _CONTROL.search, "is_date": _DATE.fullmatch, **names}
    local = ", ".join(f"f_{field}" for field in kind._fields)
    # The text is made of our own declarations only.
    exec(f"def test(event):\n    {local}, = event\n    return {source}", space)  # noqa: S102
    test: Test = space["test"]
    return test


def _conditions(kind: Any, edition: int, names: dict[str, Any]) -> Iterator[_Condition]:
    for name, field in fields_of(kind).items():
        value = f"f_{name}"
        for each in _field_conditions(field, value, edition, names):
            source = f"({value} is None or {each.source})" if field.optional else each.source
            within = f"{name}.{each.field}" if each.field else name
            yield each._replace(source=source, field=within)


def _field_conditions(
    field: Field, value: str, edition: int, names: dict[str, Any]
) -> Iterator[_Condition]:
    if field.is_list:
        yield from _list_conditions(field, value, edition, names)
    elif hasattr(field.type, "_fields"):
        yield from _record_conditions(field.type, value, edition, names, "{0}({1})")
    else:
        yield from _text_conditions(field.find(Text), value, edition)
        number, words = field.find(Number), field.find(OneOf)
        if number and number.minimum is not None and edition == FIRST:
            upper = "" if number.maximum is None else f" <= {number.maximum}"
            yield _Condition(number.reason, f"{number.minimum} <= {value}{upper}")
        if number and number.avro == "timestamp-millis" and edition == TIMED:
            within = f"{EARLIEST_MILLISECONDS} <= {value} <= {LATEST_MILLISECONDS}"
            yield _Condition("time_out_of_bounds", within)
        if words and edition == FIRST:
            yield _Condition(words.reason, f"{value} in {words.words!r}")


def _text_conditions(text: Text | None, value: str, edition: int) -> Iterator[_Condition]:
    if text is None:
        return
    # Printable text has no control characters; the slower search is for what is left.
    one_line = f"({value}.isprintable() or not has_control({value}))"
    within = f"len({value}) <= {text.maximum_characters}"
    if text.edition == edition:
        match text.form:
            case "id":
                yield _Condition("invalid_id", f"0 < {within}", of_id=True)
                yield _Condition("control_character", one_line, of_id=True)
            case "date":
                yield _Condition("invalid_date", f"is_date({value})")
            case _:
                yield _Condition("text_too_long", within)
    if text.form == "line" and edition == FIRST:
        yield _Condition("control_character", one_line)


def _list_conditions(
    field: Field, value: str, edition: int, names: dict[str, Any]
) -> Iterator[_Condition]:
    items = field.find(Items)
    if items and items.edition == edition:
        yield _Condition("too_many_items", f"len({value}) <= {items.maximum_items}")
        if items.missing:
            yield _Condition(items.missing, f"len({value}) > 0")
    inner = [Field(each) for each in field.items]
    parts = [value] if len(inner) == 1 else [value, f"{value}.values()"]
    for each, values in zip(inner, parts, strict=True):
        text, number = each.find(Text), each.find(Number)
        if text and text.edition == edition:
            longest = f"max(map(len, {values}))"
            within = f"(not {value} or {longest} <= {text.maximum_characters})"
            yield _Condition("text_too_long", within)
        elif number and number.minimum is not None and edition == FIRST:
            within = f"{number.minimum} <= min({values}) and max({values}) <= {number.maximum}"
            yield _Condition(number.reason, f"(not {value} or {within})")
        elif hasattr(each.type, "_fields"):
            yield from _record_conditions(each.type, values, edition, names, "all(map({0}, {1}))")


def _record_conditions(
    kind: Any, value: str, edition: int, names: dict[str, Any], form: str
) -> Iterator[_Condition]:
    for number, (each, test) in enumerate(_tests(kind, edition)):
        name = f"{kind.__name__}_{edition}_{number}"
        names[name] = test
        yield each._replace(source=form.format(name, value))
