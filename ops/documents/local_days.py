"""When days begin and end in each country, as a table made from the pinned time zone database.

Steps know no time zones: they read this table, whose version is part of a case's times.
"""

import json
from collections import defaultdict
from datetime import date, datetime, time, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

import tzdata

FIRST_YEAR = 2015
LAST_YEAR = 2045
EPOCH = date(1970, 1, 1)
WEEK_DAYS = 7


def render() -> str:
    """Return the table as JSON, one country a line."""
    first, last = ((date(year, 1, 1) - EPOCH).days for year in (FIRST_YEAR, LAST_YEAR + 1))
    midnights = [
        datetime.combine(EPOCH + timedelta(days=day), time(fold=1)) for day in range(first, last)
    ]
    lines = [
        f"{json.dumps(country)}: "
        f"{json.dumps(_country(zones, midnights, first), separators=(',', ':'))}"
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


def _country(zones: list[ZoneInfo], midnights: list[datetime], first: int) -> list[list[list[int]]]:
    """Return two lists of [day, minutes]: from that day on, how long after midnight UTC the day
    begins where it begins first, and where it begins last; of two midnights at the later."""
    begins: list[list[list[int]]] = [[], []]
    every = (_minutes(zone, midnights) for zone in zones)
    for day, minutes in enumerate(zip(*every, strict=True), first):
        for found, among in zip((min(minutes), max(minutes)), begins, strict=True):
            if not among or among[-1][1] != found:
                among.append([day, found])
    return begins


def _minutes(zone: ZoneInfo, midnights: list[datetime]) -> list[int]:
    """Return the minutes from each midnight UTC to the local one. No clock is changed twice in a
    week."""
    found: list[int] = []
    for start in range(0, len(midnights), WEEK_DAYS):
        week = midnights[start : start + WEEK_DAYS]
        changed = zone.utcoffset(week[0]) != zone.utcoffset(week[-1])
        offsets = [zone.utcoffset(day) or timedelta() for day in (week if changed else week[:1])]
        minutes = [round(-offset.total_seconds() / 60) for offset in offsets]
        found += minutes if changed else minutes * len(week)
    return found
