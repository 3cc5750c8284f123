"""Complaints on rights other than trademarks: told field by field what each asks for."""

import pytest

from filing.harness import complaint
from schemas.events.complaints import Particular
from schemas.rights import rights

DAY = "2026-03-01"
UNREGISTERED = [each for each in rights().values() if each.right != "trademark"]


def claim(profile):
    said = {"date": DAY, "text": "As the documents show."}
    return {each.name: said[each.form] for each in profile.elements}


def on(profile, **changes):
    body = complaint(right=profile.right, claim=claim(profile), territory="US", **changes)
    del body["ground"], body["trademark"]
    return body


def told(answer):
    assert answer.status_code == 422
    return {each["pointer"]: each["code"] for each in answer.json()["errors"]}


@pytest.mark.parametrize("profile", UNREGISTERED, ids=lambda each: each.right)
def test_each_right_is_filed_with_what_it_asks_for(api, profile):
    assert api.post("/v1/complaints", on(profile)).status_code == 201
    [(_, _, event)] = api.events()
    assert event.ground in profile.documents
    assert event.trademark_number == ""
    assert {each.name: each.text for each in event.particulars} == claim(profile)


@pytest.mark.parametrize("profile", UNREGISTERED, ids=lambda each: each.right)
def test_all_that_is_missing_is_told_at_once_with_what_would_be_right(api, profile):
    answer = api.post("/v1/complaints", on(profile) | {"claim": {}})
    assert told(answer) == {f"#/claim/{each.name}": each.reason for each in profile.elements}
    assert {each["detail"] for each in answer.json()["errors"]} == {
        each.asks for each in profile.elements
    }
    assert api.rows("SELECT * FROM filings") == []


@pytest.mark.parametrize(
    ("changes", "errors"),
    [
        ({"ground": None, "right": None}, {"#/ground": "right_missing"}),
        ({"ground": None, "right": "trademark"}, {"#/ground": "ground_missing"}),
        ({"right": "copyright"}, {"#/ground": "right_mismatch"}),
        ({"right": "moral_right"}, {"#/right": "literal_error"}),
        ({"ground": "theft"}, {"#/ground": "literal_error"}),
        ({"trademark": None}, {"#/trademark": "trademark_missing"}),
        ({"claim": {"work": "A song."}}, {"#/claim/work": "unknown_element"}),
        ({"claim": {"Work!": "A song."}}, {"#/claim/Work!/[key]": "string_pattern_mismatch"}),
    ],
)
def test_a_right_that_is_not_clear_is_told(api, changes, errors):
    body = {name: value for name, value in (complaint() | changes).items() if value is not None}
    assert told(api.post("/v1/complaints", body)) == errors


def test_a_day_that_is_none_is_asked_for_again(api):
    profile = rights()["court_order"]
    body = on(profile)
    body["claim"]["order_date"] = "1 March"
    assert told(api.post("/v1/complaints", body)) == {"#/claim/order_date": "order_date_missing"}


def test_rights_can_be_read_with_what_they_ask_for(api):
    answer = api.get("/v1/rights")
    assert [each["right"] for each in answer.json()] == list(rights())
    works = next(each for each in answer.json() if each["right"] == "copyright")
    assert [each["name"] for each in works["claim"]] == [
        "work", "original", "authorship", "address", "telephone",
    ]  # fmt: skip
    assert works["claim"][3]["countries"] == ["US"]
    assert works["documents"]["copyright_infringement"]


def test_what_was_asked_for_can_be_added(api):
    profile = rights()["patent"]
    filed = api.post("/v1/complaints", on(profile)).json()["results"][0]["complaint_id"]
    path = f"/v1/complaints/{filed}/clarifications"
    answer = api.post(path, {"claim": {"claims": "Claims 1 and 4."}})
    assert answer.status_code == 201
    [*_, (_, _, event)] = api.events()
    assert event.particulars == (Particular("claims", "Claims 1 and 4."),)
