"""A partition with nothing but bad records: it is to pause, and the others are to go on."""

import sys

import httpx

from ops.local.patience import wait_for
from ops.local.process import free_port
from ops.trials.chaos.test_bed import TIMEOUT_SECONDS, TestBed
from ops.trials.chaos.verify import Verdict
from ops.trials.load import complaints, listing_changes
from ops.trials.worker_processes import Progress, end_worker
from replay.compare import committed_outputs
from replay.log import KafkaLog
from schemas.topic_names import COMPLAINTS_EVENTS, DEAD_LETTERS, TAKEDOWNS_COMMANDS
from streams.kafka.producing import EventProducer
from streams.topology import LEAD_TOPIC

BAD_RECORDS = 50_000
GOOD_COMPLAINTS = 1_000
MAXIMUM_BURIED = 2_000


def flood(test_bed: TestBed) -> Verdict:
    """Flood a partition of the listings; complaints on all partitions are still decided."""
    test_bed.clear()
    test_bed.send(listing_changes(2_000, 500, 1))
    port = free_port()
    worker = test_bed.start("flooded", ("--metrics-port", str(port)))
    progress = test_bed.progress()
    progress.wait(progress.end(), worker)
    progress.close()
    producer = EventProducer(test_bed.addresses[0])
    for _ in range(BAD_RECORDS):
        producer.produce(LEAD_TOPIC, b"not an event", b"flood", partition=0)
    producer.flush()
    _await_open(port)
    test_bed.send(complaints(GOOD_COMPLAINTS, 500, 1))
    complained = Progress(test_bed.addresses[0], (COMPLAINTS_EVENTS,), test_bed.group)
    complained.wait(complained.end(), worker)
    complained.close()
    end_worker(worker)
    log = KafkaLog(test_bed.addresses[0])
    found = committed_outputs(log, frozenset({DEAD_LETTERS, TAKEDOWNS_COMMANDS}))
    letters, commands = found[DEAD_LETTERS], found[TAKEDOWNS_COMMANDS]
    buried = sum(map(len, letters.values()))
    decided = sum(map(len, commands.values()))
    sys.stdout.write(f"flood: {BAD_RECORDS:,} bad records, {buried:,} buried before the pause\n")
    problems = []
    if buried > MAXIMUM_BURIED:
        problems.append(f"{buried} records were buried rather than held")
    if not decided:
        problems.append("nothing else was decided")
    return Verdict(decided, GOOD_COMPLAINTS, tuple(problems))


def _await_open(port: int) -> None:
    wanted = f'ip_circuit_open{{partition="0",topic="{LEAD_TOPIC}"}} 1.0'

    def told() -> str:
        return httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=TIMEOUT_SECONDS).text

    wait_for("an open circuit", lambda: wanted in told())
