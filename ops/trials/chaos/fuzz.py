"""Records that are no events: each is to be accounted for, and the worker is to live."""

import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from typing import NamedTuple

import httpx

from ops.errors import OperatorError
from ops.local.process import free_port
from ops.trials.chaos.test_bed import TIMEOUT_SECONDS, TestBed
from ops.trials.chaos.verify import Verdict
from ops.trials.load import complaints, listing_changes
from ops.trials.worker_processes import end_worker
from replay.compare import committed_outputs
from replay.log import KafkaLog
from schemas.topic_names import DEAD_LETTERS, TAKEDOWNS_COMMANDS
from schemas.wire.codec import Headers
from schemas.wire.registry import connect
from streams.kafka.dead_letters import field_of
from streams.kafka.producing import EventProducer
from streams.topology import INPUTS, PARTY_INPUTS

MAXIMUM_LENGTH = 4_000
INSTANCE = "fuzzed"


class Mutant(NamedTuple):
    """A record to send, good or bad."""

    topic: str
    key: bytes
    value: bytes
    headers: Headers


def mutants(count: int, seed: int, encoded: list[tuple[str, bytes, bytes]]) -> Iterator[Mutant]:
    """Return records made from good ones (topic, key, value) by chance."""
    source = random.Random(seed)
    for _ in range(count):
        topic, key, value = source.choice(encoded)
        yield source.choice(_MUTATIONS)(source, Mutant(topic, key, value, []))


def _noise(source: random.Random, good: Mutant) -> Mutant:
    return good._replace(value=source.randbytes(source.randrange(MAXIMUM_LENGTH)))


def _cut(source: random.Random, good: Mutant) -> Mutant:
    return good._replace(value=good.value[: source.randrange(len(good.value))])


def _lengthened(source: random.Random, good: Mutant) -> Mutant:
    return good._replace(value=good.value + source.randbytes(source.randrange(1, 50)))


def _flipped(source: random.Random, good: Mutant) -> Mutant:
    flipped = bytearray(good.value)
    for _ in range(source.randrange(1, 9)):
        flipped[source.randrange(len(flipped))] ^= 1 << source.randrange(8)
    return good._replace(value=bytes(flipped))


def _other_body(source: random.Random, good: Mutant) -> Mutant:
    return good._replace(value=good.value[:5] + source.randbytes(len(good.value) - 5))


def _false_header(source: random.Random, good: Mutant) -> Mutant:
    content = source.randbytes(source.choice((0, 16, 17)))
    return good._replace(headers=[("__value_schema_id", content)])


def _false_key(source: random.Random, good: Mutant) -> Mutant:
    return good._replace(key=source.choice((b"", source.randbytes(12))))


def _empty(_source: random.Random, good: Mutant) -> Mutant:
    return good._replace(value=b"")


def _other_topic(source: random.Random, good: Mutant) -> Mutant:
    return good._replace(topic=source.choice(list(INPUTS)))


def _unchanged(_source: random.Random, good: Mutant) -> Mutant:
    return good


_MUTATIONS = (
    _noise,
    _cut,
    _lengthened,
    _flipped,
    _other_body,
    _false_header,
    _false_key,
    _empty,
    _other_topic,
    _unchanged,
)


def fuzz(test_bed: TestBed, count: int, seed: int) -> Verdict:
    """Send mutants to a worker, and account for each."""
    test_bed.clear()
    sent = _send(test_bed, count, seed)
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
    if counted["ip_dead_letters_total"] != len(places):
        problems.append(
            f"{counted['ip_dead_letters_total']:.0f} counted as dead, {len(places)} buried"
        )
    changed = _changed(test_bed, places)
    if changed:
        problems.append(f"{changed} dead letters differ from the record as it came")
    commands = committed_outputs(KafkaLog(test_bed.addresses[0]), frozenset({TAKEDOWNS_COMMANDS}))[
        TAKEDOWNS_COMMANDS
    ]
    shown = ", ".join(f"{reason} {number:,}" for reason, number in reasons.most_common())
    sys.stdout.write(
        f"fuzz, seed {seed}: {sent:,} records in {seconds:.0f} s, one process; "
        f"{len(places):,} dead letters: {shown}\n"
    )
    return Verdict(sum(map(len, commands.values())), sent - len(places), tuple(problems))


def _send(test_bed: TestBed, count: int, seed: int) -> int:
    codec = connect(test_bed.addresses[1], register=True)
    good = [
        *list(listing_changes(500, 100, seed)),
        *list(complaints(500, 100, seed)),
    ]
    encoded = [(k.topic, k.key.encode(), codec.encode(k.topic, k.event)) for k in good]
    producer = EventProducer(test_bed.addresses[0])
    for mutant in mutants(count, seed, encoded):
        while True:
            try:
                producer.produce(
                    mutant.topic,
                    mutant.value or None,
                    mutant.key or None,
                    headers=mutant.headers,  # type: ignore[arg-type]
                )
            except BufferError:
                producer.poll(0.1)
            else:
                break
    if producer.flush(TIMEOUT_SECONDS):
        raise OperatorError("records were not acknowledged in time")
    return count


def _counted(port: int) -> Counter[str]:
    text = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=TIMEOUT_SECONDS).text
    counted: Counter[str] = Counter()
    for line in text.splitlines():
        if any(f'source="{topic}"' in line for topic in PARTY_INPUTS):
            # What parties' rows take in follows from the records sent, and was not sent.
            continue
        if line.startswith(("ip_records_total{", "ip_dead_letters_total{")):
            counted[line.partition("{")[0]] += int(float(line.rsplit(" ", 1)[1]))
    return counted


def _dead_letters(test_bed: TestBed) -> tuple[Counter[tuple[str, int, int]], Counter[str]]:
    places: Counter[tuple[str, int, int]] = Counter()
    reasons: Counter[str] = Counter()
    for letter in KafkaLog(test_bed.addresses[0]).read_all(DEAD_LETTERS):
        headers = letter.headers or []
        place = [field_of(headers, name) for name in ("topic", "partition", "offset")]
        places[place[0], int(place[1]), int(place[2])] += 1
        reasons[field_of(headers, "exception.class.name")] += 1
    return places, reasons


def _changed(test_bed: TestBed, places: Counter[tuple[str, int, int]]) -> int:
    came = {}
    for topic in INPUTS:
        for record in KafkaLog(test_bed.addresses[0]).read_all(topic):
            if (topic, record.partition, record.offset) in places:
                came[topic, record.partition, record.offset] = (record.key, record.value)
    changed = 0
    for letter in KafkaLog(test_bed.addresses[0]).read_all(DEAD_LETTERS):
        headers = letter.headers or []
        place = [field_of(headers, name) for name in ("topic", "partition", "offset")]
        found = came.get((place[0], int(place[1]), int(place[2])))
        changed += found != (letter.key, letter.value)
    return changed
