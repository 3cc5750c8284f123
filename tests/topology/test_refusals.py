"""What a broker will never take is buried with its reason, and others go on."""

import pytest
from build import puts_in_place
from confluent_kafka.admin import AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType
from logged_driver import LoggedDriver
from world import complaint, listing

from replay.remake import remake
from schemas.topic_names import DEAD_LETTERS
from streams.kafka.clients import admin_client
from streams.kafka.dead_letters import field_of
from topology.harness import BrokerHarness, DriverHarness
from topology.test_lifecycle import COMMANDS, COMPLAINTS, DECISIONS, LISTINGS, send, tell_tables


@puts_in_place
def test_a_replay_buries_what_a_broker_refused(tmp_path):
    harness = DriverHarness(tmp_path / "state")
    tell_tables(harness)
    send(harness, LISTINGS, listing())
    harness.settle()
    driver = harness.driver
    process, notes = driver._engine.process, driver._journal.notes
    refusal = "MSG_SIZE_TOO_LARGE"
    driver._engine.process = lambda *given: process(*given, refusal)
    driver._journal.notes = lambda *given, **named: notes(*given, refusal, **named)
    send(harness, COMPLAINTS, complaint())
    harness.settle()
    del driver._engine.process, driver._journal.notes
    send(harness, COMPLAINTS, complaint(complaint_id="next"))
    harness.settle()
    assert harness.dead_letters() == ["output_refused"]
    assert [each.case_id for each in harness.read(COMMANDS)] == ["next"]
    [letter] = driver.records(DEAD_LETTERS)
    assert field_of(letter.headers, "exception.message") == refusal
    again = remake(LoggedDriver(driver), harness.codec, tmp_path / "scratch")
    assert again.accounted == driver.accounted
    harness.close()


@pytest.fixture
def on_kafka(request, tmp_path):
    servers = request.getfixturevalue("topics")
    registry = request.getfixturevalue("schema_registry")
    harness = BrokerHarness((servers, registry.address), tmp_path)
    changed = []
    admin = admin_client(servers)

    def alter(topic, name, value):
        if value is not None:
            changed.append((topic, name))
        kind = AlterConfigOpType.DELETE if value is None else AlterConfigOpType.SET
        entry = ConfigEntry(name, value or "", incremental_operation=kind)
        resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])
        for done in admin.incremental_alter_configs([resource]).values():
            done.result(30.0)

    harness.alter = alter
    yield harness
    harness.close()
    for topic, name in tuple(changed):
        alter(topic, name, "1048576")


@pytest.mark.broker
def test_a_worker_buries_what_its_broker_refuses_and_goes_on(on_kafka):
    harness = on_kafka
    tell_tables(harness)
    send(harness, LISTINGS, listing())
    harness.settle()
    harness.alter(DECISIONS, "max.message.bytes", "300")
    for number in range(3):
        send(harness, COMPLAINTS, complaint(complaint_id=f"refused-{number}"))
    send(harness, LISTINGS, listing(listing_id="other"))
    harness.settle()
    assert harness.dead_letters() == ["output_refused"] * 3
    assert harness.read(COMMANDS) == harness.read(DECISIONS) == []
    harness.alter(DECISIONS, "max.message.bytes", "1048576")
    send(harness, COMPLAINTS, complaint(complaint_id="next", listing_id="other"))
    harness.settle()
    assert [each.case_id for each in harness.read(COMMANDS)] == ["next"]
