"""The lease of a worker's name: one holder, told by the system, and what it holds."""

import os
import signal
import subprocess
import sys

from streams.worker.lease import Lease

HOLDER = """
import sys, time
from pathlib import Path
from streams.worker.lease import Lease
lease = Lease(Path(sys.argv[1]), "worker")
assert lease.take()
lease.note([3, 1])
print("held", flush=True)
time.sleep(600)
"""


def holder(directory):
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(directory)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    return process


def test_a_killed_holders_lease_is_free_and_what_it_held_is_known(tmp_path):
    process = holder(tmp_path)
    lease = Lease(tmp_path, "worker")
    try:
        assert not lease.take()
        assert lease.partitions() == [1, 3]
    finally:
        process.kill()
        process.wait()
    assert lease.take()
    assert lease.take()
    lease.close()


def test_a_stopped_holder_keeps_its_lease(tmp_path):
    process = holder(tmp_path)
    lease = Lease(tmp_path, "worker")
    try:
        os.kill(process.pid, signal.SIGSTOP)
        assert not lease.take()
    finally:
        process.kill()
        process.wait()
    lease.close()


def test_names_have_leases_of_their_own(tmp_path):
    first, second = Lease(tmp_path, "a"), Lease(tmp_path, "b")
    assert first.take()
    assert second.take()
    assert second.partitions() == []
    first.close()
    again = Lease(tmp_path, "a")
    assert again.take()
    again.close()
    second.close()


def test_a_disk_without_room_does_not_end_the_holder(small_disk):
    lease = Lease(small_disk.path, "worker")
    assert lease.take()
    lease.note([3, 1])
    small_disk.fill()
    lease.note(range(5_000))
    assert lease.partitions() == [1, 3]
    small_disk.make_room()
    lease.note([2])
    assert lease.partitions() == [2]
    lease.close()
