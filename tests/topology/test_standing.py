"""How parties stand, from complaints to sanctions and back, on the driver and on real Kafka."""

import pytest
from world import HOUR, START, complaint, listing, review

from schemas.durations import DAY_MILLISECONDS as DAY
from schemas.events.complaints import Evidence
from schemas.events.standings import SanctionParty
from streams.driver import DriverSettings
from topology.harness import STANDING, DriverHarness
from topology.test_lifecycle import (
    COMMANDS,
    COMPLAINTS,
    DECISIONS,
    LISTINGS,
    QUEUE,
    REVIEWS,
    send,
    tell_tables,
)

CONDUCT, STANDINGS, ACCOUNTS = "ip.conduct.events", "ip.standings.state", "ip.accounts.commands"
MINUTE = 60_000


def complain(harness, numbers, offered=None, **changes):
    """File complaints, each against a listing of its own that is known by then."""
    for number in numbers:
        send(harness, LISTINGS, listing(listing_id=f"listing-{number}", **(offered or {})))
    harness.settle()
    for number in numbers:
        filed = complaint(complaint_id=f"complaint-{number}", listing_id=f"listing-{number}")
        send(harness, COMPLAINTS, filed._replace(**changes))
    harness.settle()


def standings(harness, role):
    return [each for each in harness.read(STANDINGS) if each.role == role]


def tier(harness, role):
    told = standings(harness, role)
    return told[-1].tier if told else "ordinary"


def sanctions(harness, role):
    told = [each for each in harness.read(ACCOUNTS) if each.role == role]
    assert all(isinstance(each, SanctionParty) for each in told)
    assert len({each.command_id for each in told}) == len(told)
    return [each.sanction for each in told]


def last_decision(harness, number):
    decisions = [d for d in harness.read(DECISIONS) if d.case_id == f"complaint-{number}"]
    return decisions[-1].outcome, *decisions[-1].reason_codes


DECLARED = (Evidence("doc-9", "declaration", None),)


def test_upheld_complaints_lead_to_the_fast_lane_where_less_evidence_suffices(harness):
    tell_tables(harness)
    complain(harness, range(9), {"seller_id": "seller-1"})
    complain(harness, [9], evidence=DECLARED)
    assert last_decision(harness, 9) == ("decline", "insufficient_evidence")
    assert tier(harness, "complainant") == "fast_lane"
    harness.pass_time(2 * MINUTE)
    complain(harness, [10], evidence=DECLARED)
    # A declaration is evidence enough to look into it, and not to act without a person.
    assert last_decision(harness, 10) == ("send_to_review", "proof_not_conclusive")
    [decision] = [d for d in harness.read(DECISIONS) if d.case_id == "complaint-10"]
    assert decision.findings["standing"] == "fast_lane"
    complain(harness, [11], {"title": "Cutexx nail polish remover"})
    assert all(task.fast_lane for task in harness.read(QUEUE))
    complain(harness, [12], ground="other", evidence=())
    assert last_decision(harness, 12)[0] != "take_down"


def test_three_listings_taken_down_warn_the_seller_and_a_reinstatement_lifts_it(harness):
    tell_tables(harness)
    complain(harness, range(3))
    assert sanctions(harness, "seller") == ["warn"]
    assert tier(harness, "seller") == "warned"
    back = review(
        case_id="complaint-1",
        listing_id="listing-1",
        outcome="reinstate",
        reason_codes=("seller_authorised",),
    )
    send(harness, REVIEWS, back)
    harness.settle()
    assert sanctions(harness, "seller") == ["warn", "lift"]
    assert standings(harness, "seller")[-1].strikes == 2
    kinds = sorted(each.kind for each in harness.read(CONDUCT))
    counted = {kind: kinds.count(kind) for kind in kinds}
    assert counted == {
        "complaint_upheld": 3,
        "complaint_countered": 1,
        "strike": 3,
        "strike_reversed": 1,
    }


def test_standings_survive_the_loss_of_local_state(harness):
    tell_tables(harness)
    complain(harness, range(5))
    before = harness.read(STANDINGS), harness.read(ACCOUNTS)
    harness.restart(lose_state=True)
    harness.settle()
    assert (harness.read(STANDINGS), harness.read(ACCOUNTS)) == before
    complain(harness, range(5, 9))
    assert sanctions(harness, "seller") == ["warn", "restrict", "close"]
    assert tier(harness, "seller") == "closed"


