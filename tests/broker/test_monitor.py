"""Monitor processes on real Kafka: what they find, and what a kill leaves."""

import signal
import time

import pytest
from topology.harness import BrokerHarness, table_position
from world import START, listing, owner, trademark
from world_monitoring import delisting

from ops.local.process import free_port
from ops.trials.worker_processes import Progress, end_worker, start_worker
from schemas.events.detections import MisuseDetected
from streams.topology import MONITOR_INPUTS, MONITOR_TABLES

pytestmark = pytest.mark.broker
TRADEMARKS, PARTIES = "ip.trademarks.events", "ip.parties.state"
LISTINGS = "ip.listings.events"
COMMANDS, DETECTIONS = "ip.takedowns.commands", "ip.detections.events"


class Field:
    """A monitor on real Kafka, and what it wrote."""

    def __init__(self, addresses, directory):
        self.addresses, self.directory = addresses, directory
        self.group = f"monitor-{time.time_ns()}"
        self.pipe = BrokerHarness(addresses, directory / "pipe")
        # Only its producer and reader are used: no worker runs here.
        self.pipe._process = None
        self.monitor = None

    def tell(self, topic, key, event):
        value = self.pipe.codec.encode(topic, event)
        headers = self.pipe.codec.headers(event, key, START)
        self.pipe._producer.produce(topic, value, key, headers=headers)
        self.pipe._producer.flush()

    def start(self, instance="one"):
        self.port = free_port()
        arguments = ["--group", self.group, "--metrics-port", str(self.port)]
        arguments += ["--index-directory", str(self.directory / "indexes")]
        self.monitor = start_worker(
            self.addresses, instance, self.directory, arguments, command="monitor"
        )

    def settle(self):
        progress = Progress(self.addresses[0], tuple(MONITOR_INPUTS), self.group)
        progress.wait(progress.end(), self.monitor)
        progress.close()

    def read_tables(self):
        """Wait until the monitor has read all that its tables hold by now."""
        ends = {
            (m.topic(), m.partition()): m.offset() + 1
            for topic in MONITOR_TABLES
            for m in self.pipe.records(topic)
        }
        wanted = sum(ends.values())

        def position():
            return table_position(self.port, MONITOR_TABLES)

        self.monitor.wait_until(lambda: position() >= wanted, "the monitor", position)

    def close(self):
        if self.monitor is not None:
            end_worker(self.monitor)


@pytest.fixture
def field(topics, schema_registry, tmp_path):
    made = Field((topics, schema_registry.address), tmp_path)
    made.tell(TRADEMARKS, "US:76044902", trademark())
    made.tell(PARTIES, "holder-1", owner(trademark_keys=("US:76044902",)))
    yield made
    made.close()


def change(number, **changes):
    return listing(listing_id=f"listing-{number}", seller_id=f"seller-{number}", **changes)


def send(field, *events):
    for event in events:
        field.tell(LISTINGS, event.listing_id, event)


def test_titles_are_watched_and_the_registry_followed(field):
    field.start()
    send(
        field,
        change(1, title="Cut3x replica polish"),
        change(2, title="Cutex polish"),
        change(3, title="Gl0wy replica polish"),
    )
    field.settle()
    assert [each.outcome for each in field.pipe.read(DETECTIONS)] == ["block"]
    field.tell(TRADEMARKS, "US:1", trademark(application_number="1", mark_text="GLOWY"))
    field.tell(
        TRADEMARKS, "US:76044902", trademark(status="cancelled", recorded_at_milliseconds=START - 1)
    )
    field.read_tables()
    send(field, change(4, title="Gl0wy replica polish"), change(5, title="Cut3x replica polish"))
    field.settle()
    detected = field.pipe.read(DETECTIONS)
    assert {each.listing_id for each in detected} == {"listing-1", "listing-4"}
    assert all(isinstance(each, MisuseDetected) for each in detected)


def test_what_comes_back_after_a_person_took_it_down_is_delisted(field):
    field.start()
    first = delisting(listing_id="first", title="Cut3x nail polish remover 200 ml")
    field.tell(COMMANDS, "first", first)
    field.read_tables()
    send(field, listing(listing_id="second", title="Cut3x nail polish remover 200ml"))
    field.settle()
    (detected,) = field.pipe.read(DETECTIONS)
    assert (detected.outcome, detected.resembles_listing_id) == ("delist", "first")


def test_a_kill_loses_and_doubles_nothing(field):
    field.start()
    count = 300
    send(field, *(change(n, title="Cut3x replica polish") for n in range(count // 2)))
    field.monitor.send(signal.SIGKILL)
    send(field, *(change(n, title="Cut3x replica polish") for n in range(count // 2, count)))
    field.start()
    field.settle()
    ids = [each.detection_id for each in field.pipe.read(DETECTIONS)]
    assert len(ids) == len(set(ids)) == count


def test_a_new_monitor_takes_the_index_of_another(field):
    field.start("one")
    send(field, change(1, title="Cut3x replica polish"))
    field.settle()
    end_worker(field.monitor)
    [shared] = (field.directory / "indexes").glob("*.index")
    written = shared.stat().st_mtime_ns
    field.tell(TRADEMARKS, "US:1", trademark(application_number="1", mark_text="GLOWY"))
    field.start("two")
    send(field, change(2, title="Cut3x replica polish"), change(3, title="Gl0wy replica polish"))
    field.settle()
    detected = {each.listing_id for each in field.pipe.read(DETECTIONS)}
    assert detected == {"listing-1", "listing-2", "listing-3"}
    assert [shared] == list((field.directory / "indexes").glob("*.index"))
    assert shared.stat().st_mtime_ns == written
