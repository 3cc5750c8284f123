"""Labelled complaints through the real pipeline: register, parties, listings, then complaints."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple, cast

from ops.trials.evaluation.labelled_complaints import (
    OWNER,
    LabelledComplaint,
    LabelledSet,
    RegisterRecord,
)
from processors.policies.service_level import STEPS_EDITION, ServiceLevel
from processors.rules.rule_set import RuleSet
from schemas.events.complaints import ComplaintFiled, Evidence, EvidenceKind, Ground, Purchase
from schemas.events.conduct import ConductRecorded
from schemas.events.decisions import ComplaintDecided
from schemas.events.listings import ListingChanged
from schemas.events.parties import PartyRecorded
from schemas.events.trademarks import MarkFeature, Owner, TrademarkRecorded, TrademarkStatus
from schemas.topic_names import (
    CONDUCT_EVENTS,
    DECISIONS_EVENTS,
)
from schemas.wire.registry import offline_codec
from streams.driver import Driver, DriverSettings
from streams.kafka.producing import Keyed, keyed
from streams.policies.rule_files import BUILT_IN_DIRECTORY, load_rules

FILED_ON = "2026-01-15"
MARKETPLACE = "evaluation"
PURCHASE = Purchase("order-1", "2025-12-20", "2026-01-05", ("The label is printed, not woven.",))
"""How a test purchase is described where a complaint has one."""

STATEMENT = "The goods offered here use our mark and do not come from us or from our licensees."


class JudgedComplaint(NamedTuple):
    """A labelled complaint with what was decided; `unfounded` where it counts against its filer."""

    complaint: LabelledComplaint
    outcome: str
    rule_id: str
    reason_codes: tuple[str, ...]
    unfounded: bool

    @property
    def wrong_take_down(self) -> bool:
        """Whether a listing was taken down that only a person might have."""
        return self.outcome == "take_down" and self.complaint.action != "take_down"

    @property
    def wrong_decline(self) -> bool:
        """Whether a complaint was declined that is founded, or may be."""
        return self.outcome == "decline" and self.complaint.label.startswith("infringing")

    @property
    def wrongly_unfounded(self) -> bool:
        """Whether an honest complaint was counted as manifestly unfounded."""
        return self.unfounded and self.complaint.label != "mismatch"


def judge_all(
    labelled: LabelledSet, scratch: Path, described: bool = True
) -> list[JudgedComplaint]:
    """Run all complaints through the driver with the built-in rules; its state lies in `scratch`.

    Each has a filer, seller and listing of its own, so that none changes how another is decided,
    and goes by the steps of new cases. Where test purchases are not `described`, documents are only
    called so.
    """
    settings = DriverSettings(
        now_milliseconds=_milliseconds(FILED_ON),
        service_level=ServiceLevel(steps_edition=STEPS_EDITION),
    )
    driver = Driver(scratch, offline_codec(), RuleSet(load_rules(BUILT_IN_DIRECTORY)), settings)
    try:
        for make in (_register, _parties, _listings):
            _send(driver, make(labelled))
        _send(driver, _complaints(labelled, described))
        decisions = {
            each.case_id: each
            for each in driver.read(DECISIONS_EVENTS)
            if isinstance(each, ComplaintDecided)
        }
        unfounded = {
            each.case_id
            for each in driver.read(CONDUCT_EVENTS)
            if isinstance(each, ConductRecorded)
            and each.kind == "complaint_declined"
            and each.manifest
        }
    finally:
        driver.close()
    return [_judged(each, decisions[each.id], unfounded) for each in labelled.complaints]


def _judged(
    each: LabelledComplaint, decision: ComplaintDecided, unfounded: set[str]
) -> JudgedComplaint:
    return JudgedComplaint(
        each,
        decision.outcome,
        decision.rule_id,
        decision.reason_codes,
        each.id in unfounded,
    )


def _send(driver: Driver, events: Iterable[Keyed]) -> None:
    for topic, key, event in events:
        driver.send(topic, key, event)
    driver.clock.advance(1)
    driver.run()


def _register(labelled: LabelledSet) -> Iterator[Keyed]:
    for record in labelled.marks.values():
        yield keyed(_trademark(record))


def _parties(labelled: LabelledSet) -> Iterator[Keyed]:
    for each in labelled.complaints:
        own = each.complainant == OWNER
        party = PartyRecorded(
            party_id=_holder(each),
            kind="rights_holder",
            name=labelled.marks[each.mark].owner if own else each.complainant,
            register_names=(),
            trademark_keys=(),
            identity_verified=True,
            authorisations=(),
            authorised_seller_ids=(_seller(each),) if each.seller == "licensed" else (),
            recorded_at_milliseconds=_milliseconds(each.listed_on),
        )
        yield keyed(party)


def _listings(labelled: LabelledSet) -> Iterator[Keyed]:
    for each in labelled.complaints:
        event = ListingChanged(
            listing_id=each.id,
            marketplace=MARKETPLACE,
            seller_id=_seller(each),
            version=1,
            status="active",
            title=each.title,
            brand=each.brand or None,
            category=each.category,
            nice_classes=(int(each.nice_class),),
            territories=(each.territory,),
            url=f"https://marketplace.example/item/{each.id}",
            changed_at_milliseconds=_milliseconds(each.listed_on),
            language=each.language,
        )
        yield keyed(event)


def _complaints(labelled: LabelledSet, described: bool) -> Iterator[Keyed]:
    for each in labelled.complaints:
        record = labelled.marks[each.mark]
        kinds = cast(list[EvidenceKind], each.evidence.split())
        event = ComplaintFiled(
            complaint_id=each.id,
            listing_id=each.id,
            marketplace=MARKETPLACE,
            complainant_id=_holder(each),
            rights_holder_id=_holder(each),
            trademark_office=record.office,
            trademark_number=record.number,
            trademark_number_kind="application",
            ground=cast(Ground, each.ground),
            territory=each.territory,
            statement=STATEMENT,
            good_faith_declared=True,
            signature="A. Signatory",
            contact_email="complaints@rights-holder.example",
            evidence=tuple(Evidence(f"{each.id}-{kind}", kind, None) for kind in kinds),
            filed_at_milliseconds=_milliseconds(FILED_ON),
            language=each.language,
            test_purchase=PURCHASE if described and "test_buy" in kinds else None,
        )
        yield keyed(event)


def _trademark(record: RegisterRecord) -> TrademarkRecorded:
    since = _milliseconds(record.registered_on or record.applied_on)
    return TrademarkRecorded(
        office=record.office,
        application_number=record.number,
        registration_number=record.number if record.registered_on else None,
        mark_text=record.text,
        mark_feature=cast(MarkFeature, record.feature),
        mark_kind="individual",
        status=cast(TrademarkStatus, record.status),
        status_code=record.status,
        status_date=record.registered_on or record.applied_on,
        application_date=record.applied_on,
        registration_date=record.registered_on or None,
        expiry_date=record.expires_on or None,
        nice_classes=tuple(int(each) for each in record.classes.split()),
        territories=tuple(record.territories.split()),
        owners=(Owner(record.owner, None),),
        effective_from_milliseconds=since,
        recorded_at_milliseconds=since,
        source="evaluation",
    )


def _holder(each: LabelledComplaint) -> str:
    return f"holder-{each.id}"


def _seller(each: LabelledComplaint) -> str:
    return f"seller-{each.id}"


def _milliseconds(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp()) * 1_000