def test_bad_conduct_is_buried_and_touches_no_row(harness):
    tell_tables(harness)
    good = harness.codec.encode(LISTINGS, listing(listing_id="\x01party:holder-1"))
    harness.send_bytes(LISTINGS, b"\x01party:holder-1", good)
    complain(harness, [1])
    conduct = harness.read(CONDUCT)[0]
    harness.send_bytes(CONDUCT, b"holder-1", b"nonsense")
    harness.send_bytes(CONDUCT, b"another", harness.codec.encode(CONDUCT, conduct))
    harness.send_bytes(LISTINGS, b"\x01party:holder-1", good)
    harness.settle()
    complain(harness, [2])
    assert harness.dead_letters() == sorted(
        ["control_character", "not_avro", "key_mismatch", "control_character"]
    )
    assert last_decision(harness, 2)[0] == "take_down"


@pytest.fixture
def driven(tmp_path):
    harness = DriverHarness(tmp_path / "state")
    yield harness
    harness.close()


def test_abuse_suspends_the_processing_of_complaints_until_it_ends_by_itself(driven):
    tell_tables(driven)
    stranger = {"rights_holder_id": "agent-1", "complainant_id": "agent-1"}
    complain(driven, range(3), **stranger)
    assert "complainant_not_owner" in last_decision(driven, 0)
    assert sanctions(driven, "complainant") == ["warn"]
    complain(driven, range(3, 6), **stranger)
    assert sanctions(driven, "complainant") == ["warn", "suspend"]
    suspension = driven.read(ACCOUNTS)[-1]
    assert suspension.reason_codes == ("manifestly_unfounded_complaints",)
    assert suspension.factors == standings(driven, "complainant")[-1].factors
    driven.pass_time(2 * MINUTE)
    complain(driven, [6], complainant_id="agent-1")
    assert last_decision(driven, 6) == ("decline", "complainant_suspended")
    assert len(driven.read(CONDUCT)) == 6
    complain(driven, [7])
    assert last_decision(driven, 7)[0] == "take_down"
    until = suspension.until_milliseconds
    driven.pass_time(until - driven.driver.clock.now_milliseconds())
    assert sanctions(driven, "complainant")[-1] == "lift"
    complain(driven, [8], complainant_id="agent-1")
    assert last_decision(driven, 8)[1:] != ("complainant_suspended",)


def test_strikes_expire_by_the_clock_each_once_and_never_early(driven):
    tell_tables(driven)
    complain(driven, range(3))
    [warned] = [each for each in standings(driven, "seller") if each.tier == "warned"]
    first = min(c.occurred_at_milliseconds for c in driven.read(CONDUCT) if c.kind == "strike")
    assert warned.until_milliseconds == first + 180 * DAY
    now = driven.driver.clock.now_milliseconds()
    driven.driver.advance(warned.until_milliseconds - now - 1)
    assert tier(driven, "seller") == "warned"
    driven.restart(lose_state=True)
    driven.driver.advance(1)
    assert tier(driven, "seller") == "ordinary"
    lifted = driven.read(ACCOUNTS)[-1]
    assert (lifted.sanction, lifted.reason_codes) == ("lift", ("sanction_expired",))
    driven.driver.advance(400 * DAY)
    assert [each.strikes for each in standings(driven, "seller")] == [1, 2, 3, 2, 1, 0]
    assert sanctions(driven, "seller") == ["warn", "lift"]


def test_a_standing_counts_from_its_delay_on(driven):
    tell_tables(driven)
    complain(driven, range(10))
    complain(driven, [10], evidence=DECLARED)
    assert last_decision(driven, 10)[0] == "decline"
    driven.driver.advance(STANDING.effect_delay_milliseconds)
    complain(driven, [11], evidence=DECLARED)
    assert last_decision(driven, 11)[0] == "send_to_review"
    driven.driver.advance(HOUR)
    # Judged again, a complaint is judged by how its complainant stood when it came.
    send(driven, LISTINGS, listing(listing_id="listing-10", version=2, brand="CUTEX"))
    driven.settle()
    assert last_decision(driven, 10)[0] == "decline"


def test_the_log_order_of_partitions_makes_no_difference(tmp_path):
    ends = []
    for partitions in (1, 4):
        settings = DriverSettings(partitions=partitions, now_milliseconds=START)
        harness = DriverHarness(tmp_path / str(partitions), settings)
        tell_tables(harness)
        complain(harness, range(12))
        last = {each.role: each for each in harness.read(STANDINGS)}
        ends.append({role: (each.tier, each.strikes, each.grounds) for role, each in last.items()})
        assert len(harness.read(COMMANDS)) == 12
        harness.close()
    assert ends[0] == ends[1]
