"""Input records a second of a replay, which makes all outputs and rows of a log again."""

import os
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import Any

from ops.tools.replay import kafka_source
from ops.trials.bench.prepared_log import CORE, Log, Setting
from ops.trials.bench.throughput import measured_apart
from replay.parallel import remake_in_parallel


def replayed(setting: Setting, log: Log, processes: int) -> float:
    """Return input records/s of a replay of a log that was decided, on so many cores.

    It is read from Kafka; opening it and starting processes count.
    """
    cores = {CORE} if processes == 1 else set(range(processes))
    return log.records / measured_apart(_replay, setting.addresses, processes, cores)


def _replay(addresses: tuple[str, str], processes: int, cores: set[int], answers: Any) -> None:
    os.sched_setaffinity(0, cores)
    with tempfile.TemporaryDirectory(prefix="ip-replay-") as scratch:
        began = time.monotonic()
        source = partial(kafka_source, *addresses)
        remake_in_parallel(source, processes, Path(scratch), lambda _done, _partitions: None)
        answers.put(time.monotonic() - began)
