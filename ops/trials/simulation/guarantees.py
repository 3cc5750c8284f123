"""The guarantees of the design, checked on what the day left behind."""

import tempfile
from collections import Counter
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from ops.services.worker import DISTRIBUTION, service_level
from ops.trials.simulation.log_reader import DayLog
from ops.trials.simulation.replay_differences import row_without_moments, without_moments
from processors.rules.rule_set import RuleSet
from replay.compare import committed_outputs, committed_rows, compare, compare_outputs
from replay.remake import Outputs, Run, remake
from schemas.catalog import load_topics
from schemas.wire.codec import Codec
from streams.policies.rule_files import BUILT_IN_DIRECTORY, load_rules
from streams.topology import ALL_INPUTS, CHANGELOG, OUTPUTS

DEADLINE_SECONDS = 24 * 3600.0
MAXIMUM_SHOWN = 3


class ReplayReport(NamedTuple):
    """What the replay told: lines, and what is wrong."""

    lines: tuple[str, ...]
    problems: tuple[str, ...]


def check_endings(log: DayLog, counted: Counter[str]) -> tuple[str, list[str]]:
    """Tell whether each input ended as exactly one of decision, no action or dead letter.

    `counted` is what the worker counted: endings by topic, and dead letters.
    """
    problems = [
        f"{topic}: {counted[topic]:,} endings of {log.inputs[topic]:,} inputs"
        for topic in ALL_INPUTS
        if counted[topic] != log.inputs[topic]
    ]
    if counted["dead letters"] != log.dead_letters:
        dead = counted["dead letters"]
        problems.append(f"{dead:,} records counted as dead, {log.dead_letters:,} dead letters")
    total = sum(log.inputs.values())
    return f"{total:,} inputs, each with one ending; {log.dead_letters:,} dead letters", problems


def check_decisions(log: DayLog) -> tuple[str, list[str]]:
    """Tell whether each decision and each command id is there once."""
    doubled = [key for key, count in log.decision_ids.items() if count > 1]
    problems = [f"{len(doubled):,} decisions twice, such as {doubled[:MAXIMUM_SHOWN]}"]
    decided = set(log.decision_ids)
    orphans = [
        command.command_id
        for command in log.commands.values()
        if (command.case_id, command.decision_number) not in decided
    ]
    problems.append(f"{len(orphans):,} commands without decision")
    found = [problem for problem, names in zip(problems, (doubled, orphans), strict=True) if names]
    return f"{len(log.decision_ids):,} decisions, each once; one command for one id", found


def _ordered(outputs: Outputs) -> Outputs:
    """Return outputs with those to one party sorted: rows of many listings write them, and nothing
    decides their order."""
    topics = load_topics()
    return {
        topic: {key: sorted(values) for key, values in by_key.items()}
        if topics[topic].key == "party id" and topics[topic].cleanup == "delete"
        else by_key
        for topic, by_key in outputs.items()
    }


def check_replay(addresses: tuple[str, str], codec: Codec, until_milliseconds: int) -> ReplayReport:
    """Make all decisions again from the log, and compare byte for byte. Errors: ReplayError."""
    level = service_level(DEADLINE_SECONDS)
    rules = RuleSet(load_rules(BUILT_IN_DIRECTORY))
    decides = Run(rules, level, version(DISTRIBUTION), until_milliseconds)
    with tempfile.TemporaryDirectory(prefix="ip-replay-") as scratch:
        remade = remake(addresses[0], codec, decides, Path(scratch) / "state")
    committed = _ordered(committed_outputs(addresses[0], frozenset(OUTPUTS.values())))
    again = _ordered(remade.outputs)
    rows = committed_rows(addresses[0])
    found = compare_outputs(committed, again)
    found[CHANGELOG] = compare(rows, remade.rows)
    lines, problems = [], []
    for topic, comparison in found.items():
        if topic == CHANGELOG:
            inexplicable = _rows_apart(rows, remade.rows, codec)
        else:
            inexplicable = _apart(topic, committed.get(topic, {}), again.get(topic, {}), codec)
        line = (
            f"{topic}: {comparison.same:,} keys the same byte for byte, {comparison.different:,} "
            f"not; {len(inexplicable):,} of these by more than the order within a moment"
        )
        lines.append(line)
        if inexplicable:
            problems.append(f"replay of {line}: {inexplicable[:MAXIMUM_SHOWN]}")
    return ReplayReport(tuple(lines), tuple(problems))


def _apart(
    topic: str,
    committed: dict[bytes, list[bytes]],
    remade: dict[bytes, list[bytes]],
    codec: Codec,
) -> list[bytes]:
    """Return the keys that differ by more than the order within a moment."""
    if load_topics()[topic].cleanup == "compact":
        committed = {key: values[-1:] for key, values in committed.items()}
        remade = {key: values[-1:] for key, values in remade.items()}
    return [
        key
        for key in committed.keys() | remade.keys()
        if committed.get(key) != remade.get(key)
        and without_moments(topic, committed.get(key, []), codec)
        != without_moments(topic, remade.get(key, []), codec)
    ]


def _rows_apart(
    committed: dict[bytes, bytes], remade: dict[bytes, bytes], codec: Codec
) -> list[bytes]:
    apart = []
    for key in committed.keys() | remade.keys():
        one, other = committed.get(key), remade.get(key)
        if one == other:
            continue
        if (
            one is None
            or other is None
            or row_without_moments(one, codec) != row_without_moments(other, codec)
        ):
            apart.append(key)
    return apart
