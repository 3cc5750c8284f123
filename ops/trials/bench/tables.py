"""Global tables at real size: so many marks on the topic, and a bare worker that loads them.

Then its tables are exported while it works, and another bare worker begins with the export.
"""

import multiprocessing
import random
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from confluent_kafka import Producer
from wordfreq import top_n_list

from ops.errors import OperatorError
from ops.local.patience import PATIENCE_SECONDS
from ops.local.process import ServerProcess
from ops.trials.bench.prepared_log import INPUTS, Setting, fresh_topics, produce
from ops.trials.bench.throughput import worker_arguments
from ops.trials.load import complaints, each_listing, reference_events
from ops.trials.worker_processes import (
    GROUP,
    Progress,
    end_worker,
    peak_resident_bytes,
    start_worker,
)
from processors.identifiers import trademark_key
from processors.registers.numbers import register_number
from schemas.events.trademarks import Owner, TrademarkRecorded, TrademarkStatus
from schemas.topic_names import TRADEMARKS_EVENTS
from schemas.wire.registry import connect
from streams.kafka.producing import EventProducer

INSTANCE = "tables"
SLOWEST_MARKS_PER_SECOND = 5_000
"""Nothing is seen of a load until it ends: it is given up when it is slower than this."""

PROCESSES = 2
TEMPLATES = 20_000
SECOND_VERSION_EVERY = 20
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "zh", "ja", "ko", "ru")
WORDS_PER_LANGUAGE = 3_000
OFFICES = ("CN", "CN", "CN", "CN", "US", "US", "EM", "JP", "KR", "IN", "DE", "FR", "BR")
STATUSES: tuple[TrademarkStatus, ...] = (
    "registered", "registered", "registered", "registered", "registered",
    "pending", "published", "expired", "cancelled", "abandoned",
)  # fmt: skip
COMPANIES = ("Inc.", "LLC", "GmbH", "Ltd.", "S.A.", "Co., Ltd.", "S.p.A.")
EFFECTIVE_MILLISECONDS, LATER_MILLISECONDS = 1_420_502_400_000, 10_000_000_000
TABLE_SEED = 17
MARKS_WITH_WORDS = 0.9
FIRST_APPLICATION, FIRST_REGISTRATION = 10_000_000, 30_000_000
LETTERS = str.maketrans("0123456789abcdef", "bcdfghjklmnprstv")
APPLICATION, REGISTRATION, NAME = b"@", b"#", "~~~~~~"
"""Stand in templates for what is each mark's own, and are as long."""


class Start(NamedTuple):
    """How a bare worker came to decide: seconds from the process's start to its first decision,
    the most memory until then, and what it held on disk."""

    seconds: float
    peak_resident_bytes: int
    disk_bytes: int


class Loading(NamedTuple):
    """How workers came to decide beside so many marks: from the topic, from an export, and again
    with the tables on disk."""

    records: int
    from_topic: Start
    export_seconds: float
    export_bytes: int
    from_export: Start
    again_seconds: float


def load_marks(setting: Setting, marks: int) -> Loading:
    """Put so many marks on fresh topics, and start a worker on them. Errors: OperatorError."""
    fresh_topics(setting)
    produce(setting, reference_events())
    records = produce_marks(setting, marks)
    name = f"{INSTANCE}-{marks}"
    produce(setting, each_listing(1, 1))
    patience_seconds = PATIENCE_SECONDS + marks / SLOWEST_MARKS_PER_SECOND
    from_topic, process = _start(setting, name, 1, patience_seconds)
    export = setting.directory / f"{name}-export"
    export_seconds = export_from(setting, name, export)
    end_worker(process)
    second = f"{name}-from-export"
    from_export, process = _start(
        setting, second, 2, patience_seconds, "--tables-from", str(export)
    )
    end_worker(process)
    again, process = _start(setting, second, 3, patience_seconds)
    end_worker(process)
    export_bytes = _bytes_under(export)
    for each in (export, setting.directory / name, setting.directory / second):
        shutil.rmtree(each)
    return Loading(records, from_topic, export_seconds, export_bytes, from_export, again.seconds)


def produce_marks(setting: Setting, marks: int, watched: bool = False) -> int:
    """Put so many marks on their topic, some in two versions; return the number of records.

    `watched` makes all of them ones with words that are in force, once each.
    """
    context = multiprocessing.get_context("spawn")
    processes = [
        context.Process(target=_produce_share, args=(setting.addresses, marks, share, watched))
        for share in range(PROCESSES)
    ]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return marks if watched else marks + marks // SECOND_VERSION_EVERY


def _start(
    setting: Setting, name: str, seed: int, patience_seconds: float, *arguments: str
) -> tuple[Start, ServerProcess]:
    """Start a worker; return how it came to its first decision, and the process."""
    progress = Progress(setting.addresses[0], INPUTS, f"{GROUP}-{name}")
    before = progress.start()
    produce(setting, complaints(1, 1, seed))
    started = time.monotonic()
    arguments = (*worker_arguments(name), *arguments)
    process = start_worker(setting.addresses, name, setting.directory, arguments)
    seconds = progress.wait(before + 1, process, patience_seconds) - started
    progress.close()
    disk = _bytes_under(setting.directory / name)
    return Start(seconds, peak_resident_bytes(process.pid), disk), process


