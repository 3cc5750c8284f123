"""The source of a function that reads some fields of a record and passes over the others.

What is passed over is checked as strictly as if it were read. Texts that follow one another are
checked as one: whatever stands between them, such as a length below 64, is a byte of ASCII, so the
whole is UTF-8 just where each of them is. Unusual blocks and long items in them are left to others.
"""

from typing import Any

from schemas.wire.decoder_source import SIMPLE_LINES
from schemas.wire.schema_names import SchemaNames, other_than_null

_TEXT = [
    "n = d[i]; i += 1",
    "if n & 129:",
    "    n, j = length_after(d, i, n)",
    "    d[k:i - 1].decode()",
    "    i = k = j + (n >> 1)",
    "    d[j:i].decode()",
    "else: i += n >> 1",
]
_SHORT_TEXT = ["n = d[i]; i += 1 + (n >> 1)", "if n & 129: raise UnusualValue"]
_SMALL_NUMBER = ["n = d[i]; i += 1", "if n > 127: raise UnusualValue"]

_OPTIONAL = {
    "double": ["i += 8"],
    # One below 0 may be beyond its bound, and one of more than nine bytes is too long.
    "long": [
        "if d[i] & 1: raise UnusualValue",
        "j = i + 9",
        "while d[i] & 128: i += 1",
        "i += 1",
        "if i > j: raise UnusualValue",
    ],
}


class SkimSource:
    """Lines of Python, and the constants that they name."""

    def __init__(self, names: SchemaNames) -> None:
        self.lines: list[str] = []
        self._names = names
        self._checking = False
        """Whether texts before this place, from `k` on, are still to be checked."""

    def record(self, schema: dict[str, Any], part: type[Any]) -> None:
        """Write the function `skim`, which returns a record of the class with some of the fields.

        Errors: TypeError where a type is met that is not known here.
        """
        self._fields(schema["fields"], part)
        self._write(["if i != len(d): raise UnusualValue", self._return(part)])

    def beginning(self, schema: dict[str, Any], part: type[Any]) -> None:
        """Write the same function, of which the last field of the class is the end.

        Errors: TypeError, as `record`.
        """
        last = max(n for n, field in enumerate(schema["fields"]) if field["name"] in part._fields)
        self._fields(schema["fields"][: last + 1], part)
        self._write([self._return(part)])

    def _fields(self, fields: list[dict[str, Any]], part: type[Any]) -> None:
        self._names.constants[part.__name__] = part
        self.lines.append("def skim(d, i):")
        for field in fields:
            wanted = f"f_{field['name']}" if field["name"] in part._fields else None
            self._write(self._field(self._names.resolve(field["type"]), wanted))
        self._end_texts()

    @staticmethod
    def _return(part: type[Any]) -> str:
        values = ", ".join(f"f_{name}" for name in part._fields)
        return f"return new({part.__name__}, ({values},))"

    def _field(self, schema: Any, wanted: str | None) -> list[str]:
        if isinstance(schema, list):
            return self._optional(self._names.resolve(other_than_null(schema)), wanted)
        kind = schema["type"]
        if kind == "string" and wanted is None:
            self._begin_texts()
            return _TEXT
        if kind == "enum":
            keep = "" if wanted is None else f"{wanted} = "
            return [f"{keep}{self._names.words(schema)}_words[d[i]]", "i += 1"]
        if kind == "array":
            self._begin_texts()
            return self._array(self._names.resolve(schema["items"])["type"], wanted)
        self._end_texts()
        simple = schema.get("logicalType", kind)
        if simple not in SIMPLE_LINES:
            raise TypeError(f"neither read nor passed over: {schema}")
        return [line.format(wanted or "_") for line in SIMPLE_LINES[simple]]

    def _optional(self, schema: Any, wanted: str | None) -> list[str]:
        if schema["type"] not in ("string", *_OPTIONAL):
            raise TypeError(f"not to be passed over: {schema}")
        if wanted is not None:
            self._end_texts()
            inside = [line.format(wanted) for line in SIMPLE_LINES[schema["type"]]]
        elif schema["type"] == "string":
            self._begin_texts()
            inside = _TEXT
        else:
            self._end_texts()
            inside = _OPTIONAL[schema["type"]]
        lines = ["n = d[i]; i += 1", *([] if wanted is None else [f"{wanted} = None"])]
        lines += ["if n == 2:", *(f"    {line}" for line in inside)]
        return [*lines, "elif n: raise UnusualValue"]

    def _array(self, items: str, wanted: str | None) -> list[str]:
        """Return the lines of an array of one block at most."""
        if items == "string" and wanted is None:
            inside = _SHORT_TEXT
        elif items == "int":
            keep = [] if wanted is None else ["l.append((n >> 1) ^ -(n & 1))"]
            inside = [*_SMALL_NUMBER, *keep]
        else:
            raise TypeError(f"not to be passed over: an array of {items}")
        return [
            *([] if wanted is None else ["l = []"]),
            "c = d[i]; i += 1",
            "if c:",
            "    if c & 129: raise UnusualValue",
            "    for _ in range(c >> 1):",
            *(f"        {line}" for line in inside),
            "    if d[i]: raise UnusualValue",
            "    i += 1",
            *([] if wanted is None else [f"{wanted} = tuple(l)"]),
        ]

    def _begin_texts(self) -> None:
        if not self._checking:
            self._write(["k = i"])
        self._checking = True

    def _end_texts(self) -> None:
        if self._checking:
            self._write(["d[k:i].decode()"])
        self._checking = False

    def _write(self, lines: list[str]) -> None:
        self.lines += [f"    {line}" for line in lines]
