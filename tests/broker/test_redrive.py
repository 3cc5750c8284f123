"""Dead letters on real Kafka: looked at, mended, and sent again, each once whatever is killed."""

import random
import subprocess
import sys
import time

import pytest
from confluent_kafka import Producer
from world import complaint, owner

from ops.__main__ import main
from replay.letters import letters, redriven
from replay.log import KafkaLog
from schemas.declaration import key_of
from schemas.topic_names import (
    COMPLAINTS_EVENTS,
    LISTINGS_EVENTS,
    PARTIES_STATE,
    REDRIVES_EVENTS,
    TAKEDOWNS_COMMANDS,
)
from schemas.wire.codec import Codec
from schemas.wire.registry import connect
from streams.kafka.clients import producer_settings
from streams.kafka.dead_letters import MAXIMUM_VALUE_BYTES, dead_letter
from streams.kafka.records import InputRecord
from streams.kafka.redriving import LINK_HEADER, Redrive, RedriveFailed, Redriver

AT = int(time.time() * 1000)


class Cluster:
    """Topics with dead letters, and the command as an operator runs it."""

    def __init__(self, servers, registry, capsys) -> None:
        self.servers, self.registry, self.capsys = servers, registry, capsys
        self.codec = connect(registry, register=True)
        self.log = KafkaLog(servers)
        self.producer = Producer(producer_settings(servers, {"message.max.bytes": 4 << 20}))

    def bury(self, topic, key, value, reason="unknown_schema_id", offset=0, headers=()):
        source = InputRecord(topic, 0, offset, key, value, list(headers), AT)
        letter = dead_letter(source, reason, f"why: {reason}", 4)
        self.producer.produce(
            letter.topic, letter.value, letter.key, letter.partition, headers=list(letter.headers)
        )

    def bury_complaint(self, number, key=None, **changes):
        filed = complaint(complaint_id=f"c-{number}", listing_id=f"l-{number}", **changes)
        value = self.codec.encode(COMPLAINTS_EVENTS, filed)
        headers = Codec.headers(filed, filed.listing_id, AT)
        self.bury(
            COMPLAINTS_EVENTS, (key or filed.listing_id).encode(), value, "step_failed",
            headers=headers,
        )  # fmt: skip
        return filed

    def arguments(self, *arguments):
        act, *rest = map(str, arguments)
        places = ("--bootstrap-servers", self.servers, "--schema-registry", self.registry)
        return ("dead-letters", *places, act, *rest)

    def run(self, *arguments):
        self.producer.flush(30)
        status = main([*self.arguments(*arguments)])
        told = self.capsys.readouterr()
        return status, told.out, told.err

    def redrive(self, *arguments):
        return self.run("redrive", *arguments, "--operator", "operator-1", "--why", "Mended.")

    def place(self, reason):
        self.producer.flush(30)
        return next(each.place for each in letters(self.log) if each.reason_code == reason)

    def sent(self, topic):
        """Return the records of a topic that were sent again: place, key, and event."""
        return [
            (
                dict(record.headers)[LINK_HEADER].decode().split("/", 1)[1].replace("/", ":"),
                record.key.decode(),
                self.codec.decode(topic, record.value, record.headers),
            )
            for record in self.log.read_all(topic)
            if LINK_HEADER in dict(record.headers or ())
        ]


@pytest.fixture
def cluster(topics, schema_registry, capsys):
    return Cluster(topics, schema_registry.address, capsys)


@pytest.mark.broker
def test_a_letter_is_looked_at_and_sent_again_once(cluster):
    filed = cluster.bury_complaint(1)
    cluster.bury(LISTINGS_EVENTS, b"l-2", b"no avro")
    status, told, _ = cluster.run("list")
    assert status == 0
    assert f"1 {COMPLAINTS_EVENTS} step_failed, 0 sent again" in told
    assert "unknown_schema_id (waits): why: unknown_schema_id" in told
    place = cluster.place("step_failed")
    shown = cluster.run("show", place)[1]
    assert "can be sent again" in shown
    assert '"complaint_id": "c-1"' in shown
    assert cluster.redrive(place)[:2] == (0, "1 sent again, 0 left\n")
    [(link, key, event)] = cluster.sent(COMPLAINTS_EVENTS)
    assert (link, key, event) == (str(place), filed.listing_id, filed)
    [note] = redriven(cluster.log, cluster.codec).values()
    assert (note.redriven_by, note.why, note.mended) == ("operator-1", "Mended.", False)
    status, told, _ = cluster.redrive(place)
    assert status == 1
    assert "sent again before" in told
    assert "(sent again)" in cluster.run("list", "--reason", "step_failed")[1]
    assert len(cluster.sent(COMPLAINTS_EVENTS)) == 1


