"""What is declared of the fields of a record: their types, and what stands beside them."""

from collections.abc import Mapping
from functools import cache
from typing import Annotated, Any, Literal, get_args, get_origin, get_type_hints

from schemas.fields import Items, Number, Personal, Text


class Field:
    """A field's type and what is declared beside it."""

    def __init__(self, hint: Any) -> None:
        self.optional = False
        self.declared: tuple[Any, ...] = ()
        self.type = self._bare(hint)
        self.items = tuple(each for each in get_args(self.type) if each is not Ellipsis)

    def find(self, kind: type[Any]) -> Any:
        """Return what of a kind is declared of the field, or None."""
        return next((each for each in self.declared if isinstance(each, kind)), None)

    @property
    def is_list(self) -> bool:
        """Whether it is a list or a map."""
        return get_origin(self.type) in (tuple, dict, Mapping)

    @property
    def personal(self) -> Personal | None:
        """How the field tells of a person, itself or in its items."""
        text = self.find(Text) or (Field(self.items[-1]).find(Text) if self.is_list else None)
        return text.personal if text else None

    @property
    def unit(self) -> str:
        """Unit of a number; empty where it has none."""
        number = self.find(Number)
        return number.unit if number else ""

    def bounds(self) -> dict[str, Any]:
        """Return the field's bounds under the names that JSON Schema has for them."""
        text, items, number = self.find(Text), self.find(Items), self.find(Number)
        found = {
            "maxLength": text.maximum_characters if text else None,
            "minLength": 1 if text and text.form == "id" else None,
            "maxItems": items.maximum_items if items else None,
            "minimum": number.minimum if number else None,
            "maximum": number.maximum if number else None,
        }
        return {name: bound for name, bound in found.items() if bound is not None}

    def _bare(self, hint: Any) -> Any:
        if get_origin(hint) is Annotated:
            hint, *declared = get_args(hint)
            self.declared += tuple(declared)
            return self._bare(hint)
        branches = get_args(hint)
        if type(None) in branches and get_origin(hint) is not Literal:
            self.optional = True
            (inner,) = (each for each in branches if each is not type(None))
            return self._bare(inner)
        return hint


@cache
def fields_of(kind: Any) -> dict[str, Field]:
    """Return the fields of a record's class."""
    return {name: Field(hint) for name, hint in get_type_hints(kind, include_extras=True).items()}


def filed_maximum(declared: Any) -> int:
    """Return how many characters or items parties may file in a field that is declared like this.

    Errors: TypeError where no bound is declared.
    """
    field = Field(declared)
    text, items = field.find(Text), field.find(Items)
    if text is not None:
        return int(text.filed_characters or text.maximum_characters)
    if items is not None:
        return int(items.filed_items or items.maximum_items)
    raise TypeError(f"no bound is declared in {declared}")
