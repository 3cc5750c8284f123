"""New monitors beside a large register: how soon each watches titles.

The first builds the index of terms; others share it, and have tables from the topic, from an export
or of their own.
"""

import os
import shutil
import time
from pathlib import Path
from typing import NamedTuple

from ops.local.process import ServerProcess, free_port
from ops.trials.bench.prepared_log import Setting, fresh_topics, produce
from ops.trials.bench.tables import export_from, produce_marks
from ops.trials.load import reference_events
from ops.trials.worker_processes import end_worker, is_ready, start_worker

NAME = "monitor"
PATIENCE_SECONDS = 60.0
SLOWEST_MARKS_PER_SECOND = 2_000


class MonitorStart(NamedTuple):
    """Seconds from a process's start until it watches, and processor time with its child's."""

    seconds: float
    processor_seconds: float


class MonitorStarts(NamedTuple):
    """How the first monitor starts, which builds the index; another that reads the topic; one with
    exported tables; and that one started again."""

    first: MonitorStart
    from_topic: MonitorStart
    from_export: MonitorStart
    again: MonitorStart


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
) -> tuple[MonitorStart, ServerProcess]:
    """Start a monitor; return how it starts, and its process."""
    port = free_port()
    line = ["--metrics-port", str(port), "--group", f"{NAME}-{instance}"]
    line += ["--index-directory", str(setting.directory / f"{NAME}-indexes"), *arguments]
    began = time.monotonic()
    name = f"{NAME}-{instance}"
    process = start_worker(setting.addresses, name, setting.directory, line, command="monitor")
    process.wait_until(lambda: is_ready(port), "the monitor", patience_seconds=patience_seconds)
    start = MonitorStart(time.monotonic() - began, _processor_seconds(process.pid))
    return start, process


def _processor_seconds(pid: int) -> float:
    """Return the processor time of a process and of its children that ended."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / os.sysconf("SC_CLK_TCK")
