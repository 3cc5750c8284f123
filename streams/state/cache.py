"""Values that are slow to make, kept by name."""

from typing import Generic, TypeVar

Value = TypeVar("Value")

CACHE_ENTRIES = 100_000


class Cache(Generic[Value]):
    """Values by name; emptied when full, so that it is bounded at little cost."""

    def __init__(self) -> None:
        self._values: dict[str, Value] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._values

    def get(self, name: str) -> Value | None:
        """Return a value, or None where there is none."""
        return self._values.get(name)

    def put(self, name: str, value: Value) -> None:
        """Keep a value."""
        if len(self._values) >= CACHE_ENTRIES:
            self._values.clear()
        self._values[name] = value

    def drop(self, name: str) -> None:
        """Keep a value no longer."""
        self._values.pop(name, None)
