"""The source of decoders: for each record a function from bytes and a position to both anew."""

from typing import Any

from schemas.record import record_type
from schemas.wire.schema_names import SchemaNames, other_than_null

_INTEGER = [
    "n = d[i]; i += 1",
    "if n > 127: n, i = number_after(d, i, n)",
    "{0} = (n >> 1) ^ -(n & 1)",
]
SIMPLE_LINES = {
    "string": [
        "n = d[i]; i += 1",
        "if n & 129: n, i = length_after(d, i, n)",
        "j = i + (n >> 1)",
        "{0} = d[i:j].decode(); i = j",
    ],
    "timestamp-millis": ["{0}, i = time_at(d, i)"],
    "int": _INTEGER,
    "long": _INTEGER,
    "boolean": ["n = d[i]; i += 1", "if n > 1: raise UnusualValue", "{0} = n == 1"],
    "double": ["{0}, = unpack(d, i)", "i += 8"],
}


class DecoderSource:
    """Lines of Python, and the constants that they name."""

    def __init__(self, names: SchemaNames) -> None:
        self.lines: list[str] = []
        self._names = names
        self._made: set[str] = set()
        self._keep = False
        """Whether the bytes of records are kept: on the first level of a row."""

    def record(self, schema: dict[str, Any], kind: type[Any]) -> str:
        """Write the function of a record, once, and return the name that it ends in."""
        name = self._names.use(schema, kind)
        if name not in self._made:
            self._made.add(name)
            outer, self._keep = self._keep, False
            body = self._fields(schema, kind)
            self._keep = outer
            self.lines += [
                f"def decode_{name}(d: bytes, i: int) -> tuple[Any, int]:",
                *body,
                f"    return new({name}, ({_locals(kind)},)), i",
            ]
        return name

    def row(self, schema: dict[str, Any], kind: type[Any]) -> None:
        """Write the function of a row, which keeps the bytes of the records in it."""
        name = self._names.use(schema, kind)
        self._keep = True
        body = self._fields(schema, kind)
        self._keep = False
        self.lines += [
            f"def {self._names.prefix}decode_row(",
            "    d: bytes, i: int",
            ") -> tuple[Any, dict[int, bytes]]:",
            "    kept: dict[int, bytes] = {}",
            *body,
            "    if i != len(d): raise UnusualValue",
            f"    return new({name}, ({_locals(kind)},)), kept",
        ]

    def _fields(self, schema: dict[str, Any], kind: type[Any]) -> list[str]:
        hints = self._names.hints(kind)
        lines: list[str] = []
        for field in schema["fields"]:
            name = field["name"]
            lines += self._value(field["type"], f"f_{name}", hints[name], "    ")
        return lines

    def _value(self, schema: Any, name: str, hint: Any, pad: str) -> list[str]:
        schema = self._names.resolve(schema)
        if isinstance(schema, list):
            inside = self._value(other_than_null(schema), name, hint, "    ")
            lines = ["n = d[i]; i += 1", f"if n == 0: {name} = None", "elif n == 2:", *inside]
            lines += ["else: raise UnusualValue"]
            return [pad + line for line in lines]
        simple = schema.get("logicalType", schema["type"])
        if simple in SIMPLE_LINES:
            return [pad + line.format(name) for line in SIMPLE_LINES[simple]]
        match schema["type"]:
            case "enum":
                lines = [f"{name} = {self._names.words(schema)}_words[d[i]]", "i += 1"]
            case "record":
                lines = self._record_value(schema, name, hint)
            case "array":
                lines = self._blocks(schema["items"], name, hint, keyed=False)
            case "map":
                lines = self._blocks(schema["values"], name, hint, keyed=True)
            case other:
                raise TypeError(f"no decoder for {other}")
        return [pad + line for line in lines]

    def _record_value(self, schema: dict[str, Any], name: str, hint: Any) -> list[str]:
        made = self.record(schema, record_type(hint))
        if not self._keep:
            return [f"{name}, i = decode_{made}(d, i)"]
        return ["s = i", f"{name}, i = decode_{made}(d, i)", f"kept[id({name})] = d[s:i]"]

    def _blocks(self, of: Any, name: str, hint: Any, *, keyed: bool) -> list[str]:
        items, each, key, count = (f"{letter}_{name}" for letter in "lekc")
        pad = "        "
        inside = self._value({"type": "string"}, key, hint, pad) if keyed else []
        inside += self._value(of, each, hint, pad)
        keep = f"{items}[{key}] = {each}" if keyed else f"{items}.append({each})"
        return [
            f"{items}: {'dict[str, Any] = {}' if keyed else 'list[Any] = []'}",
            f"{count} = d[i]; i += 1",
            f"while {count}:",
            f"    if {count} & 129: {count}, i = length_after(d, i, {count})",
            # Each item takes a byte at least: a count that is too high soon finds no more.
            f"    for _ in range({count} >> 1):",
            *inside,
            f"{pad}{keep}",
            f"    {count} = d[i]; i += 1",
            f"{name} = {items}" if keyed else f"{name} = tuple({items})",
        ]


def _locals(kind: type[Any]) -> str:
    return ", ".join(f"f_{field}" for field in kind._fields)
