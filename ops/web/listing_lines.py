"""Listings as people paste them: an address, a number, or a row of a CSV file, one a line."""

import csv
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qs, urlsplit

from ops.web.words import marked
from schemas.yaml_text import yaml_content
from streams.sources.filing.settings import MAXIMUM_LISTINGS

ADDRESSES = Path(__file__).with_name("addresses.yaml")
MAXIMUM_LINES = 2 * MAXIMUM_LISTINGS
UNKNOWN_ADDRESS = marked("not an address of a listing that we know")
NO_MARKETPLACE = marked("say on which marketplace")
TOO_MANY = marked("beyond 300 listings: file it in another complaint")
HEADERS = frozenset({"listing_id", "marketplace", "url", "id", "listing"})


class LineRead(NamedTuple):
    """A line, and the listing that it names; where it names none, `problem` says why."""

    number: int
    text: str
    marketplace: str = ""
    listing_id: str = ""
    problem: str = ""


def read_lines(text: str, marketplace: str) -> list[LineRead]:
    """Read lines; a bare number is one of the marketplace that is named beside them."""
    lines = [each.strip() for each in text.splitlines()[:MAXIMUM_LINES]]
    read: list[LineRead] = []
    listings = 0
    for number, line in enumerate(lines, 1):
        if not line or _is_header(line):
            continue
        found = _read(number, line, marketplace)
        listings += not found.problem
        if listings > MAXIMUM_LISTINGS:
            found = LineRead(number, line, problem=TOO_MANY)
        read.append(found)
    return read


def rows_of(lines: Iterable[LineRead]) -> list[dict[str, str]]:
    """Return the rows of a complaint about what lines name."""
    return [
        {"listing_id": each.listing_id, "marketplace": each.marketplace}
        for each in lines
        if not each.problem
    ]


def _is_header(line: str) -> bool:
    return {each.strip().lower() for each in re.split("[,;\t]", line)} <= HEADERS


def _read(number: int, line: str, marketplace: str) -> LineRead:
    if line.startswith(("http://", "https://")):
        return _of_address(number, line)
    delimiter = next((each for each in ("\t", ";", ",") if each in line), None)
    if delimiter is None:
        problem = "" if marketplace else NO_MARKETPLACE
        return LineRead(number, line, marketplace, line, problem)
    cells = [each.strip() for each in next(csv.reader([line], delimiter=delimiter)) if each.strip()]
    address = next((each for each in cells if each.startswith(("http://", "https://"))), None)
    if address is not None:
        return _of_address(number, address)._replace(text=line)
    if len(cells) < 2:
        problem = "" if cells and marketplace else NO_MARKETPLACE
        return LineRead(number, line, marketplace, "".join(cells), problem)
    listing_id, named = cells[:2]
    if listing_id in _marketplaces():
        listing_id, named = named, listing_id
    return LineRead(number, line, named, listing_id)


def _of_address(number: int, address: str) -> LineRead:
    try:
        parts = urlsplit(address)
        host, asked = parts.hostname or "", parse_qs(parts.query, max_num_fields=50)
    except ValueError:
        return LineRead(number, address, problem=UNKNOWN_ADDRESS)
    for each in _addresses():
        if host != each["host"] and not host.endswith(f".{each['host']}"):
            continue
        if "query" in each:
            given = asked.get(each["query"], [""])[0]
        else:
            found = re.search(each["path"], parts.path)
            given = found.group(1) if found else ""
        if given:
            return LineRead(number, address, each["marketplace"], given)
    return LineRead(number, address, problem=UNKNOWN_ADDRESS)


@cache
def _addresses() -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml_content(ADDRESSES.read_text(encoding="utf-8"))
    return found


@cache
def _marketplaces() -> frozenset[str]:
    return frozenset(each["marketplace"] for each in _addresses())
