"""`python -m ops demo`: the main job on real register records and real listing titles."""

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import httpx
from confluent_kafka import Producer

from ops.demo.scenario import (
    DATA,
    REGISTER_FILES,
    complaints,
    composed,
    listings,
    parties,
    titles,
    watched_listings,
)
from ops.local.kafka.cluster import KafkaCluster
from ops.local.kafka.registry import SchemaRegistryServer
from ops.local.process import ServerProcess, free_port, running
from ops.shell.importing import Sender
from ops.tools.import_trademarks import import_files
from ops.topics import create_topics
from ops.trials.worker_processes import Progress, end_worker, start_worker
from replay.compare import committed_outputs
from replay.log import KafkaLog
from schemas.events.decisions import ComplaintDecided
from schemas.events.detections import BlockListing, DelistListing, MisuseDetected
from schemas.events.takedowns import ReinstateListing, RestrictListing, TakeDownListing
from schemas.reasons import REASONS
from schemas.statements.catalogue import FALLBACK, sentences
from schemas.statements.told import told_findings
from schemas.topic_names import DECISIONS_EVENTS, DETECTIONS_EVENTS, SLA_EVENTS, TAKEDOWNS_COMMANDS
from schemas.wire.codec import Codec
from schemas.wire.registry import connect
from sinks.sla_report import SlaReport
from streams.kafka.producing import EventProducer, Keyed, send
from streams.topology import INPUTS, MONITOR_INPUTS

GROUP, MONITORS = "demo", "demo-monitors"
TIMEOUT_SECONDS = 120.0
RESULTS = frozenset({TAKEDOWNS_COMMANDS, DECISIONS_EVENTS, SLA_EVENTS})
LATENCY = "ip_decision_latency_seconds"
MAXIMUM_SHOWN = 20
COMMANDS = {ReinstateListing: "reinstate", BlockListing: "block", DelistListing: "delist"}


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("demo", help="run the whole pipeline once on real data")
    parser.set_defaults(run=run)


def run(_options: argparse.Namespace) -> int:
    """Start all that is needed, run, print, and stop what was started; 1 if nothing came out."""
    with tempfile.TemporaryDirectory(prefix="ip-demo-") as scratch:
        directory = Path(scratch)
        _tell("Starting Apache Kafka and the schema registry (the first time brings them in)")
        registry = SchemaRegistryServer(directory / "registry")
        kafka = KafkaCluster(directory / "kafka")
        with running(registry, kafka):
            addresses = (kafka.bootstrap_servers, registry.address)
            create_topics(kafka.bootstrap_servers)
            return _pipeline(addresses, directory)


def _pipeline(addresses: tuple[str, str], directory: Path) -> int:
    codec = connect(addresses[1], register=True)
    _tell(f"Importing {len(REGISTER_FILES)} register files from {DATA / 'registers'}")
    sender = Sender(addresses[0], codec)
    counts = import_files(REGISTER_FILES, sender.send, sys.stderr.write, lambda _bytes: None)
    sender.close()
    for line in counts.lines():
        _tell(f"  {line}")
    producer = EventProducer(addresses[0])
    _send(producer, codec, parties(_now()))
    port = free_port()
    worker = start_worker(
        addresses, GROUP, directory, ("--group", GROUP, "--metrics-port", str(port))
    )
    _tell("Limits of automatic actions are lifted: a mark's first ones would go to people")
    progress = Progress(addresses[0], tuple(INPUTS), GROUP)
    sent = _send(producer, codec, listings(_now()))
    _tell(f"Sending {sent} listings with real titles")
    seconds = _await(progress, sent, worker)
    _tell(f"  taken in after {seconds:.1f} s, the worker's start included")
    complained = _send(producer, codec, complaints(_now()))
    _tell(f"Filing {complained} complaints")
    seconds = _await(progress, sent + complained, worker)
    _tell(f"  decided after {seconds:.2f} s")
    metrics = httpx.get(f"http://127.0.0.1:{port}/metrics", timeout=TIMEOUT_SECONDS).text
    _watch(addresses, codec, producer, directory)
    progress.wait_for_all(worker)
    end_worker(worker)
    progress.close()
    return _show(addresses[0], codec, metrics)


