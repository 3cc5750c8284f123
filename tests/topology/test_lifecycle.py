"""A complaint's whole life, from bytes to bytes, on the driver and on real Kafka."""

import pytest
import world
from world import START, agent, complaint, owner, review, trademark
from world_disputes import acknowledgement, answer, appeal, clarification, objection

from processors.findings.numbering import Numbering
from processors.findings.versions import FINDINGS_VERSION, FINDINGS_VERSIONS
from processors.identifiers import command_id
from schemas.events.enforcement import EnforcementConfirmed
from schemas.events.sla import CaseClosed, SlaClockStarted
from schemas.events.takedowns import ReinstateListing, TakeDownListing
from topology.harness import DriverHarness

LISTINGS, COMPLAINTS, REVIEWS = "ip.listings.events", "ip.complaints.events", "ip.reviews.events"
MARKS, PARTIES, RULES = "ip.trademarks.events", "ip.parties.state", "ip.rules.state"
DECISIONS, COMMANDS = "ip.decisions.events", "ip.takedowns.commands"
QUEUE, SLA = "ip.reviews.commands", "ip.sla.events"
OBJECTIONS, DONE = "ip.counter-notices.events", "ip.acknowledgements.events"


def listing(**changes):
    """Return the world's listing, offered where its mark has effect and nowhere else."""
    return world.listing(**{"territories": ("US",), **changes})


def send(harness, topic, event):
    harness.send(topic, event.listing_id, event)


def tell_tables(harness, mark=None):
    mark = mark or trademark()
    harness.send(MARKS, f"{mark.office}:{mark.application_number}", mark)
    # On a broker the time is today's.
    lasting = agent().authorisations[0]._replace(valid_until_milliseconds=None)
    for party in (owner(), agent(authorisations=(lasting,))):
        harness.send(PARTIES, party.party_id, party)


def listed(harness, event):
    """Between topics a broker keeps no order, so the complaint is sent when this is through."""
    send(harness, LISTINGS, event)
    harness.settle()


def outcomes(harness):
    return [(d.outcome, *d.reason_codes) for d in harness.read(DECISIONS)]


def test_a_counterfeit_is_taken_down_once_with_its_times(harness):
    tell_tables(harness)
    listed(harness, listing())
    send(harness, COMPLAINTS, complaint())
    send(harness, COMPLAINTS, complaint())
    harness.settle()
    [command] = harness.read(COMMANDS)
    assert isinstance(command, TakeDownListing)
    assert command.command_id == command_id("complaint-1", 1)
    assert command.listing_id == "listing-1"
    assert command.mark_text == "CUTEX"
    assert command.deadline_at_milliseconds - command.received_at_milliseconds == 24 * 3_600_000
    [decision] = harness.read(DECISIONS)
    assert decision.outcome == "take_down"
    assert decision.findings["registry"] == "in_force"
    assert decision.capsule.input_topic == COMPLAINTS
    assert decision.capsule.findings_version == FINDINGS_VERSION
    numbering = Numbering(FINDINGS_VERSIONS[FINDINGS_VERSION])
    found = numbering.findings_of(decision.capsule.findings_number)
    assert found.items() <= decision.findings.items()
    started, closed = harness.read(SLA)
    assert isinstance(started, SlaClockStarted)
    assert isinstance(closed, CaseClosed)
    assert closed.within_deadline


def test_an_agent_may_complain(harness):
    tell_tables(harness)
    listed(harness, listing())
    send(harness, COMPLAINTS, complaint(complainant_id="agent-1"))
    harness.settle()
    assert outcomes(harness) == [("take_down", "counterfeit")]


def test_a_class_30_mark_against_a_class_21_listing_takes_nothing_down(harness):
    tell_tables(harness, trademark(nice_classes=(30,)))
    listed(harness, listing(nice_classes=(21,)))
    send(harness, COMPLAINTS, complaint(ground="trademark_infringement"))
    harness.settle()
    [decision] = harness.read(DECISIONS)
    # The driver's cases go by the first edition of steps, a worker's by the newest.
    by_first = isinstance(harness, DriverHarness)
    assert decision.outcome == ("decline" if by_first else "send_to_review")
    assert "trademark_class_mismatch" in decision.reason_codes
    assert harness.read(COMMANDS) == []


def test_a_counterfeit_without_proof_is_declined_for_insufficient_evidence(harness):
    tell_tables(harness)
    listed(harness, listing())
    send(harness, COMPLAINTS, complaint(evidence=()))
    harness.settle()
    assert outcomes(harness) == [("decline", "insufficient_evidence")]


def test_a_mark_that_is_not_found_in_the_listing_is_looked_for_by_people(harness):
    tell_tables(harness)
    listed(harness, listing(title="Plain nail file", brand=None))
    send(harness, COMPLAINTS, complaint(ground="trademark_infringement"))
    harness.settle()
    [decision] = harness.read(DECISIONS)
    assert decision.outcome == "send_to_review"
    assert decision.reason_codes == ("mark_not_in_listing",)


def test_a_complaint_before_its_listing_waits_for_it(harness):
    tell_tables(harness)
    send(harness, COMPLAINTS, complaint())
    harness.settle()
    assert outcomes(harness) == [("wait_for_listing", "listing_not_found")]
    send(harness, LISTINGS, listing())
    harness.settle()
    assert [outcome for outcome, *_ in outcomes(harness)] == ["wait_for_listing", "take_down"]
    capsules = [decision.capsule for decision in harness.read(DECISIONS)]
    assert (capsules[0].findings_version, capsules[0].findings_number) == (0, None)
    assert capsules[1].findings_number is not None
    assert len(harness.read(COMMANDS)) == 1


