"""Parts of the simulated day: arrivals, stories, journals, marketplaces, what checks find."""

import asyncio
import itertools
import json
import random
from collections import Counter, defaultdict
from types import SimpleNamespace

import pytest
from aiohttp.test_utils import TestClient, TestServer
from topology.harness import DriverHarness

from ops.demo.scenario import REGISTER_FILES
from ops.errors import OperatorError
from ops.local.patience import Patience
from ops.tools.import_trademarks import import_files
from ops.trials.simulation.agreement import check_receivers
from ops.trials.simulation.archived import difference, prints_of, told_of
from ops.trials.simulation.arrivals import arrival_times
from ops.trials.simulation.journal import Effect, Journal
from ops.trials.simulation.log_reader import DayLog
from ops.trials.simulation.marketplace import PROOF_MINUTES, Behaviour, Marketplace
from ops.trials.simulation.scenario import (
    KINDS,
    complaint,
    is_careless,
    listing,
    parties,
    story,
)
from schemas.durations import DAY_MILLISECONDS
from sinks.dispatch.webhook_signing import read_secret, signed_headers
from streams.clock import VirtualClock
from streams.driver import DriverSettings
from streams.kafka.records import InputRecord

START = 1_795_000_000_000
SECRET = "whsec_" + "A" * 43 + "="
EXPECTED = {
    "infringement": {"take_down", "send_to_review"},
    "counterfeit": {"take_down", "send_to_review"},
    "keyword_misuse": {"send_to_review"},
    "copyright": {"send_to_review"},
    "other_ground": {"send_to_review"},
    "other_class": {"decline"},
    "mark_absent": {"send_to_review"},
    "number_unknown": {"ask_for_clarification"},
    "not_in_force": {"decline"},
    "other_territory": {"decline"},
    "no_evidence": {"decline"},
    "signature_missing": {"ask_for_clarification"},
    "not_authorised": {"ask_for_clarification"},
    "listing_never": {"wait_for_listing"},
    "near_spelling": {"send_to_review"},
}


def test_all_complaints_arrive_within_the_day_and_some_in_batches():
    times = arrival_times(2_000, random.Random(3))
    assert len(times) == 2_000
    assert times == sorted(times)
    assert times[0] >= 0
    assert times[-1] < DAY_MILLISECONDS + 1_000
    assert sum(b - a == 1 for a, b in itertools.pairwise(times)) > 300
    assert times == arrival_times(2_000, random.Random(3))


def test_stories_follow_from_seed_and_number():
    assert story(5, 17) == story(5, 17)
    assert story(5, 17) != story(6, 17)
    kinds = Counter(story(5, number).kind for number in range(3_000))
    assert set(kinds) == set(KINDS)


def test_each_kind_of_complaint_is_decided_as_it_is_meant(tmp_path):
    harness = DriverHarness(tmp_path, DriverSettings(4, 200, START))
    import_files(
        REGISTER_FILES,
        lambda mark: harness.send(
            "ip.trademarks.events", f"{mark.office}:{mark.application_number}", mark
        ),
        lambda _text: None,
        lambda _bytes: None,
    )
    for party in parties(START):
        harness.send("ip.parties.state", party.party_id, party)
    chosen = {}
    for number in range(0, 3_000, 2):
        chosen.setdefault(story(5, number).kind, story(5, number))
    for told in chosen.values():
        if told.kind not in ("listing_late", "listing_never"):
            harness.send("ip.listings.events", told.listing_id, listing(told, 1, "active", START))
    harness.settle()
    for told in chosen.values():
        harness.send("ip.complaints.events", told.listing_id, complaint(told, START))
    harness.settle()
    outcomes = {d.case_id: d.outcome for d in harness.read("ip.decisions.events")}
    assert harness.dead_letters() == []
    harness.close()
    for kind, allowed in EXPECTED.items():
        assert outcomes[chosen[kind].complaint_id] in allowed, kind


def test_only_holders_that_file_what_is_unfounded_are_careless():
    told = [story(5, number) for number in range(0, 2_000, 2)]
    assert {is_careless(each.holder_id) for each in told} == {True, False}
    assert not any(is_careless(each.holder_id) for each in told if each.kind == "infringement")
    assert not is_careless("agent-07")


def effect(number, version=2):
    return Effect(f"command-{number}", "listing.take_down", "listing-000001", version, "removed", 5)


def test_a_journal_outlasts_a_cut_line(tmp_path):
    path = tmp_path / "journals" / "shop.jsonl"
    journal = Journal.open(path)
    journal.execute(effect(1))
    journal.prove("command-1")
    journal.fail("command-9")
    journal.count("busy")
    with path.open("ab") as file:
        file.write(b'["effect", "command-2", "listing.ta')
    again = Journal.open(path)
    again.execute(effect(3, 3))
    read = Journal.read(path)
    assert set(read.effects) == {"command-1", "command-3"}
    assert (read.proved, read.failed) == ({"command-1"}, {"command-9"})
    assert read.version("listing-000001") == 3
    assert read.counts["busy"] == 1
    with pytest.raises(ValueError, match="reading"):
        read.count("busy")


class Shown(list):
    """Listing changes that a marketplace published."""


def marketplace(path, clock, shown, behaviour=None):
    return Marketplace(
        "harbour",
        SECRET,
        Journal.open(path),
        clock,
        behaviour or Behaviour(),
        (lambda *state: listing(story(1, 1), *state[1:]), shown.append),
    ).application()