def _watch(addresses: tuple[str, str], codec: Codec, producer: Producer, directory: Path) -> None:
    """Let a monitor judge all titles, and some that disguise marks."""
    count = _send(producer, codec, watched_listings(_now()))
    _tell(f"\nWatching all titles, with {count} composed ones that show disguises and lawful use")
    monitor = start_worker(addresses, MONITORS, directory, ("--group", MONITORS), command="monitor")
    progress = Progress(addresses[0], tuple(MONITOR_INPUTS), MONITORS)
    seconds = _await(progress, progress.end(), monitor)
    end_worker(monitor)
    progress.close()
    for record in KafkaLog(addresses[0]).read_all(DETECTIONS_EVENTS):
        _tell(f"  {_detected(codec.decode(DETECTIONS_EVENTS, record.value or b'', None))}")
    _tell(f"  judged after {seconds:.1f} s, the monitor's start included")


def _detected(event: MisuseDetected) -> str:
    marks = ", ".join(f"{mark.text!r} for {mark.term} ({mark.trick})" for mark in event.marks)
    return f"{event.outcome}: {event.title!r}: {marks}; {', '.join(event.reason_codes)}"


def _show(bootstrap_servers: str, codec: Codec, metrics: str) -> int:
    report = SlaReport()
    commands: list[Any] = []
    decisions: list[ComplaintDecided] = []
    for topic, by_key in committed_outputs(KafkaLog(bootstrap_servers), RESULTS).items():
        for values in by_key.values():
            for value in values:
                event = codec.decode(topic, value, None)
                report.add(event)
                if topic == TAKEDOWNS_COMMANDS:
                    commands.append(event)
                elif isinstance(event, ComplaintDecided):
                    decisions.append(event)
    _tell("\nDecisions, with why")
    for line in explained(decisions):
        _tell(f"  {line}")
    _tell(f"\nCommands on {TAKEDOWNS_COMMANDS}")
    for command in commands[:MAXIMUM_SHOWN]:
        _tell(f"  {_shown(command)}")
    _tell("\nService level")
    for line in report.lines():
        _tell(f"  {line}")
    share, count = _within(metrics, 0.25)
    _tell(f"\n  {share:.0%} of {count} decisions were committed within 250 ms of their record")
    return 0 if commands else 1


def explained(decisions: list[ComplaintDecided]) -> list[str]:
    """Return each decision in a line: what was decided on which title, and why in words."""
    shown = {row["id"]: row["title"] for row in titles()}
    made = {row["id"]: row["title"] for row in composed()}
    lines = []
    for each in sorted(decisions, key=lambda decision: decision.case_id):
        title = shown.get(each.listing_id) or f"(composed) {made.get(each.listing_id, '')}"
        reasons = " ".join(REASONS[code].meaning for code in each.reason_codes)
        parts = _found(each) if each.outcome == "take_down" else ()
        why = " ".join(dict.fromkeys((reasons, *parts)))
        lines.append(f"{each.outcome.replace('_', ' ')}: {title[:70]!r}: {why}")
    return lines


def _found(decision: ComplaintDecided) -> list[str]:
    told = told_findings(decision.findings)
    return [sentences()[f"found.{each}"][FALLBACK] for each in told]


def _shown(command: Any) -> str:
    if isinstance(command, TakeDownListing):
        return (
            f"take down {command.listing_id} of {command.seller_id}: mark {command.mark_text!r} "
            f"({command.trademark_key}), {', '.join(command.reason_codes)}, "
            f"command {command.command_id[:12]}"
        )
    if isinstance(command, RestrictListing):
        return (
            f"hide in {', '.join(command.territories)} {command.listing_id} of "
            f"{command.seller_id}: mark {command.mark_text!r} ({command.trademark_key}), "
            f"{', '.join(command.reason_codes)}, command {command.command_id[:12]}"
        )
    kind = COMMANDS[type(command)]
    return f"{kind} {command.listing_id} of {command.seller_id}: {', '.join(command.reason_codes)}"


def _within(metrics: str, seconds: float) -> tuple[float, int]:
    """Return the share of decisions within so many seconds, and how many there were."""
    within = total = 0.0
    for line in metrics.splitlines():
        if line.startswith(f"{LATENCY}_bucket") and f'le="{seconds}"' in line:
            within += float(line.rsplit(" ", 1)[1])
        elif line.startswith(f"{LATENCY}_count"):
            total += float(line.rsplit(" ", 1)[1])
    return (within / total if total else 0.0), int(total)


def _send(producer: Producer, codec: Codec, events: Iterable[Keyed]) -> int:
    count = 0
    for keyed in events:
        send(producer, codec, keyed)
        count += 1
    producer.flush()
    return count


def _await(progress: Progress, wanted: int, worker: ServerProcess) -> float:
    started = time.monotonic()
    return progress.wait(wanted, worker) - started


def _now() -> int:
    return time.time_ns() // 1_000_000


def _tell(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
