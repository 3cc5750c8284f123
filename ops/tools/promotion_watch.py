"""The watch over a candidate that decides: it is taken back where it passes a bound."""

import argparse
import sys
import time

from ops.errors import OperatorError
from ops.shell.promotion_metrics import WatchMetrics
from ops.shell.service import add_metrics_arguments, serve_metrics, stopping_event
from ops.tools.promotion_gates import AddAction, add_archive, bounds_of, by_whom, on_share
from ops.tools.rules_topic import RulesTopic, now_milliseconds
from replay.promotion.gates import canary_gates, reasons_to_return
from schemas.events.rules import RolloutChanged

LOOK_SECONDS = 60.0
MISSED_LOOKS = 3
"""After so many the watch no longer tells that it is ready."""


def add_watch(add: AddAction) -> None:
    """Add the action."""
    watch = add("watch", run_watch, "take it back where it passes a bound")
    watch.add_argument("--once", action="store_true", help="look once, and end")
    add_archive(watch)
    add_metrics_arguments(watch)


def run_watch(options: argparse.Namespace) -> int:
    """Look again and again whether a candidate is to be taken back, and do so; 1 where it was.

    One that serves metrics goes on until SIGTERM or SIGINT, whatever comes. Errors: OperatorError.
    """
    topic = RulesTopic(options.bootstrap_servers, options.schema_registry)
    metrics = WatchMetrics()
    if options.once or not options.metrics_port:
        return _until_it_ends(options, topic, metrics)
    looked_at = [time.monotonic()]

    def ready() -> bool:
        return time.monotonic() - looked_at[0] < MISSED_LOOKS * LOOK_SECONDS

    serve_metrics(options, metrics.registry, ready)
    stopping = stopping_event()
    while not stopping.is_set():
        try:
            look(options, topic, metrics)
            looked_at[0] = time.monotonic()
        except OperatorError as error:
            # Kafka or the archive may be away for a while; that nobody watches is told meanwhile.
            sys.stderr.write(f"not looked: {error}\n")
        stopping.wait(LOOK_SECONDS)
    return 0


def _until_it_ends(options: argparse.Namespace, topic: RulesTopic, metrics: WatchMetrics) -> int:
    while (decides := look(options, topic, metrics)) and not options.once:
        time.sleep(LOOK_SECONDS)
    return 1 if decides is False else 0


def look(options: argparse.Namespace, topic: RulesTopic, metrics: WatchMetrics) -> bool | None:
    """Look once: True where the candidate stays, False where it was taken back, None where none
    is rolled out. Errors: OperatorError."""
    state = topic.state()
    rollout = state.rollout
    if rollout is None or not rollout.share_percent:
        sys.stdout.write("no candidate is rolled out\n")
        metrics.looked(now_milliseconds())
        return None
    bounds, by = bounds_of(options), by_whom(options)
    found = on_share(options, state, rollout)
    reasons = reasons_to_return(found, bounds)
    if not reasons:
        metrics.looked(now_milliseconds())
        sys.stdout.write(f"{rollout.share_percent} %, {found.cases:,} cases: it stays\n")
        return True
    why, name, now = "; ".join(reasons), rollout.rule_set_hash, now_milliseconds()
    # First the return: what it rests on can be told after.
    topic.add(RolloutChanged(name, 0, why, by, now))
    metrics.returned(now)
    metrics.looked(now)
    gates = canary_gates(found, bounds)
    topic.record_gate(name, "canary", gates, found._asdict(), by, rollout.share_percent)
    sys.stdout.write(f"{name} is taken back: {why}\n")
    return False
