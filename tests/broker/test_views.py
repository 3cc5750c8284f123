"""Live views on real Kafka: after repeats, aborted transactions, kills, with two instances."""

import asyncio
import signal
import sys
import time

import httpx
import pytest
from aiokafka import AIOKafkaConsumer, TopicPartition
from confluent_kafka import Producer
from views.made import MARK, breached, closed, decided, standing, surveyed, taken_down

from ops.errors import OperatorError
from ops.local.patience import Patience
from ops.local.process import ServerProcess, free_port
from ops.services import views as views_command
from schemas.wire.registry import connect
from streams.kafka.producing import EventProducer, send
from streams.views.faust_transport import seek_to_committed

pytestmark = pytest.mark.broker
LOG_LINES = 60
DECISIONS, SLA, COMMANDS = "ip.decisions.events", "ip.sla.events", "ip.takedowns.commands"
SURVEYS, STANDINGS = "ip.surveys.events", "ip.standings.state"


class Instance:
    """One process of the live views."""

    def __init__(self, addresses, group, directory):
        self.port = free_port()
        self.line = [
            sys.executable, "-m", "ops", "--verbose", "views",
            "--bootstrap-servers", addresses[0],
            "--schema-registry", addresses[1],
            "--data-directory", str(directory / "data"),
            "--group", group,
            "--web-port", str(self.port),
            "--session-timeout-seconds", "6",
        ]  # fmt: skip
        self.log = directory / "views.log"
        directory.mkdir(exist_ok=True)
        self.start()

    def start(self):
        self.process = ServerProcess(self.line, self.log, {})

    def get(self, path):
        return httpx.get(f"http://127.0.0.1:{self.port}/views/{path}", timeout=10.0)

    def wait(self, path, wanted):
        """Wait until what a view answers is as wanted; give it."""
        patience = Patience()
        answer = None
        while not patience.runs_out(answer):
            assert self.process.running, self.process.tail()
            try:
                response = self.get(path)
            except httpx.TransportError:
                time.sleep(0.2)
                continue
            answer = response.json()
            if response.status_code == 200 and wanted(answer):
                return answer
            time.sleep(0.2)
        log = self.log.read_text(errors="replace").splitlines()
        told = [line for line in log if "does not answer" not in line]
        raise AssertionError("\n".join([*told[-LOG_LINES:], f"{path}: {answer}"]))

    def end(self):
        self.process.send(signal.SIGTERM)
        self.process.stop()

    def kill(self):
        self.process.send(signal.SIGKILL)
        self.process.stop()


class Field:
    """Kafka, the registry, and instances of one group."""

    def __init__(self, addresses, directory):
        self.addresses, self.directory = addresses, directory
        self.group = f"views-{time.time_ns()}"
        self.codec = connect(addresses[1], register=True)
        self.producer = EventProducer(addresses[0])
        self.instances = []

    def instance(self):
        directory = self.directory / f"instance-{len(self.instances)}"
        self.instances.append(Instance(self.addresses, self.group, directory))
        return self.instances[-1]

    def tell(self, topic, *events):
        for event in events:
            key = getattr(event, "listing_id", None) or event.party_id
            send(self.producer, self.codec, (topic, key, event))
        self.producer.flush()

    def abort(self, topic, event):
        """Write an event in a transaction that is then aborted."""
        producer = Producer(
            {"bootstrap.servers": self.addresses[0], "transactional.id": self.group}
        )
        producer.init_transactions()
        producer.begin_transaction()
        producer.produce(topic, self.codec.encode(topic, event), event.listing_id)
        producer.flush()
        producer.abort_transaction()

    def close(self):
        for instance in self.instances:
            if instance.process.running:
                instance.end()


@pytest.fixture
def field(topics, schema_registry, tmp_path):
    made = Field((topics, schema_registry.address), tmp_path)
    yield made
    made.close()


def day(field, count=40):
    """Tell a day's events, each twice."""
    now = int(time.time() * 1000)
    for number in range(count):
        case, outcome = f"case-{number}", "decline" if number % 5 == 0 else "take_down"
        at = now - number * 1_200_000
        marketplace = "shop" if number % 2 else "淘宝"
        changes = {"at": at, "outcome": outcome, "marketplace": marketplace}
        for _ in range(2):
            field.tell(DECISIONS, decided(case, **changes))
            field.tell(SLA, closed(case, **changes))
    for number in range(10):
        event = surveyed(number, 1 + number % 5, now)
        field.tell(SURVEYS, event, event)
        field.tell(STANDINGS, standing(f"seller-{number}", number))
    field.tell(SLA, breached("case-late", now))
    field.tell(COMMANDS, taken_down("case-1", now))
    return now


