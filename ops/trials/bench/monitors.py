"""New monitors beside a large register: how soon each watches titles.

The first builds the index of terms; others share it, and have tables from the topic, from an export
or of their own.
"""

import shutil
import time
from typing import NamedTuple

import httpx

from ops.local.process import ServerProcess, free_port
from ops.trials.bench.prepared_log import Setting, fresh_topics, produce
from ops.trials.bench.tables import export_from, produce_marks
from ops.trials.load import reference_events
from ops.trials.worker_processes import end_worker, start_worker

NAME = "monitor"
PATIENCE_SECONDS = 60.0
SLOWEST_MARKS_PER_SECOND = 2_000


class MonitorStarts(NamedTuple):
    """Seconds from a process's start until it watches: the first monitor, which builds the index;
    another that reads the topic; one with exported tables; and that one started again."""

    first: float
    from_topic: float
    from_export: float
    again: float


def start_monitors(setting: Setting, marks: int) -> MonitorStarts:
    """Put so many marks in force on fresh topics, and start monitors. Errors: OperatorError."""
    fresh_topics(setting)
    produce(setting, reference_events())
    produce_marks(setting, marks, watched=True)
    patience = PATIENCE_SECONDS + marks / SLOWEST_MARKS_PER_SECOND
    first, process = _start(setting, "first", patience)
    export = setting.directory / f"{NAME}-export"
    export_from(setting, f"{NAME}-first", export)
    end_worker(process)
    from_topic, process = _start(setting, "second", patience)
    end_worker(process)
    from_export, process = _start(setting, "third", patience, "--tables-from", str(export))
    end_worker(process)
    again, process = _start(setting, "third", patience)
    end_worker(process)
    for each in (export, *setting.directory.glob(f"{NAME}-*")):
        shutil.rmtree(each, ignore_errors=True)
    return MonitorStarts(first, from_topic, from_export, again)


def _start(
    setting: Setting, instance: str, patience_seconds: float, *arguments: str
) -> tuple[float, ServerProcess]:
    """Start a monitor; return the seconds until it watches, and its process."""
    port = free_port()
    line = ["--metrics-port", str(port), "--group", f"{NAME}-{instance}"]
    line += ["--index-directory", str(setting.directory / f"{NAME}-indexes"), *arguments]
    began = time.monotonic()
    name = f"{NAME}-{instance}"
    process = start_worker(setting.addresses, name, setting.directory, line, command="monitor")
    process.wait_until(lambda: _is_ready(port), "the monitor", patience_seconds=patience_seconds)
    return time.monotonic() - began, process


def _is_ready(port: int) -> bool:
    try:
        return httpx.get(f"http://127.0.0.1:{port}/ready").is_success
    except httpx.TransportError:
        return False
