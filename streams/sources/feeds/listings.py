"""Rows of feeds to listings: our own names of fields, Google Merchant's, and schema.org's."""

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from schemas.durations import HOUR_MILLISECONDS
from schemas.events.listings import ListingChanged
from streams.sources.feeds.conversion import event_from
from streams.sources.feeds.rows import RowError

Fields = dict[str, Any]

LISTS = ("nice_classes", "territories", "restricted_territories")
COUNTRIES = ("territories", "restricted_territories")
TIMES = ("changed_at", "listed_at")
_COUNTRY = re.compile("[A-Z]{2}")
_PRICE = re.compile(r"(\d+(?:\.\d+)?) ?EUR|EUR ?(\d+(?:\.\d+)?)")


class Given(NamedTuple):
    """What holds for each row that does not say it itself."""

    now_milliseconds: int
    marketplace: str = ""
    seller_id: str = ""
    territories: tuple[str, ...] = ()
    language: str = ""


def listing_of(fields: Fields, given: Given, texts: bool = False) -> ListingChanged:
    """Return the listing of a row with our own names of fields; `texts`: of texts only.

    A row without a time was changed now, and one without a version has its time for a version.
    Errors: RowError.
    """
    told = dict(fields)
    if texts:
        told |= {name: re.split(r"[;,\s]+", told[name]) for name in LISTS if told.get(name)}
    for name in TIMES:
        if name in told:
            told[f"{name}_milliseconds"] = _milliseconds(name, told.pop(name))
    changed_at = told.get("changed_at_milliseconds", given.now_milliseconds)
    held = {
        "marketplace": given.marketplace,
        "seller_id": given.seller_id,
        "territories": given.territories,
        "language": given.language,
        "status": "active",
        "brand": None,
        "category": "",
        "nice_classes": (),
        "changed_at_milliseconds": changed_at,
        "version": changed_at,
    }
    listing = event_from(ListingChanged, held | told, texts)
    if listing.changed_at_milliseconds > given.now_milliseconds + HOUR_MILLISECONDS:
        raise RowError("time_in_future", "later changes would count as older ones")
    for name in COUNTRIES:
        if not all(_COUNTRY.fullmatch(code) for code in getattr(listing, name)):
            raise RowError("invalid_country", f"{name}: codes are two capital letters each")
    for name in ("title", "url"):
        if not getattr(listing, name).strip():
            raise RowError("missing_field", name)
    return listing


def text_listing(fields: Fields, given: Given) -> ListingChanged:
    """Return the listing of a row of texts with our own names of fields. Errors: RowError."""
    return listing_of(fields, given, texts=True)


def merchant_listing(fields: Fields, given: Given) -> ListingChanged:
    """Return the listing of a Google Merchant item. Errors: RowError."""
    told = {
        "listing_id": fields.get("id", ""),
        "title": fields.get("title", ""),
        "url": fields.get("link", ""),
        "brand": fields.get("brand"),
        "category": fields.get("product_type") or fields.get("google_product_category", ""),
        "price_euros": _merchant_price(fields.get("price", "")),
    }
    if "external_seller_id" in fields:
        told["seller_id"] = fields["external_seller_id"]
    return listing_of(told, given)


def product_listing(fields: Fields, given: Given) -> ListingChanged:
    """Return the listing of a schema.org product, of which the first offer counts.

    Errors: RowError.
    """
    kinds = fields.get("@type")
    if "Product" not in (kinds if isinstance(kinds, list) else [kinds]):
        raise RowError("no_product", "its @type is not Product")
    offer = _first(fields.get("offers")) or {}
    if not isinstance(offer, dict):
        raise RowError("invalid_field", "offers: no object")
    seller = _first(offer.get("seller"))
    ids = (offer.get("sku"), fields.get("sku"), fields.get("productID"), fields.get("@id"))
    told = {
        "listing_id": next((each for each in ids if each), ""),
        "title": fields.get("name", ""),
        "url": offer.get("url") or fields.get("url", ""),
        "brand": _named(fields.get("brand")),
        "category": _named(fields.get("category")) or "",
        "price_euros": _price(offer),
        "seller_id": _identifier(seller),
        "territories": _countries(offer.get("eligibleRegion") or offer.get("areaServed")),
        "language": fields.get("inLanguage"),
        "changed_at": fields.get("dateModified"),
    }
    return listing_of({name: each for name, each in told.items() if each is not None}, given)


def change_listing(fields: Fields, given: Given) -> ListingChanged:
    """Return the listing of a changed row of a table, as Debezium tells it without its envelope.

    The place in the database's log is the version of a row that has none; a row that was deleted
    is a listing that was removed. Errors: RowError.
    """
    told = {name: each for name, each in fields.items() if each is not None}
    place, at = told.pop("__lsn", None), told.pop("__source_ts_ms", None)
    deleted = told.pop("__deleted", "false")
    if place is not None:
        told.setdefault("version", place)
    if at is not None and "changed_at" not in told:
        told.setdefault("changed_at_milliseconds", at)
    if deleted in ("true", True):
        told["status"] = "removed"
    return listing_of(told, given)


LISTING_OF: Mapping[str, Callable[[Fields, Given], ListingChanged]] = {
    "csv": text_listing,
    "json-lines": listing_of,
    "merchant": merchant_listing,
    "schema-org": product_listing,
}
"""What makes a listing of a row, by the form of the file."""


def _milliseconds(name: str, text: Any) -> int:
    try:
        time = datetime.fromisoformat(text)
    except (TypeError, ValueError) as error:
        raise RowError("invalid_time", f"{name}: no time of ISO 8601") from error
    if time.tzinfo is None:
        raise RowError("invalid_time", f"{name}: without a time zone")
    return int(time.timestamp() * 1_000)


def _merchant_price(text: str) -> float | None:
    found = _PRICE.fullmatch(text)
    return None if found is None else float(found[1] or found[2])


def _price(offer: Fields) -> float | None:
    if offer.get("priceCurrency") != "EUR":
        return None
    try:
        return float(offer.get("price", offer.get("lowPrice")))  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None


def _first(value: Any) -> Any:
    return next(iter(value), None) if isinstance(value, list) else value


def _named(value: Any) -> Any:
    value = _first(value)
    return value.get("name") if isinstance(value, dict) else value


def _identifier(seller: Any) -> Any:
    """Return who sells, by an id: a name may be another's tomorrow."""
    if not isinstance(seller, dict):
        return seller
    return seller.get("identifier") or seller.get("@id")


def _countries(value: Any) -> tuple[Any, ...] | None:
    if value is None:
        return None
    places = value if isinstance(value, list) else [value]
    return tuple(_named(each) for each in places)
