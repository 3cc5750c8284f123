"""A national right reaches no further than its countries: hidden there, shown elsewhere."""

import pytest
from logged_driver import LoggedDriver
from world import START, complaint, listing, review, trademark
from world_disputes import acknowledgement, objection, retraction
from world_monitoring import Tables, watched

from processors.policies.service_level import ServiceLevel
from replay.compare import compare_all
from replay.remake import remake
from schemas.events.detections import BlockListing
from schemas.events.enforcement import EnforcementConfirmed, EnforcementOverdue
from schemas.events.takedowns import ReinstateListing, RestrictListing, TakeDownListing
from streams.driver import DriverSettings
from topology.harness import PARTITIONS, STANDING, DriverHarness
from topology.test_detections import DETECTIONS, NOTICES, tell
from topology.test_lifecycle import (
    COMMANDS,
    COMPLAINTS,
    DECISIONS,
    DONE,
    LISTINGS,
    MARKS,
    OBJECTIONS,
    REVIEWS,
    SLA,
    tell_tables,
)

UNION_MARK = trademark(
    office="EM",
    application_number="018000001",
    registration_number="018000001",
    territories=tuple(
        "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK".split()
    ),
)


def national(country, number, **changes):
    return trademark(
        office=country,
        application_number=number,
        registration_number=number,
        territories=(country,),
        **changes,
    )


GERMAN, FRENCH = national("DE", "302020001"), national("FR", "4600001")


@pytest.fixture
def driven(tmp_path):
    level = ServiceLevel(standing=STANDING, measure_scope="country")
    settings = DriverSettings(partitions=PARTITIONS, now_milliseconds=START, service_level=level)
    harness = DriverHarness(tmp_path / "state", settings)
    tell_tables(harness)
    for mark in (GERMAN, FRENCH, UNION_MARK):
        harness.send(MARKS, f"{mark.office}:{mark.application_number}", mark)
    harness.settle()
    yield harness
    harness.close()


def offer(driven, *territories, version=1, **changes):
    tell(driven, LISTINGS, listing(territories=territories, version=version, **changes))


def complain(driven, number, mark, territory, **changes):
    tell(
        driven,
        COMPLAINTS,
        complaint(
            complaint_id=f"complaint-{number}",
            trademark_office=mark.office,
            trademark_number=mark.application_number,
            trademark_number_kind="application",
            territory=territory,
            **changes,
        ),
    )


def retract(driven, number):
    tell(
        driven,
        COMPLAINTS,
        retraction(retraction_id=f"retraction-{number}", case_id=f"complaint-{number}"),
    )


def told(driven):
    """The commands, in short: what is hidden, or still hidden."""
    found = []
    for each in driven.read(COMMANDS):
        if isinstance(each, RestrictListing):
            found.append(("hide", *each.territories))
        elif isinstance(each, ReinstateListing):
            found.append(("show", *each.restricted_territories))
        else:
            found.append((type(each).__name__,))
    return found


def decision(driven):
    return driven.read(DECISIONS)[-1]


def test_a_listing_is_hidden_where_the_mark_holds_and_shown_elsewhere(driven):
    offer(driven, "DE", "US")
    complain(driven, 1, GERMAN, "DE")
    assert told(driven) == [("hide", "DE")]
    assert decision(driven).restricted_territories == ("DE",)
    assert decision(driven).closes_case
    (notice,) = [each for each in driven.read(NOTICES) if each.role == "seller"]
    assert notice.territories == ("DE",)


def test_it_goes_as_a_whole_where_the_mark_holds_wherever_it_is_offered(driven):
    offer(driven, "DE", "FR")
    complain(driven, 1, UNION_MARK, "DE")
    assert told(driven) == [("TakeDownListing",)]
    assert decision(driven).restricted_territories == ()


def test_a_mark_of_the_union_holds_in_all_of_it_whichever_state_is_named(driven):
    offer(driven, "FR", "US")
    complain(driven, 1, UNION_MARK, "DE")
    assert decision(driven).outcome == "take_down"
    assert told(driven) == [("hide", *UNION_MARK.territories)]


def test_where_it_is_offered_is_to_be_known(driven):
    offer(driven)
    complain(driven, 1, GERMAN, "DE")
    assert decision(driven).outcome == "send_to_review"
    assert decision(driven).reason_codes == ("listing_countries_unknown",)
    tell(driven, REVIEWS, review())
    assert told(driven) == [("hide", "DE")]


def test_a_work_is_protected_everywhere(driven):
    offer(driven, "DE", "US")
    complain(driven, 1, GERMAN, "DE", ground="copyright_infringement")
    tell(driven, REVIEWS, review(reason_codes=("copyright_infringement",)))
    assert told(driven) == [("TakeDownListing",)]


def test_two_cases_add_up_and_fall_apart_again(driven):
    offer(driven, "DE", "FR", "US")
    complain(driven, 1, GERMAN, "DE")
    complain(driven, 2, FRENCH, "FR")
    assert told(driven) == [("hide", "DE"), ("hide", "DE", "FR")]
    retract(driven, 1)
    retract(driven, 2)
    assert told(driven)[2:] == [("show", "FR"), ("show",)]


def test_a_case_within_what_is_hidden_joins_and_keeps_its_countries_hidden(driven):
    offer(driven, "DE", "FR", "US")
    complain(driven, 1, UNION_MARK, "FR")
    complain(driven, 2, GERMAN, "DE")
    assert told(driven) == [("hide", *UNION_MARK.territories)]
    assert decision(driven).command_id is None
    retract(driven, 1)
    assert told(driven)[1:] == [("show", "DE")]
    retract(driven, 2)
    assert told(driven)[2:] == [("show",)]


