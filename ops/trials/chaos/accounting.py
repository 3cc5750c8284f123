"""What a worker made of records that nobody should write: each is accounted for, and it lives."""

import sys
import time
from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple

import httpx

from ops.errors import OperatorError
from ops.local.process import free_port
from ops.trials.buried import is_as_it_came, place_of
from ops.trials.chaos.test_bed import TIMEOUT_SECONDS, TestBed
from ops.trials.chaos.verify import Verdict
from ops.trials.worker_processes import end_worker
from replay.compare import committed_outputs
from replay.log import KafkaLog
from schemas.topic_names import DEAD_LETTERS, TAKEDOWNS_COMMANDS
from schemas.wire.codec import Headers
from streams.kafka.dead_letters import reason_of
from streams.kafka.producing import EventProducer
from streams.topology import ALL_INPUTS, GLOBAL_TABLES, INPUTS

INSTANCE = "fuzzed"


class Mutant(NamedTuple):
    """A record to send, good or bad."""

    topic: str
    key: bytes
    value: bytes
    headers: Headers


def send_bytes(test_bed: TestBed, records: Iterable[Mutant]) -> None:
    """Send records as they are. Errors: OperatorError where brokers don't acknowledge them."""
    producer = EventProducer(test_bed.addresses[0])
    for record in records:
        while True:
            try:
                producer.produce(
                    record.topic,
                    record.value or None,
                    record.key or None,
                    headers=record.headers,  # type: ignore[arg-type]
                )
            except BufferError:
                producer.poll(0.1)
            else:
                break
    if producer.flush(TIMEOUT_SECONDS):
        raise OperatorError("records were not acknowledged in time")


def account_for(test_bed: TestBed, name: str, sent: int) -> Verdict:
    """Run a worker until it has taken all; `sent` is how many records of `INPUTS` there are."""
    port = free_port()
    worker = test_bed.start(INSTANCE, ("--bad-ratio", "1.0", "--metrics-port", str(port)))
    progress = test_bed.progress()
    started = time.monotonic()
    progress.wait(progress.end(), worker)
    seconds = time.monotonic() - started
    counted = _counted(port)
    end_worker(worker)
    progress.close()
    places, reasons = _dead_letters(test_bed)
    problems = []
    if len(places) != sum(places.values()):
        problems.append("a record was buried twice")
    if counted["ip_records_total"] != sent:
        problems.append(f"{counted['ip_records_total']:.0f} of {sent} accounted for")
    changed = _changed(test_bed, places)
    if changed:
        problems.append(f"{changed} dead letters differ from the record as it came")
    commands = committed_outputs(KafkaLog(test_bed.addresses[0]), frozenset({TAKEDOWNS_COMMANDS}))[
        TAKEDOWNS_COMMANDS
    ]
    shown = ", ".join(f"{reason} {number:,}" for reason, number in reasons.most_common())
    sys.stdout.write(
        f"{name}: {sent:,} records in {seconds:.0f} s, one process; "
        f"{len(places):,} dead letters: {shown}\n"
    )
    return Verdict(sum(map(len, commands.values())), sent - len(places), tuple(problems))


def _counted(port: int) -> Counter[str]:
    text = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=TIMEOUT_SECONDS).text
    counted: Counter[str] = Counter()
    for line in text.splitlines():
        if line.startswith("ip_records_total{") and not any(
            f'source="{topic}"' in line for topic in INPUTS
        ):
            # Parties' rows take in what follows from the records sent, and was not sent.
            continue
        if line.startswith(("ip_records_total{", "ip_dead_letters_total{")):
            counted[line.partition("{")[0]] += int(float(line.rsplit(" ", 1)[1]))
    return counted


def _dead_letters(test_bed: TestBed) -> tuple[Counter[tuple[str, int, int]], Counter[str]]:
    places: Counter[tuple[str, int, int]] = Counter()
    reasons: Counter[str] = Counter()
    for letter in KafkaLog(test_bed.addresses[0]).read_all(DEAD_LETTERS):
        places[place_of(letter)] += 1
        reasons[reason_of(letter.headers or [])] += 1
    return places, reasons


def _changed(test_bed: TestBed, places: Counter[tuple[str, int, int]]) -> int:
    came = {}
    for topic in (*ALL_INPUTS, *GLOBAL_TABLES):
        for record in KafkaLog(test_bed.addresses[0]).read_all(topic):
            if (topic, record.partition, record.offset) in places:
                came[topic, record.partition, record.offset] = (record.key, record.value)
    changed = 0
    for letter in KafkaLog(test_bed.addresses[0]).read_all(DEAD_LETTERS):
        topic, number, offset = place_of(letter)
        found = came.get((topic, number, offset))
        changed += found is None or not is_as_it_came(letter, *found)
    return changed
