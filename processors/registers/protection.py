"""What a register's entry leaves open of a mark's protection, by the table beside this module."""

from functools import cache
from importlib.resources import files
from typing import Any, cast

from processors.findings.territories import all_countries, countries_of, territory_code
from schemas.events.trademarks import MarkFeature, TrademarkRecorded
from schemas.yaml_text import yaml_content

_WITH_LOOK: frozenset[MarkFeature] = frozenset(
    {"stylised", "figurative", "combined", "three_dimensional", "colour", "sound"}
)
_HOLDS = frozenset({"registered", "opposed"})


@cache
def _table() -> dict[str, Any]:
    path = files("processors.registers").joinpath("protection.yaml")
    return cast(dict[str, Any], yaml_content(path.read_text(encoding="utf-8")))


def is_contested(trademark: TrademarkRecorded) -> bool:
    """Tell whether a mark is registered, and attacked by an opposition after grant, or for
    cancellation, revocation or invalidity."""
    if trademark.status not in _HOLDS or not trademark.registration_date:
        return False
    table = _table()["contested"]
    code = " ".join(trademark.status_code.split()).lower()
    words = (*table["any"], *table["offices"].get(territory_code(trademark.office), ()))
    return trademark.status == "opposed" or code in words


def names_no_country(trademark: TrademarkRecorded) -> bool:
    """Tell whether it is not known where a mark has effect, as its entry names no country."""
    return not all_countries(trademark.territories)


def is_more_than_words(trademark: TrademarkRecorded) -> bool:
    """Tell whether a mark is protected as it looks or sounds, which its words in a title don't
    show."""
    return trademark.mark_feature in _WITH_LOOK


def lives_on_elsewhere(trademark: TrademarkRecorded, asserted: str) -> bool:
    """Tell whether a mark lives on as one of the asserted country's own, under another number."""
    registered_on = trademark.registration_date
    office = territory_code(trademark.office)
    return any(
        territory_code(row["office"]) == office
        and countries_of(asserted) == {row["country"]}
        and registered_on is not None
        and registered_on < row["registered_before"]
        for row in _table()["comparable"]
    )