def command(number, clock):
    data = {"listing_id": "listing-000001", "command_id": f"command-{number}"}
    body = json.dumps({"type": "listing.take_down", "data": data}).encode()
    secrets = (read_secret(SECRET, None),)
    headers = signed_headers(secrets, f"command-{number}", body, clock.now_milliseconds())
    return body, headers


def test_a_marketplace_carries_a_command_out_once_and_shows_it_even_after_its_end(tmp_path):
    clock, shown, path = VirtualClock(START), Shown(), tmp_path / "shop.jsonl"

    async def run():
        async with TestClient(TestServer(marketplace(path, clock, shown))) as client:
            body, headers = command(1, clock)
            forged = {**headers, "webhook-signature": "v1,AAAA"}
            assert (await client.post("/commands", data=body, headers=forged)).status == 401
            for _ in range(2):
                answer = await client.post("/commands", data=body, headers=headers)
                assert await answer.json() == {"result": "executed"}
        assert shown == []
        clock.advance(int(PROOF_MINUTES[1] * 60_000))
        async with TestClient(TestServer(marketplace(path, clock, shown))):
            patience = Patience()
            while not shown and not patience.runs_out(None):
                await asyncio.sleep(0.02)

    asyncio.run(run())
    assert [(each.version, each.status) for each in shown] == [(2, "removed")]
    counts = Journal.read(path).counts
    assert (counts["repeat"], counts["doubled"], counts["signature refused"]) == (1, 0, 1)


def test_a_marketplace_fails_as_it_is_told_to(tmp_path):
    clock, path = VirtualClock(START), tmp_path / "shop.jsonl"

    async def run(behaviour):
        application = marketplace(path, clock, Shown(), behaviour)
        async with TestClient(TestServer(application)) as client:
            body, headers = command(7, clock)
            return await client.post("/commands", data=body, headers=headers)

    busy = asyncio.run(run(Behaviour(busy=1.0)))
    assert (busy.status, "Retry-After" in busy.headers) == (429, True)
    assert asyncio.run(run(Behaviour(error=1.0))).status == 503
    assert asyncio.run(run(Behaviour(failed=1.0))).status == 200
    assert Journal.read(path).effects == {}
    asyncio.run(run(Behaviour(failed=1.0)))
    assert set(Journal.read(path).effects) == {"command-7"}


def test_lost_doubled_and_forged_commands_are_found(tmp_path):
    empty = {name: defaultdict(int) for name in DayLog._fields}
    commands = {
        f"command-{number}": SimpleNamespace(
            marketplace="shop", listing_id=f"listing-{number}", issued_at_milliseconds=number
        )
        for number in (1, 2)
    }
    log = DayLog(**{**empty, "commands": commands, "doubled_commands": ("command-2",)})
    path = tmp_path / "shop.jsonl"
    journal = Journal.open(path)
    journal.execute(effect(1))
    journal.execute(effect(1))
    journal.execute(effect(3))
    journal.prove("command-1")
    problems = "\n".join(check_receivers(log, [path]).problems)
    for what in ("twice on the topic", "carried out twice", "without effect", "without a command"):
        assert what in problems
    assert "1 effects not shown" in problems


def test_a_failed_command_that_another_did_or_undid_is_not_lost(tmp_path):
    empty = {name: defaultdict(int) for name in DayLog._fields}
    commands = {
        f"command-{number}": SimpleNamespace(
            marketplace="shop", listing_id="listing-1", issued_at_milliseconds=number
        )
        for number in (1, 2)
    }
    commands["command-5"] = SimpleNamespace(
        marketplace="shop", listing_id="listing-5", issued_at_milliseconds=1
    )
    told = {"commands": commands, "doubled_commands": (), "proved": {"command-5"}}
    log = DayLog(**{**empty, **told})
    path = tmp_path / "shop.jsonl"
    journal = Journal.open(path)
    journal.fail("command-1")
    journal.fail("command-5")
    journal.execute(effect(2))
    journal.prove("command-2")
    found = check_receivers(log, [path])
    assert found.problems == ()
    assert "2 failed and settled by another" in found.lines[0]


class LogOf:
    """A partition of the given records."""

    def __init__(self, records):
        self._records = records

    def read(self, _topic, _partition):
        yield from self._records


@pytest.mark.parametrize(
    ("archived", "told"),
    [
        ([0, 1, 5], []),
        ([0, 5], ["1 records lost, such as 1"]),
        ([0, 1, 3, 5], ["1 records invented, such as 3"]),
        ([0, -1, 5], ["1 records otherwise, such as 1"]),
    ],
)
def test_the_archive_is_compared_record_by_record(archived, told):
    source = ("ip.decisions.events", 2)

    def log(offsets):
        return LogOf(
            [
                InputRecord(*source, abs(each), b"k", b"other" if each < 0 else b"v", None, START)
                for each in offsets
            ]
        )

    found = difference(prints_of(log([0, 1, 5]), source), prints_of(log(archived), source))
    assert list(told_of(source, found)) == [f"ip.decisions.events 2: {each}" for each in told]


def test_what_compaction_took_is_no_difference():
    source = ("ip.rules.state", 0)
    found = difference({3: b"x"}, {1: b"y", 3: b"x"})
    assert list(told_of(source, found)) == []


def test_an_offset_that_is_archived_twice_is_told():
    record = InputRecord("ip.decisions.events", 0, 4, b"k", b"v", None, START)
    with pytest.raises(OperatorError, match="offset 4 is there twice"):
        prints_of(LogOf([record, record]), ("ip.decisions.events", 0))
