"""Encoders and decoders of our own events: plain Python made from schema and class.

They go between bytes and events without dicts in between. What is out of the ordinary in a value or
a body they don't judge: they raise one of UNUSUAL, and the caller asks fastavro, which either
manages or says what is wrong. What they do accept, they write and read as fastavro does.
"""

import struct
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final, NamedTuple, get_type_hints

from schemas.record import record_type


class UnusualValue(Exception):
    """A value or a body that is left to fastavro."""


UNUSUAL: Final = (
    UnusualValue,
    IndexError,
    KeyError,
    AttributeError,
    TypeError,
    ValueError,
    struct.error,
)

_SMALL: Final = 8_192
_LONG_BITS: Final = 64


@lru_cache(maxsize=65_536, typed=True)
def _long(number: int) -> bytes:
    """Return an Avro int or long: zigzag, seven bits a byte, the lowest first."""
    # The outputs of one step share their times, so most are remembered.
    zigzag = number << 1 if number >= 0 else ~(number << 1)
    if zigzag >> _LONG_BITS:
        raise UnusualValue
    encoded = bytearray()
    while zigzag > 0x7F:
        encoded.append(zigzag & 0x7F | 0x80)
        zigzag >>= 7
    encoded.append(zigzag)
    return bytes(encoded)


_LENGTHS: Final = tuple(_long.__wrapped__(number) for number in range(_SMALL))


def _more(data: bytes, position: int, first: int) -> tuple[int, int]:
    """Return a number of two bytes or more, before its zigzag is undone, and the position after."""
    number = first & 0x7F
    shift = 7
    while True:
        byte = data[position]
        position += 1
        number |= (byte & 0x7F) << shift
        if byte < 0x80:
            break
        shift += 7
        if shift >= _LONG_BITS:
            raise UnusualValue
    if number >> _LONG_BITS:
        raise UnusualValue
    return number, position


_NAMES: Final[dict[str, Any]] = {
    "LENGTHS": _LENGTHS,
    "SMALL": _SMALL,
    "UnusualValue": UnusualValue,
    "long": _long,
    "more": _more,
    "pack": struct.Struct("<d").pack,
    "unpack": struct.Struct("<d").unpack_from,
    "new": tuple.__new__,
}


class EventFunctions(NamedTuple):
    """Encode returns an event's body; decode takes bytes and the body's start. Errors: UNUSUAL."""

    encode: Callable[[Any], bytes]
    decode: Callable[[bytes, int], Any]


def event_functions(event_type: type[Any], schema: dict[str, Any]) -> EventFunctions:
    """Return the functions of an event class with this Avro schema."""
    module = _Module()
    name = module.record(schema, event_type)
    module.lines += [
        "def encode(event):",
        "    parts = []",
        f"    encode_{name}(event, parts.append)",
        "    return b''.join(parts)",
        "def decode(d, i):",
        f"    event, i = decode_{name}(d, i)",
        "    if i != len(d): raise UnusualValue",
        "    return event",
    ]
    space = {**_NAMES, **module.constants}
    # The text is made of our own schemas' names only.
    exec("\n".join(module.lines), space)  # noqa: S102
    return EventFunctions(space["encode"], space["decode"])


