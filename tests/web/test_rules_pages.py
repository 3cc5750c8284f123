"""Operators see the rules in use and in shadow, how they differ, and how far caps are used."""

import pytest
from world import START, rule_set

from ops.web.caps_view import cap_uses
from ops.web.rules_view import differing
from processors.rules.rule_set import RuleSet
from sinks.dispatch.settings import Cap, SettingsInvalid, load_caps
from streams.policies.rule_files import rule_set_published

NOW = START + 3_600_000
CAPS = {"rule": Cap(10, 3600.0), "seller": Cap(4, 600.0)}
DECISION = """
    INSERT INTO decisions (case_id, decision_number, listing_id, marketplace, outcome, reason_codes,
        rule_id, findings, shadow_outcome, closes_case, automated, decided_at_milliseconds,
        deadline_at_milliseconds, capsule)
    VALUES (%s, 1, 'l', 'shop', %s, '{}', %s, '{}', %s, true, %s, %s, 0, '{}') RETURNING 1
"""


@pytest.fixture
def operator(pages):
    pages.sign_in("op", "operator")
    return pages


def stricter():
    """Return the built-in rules, where nothing is taken down but by people."""
    return tuple(
        each._replace(outcome="send_to_review", reason_codes=("rule_under_review",))
        if each.outcome == "take_down"
        else each
        for each in rule_set().rules
    )


def shadow(pages, at=START):
    pages.tables.tell(rule_set_published(stricter(), "shadow", "kim", at))


def decided(pages, name, outcome, shadow_outcome, rule="r", *, automated=True, at=START + 1):
    pages.rows(DECISION, name, outcome, rule, shadow_outcome, automated, at)


def test_the_rules_that_decide_are_shown_with_who_published_them(operator):
    page = operator.get("/en/rules").text
    assert "Those that the software brings." in page
    assert "No rules run in shadow." in page
    for rule in rule_set().rules:
        assert rule.rule_id in page
    published = rule_set_published(stricter(), "active", "kim", START)
    operator.tables.tell(published._replace(without_backtest="<b>in a hurry</b>"))
    page = operator.get("/en/rules").text
    assert "Published by kim." in page
    assert "&lt;b&gt;in a hurry&lt;/b&gt;" in page
    assert "view_rules" in str(operator.rows("SELECT action FROM web_actions"))


def test_what_rules_in_shadow_would_decide_differently_is_proved_and_counted(operator):
    shadow(operator)
    page = operator.get("/en/rules").text
    found = differing(rule_set(), RuleSet(stricter()))
    assert {(each.before, each.after) for each in found} == {("take_down", "send_to_review")}
    assert f"{sum(each.combinations for each in found):,}" in page
    assert "the owner" in page
    assert "Nothing was decided while they ran." in page


def test_results_of_the_shadow_are_those_of_rules_alone_since_it_was_published(operator):
    decided(operator, "before", "take_down", "send_to_review", at=START - 1)
    decided(operator, "alike", "decline", "decline")
    decided(operator, "other", "take_down", "send_to_review")
    decided(operator, "person", "take_down", "send_to_review", automated=False)
    decided(operator, "held", "send_to_review", "take_down", "step:restraint")
    shadow(operator)
    page = operator.get("/en/rules").text
    assert page.index(">other<") < page.index(">alike<")
    for name in ("before", "person", "held"):
        assert f">{name}<" not in page


def test_rules_out_of_sight_are_told(operator):
    operator.tables.in_sight = False
    assert "The rules are not in sight now" in operator.get("/en/rules").text


def test_nobody_but_operators_sees_rules(pages):
    for party, role in (
        ("holder-1", "rights_holder"),
        ("seller-9", "seller"),
        ("anna", "reviewer"),
    ):
        pages.sign_in(party, role)
        assert pages.get("/en/rules").status_code == 403


def count(pages, scope, commands, at=START):
    query = "INSERT INTO dispatch_counts VALUES (%s, %s, %s) RETURNING 1"
    pages.rows(query, scope, at, commands)


def test_the_most_used_cap_comes_first_and_only_its_window_counts(operator):
    now = START + 60_000
    count(operator, "rule:r1", 3)
    count(operator, "rule:r1", 2, START + 60_000)
    count(operator, "rule:r2", 9, START - 7_200_000)
    count(operator, "seller:s1", 9)
    count(operator, "seller:s2", 4, START - 1_200_000)
    count(operator, "complainant:h1", 7)
    found = cap_uses(operator.services.database, CAPS, now, 10)
    assert [(each.kind, each.name, each.commands, each.share) for each in found] == [
        ("seller", "s1", 9, 1.0),
        ("rule", "r1", 5, 0.5),
    ]
    assert len(cap_uses(operator.services.database, CAPS, now, 1)) == 1


def test_use_of_caps_and_the_dashboard_are_on_the_page(operator):
    assert "No cap is set" in operator.get("/en/endpoints").text
    assert "Grafana" not in operator.get("/en/operations").text
    site = operator.app.state.site
    operator.app.state.site = site._replace(caps=CAPS, grafana="https://graphs.example/d/ip")
    assert "No cap is used in its window." in operator.get("/en/endpoints").text
    count(operator, "rule:r1", 10, NOW)
    page = operator.get("/en/endpoints").text
    assert "reached" in page
    assert "10 in 60 minutes" in page
    for path in ("/en/operations", "/en/endpoints", "/en/rules"):
        assert 'href="https://graphs.example/d/ip"' in operator.get(path).text


def test_caps_are_read_without_the_secrets_beside_them(tmp_path):
    path = tmp_path / "endpoints.yaml"
    path.write_text(
        "caps:\n  rule: {commands: 10, window_seconds: 3600}\n"
        "endpoints:\n  - {marketplace: shop, url: https://x.example, secrets: [{file: gone}]}\n"
    )
    assert load_caps(path) == {"rule": Cap(10, 3600.0)}
    path.write_text("caps:\n  rule: {commands: many, window_seconds: 3600}\n")
    with pytest.raises(SettingsInvalid, match="commands"):
        load_caps(path)
    with pytest.raises(SettingsInvalid):
        load_caps(tmp_path / "none.yaml")
