"""From kill -9 to the next decision, and rows restored per second."""

import shutil
import time

from ops.local.process import ServerProcess
from ops.trials.bench.prepared_log import INPUTS, Log, Setting, produce
from ops.trials.bench.throughput import worker_arguments
from ops.trials.load import complaints
from ops.trials.worker_processes import (
    GROUP,
    Progress,
    end_worker,
    peak_resident_bytes,
    start_worker,
)

COMPLAINTS = 1_000
STANDING_BY = "standing by"
"""What a standby tells in its log."""


def decides_again(setting: Setting, log: Log, state_kept: bool) -> float:
    """Kill the worker of a log at work, start it again, and return the seconds from kill -9 to
    the next committed decision. Errors: OperatorError."""
    progress = _progress(setting, log)
    process = _start(setting, log)
    end = progress.end()
    produce(setting, complaints(COMPLAINTS, setting.listings, 40 + state_kept))
    progress.wait(end + 1, process)
    process.kill()
    killed = time.monotonic()
    before = progress.start()
    if not state_kept:
        lose_state(setting, log)
    process = _start(setting, log)
    produce(setting, complaints(COMPLAINTS, setting.listings, 50 + state_kept))
    decided = progress.wait(before + 1, process)
    progress.wait(progress.end(), process)
    end_worker(process)
    progress.close()
    return decided - killed


def standby_decides(setting: Setting, log: Log) -> tuple[float, int]:
    """Kill the worker of a log at work beside its standby; return the seconds from kill -9 to the
    next committed decision, and the standby's peak memory in bytes. Errors: OperatorError."""
    progress = _progress(setting, log)
    lease = ("--lease-directory", str(setting.directory / "leases"))
    process = _start(setting, log, lease)
    end = progress.end()
    produce(setting, complaints(COMPLAINTS, setting.listings, 42))
    progress.wait(end + 1, process)
    name = f"{log.name}-standby"
    arguments = (*worker_arguments(log.name), *lease, "--instance", log.name)
    standby = start_worker(setting.addresses, name, setting.directory, arguments)
    standby.wait_until(lambda: STANDING_BY in standby.tail(), "the standby")
    progress.wait(progress.end(), process)
    produce(setting, complaints(COMPLAINTS, setting.listings, 52))
    process.kill()
    killed = time.monotonic()
    before = progress.start()
    decided = progress.wait(before + 1, standby)
    progress.wait(progress.end(), standby)
    memory = peak_resident_bytes(standby.pid)
    end_worker(standby)
    progress.close()
    return decided - killed, memory


def restore_rate(setting: Setting, log: Log) -> float:
    """Lose the state of a log's worker, start it again, and return rows restored per second."""
    lose_state(setting, log)
    (setting.directory / f"{log.name}.log").unlink()
    progress = _progress(setting, log)
    before = progress.start()
    process = _start(setting, log)
    produce(setting, complaints(1, setting.listings, 20))
    progress.wait(before + 1, process)
    end_worker(process)
    progress.close()
    return _restore_rate(setting, log)


def lose_state(setting: Setting, log: Log) -> None:
    """Remove the local state of a log's worker."""
    shutil.rmtree(setting.directory / log.name)


def _progress(setting: Setting, log: Log) -> Progress:
    return Progress(setting.addresses[0], INPUTS, f"{GROUP}-{log.name}")


def _start(setting: Setting, log: Log, more: tuple[str, ...] = ()) -> ServerProcess:
    arguments = (*worker_arguments(log.name), *more)
    return start_worker(setting.addresses, log.name, setting.directory, arguments)


def _restore_rate(setting: Setting, log: Log) -> float:
    """Return rows/s of the last restore, as the worker's log told it."""
    rows, seconds = 0, 0.0
    for line in (setting.directory / f"{log.name}.log").read_text().splitlines():
        if " restored " in line:
            words = line.rsplit(" restored ", 1)[1].split()
            if int(words[0]) > 0:
                rows += int(words[0])
                seconds = max(seconds, float(words[3]))
    return rows / seconds if seconds else 0.0
