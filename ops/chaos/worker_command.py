"""`python -m ops chaos-worker`: a worker that kills or freezes itself at a labelled step."""

import argparse
import os
import signal

from ops.worker_command import add_worker_arguments, make_worker
from streams.transactions import Probe
from streams.worker import stop_on_signal

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
    parser.add_argument("--fault", choices=SIGNALS, required=True)
    parser.add_argument("--step", choices=STEPS, required=True)
    parser.add_argument("--transaction", type=int, required=True, help="the first is 1")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run a worker until its fault, or SIGTERM."""
    worker = make_worker(options, fault_at(options.step, options.transaction, options.fault))
    handler = stop_on_signal(worker)
    signal.signal(signal.SIGTERM, handler)
    worker.run()
    return 0


def fault_at(step: str, transaction: int, fault: str) -> Probe:
    """Give a probe that sends this process a signal at a step of its n-th transaction."""
    passed = 0

    def probe(name: str) -> None:
        nonlocal passed
        if name == step:
            passed += 1
            if passed == transaction:
                os.kill(os.getpid(), SIGNALS[fault])

    return probe
