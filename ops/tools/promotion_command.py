"""`python -m ops promotion`: take a candidate rule set from its check to all listings, and back."""

import argparse
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ops.errors import OperatorError
from ops.shell.connections import KAFKA, REGISTRY, add_connection_arguments
from ops.shell.user import user_name
from ops.tools.promotion_gates import add_measured, backtest_gate
from ops.tools.promotion_watch import add_watch
from ops.tools.rule_directories import SUBJECTS, rule_set_in, test_failures
from ops.tools.rules_topic import RulesTopic, candidate_of, now_milliseconds
from processors.rules.diagram import DiagramTooLarge
from processors.rules.proofs import shares
from processors.rules.rule_set import NO_RULE_ID, RuleSet
from replay.backtest.result import Gate
from replay.promotion.record import SHARES_PERCENT, lacking, next_share
from schemas.events.rules import SHADOW_SLOT, RolloutChanged
from streams.policies.rule_files import rule_set_published


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parsers."""
    parser = subparsers.add_parser("promotion", help="take candidate rules to all listings")
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    begin = _action(actions, "begin", run_begin, "check rules, and run them in shadow")
    begin.add_argument("directory", type=Path)
    tested = _action(actions, "backtest", run_backtest, "record a backtest's gates")
    tested.add_argument("report", type=Path, help="the directory of `replay backtest --report`")
    for measured in (add_measured, add_watch):
        measured(lambda name, run, told: _action(actions, name, run, told))
    _named(_action(actions, "approve", run_approve, "agree, as another person"))
    _named(_action(actions, "widen", run_widen, "have it decide on the next share of listings"))
    _named(_action(actions, "settle", run_settle, "make what decides on all the live rules"))
    back = _action(actions, "roll-back", run_roll_back, "have the live rules decide on all again")
    back.add_argument("--why", required=True)
    _named(_action(actions, "withdraw", run_withdraw, "end a candidate"))
    _action(actions, "show", run_show, "tell candidates, their gates, and the rollout")


def _action(
    actions: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    run: Callable[[argparse.Namespace], int],
    told: str,
) -> argparse.ArgumentParser:
    parser = actions.add_parser(name, help=told)
    parser.add_argument("--by", help="who does so; default: the user's name")
    add_connection_arguments(parser, KAFKA, REGISTRY)
    parser.set_defaults(run=run)
    return parser


def _named(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("candidate", help="how the candidate's hash begins")


def _topic(options: argparse.Namespace) -> RulesTopic:
    return RulesTopic(options.bootstrap_servers, options.schema_registry)


def _by(options: argparse.Namespace) -> str:
    return options.by or user_name("--by")


def run_begin(options: argparse.Namespace) -> int:
    """Publish a candidate whose check is met. Errors: OperatorError."""
    subject = SUBJECTS["complaints"]
    rule_set = rule_set_in(options.directory, subject)
    found = (_tests(options.directory), _no_gaps(rule_set))
    for gate in found:
        if not gate.met:
            raise OperatorError(f"nothing is published: {gate.name}: {gate.found}")
    topic, by = _topic(options), _by(options)
    event = rule_set_published(rule_set.rules, "shadow", by, now_milliseconds())
    topic.add(event._replace(slot=SHADOW_SLOT + rule_set.hash))
    evidence = {"rules": len(rule_set.rules), "nodes": rule_set.nodes}
    topic.record_gate(rule_set.hash, "check", found, evidence, by)
    sys.stdout.write(f"candidate {rule_set.hash} runs in shadow\n")
    return 0


def _tests(directory: Path) -> Gate:
    failures = list(test_failures(directory, SUBJECTS["complaints"]))
    return Gate("tests beside the rules", not failures, "; ".join(failures) or "all hold")


def _no_gaps(rule_set: RuleSet) -> Gate:
    try:
        left = sum(s.combinations for s in shares(rule_set) if s.ruling.rule_id == NO_RULE_ID)
    except DiagramTooLarge as error:
        raise OperatorError(str(error)) from error
    return Gate("no findings are left undecided", not left, f"{left:,} combinations")


def run_backtest(options: argparse.Namespace) -> int:
    """Record the gates of a backtest; 1 where one is not met. Errors: OperatorError."""
    topic = _topic(options)
    record, evidence = backtest_gate(options.report)
    candidate = candidate_of(topic.state(), record.candidate_hash)
    name = candidate.rule_set_hash
    met = topic.record_gate(name, "backtest", record.gates, evidence, record.tested_by)
    return _told("backtest", met, record.gates)


def run_approve(options: argparse.Namespace) -> int:
    """Record that another person agrees. Errors: OperatorError."""
    topic = _topic(options)
    state = topic.state()
    candidate, by = candidate_of(state, options.candidate), _by(options)
    name = candidate.rule_set_hash
    test = state.gates.get((name, "backtest", 0))
    if test is None:
        raise OperatorError("there is no backtest yet that could be agreed to")
    if by in (candidate.published_by, test.recorded_by):
        raise OperatorError(f"{by} published or tested it: another person is to agree")
    seen: dict[str, Any] = {
        gate: {"met": each.met, "recorded_by": each.recorded_by, "evidence": each.evidence}
        for (hash_, gate, _), each in state.gates.items()
        if hash_ == name
    }
    found = (Gate("another person agrees", True, by),)
    return _told("approval", topic.record_gate(name, "approval", found, seen, by), found)


def run_widen(options: argparse.Namespace) -> int:
    """Have a candidate decide on the next share. Errors: OperatorError where it may not."""
    topic = _topic(options)
    state = topic.state()
    name = candidate_of(state, options.candidate).rule_set_hash
    unmet, share = lacking(state, name), next_share(state)
    if unmet or share is None:
        raise OperatorError(f"it stays as it is: {'; '.join(unmet)}")
    changed = RolloutChanged(name, share, "its gates are met", _by(options), now_milliseconds())
    topic.add(changed)
    sys.stdout.write(f"{name} decides on {share} % of listings\n")
    return 0


def run_settle(options: argparse.Namespace) -> int:
    """Publish what decides on all listings as the live rules. Errors: OperatorError."""
    topic = _topic(options)
    state = topic.state()
    candidate, by = candidate_of(state, options.candidate), _by(options)
    name, rollout = candidate.rule_set_hash, state.rollout
    if rollout is None or rollout[:2] != (name, SHARES_PERCENT[-1]):
        raise OperatorError(f"{name[:12]} does not decide on all listings")
    test = state.gates[name, "backtest", 0]
    live = rule_set_published(candidate.rules, "active", by, now_milliseconds())
    topic.add(live._replace(backtest_hash=_hash_in(test.evidence), tested_by=test.recorded_by))
    topic.add(RolloutChanged(name, 0, "it is live", by, now_milliseconds()))
    topic.add(candidate._replace(rules=(), published_by=by))
    sys.stdout.write(f"{name} is live\n")
    return 0


def _hash_in(evidence: str) -> str:
    return str(json.loads(evidence)["backtest_hash"])


def run_roll_back(options: argparse.Namespace) -> int:
    """Have the live rules decide on all listings. Errors: OperatorError."""
    topic = _topic(options)
    rollout = topic.state().rollout
    if rollout is None or not rollout.share_percent:
        raise OperatorError(
            "no candidate is rolled out; to go back from live rules, publish the former ones with "
            "`ops rules publish --role active --without-backtest WHY`"
        )
    name = rollout.rule_set_hash
    topic.add(RolloutChanged(name, 0, options.why, _by(options), now_milliseconds()))
    sys.stdout.write(f"{name} decides on nothing any more\n")
    return 0


def run_withdraw(options: argparse.Namespace) -> int:
    """End a candidate that decides nothing. Errors: OperatorError."""
    topic = _topic(options)
    state = topic.state()
    candidate = candidate_of(state, options.candidate)
    name = candidate.rule_set_hash
    if state.share_percent and state.rollout and state.rollout.rule_set_hash == name:
        raise OperatorError("it decides: roll it back first")
    topic.add(candidate._replace(rules=(), published_by=_by(options)))
    sys.stdout.write(f"{name} is withdrawn\n")
    return 0


def run_show(options: argparse.Namespace) -> int:
    """Tell what stands on the topic. Errors: OperatorError."""
    state = _topic(options).state()
    rollout = state.rollout
    live = "the built-in rules" if state.live is None else state.live.rule_set_hash
    sys.stdout.write(f"live: {live}\n")
    if rollout is not None:
        sys.stdout.write(
            f"rollout: {rollout.rule_set_hash[:12]} on {rollout.share_percent} % of listings, by "
            f"{rollout.changed_by}: {rollout.reason}\n"
        )
    for name in state.candidates:
        sys.stdout.write(f"candidate {name}\n")
        for (of, gate, share), each in state.gates.items():
            if of == name:
                place = f"{gate} at {share} %" if share else gate
                sys.stdout.write(
                    f"  {place}: {'met' if each.met else 'not met'}, {each.recorded_by}: "
                    f"{each.found}\n"
                )
        sys.stdout.writelines(f"  lacks {unmet}\n" for unmet in lacking(state, name))
    return 0


def _told(name: str, met: bool, found: tuple[Gate, ...]) -> int:
    for each in found:
        sys.stdout.write(f"{'met' if each.met else 'NOT met'}  {each.name}: {each.found}\n")
    sys.stdout.write(f"{name} is {'met' if met else 'not met'}\n")
    return 0 if met else 1
