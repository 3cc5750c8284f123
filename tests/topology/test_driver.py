"""What only a virtual clock and chosen partitions can show."""

import random
from collections import Counter

import pytest
from build import puts_in_place
from matrix import cases
from world import HOUR, START, complaint, listing, trademark

from processors.policies.service_level import ServiceLevel
from schemas.events.reviews import ReviewComplaint
from schemas.events.rules import Rule
from schemas.events.sla import SlaBreached, SlaWarningRaised
from schemas.events.takedowns import TakeDownListing
from streams.driver import DriverSettings
from streams.kafka.dead_letters import field_of
from streams.policies.rule_files import rule_set_published
from streams.state.row_kinds import LISTING
from streams.topology import PARTY_INPUTS
from topology.harness import DriverHarness
from topology.test_lifecycle import (
    COMMANDS,
    COMPLAINTS,
    DECISIONS,
    LISTINGS,
    QUEUE,
    RULES,
    SLA,
    send,
    tell_tables,
)


@pytest.fixture
def driven(tmp_path):
    harness = DriverHarness(tmp_path / "state")
    yield harness
    harness.close()


def test_an_open_case_is_warned_of_and_breached_once_and_never_early(driven):
    tell_tables(driven)
    send(driven, LISTINGS, listing(title="Cutexx nail polish remover"))
    driven.settle()
    send(driven, COMPLAINTS, complaint())
    driven.settle()
    assert [type(command) for command in driven.read(QUEUE)] == [ReviewComplaint]
    [command] = driven.read(QUEUE)
    received = command.received_at_milliseconds
    now = driven.driver.clock.now_milliseconds()
    driven.driver.advance(received + 18 * HOUR - now - 1)
    assert not [e for e in driven.read(SLA) if isinstance(e, SlaWarningRaised)]
    driven.driver.advance(1)
    [warning] = [e for e in driven.read(SLA) if isinstance(e, SlaWarningRaised)]
    assert warning.due_at_milliseconds == received + 18 * HOUR
    driven.driver.advance(6 * HOUR - 1)
    assert not [e for e in driven.read(SLA) if isinstance(e, SlaBreached)]
    driven.driver.advance(1)
    driven.restart(lose_state=True)
    driven.driver.advance(100 * HOUR)
    [breach] = [e for e in driven.read(SLA) if isinstance(e, SlaBreached)]
    assert breach.due_at_milliseconds == received + 24 * HOUR
    assert len([e for e in driven.read(SLA) if isinstance(e, SlaWarningRaised)]) == 1


def test_a_closed_case_has_no_timers(driven):
    tell_tables(driven)
    send(driven, LISTINGS, listing())
    driven.settle()
    send(driven, COMPLAINTS, complaint())
    driven.settle()
    driven.driver.advance(100 * HOUR)
    assert not [e for e in driven.read(SLA) if isinstance(e, SlaWarningRaised | SlaBreached)]


def test_a_listing_that_never_comes_is_declined_after_the_wait(driven):
    tell_tables(driven)
    send(driven, COMPLAINTS, complaint())
    driven.settle()
    driven.driver.advance(2 * HOUR)
    decisions = driven.read(DECISIONS)
    assert [d.outcome for d in decisions] == ["wait_for_listing", "decline"]
    assert decisions[-1].reason_codes == ("listing_not_found",)
    waited = decisions[-1].decided_at_milliseconds - decisions[0].decided_at_milliseconds
    assert waited == ServiceLevel().listing_wait_milliseconds
    send(driven, LISTINGS, listing())
    driven.settle()
    assert len(driven.read(COMMANDS)) == 1


def accounted_for(harness):
    """What the inputs from outside ended as; those of parties' rows follow from them."""
    accounted = harness.driver.accounted
    return Counter({each: n for each, n in accounted.items() if each.source not in PARTY_INPUTS})


def scripted(count, source):
    """Listings and complaints against them, each complaint after its listing."""
    events = []
    for number in range(count):
        name = f"listing-{number}"
        classes = (3,) if source.random() < 0.7 else (21,)
        ground = source.choice(("counterfeit", "trademark_infringement", "keyword_misuse"))
        events.append((LISTINGS, listing(listing_id=name, nice_classes=classes)))
        events.append(
            (
                COMPLAINTS,
                complaint(complaint_id=f"complaint-{number}", listing_id=name, ground=ground),
            )
        )
    return events


def final(harness):
    latest = {}
    for decision in harness.read(DECISIONS):
        latest[decision.case_id] = (decision.outcome, decision.reason_codes)
    return latest


def taken_down(harness):
    return Counter(c.case_id for c in harness.read(COMMANDS) if isinstance(c, TakeDownListing))


@pytest.mark.parametrize("seed", cases(range(20)))
def test_order_repeats_batches_and_partitions_change_no_final_decision(tmp_path, seed):
    source = random.Random(seed)
    events = scripted(40, source)
    runs = []
    for batch_records, partitions in ((1, 1), (7, 4), (100, 16)):
        settings = DriverSettings(partitions, batch_records, START)
        harness = DriverHarness(tmp_path / f"{batch_records}", settings)
        tell_tables(harness)
        sent = [*events, *source.sample(events, 20)]
        if runs:
            source.shuffle(sent)
        for topic, event in sent:
            send(harness, topic, event)
            if source.random() < 0.1:
                harness.settle()
        harness.settle()
        runs.append((final(harness), taken_down(harness)))
        assert not harness.dead_letters()
        assert accounted_for(harness).total() == len(sent)
        harness.close()
    assert runs[0] == runs[1] == runs[2]
    assert set(runs[0][1].values()) == {1}


