"""What generated code calls schemas' records and words, with the constants that it needs."""

from typing import Any, get_type_hints

from schemas.wire.primitives import encoded_long


class SchemaNames:
    """Records and enumerations of one schema by their names, found again where named before.

    A prefix keeps what is made of several schemas apart within one module.
    """

    def __init__(self, prefix: str = "") -> None:
        self.prefix = prefix
        self.constants: dict[str, Any] = {}
        self._named: dict[str, dict[str, Any]] = {}

    def use(self, schema: dict[str, Any], kind: type[Any]) -> str:
        """Return a record's short name, and note its class under it."""
        name = self.prefix + _short(schema["name"])
        self.constants[name] = kind
        return name

    def hints(self, kind: type[Any]) -> dict[str, Any]:
        """Return the types of a class's fields."""
        return get_type_hints(kind)

    def resolve(self, schema: Any) -> Any:
        """Return a type's schema as a dict, or as a list for a union."""
        if isinstance(schema, str):
            return self._named.get(_short(schema), {"type": schema})
        if isinstance(schema, dict) and "name" in schema:
            self._named[_short(schema["name"])] = schema
        return schema

    def words(self, schema: dict[str, Any]) -> str:
        """Return the name of an enumeration's constants: words to bytes, first bytes to words."""
        name = self.prefix + _short(schema["name"])
        for number, word in enumerate(schema["symbols"]):
            self.constants.setdefault(f"{name}_numbers", {})[word] = encoded_long(number)
            self.constants.setdefault(f"{name}_words", {})[number << 1] = word
        return name


def other_than_null(union: list[Any]) -> Any:
    """Return the other type of a union with null. Errors: TypeError for any other union."""
    if len(union) != 2 or union[0] != "null":
        raise TypeError(f"no union but of null and another is known: {union}")
    return union[1]


def _short(name: str) -> str:
    return name.rpartition(".")[2]
