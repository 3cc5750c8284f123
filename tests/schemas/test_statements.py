"""What parties are told of decisions: whole in every language, and nobody's secret in public."""

import re
from itertools import product
from typing import get_args

import pytest
from statement_events import SECRET, decided, removal, sanction

from ops.documents.statements import (
    DECLINE,
    FACTS,
    REINSTATEMENT,
    REJECTED_APPEAL,
    RESTRICTION,
    TAKEDOWN,
)
from schemas.events.complaints import Ground
from schemas.events.notices import NoticeKind
from schemas.events.standings import Sanction
from schemas.reasons import REASONS
from schemas.statements import catalogue
from schemas.statements.catalogue import LANGUAGES, language_of
from schemas.statements.law import AssertedRight, kind_of_right, law_of
from schemas.statements.rendering import rendered
from schemas.statements.statement import (
    TOLD_KINDS,
    statement_of,
    statement_of_decision,
    statement_of_notice,
    statement_of_removal,
    statement_of_sanction,
)
from schemas.statements.told import FOUND
from sinks.statements.texts import PublicTexts

SAMPLES = (TAKEDOWN, DECLINE, REINSTATEMENT, REJECTED_APPEAL)
SECTIONS = [
    *("decision", "facts", "right", "reasons", "law", "scope", "automation", "redress"),
    "reference",
]


def text_of(notice, language):
    return rendered(statement_of_notice(notice), language).text


def test_every_sentence_stands_in_every_language_with_the_same_names_in_it():
    for name, texts in catalogue.sentences().items():
        assert set(texts) == set(LANGUAGES), name
        names = {tuple(sorted(re.findall(r"{(\w+)}", text))) for text in texts.values()}
        assert len(names) == 1, name
        assert all(text.strip() == text and text for text in texts.values()), name


def test_every_reason_has_a_meaning_and_each_remedy_a_text_in_every_language():
    texts = catalogue.reason_texts()
    assert set(texts) == set(REASONS)
    for code, reason in REASONS.items():
        assert len(set(texts[code].meaning.values())) == len(LANGUAGES), code
        assert len(set(texts[code].remedy.values())) == (len(LANGUAGES) if reason.remedy else 0), (
            code
        )


def test_every_law_has_an_address_and_a_name_in_every_language():
    for right, by_country in catalogue.laws().items():
        for country, law in by_country.items():
            assert set(law.names) == set(LANGUAGES), (right, country)
            assert law.address.startswith("https://"), (right, country)


def test_every_country_has_a_name_in_every_language():
    assert len(catalogue.countries()) > 240
    assert all(all(names.values()) for names in catalogue.countries().values())


def test_all_that_may_have_been_done_has_its_sentence():
    known = catalogue.sentences()
    for sanction_, language in product(get_args(Sanction), LANGUAGES):
        assert known[f"done.account.{sanction_}"][language]
    removals = ("take_down", "block", "delist", "reinstate", "retract")
    for outcome in removals:
        assert f"done.seller.{outcome}" in known
    for outcome in ("take_down", "decline", "reinstate", "retract"):
        assert f"done.complainant.{outcome}" in known
    for ground in get_args(Ground):
        assert f"alleged.{ground}" in known
        assert f"right.{kind_of_right(ground)}" in known
    for name, word in FOUND:
        assert f"found.{name}.{word}" in known


