"""Workers of a former version replaced by this one's, one at a time, while complaints come."""

import sys
import threading
from collections import Counter
from functools import partial
from pathlib import Path

from ops.local.process import ServerProcess, free_port
from ops.trials.build import Build
from ops.trials.chaos.test_bed import TestBed
from ops.trials.chaos.verify import Verdict
from ops.trials.load import complaints, listing_changes
from ops.trials.worker_processes import LIMITS_LIFTED, end_worker, is_ready
from replay.compare import committed_outputs, committed_rows
from replay.log import KafkaLog
from schemas.topic_names import DEAD_LETTERS, DECISIONS_EVENTS, TAKEDOWNS_COMMANDS
from schemas.wire.registry import connect

INSTANCES = ("first", "second")
LOAD_SECONDS = 12
"""How long complaints come while workers are replaced."""
SCHEMA_BYTES = 5
"""A value begins with these; they name its schema."""
ROOT = Path(__file__).parents[3]


def upgrade(test_bed: TestBed, inputs: int, seed: int, former: Build) -> Verdict:
    """Have two workers of a former version's folder decide a third of the complaints, replace one
    after the other while a third comes, have the new ones decide the rest, and compare what was
    sent with what was decided."""
    test_bed.clear()
    listings, filed = max(100, inputs // 5), inputs // 6
    progress = test_bed.progress()
    policy = (former.folder or ROOT) / LIMITS_LIFTED.relative_to(ROOT)
    words = ("--standing-policy", str(policy))
    workers = {name: test_bed.start(name, words, build=former) for name in INSTANCES}
    test_bed.send(listing_changes(inputs // 2, listings, seed))
    test_bed.send(complaints(filed, listings, seed))
    progress.wait(progress.end(), workers["first"])
    before = _schemas_of_rows(KafkaLog(test_bed.addresses[0]))
    rate = filed / LOAD_SECONDS
    load = threading.Thread(
        target=test_bed.send, args=(complaints(filed, listings, seed + 1), rate), daemon=True
    )
    load.start()
    for name in INSTANCES:
        end_worker(workers[name])
        workers[name] = _replaced(test_bed, name)
    load.join()
    # However slowly workers start, the new ones have complaints to decide.
    test_bed.send(complaints(filed, listings, seed + 2))
    progress.wait_for_all(workers["first"])
    for each in workers.values():
        end_worker(each)
    progress.close()
    sent = {
        each.event.complaint_id
        for number in (seed, seed + 1, seed + 2)
        for each in complaints(filed, listings, number)
    }
    return _verdict(test_bed, sent, before)


def _replaced(test_bed: TestBed, name: str) -> ServerProcess:
    """Start this version where the former one was, and wait until it does its work."""
    port = free_port()
    worker = test_bed.start(name, ("--metrics-port", str(port)))
    worker.wait_until(partial(is_ready, port), name)
    return worker


def _schemas_of_rows(log: KafkaLog) -> Counter[bytes]:
    return Counter(value[:SCHEMA_BYTES] for value in committed_rows(log).values())


def _verdict(test_bed: TestBed, sent: set[str], before: Counter[bytes]) -> Verdict:
    log = KafkaLog(test_bed.addresses[0])
    codec = connect(test_bed.addresses[1], register=False)
    topics = (DECISIONS_EVENTS, TAKEDOWNS_COMMANDS, DEAD_LETTERS)
    found = committed_outputs(log, frozenset(topics))
    decisions, commands = (
        [codec.decode(topic, value, None) for each in found[topic].values() for value in each]
        for topic in topics[:2]
    )
    problems = []
    decided = Counter((each.case_id, each.decision_number) for each in decisions)
    ids = Counter(each.command_id for each in commands)
    for what, counted in (("decisions", decided), ("commands", ids)):
        doubled = [each for each, count in counted.items() if count > 1]
        if doubled:
            problems.append(f"{len(doubled)} {what} doubled, such as {doubled[:3]}")
    lost = sent - {each.case_id for each in decisions}
    if lost:
        problems.append(f"{len(lost)} complaints without a decision, such as {sorted(lost)[:3]}")
    letters = sum(map(len, found[DEAD_LETTERS].values()))
    if letters:
        problems.append(f"{letters} dead letters")
    after = _schemas_of_rows(log)
    kept = sum(count for schema, count in after.items() if schema in before)
    if not kept or after.keys() <= before.keys():
        problems.append("there were no rows of both versions")
    sys.stdout.write(
        f"upgrade: {len(sent):,} complaints, {sum(after.values()):,} rows, {kept:,} of them as the "
        f"former version wrote them\n"
    )
    return Verdict(len(commands), sum(after.values()), tuple(problems), "none lost, none doubled")
