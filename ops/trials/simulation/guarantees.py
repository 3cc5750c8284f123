"""The guarantees of the design, checked on what the day left behind."""

from collections import Counter

from ops.trials.simulation.log_reader import DayLog
from ops.trials.simulation.scenario import is_careless
from streams.topology import ALL_INPUTS

MAXIMUM_SHOWN = 3


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


def check_suspensions(log: DayLog) -> tuple[str, list[str]]:
    """Tell whether only such complainants were suspended as the scenario made careless."""
    honest = sorted(party for party in log.suspended if not is_careless(party))
    problems = [f"suspended though careful: {', '.join(honest[:MAXIMUM_SHOWN])}"] if honest else []
    return (
        f"{len(log.suspended):,} complainants suspended, {len(honest):,} of them careful",
        problems,
    )


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
