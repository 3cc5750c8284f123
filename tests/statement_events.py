"""Events of which statements of reasons are made, for tests; hypothesis strategies beside them."""

from datetime import UTC, datetime

from hypothesis import strategies as st

from schemas.events.decisions import Capsule, ComplaintDecided
from schemas.events.detections import BlockListing, DelistListing
from schemas.events.standings import ConductFactors, SanctionParty

DAY = 86_400_000
NOON = 1_770_000_000_000
"""2026-02-02, in milliseconds."""
SECRET = "Jane Roe jane@example.com"
"""Stands in every field that may hold personal data or what people wrote."""


class Clock:
    """A clock that stands at noon until it is set."""

    def __init__(self):
        self.now = NOON

    def __call__(self):
        return self.now


CAPSULE = Capsule(
    "ComplaintFiled", "ip.complaints.events", 0, 7, "hash", "EM:018123456", 1, 1, 3, "0.1.0"
)
FACTORS = ConductFactors(12, 0.4, "grave", "repeated")


def decided(**changes) -> ComplaintDecided:
    return ComplaintDecided(
        case_id=f"case {SECRET}", decision_number=1, listing_id=f"listing {SECRET}",
        marketplace="shop", outcome="take_down", reason_codes=("counterfeit",), rule_id=SECRET,
        findings={"registry": "in_force"}, shadow_outcome=None, received_at_milliseconds=NOON,
        decided_at_milliseconds=NOON + DAY, deadline_at_milliseconds=NOON + DAY, closes_case=True,
        capsule=CAPSULE, complainant_id=f"holder {SECRET}", rights_holder_id=SECRET,
        seller_id=SECRET, ground="counterfeit", territory="DE", trusted_flagger=False,
        automated=True, reviewer_id=None, listing_language="de",
        listing_changed_at_milliseconds=NOON - DAY, listing_territories=("DE", "FR", "US"),
        command_id="0123456789abcdef0123456789abcdef",
    )._replace(**changes)  # fmt: skip


def removal(kind=BlockListing, **changes) -> BlockListing | DelistListing:
    return kind(
        command_id="fedcba98", detection_id="d1", listing_id=SECRET, marketplace="shop",
        seller_id=SECRET, listing_version=3, url=f"https://shop.example/{SECRET}", title=SECRET,
        trademark_key="EM:018123456", mark_text=SECRET, reason_codes=("disguised_mark",),
        issued_at_milliseconds=NOON,
    )._replace(**changes)  # fmt: skip


def sanction(**changes) -> SanctionParty:
    return SanctionParty(
        command_id="5a5a5a5a", party_id=SECRET, role="seller", sanction="restrict",
        reason_codes=("repeat_offender",), strikes=5, factors=FACTORS,
        until_milliseconds=NOON + 30 * DAY, issued_at_milliseconds=NOON,
    )._replace(**changes)  # fmt: skip


REASONS = {
    "counterfeit": "The listing offers counterfeit goods.",
    "disguised_mark": "The title writes a mark in a disguised spelling.",
}
GROUNDS = (
    "counterfeit", "trademark_infringement", "keyword_misuse", "other", "copyright_infringement",
    "",
)  # fmt: skip
COUNTRIES = ("DE", "fr", "EL", "GR", "US", "CN", "EU", "LI", "GB", "")
times = st.integers(
    int(datetime(2020, 1, 2, tzinfo=UTC).timestamp() * 1000),
    int(datetime(2037, 12, 31, tzinfo=UTC).timestamp() * 1000),
)
any_times = st.integers(0, int(datetime(2099, 1, 1, tzinfo=UTC).timestamp() * 1000))
reasons = st.lists(st.sampled_from(["counterfeit", "disguised_mark", "unheard_of"]), max_size=12)
keys = st.sampled_from([None, "EM:1", "US:2", "BX:3", "DE:4", "WO:5", "", "x" * 50 + ":6", ":"])
decisions = st.builds(
    decided,
    command_id=st.text(min_size=1, max_size=600) | st.uuids().map(lambda u: u.hex),
    reason_codes=reasons.map(tuple),
    ground=st.sampled_from(GROUNDS),
    territory=st.sampled_from(COUNTRIES),
    trusted_flagger=st.booleans(),
    automated=st.booleans(),
    reviewer_id=st.none() | st.just(SECRET),
    findings=st.sampled_from([{}, {"registry": "in_force"}]),
    listing_language=st.text(max_size=5) | st.sampled_from(["de", "pt-BR", "xx"]),
    listing_changed_at_milliseconds=st.none() | any_times,
    received_at_milliseconds=times,
    decided_at_milliseconds=times,
    listing_territories=st.lists(st.sampled_from(COUNTRIES), max_size=8).map(tuple),
    capsule=st.builds(lambda key: CAPSULE._replace(trademark_key=key), keys),
)
removals = st.builds(
    removal,
    st.sampled_from([BlockListing, DelistListing]),
    command_id=st.text(min_size=1, max_size=600),
    reason_codes=reasons.map(tuple),
    trademark_key=keys,
    issued_at_milliseconds=times,
    automated=st.booleans(),
)
sanctions = st.builds(
    sanction,
    command_id=st.text(min_size=1, max_size=600),
    role=st.sampled_from(["seller", "complainant"]),
    sanction=st.sampled_from(["warn", "restrict", "close", "suspend", "lift"]),
    strikes=st.integers(0, 10**6),
    factors=st.builds(
        ConductFactors,
        st.integers(0, 2**31 - 1),
        st.floats(0, 1),
        st.text(max_size=20),
        st.text(max_size=20),
    ),
    until_milliseconds=st.none() | times,
    issued_at_milliseconds=times,
)
sources = decisions | removals | sanctions
