"""Titles judged as a monitor does: marks cover the goods, and no seller is licensed."""

from collections.abc import Iterable
from typing import NamedTuple

from processors.identifiers import hashed
from processors.matching.hits import Hit
from processors.matching.matcher import Matcher
from processors.matching.scoring import built_in_weights
from processors.step import Origin
from processors.titles.offences import Offence, record
from processors.titles.removals import gravest_of
from processors.titles.watch import Watch, watch_listing
from schemas.events.detections import BlockListing, DelistListing, MisuseDetected
from schemas.events.listings import ListingChanged
from schemas.events.parties import PartyRecorded
from schemas.events.trademarks import TrademarkRecorded
from schemas.topic_names import LISTINGS_EVENTS
from streams.policies.rule_files import built_in_misuse_rules

NICE_CLASS = 25
NOW_MILLISECONDS = 1_768_435_200_000
LISTING_INTERVAL_MILLISECONDS = 60_000
ACTIONS = frozenset({"block", "delist"})


class WatchedTitle(NamedTuple):
    """What a monitor did about one title; `cause` is the rule and the way in which it was written.

    `marks` are those that acted, as they are written in the title and as terms.
    """

    title: str
    outcome: str
    found: bool
    cause: str = ""
    marks: tuple[str, ...] = ()

    @property
    def acted(self) -> bool:
        """Whether the listing was taken away without a person."""
        return self.outcome in ACTIONS


class RegisterInMemory:
    """The tables of a monitor: each term one mark in force; takedowns are kept by seller."""

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._hits: dict[str, list[Hit]] = {}
        self._offences: dict[str, tuple[Offence, ...]] = {}

    def find(self, title: str) -> list[Hit]:
        """Return the terms found in a title; searched once."""
        hits = self._hits.get(title)
        if hits is None:
            hits = self._hits[title] = self._matcher.find(title)
        return hits

    def marks_of(self, term: str) -> tuple[TrademarkRecorded, ...]:
        """Return the one mark with a term."""
        return (_trademark(term),)

    def holders_of(self, _trademark_key: str) -> tuple[PartyRecorded, ...]:
        """Return none: nobody has licensed anybody."""
        return ()

    def party(self, _party_id: str) -> PartyRecorded | None:
        """Return none: no seller is linked to another."""
        return None

    def offences(self, seller_id: str) -> tuple[Offence, ...]:
        """Return the takedowns against a seller."""
        return self._offences.get(seller_id, ())

    def take(self, detected: MisuseDetected) -> None:
        """Keep a takedown."""
        known = self._offences.get(detected.seller_id, ())
        self._offences[detected.seller_id] = record(known, _removal(detected))

    def forget_takedowns(self) -> None:
        """Forget all takedowns."""
        self._offences = {}


def watch_titles(
    titles: Iterable[str], register: RegisterInMemory, listings_of_a_seller: int = 1
) -> list[WatchedTitle]:
    """Judge titles in order, each a listing, so many of one seller after another.

    What is taken away counts against the seller's later listings.
    """
    register.forget_takedowns()
    rules, weights = built_in_misuse_rules(), built_in_weights()
    watched = []
    for number, title in enumerate(titles):
        now = NOW_MILLISECONDS + number * LISTING_INTERVAL_MILLISECONDS
        origin = Origin(LISTINGS_EVENTS, 0, number)
        watch = Watch(now, origin, register, rules, weights, "evaluation")
        listing = _listing(title, number, number // listings_of_a_seller, now)
        result = watch_listing(listing, watch)
        detected = next(iter(result.outputs), None)
        if detected is not None and detected.outcome in ACTIONS:
            register.take(detected)
        found = result.no_action != "no_mark_found" and result.refusal is None
        watched.append(_watched(title, found, detected))
    return watched


def _removal(detected: MisuseDetected) -> BlockListing | DelistListing:
    """Return what is commanded on a detection where no limit holds it back."""
    mark = gravest_of(detected)
    kind = DelistListing if detected.outcome == "delist" else BlockListing
    return kind(
        hashed(detected.detection_id, detected.outcome),
        detected.detection_id,
        detected.listing_id,
        detected.marketplace,
        detected.seller_id,
        detected.listing_version,
        detected.url,
        detected.title,
        next(iter(mark.trademark_keys), None),
        mark.term or None,
        detected.reason_codes,
        detected.detected_at_milliseconds,
    )


def _watched(title: str, found: bool, detected: MisuseDetected | None) -> WatchedTitle:
    if detected is None:
        return WatchedTitle(title, "leave", found)
    gravest = gravest_of(detected)
    acting = [mark for mark in detected.marks if mark.outcome == detected.outcome]
    return WatchedTitle(
        title,
        detected.outcome,
        found,
        f"{gravest.rule_id}, {gravest.trick}",
        tuple(f"{mark.text!r} for {mark.term}" for mark in acting),
    )


def _listing(title: str, number: int, seller: int, now: int) -> ListingChanged:
    return ListingChanged(
        listing_id=f"listing-{number}",
        marketplace="evaluation",
        seller_id=f"seller-{seller}",
        version=1,
        status="active",
        title=title,
        brand=None,
        category="Evaluation",
        nice_classes=(NICE_CLASS,),
        territories=(),
        url=f"https://marketplace.example/item/{number}",
        changed_at_milliseconds=now,
    )


def _trademark(term: str) -> TrademarkRecorded:
    return TrademarkRecorded(
        office="EM",
        application_number=term,
        registration_number=term,
        mark_text=term,
        mark_feature="word",
        mark_kind="individual",
        status="registered",
        status_code="registered",
        status_date=None,
        application_date=None,
        registration_date=None,
        expiry_date=None,
        nice_classes=(NICE_CLASS,),
        territories=("DE",),
        owners=(),
        effective_from_milliseconds=0,
        recorded_at_milliseconds=0,
        source="evaluation",
    )
