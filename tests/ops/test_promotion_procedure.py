"""A candidate from its check to all listings and back by itself, by the commands alone, over weeks
of an archive: decisions by the real steps, in virtual time."""

import time
from itertools import count, islice
from types import SimpleNamespace

import pytest
from archive.feeding import archive_of, feed
from archive.test_backtest import candidate_in
from topology.harness import PARTITIONS, STANDING, DriverHarness
from topology.test_lifecycle import COMPLAINTS, LISTINGS, RULES, send, tell_tables
from world import HOUR, START, complaint, listing, review

from ops.__main__ import main
from ops.tools import rules_topic
from processors.policies.service_level import ServiceLevel
from processors.rules.rollout import is_in_share
from replay.log import KafkaLog
from schemas.declaration import key_of
from schemas.events.complaints import ComplaintRetracted
from schemas.wire.registry import connect
from sinks.archive.storage import storage_at
from streams.driver import DriverSettings
from streams.policies.rule_files import BUILT_IN_DIRECTORY, load_rules

DAY = 24 * HOUR
CASES = 104
RELATED = 78
"""Of goods that the candidate takes down and the live rules send to people: with so many of which
none is lawful, the upper end of the interval is below 5 %."""


class Weeks:
    """A pipeline whose time is that of the commands, with its archive and a topic of rules."""

    def __init__(self, directory, addresses, monkeypatch):
        self.now = time.time_ns() // 1_000_000 // DAY * DAY - 90 * DAY
        settings = DriverSettings(
            partitions=PARTITIONS,
            now_milliseconds=self.now,
            service_level=ServiceLevel(standing=STANDING),
        )
        codec = connect(addresses[1], register=True)
        self._harness = DriverHarness(directory / "state", settings, codec)
        self._addresses = addresses
        self.archive = directory / "archive"
        self._told = set()
        self._numbers = count()
        monkeypatch.setattr(
            rules_topic, "time", SimpleNamespace(time_ns=lambda: self.now * 1_000_000)
        )
        tell_tables(self._harness)
        self.topic = rules_topic.RulesTopic(*addresses)

    def command(self, action, *options, by="anna"):
        """Run an action of the promotion on what is archived, and have the pipeline hear of it."""
        servers, registry = self._addresses
        connections = ("--bootstrap-servers", servers, "--schema-registry", registry)
        status = main(["promotion", action, *options, "--by", by, *connections])
        for record in KafkaLog(servers).read_all(RULES):
            place = (record.partition, record.offset)
            if place not in self._told:
                self._told.add(place)
                event = self._harness.codec.decode(RULES, record.value, record.headers)
                self._harness.send(RULES, key_of(event), event)
        self._harness.settle()
        return status

    def measured(self, action, *options):
        return self.command(action, "--archive", str(self.archive), *options)

    def backtest(self, rules, begin, report):
        first, last = (
            time.strftime("%Y-%m-%d", time.gmtime(each / 1000)) for each in (begin, self.now)
        )
        return main(
            [
                *("replay", "backtest", "--rules", str(rules), "--archive", str(self.archive)),
                *("--from", first, "--to", last, "--reviews-a-day", "50", "--gates"),
                *("--report", str(report), "--tested-by", "ben"),
                *("--schema-registry", self._addresses[1]),
            ]
        )

    def cases(self, days, of=lambda _listing_id: True, reviewed=False, retracted=0):
        """Let so many days pass, with cases spread over them and archived; give their decisions."""
        names = (f"listing-{number}" for number in self._numbers)
        filed = []
        for place, name in enumerate(islice(filter(of, names), CASES)):
            related = place < RELATED
            case_id = f"case-of-{name}"
            classes = (5,) if related else (3,)
            send(self._harness, LISTINGS, listing(listing_id=name, nice_classes=classes))
            send(self._harness, COMPLAINTS, complaint(complaint_id=case_id, listing_id=name))
            self._harness.settle()
            if reviewed and related:
                send(
                    self._harness,
                    "ip.reviews.events",
                    review(review_id=f"review-{name}", case_id=case_id, listing_id=name),
                )
            if place < retracted:
                send(self._harness, COMPLAINTS, withdrawn(case_id, name))
            self._harness.settle()
            filed.append(case_id)
            self._pass(days * DAY // CASES)
        writer = archive_of(storage_at(str(self.archive)), self._harness.codec)
        feed(writer, self._harness.driver.log, batch_records=10_000)
        writer.close()
        found = self._harness.read("ip.decisions.events")
        return [each for each in found if getattr(each, "case_id", "") in filed]

    def _pass(self, milliseconds):
        self._harness.driver.advance(milliseconds)
        self.now = self._harness.driver.clock.now_milliseconds()

    def close(self):
        self._harness.close()


def withdrawn(case_id, listing_id):
    return ComplaintRetracted(
        retraction_id=f"retraction-of-{case_id}",
        case_id=case_id,
        listing_id=listing_id,
        complainant_id="holder-1",
        explanation="The goods are genuine.",
        retracted_at_milliseconds=START,
    )


@pytest.fixture
def weeks(topics, schema_registry, tmp_path, monkeypatch):
    made = Weeks(tmp_path, (topics, schema_registry.address), monkeypatch)
    yield made
    made.close()


@pytest.fixture
def wider(tmp_path):
    """Rules that take counterfeits of related goods down, too."""
    rules = {each.rule_id: each for each in load_rules(BUILT_IN_DIRECTORY)}
    condition = rules["take-down-counterfeit"].condition.replace(
        'nice_class == "covered"', 'nice_class in ["covered", "related"]'
    )
    changed = {"condition": condition, "priority": 199}
    return candidate_in(tmp_path / "wider", take_down_counterfeit=changed)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_candidate_goes_the_whole_way_and_is_taken_back_by_itself(weeks, wider, tmp_path, capsys):
    begin = weeks.now
    weeks.cases(10, reviewed=True)
    assert weeks.command("begin", str(wider)) == 0
    [name] = weeks.topic.state().candidates
    assert weeks.backtest(wider, begin, tmp_path / "report") == 0
    assert weeks.command("backtest", str(tmp_path / "report")) == 0
    assert weeks.command("approve", name, by="ben") == 2
    weeks.cases(3, reviewed=True)
    assert weeks.measured("shadow", name) == 1
    assert "NOT met  compared on 7 days" in capsys.readouterr().out
    weeks.cases(5, reviewed=True)
    assert weeks.measured("shadow", name) == 0
    assert weeks.command("widen", name) == 2
    assert weeks.command("approve", name, by="carol") == 0
    for share in (1, 10, 50):
        assert weeks.command("widen", name) == 0
        assert weeks.topic.state().share_percent == share
        assert weeks.command("widen", name) == 2

        def is_in(listing_id, share=share):
            return is_in_share(name, share, "shop", listing_id)

        decided = weeks.cases(4, is_in)
        assert {each.capsule.rule_set_hash for each in decided if each.automated} == {name}
        assert weeks.measured("watch", "--once") == 0
        assert weeks.measured("canary") == 0
    assert weeks.command("widen", name) == 0
    assert weeks.topic.state().share_percent == 100
    weeks.cases(1, retracted=20)
    assert weeks.measured("watch", "--once") == 1
    state = weeks.topic.state()
    assert state.share_percent == 0
    assert "of new takedowns are wrong: 20 of 20 looked at" in state.rollout.reason
    assert not state.gates[name, "canary", 100].met
    decided = weeks.cases(1)
    assert name not in {each.capsule.rule_set_hash for each in decided}
    assert [each.outcome for each in decided].count("send_to_review") == RELATED
    assert weeks.command("widen", name) == 2
    assert weeks.command("settle", name) == 2
