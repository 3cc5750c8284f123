"""`python -m ops rules`: check rules, publish them to the workers, or compare two sets."""

import argparse
import getpass
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml
from confluent_kafka import KafkaError, KafkaException, Message

from ops.errors import OperatorError
from processors.findings.findings import Findings
from processors.rules.rule_set import (
    COMPLAINTS,
    MAXIMUM_RULES,
    RuleSet,
    RuleSetRefused,
    all_findings,
)
from schemas.wire.codec import SchemaRegistryUnavailable
from schemas.wire.registry import SchemaRefused, connect
from streams.kafka.producing import producer_to
from streams.policies.rule_files import (
    BUILT_IN_DIRECTORY,
    failed_tests,
    load_rules,
    rule_set_published,
)

TOPIC = "ip.rules.state"
TIMEOUT_SECONDS = 30.0
NO_RULE_ID = "step:rules"
"""Named in place of a rule where none holds, or one could not be evaluated."""
FALLBACK_RULES = frozenset({"review-everything-else"})
"""Rules that may be left with nothing to decide: they are there for what nobody thought of."""
MAXIMUM_EXAMPLES = 3
MAXIMUM_SHOWN = 20
MAXIMUM_FILE_BYTES = 64 * 1024
MAXIMUM_PRIORITY = 2**31 - 1
FIELD_TYPES: dict[str, type] = {
    "rule_id": str,
    "description": str,
    "priority": int,
    "condition": str,
    "outcome": str,
    "reason_codes": list,
    "tests": list,
}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parsers."""
    parser = subparsers.add_parser("rules", help="check, publish or compare rules")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    check = actions.add_parser("check", help="compile rules and run the tests beside them")
    check.add_argument("directory", type=Path, nargs="?", default=BUILT_IN_DIRECTORY)
    check.set_defaults(run=run_check)
    publish = actions.add_parser("publish", help="give the workers other rules")
    publish.add_argument("directory", type=Path, nargs="?", default=BUILT_IN_DIRECTORY)
    publish.add_argument("--role", choices=("active", "shadow"), required=True)
    publish.add_argument("--published-by", help="default: the user's name")
    publish.add_argument("--bootstrap-servers", required=True)
    publish.add_argument("--schema-registry", required=True, help="Confluent API's base address")
    publish.set_defaults(run=run_publish)
    differ = actions.add_parser("diff", help="tell what two rule sets decide differently")
    differ.add_argument("before", type=Path)
    differ.add_argument("after", type=Path)
    differ.set_defaults(run=run_diff)


def run_check(options: argparse.Namespace) -> int:
    """Return 1 where a test fails, a rule never decides, or no rule decides some findings."""
    rule_set = _rule_set(options.directory)
    problems = list(_failed(options.directory))
    decided: Counter[str] = Counter()
    undecided: dict[str, list[Findings]] = {}
    for findings in all_findings():
        ruling = rule_set.decide(findings)
        decided[ruling.rule_id] += 1
        if ruling.rule_id == NO_RULE_ID:
            undecided.setdefault(ruling.reason_codes[0], []).append(findings)
    problems += [
        f"{rule.rule_id}: never decides; it holds on nothing that the rules before it leave"
        for rule in rule_set.rules
        if not decided[rule.rule_id] and rule.rule_id not in FALLBACK_RULES
    ]
    problems += [
        f"{code}: {len(found):,} combinations of findings, such as {' '.join(found[0])}"
        for code, found in undecided.items()
    ]
    sys.stdout.writelines(f"{problem}\n" for problem in problems)
    sys.stdout.write(
        f"{len(rule_set.rules)} rules, {decided.total():,} combinations of findings, "
        f"hash {rule_set.hash[:12]}\n"
    )
    return 1 if problems else 0


def run_publish(options: argparse.Namespace) -> int:
    """Publish a rule set whose tests pass. Errors: OperatorError."""
    rules = _rule_set(options.directory).rules
    for failure in _failed(options.directory):
        raise OperatorError(f"a test beside the rules fails, nothing is published: {failure}")
    now = time.time_ns() // 1_000_000
    event = rule_set_published(rules, options.role, options.published_by or user_name(), now)
    failures: list[str] = []

    def delivered(error: KafkaError | None, _message: Message) -> None:
        if error is not None:
            failures.append(str(error))

    try:
        codec = connect(options.schema_registry, register=True)
        value = codec.encode(TOPIC, event)
        headers = codec.headers(event, event.role, now)
        producer = producer_to(options.bootstrap_servers)
        producer.produce(
            TOPIC,
            value,
            event.role.encode(),
            headers=headers,  # type: ignore[arg-type]
            on_delivery=delivered,
        )
        waiting = producer.flush(TIMEOUT_SECONDS)
    except (KafkaException, SchemaRefused, SchemaRegistryUnavailable) as error:
        raise OperatorError(str(error)) from error
    if failures or waiting:
        raise OperatorError(f"not delivered: {', '.join(failures) or 'no answer from Kafka'}")
    sys.stdout.write(f"published {len(rules)} rules as {event.role}: {event.rule_set_hash}\n")
    return 0


def run_diff(options: argparse.Namespace) -> int:
    """Tell by pair of outcomes how many combinations are decided differently, with examples."""
    before, after = _rule_set(options.before), _rule_set(options.after)
    pairs: Counter[tuple[str, str]] = Counter()
    examples: dict[tuple[str, str], list[str]] = {}
    total = 0
    for findings in all_findings():
        total += 1
        old, new = before.decide(findings), after.decide(findings)
        if (old.outcome, old.reason_codes) == (new.outcome, new.reason_codes):
            continue
        pair = (old.outcome, new.outcome)
        pairs[pair] += 1
        shown = examples.setdefault(pair, [])
        if len(shown) < MAXIMUM_EXAMPLES:
            shown.append(f"{old.rule_id} -> {new.rule_id}: {' '.join(findings)}")
    sys.stdout.write(f"{pairs.total():,} of {total:,} combinations are decided differently\n")
    for pair, count in pairs.most_common():
        sys.stdout.write(f"{count:>8,}  {pair[0]} -> {pair[1]}\n")
        sys.stdout.writelines(f"          {example}\n" for example in examples[pair])
    return 0


def _rule_set(directory: Path) -> RuleSet:
    """Compile the rules of a directory. Errors: OperatorError."""
    try:
        _check_files(directory)
        return RuleSet(load_rules(directory))
    # The CEL library tells of a bad expression by ValueError.
    except (RuleSetRefused, OSError, ValueError, yaml.YAMLError) as error:
        raise OperatorError(f"{directory}: {error}") from error


def _failed(directory: Path) -> Iterator[str]:
    """Tell of tests beside the rules that fail; the files are known to be well-formed."""
    for test in failed_tests(directory)[:MAXIMUM_SHOWN]:
        wanted = "hold" if test.holds else "not hold"
        yield f"{test.rule_id}: is to {wanted} on {' '.join(test.findings)}"


def _check_files(directory: Path) -> None:
    """Refuse files of another shape than the loader takes. Errors: RuleSetRefused, OSError."""
    if not directory.is_dir():
        raise RuleSetRefused("no such directory")
    paths = sorted(directory.glob("*.yaml"))
    if not 1 <= len(paths) <= MAXIMUM_RULES:
        raise RuleSetRefused(f"{len(paths)} files *.yaml, not from 1 to {MAXIMUM_RULES}")
    for path in paths:
        if path.stat().st_size > MAXIMUM_FILE_BYTES:
            raise RuleSetRefused(f"{path.name}: larger than {MAXIMUM_FILE_BYTES} bytes")
        problems = list(_problems_of(yaml.safe_load(path.read_text(encoding="utf-8"))))
        if problems:
            raise RuleSetRefused(f"{path.name}: {'; '.join(problems[:MAXIMUM_SHOWN])}")


def _problems_of(content: Any) -> Iterator[str]:
    """Say what is wrong with a rule file's content."""
    if not isinstance(content, dict):
        yield "a rule is a mapping of its fields"
        return
    for name in content.keys() - FIELD_TYPES.keys():
        yield f"no such field as {name}"
    for name, kind in FIELD_TYPES.items():
        if name not in content:
            yield f"{name} is missing"
        elif not isinstance(content[name], kind) or isinstance(content[name], bool):
            yield f"{name} is {content[name]!r}, not of type {kind.__name__}"
        elif kind is int and not 0 <= content[name] <= MAXIMUM_PRIORITY:
            yield f"{name} is not between 0 and {MAXIMUM_PRIORITY}"
        elif kind is list and not content[name]:
            yield f"{name} has nothing in it"
        elif name == "reason_codes" and not all(isinstance(code, str) for code in content[name]):
            yield f"{name} are words, not {content[name]!r}"
    tests = content.get("tests")
    for test in tests if isinstance(tests, list) else ():
        yield from _problems_of_test(test)


def _problems_of_test(test: Any) -> Iterator[str]:
    """Say what is wrong with a test: a misspelt finding would pass for one that differs."""
    if not isinstance(test, dict) or test.keys() != {"findings", "holds"}:
        yield f"a test has findings and holds, not {test!r}"
    elif not isinstance(test["findings"], dict) or not isinstance(test["holds"], bool):
        yield f"a test's findings are a mapping and holds is true or false, not {test!r}"
    else:
        for name, value in test["findings"].items():
            if value not in COMPLAINTS.values.get(name, ()):
                yield f"a test has no such finding as {name}: {value}"


def user_name() -> str:
    """Return the name under which the command runs. Errors: OperatorError where there is none."""
    try:
        return getpass.getuser()
    except (KeyError, OSError) as error:  # a container's user may have no name
        raise OperatorError("give --published-by") from error
