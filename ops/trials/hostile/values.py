"""Values that an Avro schema allows and nobody writes: extremes of numbers, texts and lists."""

from collections.abc import Iterator, Mapping
from random import Random
from typing import Any, Final

from schemas.fields import LATEST_MILLISECONDS, LATEST_RECORD_MILLISECONDS

YEAR_10000_MILLISECONDS: Final = 253_402_300_800_000

LONGS: Final = (
    *(0, 1, -1, 45, 46, 300, 10_000, -(2**63), 2**63 - 1, 2**53, 2**53 + 1, -62_135_596_800_001),
    *(LATEST_MILLISECONDS, LATEST_MILLISECONDS + 1, -LATEST_MILLISECONDS, -LATEST_MILLISECONDS - 1),
    *(LATEST_RECORD_MILLISECONDS, YEAR_10000_MILLISECONDS - 1, YEAR_10000_MILLISECONDS),
    *(2**31 - 1, 2**31, -(2**31)),
)
INTS: Final = tuple(number for number in LONGS if -(2**31) <= number < 2**31)
DOUBLES: Final = (
    *(float("nan"), float("inf"), float("-inf"), -0.0, 0.0, 1.0, -1.0, 1.0000000000000002),
    *(5e-324, 1.7976931348623157e308, -1e-300),
)

ODD_TEXTS: Final = (
    *("", " ", "\x00", "a\x00b", "\n", "\r\n", "\t", "\x1f", "\x7f", "\x85", "\u2028", "\u2029"),
    # Directions, joiners, and points that are no characters.
    *("\u202etxt.exe", "\u2066\u2069", "\u200b", "\u200d", "\ufeff", "\ufffe", "\uffff", "\ufdd0"),
    *("\U0010ffff", "\ue000", "\ufffd", "e\u0301", "\u0130\u0131\u1e9e\u017f", "\ufdfa", "\ufb03"),
    *("\U0001f469\u200d\U0001f4bb", "\U000e0041", "\U0001d400", "\u3164", "\u115f", "\u0000\u0301"),
    *("²", "٣", "१२", "Ⅷ", "0", "-0", "00", "1e999", "NaN", "null", "true", "None", "0x10", "1_0"),
    *("9999-12-31", "0000-00-00", "2023-02-30", "+10000-01-01", "0001-01-01", "2024-02-29"),
    *(
        "/",
        "..",
        "../../etc/passwd",
        "|",
        ":",
        "a/b/c",
        "{}",
        "{listing_id}",
        "%s%n",
        "\\",
        '"',
        "'",
    ),
    *("'; DROP TABLE cases; --", "=cmd|' /C calc'!A0", "<script>1</script>", "&amp;lt;", "\\u0000"),
    *("https://", "javascript:1", "http://[::1", "mailto:", "@", "a@b", "xn--", "http://a.b:99999"),
    *(".//\nall(", "existsOne(", "((((((((", "a && ", "!", "reading == ''", "*", "**", "US", "us"),
)
UNITS: Final = (
    "a",
    " ",
    "\U0001f600",
    "\u0301",
    "\u202e",
    "\x00",
    "ab ",
    "ﷺ",
    "0",
    "(",
    "&amp;",
    "|",
)
LENGTHS: Final = (3, 10, 11, 40, 64, 65, 256, 257, 2_000, 2_001)
LONG_LENGTHS: Final = (10_000, 10_001, 20_000, 20_001, 65_536)
HUGE_LENGTHS: Final = (262_144, 1_000_000, 1_000_001)
COUNTS: Final = (0, 1, 2, 3, 20, 45, 46)
MANY_COUNTS: Final = (300, 301, 1_000)
HUGE_COUNTS: Final = (10_000, 10_001)
SIMPLE_ITEMS: Final = ("string", "int", "long", "boolean", "double")

LONG_SHARE, HUGE_SHARE = 0.03, 0.001
"""Of texts and lists, how many are long, and how many fill a record."""

OTHER_BRANCH_SHARE, WITHIN_LIST_SHARE = 0.2, 0.6

NAMESPACE: Final = "ip"
Named = dict[str, Any]


def names_in(schema: Any) -> Named:
    """Return the definitions of a schema's named types, by name and by full name."""
    named = {each["name"]: each for each in _definitions(schema)}
    return named | {f"{NAMESPACE}.{name}": each for name, each in named.items()}