@pytest.mark.parametrize(
    ("asked", "language"),
    [
        *(("de", "de"), ("de-AT", "de"), ("zh_Hans", "zh"), ("ZH", "zh"), ("tlh", "en")),
        *(("zh-TW", "zh-Hant"), ("zh_Hant_HK", "zh-Hant"), ("es-419", "es"), ("", "en")),
    ],
)
def test_a_text_is_tagged_with_the_language_that_it_is_in(asked, language):
    assert language_of(asked) == language
    notice = TAKEDOWN._replace(facts=FACTS._replace(language=asked))
    made = rendered(statement_of_notice(notice))
    assert made.language == language
    assert made == rendered(statement_of_notice(notice), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_takedown_is_told_whole(language):
    made = rendered(statement_of_notice(TAKEDOWN), language)
    assert [each.name for each in made.sections] == SECTIONS
    for part in ("tb-600123", "NORDLICHT", "018229012", "Nordlicht Sports AG", "2017/1001", "2026"):
        assert part in made.text
    assert "2022/2065" in made.section("redress")
    assert "{" not in made.text


def test_texts_differ_by_language_in_every_section():
    made = [rendered(statement_of_notice(TAKEDOWN), each) for each in LANGUAGES]
    for section in SECTIONS:
        assert len({each.section(section) for each in made}) == len(LANGUAGES), section


@pytest.mark.parametrize(("notice", "language"), [*product(SAMPLES, LANGUAGES)])
def test_no_name_of_a_value_is_left_in_a_text(notice, language):
    assert "{" not in text_of(notice, language)


def test_days_are_written_as_each_language_writes_them():
    notice = TAKEDOWN._replace(answer_until_milliseconds=1_796_083_200_000)
    days = {
        "de": "1. Dezember 2026", "en": "1 December 2026", "fr": "1er décembre 2026",
        "ja": "2026年12月1日", "zh": "2026年12月1日", "zh-Hant": "2026年12月1日",
        "ko": "2026년 12월 1일", "es": "1 de diciembre de 2026", "it": "1º dicembre 2026",
        "ar": "1 ديسمبر 2026",
    }  # fmt: skip
    for language, day in days.items():
        assert day in text_of(notice, language)


def test_a_complainant_is_told_all_defects_and_what_would_do():
    made = rendered(statement_of_notice(DECLINE), "en")
    for code in (*DECLINE.reason_codes, *DECLINE.facts.further_reason_codes):
        assert REASONS[code].meaning in made.section("reasons")
    assert REASONS["complainant_not_authorised"].remedy in made.section("redress")
    assert made.section("scope") == ""


def test_an_appeal_tells_who_decided_it_and_in_which_words():
    made = rendered(statement_of_notice(REJECTED_APPEAL), "en")
    assert "decided by a person who had no part" in made.section("automation")
    assert REJECTED_APPEAL.facts.explanation in made.section("reviewer")
    assert "rejected" in made.section("decision")
    granted = REJECTED_APPEAL._replace(outcome="reinstate")
    assert "granted" in rendered(statement_of_notice(granted), "en").section("decision")


def test_only_a_decision_is_told_with_a_statement():
    for kind in get_args(NoticeKind):
        made = statement_of(TAKEDOWN._replace(kind=kind))
        assert (made is not None) == (kind in TOLD_KINDS)
    assert statement_of(TAKEDOWN._replace(facts=None)) is None
    assert statement_of(decided()) is None


def test_a_code_of_an_operator_is_told_as_a_code_to_the_party_and_not_in_public():
    notice = TAKEDOWN._replace(reason_codes=("counterfeit", "our_own_code"))
    assert "our_own_code" in text_of(notice, "ja")
    assert "our_own_code" not in PublicTexts(decided(reason_codes=("our_own_code",))).facts


def test_words_with_braces_are_told_as_they_are():
    facts = FACTS._replace(mark_text="{mark}", explanation="{listing} {0}")
    text = text_of(TAKEDOWN._replace(facts=facts), "en")
    assert "{mark}" in text
    assert "{listing} {0}" in text


@pytest.mark.parametrize(
    "statement",
    [
        statement_of_decision(decided()),
        statement_of_removal(removal()),
        statement_of_sanction(sanction()),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_public_names_nobody(statement, language):
    text = rendered(statement, language).text
    assert SECRET not in text
    assert "018123456" not in text


def test_the_public_is_told_the_same_facts_as_the_seller():
    event = decided(findings={"authority": "owner", "registry": "in_force"})
    facts = FACTS._replace(
        received_at_milliseconds=event.received_at_milliseconds,
        found=("authority.owner", "registry.in_force"),
    )
    seller = rendered(statement_of_notice(TAKEDOWN._replace(facts=facts)), "en")
    assert PublicTexts(event).facts.startswith(seller.section("facts"))
    assert PublicTexts(event).explanation == seller.section("reasons")


@pytest.mark.parametrize(
    ("right", "part"),
    [
        (AssertedRight("counterfeit", "EM", "DE"), "2017/1001"),
        (AssertedRight("counterfeit", "DE", "DE"), "2015/2436"),
        (AssertedRight("counterfeit", "US", "US"), "15 U.S.C. 1114"),
        (AssertedRight("copyright_infringement", "", "US"), "17 U.S.C."),
        (AssertedRight("copyright_infringement", "", "FR"), "2001/29"),
        (AssertedRight("design_infringement", "", "GB"), "Registered Designs Act"),
        (AssertedRight("patent_infringement", "", "CN"), "Patent Law"),
        (AssertedRight("utility_model_infringement", "", "JP"), "Utility Model Act"),
        (AssertedRight("patent_infringement", "", "IT"), "2004/48"),
    ],
)
def test_the_law_is_that_of_right_and_country(right, part):
    assert part in law_of(right).names["en"]


def test_where_no_law_is_named_the_terms_are():
    facts = FACTS._replace(territory="BR")
    assert law_of(AssertedRight("counterfeit", "BR", "BR")) is None
    text = text_of(TAKEDOWN._replace(facts=facts), "en")
    assert "terms on intellectual property" in text


def test_outside_the_union_no_body_of_the_union_is_named():
    facts = FACTS._replace(territory="US", territories=("US",))
    assert "Article 21" not in text_of(TAKEDOWN._replace(facts=facts), "en")
    assert "court" in text_of(TAKEDOWN._replace(facts=facts), "en")


def test_a_measure_for_a_time_tells_its_end():
    facts = FACTS._replace(ends_at_milliseconds=TAKEDOWN.answer_until_milliseconds)
    assert "It ends on 2 December 2026." in text_of(TAKEDOWN._replace(facts=facts), "en")
    assert "no end date" in text_of(TAKEDOWN, "en")


def test_the_stop_of_an_abbreviation_ends_its_sentence():
    facts = FACTS._replace(holder_name="Cutex Brands, Inc.")
    told = text_of(TAKEDOWN._replace(facts=facts), "en")
    assert "its owner is Cutex Brands, Inc." in told
    assert ".." not in told


def test_an_account_is_told_the_four_factors_and_its_language():
    made = rendered(statement_of_sanction(RESTRICTION._replace(language="fr")))
    assert made.language == "fr"
    assert "31\u00a0%" in made.section("facts")
    assert "23, paragraphe 1" in made.section("law")
