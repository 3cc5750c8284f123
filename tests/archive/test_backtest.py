"""What other rules would have decided: by combinations alone, and with all steps taken."""

import random
import shutil
from collections import Counter
from datetime import UTC, datetime

import pytest
import yaml
from pyarrow import parquet
from topology.harness import DriverHarness
from topology.test_lifecycle import COMPLAINTS, LISTINGS, send, tell_tables
from world import HOUR, START, complaint, listing, review, rule_set

from archive.feeding import archive_of, feed
from ops.__main__ import main
from processors.findings.versions import FINDINGS_VERSION
from processors.rules.domain import COMPLAINTS as DOMAIN
from processors.rules.rule_set import RuleSet
from replay.backtest.accuracy import share
from replay.backtest.backtest import BacktestRun
from replay.backtest.gates import gates_of
from replay.backtest.record import read_record
from replay.backtest.report import lines_of, page_of
from replay.backtest.review_load import loads
from replay.backtest.rulings import Combination, findings_of, pairs
from replay.log import ReplayError
from replay.period import Period
from sinks.archive.storage import storage_at
from streams.policies.rule_files import BUILT_IN_DIRECTORY, PLAIN_COUNTERFEIT, load_rules

PERIOD = Period(START - HOUR, START + 1_000 * HOUR)


def candidate_in(directory, **changes):
    """Write the built-in rules with fields of some changed; give the directory."""
    shutil.copytree(BUILT_IN_DIRECTORY, directory)
    for name, fields in changes.items():
        path = directory / f"{name.replace('_', '-')}.yaml"
        content = yaml.safe_load(path.read_text(encoding="utf-8")) | fields
        path.write_text(yaml.safe_dump(content), encoding="utf-8")
    return directory


@pytest.fixture(scope="module")
def wider(tmp_path_factory):
    """Rules that take counterfeits of related goods down, too."""
    rules = {each.rule_id: each for each in load_rules(BUILT_IN_DIRECTORY)}
    condition = rules["take-down-counterfeit"].condition.replace(
        'nice_class == "covered"', 'nice_class in ["covered", "related"]'
    )
    return candidate_in(
        tmp_path_factory.mktemp("rules") / "wider",
        take_down_counterfeit={"condition": condition, "priority": 199},
    )


@pytest.fixture(scope="module")
def archived(tmp_path_factory):
    """An archive of four takedowns, two reviews of related goods, of which a person decided one,
    and a complaint of somebody unknown."""
    directory = tmp_path_factory.mktemp("archived")
    harness = DriverHarness(directory / "state")
    tell_tables(harness)
    for number in range(7):
        name = f"listing-{number}"
        classes = (5,) if number in (4, 5) else (3,)
        send(harness, LISTINGS, listing(listing_id=name, nice_classes=classes))
        harness.settle()
        filed = complaint(complaint_id=f"complaint-{number}", listing_id=name)
        unknown = filed._replace(complainant_id="nobody")
        send(harness, COMPLAINTS, unknown if number == 6 else filed)
    harness.settle()
    send(harness, "ip.reviews.events", review(case_id="complaint-4", listing_id="listing-4"))
    harness.settle()
    harness.driver.advance(100 * HOUR)
    place = directory / "archive"
    writer = archive_of(storage_at(str(place)), harness.codec)
    feed(writer, harness.driver.log)
    writer.close()
    yield place, harness
    harness.close()


def outcome_of(archived, rules, tmp_path, in_full=True, reviews_a_day=None):
    place, harness = archived
    run = BacktestRun(storage_at(str(place)))
    candidate = RuleSet(load_rules(rules))
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    codec = harness.codec if in_full else None
    return run, run.run(candidate, PERIOD, reviews_a_day, 5.0, codec, scratch)