def _definitions(schema: Any) -> Iterator[dict[str, Any]]:
    if isinstance(schema, list):
        for branch in schema:
            yield from _definitions(branch)
    elif isinstance(schema, dict):
        if "name" in schema and "type" in schema and schema["type"] in ("record", "enum", "fixed"):
            yield schema
        for field in schema.get("fields", ()):
            yield from _definitions(field["type"])
        for inside in ("type", "items", "values"):
            if isinstance(schema.get(inside), dict | list):
                yield from _definitions(schema[inside])


class HostileValues:
    """Draws such values by a seed's chance; some texts are ids that the seed's world knows."""

    def __init__(self, chance: Random, known: Mapping[str, list[str]]) -> None:
        self._chance = chance
        self._known = known

    def of(self, schema: Any, named: Named, depth: int = 0) -> Any:
        """Return a value of a schema."""
        if isinstance(schema, list):
            schema = self._chance.choice(schema)
        if isinstance(schema, str):
            known = named.get(schema)
            return self._simple(schema) if known is None else self._complex(known, named, depth)
        return self._complex(schema, named, depth)

    def harm(self, schema: Any, datum: Any, named: Named) -> Any:
        """Return a datum of which one place, anywhere in it, has such a value."""
        chance = self._chance
        if isinstance(schema, list):
            branch = next(each for each in schema if (each == "null") == (datum is None))
            others = [each for each in schema if each is not branch]
            if others and (datum is None or chance.random() < OTHER_BRANCH_SHARE):
                return self.of(chance.choice(others), named, 2)
            schema = branch
        if isinstance(schema, str):
            schema = named.get(schema, schema)
        if isinstance(schema, dict):
            kind = schema["type"]
            if kind == "record" and datum:
                field = chance.choice([f for f in schema["fields"] if f["name"] in datum])
                name = field["name"]
                return {**datum, name: self.harm(field["type"], datum[name], named)}
            if kind == "array" and datum and chance.random() < WITHIN_LIST_SHARE:
                place = chance.randrange(len(datum))
                harmed = self.harm(schema["items"], datum[place], named)
                return [*datum[:place], harmed, *datum[place + 1 :]]
        return self.of(schema, named, 1)

    def text(self) -> str:
        """Return a text."""
        chance = self._chance
        draw = chance.random()
        if draw < 0.5:
            return chance.choice(ODD_TEXTS)
        if draw < 0.65 and self._known:
            return chance.choice(self._known[chance.choice(list(self._known))])
        if draw < 0.75:
            return "".join(chance.choices(ODD_TEXTS, k=chance.randrange(2, 12)))
        length = chance.choice(self._sizes(LENGTHS, LONG_LENGTHS, HUGE_LENGTHS))
        unit = chance.choice(UNITS)
        return (unit * (length // len(unit) + 1))[:length]

    def _complex(self, schema: Any, named: Named, depth: int) -> Any:
        match schema["type"]:
            case "record":
                fields = schema["fields"]
                return {each["name"]: self.of(each["type"], named, depth + 1) for each in fields}
            case "enum":
                return self._chance.choice(schema["symbols"])
            case "array":
                return self._list(schema["items"], named, depth)
            case "map":
                items = self._list(schema["values"], named, depth)
                return {f"{self.text()}{number}": each for number, each in enumerate(items)}
            case inner:
                return self.of(inner, named, depth)

    def _simple(self, kind: str) -> Any:
        chance = self._chance
        match kind:
            case "string":
                return self.text()
            case "long" | "int":
                numbers = LONGS if kind == "long" else INTS
                return chance.choice(numbers)
            case "boolean":
                return chance.random() < 0.5
            case "double" | "float":
                return chance.choice(DOUBLES)
            case "bytes":
                return chance.randbytes(chance.choice((0, 1, 300)))
        return None

    def _list(self, items: Any, named: Named, depth: int) -> list[Any]:
        """Return so many values; where there are many, most repeat a few."""
        chance = self._chance
        huge = HUGE_COUNTS if items in SIMPLE_ITEMS else MANY_COUNTS
        count = chance.choice(self._sizes(COUNTS, MANY_COUNTS, huge) if depth < 3 else COUNTS[:4])
        drawn = [self.of(items, named, depth + 1) for _ in range(min(count, 5))]
        if count > len(drawn) and chance.random() < 0.5 and items == "string":
            return [f"{number}" for number in range(count)]
        return [drawn[number % len(drawn)] for number in range(count)]

    def _sizes(
        self, common: tuple[int, ...], long: tuple[int, ...], huge: tuple[int, ...]
    ) -> tuple[int, ...]:
        draw = self._chance.random()
        if draw < HUGE_SHARE:
            return huge
        return long if draw < HUGE_SHARE + LONG_SHARE else common
