"""The demo's parties, listings and complaints, read from its data."""

import csv
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from schemas.durations import HOUR_MILLISECONDS
from schemas.events.complaints import ComplaintFiled, Evidence, Purchase
from schemas.events.listings import ListingChanged
from schemas.events.parties import Authorisation, PartyRecorded
from schemas.yaml_text import yaml_content
from streams.kafka.producing import Keyed, keyed

DATA = Path(__file__).with_name("data")
REGISTER_FILES = sorted((DATA / "registers").glob("*.xml"))
PURCHASE = Purchase("order-1", "2020-01-10", "2020-01-17", ("No batch code on the base",))
MARKETPLACE = "demo"
STATEMENT = "The goods offered here use our mark and do not come from us or from our licensees."

OFFERED = ("DE", "ES", "FR", "IT", "US")
"""Countries to which the listings are offered."""


def parties(now_milliseconds: int) -> Iterator[Keyed]:
    """Return the parties' records."""
    for entry in _complaints_file()["parties"]:
        party = PartyRecorded(
            party_id=entry["id"],
            kind=entry["kind"],
            name=entry["name"],
            register_names=(),
            trademark_keys=tuple(entry["trademarks"]),
            identity_verified=True,
            authorisations=_authorisations(entry, now_milliseconds),
            authorised_seller_ids=(),
            recorded_at_milliseconds=now_milliseconds,
        )
        yield keyed(party)


def listings(now_milliseconds: int) -> Iterator[Keyed]:
    """Return a listing for each title, and those that are composed."""
    for number, row in enumerate([*titles(), *composed()]):
        yield _listing(row, f"seller-{number % 97}", now_milliseconds)


def watched_listings(now_milliseconds: int) -> Iterator[Keyed]:
    """Return listings whose titles show what a monitor does."""
    for number, entry in enumerate(_complaints_file()["watched"]):
        row = {"id": f"watched-{number}", "category": "Demo", **entry}
        yield _listing(row, f"watched-seller-{number}", now_milliseconds)


def complaints(now_milliseconds: int) -> Iterator[Keyed]:
    """Return each complaint against each listing that its words, or its name, choose."""
    for number, entry in enumerate(_complaints_file()["complaints"]):
        for row in [*titles(), *composed()]:
            if _is_meant(entry, row):
                event = _complaint(
                    f"complaint-{number}-{row['id']}", entry, row["id"], now_milliseconds
                )
                yield keyed(event)


def composed() -> list[dict[str, Any]]:
    """Return the listings that are composed."""
    return [{"category": "Composed", **row} for row in _complaints_file()["composed"]]


def _is_meant(entry: dict[str, Any], row: dict[str, Any]) -> bool:
    if "listing" in entry:
        return bool(entry["listing"] == row["id"])
    return row["category"] != "Composed" and entry["words"] in row["title"].lower()


@cache
def titles() -> list[dict[str, str]]:
    """Return the real titles: rows of `titles.csv`."""
    with (DATA / "titles.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _listing(row: dict[str, Any], seller_id: str, now_milliseconds: int) -> Keyed:
    event = ListingChanged(
        listing_id=row["id"],
        marketplace=MARKETPLACE,
        seller_id=seller_id,
        version=1,
        status="active",
        title=row["title"],
        brand=row.get("brand") or None,
        category=row["category"],
        nice_classes=(int(row["nice_class"]),),
        territories=OFFERED,
        url=f"https://marketplace.example/item/{row['id']}",
        changed_at_milliseconds=now_milliseconds,
    )
    return keyed(event)


def _complaint(
    complaint_id: str, entry: dict[str, Any], listing_id: str, now_milliseconds: int
) -> ComplaintFiled:
    return ComplaintFiled(
        complaint_id=complaint_id,
        listing_id=listing_id,
        marketplace=MARKETPLACE,
        complainant_id=entry["by"],
        rights_holder_id=entry.get("for", entry["by"]),
        trademark_office=entry["office"],
        trademark_number=entry["number"],
        trademark_number_kind=entry["kind"],
        ground=entry["ground"],
        territory=entry["territory"],
        statement=STATEMENT,
        good_faith_declared=True,
        signature=entry.get("signature", entry["by"]),
        contact_email="complaints@rights-holder.example",
        evidence=tuple(
            Evidence(f"document-{number}", kind, None)
            for number, kind in enumerate(entry["evidence"])
        ),
        filed_at_milliseconds=now_milliseconds,
        test_purchase=PURCHASE if "test_buy" in entry["evidence"] else None,
    )


def _authorisations(entry: dict[str, Any], now_milliseconds: int) -> tuple[Authorisation, ...]:
    holder = entry.get("for")
    if holder is None:
        return ()
    since = now_milliseconds - HOUR_MILLISECONDS
    return (Authorisation(f"authorisation-{entry['id']}", holder, (), (), since, None, None),)


def _complaints_file() -> dict[str, Any]:
    content: dict[str, Any] = yaml_content((DATA / "complaints.yaml").read_text(encoding="utf-8"))
    return content
