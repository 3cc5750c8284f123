"""Events of a case's later life that tests share."""

from typing import Any

from world import START

from schemas.events.acknowledgements import CommandAcknowledged
from schemas.events.appeals import AppealFiled
from schemas.events.complaints import ClarificationProvided, ComplaintRetracted
from schemas.events.counter_notices import CounterNoticeAnswered, CounterNoticeFiled
from schemas.events.orders import OrderReceived


def clarification(**changes: Any) -> ClarificationProvided:
    return ClarificationProvided(
        clarification_id="clarification-1",
        case_id="complaint-1",
        listing_id="listing-1",
        complainant_id="holder-1",
        statement=None,
        good_faith_declared=None,
        signature="A. Owner",
        contact_email=None,
        trademark_office=None,
        trademark_number=None,
        trademark_number_kind=None,
        territory=None,
        evidence=(),
        provided_at_milliseconds=START,
    )._replace(**changes)


def retraction(**changes: Any) -> ComplaintRetracted:
    return ComplaintRetracted(
        retraction_id="retraction-1",
        case_id="complaint-1",
        listing_id="listing-1",
        complainant_id="holder-1",
        explanation="Filed by mistake.",
        retracted_at_milliseconds=START,
    )._replace(**changes)


def objection(**changes: Any) -> CounterNoticeFiled:
    return CounterNoticeFiled(
        counter_notice_id="objection-1",
        case_id="complaint-1",
        listing_id="listing-1",
        seller_id="seller-9",
        reason="authorized",
        statement="The goods are genuine: the invoice of the distributor is attached.",
        perjury_declared=True,
        jurisdiction_consented=True,
        signature="B. Seller",
        evidence=(),
        filed_at_milliseconds=START,
    )._replace(**changes)


def answer(**changes: Any) -> CounterNoticeAnswered:
    return CounterNoticeAnswered(
        answer_id="answer-1",
        case_id="complaint-1",
        listing_id="listing-1",
        complainant_id="holder-1",
        answer="reject",
        explanation="The invoice is forged.",
        answered_at_milliseconds=START,
    )._replace(**changes)


def appeal(**changes: Any) -> AppealFiled:
    return AppealFiled(
        appeal_id="appeal-1",
        case_id="complaint-1",
        listing_id="listing-1",
        party_id="seller-9",
        statement="The mark is used to say what the bottle holds.",
        filed_at_milliseconds=START,
    )._replace(**changes)


def acknowledgement(command_id: str, **changes: Any) -> CommandAcknowledged:
    return CommandAcknowledged(
        acknowledgement_id=f"acknowledgement-{command_id}",
        command_id=command_id,
        case_id="complaint-1",
        listing_id="listing-1",
        marketplace="shop",
        result="executed",
        detail="",
        acknowledged_at_milliseconds=START,
    )._replace(**changes)


def order(**changes: Any) -> OrderReceived:
    return OrderReceived(
        order_id="order-1",
        listing_id="listing-1",
        marketplace="shop",
        issuer="Landgericht Hamburg",
        reference="312 O 1/26",
        kind="injunction",
        effect="keep_down",
        legal_basis="German Trade Mark Act, section 14(5)",
        territories=(),
        until_milliseconds=None,
        document="orders/1.pdf",
        recorded_by="operator-1",
        recorded_at_milliseconds=START,
    )._replace(**changes)
