"""All that is made of events may be sent, tells no person, and is a statement only where due."""

import json
from datetime import date

import pytest
from hypothesis import given, settings
from matrix import examples
from statement_events import (
    DAY,
    NOON,
    REASONS,
    SECRET,
    decided,
    removal,
    sanction,
    sources,
)

from schemas.events.detections import DelistListing
from sinks.statements.mapping import (
    OmittedStatement,
    Statement,
    StatementSettings,
    puid_of,
    statement_of,
)
from sinks.statements.validation import validate

SETTINGS = StatementSettings()


def body(event, **changes):
    made = statement_of(event, SETTINGS._replace(**changes))
    assert isinstance(made, Statement), made
    assert validate(made.body) == ()
    assert made.puid == made.body["puid"]
    return made.body


@settings(max_examples=examples(150))
@given(sources)
def test_all_that_is_made_may_be_sent_and_tells_no_person(event):
    made = statement_of(event, SETTINGS)
    if isinstance(made, OmittedStatement):
        assert made.reason
        return
    assert validate(made.body) == ()
    told = json.dumps({name: text for name, text in made.body.items() if name != "puid"})
    assert "Jane" not in told
    assert "018123456" not in told
    assert statement_of(event, SETTINGS) == made


def test_a_takedown_after_a_notice():
    made = body(decided())
    assert made["puid"] == "takedown-0123456789abcdef0123456789abcdef"
    assert made["decision_visibility"] == ["DECISION_VISIBILITY_CONTENT_REMOVED"]
    assert made["decision_ground"] == "DECISION_GROUND_ILLEGAL_CONTENT"
    assert "2017/1001" in made["illegal_content_legal_ground"]
    assert made["illegal_content_explanation"] == REASONS["counterfeit"]
    assert made["category_specification"] == ["KEYWORD_TRADEMARK_INFRINGEMENT"]
    assert made["content_type"] == ["CONTENT_TYPE_PRODUCT"]
    assert made["territorial_scope"] == ["DE", "FR"]
    assert made["content_language"] == "DE"
    assert (made["content_date"], made["application_date"]) == ("2026-02-01", "2026-02-03")
    assert made["source_type"] == "SOURCE_ARTICLE_16"
    assert "source_identity" not in made
    assert made["automated_detection"] == "No"
    assert made["automated_decision"] == "AUTOMATED_DECISION_FULLY"


def test_a_trusted_flagger_is_told_and_named_only_if_the_operator_says_so():
    event = decided(trusted_flagger=True)
    assert body(event)["source_type"] == "SOURCE_TRUSTED_FLAGGER"
    assert "source_identity" not in body(event)
    names = {event.complainant_id: "Association against Counterfeits"}
    assert body(event, trusted_flaggers=names)["source_identity"] == names[event.complainant_id]
    assert "source_identity" not in body(decided(), trusted_flaggers=names)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, "FULLY"),
        ({"automated": False, "reviewer_id": SECRET}, "PARTIALLY"),
        ({"automated": False, "reviewer_id": SECRET, "findings": {}}, "NOT_AUTOMATED"),
        ({"automated": True, "reviewer_id": SECRET}, "PARTIALLY"),
    ],
)
def test_how_far_a_decision_was_automated(changes, expected):
    assert body(decided(**changes))["automated_decision"] == f"AUTOMATED_DECISION_{expected}"


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (decided(outcome="decline"), "not_a_restriction"),
        (decided(outcome="reinstate"), "not_a_restriction"),
        (decided(command_id=None), "already_restricted"),
        (decided(listing_territories=("US", "GB")), "outside_the_union"),
        (sanction(sanction="warn"), "not_a_restriction"),
        (sanction(sanction="lift"), "not_a_restriction"),
        (sanction(role="complainant", sanction="suspend"), "not_a_restriction_of_content"),
    ],
)
def test_what_is_no_statement(event, reason):
    assert statement_of(event, SETTINGS) == OmittedStatement(reason)


