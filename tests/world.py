"""Events that the tests of the topology share: one mark, its parties, a listing, a complaint."""

from typing import Any

from processors.rules.rule_set import RuleSet
from schemas.events.complaints import ComplaintFiled, Evidence, Purchase
from schemas.events.listings import ListingChanged
from schemas.events.parties import Authorisation, PartyRecorded
from schemas.events.reviews import ReviewDecided
from schemas.events.trademarks import Owner, TrademarkRecorded
from streams.policies.rule_files import BUILT_IN_DIRECTORY, load_rules

START = 1_700_000_000_000
PURCHASE = Purchase("order-1", "2023-10-20", "2023-10-27", ("No batch code on the base",))
HOUR = 3_600_000


def rule_set() -> RuleSet:
    return RuleSet(load_rules(BUILT_IN_DIRECTORY))


def trademark(**changes: Any) -> TrademarkRecorded:
    return TrademarkRecorded(
        office="US",
        application_number="76044902",
        registration_number="2824281",
        mark_text="CUTEX",
        mark_feature="standard_characters",
        mark_kind="individual",
        status="registered",
        status_code="800",
        status_date="2014-03-23",
        application_date="2000-05-05",
        registration_date="2004-03-23",
        expiry_date=None,
        nice_classes=(3,),
        territories=("US",),
        owners=(Owner("Cutex Brands, LLC", "US"),),
        effective_from_milliseconds=1_080_000_000_000,
        recorded_at_milliseconds=1_400_000_000_000,
        source="test",
    )._replace(**changes)


def owner(**changes: Any) -> PartyRecorded:
    return PartyRecorded(
        party_id="holder-1",
        kind="rights_holder",
        name="Cutex Brands LLC",
        register_names=(),
        trademark_keys=(),
        identity_verified=True,
        authorisations=(),
        authorised_seller_ids=("seller-licensed",),
        recorded_at_milliseconds=START,
    )._replace(**changes)


def agent(**changes: Any) -> PartyRecorded:
    return PartyRecorded(
        party_id="agent-1",
        kind="agent",
        name="Brand Agents",
        register_names=(),
        trademark_keys=(),
        identity_verified=True,
        authorisations=(
            Authorisation("auth-1", "holder-1", (), (), START - HOUR, START + 1000 * HOUR, None),
        ),
        authorised_seller_ids=(),
        recorded_at_milliseconds=START,
    )._replace(**changes)


def listing(**changes: Any) -> ListingChanged:
    return ListingChanged(
        listing_id="listing-1",
        marketplace="shop",
        seller_id="seller-9",
        version=1,
        status="active",
        title="Cutex nail polish remover 200 ml",
        brand="Cutex",
        category="Beauty > Nails",
        nice_classes=(3,),
        territories=("US", "CA"),
        url="https://shop.example/listing-1",
        changed_at_milliseconds=START,
    )._replace(**changes)


def complaint(**changes: Any) -> ComplaintFiled:
    return ComplaintFiled(
        complaint_id="complaint-1",
        listing_id="listing-1",
        marketplace="shop",
        complainant_id="holder-1",
        rights_holder_id="holder-1",
        trademark_office="US",
        trademark_number="2824281",
        trademark_number_kind="registration",
        ground="counterfeit",
        territory="US",
        statement="The bottle sold here is not ours: the cap and the batch code differ.",
        good_faith_declared=True,
        signature="A. Owner",
        contact_email="legal@cutex.example",
        evidence=(Evidence("doc-1", "test_buy", None),),
        filed_at_milliseconds=START,
        test_purchase=PURCHASE,
    )._replace(**changes)


def review(**changes: Any) -> ReviewDecided:
    return ReviewDecided(
        review_id="review-1",
        case_id="complaint-1",
        listing_id="listing-1",
        decision_number=1,
        outcome="take_down",
        reason_codes=("counterfeit",),
        reviewer_id="reviewer-7",
        decided_at_milliseconds=START,
    )._replace(**changes)
