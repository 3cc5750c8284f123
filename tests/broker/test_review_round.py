"""From topics to the case store, to a reviewer, and back by the outbox, on real servers."""

import sys
import time
from contextlib import closing

import pytest
from topology.harness import BrokerHarness
from world import complaint, listing, owner, trademark

from ops.local.patience import wait_for
from ops.local.process import ServerProcess
from processors.reviews.assignment import Reviewer
from schemas.events.reviews import ReviewDecided
from schemas.events.takedowns import RestrictListing
from sinks.database.database import connect
from streams.clock import SystemClock
from streams.sources.desk.desk import Desk
from streams.sources.desk.rows import fetch_all
from streams.sources.desk.types import Verdict

pytestmark = pytest.mark.broker


@pytest.fixture
def service(topics, schema_registry, database, tmp_path):
    """Start a service of ours with the addresses that both need."""
    started = []

    def start(*command):
        addresses = (
            *("--database", database),
            *("--bootstrap-servers", topics),
            *("--schema-registry", schema_registry.address),
        )
        line = [sys.executable, "-m", "ops", "--verbose", *command, *addresses]
        started.append(ServerProcess(line, tmp_path / f"{command[0]}-{len(started)}.log", {}))
        return started[-1]

    yield start
    for process in started:
        process.stop()


def wait(found, *processes):
    def try_it():
        assert all(process.running for process in processes), tails()
        return found()

    def tails():
        return "\n".join(process.tail() for process in processes)

    return wait_for("the services", try_it, tell=tails)


def test_a_case_goes_to_a_reviewer_and_its_decision_back_exactly_once(
    service, topics, schema_registry, database, tmp_path
):
    group = f"store-{time.time_ns()}"
    store = service("case-store", "--group", group)
    outbox = service("desk-outbox")
    pipe = BrokerHarness((topics, schema_registry.address), tmp_path)
    with closing(pipe), connect(database) as connection:
        pipe.send("ip.trademarks.events", "US:76044902", trademark())
        pipe.send("ip.parties.state", "holder-1", owner(trademark_keys=("US:76044902",)))
        pipe.send("ip.listings.events", "listing-1", listing())
        filed = complaint(ground="other")
        pipe.send("ip.complaints.events", "listing-1", filed)
        pipe.settle()
        desk = Desk(connection, SystemClock())
        desk.put_reviewer(Reviewer("ann", ("complaint:*",), ("*",)))
        claimed = wait(lambda: desk.claim("ann"), store, outbox)
        assert claimed.row["case_id"] == "complaint-1"
        verdict = Verdict(claimed.task.task_id, "ann", "take_down", ("counterfeit",))
        assert desk.decide(verdict).status == "decided"

        def case():
            rows = fetch_all(connection, "SELECT * FROM case_overview WHERE outcome = 'take_down'")
            return rows and rows[0]["clock_state"] == "closed" and rows[0]

        found = wait(case, store, outbox)
        assert (found["reviewer_id"], found["within_deadline"]) == ("ann", True)

        # The publisher dies between the broker's answer and its mark: the review is sent again.
        outbox.kill()
        connection.execute("UPDATE outbox SET sent_at_milliseconds = NULL")
        again = service("desk-outbox")
        unsent = "SELECT FROM outbox WHERE sent_at_milliseconds IS NULL"
        wait(lambda: not fetch_all(connection, unsent), store, again)
        pipe.settle()
        reviews = [e for e in pipe.read("ip.reviews.events") if isinstance(e, ReviewDecided)]
        assert len(reviews) == 2
        assert reviews[0] == reviews[1]
        commands = pipe.read("ip.takedowns.commands")
        assert [type(command) for command in commands] == [RestrictListing]
        assert commands[0].territories == ("US",)
        told = wait(lambda: fetch_all(connection, "SELECT * FROM commands"), store)
        assert [row["command_id"] for row in told] == [commands[0].command_id]
        assert pipe.dead_letters() == []
        names = {type(event).__name__ for event in pipe.read("ip.desk.events")}
        assert names == {"ReviewAssigned", "OutreachRequested"}
