"""Names that were put into the table, so that it is not asked for those that can't be there."""

from itertools import compress
from typing import Final

import numpy as np
from numpy.typing import NDArray

PLACES_BITS: Final = 26
"""64 MB: of ten million names that are not there, one in fifteen is asked for in vain."""

_MASK = (1 << PLACES_BITS) - 1

Places = NDArray[np.int64]


class SeenNames:
    """A filter (Bloom's) with two places for each name."""

    def __init__(self) -> None:
        self._marked: NDArray[np.bool_] = np.zeros(1 << PLACES_BITS, dtype=np.bool_)

    def add(self, names: list[bytes]) -> list[bytes]:
        """Note names, and return those that may have been noted before."""
        places = _places(names)
        seen = self._seen(names, places)
        for each in places:
            self._marked[each] = True
        return seen

    def noted(self, names: list[bytes]) -> list[bytes]:
        """Return the names that may have been noted before."""
        return self._seen(names, _places(names))

    def _seen(self, names: list[bytes], places: tuple[Places, Places]) -> list[bytes]:
        seen = self._marked[places[0]] & self._marked[places[1]]
        return list(compress(names, seen.tolist()))


def _places(names: list[bytes]) -> tuple[Places, Places]:
    hashes = np.fromiter(map(hash, names), dtype=np.int64, count=len(names))
    return hashes & _MASK, hashes >> PLACES_BITS & _MASK
