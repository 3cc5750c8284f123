"""Monitor processes on real Kafka: what they command, and what a kill leaves."""

import signal
import time

import pytest
from topology.harness import BrokerHarness, table_position
from world import START, listing, owner, review, trademark

from ops.local.process import free_port
from ops.trials.worker_processes import Progress, end_worker, start_worker
from schemas.events.detections import BlockListing, DelistListing, MisuseDetected
from streams.topology import MONITOR_INPUTS, MONITOR_TABLES

pytestmark = pytest.mark.broker
TRADEMARKS, PARTIES = "ip.trademarks.events", "ip.parties.state"
LISTINGS, REVIEWS = "ip.listings.events", "ip.reviews.events"
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
        arguments = ("--group", self.group, "--metrics-port", str(self.port))
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
    assert [type(each) for each in field.pipe.read(COMMANDS)] == [BlockListing]
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


def decide(field, listing_id, number, outcome):
    """Let a person decide on what was detected of a listing, told twice."""
    (detected,) = [e for e in field.pipe.read(DETECTIONS) if e.listing_id == listing_id]
    decided = review(
        review_id=f"review-{number}",
        case_id=detected.detection_id,
        listing_id=listing_id,
        outcome=outcome,
        reason_codes=detected.reason_codes,
    )
    for _ in range(2):
        field.tell(REVIEWS, listing_id, decided)


def test_what_comes_back_after_a_person_took_it_down_is_delisted(field):
    field.start()
    first = listing(listing_id="first", title="Cut3x nail polish remover 200 ml")
    send(field, first)
    field.settle()
    field.read_tables()
    decide(field, "first", 1, "take_down")
    field.settle()
    field.read_tables()
    send(field, first._replace(listing_id="second", title="Cut3x nail polish remover 200ml"))
    field.settle()
    kinds = {each.listing_id: type(each) for each in field.pipe.read(COMMANDS)}
    assert kinds == {"first": BlockListing, "second": DelistListing}


def test_what_reviewers_decide_on_a_detection_is_commanded(field):
    field.start()
    send(field, change(1, title="Cut3x polish"), change(2, title="Cut3x nail polish"))
    field.settle()
    field.read_tables()
    for number, outcome in ((1, "take_down"), (2, "decline")):
        decide(field, f"listing-{number}", number, outcome)
    field.settle()
    commands = field.pipe.read(COMMANDS)
    assert {(type(each), each.listing_id) for each in commands} == {(BlockListing, "listing-1")}
    assert len({each.command_id for each in commands}) == 1


def test_a_kill_loses_and_doubles_nothing(field):
    field.start()
    count = 300
    send(field, *(change(n, title="Cut3x replica polish") for n in range(count // 2)))
    field.monitor.send(signal.SIGKILL)
    send(field, *(change(n, title="Cut3x replica polish") for n in range(count // 2, count)))
    field.start()
    field.settle()
    ids = [each.command_id for each in field.pipe.read(COMMANDS)]
    assert len(ids) == len(set(ids)) == count