def test_a_reviewer_decides_what_the_rules_leave_open(harness):
    tell_tables(harness)
    listed(harness, listing(title="Cutexx nail polish remover"))
    send(harness, COMPLAINTS, complaint())
    harness.settle()
    [queued] = harness.read(QUEUE)
    assert queued.case_id == "complaint-1"
    send(harness, REVIEWS, review(decision_number=queued.decision_number))
    send(harness, REVIEWS, review(decision_number=queued.decision_number, review_id="late"))
    harness.settle()
    assert [outcome for outcome, *_ in outcomes(harness)] == ["send_to_review", "take_down"]
    assert len(harness.read(COMMANDS)) == 1


def test_a_reviewer_puts_a_listing_back(harness):
    tell_tables(harness)
    listed(harness, listing())
    send(harness, COMPLAINTS, complaint())
    harness.settle()
    reinstate = review(decision_number=1, outcome="reinstate", reason_codes=("seller_authorised",))
    send(harness, REVIEWS, reinstate)
    harness.settle()
    kinds = [type(command) for command in harness.read(COMMANDS)]
    assert kinds == [TakeDownListing, ReinstateListing]


def test_a_mark_that_ends_sends_its_takedowns_to_review(harness):
    tell_tables(harness)
    listed(harness, listing())
    send(harness, COMPLAINTS, complaint())
    harness.settle()
    tell_tables(
        harness,
        trademark(
            status="cancelled",
            effective_from_milliseconds=START + 1,
            recorded_at_milliseconds=START + 1,
        ),
    )
    harness.settle()
    assert outcomes(harness)[-1] == ("send_to_review", "trademark_no_longer_in_force")


def test_a_relisted_product_is_taken_down_again(harness):
    tell_tables(harness)
    listed(harness, listing())
    send(harness, COMPLAINTS, complaint())
    harness.settle()
    send(harness, LISTINGS, listing(version=2, status="removed"))
    send(harness, LISTINGS, listing(version=3))
    harness.settle()
    commands = harness.read(COMMANDS)
    assert [type(command) for command in commands] == [TakeDownListing, TakeDownListing]
    assert len({command.command_id for command in commands}) == 2


def test_bad_records_are_buried_with_a_reason_and_the_good_go_on(harness):
    tell_tables(harness)
    good = harness.codec.encode(LISTINGS, listing())
    bad = {
        "not_avro": (b"listing-1", b"hello"),
        "truncated": (b"listing-1", good[:-3]),
        "trailing_bytes": (b"listing-1", good + b"x"),
        "key_mismatch": (b"another", good),
        "tombstone_refused": (b"listing-1", None),
        "unknown_schema_id": (b"listing-1", b"\x00\x7f\xff\xff\xff" + good[5:]),
    }
    for key, value in bad.values():
        harness.send_bytes(LISTINGS, key, value)
    harness.send_bytes(COMPLAINTS, b"listing-1", good)
    listed(harness, listing())
    send(harness, COMPLAINTS, complaint())
    harness.settle()
    assert harness.dead_letters() == sorted([*bad, "unexpected_event"])
    assert outcomes(harness) == [("take_down", "counterfeit")]


@pytest.mark.parametrize("lose_state", [False, True])
def test_a_restart_changes_nothing(harness, lose_state):
    tell_tables(harness)
    listed(harness, listing())
    send(harness, COMPLAINTS, complaint())
    harness.settle()
    before = harness.read(DECISIONS), harness.read(COMMANDS)
    harness.restart(lose_state)
    send(harness, COMPLAINTS, complaint())
    listed(harness, listing())
    assert (harness.read(DECISIONS), harness.read(COMMANDS)) == before
    send(harness, COMPLAINTS, complaint(complaint_id="complaint-2"))
    harness.settle()
    assert [d.case_id for d in harness.read(DECISIONS)] == ["complaint-1", "complaint-2"]


def test_a_dispute_goes_from_objection_to_proof_that_the_listing_is_back(harness):
    tell_tables(harness)
    listed(harness, listing())
    send(harness, COMPLAINTS, complaint())
    harness.settle()
    [command] = harness.read(COMMANDS)
    send(harness, DONE, acknowledgement(command.command_id))
    harness.settle()
    listed(harness, listing(version=2, status="removed"))
    send(harness, OBJECTIONS, objection())
    send(harness, OBJECTIONS, answer(answer="accept"))
    harness.settle()
    listed(harness, listing(version=3))
    assert outcomes(harness) == [
        ("take_down", "counterfeit"),
        ("reinstate", "counter_notice_accepted"),
    ]
    stages = [
        (each.action, each.stage)
        for each in harness.read(SLA)
        if isinstance(each, EnforcementConfirmed)
    ]
    assert stages == [
        ("take_down", "acknowledged"),
        ("take_down", "proved"),
        ("reinstate", "proved"),
    ]
    assert [type(each) for each in harness.read(COMMANDS)] == [TakeDownListing, ReinstateListing]


def test_a_pause_and_an_appeal_outlive_a_lost_state(harness):
    tell_tables(harness)
    listed(harness, listing())
    send(harness, COMPLAINTS, complaint(signature=""))
    harness.settle()
    harness.restart(lose_state=True)
    send(harness, COMPLAINTS, clarification())
    harness.settle()
    send(harness, OBJECTIONS, appeal())
    harness.settle()
    [task] = harness.read(QUEUE)
    assert (task.kind, task.subject_id) == ("appeal", "appeal-1")
    granted = review(subject_id="appeal-1", outcome="reinstate", reason_codes=("nominative_use",))
    send(harness, REVIEWS, granted)
    harness.settle()
    assert [type(each) for each in harness.read(COMMANDS)] == [TakeDownListing, ReinstateListing]
    [closed] = [each for each in harness.read(SLA) if isinstance(each, CaseClosed)]
    assert closed.within_deadline
