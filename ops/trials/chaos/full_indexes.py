"""A monitor whose directory of indexes has no room: it says so, and watches once there is."""

import sys
from functools import partial

import httpx

from ops.local.patience import wait_for
from ops.local.process import free_port
from ops.local.small_disk import SmallDisk
from ops.trials.chaos.test_bed import TestBed
from ops.trials.chaos.verify import Verdict
from ops.trials.load import reference_events
from ops.trials.worker_processes import end_worker, is_ready, start_worker

INSTANCE = "cramped-monitor"
DISK_BYTES = 16 << 20
HANDLED = 'ip_handled_errors_total{place="term_index",reason="IndexNotBuilt"}'


def fill_indexes(test_bed: TestBed) -> Verdict:
    """Start a monitor whose indexes have no room, and make room."""
    test_bed.clear()
    test_bed.send(reference_events())
    port = free_port()

    ready = partial(is_ready, port)

    def told() -> bool:
        try:
            return HANDLED in httpx.get(f"http://127.0.0.1:{port}/metrics").text
        except httpx.HTTPError:
            return False

    problems = []
    with SmallDisk(DISK_BYTES) as disk:
        words = ("--index-directory", str(disk.path / "indexes"), "--metrics-port", str(port))
        disk.fill()
        monitor = start_worker(
            test_bed.addresses, INSTANCE, test_bed.directory, words, command="monitor"
        )
        wait_for("the monitor's word", told, monitor.tail, monitor.tail)
        if ready():
            problems.append("a monitor without an index takes part")
        disk.make_room()
        monitor.wait_until(ready, "the monitor", monitor.tail)
        end_worker(monitor)
    sys.stdout.write("full directory of indexes: told, and went on with room\n")
    return Verdict(0, 0, tuple(problems), "it waits for room")
