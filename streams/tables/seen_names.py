"""Names that were put into the table, so that it is not asked for those that can't be there."""

from itertools import compress
from typing import Final

import numpy as np
from numpy.typing import NDArray

PLACES_BITS: Final = 26
"""64 MB: of ten million names that are not there, one in fifteen is asked for in vain."""

_MASK = (1 << PLACES_BITS) - 1

FEW_NAMES: Final = 10_000
"""So many are kept themselves: each place in the filter takes a page of memory at first."""

Places = NDArray[np.int64]


class SeenNames:
    """The names themselves while they are few, and then a filter (Bloom's) with two places for
    each."""

    def __init__(self) -> None:
        self._few: set[bytes] = set()
        self._filter: NDArray[np.bool_] | None = None

    def add(self, names: list[bytes]) -> list[bytes]:
        """Note names, and return those that may have been noted before."""
        marked = self._filter
        if marked is None and len(self._few) + len(names) > FEW_NAMES:
            marked = self._begin_filter()
        if marked is None:
            seen = self.noted(names)
            self._few.update(names)
            return seen
        places = _places(names)
        seen = _found(marked, names, places)
        _mark(marked, places)
        return seen

    def noted(self, names: list[bytes]) -> list[bytes]:
        """Return the names that may have been noted before."""
        if self._filter is None:
            return [name for name in names if name in self._few]
        return _found(self._filter, names, _places(names))

    def _begin_filter(self) -> NDArray[np.bool_]:
        marked = self._filter = np.zeros(1 << PLACES_BITS, dtype=np.bool_)
        _mark(marked, _places(list(self._few)))
        self._few.clear()
        return marked


def _mark(marked: NDArray[np.bool_], places: tuple[Places, Places]) -> None:
    for each in places:
        marked[each] = True


def _found(
    marked: NDArray[np.bool_], names: list[bytes], places: tuple[Places, Places]
) -> list[bytes]:
    seen = marked[places[0]] & marked[places[1]]
    return list(compress(names, seen.tolist()))


def _places(names: list[bytes]) -> tuple[Places, Places]:
    hashes = np.fromiter(map(hash, names), dtype=np.int64, count=len(names))
    return hashes & _MASK, hashes >> PLACES_BITS & _MASK
