"""Peers on the same log: a bare transactional loop in Python, and Kafka Streams in Java.

Both only join each complaint with its listing, which is far less than the whole job, and both are
pinned to the core on which the worker runs.
"""

import shutil
import subprocess
import sys
from pathlib import Path

from ops.errors import OperatorError
from ops.local.kafka.artifacts import RUN_DIRECTORY
from ops.local.process import ServerProcess
from ops.local.programs import java
from ops.trials.bench.prepared_log import CORE, JOINED, PEER_CHANGELOG, Log, Setting
from ops.trials.bench.throughput import Throughput, over_log

SOURCES = Path(__file__).with_name("kafka_streams")
BATCH_RECORDS = (5_000, 500)
COMMIT_INTERVALS_MILLISECONDS = (100, 1_000)
HEAP = "-Xmx640m"
BUILD_TIMEOUT_SECONDS = 900


def bare_loop(setting: Setting, log: Log, batch_records: int) -> Throughput:
    """Run the bare loop with so many records a transaction."""
    name = f"bare-{log.name}-{batch_records}"
    return _measure(
        setting,
        log,
        name,
        [
            sys.executable, "-m", "ops.trials.bench.bare_loop",
            "--bootstrap-servers", setting.addresses[0],
            "--schema-registry", setting.addresses[1],
            "--group", name,
            "--directory", str(setting.directory / name),
            "--batch-records", str(batch_records),
            "--changelog", PEER_CHANGELOG,
            "--output", JOINED,
        ],
    )  # fmt: skip


def kafka_streams(setting: Setting, log: Log, commit_interval_milliseconds: int) -> Throughput:
    """Run Kafka Streams with one thread, exactly once, at a commit interval."""
    name = f"streams-{log.name}-{commit_interval_milliseconds}"
    built = build()
    classpath = f"{built / 'target' / 'classes'}:{built / 'libraries'}/*"
    return _measure(
        setting,
        log,
        name,
        [
            java(), HEAP, "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
            "-cp", classpath, "bench.KeyedJoin",
            *setting.addresses,
            name,
            str(setting.directory / name),
            str(commit_interval_milliseconds),
            JOINED,
        ],
    )  # fmt: skip


def build(directory: Path = RUN_DIRECTORY) -> Path:
    """Build the peer in Java where its sources changed; return where it lies.

    Errors: OperatorError where Maven is missing or fails.
    """
    sources = "".join(path.read_text() for path in sorted(SOURCES.rglob("*.*")) if path.is_file())
    output = directory.resolve() / "bench-kafka-streams"
    done = output / "installed"
    if done.exists() and done.read_text() == sources:
        return output
    maven = shutil.which("mvn")
    if maven is None:
        raise OperatorError("the peer in Java needs Maven; on Debian: apt-get install maven")
    shutil.rmtree(output, ignore_errors=True)
    output.mkdir(parents=True)
    command = [maven, "-q", "-B", "-f", str(SOURCES / "pom.xml"), f"-Doutput={output}", "package"]
    ended = subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=BUILD_TIMEOUT_SECONDS
    )
    if ended.returncode != 0:
        raise OperatorError(f"Maven failed:\n{(ended.stdout + ended.stderr)[-3000:]}")
    done.write_text(sources)
    return output


def _measure(setting: Setting, log: Log, group: str, command: list[str]) -> Throughput:
    # Pinned from its first thread on: a virtual machine for Java asks for its cores when it starts.
    pinned = ["taskset", "--cpu-list", str(CORE), *command]
    process = ServerProcess(pinned, setting.directory / f"{group}.log", {})
    try:
        return over_log(setting, log, group, process)
    finally:
        process.stop()