def test_a_wider_case_keeps_down_what_a_narrower_one_lets_go(driven):
    offer(driven, "DE", "FR", "US")
    complain(driven, 1, GERMAN, "DE")
    complain(driven, 2, UNION_MARK, "FR")
    retract(driven, 1)
    assert told(driven) == [("hide", "DE"), ("hide", *UNION_MARK.territories)]
    retract(driven, 2)
    (shown,) = driven.read(COMMANDS)[2:]
    assert (shown.restricted_territories, shown.undone_case_ids) == ((), ("complaint-1",))


def test_what_takes_down_the_whole_leaves_hidden_what_others_hide(driven):
    offer(driven, "DE", "US")
    complain(driven, 1, GERMAN, "DE")
    complain(driven, 2, GERMAN, "DE", ground="copyright_infringement")
    tell(driven, REVIEWS, review(case_id="complaint-2", reason_codes=("copyright_infringement",)))
    assert told(driven) == [("hide", "DE"), ("TakeDownListing",)]
    retract(driven, 2)
    assert told(driven)[2:] == [("show", "DE")]


def executed(driven, command, **changes):
    tell(driven, DONE, acknowledgement(command.command_id, **changes))


def confirmed(driven):
    return [
        (each.action, each.stage, each.territories)
        for each in driven.read(SLA)
        if isinstance(each, EnforcementConfirmed)
    ]


def test_it_is_proved_country_by_country(driven):
    offer(driven, "DE", "FR", "US")
    complain(driven, 1, UNION_MARK, "DE")
    (command,) = driven.read(COMMANDS)
    executed(driven, command, territories=("DE",))
    assert confirmed(driven) == []
    driven.pass_time(2 * 3_600_000)
    driven.settle()
    overdue = [each for each in driven.read(SLA) if isinstance(each, EnforcementOverdue)]
    assert [each.territories for each in overdue] == [UNION_MARK.territories]
    executed(driven, command, acknowledgement_id="ack-2")
    offer(driven, "DE", "FR", "US", version=2, restricted_territories=("DE",))
    scope = UNION_MARK.territories
    assert confirmed(driven) == [("take_down", "acknowledged", scope)]
    offer(driven, "US", version=3)
    assert confirmed(driven)[1:] == [("take_down", "proved", scope)]
    retract(driven, 1)
    offer(driven, "DE", "FR", "US", version=4)
    assert confirmed(driven)[2:] == [("reinstate", "proved", scope)]


def test_a_country_shown_again_is_hidden_again_and_the_others_stay(driven):
    offer(driven, "DE", "FR", "US")
    complain(driven, 1, GERMAN, "DE")
    complain(driven, 2, FRENCH, "FR")
    offer(driven, "DE", "FR", "US", version=2, restricted_territories=("DE", "FR"))
    offer(driven, "DE", "FR", "US", version=3, restricted_territories=("DE",))
    assert told(driven)[2:] == [("hide", "DE", "FR")]
    assert driven.read(COMMANDS)[-1].case_id == "complaint-2"


def test_countries_left_out_for_us_are_offered_still(driven):
    offer(driven, "DE", "FR")
    complain(driven, 1, GERMAN, "DE")
    offer(driven, "FR", version=2)
    complain(driven, 2, FRENCH, "FR")
    complain(driven, 3, GERMAN, "DE")
    assert told(driven) == [("hide", "DE"), ("hide", "DE", "FR")]
    assert {each.outcome for each in driven.read(DECISIONS)} == {"take_down"}


def test_a_seller_objects_and_the_countries_are_shown_again(driven):
    offer(driven, "DE", "US")
    complain(driven, 1, GERMAN, "DE")
    tell(driven, OBJECTIONS, objection())
    driven.pass_time(20 * 24 * 3_600_000)
    driven.settle()
    assert told(driven) == [("hide", "DE"), ("show",)]


def test_a_detection_hides_where_its_mark_holds(driven):
    copy = {"title": "Cutex replica nail polish"}
    for number, territories in enumerate((("DE", "US"), ("DE",), ())):
        changes = {**copy, "listing_id": f"listing-{number}", "territories": territories}
        (found,) = watched(Tables([GERMAN]), **changes).outputs
        tell(driven, LISTINGS, listing(**changes))
        tell(driven, DETECTIONS, found)
    kinds = [type(each) for each in driven.read(COMMANDS)]
    assert sorted(kinds, key=str) == sorted([RestrictListing, BlockListing], key=str)
    (hidden,) = [each for each in driven.read(COMMANDS) if isinstance(each, RestrictListing)]
    assert (hidden.territories, hidden.measure) == (("DE",), "block")
    (asked,) = driven.read("ip.reviews.commands")
    assert asked.reason_codes == ("listing_countries_unknown",)


def test_a_replay_makes_it_all_again(driven, tmp_path):
    offer(driven, "DE", "FR", "US")
    complain(driven, 1, GERMAN, "DE")
    complain(driven, 2, FRENCH, "FR")
    retract(driven, 1)
    log = LoggedDriver(driven.driver)
    again = remake(log, driven.codec, tmp_path / "again")
    found = compare_all(log, again)
    assert {name: each.examples for name, each in found.items() if each.different} == {}


def test_a_case_from_before_there_were_scopes_takes_the_listing_as_a_whole(tmp_path):
    harness = DriverHarness(tmp_path / "before")
    tell_tables(harness)
    tell(harness, LISTINGS, listing(territories=("US", "CA")))
    tell(harness, COMPLAINTS, complaint())
    assert [type(each) for each in harness.read(COMMANDS)] == [TakeDownListing]
    harness.close()
