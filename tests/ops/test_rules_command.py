"""The commands by which operators check, compare and publish rules."""

import getpass
import shutil
from hashlib import sha256
from pathlib import Path

import pytest
import yaml
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

from ops.__main__ import main, parser_for
from ops.errors import OperatorError
from ops.tools.promotion import promotion_of
from processors.findings.versions import FINDINGS_VERSION
from processors.rules.domain import COMPLAINTS
from processors.rules.rule_set import RuleSet
from processors.titles.misuse import MISUSE
from replay.backtest.record import write_record
from replay.backtest.result import Backtest, Gate
from schemas.topic_names import RULES_STATE
from schemas.wire.registry import connect
from streams.policies.rule_files import (
    BUILT_IN_DIRECTORY,
    MISUSE_DIRECTORY,
    PLAIN_COUNTERFEIT,
    load_rules,
)

COUNTERFEIT = {
    "rule_id": "counterfeit",
    "description": "Fakes go.",
    "priority": 10,
    "condition": 'ground == "counterfeit"',
    "outcome": "take_down",
    "reason_codes": ["counterfeit"],
    "tests": [
        {"findings": {}, "holds": True},
        {"findings": {"ground": "other"}, "holds": False},
    ],
}
EVERYTHING_ELSE = {
    "rule_id": "review-everything-else",
    "description": "People decide the rest.",
    "priority": 1000,
    "condition": "true",
    "outcome": "send_to_review",
    "reason_codes": ["no_rule_applies"],
    "tests": [{"findings": {}, "holds": True}],
}
TIMEOUT_SECONDS = 30.0


def write(directory: Path, *rules: dict[str, object]) -> str:
    directory.mkdir(exist_ok=True)
    for rule in rules:
        (directory / f"{rule['rule_id']}.yaml").write_text(yaml.safe_dump(rule), encoding="utf-8")
    return str(directory)


@pytest.fixture
def built_in_copy(tmp_path):
    return Path(shutil.copytree(BUILT_IN_DIRECTORY, tmp_path / "candidate"))


def test_the_built_in_rules_pass(capsys):
    assert main(["rules", "check"]) == 0
    rules = len(list(BUILT_IN_DIRECTORY.glob("*.yaml")))
    assert capsys.readouterr().out.startswith(f"{rules} rules, ")


def test_a_test_that_fails_is_shown(tmp_path, capsys):
    wrong = {**COUNTERFEIT, "tests": [{"findings": {"ground": "other"}, "holds": True}]}
    assert main(["rules", "check", write(tmp_path, wrong, EVERYTHING_ELSE)]) == 1
    assert "counterfeit: is to hold on other active owner" in capsys.readouterr().out


def test_a_rule_that_is_left_nothing_is_shown_and_the_fallback_is_not(tmp_path, capsys):
    everything = {**EVERYTHING_ELSE, "rule_id": "first", "priority": 1}
    assert main(["rules", "check", write(tmp_path, everything, COUNTERFEIT, EVERYTHING_ELSE)]) == 1
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines[:-1]] == ["counterfeit"]


def test_findings_that_no_rule_decides_are_counted(tmp_path, capsys):
    assert main(["rules", "check", write(tmp_path, COUNTERFEIT)]) == 1
    assert "no_rule_applies: " in capsys.readouterr().out


def test_rules_on_titles_are_checked_and_compared_too(tmp_path, capsys):
    assert main(["rules", "check", "--on", "titles"]) == 0
    combinations = f"{MISUSE.numbering.combinations:,}"
    assert capsys.readouterr().out.startswith(f"17 rules, {combinations} combinations of findings")
    candidate = Path(shutil.copytree(MISUSE_DIRECTORY, tmp_path / "candidate"))
    (candidate / "review-comparison.yaml").unlink()
    assert main(["rules", "diff", "--on", "titles", str(MISUSE_DIRECTORY), str(candidate)]) == 0
    assert "send_to_review -> leave" in capsys.readouterr().out
    assert main(["rules", "check", str(candidate)]) == 2
    assert "a test has no such finding" in capsys.readouterr().err


def test_a_rule_that_never_holds_and_one_behind_many_are_told_apart(tmp_path, capsys):
    never = {**COUNTERFEIT, "condition": "false", "tests": [{"findings": {}, "holds": False}]}
    assert main(["rules", "check", write(tmp_path, never, EVERYTHING_ELSE)]) == 1
    never_line, _ = capsys.readouterr().out.splitlines()
    assert never_line == "counterfeit: never decides; its condition holds on no findings"
    grounds = [f"{ground}-ground" for ground in COMPLAINTS.words["ground"]]
    some = [
        {**COUNTERFEIT, "rule_id": name, "priority": n, "tests": [{"findings": {}, "holds": not n}],
         "condition": f'ground == "{name.removesuffix("-ground")}"'}
        for n, name in enumerate(grounds)
    ]  # fmt: skip
    rules = write(tmp_path / "more", *some, {**EVERYTHING_ELSE, "rule_id": "all", "priority": 99})
    assert main(["rules", "check", rules]) == 1
    idle, _ = capsys.readouterr().out.splitlines()
    told, _, shadows = idle.partition(" is decided before by ")
    assert told == "all: never decides; all that it holds on"
    assert shadows == f"{', '.join(grounds[:5])} and {len(grounds) - 5} more"


