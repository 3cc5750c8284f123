"""When days begin and end in each country, as a table made from the pinned time zone database.

Steps know no time zones: they read this table, whose version is part of a case's times.
"""

import json
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

import tzdata

FIRST_YEAR = 2015
LAST_YEAR = 2045
EPOCH = date(1970, 1, 1)


def render() -> str:
    """Return the table as JSON, one country a line."""
    first, last = ((date(year, 1, 1) - EPOCH).days for year in (FIRST_YEAR, LAST_YEAR + 1))
    lines = [
        f"{json.dumps(country)}: {json.dumps(_country(zones, first, last), separators=(',', ':'))}"
        for country, zones in sorted(_zones().items())
    ]
    head = f'{{"version": {json.dumps(tzdata.IANA_VERSION)}, "countries": {{\n'
    return head + ",\n".join(lines) + "\n}}\n"


def _zones() -> dict[str, list[ZoneInfo]]:
    table = files("tzdata").joinpath("zoneinfo/zone.tab").read_text(encoding="utf-8")
    zones = defaultdict(list)
    for line in table.splitlines():
        if not line.startswith("#"):
            country, _, name = line.split("\t")[:3]
            with files("tzdata").joinpath(f"zoneinfo/{name}").open("rb") as file:
                zones[country].append(ZoneInfo.from_file(file, name))
    return zones


def _country(zones: list[ZoneInfo], first: int, last: int) -> list[list[list[int]]]:
    """Return two lists of [day, minutes]: from that day on, how long after midnight UTC the day
    begins where it begins first, and where it begins last."""
    begins: list[list[list[int]]] = [[], []]
    for day in range(first, last):
        minutes = [_minutes(zone, day) for zone in zones]
        for found, among in ((min(minutes), begins[0]), (max(minutes), begins[1])):
            if not among or among[-1][1] != found:
                among.append([day, found])
    return begins


def _minutes(zone: ZoneInfo, day: int) -> int:
    """Return the minutes from midnight UTC to the local beginning of a day, the later of two."""
    local = datetime.combine(EPOCH + timedelta(days=day), datetime.min.time())
    begin = local.replace(tzinfo=zone, fold=1).astimezone(UTC).replace(tzinfo=None)
    return round((begin - local).total_seconds() / 60)
