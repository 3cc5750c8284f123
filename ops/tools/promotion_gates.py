"""Gates of a promotion that are measured in the archive."""

import argparse
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

from ops.errors import OperatorError
from ops.shell.user import user_name
from ops.tools.rules_topic import RulesTopic, candidate_of, now_milliseconds
from processors.rules.rule_set import rule_set_hash
from replay.backtest.record import BacktestRecord, read_record
from replay.backtest.result import Gate
from replay.log import ReplayError
from replay.period import Period
from replay.promotion.compared import DAY_MILLISECONDS, Compared, Question, compared
from replay.promotion.gates import Bounds, canary_gates, shadow_gates
from replay.promotion.record import Promotions
from schemas.events.rules import RolloutChanged
from sinks.archive.query import ArchiveIncomplete, open_archive
from sinks.archive.storage import storage_at
from sinks.contract import SinkUnavailable, SinkUnusable
from streams.policies.rule_files import BUILT_IN_DIRECTORY, load_rules

MAXIMUM_SHADOW_DAYS = 400

AddAction = Callable[
    [str, Callable[[argparse.Namespace], int], str],
    argparse.ArgumentParser,
]


def add_measured(add: AddAction) -> None:
    """Add the actions that ask the archive."""
    shadow = add("shadow", run_shadow, "measure what it showed in shadow")
    shadow.add_argument("candidate", help="how the candidate's hash begins")
    canary = add("canary", run_canary, "measure what it showed on its share of listings")
    for parser in (shadow, canary):
        add_archive(parser)


def add_archive(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of what asks the archive."""
    parser.add_argument("--archive", required=True, help="where the archive is")
    add_bounds(parser)


def add_bounds(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of bounds."""
    usual = Bounds()
    for name, kind, told in (
        ("shadow-days", int, "days in shadow, at least"),
        ("canary-days", int, "days on each share of listings, at least"),
        ("wrong-percent", float, "of new takedowns that may be wrong"),
        ("reviews-percent", float, "more reviews than by the live rules"),
    ):
        default = getattr(usual, name.replace("-", "_"))
        parser.add_argument(
            f"--{name}", type=kind, default=default, help=f"{told} (default: %(default)g)"
        )


def backtest_gate(report: Path) -> tuple[BacktestRecord, dict[str, Any]]:
    """Return a backtest's record, and what is kept of it. Errors: OperatorError."""
    try:
        record, digest = read_record(report)
    except ReplayError as error:
        raise OperatorError(str(error)) from error
    evidence = {"backtest_hash": digest, "begin": record.begin, "end": record.end}
    return record, evidence | {"files": record.files, "live_hashes": record.live_hashes}


def run_shadow(options: argparse.Namespace) -> int:
    """Record what a candidate showed in shadow; 1 where a gate is not met. Errors:
    OperatorError."""
    topic = RulesTopic(options.bootstrap_servers, options.schema_registry)
    state = topic.state()
    candidate = candidate_of(state, options.candidate)
    name, now = candidate.rule_set_hash, now_milliseconds()
    first = max(candidate.published_at_milliseconds, now - MAXIMUM_SHADOW_DAYS * DAY_MILLISECONDS)
    found = _compared(options, Question(name, _live_hash(state), False, Period(first, now)))
    gates = shadow_gates(found, bounds_of(options))
    evidence = found._asdict() | {"begin": first, "end": now, "live": _live_hash(state)}
    met = topic.record_gate(name, "shadow", gates, evidence, by_whom(options))
    return _told(gates, met)


def run_canary(options: argparse.Namespace) -> int:
    """Record what a candidate showed on its share; 1 where a gate is not met. Errors:
    OperatorError."""
    topic = RulesTopic(options.bootstrap_servers, options.schema_registry)
    state = topic.state()
    rollout = _rollout(state)
    found = on_share(options, state, rollout)
    gates = canary_gates(found, bounds_of(options))
    name, share = rollout.rule_set_hash, rollout.share_percent
    evidence = found._asdict() | {"since": rollout.changed_at_milliseconds}
    met = topic.record_gate(name, "canary", gates, evidence, by_whom(options), share)
    return _told(gates, met)


def _rollout(state: Promotions) -> RolloutChanged:
    if state.rollout is None or not state.rollout.share_percent:
        raise OperatorError("no candidate is rolled out")
    return state.rollout


def on_share(options: argparse.Namespace, state: Promotions, rollout: RolloutChanged) -> Compared:
    """Return what the candidate that decides has shown since. Errors: OperatorError."""
    span = Period(rollout.changed_at_milliseconds, now_milliseconds())
    return _compared(options, Question(rollout.rule_set_hash, _live_hash(state), True, span))


def _compared(options: argparse.Namespace, question: Question) -> Compared:
    try:
        with closing(open_archive(storage_at(options.archive))) as archive:
            return compared(archive, question)
    except (ArchiveIncomplete, ReplayError, SinkUnavailable, SinkUnusable) as error:
        raise OperatorError(str(error)) from error


def _live_hash(state: Promotions) -> str:
    if state.live is not None:
        return state.live.rule_set_hash
    return rule_set_hash(load_rules(BUILT_IN_DIRECTORY))


def bounds_of(options: argparse.Namespace) -> Bounds:
    """Return the bounds that arguments tell."""
    return Bounds(*(getattr(options, name) for name in Bounds._fields))


def by_whom(options: argparse.Namespace) -> str:
    """Return who does so. Errors: OperatorError where it can't be told."""
    return options.by or user_name("--by")


def _told(found: tuple[Gate, ...], met: bool) -> int:
    for each in found:
        sys.stdout.write(f"{'met' if each.met else 'NOT met'}  {each.name}: {each.found}\n")
    return 0 if met else 1
