"""Where a record of a former partition goes, when there are more partitions."""

import random

import pytest

from replay.moving import Growth, MoveFailed, places_of
from schemas.topic_names import (
    CASES_STATE,
    COMPLAINTS_EVENTS,
    RULES_STATE,
    STANDINGS_STATE,
    TRADEMARKS_EVENTS,
)
from streams.kafka.partitioner import partition_of
from streams.state.row_keys import PARTY_PREFIX, action_key, level_key, listing_key

GROWTH = Growth(4, 12)


def owners(count=200):
    chance = random.Random(1)
    return [f"{chance.choice(('listing', 'party'))}-{chance.random()}" for _ in range(count)]


@pytest.mark.parametrize("owner", owners(20))
def test_what_has_an_owner_goes_where_its_inputs_will(owner):
    name = owner.encode()
    place = partition_of(name, 12)
    before = partition_of(name, 4)
    for topic, key in (
        (COMPLAINTS_EVENTS, name),
        (STANDINGS_STATE, b"seller:" + name),
        (CASES_STATE, listing_key(name, "taobao")),
        (CASES_STATE, name),
        (CASES_STATE, PARTY_PREFIX + name),
    ):
        assert places_of(topic, before, key, GROWTH) == (place,), topic
    # One partition's records come from one partition.
    assert place % 4 == before


@pytest.mark.parametrize("key", [level_key("ab"), action_key("mark:DE:1")])
def test_what_a_partition_keeps_for_all_its_cases_goes_to_each_that_comes_of_it(key):
    assert list(places_of(CASES_STATE, 1, key, GROWTH)) == [1, 5, 9]


def test_a_record_in_a_wrong_partition_lies_in_a_wrong_one_again():
    owner = b"listing-1"
    wrong = (partition_of(owner, 4) + 1) % 4
    assert places_of(COMPLAINTS_EVENTS, wrong, owner, GROWTH) == (wrong,)
    assert wrong != partition_of(owner, 12)
    with pytest.raises(MoveFailed, match="a row of another partition"):
        places_of(CASES_STATE, wrong, listing_key(owner, "taobao"), GROWTH)


def test_topics_that_do_not_grow_stay_as_they_are():
    for topic in (RULES_STATE, TRADEMARKS_EVENTS):
        assert places_of(topic, 3, b"any", Growth(4, 4)) == (3,)
