"""What a complaint and a listing's change cost the worker's core, by stage."""

import json
from collections.abc import Iterator
from typing import Any, NamedTuple

from ops.errors import OperatorError
from ops.trials.bench.prepared_log import (
    CORE,
    HEAD,
    Setting,
    fresh_topics,
    produce,
)
from ops.trials.bench.throughput import worker_arguments
from ops.trials.bench.timed_worker import DEAD_LETTER
from ops.trials.load import complaints, listing_changes, reference_events
from ops.trials.worker_processes import GROUP, Progress, end_worker, start_worker
from schemas.events.rules import SHADOW_SLOT, RuleSetPublished
from schemas.topic_names import COMPLAINTS_EVENTS, LISTINGS_EVENTS
from streams.kafka.producing import keyed
from streams.policies.rule_files import BUILT_IN_DIRECTORY, load_rules, rule_set_published
from streams.topology import ALL_INPUTS

INSTANCE = "cost"
BATCH_RECORDS = 2_000


class Cost(NamedTuple):
    """What one input of a kind costs: µs of the core by stage, and records and rows it makes."""

    name: str
    stages: dict[str, float]
    outputs: dict[str, float]
    rows: float

    @property
    def total(self) -> float:
        """Microseconds of all stages together."""
        return sum(self.stages.values())


def costs(setting: Setting, changes: int, complained: int, shadow_sets: int = 0) -> list[Cost]:
    """Run a timed worker over changes, then complaints, then changes of listings with cases, with
    some rule sets in shadow.

    Errors: OperatorError, also where inputs end as dead letters, which cost something else.
    """
    fresh_topics(setting)
    produce(setting, reference_events())
    produce(setting, map(keyed, compared_sets(shadow_sets)))
    listings = max(1, complained)
    changed = listing_changes(changes, listings, 7)
    filed = complaints(complained, listings, 11)
    # As many complaints as listings, so two in three of these have a case.
    again = listing_changes(changes // 5, listings, 13, first_version=changes + 1)
    return [
        _cost(setting, "listing change", LISTINGS_EVENTS, produce(setting, changed)),
        _cost(setting, "complaint", COMPLAINTS_EVENTS, produce(setting, filed)),
        _cost(setting, "change after complaints", LISTINGS_EVENTS, produce(setting, again)),
    ]


def compared_sets(count: int) -> Iterator[RuleSetPublished]:
    """Yield rule sets that differ from the built-in one, and from each other, in words."""
    first, *others = load_rules(BUILT_IN_DIRECTORY)
    for number in range(count):
        rules = (first._replace(description=f"Number {number}."), *others)
        published = rule_set_published(rules, "shadow", INSTANCE, 0)
        yield published._replace(slot=SHADOW_SLOT + published.rule_set_hash)


def _cost(setting: Setting, name: str, topic: str, count: int) -> Cost:
    instance = setting.build.instance(INSTANCE)
    report = setting.directory / f"{instance}.json"
    arguments = (
        *worker_arguments(instance),
        *("--report", str(report)),
        *("--warm-records", str(int(count * HEAD))),
        *("--batch-records", str(min(BATCH_RECORDS, count // 10))),
    )
    progress = Progress(setting.addresses[0], ALL_INPUTS, f"{GROUP}-{instance}")
    process = start_worker(
        setting.addresses,
        instance,
        setting.directory,
        arguments,
        "timed-worker",
        CORE,
        setting.build,
    )
    progress.wait_for_all(process)
    end_worker(process)
    progress.close()
    return _of_report(name, topic, json.loads(report.read_text()))


def _of_report(name: str, topic: str, report: dict[str, Any]) -> Cost:
    counts = report["counts"]
    inputs = counts["inputs"][topic]
    if dead := counts["outputs"].get(DEAD_LETTER):
        raise OperatorError(f"{name}: {dead} of {inputs} inputs ended as dead letters")
    return Cost(
        name,
        {stage: time / inputs / 1000 for stage, time in report["stages"].items()},
        {kind: count / inputs for kind, count in counts["outputs"].items()},
        sum(counts["rows"].values()) / inputs,
    )
