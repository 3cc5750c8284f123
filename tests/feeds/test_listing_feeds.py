"""Listings from files: each form gives the same, and a bad row costs itself only."""

import json

import pytest

from ops.__main__ import main
from ops.tools.feeds import FORMATS, READERS
from streams.sources.feeds.listings import LISTING_OF, Given, change_listing
from streams.sources.feeds.rows import RowError, rows

NOW = 1_790_000_000_000
GIVEN = Given(NOW, marketplace="shop", seller_id="seller-1", territories=("DE", "FR"))

CSV = """\
listing_id,title,url,brand,category,price_euros,seller_id,territories
a-1,"Scissors, forged",https://shop.example/a-1,Cutex,Tools > Scissors,12.5,seller-9,"DE, AT"
"""
JSON = (
    '{"listing_id": "a-1", "title": "Scissors, forged", "url": "https://shop.example/a-1",'
    ' "brand": "Cutex", "category": "Tools > Scissors", "price_euros": 12.5,'
    ' "seller_id": "seller-9", "territories": ["DE", "AT"]}\n'
)
MERCHANT = """\
<rss version="2.0" xmlns:g="http://base.google.com/ns/1.0"><channel><title>Shop</title>
<item><g:id>a-1</g:id><g:title>Scissors, forged</g:title><g:link>https://shop.example/a-1</g:link>
<g:brand>Cutex</g:brand><g:product_type>Tools &gt; Scissors</g:product_type>
<g:price>12.50 EUR</g:price><g:external_seller_id>seller-9</g:external_seller_id></item>
</channel></rss>
"""
ATOM = """\
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:g="http://base.google.com/ns/1.0">
<title>Shop</title><entry><g:id>a-1</g:id><title>Scissors, forged</title>
<link href="https://shop.example/a-1"/><g:brand>Cutex</g:brand>
<g:product_type>Tools &gt; Scissors</g:product_type><g:price>12.50 EUR</g:price>
<g:external_seller_id>seller-9</g:external_seller_id></entry></feed>
"""
PRODUCT = {
    "@type": "Product",
    "sku": "a-1",
    "name": "Scissors, forged",
    "brand": {"@type": "Brand", "name": "Cutex"},
    "category": "Tools > Scissors",
    "offers": [
        {
            "url": "https://shop.example/a-1",
            "price": "12.50",
            "priceCurrency": "EUR",
            "seller": {"name": "Jane", "identifier": "seller-9"},
            "eligibleRegion": ["DE", {"name": "AT"}],
        }
    ],
}
LISTED = {"itemListElement": [{"position": 1, "item": PRODUCT}]}


def made(tmp_path, form, content):
    """Return each row's listing, or the reason why there is none."""
    path = tmp_path / "feed"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    found = []
    for row in rows(path, READERS[form], lambda _count: None):
        try:
            if isinstance(row.content, RowError):
                raise row.content
            found.append(LISTING_OF[form](row.content, GIVEN))
        except RowError as error:
            found.append((row.number, error.reason))
    return found


@pytest.mark.parametrize(
    ("form", "content", "territories"),
    [
        ("csv", "\ufeff" + CSV, ("DE", "AT")),
        ("json-lines", "\n" + JSON, ("DE", "AT")),
        ("merchant", MERCHANT, ("DE", "FR")),
        ("merchant", ATOM, ("DE", "FR")),
        ("schema-org", json.dumps(PRODUCT), ("DE", "AT")),
        ("schema-org", json.dumps([PRODUCT]), ("DE", "AT")),
        ("schema-org", json.dumps({"@graph": [PRODUCT]}), ("DE", "AT")),
        ("schema-org", json.dumps(LISTED), ("DE", "AT")),
    ],
)
def test_each_form_gives_the_same_listing(tmp_path, form, content, territories):
    (listing,) = made(tmp_path, form, content)
    assert listing[:3] == ("a-1", "shop", "seller-9")
    assert (listing.title, listing.brand) == ("Scissors, forged", "Cutex")
    assert listing.category == "Tools > Scissors"
    assert listing.url == "https://shop.example/a-1"
    assert listing.price_euros == 12.5
    assert listing.territories == territories
    assert (listing.version, listing.changed_at_milliseconds) == (NOW, NOW)
    assert listing.status == "active"


