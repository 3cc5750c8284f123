"""The source of encoders: for each record a function that returns its parts in order."""

from typing import Any

from schemas.record import record_type
from schemas.wire.schema_names import SchemaNames, other_than_null

_SIMPLE = {
    "string": "TEXTS[{0}]",
    "int": "LONGS[{0}] if type({0}) is int else unusual()",
    "long": "LONGS[{0}] if type({0}) is int else unusual()",
    "boolean": "TRUE if {0} else FALSE",
    "double": "pack({0})",
}
_SIMPLE_IN_UNION = {
    "string": "NULL if {0} is None else SOME_TEXTS[{0}]",
    "boolean": (
        "NULL if {0} is None else (VALUE + (TRUE if {0} else FALSE))"
        " if type({0}) is bool else unusual()"
    ),
    "double": "NULL if {0} is None else VALUE + pack({0}) if type({0}) is float else unusual()",
}
"""In a union a value's type says which branch is meant, so none passes for another."""


class EncoderSource:
    """Lines of Python, and the constants that they name."""

    def __init__(self, names: SchemaNames) -> None:
        self.lines: list[str] = []
        self._names = names
        self._made: set[str] = set()
        self._arrays = 0

    def record(self, schema: dict[str, Any], kind: type[Any]) -> str:
        """Write the function of a record, once, and return the name that it ends in."""
        name = self._names.use(schema, kind)
        if name in self._made:
            return name
        self._made.add(name)
        hints = self._names.hints(kind)
        # A prefix keeps fields apart from the functions' own names.
        local = ", ".join(f"f_{field}" for field in kind._fields)
        parts = [
            self._part(field["type"], f"f_{field['name']}", hints[field["name"]])
            for field in schema["fields"]
        ]
        self.lines += [
            f"def parts_{name}(event: tuple[Any, ...]) -> list[bytes]:",
            f"    if type(event) is not {name}: raise UnusualValue",
            f"    {local}, = event",
            f"    return [{', '.join(parts)}]",
        ]
        return name

    def row(self, schema: dict[str, Any], kind: type[Any]) -> None:
        """Write the function of a row, which takes over the bytes of records that it knows."""
        name = self._names.use(schema, kind)
        hints = self._names.hints(kind)
        local = ", ".join(f"f_{field}" for field in kind._fields)
        body = [
            f"def {self._names.prefix}encode_row(",
            "    event: tuple[Any, ...], known: dict[int, bytes]",
            ") -> tuple[bytes, dict[int, bytes]]:",
            f"    if type(event) is not {name}: raise UnusualValue",
            f"    {local}, = event",
            "    kept: dict[int, bytes] = {}",
            "    get = known.get",
            "    parts: list[bytes] = []",
        ]
        for field in schema["fields"]:
            body += self._field_of_row(field["type"], f"f_{field['name']}", hints[field["name"]])
        self.lines += [*body, "    return b''.join(parts), kept"]

    def _field_of_row(self, schema: Any, value: str, hint: Any) -> list[str]:
        resolved = self._names.resolve(schema)
        if isinstance(resolved, list):
            inner = self._names.resolve(other_than_null(resolved))
            if inner["type"] == "record":
                lines = [f"if {value} is None: parts.append(NULL)", "else:"]
                lines += ["    parts.append(VALUE)"]
                return _indented([*lines, *self._piece(inner, value, hint, "    ")], "    ")
        elif resolved["type"] == "array":
            inner = self._names.resolve(resolved["items"])
            if inner["type"] == "record":
                lines = [f"c = len({value})", "if c:", "    parts.append(LONGS[c])"]
                each = f"e_{value}"
                piece = self._piece(inner, each, hint, "        ")
                lines += [f"    for {each} in {value}:", *piece]
                return _indented([*lines, "parts.append(END)"], "    ")
        return [f"    parts += [{self._part(schema, value, hint)}]"]

    def _piece(self, schema: dict[str, Any], value: str, hint: Any, pad: str) -> list[str]:
        name = self.record(schema, record_type(hint))
        lines = [f"p = get(id({value}))", f"if p is None: p = b''.join(parts_{name}({value}))"]
        return _indented([*lines, f"kept[id({value})] = p", "parts.append(p)"], pad)

    def _part(self, schema: Any, value: str, hint: Any) -> str:
        """Return an expression of a value's bytes, or of several with a star before them."""
        schema = self._names.resolve(schema)
        if isinstance(schema, list):
            return self._optional_part(other_than_null(schema), value, hint)
        if schema["type"] in _SIMPLE:
            return _SIMPLE[schema["type"]].format(value)
        match schema["type"]:
            case "enum":
                part = f"{self._names.words(schema)}_numbers[{value}]"
            case "record":
                part = f"*parts_{self.record(schema, record_type(hint))}({value})"
            case "array" if self._names.resolve(schema["items"])["type"] == "string":
                part = f"TEXT_ARRAYS[{value}]"
            case "array":
                part = f"*{self._array(schema['items'], hint)}({value})"
            case "map":
                part = f"*{self._map(schema['values'], hint)}({value})"
            case other:
                raise TypeError(f"no encoder for {other}")
        return part

    def _optional_part(self, schema: Any, value: str, hint: Any) -> str:
        schema = self._names.resolve(schema)
        if schema["type"] in _SIMPLE_IN_UNION:
            return _SIMPLE_IN_UNION[schema["type"]].format(value)
        part = self._part(schema, value, hint)
        if part.startswith("*"):
            return f"*([NULL] if {value} is None else [VALUE, {part}])"
        return f"NULL if {value} is None else VALUE + ({part})"

    def _array(self, items: Any, hint: Any) -> str:
        part = self._part(items, "e", hint)
        add = f"parts += {part[1:]}" if part.startswith("*") else f"parts.append({part})"
        return self._blocks(["for e in items:", f"    {add}"])

    def _map(self, values: Any, hint: Any) -> str:
        part = self._part(values, "e", hint)
        return self._blocks(["for k, e in items.items():", f"    parts += [TEXTS[k], {part}]"])

    def _blocks(self, loop: list[str]) -> str:
        self._arrays += 1
        name = f"{self._names.prefix}blocks_{self._arrays}"
        self.lines += [
            f"def {name}(items: Any) -> list[bytes]:",
            "    c = len(items)",
            "    if not c: return [END]",
            "    parts = [LONGS[c]]",
            *_indented(loop, "    "),
            "    parts.append(END)",
            "    return parts",
        ]
        return name


def _indented(lines: list[str], pad: str) -> list[str]:
    return [pad + line for line in lines]