def export_from(setting: Setting, name: str, target: Path) -> float:
    """Export a working process's tables; return the seconds. Errors: OperatorError."""
    started = time.monotonic()
    line = [
        sys.executable, "-m", "ops", "tables", "export",
        "--bootstrap-servers", setting.addresses[0],
        "--state-directory", str(setting.directory / name),
        "--output", str(target),
    ]  # fmt: skip
    done = subprocess.run(line, capture_output=True, text=True, check=False)
    if done.returncode:
        raise OperatorError(f"the export failed:\n{done.stderr}")
    return time.monotonic() - started


def _bytes_under(directory: Path) -> int:
    """Return how much lies in files; those that go meanwhile are not counted."""
    sizes = []
    for path in directory.rglob("*"):
        with suppress(FileNotFoundError):
            sizes.append(path.stat().st_size if path.is_file() else 0)
    return sum(sizes)


def _produce_share(addresses: tuple[str, str], marks: int, share: int, watched: bool) -> None:
    codec = connect(addresses[1], register=True)
    producer = EventProducer(addresses[0])

    def encoded(mark: TrademarkRecorded) -> tuple[str, bytes, Any]:
        headers = codec.headers(mark, mark.office, mark.recorded_at_milliseconds)
        return mark.office, codec.encode(TRADEMARKS_EVENTS, mark), headers

    # Each mark is its template's bytes with numbers and a name of its own: to encode ten million
    # would take longer than to load them.
    templates = list(_templates())
    if watched:
        templates = [
            mark._replace(mark_text=mark.mark_text or NAME, status="registered")
            for mark in templates
        ]
    first = [encoded(mark) for mark in templates]
    second = [encoded(_second_version(mark)) for mark in templates]
    for mark in range(share, marks, PROCESSES):
        _send(producer, first[mark % TEMPLATES], mark)
        if mark % SECOND_VERSION_EVERY == 0 and not watched:
            _send(producer, second[mark % TEMPLATES], mark)
    producer.flush()


def _send(producer: Producer, template: tuple[str, bytes, Any], mark: int) -> None:
    office, value, headers = template
    application, registration = _numbers(office, mark)
    value = (
        value.replace(len(application) * APPLICATION, application.encode())
        .replace(len(registration) * REGISTRATION, registration.encode())
        .replace(NAME.encode(), f"{mark:06x}"[-6:].translate(LETTERS).encode())
    )
    key = trademark_key(office, application).encode()
    while True:
        try:
            producer.produce(TRADEMARKS_EVENTS, value, key, headers=headers)
        except BufferError:
            producer.poll(0.1)
        else:
            return


def _numbers(office: str, mark: int) -> tuple[str, str]:
    """Return a mark's numbers as its office writes them, of one length for all marks."""
    return (
        register_number(office, "application", str(mark + FIRST_APPLICATION)),
        register_number(office, "registration", str(mark + FIRST_REGISTRATION)),
    )


def _templates() -> Iterator[TrademarkRecorded]:
    source = random.Random(TABLE_SEED)
    words = [word for language in LANGUAGES for word in top_n_list(language, WORDS_PER_LANGUAGE)]
    for _ in range(TEMPLATES):
        status = source.choice(STATUSES)
        office = source.choice(OFFICES)
        registered = status in ("registered", "expired", "cancelled")
        year = source.randrange(1990, 2024)
        application, registration = map(len, _numbers(office, 0))
        name = " ".join([NAME, *source.sample(words, source.choice((0, 1, 1, 2)))])
        yield TrademarkRecorded(
            office=office,
            application_number=application * APPLICATION.decode(),
            registration_number=registration * REGISTRATION.decode() if registered else None,
            mark_text=name.upper() if source.random() < MARKS_WITH_WORDS else None,
            mark_feature=source.choice(("standard_characters", "word", "stylised", "combined")),
            mark_kind="individual",
            status=status,
            status_code=f"{source.randrange(400, 900)}",
            status_date=f"{year + 1}-06-15",
            application_date=f"{year}-03-02",
            registration_date=f"{year + 1}-06-15" if registered else None,
            expiry_date=f"{year + 11}-06-15" if registered else None,
            nice_classes=tuple(sorted(source.sample(range(1, 46), source.choice((1, 1, 2, 3))))),
            territories=(office,),
            owners=(Owner(f"{name.title()} {source.choice(COMPANIES)}", office),),
            effective_from_milliseconds=EFFECTIVE_MILLISECONDS,
            recorded_at_milliseconds=EFFECTIVE_MILLISECONDS,
            source="bench",
        )


def _second_version(mark: TrademarkRecorded) -> TrademarkRecorded:
    later = EFFECTIVE_MILLISECONDS + LATER_MILLISECONDS
    return mark._replace(
        status="cancelled",
        effective_from_milliseconds=later,
        recorded_at_milliseconds=later,
    )
