"""`python -m ops chaos-worker`: a worker that fails at a labelled step."""

import argparse
import os
import signal

from ops.errors import OperatorError
from ops.services.worker import add_worker_arguments, level_of, make_worker
from ops.shell.service import clock_of, stop_on_signals
from streams.kafka.transactions import Probe

STEPS = (
    "after_consume",
    "after_changelog_produce",
    "after_send_offsets",
    "after_commit",
    "after_state_write",
)
SIGNALS = {"kill": signal.SIGKILL, "freeze": signal.SIGSTOP}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("chaos-worker", help="a worker that fails at a labelled step")
    add_worker_arguments(parser)
    parser.add_argument("--fault", choices=SIGNALS)
    parser.add_argument("--step", choices=STEPS)
    parser.add_argument("--transaction", type=int, default=1, help="the first is 1")
    parser.add_argument("--listing-wait-seconds", type=float)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run a worker until its fault, or SIGTERM. Errors: OperatorError."""
    if (options.fault is None) != (options.step is None):
        raise OperatorError("--fault and --step go together")
    probe: Probe = no_fault
    if options.fault is not None:
        probe = fault_at(options.step, options.transaction, options.fault)
    level = level_of(options)
    if options.listing_wait_seconds is not None:
        wait = int(options.listing_wait_seconds * 1000)
        level = level._replace(listing_wait_milliseconds=wait)
    worker = make_worker(options, probe, clock_of(options), level)
    stop_on_signals(worker.stop)
    worker.run()
    return 0


def no_fault(_step: str) -> None:
    """Pass a step by."""


def fault_at(step: str, transaction: int, fault: str) -> Probe:
    """Return a probe that sends this process a signal at a step of its n-th transaction."""
    passed = 0

    def probe(name: str) -> None:
        nonlocal passed
        if name == step:
            passed += 1
            if passed == transaction:
                os.kill(os.getpid(), SIGNALS[fault])

    return probe
