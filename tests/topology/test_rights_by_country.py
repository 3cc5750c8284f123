"""A complaint on each right in each country, from its filing over a silent objection to its end."""

from itertools import pairwise
from typing import NamedTuple

import pytest
from world import START, complaint, listing, review, trademark
from world_disputes import objection

from ops.services.worker import service_level
from schemas.events.complaints import Evidence
from schemas.events.takedowns import ReinstateListing, RestrictListing, TakeDownListing
from schemas.rights import rights
from streams.driver import DriverSettings
from streams.policies.policy_files import BUILT_IN_DIRECTORY, load_service_policy, policy_on
from topology.harness import PARTITIONS, DriverHarness
from topology.test_disputes import (
    COMMANDS,
    COMPLAINTS,
    DAY,
    LISTINGS,
    OBJECTIONS,
    REVIEWS,
    send,
    tell_tables,
)
from topology.test_rights import claim_of

RIGHTS = {each.right: each for each in rights().values()}


class End(NamedTuple):
    """On which day a listing is back whose seller objects to its takedown of Tuesday 14 November
    2023, and to which nobody answers; and why it is."""

    day: int
    reason: str


UNANSWERED, UNCONTESTED = "counter_notice_unanswered", "counter_notice_uncontested"
ROUNDS = {country: End(4, UNANSWERED) for country in ("DE", "US", "CN", "GB")} | {
    country: End(6, UNANSWERED) for country in ("JP", "IN")
}
"""Three business days, to Friday's end; in Japan and India it was Wednesday already, so that they
end on Monday."""
ENDS = {
    "DE": {},
    "US": {"copyright": End(16, UNCONTESTED)},
    "CN": dict.fromkeys(RIGHTS, End(16, UNCONTESTED)),
    "GB": {},
    "JP": {},
    "IN": {"copyright": End(22, UNCONTESTED)},
}
"""By country the rights that end otherwise than in rounds."""


@pytest.fixture
def driven(tmp_path):
    level = service_level(24 * 3600.0)
    settings = DriverSettings(
        partitions=PARTITIONS,
        now_milliseconds=START,
        service_level=level,
        service_policy=policy_on(level, load_service_policy(BUILT_IN_DIRECTORY)),
    )
    harness = DriverHarness(tmp_path / "state", settings)
    yield harness
    harness.close()


def filed(right, country):
    profile = RIGHTS[right]
    ground, kinds = next(iter(profile.documents.items()))
    return complaint(
        complaint_id=right,
        listing_id=right,
        ground=ground,
        trademark_office=country if right == "trademark" else "",
        trademark_number="2824281" if right == "trademark" else "",
        territory=country,
        particulars=claim_of(profile),
        evidence=(Evidence("doc-1", sorted(kinds)[-1], None),),
    )


def all_to(harness, topic, make):
    for right in RIGHTS:
        send(harness, topic, make(right))
    harness.settle()


def commands(harness, right, *kinds):
    return [
        each for each in harness.read(COMMANDS) if each.case_id == right and isinstance(each, kinds)
    ]


@pytest.mark.parametrize("country", ENDS)
def test_each_right_is_decided_objected_to_and_ended_by_its_country_s_rules(driven, country):
    tell_tables(driven, trademark(office=country, territories=(country,)))
    offered = (country, "CA")
    all_to(driven, LISTINGS, lambda right: listing(listing_id=right, territories=offered))
    all_to(driven, COMPLAINTS, lambda right: filed(right, country))
    down = {right for right in RIGHTS if commands(driven, right, TakeDownListing, RestrictListing)}
    assert down <= {"trademark"}, "without a register people decide"
    for right in RIGHTS.keys() - down:
        decided = review(review_id=right, case_id=right, listing_id=right)
        send(driven, REVIEWS, decided)
    driven.settle()
    for right, profile in RIGHTS.items():
        [command] = commands(driven, right, TakeDownListing, RestrictListing)
        reached = getattr(command, "territories", offered)
        assert reached == (offered if profile.reach == "everywhere" else (country,))
    all_to(
        driven,
        OBJECTIONS,
        lambda right: objection(counter_notice_id=right, case_id=right, listing_id=right),
    )
    expected = {right: ENDS[country].get(right, ROUNDS[country]) for right in RIGHTS}
    days = sorted({each.day + late for each in expected.values() for late in (-1, 0)})
    for before, day in pairwise((0, *days)):
        driven.pass_time((day - before) * DAY)
        for right, end in expected.items():
            told = [each.reason_codes for each in commands(driven, right, ReinstateListing)]
            assert told == ([(end.reason,)] if day >= end.day else []), (right, day)
