"""Records, events among them, to plain values and back, by the types of their fields."""

from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any, Final, ParamSpec, TypeVar, get_args, get_origin, get_type_hints

Record = TypeVar("Record")
Kind = TypeVar("Kind", bound=type[Any])
Arguments = ParamSpec("Arguments")

_new: Final[Callable[..., Any]] = tuple.__new__


def maker(kind: Callable[Arguments, Record]) -> Callable[Arguments, Record]:
    """Return what makes such records of the same arguments as their class, in a third of its time.

    For records of which each input makes several.
    """
    of: Any = kind
    defaults = of._field_defaults
    parameters = (f"{name}=_of[{name!r}]" if name in defaults else name for name in of._fields)
    source = f"lambda {', '.join(parameters)}: _new(_kind, ({', '.join(of._fields)},))"
    # No field begins like these names. The text is made of our own classes' names only.
    names = {"_new": _new, "_kind": kind, "_of": defaults}
    made: Callable[Arguments, Record] = eval(source, names)  # noqa: S307
    return made


def quick_copies(kind: Kind) -> Kind:
    """Let copies of a record with other values be made by place, in half the time."""
    of: Any = kind
    places = {name: place for place, name in enumerate(of._fields)}

    def replaced(self: Any, /, **changes: Any) -> Any:
        values = list(self)
        for name, value in changes.items():
            values[places[name]] = value
        return _new(kind, values)

    of._replace = replaced
    return kind


def as_avro(record: Any) -> dict[str, Any]:
    """Return a record as Avro and JSON encoders take it: records within it as dicts too."""
    return {
        field: _plain(value) for field, value in zip(record._fields, tuple(record), strict=True)
    }


def record_of(kind: type[Record], datum: Mapping[str, Any]) -> Record:
    """Return the record with these fields, as an Avro decoder or JSON gives them; what was told
    before a field was added has its default.

    Errors: KeyError where a field without default is missing.
    """
    of: Any = kind
    told = {
        field: datum[field] if make is None else make(datum[field])
        for field, make in _field_makers(of)
        if field in datum or field not in of._field_defaults
    }
    return kind(**told)


def record_type(hint: Any) -> type[Any]:
    """Return the record class in a hint such as tuple[Evidence, ...] or Capsule | None.

    Errors: TypeError where there is none.
    """
    if _is_record(hint):
        found: type[Any] = hint
        return found
    for inner in get_args(hint):
        if inner not in (Ellipsis, type(None)):
            return record_type(inner)
    raise TypeError(f"no record in {hint}")


def _plain(value: Any) -> Any:
    if not isinstance(value, tuple):
        return value
    if hasattr(value, "_fields"):
        return as_avro(value)
    return [_plain(each) for each in value]


def _is_record(hint: Any) -> bool:
    return isinstance(hint, type) and hasattr(hint, "_fields")


@cache
def _field_makers(kind: type[Any]) -> tuple[tuple[str, Callable[[Any], Any] | None], ...]:
    hints = get_type_hints(kind)
    fields: tuple[str, ...] = kind._fields
    return tuple((field, _maker(hints[field])) for field in fields)


def _maker(hint: Any) -> Callable[[Any], Any] | None:
    """Return what makes a field's value out of a plain one, or None where it stays as it is."""
    if _is_record(hint):
        return lambda datum: record_of(hint, datum)
    inner = [each for each in get_args(hint) if each not in (Ellipsis, type(None))]
    if get_origin(hint) is tuple:
        make = _maker(inner[0])
        return tuple if make is None else partial(_each, make)
    if type(None) in get_args(hint) and len(inner) == 1:
        make = _maker(inner[0])
        if make is not None:
            return partial(_optional, make)
    return None


def _each(make: Callable[[Any], Any], data: Any) -> tuple[Any, ...]:
    return tuple(map(make, data))


def _optional(make: Callable[[Any], Any], datum: Any) -> Any:
    return None if datum is None else make(datum)