class _Module:
    """The source of one event's functions, with one pair for each record in it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.constants: dict[str, Any] = {}
        self._named: dict[str, dict[str, Any]] = {}
        self._made: set[str] = set()

    def record(self, schema: dict[str, Any], kind: type[Any]) -> str:
        """Write the functions of a record, once, and return the name that they end in."""
        name: str = schema["name"].rpartition(".")[2]
        if name in self._made:
            return name
        self._made.add(name)
        self.constants[name] = kind
        hints = get_type_hints(kind)
        declared: tuple[str, ...] = kind._fields
        fields = [(field["name"], field["type"]) for field in schema["fields"]]
        # A prefix keeps fields apart from the functions' own names.
        local = ", ".join(f"f_{field}" for field in declared)
        encoding = [
            f"    if type(event) is not {name}: raise UnusualValue",
            f"    {local}, = event",
        ]
        decoding: list[str] = []
        for field, of in fields:
            encoding += self._encode(of, f"f_{field}", hints[field], "    ", 0)
            decoding += self._decode(of, f"f_{field}", hints[field], "    ", 0)
        made = f"new({name}, ({local},))"
        self.lines += [f"def encode_{name}(event, add):", *encoding]
        self.lines += [f"def decode_{name}(d, i):", *decoding, f"    return {made}, i"]
        return name

    def _resolve(self, schema: Any) -> Any:
        """Return a type's schema; one that is named before is looked up."""
        if isinstance(schema, str):
            return self._named.get(schema.rpartition(".")[2], {"type": schema})
        if isinstance(schema, dict) and "name" in schema:
            self._named[schema["name"].rpartition(".")[2]] = schema
        return schema

    def _words(self, schema: dict[str, Any]) -> str:
        name: str = schema["name"].rpartition(".")[2]
        for number, word in enumerate(schema["symbols"]):
            self.constants.setdefault(f"{name}_numbers", {})[word] = _LENGTHS[number]
            self.constants.setdefault(f"{name}_words", {})[number << 1] = word
        return name

    def _encode(self, schema: Any, value: str, hint: Any, pad: str, depth: int) -> list[str]:
        schema = self._resolve(schema)
        if isinstance(schema, list):
            return self._encode_optional(schema, value, hint, pad, depth)
        match schema["type"]:
            case "string":
                lines = [
                    f"t = {value}.encode()",
                    "n = len(t)",
                    "add(LENGTHS[n] if n < SMALL else long(n)); add(t)",
                ]
            case "int" | "long":
                lines = [f"add(long({value}))"]
            case "boolean":
                lines = [f"add(b'\\x01' if {value} else b'\\x00')"]
            case "double":
                lines = [f"add(pack({value}))"]
            case "enum":
                lines = [f"add({self._words(schema)}_numbers[{value}])"]
            case "record":
                lines = [f"encode_{self.record(schema, record_type(hint))}({value}, add)"]
            case "array":
                each = f"e{depth}"
                inside = self._encode(schema["items"], each, hint, "        ", depth + 1)
                lines = [f"c = len({value})", "if c:", "    add(long(c))"]
                lines += [f"    for {each} in {value}:", *inside, "add(b'\\x00')"]
            case "map":
                key, each = f"k{depth}", f"e{depth}"
                inside = self._encode({"type": "string"}, key, hint, "        ", depth + 1)
                inside += self._encode(schema["values"], each, hint, "        ", depth + 1)
                lines = [f"c = len({value})", "if c:", "    add(long(c))"]
                lines += [f"    for {key}, {each} in {value}.items():", *inside, "add(b'\\x00')"]
            case other:
                raise TypeError(f"no encoder for {other}")
        return [pad + line for line in lines]

    def _encode_optional(
        self, union: list[Any], value: str, hint: Any, pad: str, depth: int
    ) -> list[str]:
        plain = {"string": "str", "int": "int", "long": "int", "double": "float", "boolean": "bool"}
        of = self._resolve(_other_than_null(union))
        lines = [f"{pad}if {value} is None: add(b'\\x00')", f"{pad}else:"]
        if of["type"] in plain:
            lines.append(
                f"{pad}    if type({value}) is not {plain[of['type']]}: raise UnusualValue"
            )
        return [
            *lines,
            f"{pad}    add(b'\\x02')",
            *self._encode(of, value, hint, pad + "    ", depth),
        ]

    def _decode(self, schema: Any, name: str, hint: Any, pad: str, depth: int) -> list[str]:
        schema = self._resolve(schema)
        number = ["n = d[i]; i += 1", "if n > 127: n, i = more(d, i, n)"]
        if isinstance(schema, list):
            inside = self._decode(_other_than_null(schema), name, hint, "    ", depth)
            lines = ["n = d[i]; i += 1", f"if n == 0: {name} = None", "elif n == 2:", *inside]
            lines += ["else: raise UnusualValue"]
            return [pad + line for line in lines]
        match schema["type"]:
            case "string":
                lines = [*number, "if n & 1: raise UnusualValue", "j = i + (n >> 1)"]
                lines += [f"{name} = d[i:j].decode()", "i = j"]
            case "int" | "long":
                lines = [*number, f"{name} = (n >> 1) ^ -(n & 1)"]
            case "boolean":
                lines = ["n = d[i]; i += 1", "if n > 1: raise UnusualValue", f"{name} = n == 1"]
            case "double":
                lines = [f"{name}, = unpack(d, i)", "i += 8"]
            case "enum":
                lines = [f"{name} = {self._words(schema)}_words[d[i]]", "i += 1"]
            case "record":
                made = self.record(schema, record_type(hint))
                lines = [f"{name}, i = decode_{made}(d, i)"]
            case "array":
                lines = self._decode_blocks(schema["items"], name, hint, depth, keyed=False)
            case "map":
                lines = self._decode_blocks(schema["values"], name, hint, depth, keyed=True)
            case other:
                raise TypeError(f"no decoder for {other}")
        return [pad + line for line in lines]

    def _decode_blocks(
        self, of: Any, name: str, hint: Any, depth: int, *, keyed: bool
    ) -> list[str]:
        items, each, key, count = f"l{depth}", f"e{depth}", f"k{depth}", f"c{depth}"
        pad = "        "
        inside = self._decode({"type": "string"}, key, hint, pad, depth + 1) if keyed else []
        inside += self._decode(of, each, hint, pad, depth + 1)
        keep = f"{items}[{key}] = {each}" if keyed else f"{items}.append({each})"
        return [
            f"{items} = {'{}' if keyed else '[]'}",
            f"{count} = d[i]; i += 1",
            f"while {count}:",
            f"    if {count} > 127: {count}, i = more(d, i, {count})",
            f"    if {count} & 1: raise UnusualValue",
            # Each item takes a byte at least: a count that is too high soon finds no more.
            f"    for _ in range({count} >> 1):",
            *inside,
            f"{pad}{keep}",
            f"    {count} = d[i]; i += 1",
            f"{name} = {items}" if keyed else f"{name} = tuple({items})",
        ]


def _other_than_null(union: list[Any]) -> Any:
    if len(union) != 2 or union[0] != "null":
        raise TypeError(f"no union but of null and another is known: {union}")
    return union[1]