def test_a_right_that_holds_elsewhere_only_makes_content_incompatible_with_the_terms():
    made = body(
        decided(territory="US"), terms="Terms, section 4", terms_address="https://s.example"
    )
    assert made["decision_ground"] == "DECISION_GROUND_INCOMPATIBLE_CONTENT"
    assert made["incompatible_content_ground"] == "Terms, section 4"
    assert made["incompatible_content_illegal"] == "No"
    assert made["decision_ground_reference_url"] == "https://s.example"
    assert "illegal_content_legal_ground" not in made


@pytest.mark.parametrize(
    ("ground", "keyword", "law"),
    [
        ("copyright_infringement", "KEYWORD_COPYRIGHT_INFRINGEMENT", "2001/29"),
        ("other", "KEYWORD_OTHER", "2004/48"),
        ("keyword_misuse", "KEYWORD_TRADEMARK_INFRINGEMENT", "2017/1001"),
    ],
)
def test_keyword_and_law_go_by_the_ground(ground, keyword, law):
    made = body(decided(ground=ground))
    assert made["category_specification"] == [keyword]
    assert law in made["illegal_content_legal_ground"]
    assert ("category_specification_other" in made) == (ground == "other")


def test_blocks_and_delistings_are_of_our_own_initiative():
    made = body(removal())
    assert made["source_type"] == "SOURCE_VOLUNTARY"
    assert made["automated_detection"] == "Yes"
    assert made["automated_decision"] == "AUTOMATED_DECISION_FULLY"
    assert made["decision_visibility"] == ["DECISION_VISIBILITY_CONTENT_DISABLED"]
    assert len(made["territorial_scope"]) == 30
    made = body(removal(DelistListing, automated=False))
    assert made["decision_visibility"] == ["DECISION_VISIBILITY_CONTENT_REMOVED"]
    assert made["automated_decision"] == "AUTOMATED_DECISION_PARTIALLY"
    abroad = {"shop": ("US",)}
    assert statement_of(
        removal(), SETTINGS._replace(marketplace_territories=abroad)
    ) == OmittedStatement("outside_the_union")


def test_sanctions_of_sellers_are_told_with_their_ends():
    made = body(sanction())
    assert made["decision_provision"] == "DECISION_PROVISION_PARTIAL_SUSPENSION"
    assert made["end_date_service_restriction"] == "2026-03-04"
    assert "Article 23" in made["illegal_content_legal_ground"]
    made = body(sanction(sanction="close", until_milliseconds=None))
    assert made["decision_account"] == "DECISION_ACCOUNT_TERMINATED"
    assert "end_date_account_restriction" not in made
    made = body(sanction(sanction="suspend", until_milliseconds=NOON - 9 * DAY))
    assert made["decision_account"] == "DECISION_ACCOUNT_SUSPENDED"
    assert made["end_date_account_restriction"] == made["application_date"]


def test_content_is_never_dated_after_the_decision():
    made = body(decided(listing_changed_at_milliseconds=NOON + 90 * DAY))
    assert made["content_date"] == made["application_date"]
    made = body(decided(listing_changed_at_milliseconds=0))
    assert date.fromisoformat(made["content_date"]) == date(2000, 1, 1)


def test_identifiers_are_deterministic_and_of_the_characters_allowed():
    assert puid_of("block", "ab-1") == "block-ab-1"
    assert puid_of("block", "AB-1") != puid_of("block", "ab-1")
    assert puid_of("block", "AB-1") == puid_of("block", "AB-1")
    assert len(puid_of("takedown", "é" * 10_000)) < 500


def sentences(text):
    return [each for each in text.split(". ") if each]


def test_texts_say_in_sentences_what_was_found_and_nothing_twice():
    findings = {
        "authority": "owner",
        "registry": "in_force",
        "listing_match": "exact",
        "brand": "mark",
        "proof": "test_purchase",
        "copying_words": "replica",
    }
    made = body(decided(findings=findings, reason_codes=("counterfeit", "counterfeit_words")))
    facts = made["decision_facts"]
    assert "A test purchase was filed." in facts
    assert "The listing gives the mark as the brand of its goods." in facts
    assert "Words that tell of a copy stand beside the mark in the title." in facts
    assert "replica" not in facts
    assert REASONS["counterfeit"] not in facts
    for text in (facts, made["illegal_content_explanation"]):
        assert len(sentences(text)) == len(set(sentences(text)))
