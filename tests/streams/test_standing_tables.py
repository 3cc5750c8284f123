"""Standings as a table, timers of parties' rows, and the policy's file."""

import pytest
from world import START, complaint, rule_set

from processors.cases.priority import fast_lane, suspended
from processors.policies.service_level import ServiceLevel
from processors.policies.service_policy import CaseLevels
from processors.policies.standing_policy import StandingPolicy
from processors.standing.party_step import StandingDue
from processors.step import Moment, Origin
from schemas.events.party_rows import PartyConduct
from schemas.events.standings import ConductFactors, GroundStanding, StandingChanged
from schemas.topic_names import STANDINGS_STATE
from schemas.wire.registry import offline_codec
from streams.kafka.records import InputRecord
from streams.policies.standing_files import StandingPolicyRefused, load_standing_policy
from streams.state.indexes import DueTimer, differences, due_timers, next_due
from streams.state.local_state import LocalState
from streams.tables.global_tables import GlobalTables
from streams.tables.table_events import MAXIMUM_STANDINGS

CODEC = offline_codec()
DELAY = StandingPolicy().effect_delay_milliseconds


@pytest.fixture
def state(tmp_path):
    state = LocalState(tmp_path / "state")
    yield state
    state.close()


@pytest.fixture
def tables(state):
    return GlobalTables(state, CODEC, rule_set())


def standing(tier, at, role="complainant", until=None):
    lane = (GroundStanding("counterfeit", 10, 10, 0, True),) if tier == "fast_lane" else ()
    factors = ConductFactors(0, 0.0, "ordinary", "none")
    return StandingChanged("holder-1", role, tier, lane, 0, factors, until, at)


def record_of(offset, event, key=None):
    name = f"{event.role}:{event.party_id}" if key is None else key
    value = CODEC.encode(STANDINGS_STATE, event)
    return InputRecord(STANDINGS_STATE, 0, offset, name.encode(), value, None, START)


def told(tables, *events):
    return tables.apply([record_of(offset, event) for offset, event in enumerate(events)])


def moment_at(now, tables):
    level = ServiceLevel()
    return Moment(now, Origin("t", 0, 0), tables, level, "test", CaseLevels(level))


def at(tables, now):
    moment = Moment(
        now, Origin("t", 0, 0), tables, ServiceLevel(), "test", CaseLevels(ServiceLevel())
    )
    return fast_lane(complaint(), now, moment), suspended(complaint(), now, moment)


def test_a_standing_counts_from_its_delay_on_until_the_next_does(tables):
    told(
        tables,
        standing("fast_lane", START),
        standing("suspended", START + 1_000, until=START + 2 * DELAY),
        standing("ordinary", START + 2 * DELAY),
    )
    assert at(tables, START + DELAY - 1) == (False, False)
    assert at(tables, START + DELAY) == (True, False)
    assert at(tables, START + DELAY + 999) == (True, False)
    assert at(tables, START + DELAY + 1_000) == (False, True)
    assert at(tables, START + 2 * DELAY - 1) == (False, True)
    assert at(tables, START + 2 * DELAY) == (False, False)


def test_the_lane_of_one_ground_is_not_that_of_another(tables):
    told(tables, standing("fast_lane", START))
    moment = Moment(
        START, Origin("t", 0, 0), tables, ServiceLevel(), "test", CaseLevels(ServiceLevel())
    )
    assert fast_lane(complaint(), START + DELAY, moment)
    assert not fast_lane(complaint(ground="keyword_misuse"), START + DELAY, moment)


def test_the_two_parts_of_one_party_are_kept_apart(tables):
    told(tables, standing("fast_lane", START), standing("closed", START + 5, role="seller"))
    assert [each.tier for each in tables.standing_history("holder-1")] == ["fast_lane"]


def test_a_standing_under_a_false_key_is_refused(tables):
    [(_, error)] = tables.apply([record_of(0, standing("fast_lane", START), "holder-1")]).refused
    assert error.reason_code == "key_mismatch"
    assert tables.standing_history("holder-1") == ()


def test_standings_are_the_same_after_a_restart_or_a_repeat_and_are_bounded(tables, state):
    events = [standing("ordinary", START + n) for n in range(MAXIMUM_STANDINGS + 5)]
    told(tables, *events)
    kept = tables.standing_history("holder-1")
    assert kept == tuple(events[-MAXIMUM_STANDINGS:])
    told(tables, events[-1])
    assert tables.standing_history("holder-1") == kept
    assert GlobalTables(state, CODEC, rule_set()).standing_history("holder-1") == kept


def test_timers_of_parties_are_found_and_moved(state):
    row = b"\x01party:seller-9"
    first = PartyConduct("seller-9", due_at_milliseconds=START)
    second = first._replace(due_at_milliseconds=START + 10)
    state.write(list(differences(3, row, None, first)))
    assert due_timers(state, 3, START - 1, 10) == []
    assert due_timers(state, 3, START, 10) == [DueTimer(3, row, StandingDue(START))]
    state.write(list(differences(3, row, first, second)))
    assert next_due(state, 3) == START + 10
    assert list(differences(3, row, second, second._replace(as_of_milliseconds=START))) == []
    state.write(list(differences(3, row, second, second._replace(due_at_milliseconds=None))))
    assert next_due(state, 3) is None


def test_a_policy_is_read_from_a_file(tmp_path):
    path = tmp_path / "policy.yaml"
    path.write_text("minimum_concluded: 50\nwarning_strikes: 1\n", encoding="utf-8")
    expected = StandingPolicy()._replace(minimum_concluded=50, warning_strikes=1)
    assert load_standing_policy(path) == expected


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("minimum: 50", "no such thresholds: minimum"),
        ("window_days: 0", "window_days is to be a whole number from 1 on"),
        ("window_days: true", "window_days is to be a whole number"),
        ("window_days: ninety", "window_days is to be a whole number"),
        ("upheld_percent: 101", "more than 100"),
        ("closure_strikes: 6", "restriction_strikes is to be below closure_strikes"),
        ("suspension_unfounded: 3", "warning_unfounded is to be below suspension_unfounded"),
        ("- a list", "names and numbers"),
        ("a: b: c", "mapping values"),
    ],
)
def test_a_policy_that_can_not_be_is_refused(tmp_path, text, said):
    path = tmp_path / "policy.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StandingPolicyRefused, match=said):
        load_standing_policy(path)
