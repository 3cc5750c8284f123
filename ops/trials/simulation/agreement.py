"""Whether topic, store and receivers agree: each command once everywhere, and nothing else."""

from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from ops.trials.simulation.journal import Journal
from ops.trials.simulation.log_reader import DayLog
from sinks.database.database import connect

MAXIMUM_SHOWN = 5


class Agreement(NamedTuple):
    """Numbers told, and what is wrong: nothing wrong is agreement."""

    lines: tuple[str, ...]
    problems: tuple[str, ...]


def check_receivers(log: DayLog, journals: Iterable[Path]) -> Agreement:
    """Compare the commands on the topic with what the marketplaces did."""
    effects: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    unproved = 0
    failed: set[str] = set()
    for path in journals:
        journal = Journal.read(path)
        for command_id, effect in journal.effects.items():
            if effect.listing_id:
                effects[command_id] += 1
        unproved += len(journal.unproved)
        counts += journal.counts
        failed |= journal.failed
    commanded = set(log.commands)
    problems = []
    if log.doubled_commands:
        problems.append(_named("commands twice on the topic", log.doubled_commands))
    again = [command_id for command_id, count in effects.items() if count > 1]
    if again or counts["doubled"]:
        problems.append(_named(f"commands carried out twice ({counts['doubled']} by one)", again))
    latest = _latest(log)
    without = commanded - effects.keys()
    # Answered with 'failed', and before it was sent again another command about the listing did
    # it, which the listing then proved, or undid it.
    settled = {each for each in without & failed if each in log.proved or each not in latest}
    lost = without - settled
    if lost:
        problems.append(_named("commands without effect", lost))
    forged = effects.keys() - commanded
    if forged:
        problems.append(_named("effects without a command", forged))
    if unproved:
        problems.append(f"{unproved:,} effects not shown in the listing stream")
    counts["failed at first"] = len(failed)
    trouble = ", ".join(
        f"{what} {counts[what]:,}"
        for what in ("repeat", "busy", "error", "hung", "failed at first", "signature refused")
    )
    line = (
        f"{len(commanded):,} commands, {len(effects):,} carried out, {len(settled):,} failed and "
        f"settled by another about the listing; answers besides: {trouble}"
    )
    return Agreement((line,), tuple(problems))


def check_store(log: DayLog, database: str) -> Agreement:
    """Compare the topics with the tables of case store and dispatch."""
    with connect(database) as connection:
        delivered = dict(connection.execute("SELECT command_id, state FROM deliveries").fetchall())
        cases = {
            case_id: (number, outcome)
            for case_id, number, outcome in connection.execute(
                "SELECT case_id, decision_number, outcome FROM cases"
            )
        }
        decisions = set(connection.execute("SELECT case_id, decision_number FROM decisions"))
        commands = {row[0] for row in connection.execute("SELECT command_id FROM commands")}
        unsent = connection.execute(
            "SELECT count(*) FROM outbox WHERE sent_at_milliseconds IS NULL"
        ).fetchall()[0][0]
        set_aside = connection.execute("SELECT count(*) FROM refused_records").fetchall()[0][0]
    problems = []
    compared = (
        ("commands missing in dispatch", log.commands.keys() - delivered.keys()),
        ("commands missing in the store", log.commands.keys() - commands),
        ("cases missing in the store", log.started.keys() - cases.keys()),
        ("cases that the store knows otherwise", _differing(log, cases)),
        ("decisions missing in the store", log.decision_ids.keys() - decisions),
        ("decisions only in the store", decisions - log.decision_ids.keys()),
    )
    problems += [_named(name, found) for name, found in compared if found]
    if unsent:
        problems.append(f"{unsent:,} events still in the outbox")
    if set_aside:
        problems.append(f"{set_aside:,} records that the store set aside")
    states = Counter(delivered.values())
    told = ", ".join(f"{state} {count:,}" for state, count in states.most_common())
    line = f"{len(cases):,} cases and {len(decisions):,} decisions stored; deliveries: {told}"
    return Agreement((line,), tuple(problems))


def _latest(log: DayLog) -> set[str]:
    """Return the ids of the commands that are the last about their listing."""
    last: dict[tuple[str, str], tuple[int, str]] = {}
    for command_id, command in log.commands.items():
        given = (command.issued_at_milliseconds, command_id)
        place = (command.marketplace, command.listing_id)
        last[place] = max(last.get(place, given), given)
    return {command_id for _, command_id in last.values()}


def _differing(log: DayLog, cases: dict[str, tuple[int, str]]) -> list[str]:
    return [
        case_id
        for case_id, last in log.outcomes.items()
        if case_id in cases and cases[case_id] != last
    ]


def _named(what: str, found: Iterable[object]) -> str:
    names = sorted(map(str, found))
    return f"{len(names):,} {what}, such as {', '.join(names[:MAXIMUM_SHOWN])}"