def test_the_number_in_a_decision_is_told_in_words(capsys):
    number = COMPLAINTS.numbering.number_of(PLAIN_COUNTERFEIT)
    assert main(["rules", "explain", str(FINDINGS_VERSION), str(number)]) == 0
    told = [tuple(line.split()) for line in capsys.readouterr().out.splitlines()]
    assert told == list(PLAIN_COUNTERFEIT._asdict().items())


@pytest.mark.parametrize(
    ("version", "number", "said"),
    [
        ("0", "0", "a decision with version 0 was made without rules"),
        ("99", "0", "no findings have version 99"),
        ("1", "158400", "158400 is not from 0 to 158399"),
        ("1", "-1", "-1 is not from 0"),
    ],
)
def test_a_number_that_no_decision_has_is_refused(capsys, version, number, said):
    assert main(["rules", "explain", "--", version, number]) == 2
    assert said in capsys.readouterr().err


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"condition": "ground =="}, "at character 10: a word in quotes"),
        ({"condition": "grund == 'other'"}, "at character 1: no finding is named 'grund'"),
        ({"condition": "1 + 1"}, "at character 1: '1' is in no condition"),
        ({"condition": 7}, "condition is 7, not of type str"),
        ({"priority": "high"}, "priority is 'high', not of type int"),
        ({"priority": True}, "priority is True, not of type int"),
        ({"priority": 2**31}, "priority is not between 0 and"),
        ({"outcome": "burn"}, "no such outcome as burn"),
        ({"reason_codes": []}, "reason_codes has nothing in it"),
        ({"reason_codes": [3]}, "reason_codes are words"),
        ({"reason_codes": ["because"]}, "unknown or no reason codes: because"),
        ({"description": " "}, "the description is missing"),
        ({"tests": []}, "tests has nothing in it"),
        ({"tests": ["holds"]}, "a test has findings and holds"),
        ({"tests": [{"findings": {"ground": "fake"}, "holds": False}]}, "ground: fake"),
        ({"tests": [{"findings": {"grund": "other"}, "holds": False}]}, "grund: other"),
        ({"tests": [{"findings": {}, "holds": "yes"}]}, "holds is true or false"),
        ({"note": "spare"}, "no such field as note"),
    ],
)
def test_a_bad_rule_is_refused_with_its_name_and_reason(tmp_path, capsys, changes, said):
    directory = write(tmp_path, {**COUNTERFEIT, **changes})
    assert main(["rules", "check", directory]) == 2
    error = capsys.readouterr().err
    assert error.startswith("error: ")
    assert "counterfeit" in error
    assert said in error


