"""Names of countries, regions and cities: what they stand for, and that they are no maker's."""

import json
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from processors.matching.folding import fold
from processors.nearest import nearest

_NAMES_LOOKED_AT = 12


class _Names(NamedTuple):
    territories: dict[str, str]
    places: frozenset[str]


def territory_named(text: str) -> str:
    """Return the code of the country or union that a name or a code of three letters stands for;
    empty where it is not known, or stands for several."""
    folded = fold(text)
    known = _names().territories
    return known.get(folded) or known.get(folded.replace(" ", ""), "")


def territories_near(text: str, maximum_codes: int = 3) -> tuple[str, ...]:
    """Return the codes of the countries or unions of which a text is most like a code or name."""
    names = nearest(fold(text), tuple(_names().territories), _NAMES_LOOKED_AT)
    return tuple(dict.fromkeys(_names().territories[name] for name in names))[:maximum_codes]


def is_place(term: str) -> bool:
    """Tell whether folded words are the name of a country, region or city."""
    return term in _names().places or term in _names().territories


@cache
def _names() -> _Names:
    path = files("processors.matching").joinpath("data/place_names.json")
    content = json.loads(path.read_text(encoding="utf-8"))
    return _Names(content["territories"], frozenset(content["places"]))
