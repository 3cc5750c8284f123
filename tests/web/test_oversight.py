"""What operators see of endpoints, caps and standings, where there is something to see."""

import pytest
from world import START

from ops.web.oversight import caps_reached, endpoints, standings
from web.site_made import SCRIPT

NOW = START + 3_600_000
DELIVERY = """
    INSERT INTO deliveries (command_id, marketplace, type, order_key, listing_id, case_id, rule_id,
        complainant_id, seller_id, restrictive, body, issued_at_milliseconds,
        taken_in_at_milliseconds, state, reason, detail, due_at_milliseconds, attempts,
        delivered_at_milliseconds)
    VALUES (%s, %s, 't', 'o', 'l', 'c', 'r', 'h', 's', true, '{}', %s, %s, %s, %s, %s, 1, %s, %s)
    RETURNING 1
"""
STANDING = """
    INSERT INTO standings (party_id, role, tier, strikes, grounds, changed_at_milliseconds,
        changed_offset)
    VALUES (%s, 'complainant', %s, %s, %s, %s, 1) RETURNING 1
"""
GROUND = (
    '[{"ground": "counterfeit", "concluded_count": 9, "upheld_count": 2, "countered_count": 5, '
    '"fast_lane": false}]'
)


def deliver(pages, name, marketplace, state, reason="", *, attempts=0, at=START, detail=""):
    done = at if state == "delivered" else None
    pages.rows(DELIVERY, name, marketplace, at, at, state, reason, detail, attempts, done)


@pytest.fixture
def shown(filled):
    filled.sign_in("op", "operator")
    return filled


def test_endpoints_that_take_nothing_come_first_and_old_deliveries_do_not_count(shown):
    old = START - 48 * 3_600_000
    deliver(shown, "k1", "well", "delivered")
    deliver(shown, "k2", "well", "delivered", at=old)
    deliver(shown, "k3", "slow", "waiting", attempts=3)
    deliver(shown, "k4", "slow", "due", at=old)
    deliver(shown, "k5", "broken", "failed", at=old)
    shown.rows("INSERT INTO disabled_endpoints VALUES ('gone', 'gone_410', %s) RETURNING 1", START)
    found = endpoints(shown.services.database, NOW, 10)
    assert [(each.marketplace, each.well) for each in found] == [
        ("gone", False),
        ("broken", False),
        ("slow", False),
        ("well", True),
    ]
    slow, well = found[2], found[3]
    assert (slow.waiting, slow.refused, slow.oldest) == (2, 1, old)
    assert (well.delivered, well.oldest) == (1, None)
    page = shown.get("/en/endpoints").text
    for words in ("gone_410", "Nothing is sent", "Takes what is sent", "No cap is reached"):
        assert words in page


def test_what_a_cap_holds_back_is_told_by_what_it_counts(shown):
    detail = f"seller:{SCRIPT} is beyond 5 commands in 3600 s"
    for name in ("k1", "k2"):
        deliver(shown, name, "shop", "held", "cap_seller", detail=detail)
    deliver(shown, "k3", "shop", "held", "capital")
    (cap,) = caps_reached(shown.services.database, 10)
    assert (cap.reason, cap.deliveries) == ("cap_seller", 2)
    page = shown.get("/en/endpoints").text
    assert "is beyond 5 commands" in page
    assert "<script>alert" not in page


def test_standings_are_shown_with_their_reasons_and_one_is_found_by_its_party(shown):
    shown.rows(STANDING, "holder-8", "suspended", 0, GROUND, START)
    shown.rows(STANDING, "holder-9", "ordinary", 0, "[]", START)
    shown.rows(STANDING, "seller-8", "restricted", 3, "[]", START + 1)
    told = [each["party_id"] for each in standings(shown.services.database, 10, "")]
    ours = [each for each in told if each in ("holder-8", "holder-9", "seller-8")]
    assert ours == ["seller-8", "holder-8"]
    page = shown.get("/en/standings").text
    for words in ("Suspended", "2 of 9 upheld, 5 undone", "3 strikes"):
        assert words in page
    assert "In good standing" not in page
    assert "In good standing" in shown.get("/en/standings?party=holder-9").text
    assert "There are none." in shown.get("/en/standings?party=nobody").text
    noted = shown.rows("SELECT subject FROM web_actions WHERE action = 'view_standings'")
    assert "holder-9" in [each["subject"] for each in noted]
