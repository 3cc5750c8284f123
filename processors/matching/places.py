"""Names of countries, regions and cities: what they stand for, and that they are no maker's."""

import json
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from processors.matching.folding import fold


class _Names(NamedTuple):
    territories: dict[str, str]
    places: frozenset[str]


def territory_named(text: str) -> str:
    """Return the code of the country or union that a name or a code of three letters stands for;
    empty where it is not known, or stands for several."""
    folded = fold(text)
    known = _names().territories
    return known.get(folded) or known.get(folded.replace(" ", ""), "")


def is_place(term: str) -> bool:
    """Tell whether folded words are the name of a country, region or city."""
    return term in _names().places or term in _names().territories


@cache
def _names() -> _Names:
    path = files("processors.matching").joinpath("data/place_names.json")
    content = json.loads(path.read_text(encoding="utf-8"))
    return _Names(content["territories"], frozenset(content["places"]))
