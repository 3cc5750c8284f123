"""Statements of reasons through the pipeline: who is told what, in which language, by whom."""

import pytest
from world import START, complaint, listing, review
from world_disputes import answer, appeal, objection

from processors.policies.service_level import ServiceLevel
from schemas.events.complaints import Evidence, Particular
from schemas.events.parties import PartyRecorded
from schemas.statements.rendering import rendered
from schemas.statements.statement import statement_of
from sinks.dispatch.webhook_message import message_of
from streams.driver import DriverSettings
from topology.harness import PARTITIONS, STANDING, DriverHarness
from topology.test_disputes import NOTICES, OBJECTIONS, asked, tell
from topology.test_lifecycle import COMPLAINTS, LISTINGS, PARTIES, REVIEWS, tell_tables

LEVEL = ServiceLevel(standing=STANDING, statements=1)
SELLER = PartyRecorded(
    "seller-9", "seller", "Kang Trading", (), (), True, (), (), START, language="zh"
)


@pytest.fixture
def driven(tmp_path):
    settings = DriverSettings(partitions=PARTITIONS, now_milliseconds=START, service_level=LEVEL)
    harness = DriverHarness(tmp_path / "state", settings)
    tell_tables(harness)
    harness.send(PARTIES, SELLER.party_id, SELLER)
    harness.settle()
    yield harness
    harness.close()


@pytest.fixture
def taken_down(driven):
    tell(driven, LISTINGS, listing())
    tell(driven, COMPLAINTS, complaint(language="fr"))
    return driven


def notices(harness, role, kind="decision"):
    return [n for n in harness.read(NOTICES) if (n.role, n.kind) == (role, kind)]


def test_each_party_is_told_in_its_language_and_the_marketplace_gets_the_words(taken_down):
    [seller], [holder] = notices(taken_down, "seller"), notices(taken_down, "complainant")
    made = rendered(statement_of(seller))
    assert made.language == "zh"
    assert made.text.startswith("理由说明")
    assert rendered(statement_of(holder)).language == "fr"
    assert seller.facts.mark_text == "CUTEX"
    assert seller.facts.holder_name == "Cutex Brands, LLC"
    assert seller.facts.territories == ("US", "CA")
    assert "authority.owner" in seller.facts.found
    body = message_of(seller).body
    assert '"language":"zh"' in body
    assert '"facts"' not in body


def test_a_complainant_is_told_all_defects_at_once(driven):
    tell(driven, LISTINGS, listing(nice_classes=(9,), territories=("CA",)))
    tell(driven, COMPLAINTS, complaint(evidence=()))
    [notice] = notices(driven, "complainant")
    assert notice.outcome == "decline"
    told = {*notice.reason_codes, *notice.facts.further_reason_codes}
    assert told >= {
        "listing_not_offered_in_territory",
        "trademark_class_mismatch",
        "insufficient_evidence",
    }
    assert len(told) == len(notice.reason_codes) + len(notice.facts.further_reason_codes)


def test_of_a_mark_that_is_not_found_nothing_is_said_that_was_not_seen(driven):
    tell(driven, LISTINGS, listing())
    tell(driven, COMPLAINTS, complaint(trademark_number="1"))
    [notice] = notices(driven, "complainant", "clarification_asked")
    assert notice.reason_codes == ("trademark_not_found",)
    assert notice.facts.further_reason_codes == ()


def test_of_a_right_without_a_register_no_mark_is_missed(driven):
    tell(driven, LISTINGS, listing())
    claims = (
        Particular("registration", "EM 008123456-0001"),
        Particular("comparison", "The views one to four show the same overall impression."),
    )
    design = complaint(
        ground="design_infringement",
        trademark_office="",
        trademark_number="",
        evidence=(),
        particulars=claims,
    )
    tell(driven, COMPLAINTS, design)
    [notice] = notices(driven, "complainant", "clarification_asked")
    assert notice.reason_codes == ("document_missing",)
    assert notice.facts.further_reason_codes == ()


def test_of_a_listing_that_is_gone_no_defect_is_told(driven):
    tell(driven, LISTINGS, listing(status="removed", nice_classes=(9,)))
    tell(driven, COMPLAINTS, complaint())
    [notice] = notices(driven, "complainant")
    assert notice.reason_codes == ("listing_already_removed",)
    assert notice.facts.further_reason_codes == ()


def test_a_rejected_appeal_tells_the_person_the_reasons_and_the_words(taken_down):
    tell(taken_down, OBJECTIONS, appeal())
    [task] = asked(taken_down, "appeal")
    words = "The invoice is of another seller."
    decided = review(
        subject_id=task.subject_id, reason_codes=("insufficient_evidence",), explanation=words
    )
    tell(taken_down, REVIEWS, decided)
    [notice] = notices(taken_down, "seller", "appeal_decided")
    assert not notice.automated
    assert notice.reason_codes == ("insufficient_evidence",)
    assert notice.facts.explanation == words
    made = rendered(statement_of(notice), "en")
    assert "rejected" in made.section("decision")
    assert words in made.section("reviewer")


def test_a_granted_appeal_tells_the_person_and_the_words(taken_down):
    tell(taken_down, OBJECTIONS, appeal())
    [task] = asked(taken_down, "appeal")
    words = "The goods are the holder's own."
    decided = review(
        subject_id=task.subject_id,
        outcome="reinstate",
        reason_codes=("seller_authorised",),
        explanation=words,
    )
    tell(taken_down, REVIEWS, decided)
    [notice] = notices(taken_down, "seller", "appeal_decided")
    assert not notice.automated
    assert notice.facts.explanation == words
    assert "granted" in rendered(statement_of(notice), "en").section("decision")
    assert [n.outcome for n in notices(taken_down, "seller")] == ["take_down", "reinstate"]


def test_an_appeal_carries_documents(taken_down):
    tell(taken_down, OBJECTIONS, appeal(evidence=(Evidence("doc-9", "invoice", None),)))
    assert len(asked(taken_down, "appeal")) == 1
    assert taken_down.dead_letters() == []


def test_an_objection_that_people_reject_is_told_with_their_words(taken_down):
    [first] = notices(taken_down, "seller")
    assert first.facts.objection == "rounds"
    tell(taken_down, OBJECTIONS, objection(), answer())
    [task] = asked(taken_down, "counter_notice")
    words = "The licence had ended before the sale."
    tell(taken_down, REVIEWS, review(subject_id=task.subject_id, explanation=words))
    [notice] = notices(taken_down, "seller", "counter_notice_decided")
    assert not notice.automated
    made = rendered(statement_of(notice), "en")
    assert "stays down" in made.section("decision")
    assert words in made.section("reviewer")


def test_cases_that_began_without_statements_are_told_as_they_were(tmp_path):
    harness = DriverHarness(tmp_path / "state")
    tell_tables(harness)
    tell(harness, LISTINGS, listing())
    tell(harness, COMPLAINTS, complaint())
    assert [n.facts for n in harness.read(NOTICES)] == [None, None, None]
    tell(harness, OBJECTIONS, appeal())
    [task] = asked(harness, "appeal")
    decided = review(subject_id=task.subject_id, reason_codes=("insufficient_evidence",))
    tell(harness, REVIEWS, decided)
    [notice] = notices(harness, "seller", "appeal_decided")
    assert notice.reason_codes == ("counterfeit",)
    assert statement_of(notice) is None
    harness.close()