@pytest.mark.parametrize("content", ["[1, 2", "- a list", "", "rule_id: \x00"])
def test_a_file_that_is_no_rule_is_refused(tmp_path, capsys, content):
    (tmp_path / "odd.yaml").write_text(content, encoding="utf-8")
    assert main(["rules", "check", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith(f"error: {tmp_path}: ")


def test_a_file_beyond_the_limit_or_without_utf_8_is_refused(tmp_path, capsys):
    (tmp_path / "odd.yaml").write_bytes(b"#" * (64 * 1024 + 1))
    assert main(["rules", "check", str(tmp_path)]) == 2
    (tmp_path / "odd.yaml").write_bytes(b"rule_id: \xff")
    assert main(["rules", "check", str(tmp_path)]) == 2
    assert "larger than 65536 bytes" in capsys.readouterr().err


def test_directories_without_rules_are_refused(tmp_path, capsys):
    assert main(["rules", "check", str(tmp_path)]) == 2
    assert main(["rules", "check", str(tmp_path / "nowhere")]) == 2
    assert "no such directory" in capsys.readouterr().err


def test_a_set_differs_from_itself_in_nothing(capsys):
    assert main(["rules", "diff", str(BUILT_IN_DIRECTORY), str(BUILT_IN_DIRECTORY)]) == 0
    assert capsys.readouterr().out.startswith("0 of ")


def test_differences_are_counted_by_pair_of_outcomes_with_examples(built_in_copy, capsys):
    (built_in_copy / "take-down-keyword-misuse.yaml").unlink()
    assert main(["rules", "diff", str(BUILT_IN_DIRECTORY), str(built_in_copy)]) == 0
    first, pair, *examples = capsys.readouterr().out.splitlines()
    count = int(first.split(" of ")[0])
    assert 0 < count < 100
    assert pair.split() == [str(count), "take_down", "->", "send_to_review"]
    assert len(examples) == min(count, 3)
    assert "take-down-keyword-misuse -> review-everything-else: keyword_misuse" in examples[0]


def test_rules_whose_tests_fail_are_not_published(tmp_path, capsys):
    wrong = {**COUNTERFEIT, "tests": [{"findings": {}, "holds": False}]}
    servers = ["--bootstrap-servers", "127.0.0.1:1", "--schema-registry", "http://127.0.0.1:1"]
    assert main(["rules", "publish", write(tmp_path, wrong), "--role", "active", *servers]) == 2
    assert "nothing is published" in capsys.readouterr().err


def test_a_registry_that_is_away_is_told(capsys):
    servers = ["--bootstrap-servers", "127.0.0.1:1", "--schema-registry", "http://127.0.0.1:1"]
    assert main(["rules", "publish", "--role", "shadow", *servers]) == 2
    assert capsys.readouterr().err.startswith("error: ")


@pytest.fixture
def backtested(tmp_path):
    """What `replay backtest` leaves of a set whose gates are met, and how to publish the set."""
    directory = tmp_path / "rules"
    write(directory, COUNTERFEIT, EVERYTHING_ELSE)
    report = tmp_path / "report"
    report.mkdir()
    (report / "report.html").write_text("as it was", encoding="utf-8")
    met = Gate("all steps were taken", True, "3 listings")
    rule_set = RuleSet(load_rules(directory))

    def kept(*gates, candidate=rule_set):
        tested = Backtest(candidate.hash, (), "2026-01-01", "2026-03-31", None, None, None)
        write_record(tested._replace(gates=gates or (met,)), "anna", report, ("report.html",))
        options = ["publish", "--role", "active", "--backtest", str(report)]
        return parser_for(["rules"]).parse_args(["rules", *options, str(directory)]), rule_set

    return kept, report


def test_rules_that_decide_come_with_another_persons_backtest(backtested):
    kept, report = backtested
    options, rule_set = kept()
    promotion = promotion_of(options, rule_set, "ben")
    digest = sha256((report / "backtest.json").read_bytes()).hexdigest()
    assert promotion == (digest, "anna", "")
    with pytest.raises(OperatorError, match="another person"):
        promotion_of(options, rule_set, "anna")
    (report / "report.html").write_text("prettier", encoding="utf-8")
    with pytest.raises(OperatorError, match=r"report\.html is not as the backtest left it"):
        promotion_of(options, rule_set, "ben")


def test_gates_that_are_not_met_and_other_rules_are_refused(backtested):
    kept, report = backtested
    options, rule_set = kept(Gate("all steps were taken", False, "by the rules alone"))
    with pytest.raises(OperatorError, match="all steps were taken: by the rules alone"):
        promotion_of(options, rule_set, "ben")
    other = RuleSet(load_rules(BUILT_IN_DIRECTORY))
    options, rule_set = kept(candidate=other)
    with pytest.raises(OperatorError, match="tested other rules"):
        promotion_of(options, rule_set, "ben")
    (report / "backtest.json").write_text("{}", encoding="utf-8")
    with pytest.raises(OperatorError, match="no backtest that can be read"):
        promotion_of(options, rule_set, "ben")


def test_what_decides_without_a_backtest_says_why(backtested):
    kept, _ = backtested
    options, rule_set = kept()
    options.backtest = None
    with pytest.raises(OperatorError, match="--without-backtest and why"):
        promotion_of(options, rule_set, "ben")
    options.without_backtest = " "
    with pytest.raises(OperatorError, match="say why"):
        promotion_of(options, rule_set, "ben")
    options.without_backtest = "back to the former set"
    assert promotion_of(options, rule_set, "ben") == ("", "", "back to the former set")
    options.role = "shadow"
    assert promotion_of(options, rule_set, "ben") == ("", "", "")


def test_a_user_without_a_name_is_asked_for_one(monkeypatch, capsys):
    def no_name() -> str:
        raise KeyError("getpwuid(): uid not found: 4711")

    monkeypatch.setattr(getpass, "getuser", no_name)
    servers = ["--bootstrap-servers", "127.0.0.1:1", "--schema-registry", "http://127.0.0.1:1"]
    assert main(["rules", "publish", "--role", "active", *servers]) == 2
    assert "give --published-by" in capsys.readouterr().err


def test_published_rules_stand_in_the_topic_and_compile(tmp_path, topics, schema_registry, capsys):
    directory = write(tmp_path, COUNTERFEIT, EVERYTHING_ELSE)
    servers = ["--bootstrap-servers", topics, "--schema-registry", schema_registry.address]
    options = ["--role", "shadow", "--published-by", "rule desk", *servers]
    assert main(["rules", "publish", directory, *options]) == 0
    consumer = Consumer({"bootstrap.servers": topics, "group.id": "rules-test"})
    try:
        consumer.assign([TopicPartition(RULES_STATE, 0, OFFSET_BEGINNING)])
        (message,) = consumer.consume(1, TIMEOUT_SECONDS)
    finally:
        consumer.close()
    assert message.key() == b"shadow"
    codec = connect(schema_registry.address, register=False)
    event = codec.decode(RULES_STATE, message.value(), message.headers())
    assert (event.role, event.published_by) == ("shadow", "rule desk")
    rule_set = RuleSet.compile(event)
    assert rule_set.decide(PLAIN_COUNTERFEIT).outcome == "take_down"
    assert rule_set.hash in capsys.readouterr().out