GOOD = json.loads(JSON)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"listing_id": ""}, "invalid_id"),
        ({"title": " "}, "missing_field"),
        ({"url": None}, "invalid_field"),
        ({"teritories": ["DE"]}, "invalid_field"),
        ({"territories": ["Germany"]}, "invalid_country"),
        ({"nice_classes": [46]}, "invalid_nice_class"),
        ({"status": "gone"}, "invalid_field"),
        ({"title": "x" * 2_001}, "text_too_long"),
        ({"version": -1}, "invalid_number"),
        ({"version": "3"}, "invalid_field"),
        ({"price_euros": "cheap"}, "invalid_field"),
        ({"changed_at": "2026-11-01"}, "invalid_time"),
        ({"changed_at": "2099-01-01T00:00:00Z"}, "time_in_future"),
        ({"changed_at": 5}, "invalid_time"),
    ],
)
def test_a_bad_row_costs_itself_only_and_is_told_with_its_reason(tmp_path, changes, reason):
    content = "".join(json.dumps(each) + "\n" for each in (GOOD, GOOD | changes, GOOD))
    before, bad, after = made(tmp_path, "json-lines", content)
    assert before == after
    assert bad[0] == 2
    assert bad[1] == reason


def test_a_rows_own_time_and_version_go_before_the_imports(tmp_path):
    row = GOOD | {"changed_at": "2026-09-01T12:00:00+02:00", "version": 7}
    (listing,) = made(tmp_path, "json-lines", json.dumps(row))
    assert (listing.version, listing.changed_at_milliseconds) == (7, 1_788_256_800_000)


@pytest.mark.parametrize(
    ("form", "content", "found"),
    [
        ("csv", CSV + "b,t,u\n" + "c,t,u,,,,,,,x\n", [None, None, (3, "too_many_cells")]),
        ("csv", CSV.encode() + b"\xff\xfe,t,u\n", [(0, "unreadable_file")]),
        (
            "json-lines",
            JSON + "{\n" + "[]\n" + JSON,
            [None, (2, "not_json"), (3, "not_json"), None],
        ),
        ("merchant", MERCHANT[:-10], [None, (0, "unreadable_file")]),
        ("merchant", "<html></html>", [(0, "unreadable_file")]),
        ("schema-org", "[", [(0, "unreadable_file")]),
        ("schema-org", '["x", {"@type": "Offer"}]', [(1, "no_product"), (2, "no_product")]),
    ],
)
def test_damage_is_told_where_it_is_and_what_can_be_read_is_kept(tmp_path, form, content, found):
    got = made(tmp_path, form, content)
    assert [each if type(each) is tuple else None for each in got] == found


def test_an_entity_of_a_feed_is_not_expanded(tmp_path):
    hostile = '<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>' + MERCHANT.replace(
        "Cutex", "&x;"
    )
    assert made(tmp_path, "merchant", hostile) == [(0, "unreadable_file")]


def test_a_price_in_other_money_is_no_price_in_euros(tmp_path):
    (listing,) = made(tmp_path, "merchant", MERCHANT.replace("EUR", "USD"))
    assert listing.price_euros is None


def test_a_seller_known_by_name_only_is_not_taken_for_an_id(tmp_path):
    offer = PRODUCT["offers"][0] | {"seller": {"name": "Jane"}}
    (listing,) = made(tmp_path, "schema-org", json.dumps(PRODUCT | {"offers": offer}))
    assert listing.seller_id == "seller-1"


def test_each_form_that_a_name_stands_for_can_be_read():
    assert set(FORMATS.values()) == set(READERS) == set(LISTING_OF)


def test_a_dry_run_counts_and_writes_refusals_without_what_rows_say(tmp_path, capsys):
    path = tmp_path / "feed.csv"
    path.write_text(CSV + "b-2,Brush of Jane Doe,https://shop.example/b,,,dear,,\n")
    refused = tmp_path / "refused.jsonl"
    line = ["listings", "import", str(path), "--dry-run", "--rejected", str(refused)]
    servers = ["--bootstrap-servers", "127.0.0.1:1", "--schema-registry", "http://127.0.0.1:1"]
    given = ["--marketplace", "shop", "--seller", "s", "--territories", "DE"]
    assert main([*line, *servers, *given]) == 1
    assert capsys.readouterr().out == "imported 1, refused 1\n  refused 1: invalid_field\n"
    (told,) = map(json.loads, refused.read_text().splitlines())
    assert (told["file"], told["row"], told["reason"]) == ("feed.csv", 2, "invalid_field")
    assert "Jane" not in refused.read_text()
    assert "dear" not in refused.read_text()


def test_a_changed_row_of_a_table_has_its_place_in_the_log_for_a_version():
    row = GOOD | {"__lsn": 77, "__source_ts_ms": NOW - 5, "__deleted": "false", "brand": None}
    listing = change_listing(row, GIVEN)
    assert (listing.version, listing.changed_at_milliseconds) == (77, NOW - 5)
    assert (listing.status, listing.brand) == ("active", None)
    assert change_listing(row | {"version": 3}, GIVEN).version == 3
    assert change_listing(row | {"__deleted": "true"}, GIVEN).status == "removed"
    assert change_listing(row | {"status": "suspended"}, GIVEN).status == "suspended"