def test_two_instances_count_each_event_once_and_one_takes_over_when_the_other_is_killed(field):
    first, second = field.instance(), field.instance()
    both = (first, second)
    field.abort(DECISIONS, decided("case-aborted", int(time.time() * 1000)))
    field.producer.produce(DECISIONS, b"not avro", b"listing")
    now = day(field)
    for views in both:
        views.wait("health", lambda a: len(a["partitions"]["cases"]) == 2)
        views.wait("summary", lambda a: counts_of(a) == (40, 40, 1, 10, 1))
    check_figures(first)
    endings = [views.get("health").json()["events"] for views in both]
    assert sum(each.get("not_decoded", 0) for each in endings) >= 1
    held = [views.get("partial/sla").json() for views in both]
    assert sorted(held[0]["partitions"] + held[1]["partitions"]) == [0, 1, 2, 3]
    assert all(each["tally"] for each in held)
    for number in range(2, 10):
        for views in both:
            assert views.get(f"offenders/seller-{number}").json()["strikes"] == number

    # The other restores the lost one's partitions from the changelogs.
    second.kill()
    field.tell(DECISIONS, decided("case-after", now), decided("case-after", now))
    first.wait("summary", lambda a: counts_of(a) == (41, 40, 1, 10, 1))
    first.wait("health", lambda a: len(a["partitions"]["cases"]) == 4)

    # And one that was away comes back to the rows on its disk and what happened meanwhile.
    second.start()
    for views in both:
        views.wait("health", lambda a: len(a["partitions"]["cases"]) == 2)
        views.wait("summary", lambda a: counts_of(a) == (41, 40, 1, 10, 1))


def test_partitions_that_were_never_committed_are_read_anew(topics):
    producer = Producer({"bootstrap.servers": topics})
    for topic in (DECISIONS, SLA, COMMANDS):
        for number in range(3):
            producer.produce(topic, str(number), partition=0)
    producer.flush()

    async def read(consumer, count):
        records = [await consumer.getone() for _ in range(count)]
        return sorted((record.topic, record.offset) for record in records)

    async def main():
        settings = {"enable_auto_commit": False, "auto_offset_reset": "earliest"}
        group = f"group-{time.time_ns()}"
        async with AIOKafkaConsumer(
            bootstrap_servers=topics, group_id=group, **settings
        ) as consumer:
            consumer.assign([TopicPartition(topic, 0) for topic in (DECISIONS, SLA, COMMANDS)])
            assert len(await read(consumer, 9)) == 9
            await consumer.commit({TopicPartition(SLA, 0): 2})
            paused = TopicPartition(DECISIONS, 0)
            consumer.pause(paused)
            committed = await seek_to_committed(consumer, {COMMANDS})
            consumer.resume(paused)
            assert committed[TopicPartition(SLA, 0)] == 2
            again = await read(consumer, 4)
            assert again == [(DECISIONS, 0), (DECISIONS, 1), (DECISIONS, 2), (SLA, 2)]
            assert not await consumer.getmany(timeout_ms=500)

    asyncio.run(main())


def check_figures(views):
    """See that the views show what `day` told."""
    sla = views.get("sla").json()
    assert sla["total"]["attainment_share"] == round(40 / 41, 4)
    assert sla["total"]["taken_down_share"] == 0.8
    assert sum(hour["closed_within"] for hour in sla["hours"]) == 40
    assert len(sla["hours"]) > 10
    outcomes = views.get("outcomes/淘宝").json()["total"]["outcomes"]
    assert outcomes == {"decline": 4, "take_down": 16}
    brand = views.get(f"brands/{MARK}").json()
    assert brand["names"][0]["label"] == "CUTEX"
    assert brand["total"]["decisions"] == 40
    worst = views.get("offenders").json()["offenders"]
    assert [each["strikes"] for each in worst] == [9, 8, 7, 6, 5, 4, 3, 2]
    assert views.get("offenders/seller-1").status_code == 404
    assert views.get("sla?hours=900").status_code == 400
    assert views.get("brands/no-such-mark").status_code == 404
    assert "淘宝" in views.get("").text


def counts_of(summary):
    """Return what is compared, or None while partitions are missing."""
    views = summary["views"]
    sla = views["sla"]["total"]
    if summary["partitions_missing"]:
        return None
    return (
        views["outcomes"]["total"]["decisions"],
        sla["closed_within"],
        sla["breached"],
        views["surveys"]["total"]["complainant"]["answers"],
        views["brands"]["total"]["takedown_commands"],
    )


@pytest.mark.parametrize(
    ("named", "told"),
    [
        (("ip.sla.events", "ip.no-such.events"), "no such topic as ip.no-such.events"),
        (("ip.sla.events", "ip.rules.state"), "different partition counts"),
    ],
)
def test_topics_that_can_not_be_read_together_are_refused(topics, monkeypatch, named, told):
    monkeypatch.setattr(views_command, "TABLES", {"table": named})
    with pytest.raises(OperatorError, match=told):
        views_command.topics_read(topics)