def test_both_orders_tell_what_a_wider_rule_takes_down(archived, wider, tmp_path):
    run, found = outcome_of(archived, wider, tmp_path, reviews_a_day=1)
    first, second = found.first, found.second
    assert (first.differing, first.effect.new, first.effect.lost) == (2, 2, 0)
    assert (first.effect.new_infringing, first.effect.new_lawful) == (1, 0)
    [change] = first.changes
    assert change[:4] == (
        *("send_to_review", "take_down"),
        *("review-related-class", "take-down-counterfeit"),
    )
    assert (change.finding, change.word) == ("nice_class", "related")
    assert first.labels == {"review": 1}
    [accuracy] = first.accuracy["all"]
    assert (accuracy.live_recall[:2], accuracy.candidate_recall[:2]) == ((0, 1), (1, 1))
    assert sum(load.live - load.candidate for load in first.loads) == 2
    assert first.loads[0].live_backlog - first.loads[0].candidate_backlog == 1
    assert (second.listings, second.as_archived, second.as_expected) == (2, 2, 2)
    # A person took one of the two down all the same.
    assert (second.new_takedowns, second.lost_takedowns) == (1, 0)
    events = {name: (live, then) for name, live, then in second.events}
    assert events["ReviewComplaint"] == (2, 0)
    assert events["TakeDownListing"] == (1, 2)
    run.keep(found, "anna", tmp_path / "report")
    rows = parquet.read_table(tmp_path / "report" / "differences.parquet").to_pylist()
    told = [(r["case_id"], r["effect"], r["infringing"], r["replayed_outcome"]) for r in rows]
    assert told == [
        ("complaint-4", "new_takedown", True, "take_down"),
        ("complaint-5", "new_takedown", None, "take_down"),
    ]
    page = page_of(found)
    assert "nice_class is related" in page
    assert "http" not in page
    assert any("new takedowns 2" in line for line in lines_of(found))
    run.close()


def test_what_comes_after_the_rules_is_the_gap(archived, tmp_path):
    rules = candidate_in(
        tmp_path / "candidate",
        clarify_unknown_party={"outcome": "take_down", "reason_codes": ["counterfeit"]},
    )
    run, found = outcome_of(archived, rules, tmp_path)
    assert (found.first.effect.new, found.first.differing) == (1, 1)
    assert (found.second.as_archived, found.second.as_expected) == (1, 0)
    assert found.second.gaps == (("take_down", "send_to_review", "step:restraint", 1),)
    assert found.second.new_takedowns == 0
    assert any("send_to_review with all steps" in line for line in lines_of(found))
    run.close()


def test_listings_of_all_partitions_are_replayed(archived, tmp_path):
    rules = candidate_in(
        tmp_path / "candidate",
        take_down_counterfeit={"outcome": "send_to_review", "reason_codes": ["counterfeit"]},
    )
    partitions = {each.partition for each in archived[1].driver.records("ip.decisions.events")}
    assert len(partitions) > 1
    run, found = outcome_of(archived, rules, tmp_path)
    assert (found.first.effect.lost, found.second.lost_takedowns) == (4, 4)
    assert found.second.as_archived == found.second.as_expected == found.first.differing == 4
    run.close()


def test_the_same_rules_change_nothing(archived, tmp_path):
    run, found = outcome_of(archived, BUILT_IN_DIRECTORY, tmp_path)
    first, second = found.first, found.second
    assert (first.decisions, first.by_rules, first.differing) == (9, 7, 0)
    assert (second.listings, second.events) == (0, ())
    assert "Nothing is decided otherwise" in page_of(found)
    run.close()


def test_the_first_order_equals_the_rules_asked_for_each_decision(archived, wider, tmp_path):
    run, found = outcome_of(archived, wider, tmp_path, in_full=False)
    live, candidate = rule_set(), RuleSet(load_rules(wider))
    decided = [
        each
        for each in archived[1].read("ip.decisions.events")
        if each.capsule.findings_number is not None
    ]
    differing = 0
    for each in decided:
        findings = DOMAIN.findings(*(each.findings[name] for name in DOMAIN.words))
        differing += live.decide(findings).outcome != candidate.decide(findings).outcome
    assert found.first.differing == differing
    assert found.second is None
    assert "Not replayed" in page_of(found)
    run.close()