def test_each_input_is_accounted_for_once(driven):
    tell_tables(driven)
    send(driven, LISTINGS, listing())
    driven.send_bytes(LISTINGS, b"listing-1", b"nonsense")
    send(driven, LISTINGS, listing())
    driven.settle()
    send(driven, COMPLAINTS, complaint())
    send(driven, COMPLAINTS, complaint())
    driven.settle()
    endings = Counter()
    for accounted, count in accounted_for(driven).items():
        endings[accounted.ending, accounted.reason] += count
    assert endings == {
        ("no_action", "no_case_affected"): 1,
        ("dead_letter", "not_avro"): 1,
        ("no_action", "stale_listing_version"): 1,
        ("decision", ""): 1,
        ("no_action", "duplicate_complaint"): 1,
    }


def test_a_dead_letter_is_the_record_as_it_came_with_where_and_why(driven):
    driven.send_bytes(LISTINGS, b"listing-1", b"nonsense", [("origin", b"feed-7")])
    driven.settle()
    [letter] = driven.driver.records("ip.dead-letters")
    assert (letter.key, letter.value) == (b"listing-1", b"nonsense")
    headers = letter.headers
    assert headers[0] == ("origin", b"feed-7")
    assert field_of(headers, "topic") == LISTINGS
    assert field_of(headers, "offset") == "0"
    assert field_of(headers, "exception.class.name") == "not_avro"
    assert field_of(headers, "exception.message")


@pytest.mark.parametrize(
    ("topic", "key", "value"),
    [
        ("ip.parties.state", b"\xff\xfe", None),
        ("ip.parties.state", b"holder-1", b"nonsense"),
        ("ip.trademarks.events", b"US:1", None),
        ("ip.rules.state", b"active", b"nonsense"),
    ],
)
def test_a_bad_record_of_a_table_is_buried_and_the_table_lives(driven, topic, key, value):
    driven.send_bytes(topic, key, value)
    tell_tables(driven)
    send(driven, LISTINGS, listing())
    driven.settle()
    send(driven, COMPLAINTS, complaint())
    driven.settle()
    assert len(driven.dead_letters()) == 1
    assert [d.outcome for d in driven.read(DECISIONS)] == ["take_down"]


@puts_in_place
def test_a_mistake_in_a_step_buries_the_record_and_not_the_worker(driven, monkeypatch):
    def mistaken(*_arguments):
        raise KeyError("ground")

    tell_tables(driven)
    send(driven, LISTINGS, listing())
    driven.settle()
    monkeypatch.setattr(
        "streams.worker.working_set.kind_of_row", lambda _key: LISTING._replace(step=mistaken)
    )
    send(driven, COMPLAINTS, complaint())
    driven.settle()
    monkeypatch.undo()
    assert driven.dead_letters() == ["step_failed"]
    send(driven, COMPLAINTS, complaint(complaint_id="complaint-2"))
    driven.settle()
    assert [d.case_id for d in driven.read(DECISIONS)] == ["complaint-2"]


def test_a_batch_whose_records_are_all_held_back_leads_to_nothing(driven):
    result = driven.driver._engine.process(driven.driver.state, [])
    assert not any(result)


def test_a_mark_with_a_date_that_is_none_is_buried(driven):
    mark = trademark(expiry_date="soon")
    driven.send("ip.trademarks.events", "US:76044902", mark)
    driven.settle()
    assert driven.dead_letters() == ["invalid_date"]


def test_rules_are_swapped_shadowed_and_refused(driven):
    def publish(role, rules):
        event = rule_set_published(rules, role, "test", START)
        driven.send(RULES, role, event)

    def decide(number):
        name = f"complaint-{number}"
        send(driven, COMPLAINTS, complaint(complaint_id=name))
        driven.settle()
        [found] = [d for d in driven.read(DECISIONS) if d.case_id == name]
        return found.outcome, found.shadow_outcome

    review_all = Rule("review-all", "All to review.", 1, "true", "send_to_review", ("counterfeit",))
    tell_tables(driven)
    send(driven, LISTINGS, listing())
    driven.settle()
    publish("shadow", (review_all,))
    assert decide(1) == ("take_down", "send_to_review")
    publish("active", (review_all,))
    publish("shadow", ())
    assert decide(2) == ("send_to_review", None)
    publish("active", (review_all._replace(condition="true // why) ||"),))
    publish("active", (review_all._replace(condition="nonsense"),))
    # Valid in CEL, and of a form that rules may not have.
    publish("active", (review_all._replace(condition="ground.startsWith('c') ? true : false"),))
    publish("active", ())
    assert decide(3) == ("send_to_review", None)
    assert driven.dead_letters() == ["rule_set_refused"] * 3
    driven.restart(lose_state=True)
    assert decide(4) == ("send_to_review", None)
