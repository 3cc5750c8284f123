"""`python -m ops rules`: check rules, publish them to the workers, or compare two sets."""

import argparse
import getpass
import sys
import time
from collections import Counter
from pathlib import Path

import yaml
from confluent_kafka import KafkaError, KafkaException, Message

from ops.errors import OperatorError
from ops.workers import producer_to
from processors.rules.rule_set import RuleSet, RuleSetRefused, all_findings
from schemas.codec import SchemaRegistryUnavailable
from schemas.registry import SchemaRefused, connect
from streams.rule_files import BUILT_IN_DIRECTORY, failed_tests, load_rules, rule_set_published

TOPIC = "ip.rules.state"
TIMEOUT_SECONDS = 30.0
FALLBACK_RULES = frozenset({"review-everything-else"})
"""Rules that may be left with nothing to decide: they are there for what nobody thought of."""
MAXIMUM_EXAMPLES = 3


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
    publish.add_argument("--published-by", default=getpass.getuser())
    publish.add_argument("--bootstrap-servers", required=True)
    publish.add_argument("--schema-registry", required=True, help="Confluent API's base address")
    publish.set_defaults(run=run_publish)
    differ = actions.add_parser("diff", help="tell what two rule sets decide differently")
    differ.add_argument("before", type=Path)
    differ.add_argument("after", type=Path)
    differ.set_defaults(run=run_diff)


def run_check(options: argparse.Namespace) -> int:
    """Give 1 where a test beside a rule fails, or a rule can never decide."""
    rule_set = _rule_set(options.directory)
    failed = failed_tests(options.directory)
    for test in failed:
        wanted = "hold" if test.holds else "not hold"
        sys.stdout.write(f"{test.rule_id}: is to {wanted} on {test.findings._asdict()}\n")
    decided = Counter(rule_set.decide(findings).rule_id for findings in all_findings())
    idle = [
        rule.rule_id
        for rule in rule_set.rules
        if not decided[rule.rule_id] and rule.rule_id not in FALLBACK_RULES
    ]
    for rule_id in idle:
        sys.stdout.write(f"{rule_id}: rules before it decide all that it could\n")
    sys.stdout.write(
        f"{len(rule_set.rules)} rules, {decided.total():,} combinations of findings, "
        f"hash {rule_set.hash[:12]}\n"
    )
    return 1 if failed or idle else 0


def run_publish(options: argparse.Namespace) -> int:
    """Publish a rule set whose tests pass. Errors: OperatorError."""
    _rule_set(options.directory)
    if failed_tests(options.directory):
        raise OperatorError("tests beside the rules fail: python -m ops rules check")
    now = time.time_ns() // 1_000_000
    rules = load_rules(options.directory)
    event = rule_set_published(rules, options.role, options.published_by, now)
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
    try:
        return RuleSet(load_rules(directory))
    except (RuleSetRefused, OSError, yaml.YAMLError) as error:
        raise OperatorError(f"{directory}: {error}") from error