def test_a_version_of_findings_that_lacks_one_is_left_out_and_others_are_read():
    assert findings_of(Combination(1, 1, ""), rule_set()) is None
    plain = PLAIN_COUNTERFEIT._replace(seller="authorised")
    assert findings_of(Combination(2, 0, ""), rule_set()) == plain
    number = DOMAIN.numbering.number_of(PLAIN_COUNTERFEIT)
    [pair] = pairs([Combination(FINDINGS_VERSION, number, "")], lambda _: rule_set(), rule_set())
    assert pair.live == pair.candidate == rule_set().decide(PLAIN_COUNTERFEIT)
    assert pair.finding == ""


def test_a_share_of_none_is_unknown_and_backlogs_run_on():
    assert share(0, 0) == (0, 0, 0.0, 1.0)
    low, high = share(9, 10)[2:]
    assert low == pytest.approx(0.5550, abs=1e-4)
    assert high == pytest.approx(0.9975, abs=1e-4)
    found = loads([0, 2], {0: 5, 2: 1}, {0: -3, 2: 2}, 2)
    assert [each[1:] for each in found] == [(5, 2, 3, 0), (0, 0, 1, 0), (1, 3, 0, 1)]
    assert [each.day for each in found][-1] == "1970-01-03"


def test_gates_stop_what_nobody_looked_at_and_what_was_not_told(archived, wider, tmp_path):
    run, found = outcome_of(archived, wider, tmp_path, in_full=False)
    met = {gate.name: gate.met for gate in found.gates}
    assert met == {
        "all decisions can be compared": True,
        "all steps were taken": False,
        "at most 5 % of new takedowns are wrong": False,
        "recall is not clearly lower": True,
        "no more reviews are left undone": False,
    }
    assert "<b>Not met</b> all steps were taken" in page_of(found)
    run.close()


def test_gates_stop_planted_rules_and_let_good_ones_pass(archived, tmp_path):
    run, found = outcome_of(archived, BUILT_IN_DIRECTORY, tmp_path, reviews_a_day=10)
    assert all(gate.met for gate in found.gates)
    run.close()
    chance = random.Random(7)
    passed = Counter()
    for is_bad in (False, True):
        for _ in range(100):
            # New takedowns of 900,000 decisions, 0.5 %; a tenth looked at, a label in 100 is wrong.
            labelled = sum(chance.random() < 0.1 for _ in range(4_500))
            lawful = sum(chance.random() < (0.99 if is_bad else 0.01) for _ in range(labelled))
            effect = found.first.effect._replace(
                new=4_500, new_lawful=lawful, new_infringing=labelled - lawful
            )
            planted = found._replace(first=found.first._replace(effect=effect))
            passed[is_bad] += all(gate.met for gate in gates_of(planted, 5.0))
    assert passed[True] == 0
    assert passed[False] >= 95


def test_an_archive_without_the_rules_that_decided_is_refused(archived, wider, tmp_path):
    lacking = tmp_path / "archive"
    shutil.copytree(archived[0], lacking)
    shutil.rmtree(lacking / "ip.versions.state")
    with pytest.raises(ReplayError, match="has no rule set"):
        outcome_of((lacking, archived[1]), wider, tmp_path)


def test_the_command_tells_and_keeps_and_refuses_part_for_whole(archived, wider, tmp_path, capsys):
    place = str(archived[0])
    day = datetime.fromtimestamp(START / 1000, UTC).date().isoformat()
    asked = ["replay", "backtest", "--rules", str(wider), "--archive", place]
    asked += ["--from", day, "--to", day]
    kept = tmp_path / "kept"
    assert main([*asked, "--first-order-only", "--report", str(kept)]) == 0
    assert "new takedowns 2" in capsys.readouterr().out
    names = ["backtest.json", "differences.parquet", "report.html"]
    assert sorted(path.name for path in kept.iterdir()) == names
    assert read_record(kept).record.candidate_hash == RuleSet(load_rules(wider)).hash
    assert main([*asked, "--first-order-only", "--gates"]) == 1
    assert main(asked) == 2
    told = capsys.readouterr()
    assert "NOT MET  all steps were taken" in told.out
    assert "--schema-registry" in told.err
    broken = candidate_in(tmp_path / "broken", take_down_counterfeit={"condition": "["})
    asked[asked.index(str(wider))] = str(broken)
    assert main([*asked, "--first-order-only"]) == 2
    assert "take-down-counterfeit: at character 1" in capsys.readouterr().err
