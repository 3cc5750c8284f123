"""The whole path on a cluster that asks everybody who he is, and lets nobody do more."""

import sys
from collections import Counter

import httpx
import pytest
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer

from ops.local.kafka.secured import ADMIN
from ops.local.patience import wait_for
from ops.local.process import ServerProcess, free_port
from ops.tools.acls import FEED, processes
from ops.trials.load import complaints, listing_changes, reference_events
from ops.trials.worker_processes import LIMITS_LIFTED
from schemas.catalog import load_topics
from schemas.topic_names import (
    COMPLAINTS_EVENTS,
    DECISIONS_EVENTS,
    LISTINGS_EVENTS,
    TAKEDOWNS_COMMANDS,
    TRADEMARKS_EVENTS,
)
from schemas.wire.registry import connect
from secured.conftest import as_identity
from sinks.database.database import connect as connect_database
from streams.kafka.clients import admin_client, consumer_settings, producer_settings
from streams.kafka.producing import EventProducer, send
from streams.kafka.security import Identity

COMPLAINTS = 40
STARTING_SECONDS = 300.0
"""Patience with five services that start at once, beside other tests on two cores."""
pytestmark = [pytest.mark.broker, pytest.mark.slow]


def start(secured, principal, registry, database, *arguments):
    settings = secured.settings_file(principal, registry, database)
    line = [sys.executable, "-m", "ops", "--verbose", "--settings-file", str(settings)]
    line += [principal, *arguments]
    return ServerProcess(line, secured.directory / f"{principal}.log", {})


def produce(secured, principal, codec, events):
    with secured.acting(principal):
        producer = EventProducer(secured.servers)
        for each in events:
            send(producer, codec, each)
        assert producer.flush(30) == 0


def read(secured, principal, topic, wanted, running):
    """Return how many records a principal reads in a group of its own, until there are enough.

    Errors: OperatorError, with what those who run said last.
    """
    group = f"{processes()[principal].groups[0]}-reader"
    with secured.acting(principal):
        consumer = Consumer(consumer_settings(secured.servers, group))
    consumer.subscribe([topic])
    counts = Counter()

    def enough():
        message = consumer.poll(0.2)
        if message is not None:
            counts[message.error()] += 1
        return sum(counts.values()) >= wanted

    wait_for(
        f"{wanted} records of {topic}",
        enough,
        lambda: sum(counts.values()),
        lambda: f"{dict(counts)} " + "\n".join(each.tail() for each in running),
        STARTING_SECONDS,
    )
    consumer.close()
    return counts


@pytest.mark.timeout(900)
def test_from_a_complaint_to_a_command_with_each_service_as_itself(
    secured, schema_registry, database, tmp_path
):
    registry = schema_registry.address
    codec = connect(registry, register=True)
    produce(secured, "import-trademarks", codec, _on(TRADEMARKS_EVENTS, reference_events()))
    rest = [each for each in reference_events() if each.topic != TRADEMARKS_EVENTS]
    produce(secured, FEED, codec, rest)
    listings = list(listing_changes(400, 100, 1))
    produce(secured, FEED, codec, listings)
    produce(secured, "filing", codec, complaints(COMPLAINTS, 100, 1))
    port = free_port()
    common = (registry, database)
    running = [
        start(
            *(secured, "worker", *common, "--instance", "one"),
            *("--state-directory", str(tmp_path / "worker")),
            *("--standing-policy", str(LIMITS_LIFTED)),
        ),
        start(
            *(secured, "monitor", *common, "--instance", "one"),
            *("--state-directory", str(tmp_path / "monitor")),
        ),
        start(secured, "case-store", *common),
        start(secured, "desk-outbox", *common),
        start(
            *(secured, "views", *common, "--web-port", str(port)),
            *("--data-directory", str(tmp_path / "views"), "--replication-factor", "1"),
        ),
    ]
    try:
        decided = read(secured, "case-store", DECISIONS_EVENTS, COMPLAINTS, running)
        assert set(decided) == {None}
        assert read(secured, "dispatch", TAKEDOWNS_COMMANDS, 1, running)[None] >= 1

        def stored():
            with connect_database(database) as connection:
                return connection.execute("SELECT count(*) FROM cases").fetchone()[0] >= COMPLAINTS

        wait_for("rows in the case store", stored)

        def shown():
            try:
                return httpx.get(f"http://127.0.0.1:{port}/v1/views/summary", timeout=2).status_code
            except httpx.HTTPError:
                return None

        assert wait_for("the views", shown) in (200, 404)
        assert all(each.running for each in running), [each.tail() for each in running]
    finally:
        for each in running:
            each.stop()
    for path in secured.directory.glob("*.log"):
        assert "AUTHORIZATION_FAILED" not in path.read_text(), path


