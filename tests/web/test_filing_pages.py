"""Filing in steps: what is read before it is sent, and that the receipt is of what was sent."""

import pytest
from filing.harness import CODEC

from ops.web.listing_lines import read_lines
from web.site_made import STATEMENT

RIGHT = {
    "ground": "trademark_infringement",
    "office": "EM",
    "number": "018229012",
    "number_kind": "application",
    "territory": "DE",
}
LISTINGS = "https://item.taobao.com/item.htm?id=600123\n1005004, aliexpress\n600123, taobao"
REASONS = {"statement": STATEMENT, "contact_email": "ip@brand.example", "language": "de"}
SIGNED = {"signature": "Erika Mustermann", "good_faith": "1", "accuracy": "1"}


@pytest.fixture
def holder(pages):
    pages.sign_in("holder-1", "rights_holder")
    return pages


def step(pages, at, to, **fields):
    return pages.post("/en/filing", step=at, to=to, **fields)


def test_lines_are_read_as_addresses_numbers_and_rows():
    text = (
        "marketplace,listing_id\nhttps://www.aliexpress.com/item/shoes/1005004.html?x=1\n\n"
        "tb-1\nshop;77\nhttps://evil.example/item/1\nhttps://[::1\ntaobao,5\n"
    )
    told = [(each.marketplace, each.listing_id, bool(each.problem)) for each in
            read_lines(text, "tmall")]  # fmt: skip
    assert told == [
        ("aliexpress", "1005004", False),
        ("tmall", "tb-1", False),
        ("77", "shop", False),
        ("", "", True),
        ("", "", True),
        ("taobao", "5", False),
    ]
    assert read_lines("600", "")[0].problem
    many = read_lines("\n".join(str(number) for number in range(301)), "taobao")
    assert sum(not each.problem for each in many) == 300


def test_a_hosts_end_that_only_looks_like_a_marketplace_is_none():
    assert read_lines("https://evilebay.com/itm/1", "")[0].problem
    assert read_lines("https://ebay.com.evil.example/itm/1", "")[0].problem


def test_from_the_first_step_to_the_receipt(holder):
    assert "1. Right" in holder.get("/en/filing").text
    listings = step(holder, "right", "listings", **RIGHT)
    assert "Which listings?" in listings.text
    told = {**RIGHT, "listings": LISTINGS}
    read = step(holder, "listings", "listings", **told)
    assert "Read 3 of 3" in read.text
    assert "Why it infringes" in step(holder, "listings", "reasons", **told).text
    told |= REASONS
    files = {"documents": ("photo.txt", b"The stitching differs from ours.", "text/plain")}
    added = holder.client.post(
        "/en/filing",
        data={**told, "form_token": holder.form_token(), "step": "evidence", "to": "check",
              "kind": "other"},
        files=files,
    )  # fmt: skip
    assert "2 of 3 listings would be taken in" in added.text
    assert "named twice" in added.text
    assert holder.rows("SELECT * FROM filings") == []
    evidence = added.text.split('name="evidence" value="')[1].split('"')[0]
    done = step(holder, "check", "file", **told, **SIGNED, evidence=evidence)
    assert done.status_code == 303, done.text
    receipt = holder.get(done.headers["location"])
    assert "2 complaints" in receipt.text
    events = [
        CODEC.decode(row["topic"], bytes(row["value"]), [])
        for row in holder.rows("SELECT * FROM outbox ORDER BY outbox_id")
    ]
    assert [(each.marketplace, each.listing_id) for each in events] == [
        ("taobao", "600123"),
        ("aliexpress", "1005004"),
    ]
    with holder.services.database.connection() as connection:
        hashes = [each.private_statement.sha256 for each in events]
        texts = holder.services.private_texts.read(connection, hashes, "test")
    assert {each.statement for each in events} == {""}
    assert list(texts.values()) == [STATEMENT]
    assert events[0].evidence[0].kind == "other"
    listed = holder.get("/en/cases").text
    assert "1005004" in listed


def test_a_step_is_not_left_while_something_in_it_is_wrong(holder):
    answer = step(holder, "right", "listings", **{**RIGHT, "territory": "XX"})
    assert answer.status_code == 422
    assert "1. Right" in answer.text
    bad = {**RIGHT, "listings": "https://shop.example/1\n5,taobao"}
    assert step(holder, "listings", "reasons", **bad).status_code == 422
    assert step(holder, "listings", "reasons", **bad, leave_out="1").status_code == 200
    assert step(holder, "listings", "right", **bad).status_code == 200


def test_without_signature_or_declarations_nothing_is_filed(holder):
    told = {**RIGHT, **REASONS, "listings": "5,taobao"}
    for missing in SIGNED:
        signed = {name: value for name, value in SIGNED.items() if name != missing}
        assert step(holder, "check", "file", **told, **signed).status_code == 422
    assert holder.rows("SELECT * FROM filings") == []


def test_nobody_files_for_whom_it_does_not_act(holder):
    told = {**RIGHT, **REASONS, **SIGNED, "listings": "5,taobao", "rights_holder_id": "holder-2"}
    assert step(holder, "check", "file", **told).status_code == 422
    holder.sign_in("agent-1", "agent", acts_for=["holder-2"])
    assert step(holder, "check", "file", **told).status_code == 303


def test_a_complaint_is_found_by_its_number_and_address_together(holder):
    told = {**RIGHT, **REASONS, **SIGNED, "listings": "5,taobao"}
    step(holder, "check", "file", **told)
    (row,) = holder.rows("SELECT complaint_id FROM filed_complaints")
    holder.client.cookies.clear()
    number = row["complaint_id"]
    found = holder.post("/en/status", complaint=number, email="IP@brand.example")
    assert found.status_code == 200
    assert "Received" in found.text
    for given in ({"complaint": number, "email": "other@brand.example"},
                  {"complaint": number, "email": ""},
                  {"complaint": "nothing", "email": "ip@brand.example"}):  # fmt: skip
        assert holder.post("/en/status", **given).status_code == 404