@pytest.mark.broker
def test_what_would_be_buried_again_is_left_and_told_why(cluster):
    cluster.bury(LISTINGS_EVENTS, b"l-1", b"no avro")
    cluster.bury_complaint(2, key="seller-1")
    cluster.bury_complaint(3, statement="x" * 20_001)
    whole = cluster.codec.encode(COMPLAINTS_EVENTS, complaint())
    cluster.bury(COMPLAINTS_EVENTS, b"listing-1", whole + bytes(MAXIMUM_VALUE_BYTES), "too_long")
    cluster.bury(TAKEDOWNS_COMMANDS, b"l-1", b"x", "no_input")
    cluster.bury("ip.other", b"l-1", b"x", "no_topic")
    status, told, _ = cluster.redrive("--all")
    assert status == 1
    for why in ("not_avro", "key_mismatch", "text_too_long", "in part only", "is not sent again"):
        assert why in told
    assert told.endswith("0 sent again, 6 left\n")
    assert not list(cluster.log.read_all(REDRIVES_EVENTS))


@pytest.mark.broker
def test_a_letter_is_mended_by_a_person(cluster, tmp_path):
    filed = cluster.bury_complaint(1, key="seller-1")
    place, file = cluster.place("step_failed"), tmp_path / "mended.json"
    assert cluster.run("save", place, file)[0] == 0
    assert cluster.redrive(place, "--mended", file)[:2] == (0, "1 sent again, 0 left\n")
    [(_, key, event)] = cluster.sent(COMPLAINTS_EVENTS)
    assert (key, event) == (filed.listing_id, filed)
    [note] = redriven(cluster.log, cluster.codec).values()
    assert note.mended


@pytest.mark.broker
@pytest.mark.parametrize(
    ("mended", "reason"),
    [
        ('{"event": "ComplaintFiled", "fields": {}}', "no event of"),
        ('{"event": "TakeDownListing", "fields": {}}', "no event of"),
        ("[]", "no event of"),
        ("{", "no event of"),
    ],
)
def test_what_was_mended_badly_is_told(cluster, tmp_path, mended, reason):
    cluster.bury_complaint(1)
    file = tmp_path / "mended.json"
    file.write_text(mended, encoding="utf-8")
    status, _, error = cluster.redrive(cluster.place("step_failed"), "--mended", file)
    assert status == 2
    assert reason in error


@pytest.mark.broker
def test_an_old_record_of_a_table_does_not_go_over_a_newer_one(cluster):
    party = owner()
    key = key_of(party).encode()
    old, new = (cluster.codec.encode(PARTIES_STATE, party._replace(name=n)) for n in ("A", "B"))
    for value in (old, new):
        cluster.producer.produce(PARTIES_STATE, value, key, 0)
        assert cluster.producer.flush(30) == 0
    first, second = (record.offset for record in cluster.log.read(PARTIES_STATE, 0))
    cluster.bury(PARTIES_STATE, key, old, "registry_behind", first)
    cluster.bury(PARTIES_STATE, key, new, "registry_behind_again", second)
    told = cluster.redrive("--all")[1]
    assert "has a newer record" in told
    assert [event.name for _, _, event in cluster.sent(PARTIES_STATE)] == ["B"]
    over = cluster.redrive(cluster.place("registry_behind"), "--over-newer")
    assert over[0] == 0


@pytest.mark.broker
@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("show", "1"), "no place"),
        (("show", "99:1"), "no dead letter"),
        (("redrive", "--operator", "o", "--why", "w"), "name places"),
        (("redrive", "0:1", "--all", "--operator", "o", "--why", "w"), "name places"),
        (("redrive", "--all", "--mended", "f", "--operator", "o", "--why", "w"), "one letter"),
    ],
)
def test_what_is_asked_wrongly_is_told(cluster, arguments, reason):
    status, _, error = cluster.run(*arguments)
    assert status == 2
    assert reason in error


@pytest.mark.broker
def test_who_began_before_sends_nothing(cluster):
    filed = cluster.bury_complaint(1)
    place = cluster.place("step_failed")
    first = Redriver(cluster.servers, cluster.codec)
    assert cluster.redrive(place)[0] == 0
    [note] = redriven(cluster.log, cluster.codec).values()
    again = Redrive(b"l-1", cluster.codec.encode(COMPLAINTS_EVENTS, filed), [], note)
    with pytest.raises(RedriveFailed, match="somebody else"):
        first.send([again])
    assert len(cluster.sent(COMPLAINTS_EVENTS)) == 1


@pytest.mark.broker
@pytest.mark.timeout(300)
def test_each_letter_is_sent_once_through_kills(cluster, monkeypatch):
    count = 3_000
    for number in range(count):
        cluster.bury_complaint(number)
        cluster.producer.poll(0)
    cluster.producer.flush(60)
    line = [
        *(sys.executable, "-m", "ops", *cluster.arguments("redrive", "--all")),
        *("--operator", "operator-1", "--why", "A step was mended."),
    ]
    chance = random.Random(11)
    for _ in range(5):
        process = subprocess.Popen(line, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        before = len(redriven(cluster.log, cluster.codec))
        while process.poll() is None and len(redriven(cluster.log, cluster.codec)) == before:
            time.sleep(0.01)
        time.sleep(chance.random() * 0.05)
        process.kill()
        process.wait()
    left = count - len(redriven(cluster.log, cluster.codec))
    assert f"{left} sent again, " in cluster.redrive("--all")[1]
    links = [link for link, _, _ in cluster.sent(COMPLAINTS_EVENTS)]
    assert len(links) == len(set(links)) == count
    assert len(redriven(cluster.log, cluster.codec)) == count