def _on(topic, events):
    return (each for each in events if each.topic == topic)


def test_nobody_writes_where_the_topology_does_not_have_it_write(secured):
    """Each principal against each topic: what is refused is all but what it declares."""
    ends = {
        (name, topic): error
        for name in processes()
        for topic, error in _written(secured, name).items()
    }
    refused = {each for each, error in ends.items() if error is not None}
    written = {*ends} - refused
    assert {ends[each].code() for each in refused} == {KafkaError.TOPIC_AUTHORIZATION_FAILED}
    declared = {(name, topic) for name, each in processes().items() for topic in each.writes}
    assert written == declared
    assert len(refused) == len(processes()) * len(load_topics()) - len(declared)
    assert {name for name, topic in written if topic == TAKEDOWNS_COMMANDS} == {"worker"}


def test_who_sends_what_he_may_not_is_told(secured):
    with secured.acting("dispatch"):
        producer = EventProducer(secured.servers)
    producer.produce(COMPLAINTS_EVENTS, b"not ours", b"key")
    with pytest.raises(KafkaException, match="TOPIC_AUTHORIZATION_FAILED"):
        producer.flush(60)
    assert producer.flush(60) == 0


def _written(secured, name):
    """Return by topic how a record of a principal's ended."""
    with secured.acting(name):
        settings = {"enable.idempotence": False, "message.timeout.ms": 20_000}
        producer = Producer(producer_settings(secured.servers, settings))
    told = {}
    for topic in load_topics():
        producer.produce(
            topic,
            b"not ours",
            b"key",
            on_delivery=lambda error, message: told.__setitem__(message.topic(), error),
        )
    assert producer.flush(60) == 0
    return told


@pytest.mark.parametrize("principal", ["dispatch", "filing", FEED])
def test_nobody_reads_complaints_or_joins_a_group_that_is_not_its_own(secured, principal):
    with secured.acting(principal):
        settings = consumer_settings(secured.servers, "ip-takedowns")
        consumer = Consumer(settings)
    consumer.subscribe([COMPLAINTS_EVENTS])

    def refused():
        message = consumer.poll(0.5)
        return message is not None and message.error() is not None and message.error().code()

    codes = (KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.GROUP_AUTHORIZATION_FAILED)
    assert wait_for("a refusal", refused) in codes
    consumer.close()


def test_a_process_with_a_wrong_password_ends_with_a_clear_error(secured, schema_registry):
    settings = secured.settings_file("worker", schema_registry.address)
    (secured.directory / "worker.password").write_text("another")
    line = [sys.executable, "-m", "ops", "--settings-file", str(settings), "worker"]
    line += ["--instance", "wrong", "--state-directory", str(secured.directory / "wrong")]
    process = ServerProcess(line, secured.directory / "wrong.log", {})
    wait_for("its end", lambda: not process.running)
    assert "error: Kafka at" in process.tail()
    assert "another" not in process.tail()
    assert "password-of" not in process.tail()


@pytest.mark.parametrize("mechanism", ["PLAIN", "SCRAM-SHA-512"])
def test_passwords_by_each_mechanism(secured, mechanism):
    worker = secured.security.identity("worker")._replace(sasl_mechanism=mechanism)
    assert _sees_topics(secured.servers, worker)


def test_a_certificate_is_an_identity(secured):
    address = secured.cluster.certificates_address
    assert _sees_topics(address, secured.certificate("worker"))
    assert _sees_topics(address, secured.certificate("nobody")) == set()


def test_tokens_are_fetched_where_the_settings_say(secured, token_endpoint):
    identity = Identity(
        security_protocol="sasl_ssl",
        sasl_mechanism="OAUTHBEARER",
        ca_file=str(secured.security.ca_file),
        oauth_token_endpoint=token_endpoint.address,
        oauth_client_id="worker",
        oauth_client_secret="password-of-worker",
        oauth_scope="kafka",
    )
    assert _sees_topics(secured.servers, identity)
    assert token_endpoint.asked[0] == ("worker", "password-of-worker", "kafka")


def _sees_topics(servers, identity):
    """Return the topics of ours that brokers show to an identity."""
    with as_identity(identity):
        client = admin_client(servers)
    # Tokens and certificates are brought in callbacks of the client.
    client.poll(1.0)
    return {LISTINGS_EVENTS, DECISIONS_EVENTS} & {*client.list_topics(timeout=20).topics}


def test_the_administrator_is_none_of_the_services():
    assert ADMIN not in processes()
