"""Measures how soon a switch that somebody throws holds in a sender, over a real broker."""

import logging
import threading
import time
from pathlib import Path

from ops.local.kafka.cluster import KafkaCluster
from ops.tools.switch import throw
from ops.topics import create_topics
from schemas.events.switches import DispatchSwitched
from schemas.wire.registry import offline_codec
from sinks.dispatch.switches import ALL, Switches
from streams.clock import SystemClock
from streams.tables.switch_table import SwitchTable

TIMES = 20
TIMEOUT_SECONDS = 30.0
POLL_SECONDS = 0.001


def switch_seconds(directory: Path) -> list[float]:
    """Give, ascending, the times from the operator's command to the halt."""
    # The table tells each change of so many.
    logging.getLogger("streams.tables.switch_table").setLevel(logging.ERROR)
    with KafkaCluster(directory / "kafka", for_load=True) as kafka:
        create_topics(kafka.bootstrap_servers)
        codec = offline_codec()
        switches = Switches()
        stopping = threading.Event()
        table = SwitchTable(kafka.bootstrap_servers, codec, switches, SystemClock(), lambda: None)
        thread = threading.Thread(target=table.run, args=(stopping.wait,))
        thread.start()
        try:
            _wait(switches, halted=False)
            return sorted(_throw(kafka.bootstrap_servers, switches) for _ in range(TIMES))
        finally:
            stopping.set()
            thread.join()


def _throw(servers: str, switches: Switches) -> float:
    began = time.monotonic()
    for halted in (True, False):
        now = time.time_ns() // 1_000_000
        throw(servers, DispatchSwitched(ALL, halted, "measured", "bench", now))
        _wait(switches, halted)
        if halted:
            seconds = time.monotonic() - began
    return seconds


def _wait(switches: Switches, halted: bool) -> None:
    deadline = time.monotonic() + TIMEOUT_SECONDS
    while switches.halts_marketplace("any") is not halted:
        if time.monotonic() > deadline:
            raise TimeoutError("a switch was not seen")
        time.sleep(POLL_SECONDS)
