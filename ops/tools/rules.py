"""`python -m ops rules`: check, compare or publish rules, or tell what a decision was made on."""

import argparse
import sys
import time
from pathlib import Path

from ops.errors import OperatorError
from ops.shell.connections import KAFKA, REGISTRY, add_connection_arguments
from ops.shell.publishing import publish
from ops.shell.user import user_name
from ops.tools.promotion import add_arguments, promotion_of
from ops.tools.rule_directories import SUBJECTS, rule_set_in, test_failures
from processors.findings.numbering import Numbering
from processors.findings.versions import FINDINGS_VERSION, FINDINGS_VERSIONS
from processors.rules.diagram import DiagramTooLarge
from processors.rules.proofs import differences, idle_rules, shares
from processors.rules.rule_set import NO_RULE_ID
from schemas.topic_names import RULES_STATE
from streams.kafka.producing import Keyed
from streams.policies.rule_files import BUILT_IN_DIRECTORY, rule_set_published

FALLBACK_RULES = frozenset({"review-everything-else"})
"""Rules that may be left with nothing to decide: they are there for what nobody thought of."""
MAXIMUM_EXAMPLES = 3
MAXIMUM_SHADOWS = 5


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parsers."""
    parser = subparsers.add_parser("rules", help="check, publish or compare rules")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    check = actions.add_parser("check", help="compile rules and prove that they leave no gap")
    check.add_argument("directory", type=Path, nargs="?", help="default: the built-in rules")
    _add_subject(check)
    check.set_defaults(run=run_check)
    publishing = actions.add_parser("publish", help="give the workers other rules")
    publishing.add_argument("directory", type=Path, nargs="?", default=BUILT_IN_DIRECTORY)
    publishing.add_argument("--role", choices=("active", "shadow"), required=True)
    publishing.add_argument("--published-by", help="default: the user's name")
    add_arguments(publishing)
    add_connection_arguments(publishing, KAFKA, REGISTRY)
    publishing.set_defaults(run=run_publish)
    differ = actions.add_parser("diff", help="tell what two rule sets decide differently")
    differ.add_argument("before", type=Path)
    differ.add_argument("after", type=Path)
    _add_subject(differ)
    differ.set_defaults(run=run_diff)
    explain = actions.add_parser("explain", help="tell the findings that a decision was made on")
    explain.add_argument("version", type=int, help="findings_version of the decision's capsule")
    explain.add_argument("number", type=int, help="findings_number of the decision's capsule")
    explain.set_defaults(run=run_explain)


def _add_subject(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--on", choices=tuple(SUBJECTS), default="complaints", help="what the rules decide on"
    )


def run_check(options: argparse.Namespace) -> int:
    """Return 1 where a test fails, a rule never decides, or no rule decides some findings.

    Errors: OperatorError.
    """
    subject = SUBJECTS[options.on]
    directory = options.directory or subject.built_in
    rule_set = rule_set_in(directory, subject)
    problems = list(test_failures(directory, subject))
    try:
        idle = [rule for rule in idle_rules(rule_set) if rule.rule_id not in FALLBACK_RULES]
        undecided = [each for each in shares(rule_set) if each.ruling.rule_id == NO_RULE_ID]
    except DiagramTooLarge as error:
        raise OperatorError(f"{directory}: {error}") from error
    problems += [f"{rule.rule_id}: never decides; {_shadows(rule.shadowed_by)}" for rule in idle]
    problems += [
        f"{share.ruling.reason_codes[0]}: {share.combinations:,} combinations of findings, "
        f"such as {' '.join(share.example)}"
        for share in undecided
    ]
    sys.stdout.writelines(f"{problem}\n" for problem in problems)
    sys.stdout.write(
        f"{len(rule_set.rules)} rules, {subject.domain.numbering.combinations:,} combinations of "
        f"findings, {rule_set.nodes:,} nodes, hash {rule_set.hash[:12]}\n"
    )
    return 1 if problems else 0


def _shadows(rule_ids: tuple[str, ...]) -> str:
    if not rule_ids:
        return "its condition holds on no findings"
    more = len(rule_ids) - MAXIMUM_SHADOWS
    shown = ", ".join(rule_ids[:MAXIMUM_SHADOWS]) + (f" and {more} more" if more > 0 else "")
    return f"all that it holds on is decided before by {shown}"


def run_publish(options: argparse.Namespace) -> int:
    """Publish a rule set whose tests pass. Errors: OperatorError."""
    subject = SUBJECTS["complaints"]
    rule_set = rule_set_in(options.directory, subject)
    rules = rule_set.rules
    for failure in test_failures(options.directory, subject):
        raise OperatorError(f"a test beside the rules fails, nothing is published: {failure}")
    now = time.time_ns() // 1_000_000
    published_by = options.published_by or user_name("--published-by")
    promotion = promotion_of(options, rule_set, published_by)
    event = rule_set_published(rules, options.role, published_by, now)
    event = event._replace(**promotion._asdict())
    keyed = Keyed(RULES_STATE, event.role, event)
    publish(options.bootstrap_servers, options.schema_registry, keyed, now)
    sys.stdout.write(f"published {len(rules)} rules as {event.role}: {event.rule_set_hash}\n")
    return 0


def run_diff(options: argparse.Namespace) -> int:
    """Tell by pair of outcomes how many combinations are decided differently, with examples.

    Errors: OperatorError.
    """
    subject = SUBJECTS[options.on]
    before, after = (rule_set_in(each, subject) for each in (options.before, options.after))
    try:
        found = differences(before, after, MAXIMUM_EXAMPLES)
    except DiagramTooLarge as error:
        raise OperatorError(f"the two rule sets can't be compared: {error}") from error
    sys.stdout.write(
        f"{sum(each.combinations for each in found):,} of "
        f"{subject.domain.numbering.combinations:,} combinations are decided differently\n"
    )
    for each in found:
        sys.stdout.write(f"{each.combinations:>8,}  {each.before} -> {each.after}\n")
        for findings in each.examples:
            rules = f"{before.decide(findings).rule_id} -> {after.decide(findings).rule_id}"
            sys.stdout.write(f"          {rules}: {' '.join(findings)}\n")
    return 0


def run_explain(options: argparse.Namespace) -> int:
    """Tell the findings with a number, each on its line. Errors: OperatorError."""
    words = FINDINGS_VERSIONS.get(options.version)
    if words is None:
        raise OperatorError(
            f"no findings have version {options.version}, only 1 to {FINDINGS_VERSION}; a "
            "decision with version 0 was made without rules, or before versions were recorded"
        )
    try:
        found = Numbering(words).findings_of(options.number)
    except ValueError as error:
        raise OperatorError(str(error)) from error
    width = max(map(len, found))
    sys.stdout.writelines(f"{name:<{width}}  {word}\n" for name, word in found.items())
    return 0
