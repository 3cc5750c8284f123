"""The measurements of `python -m ops bench`."""

import multiprocessing
import os
import shutil
import statistics
import time
from pathlib import Path
from typing import Any, NamedTuple

from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from ops.topics import create_topics
from ops.trials.load import Keyed, complaints, listing_changes, reference_events
from ops.trials.worker_processes import (
    GROUP,
    Progress,
    cpu_seconds,
    end_worker,
    producer_to,
    send,
    start_worker,
)
from schemas.catalog import load_topics
from schemas.wire.registry import connect

CORE = 1
INPUTS = ("ip.listings.events", "ip.complaints.events")
SCRATCH = "bench.bytes"
BATCH = 5_000
RUN_TIMEOUT_SECONDS = 300.0
QUIET_SECONDS = 5.0
HEAD = 0.2
"""Share of the records at the start that isn't measured, while caches and queues fill."""


class Setting(NamedTuple):
    """Where a benchmark runs: addresses of Kafka and registry, a directory, and listings."""

    addresses: tuple[str, str]
    directory: Path
    listings: int


class Recovery(NamedTuple):
    """Seconds from kill -9 to the next decision, and rows restored per second."""

    warm_seconds: float
    cold_seconds: float
    rows_per_second: float


def hot_path(
    setting: Setting, changes: int, complained: int, instance: str
) -> tuple[float, float, float]:
    """Return records/s, listing changes/s and cores used by one worker on a prepared log."""
    _fresh_topics(setting)
    _produce(setting, reference_events())
    total = _produce(
        setting,
        _interleaved(changes, complained, setting.listings),
    )
    progress = Progress(setting.addresses[0], INPUTS, f"{GROUP}-{instance}")
    process = start_worker(
        setting.addresses,
        instance,
        setting.directory,
        ("--group", f"{GROUP}-{instance}", "--partitions", "4"),
        core=CORE,
    )
    started = progress.wait(int(total * HEAD), process, RUN_TIMEOUT_SECONDS)
    done_before = progress.committed()
    cpu = cpu_seconds(process.pid)
    ended = progress.wait(total, process, RUN_TIMEOUT_SECONDS)
    seconds = ended - started
    cores = (cpu_seconds(process.pid) - cpu) / seconds
    end_worker(process)
    progress.close()
    rate = (total - done_before) / seconds
    return rate, rate * changes / total, cores


def bytes_only(setting: Setting) -> float:
    """Return records/s of a loop that only consumes and produces bytes, pinned alike."""
    context = multiprocessing.get_context("spawn")
    answers: Any = context.Queue()
    process = context.Process(target=_copy_bytes, args=(setting.addresses[0], answers))
    process.start()
    rate: float = answers.get(timeout=RUN_TIMEOUT_SECONDS)
    process.join()
    return rate


def restore_rate(setting: Setting, instance: str) -> float:
    """Lose a worker's state after a run, start it again, and give the rows restored per second."""
    shutil.rmtree(setting.directory / instance)
    (setting.directory / f"{instance}.log").unlink()
    _time_to_decision(setting, instance, "cold")
    return _restore_rate(setting, instance)


def recovery(setting: Setting) -> Recovery:
    """Kill the worker of the last run, with its state kept and lost; time its next decision."""
    instance = "mixed"
    warm = _time_to_decision(setting, instance, "warm")
    shutil.rmtree(setting.directory / instance)
    (setting.directory / f"{instance}.log").unlink()
    cold = _time_to_decision(setting, instance, "cold")
    return Recovery(warm, cold, _restore_rate(setting, instance))


def latency(setting: Setting, rate: int, seconds: int) -> dict[str, float]:
    """Return percentiles, in ms, from producing a complaint to reading its committed command."""
    _fresh_topics(setting)
    _produce(setting, reference_events())
    listed = _produce(setting, listing_changes(setting.listings, setting.listings, 5))
    process = start_worker(
        setting.addresses,
        "latency",
        setting.directory,
        ("--group", f"{GROUP}-latency", "--partitions", "4"),
    )
    progress = Progress(setting.addresses[0], INPUTS, f"{GROUP}-latency")
    progress.wait(listed, process, RUN_TIMEOUT_SECONDS)
    context = multiprocessing.get_context("spawn")
    sender = context.Process(target=_send_at_rate, args=(setting, rate, seconds))
    sender.start()
    delays = _read_delays(setting.addresses, rate * seconds, sender)
    sender.join()
    end_worker(process)
    progress.close()
    # The first second meets cold caches, in the worker as in the clients.
    delays = delays[rate:]
    cuts = statistics.quantiles(delays, n=100)
    return {"p50": cuts[49], "p95": cuts[94], "p99": cuts[98], "max": max(delays)}


