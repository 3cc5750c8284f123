"""Situations of law, as tables that a lawyer can read and correct, through the real pipeline.

Each has a pipeline of its own, with a register, parties and a listing as in `base.yaml`; its events
say what is different. What is right stands in the row, with its source.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ops.errors import OperatorError
from ops.services.worker import service_level
from ops.trials.evaluation.situation_outcomes import outcome_of
from processors.policies.standing_policy import StandingPolicy
from processors.rules.rule_set import RuleSet
from schemas.catalog import EVENT_TYPES
from schemas.durations import DAY_MILLISECONDS, HOUR_MILLISECONDS
from schemas.record import as_avro, record_of
from schemas.wire.registry import offline_codec
from schemas.yaml_text import yaml_content
from streams.driver import Driver, DriverSettings
from streams.kafka.producing import keyed
from streams.policies.policy_files import BUILT_IN_DIRECTORY as POLICIES
from streams.policies.policy_files import load_service_policy, policy_on
from streams.policies.rule_files import BUILT_IN_DIRECTORY, load_rules
from streams.policies.standing_files import BUILT_IN_STANDING, load_standing_policy

SITUATIONS = Path(__file__).with_name("data") / "situations"
BASE = "base.yaml"
DEADLINE_SECONDS = 24 * 3_600.0
LIFTED = {"first_actions_reviewed": 0, "second_look_percent": 0, "second_looks_a_week": 0}
"""What a person sees of automatic decisions is not what the tables are about."""

TOLD = ("id", "right", "country", "who", "what_happened", "right_outcome", "source")
CHECKED = (
    *("reasons", "asked", "commands", "sanctions", "counted", "notices", "hidden_not_in"),
    *("answers", "seller_commands", "clock", "told", "buyers", "kept"),
)
"""What a row may say beside the last decision, or the last sanction where none is decided; what it
does not say is not looked at."""


class Situation(NamedTuple):
    """A row: who did what, and what is right."""

    name: str
    table: str
    told: Mapping[str, str]
    events: list[dict[str, Any]]
    right: Mapping[str, Any]


class Found(NamedTuple):
    """A situation, and what the pipeline made of it where it is not what is right."""

    situation: Situation
    outcome: str
    faults: tuple[str, ...]


def load_situations(directory: Path = SITUATIONS) -> list[Situation]:
    """Read all tables of a directory. Errors: OperatorError for a row that can't be used."""
    return [_situation(path, row) for path, row in _rows(directory)]


def judge_situations(scratch: Path, directory: Path = SITUATIONS) -> list[Found]:
    """Run each situation through the driver; its state lies under `scratch`."""
    base = load_base(directory)
    return [
        Found(each, *judged(each, driven(each, base, scratch / each.name)))
        for each in load_situations(directory)
    ]


def load_base(directory: Path = SITUATIONS) -> dict[str, Any]:
    """Return what each situation begins with, and the events that its rows name."""
    base: dict[str, Any] = yaml_content((directory / BASE).read_text(encoding="utf-8"))
    return base


def by_point(situations: list[Situation], base: Mapping[str, Any]) -> dict[str, int]:
    """Return how many situations there are for each of the points that the tables are for."""
    tables = Counter(each.table for each in situations)
    return {name: sum(tables[each] for each in of) for name, of in base.get("points", {}).items()}


def judged(situation: Situation, outcome: Mapping[str, Any]) -> tuple[str, tuple[str, ...]]:
    """Return how a situation ended, and what of it is not as it should be."""
    faults = tuple(
        f"{name} is {outcome[name]!r}, right is {right!r}"
        for name, right in situation.right.items()
        if outcome[name] != right
    )
    return str(outcome["right_outcome"]), faults


def standing_of_situations() -> StandingPolicy:
    """Return by what parties stand as they do."""
    return load_standing_policy(BUILT_IN_STANDING)._replace(**LIFTED)


def driven(situation: Situation, base: Mapping[str, Any], directory: Path) -> dict[str, Any]:
    """Run a situation through the driver, and return what came out."""
    level = service_level(DEADLINE_SECONDS)._replace(standing=standing_of_situations())
    policy = policy_on(level, load_service_policy(POLICIES))
    settings = DriverSettings(partitions=1, service_level=level, service_policy=policy)
    driver = Driver(directory, offline_codec(), RuleSet(load_rules(BUILT_IN_DIRECTORY)), settings)
    try:
        for each in (*base["beforehand"], *situation.events):
            _happen(driver, base["events"], each)
        return outcome_of(driver.read)
    except OperatorError as error:
        raise OperatorError(f"{situation.name}: {error}") from error
    finally:
        driver.close()


def waits_milliseconds(event: Mapping[str, Any]) -> int:
    """Return for how long nothing happens, where that is what a row says."""
    hours, days = event.get("hours", 0), event.get("days", 0)
    return int(hours * HOUR_MILLISECONDS + days * DAY_MILLISECONDS)


def event_told(
    templates: Mapping[str, Any], event: Mapping[str, Any], now_milliseconds: int
) -> tuple[type, dict[str, Any]]:
    """Return the type of an event, and its fields as its template has them but for what is told of
    it. Errors: OperatorError."""
    ((name, told),) = event.items()
    changes = told or {}
    if name not in templates:
        raise OperatorError(f"{name!r} is no event; there are {[*templates]}")
    template = templates[name]
    kind: Any = EVENT_TYPES[template["event"]]
    unknown = sorted(changes.keys() - set(kind._fields))
    if unknown:
        raise OperatorError(f"{name} has no field {unknown[0]!r}")
    at = dict.fromkeys(template.get("now", ()), now_milliseconds)
    own = {
        field: f"{template['fields'][field]}-{now_milliseconds}"
        for field in template.get("own", ())
    }
    told = {**template["fields"], **at, **own, **changes}
    return kind, as_avro(record_of(kind, told))


def _rows(directory: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    for path in sorted(directory.glob("*.yaml")):
        if path.name != BASE:
            for row in yaml_content(path.read_text(encoding="utf-8")):
                yield path, row


def _situation(path: Path, row: dict[str, Any]) -> Situation:
    missing = [name for name in (*TOLD, "events") if not row.get(name)]
    unknown = sorted(row.keys() - {*TOLD, *CHECKED, "events"})
    if missing or unknown:
        said = ", ".join([f"no {name}" for name in missing] + [f"unknown {n}" for n in unknown])
        raise OperatorError(f"{path.name}, {row.get('id', 'a row without id')}: {said}")
    told = {name: str(row[name]) for name in TOLD}
    right = {name: row[name] for name in ("right_outcome", *CHECKED) if name in row}
    events = [each for event in row["events"] for each in _each_time(event)]
    return Situation(row["id"], path.stem, told, events, right)


def _each_time(event: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return an event as often as it happens."""
    ((name, told),) = event.items()
    if not isinstance(told, dict):
        return [{name: told}]
    times = told.get("times", 1)
    return [{name: {key: value for key, value in told.items() if key != "times"}}] * times


def _happen(driver: Driver, templates: Mapping[str, Any], event: Mapping[str, Any]) -> None:
    """Let time pass, or send an event."""
    if wait := waits_milliseconds(event):
        driver.advance(wait)
        return
    kind, fields = event_told(templates, event, driver.clock.now_milliseconds())
    driver.send(*keyed(record_of(kind, fields)))
    driver.clock.advance(1)
    driver.run()
