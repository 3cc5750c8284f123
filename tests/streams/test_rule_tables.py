"""Published rules that can't be used: people decide, and the built-in rules never step in."""

import pytest
from world import START, rule_set

from schemas.events.rules import Rule
from schemas.topic_names import RULES_STATE
from schemas.wire.registry import offline_codec
from streams.kafka.records import InputRecord
from streams.policies.rule_files import PLAIN_COUNTERFEIT, rule_set_published
from streams.state.local_state import LocalState
from streams.tables.global_tables import GlobalTables

CODEC = offline_codec()
DOWN = Rule("down", "All go.", 1, "true", "take_down", ("counterfeit",))


@pytest.fixture
def state(tmp_path):
    state = LocalState(tmp_path / "state")
    yield state
    state.close()


def published(condition="true", role="active"):
    good = rule_set_published((DOWN,), role, "test", START)
    return good._replace(rules=(DOWN._replace(condition=condition),))


def publish(tables, offset, event):
    value = CODEC.encode(RULES_STATE, event)
    record = InputRecord(RULES_STATE, 0, offset, event.role.encode(), value, None, START)
    return [error.reason_code for _, error in tables.apply([record]).refused]


def decide(tables):
    return tables.rule_set.decide(PLAIN_COUNTERFEIT).outcome


def test_a_first_set_that_is_refused_sends_all_to_people_and_so_after_a_restart(state):
    tables = GlobalTables(state, CODEC, rule_set())
    assert (decide(tables), tables.rules_refused) == ("take_down", False)
    assert publish(tables, 0, published("no rule")) == ["rule_set_refused"]
    assert (decide(tables), tables.rules_refused) == ("send_to_review", True)
    tables = GlobalTables(state, CODEC, rule_set())
    assert (decide(tables), tables.rules_refused) == ("send_to_review", True)
    assert publish(tables, 1, published()) == []
    assert (decide(tables), tables.rules_refused) == ("take_down", False)


def test_a_published_set_stays_in_use_where_the_next_is_refused(state):
    tables = GlobalTables(state, CODEC, rule_set())
    publish(tables, 0, published())
    used = tables.rule_set.hash
    assert publish(tables, 1, published("no rule")) == ["rule_set_refused"]
    assert (tables.rule_set.hash, tables.rules_refused) == (used, False)
    assert GlobalTables(state, CODEC, rule_set()).rule_set.hash == used


def test_a_shadow_set_that_is_refused_changes_nothing(state):
    tables = GlobalTables(state, CODEC, rule_set())
    assert publish(tables, 0, published("no rule", role="shadow")) == ["rule_set_refused"]
    assert (decide(tables), tables.rules_refused) == ("take_down", False)
