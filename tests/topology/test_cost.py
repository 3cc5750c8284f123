"""How many records and rows an input makes: each is work for the worker and for who reads it.

A figure that grows is to be changed here by hand, so that it is seen.
"""

from collections import Counter

import pytest
from world import START, complaint, listing

from processors.policies.service_level import ServiceLevel
from schemas.events.acknowledgements import CommandAcknowledged
from streams.driver import DriverSettings
from streams.policies.standing_files import BUILT_IN_STANDING, load_standing_policy
from streams.state.row_keys import LEVEL_PREFIX
from streams.topology import CHANGELOG, JOURNAL
from topology.harness import DriverHarness
from topology.test_lifecycle import COMMANDS, COMPLAINTS, LISTINGS, send, tell_tables

ACKNOWLEDGEMENTS = "ip.acknowledgements.events"
ROWS = "rows"


@pytest.fixture
def driven(tmp_path):
    harness = DriverHarness(tmp_path / "state")
    tell_tables(harness)
    yield harness
    harness.close()


def written(harness):
    """Records on the log so far by the event's name, and rows on the changelog.

    Those of the journal are not counted: one a batch, however many inputs it has. Nor are the times
    that cases keep, which a partition has once.
    """
    counts = Counter()
    for (topic, _), records in harness.driver.log.items():
        if topic in JOURNAL.values():
            continue
        for record in records:
            if topic == CHANGELOG and record.key.startswith(LEVEL_PREFIX):
                continue
            name = dict(record.headers or []).get("ce_type", b"").decode()
            counts[ROWS if topic == CHANGELOG else name.removeprefix("ip.")] += 1
    return counts


def made_by(harness, topic, event):
    """What an input makes, itself not counted, until nothing is left to be done now."""
    harness.settle()
    before = written(harness)
    send(harness, topic, event)
    harness.settle()
    made = written(harness) - before
    made[type(event).__name__] -= 1
    return dict(+made)


EXPECTED = {
    "a new listing": {ROWS: 1},
    "a listing's change": {ROWS: 1},
    "a complaint that takes the listing down": {
        "SlaClockStarted": 1,
        "ComplaintDecided": 1,
        "TakeDownListing": 1,
        "CaseClosed": 1,
        "NotifyParty": 3,
        "ConductRecorded": 2,
        "StandingChanged": 1,
        ROWS: 3,
    },
    "the same complaint again": {},
    "a change of a listing with a closed case": {ROWS: 1},
    "the takedown's acknowledgement": {"EnforcementConfirmed": 1, ROWS: 1},
    "a complaint that is declined": {
        "SlaClockStarted": 1,
        "ComplaintDecided": 1,
        "CaseClosed": 1,
        "NotifyParty": 2,
        "ConductRecorded": 1,
        ROWS: 2,
    },
    "a complaint that goes to review": {
        "SlaClockStarted": 1,
        "ComplaintDecided": 1,
        "ReviewComplaint": 1,
        "NotifyParty": 1,
        ROWS: 1,
    },
    "a complaint that must be clarified": {
        "SlaClockStarted": 1,
        "SlaClockPaused": 1,
        "ComplaintDecided": 1,
        "NotifyParty": 2,
        ROWS: 1,
    },
    "a complaint before its listing": {
        "SlaClockStarted": 1,
        "ComplaintDecided": 1,
        "NotifyParty": 1,
        ROWS: 1,
    },
    "the listing that a complaint waits for": {
        "ComplaintDecided": 1,
        "TakeDownListing": 1,
        "CaseClosed": 1,
        "NotifyParty": 2,
        "ConductRecorded": 2,
        "StandingChanged": 1,
        ROWS: 3,
    },
}


def test_no_input_makes_more_records_or_rows_than_it_did(driven):
    made = {}

    def make(name, topic, event):
        made[name] = made_by(driven, topic, event)

    make("a new listing", LISTINGS, listing())
    make("a listing's change", LISTINGS, listing(version=2))
    make("a complaint that takes the listing down", COMPLAINTS, complaint())
    make("the same complaint again", COMPLAINTS, complaint())
    make("a change of a listing with a closed case", LISTINGS, listing(version=3, title="Cutex"))
    make("the takedown's acknowledgement", ACKNOWLEDGEMENTS, executed(driven))
    send(driven, LISTINGS, listing(listing_id="other-class", nice_classes=(21,)))
    make("a complaint that is declined", COMPLAINTS, about("other-class"))
    send(driven, LISTINGS, listing(listing_id="near", title="Cutexx nail polish remover"))
    make("a complaint that goes to review", COMPLAINTS, about("near"))
    send(driven, LISTINGS, listing(listing_id="unknown-party"))
    stranger = about("unknown-party", complainant_id="nobody")
    make("a complaint that must be clarified", COMPLAINTS, stranger)
    make("a complaint before its listing", COMPLAINTS, about("late"))
    make("the listing that a complaint waits for", LISTINGS, listing(listing_id="late"))
    assert not driven.dead_letters()
    assert made == EXPECTED


def about(listing_id, **changes):
    return complaint(complaint_id=f"about-{listing_id}", listing_id=listing_id, **changes)


def executed(harness):
    [command] = harness.read(COMMANDS)
    return CommandAcknowledged(
        acknowledgement_id="acknowledgement-1",
        command_id=command.command_id,
        case_id=command.case_id,
        listing_id=command.listing_id,
        marketplace=command.marketplace,
        result="executed",
        detail="",
        acknowledged_at_milliseconds=START,
    )


def test_what_limits_add_to_a_takedown_is_three_small_rows(tmp_path):
    policy = load_standing_policy(BUILT_IN_STANDING)._replace(
        first_actions_reviewed=0, second_looks_a_week=0, second_look_percent=0
    )
    settings = DriverSettings(
        partitions=4, now_milliseconds=START, service_level=ServiceLevel(standing=policy)
    )
    limited = DriverHarness(tmp_path / "limited", settings)
    tell_tables(limited)
    send(limited, LISTINGS, listing())
    expected = EXPECTED["a complaint that takes the listing down"]
    made = made_by(limited, COMPLAINTS, complaint())
    limited.close()
    # One for the mark, one for the rule and one for the complainant.
    assert made == {**expected, ROWS: expected[ROWS] + 3}
