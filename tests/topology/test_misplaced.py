"""Records in another partition than their key's: buried with the reason, or forwarded."""

import pytest
from world import START, complaint, listing

from processors.policies.service_level import ServiceLevel
from schemas.fields import DECLARED
from streams.driver import DriverSettings
from streams.kafka.partitioner import partition_of
from streams.worker.batch_endings import FORWARDED_HEADER
from topology.harness import PARTITIONS, STANDING, DriverHarness
from topology.test_lifecycle import COMPLAINTS, DECISIONS, LISTINGS, tell_tables

KEY = b"listing-1"
RIGHT = partition_of(KEY, PARTITIONS)
WRONG = (RIGHT + 1) % PARTITIONS


def driven(directory, forwards):
    return DriverHarness(
        directory,
        DriverSettings(
            partitions=PARTITIONS,
            now_milliseconds=START,
            service_level=ServiceLevel(standing=STANDING),
            forwards_misplaced=forwards,
        ),
    )


def put(harness, topic, event, partition):
    value = harness.codec.encode(topic, event)
    headers = harness.codec.headers(event, KEY.decode(), START)
    harness.driver._append(topic, partition, KEY, value, headers, START)


@pytest.mark.parametrize("forwards", [False, True])
def test_what_lies_in_the_wrong_partition_is_buried_or_forwarded(tmp_path, forwards):
    harness = driven(tmp_path, forwards)
    tell_tables(harness)
    put(harness, LISTINGS, listing(), WRONG)
    put(harness, COMPLAINTS, complaint(), RIGHT)
    harness.settle()
    assert harness.dead_letters() == ([] if forwards else ["wrong_partition"])
    last = harness.read(DECISIONS)[-1].outcome
    assert (last == "take_down") is forwards
    assert last.startswith("wait") is not forwards
    moved = harness.driver.log.get((LISTINGS, RIGHT), [])
    assert [dict(record.headers)[FORWARDED_HEADER] for record in moved] == (
        [f"{WRONG}:0".encode()] if forwards else []
    )
    endings = {each.reason for each in harness.driver.accounted if each.source == LISTINGS}
    assert ("forwarded" if forwards else "wrong_partition") in endings
    harness.close()


def test_the_dead_letter_says_what_to_set(tmp_path):
    harness = driven(tmp_path, forwards=False)
    put(harness, COMPLAINTS, complaint(), WRONG)
    harness.settle()
    [letter] = harness.driver.records("ip.dead-letters")
    told = dict(letter.headers)["__connect.errors.exception.message"].decode()
    assert f"partition {WRONG}, and its key belongs to {RIGHT}" in told
    assert "murmur2_random" in told
    harness.close()


def test_what_is_wrong_besides_is_told_first(tmp_path):
    harness = driven(tmp_path, forwards=True)
    harness.driver._append(COMPLAINTS, WRONG, KEY, b"noise", [], START)
    harness.settle()
    assert harness.dead_letters() == ["not_avro"]
    harness.close()


def test_a_replay_of_decisions_from_before_the_check_does_without_it(tmp_path):
    harness = driven(tmp_path, forwards=False)
    harness.driver._engine._checks_partitions = DECLARED >= 3
    tell_tables(harness)
    put(harness, LISTINGS, listing(), WRONG)
    harness.settle()
    assert harness.dead_letters() == []
    harness.close()