def _interleaved(changes: int, complained: int, listings: int) -> Any:
    every = max(1, changes // complained)
    filed = complaints(complained, listings, 11)
    for index, keyed in enumerate(listing_changes(changes, listings, 7)):
        yield keyed
        if index % every == every - 1:
            yield from _next(filed)
    yield from filed


def _next(events: Any) -> list[Keyed]:
    found = next(events, None)
    return [] if found is None else [found]


def _fresh_topics(setting: Setting) -> None:
    admin = AdminClient({"bootstrap.servers": setting.addresses[0]})
    names = [*load_topics(), SCRATCH]
    present = set(admin.list_topics(timeout=10).topics) & set(names)
    if present:
        for future in admin.delete_topics(list(present), operation_timeout=30).values():
            future.result()
        while set(admin.list_topics(timeout=10).topics) & present:
            time.sleep(0.1)
    create_topics(setting.addresses[0], 4, 1)
    admin.create_topics([NewTopic(SCRATCH, 4, 1)])[SCRATCH].result()


def _produce(setting: Setting, events: Any) -> int:
    codec = connect(setting.addresses[1], register=True)
    producer = producer_to(setting.addresses[0])
    count = 0
    for keyed in events:
        send(producer, codec, keyed)
        count += 1
        if count % 1_000 == 0:
            producer.poll(0)
    producer.flush()
    return count


def _copy_bytes(bootstrap_servers: str, answers: Any) -> None:
    os.sched_setaffinity(0, {CORE})
    consumer = Consumer(
        {
            "bootstrap.servers": bootstrap_servers,
            "group.id": "bench-bytes",
            "auto.offset.reset": "earliest",
            "fetch.wait.max.ms": 10,
            "fetch.message.max.bytes": 4 << 20,
        }
    )
    topic = INPUTS[0]
    ends = {n: consumer.get_watermark_offsets(TopicPartition(topic, n))[1] for n in range(4)}
    consumer.assign([TopicPartition(topic, number, 0) for number in ends])
    producer = Producer(
        {
            "bootstrap.servers": bootstrap_servers,
            "linger.ms": 5,
            "batch.size": 1 << 20,
            "compression.type": "lz4",
            "queue.buffering.max.messages": 500_000,
        }
    )
    total = sum(ends.values())
    count, started, head = 0, 0.0, 0
    while count < total:
        for message in consumer.consume(BATCH, 0.5):
            producer.produce(SCRATCH, message.value(), message.key(), partition=message.partition())
            count += 1
        producer.poll(0)
        if not head and count >= total * HEAD:
            head, started = count, time.monotonic()
    producer.flush()
    answers.put((total - head) / (time.monotonic() - started))
    consumer.close()


def _time_to_decision(setting: Setting, instance: str, name: str) -> float:
    """Start the worker, kill it at work, start it again, and time its next committed decision."""
    arguments = ("--group", f"{GROUP}-{instance}", "--partitions", "4")
    progress = Progress(setting.addresses[0], INPUTS, f"{GROUP}-{instance}")
    if name == "warm":
        process = start_worker(setting.addresses, instance, setting.directory, arguments)
        end = progress.end()
        _produce(setting, complaints(1_000, setting.listings, 21))
        progress.wait(end + 1, process, RUN_TIMEOUT_SECONDS)
        process.kill()
    _produce(setting, complaints(1_000, setting.listings, 22 if name == "warm" else 23))
    before = progress.committed()
    started = time.monotonic()
    process = start_worker(setting.addresses, instance, setting.directory, arguments)
    decided = progress.wait(before + 1, process, RUN_TIMEOUT_SECONDS)
    progress.wait(progress.end(), process, RUN_TIMEOUT_SECONDS)
    end_worker(process)
    progress.close()
    return decided - started


def _restore_rate(setting: Setting, instance: str) -> float:
    """Return rows/s of the last restore, as the worker's log told it."""
    rows, seconds = 0, 0.0
    for line in (setting.directory / f"{instance}.log").read_text().splitlines():
        if " restored " in line:
            words = line.rsplit(" restored ", 1)[1].split()
            if int(words[0]) > 0:
                rows += int(words[0])
                seconds = max(seconds, float(words[3]))
    return rows / seconds if seconds else 0.0


def _send_at_rate(setting: Setting, rate: int, seconds: int) -> None:
    codec = connect(setting.addresses[1], register=True)
    producer = producer_to(setting.addresses[0])
    started = time.monotonic()
    for index, keyed in enumerate(complaints(rate * seconds, setting.listings, 31)):
        due = started + index / rate
        wait = due - time.monotonic()
        if wait > 0:
            time.sleep(wait)
            producer.poll(0)
        send(producer, codec, keyed)
    producer.flush()


def _read_delays(addresses: tuple[str, str], expected: int, sender: Any) -> list[float]:
    codec = connect(addresses[1], register=True)
    topic = "ip.takedowns.commands"
    consumer = Consumer(
        {
            "bootstrap.servers": addresses[0],
            "group.id": "bench-latency",
            "isolation.level": "read_committed",
            "auto.offset.reset": "earliest",
            "fetch.wait.max.ms": 100,
        }
    )
    consumer.assign([TopicPartition(topic, number, 0) for number in range(4)])
    delays: list[float] = []
    quiet_since = time.monotonic()
    while len(delays) < expected:
        message = consumer.poll(0.2)
        if message is None:
            if not sender.is_alive() and time.monotonic() - quiet_since > QUIET_SECONDS:
                break
            continue
        quiet_since = time.monotonic()
        if message.error() is None:
            command = codec.decode(topic, message.value() or b"", None)
            delays.append(time.time() * 1000 - command.received_at_milliseconds)
    consumer.close()
    return delays
