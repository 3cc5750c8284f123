"""Records a second over a prepared log: of the whole job, and of bytes only as its limit."""

import multiprocessing
import os
import time
from collections.abc import Callable
from typing import Any, NamedTuple

from confluent_kafka import Consumer, Producer, TopicPartition

from ops.local.process import ServerProcess
from ops.trials.bench.prepared_log import (
    BYTES,
    CORE,
    HEAD,
    INPUTS,
    PARTITIONS,
    RUN_TIMEOUT_SECONDS,
    Log,
    Setting,
)
from ops.trials.worker_processes import GROUP, Progress, cpu_seconds, end_worker, start_worker
from streams.kafka.clients import client_settings

BATCH = 5_000


class Throughput(NamedTuple):
    """Input records a second over the part of a log that is measured, and cores used."""

    records_per_second: float
    cores: float


def bytes_only(setting: Setting) -> float:
    """Return records/s of a loop that only consumes and produces bytes, pinned alike."""
    return measured_apart(_copy_bytes, setting.addresses[0])


def measured_apart(target: Callable[..., None], *arguments: Any) -> float:
    """Return the figure that a function, in a process of its own, puts into the queue that it is
    given behind its arguments."""
    context = multiprocessing.get_context("spawn")
    answers: Any = context.Queue()
    process = context.Process(target=target, args=(*arguments, answers))
    process.start()
    figure: float = answers.get(timeout=RUN_TIMEOUT_SECONDS)
    process.join()
    return figure


def whole_job(setting: Setting, log: Log) -> Throughput:
    """Run one worker over a prepared log; its state stays under the log's name."""
    name = setting.build.instance(log.name)
    arguments = worker_arguments(name)
    process = start_worker(
        setting.addresses, name, setting.directory, arguments, core=CORE, build=setting.build
    )
    measured = over_log(setting, log, f"{GROUP}-{name}", process)
    end_worker(process)
    return measured


def worker_arguments(instance: str) -> tuple[str, ...]:
    """Return the arguments of a worker with a group of its own."""
    # Others have left rows on the same changelog.
    own = ("--group", f"{GROUP}-{instance}", "--begin-missing-offsets")
    return (*own, "--partitions", str(PARTITIONS))


def over_log(setting: Setting, log: Log, group: str, process: ServerProcess) -> Throughput:
    """Measure a process by what its group commits of a prepared log. Errors: OperatorError."""
    progress = Progress(setting.addresses[0], INPUTS, group)
    started = progress.wait(int(log.records * HEAD), process)
    before = progress.start()
    cpu = cpu_seconds(process.pid)
    seconds = progress.wait(log.records, process) - started
    cores = (cpu_seconds(process.pid) - cpu) / seconds
    progress.close()
    return Throughput((log.records - before) / seconds, cores)


def _copy_bytes(bootstrap_servers: str, answers: Any) -> None:
    os.sched_setaffinity(0, {CORE})
    consumer = Consumer(
        client_settings(
            bootstrap_servers,
            {
                "group.id": "bench-bytes",
                "auto.offset.reset": "earliest",
                "fetch.wait.max.ms": 10,
                "fetch.message.max.bytes": 4 << 20,
            },
        )
    )
    topic = INPUTS[0]
    numbers = range(PARTITIONS)
    ends = {n: consumer.get_watermark_offsets(TopicPartition(topic, n))[1] for n in numbers}
    consumer.assign([TopicPartition(topic, number, 0) for number in numbers])
    producer = Producer(
        client_settings(
            bootstrap_servers,
            {
                "linger.ms": 5,
                "batch.size": 1 << 20,
                "compression.type": "lz4",
                "queue.buffering.max.messages": 500_000,
            },
        )
    )
    total = sum(ends.values())
    count, started, head = 0, 0.0, 0
    while count < total:
        for message in consumer.consume(BATCH, 0.5):
            number = message.partition() or 0
            producer.produce(BYTES, message.value(), message.key(), partition=number)
            count += 1
        producer.poll(0)
        if not head and count >= total * HEAD:
            head, started = count, time.monotonic()
    producer.flush()
    answers.put((total - head) / (time.monotonic() - started))
    consumer.close()
