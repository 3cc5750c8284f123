"""Situations of law, as tables that a lawyer can read and correct, through the real pipeline.

Each has a pipeline of its own, with a register, parties and a listing as in `base.yaml`; its events
say what is different. What is right stands in the row, with its source.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from ops.errors import OperatorError
from ops.services.worker import service_level
from processors.rules.rule_set import RuleSet
from schemas.catalog import EVENT_TYPES
from schemas.durations import DAY_MILLISECONDS, HOUR_MILLISECONDS
from schemas.events.conduct import ConductRecorded
from schemas.events.decisions import ComplaintDecided
from schemas.events.enforcement import EnforcementConfirmed
from schemas.events.notices import InformBuyers, NotifyParty
from schemas.events.orders import OrderAnswered
from schemas.events.seller_orders import BlockSeller, SellerOrderAnswered, UnblockSeller
from schemas.events.sla import CaseClosed
from schemas.events.standings import SanctionParty
from schemas.events.takedowns import RestrictListing
from schemas.record import record_of
from schemas.statements.rendering import rendered
from schemas.statements.statement import statement_of
from schemas.topic_names import (
    ACCOUNTS_COMMANDS,
    CONDUCT_EVENTS,
    DECISIONS_EVENTS,
    LISTINGS_EVENTS,
    NOTICES_COMMANDS,
    REVIEWS_COMMANDS,
    SLA_EVENTS,
    TAKEDOWNS_COMMANDS,
)
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
ENDS = CaseClosed | EnforcementConfirmed
STATED = ("decision", "appeal_decided")
DEADLINE_SECONDS = 24 * 3_600.0
LIFTED = {"first_actions_reviewed": 0, "second_look_percent": 0, "second_looks_a_week": 0}
"""What a person sees of automatic decisions is not what the tables are about."""

TOLD = ("id", "right", "country", "who", "what_happened", "right_outcome", "source")
CHECKED = (
    *("reasons", "asked", "commands", "sanctions", "counted", "notices", "hidden_not_in"),
    *("answers", "seller_commands", "clock", "told", "buyers"),
)
"""What a row may say beside the last decision, or the last sanction where none is decided; what it
does not say is not looked at."""


class Situation(NamedTuple):
    """A row: who did what, and what is right."""

    name: str
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
    base = yaml_content((directory / BASE).read_text(encoding="utf-8"))
    return [_judge(each, base, scratch / each.name) for each in load_situations(directory)]


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
    return Situation(row["id"], told, row["events"], right)


def _judge(situation: Situation, base: Mapping[str, Any], directory: Path) -> Found:
    level = service_level(DEADLINE_SECONDS)._replace(
        standing=load_standing_policy(BUILT_IN_STANDING)._replace(**LIFTED)
    )
    policy = policy_on(level, load_service_policy(POLICIES))
    settings = DriverSettings(partitions=1, service_level=level, service_policy=policy)
    driver = Driver(directory, offline_codec(), RuleSet(load_rules(BUILT_IN_DIRECTORY)), settings)
    try:
        for each in (*base["beforehand"], *situation.events):
            _happen(driver, base["events"], each, situation)
        found = _found(driver)
    finally:
        driver.close()
    faults = tuple(
        f"{name} is {found[name]!r}, right is {right!r}"
        for name, right in situation.right.items()
        if found[name] != right
    )
    return Found(situation, str(found["right_outcome"]), faults)


def _happen(
    driver: Driver, templates: Mapping[str, Any], event: dict[str, Any], situation: Situation
) -> None:
    """Let time pass, or send an event as its template has it but for what is told of it."""
    ((name, told),) = event.items()
    if name in ("hours", "days"):
        driver.advance(told * (HOUR_MILLISECONDS if name == "hours" else DAY_MILLISECONDS))
        return
    changes = dict(told or {})
    times = changes.pop("times", 1)
    if name not in templates:
        raise OperatorError(f"{situation.name}: {name!r} is no event; there are {[*templates]}")
    template = templates[name]
    kind: Any = EVENT_TYPES[template["event"]]
    unknown = sorted(changes.keys() - set(kind._fields))
    if unknown:
        raise OperatorError(f"{situation.name}: {name} has no field {unknown[0]!r}")
    for _ in range(times):
        now = driver.clock.now_milliseconds()
        at = dict.fromkeys(template.get("now", ()), now)
        own = {field: f"{template['fields'][field]}-{now}" for field in template.get("own", ())}
        fields = {**kind._field_defaults, **template["fields"], **at, **own, **changes}
        topic, key, made = keyed(record_of(kind, fields))
        driver.send(topic, key, made)
        driver.clock.advance(1)
        driver.run()


def _found(driver: Driver) -> dict[str, Any]:
    """Return what came out, in the words of the tables."""
    decisions = [e for e in driver.read(DECISIONS_EVENTS) if isinstance(e, ComplaintDecided)]
    last = decisions[-1] if decisions else None
    accounts = driver.read(ACCOUNTS_COMMANDS)
    sanctions = [f"{e.role} {e.sanction}" for e in accounts if isinstance(e, SanctionParty)]
    orders = [each for each in accounts if isinstance(each, BlockSeller | UnblockSeller)]
    conduct = [e for e in driver.read(CONDUCT_EVENTS) if isinstance(e, ConductRecorded)]
    commands = driver.read(TAKEDOWNS_COMMANDS)
    tasks = driver.read(REVIEWS_COMMANDS)
    offered = [each for each in driver.read(LISTINGS_EVENTS) if each.territories]
    named = set(offered[-1].territories) if offered else set()
    hidden = [set(e.territories) for e in commands if isinstance(e, RestrictListing)]
    told = driver.read(DECISIONS_EVENTS)
    notices = [e for e in driver.read(NOTICES_COMMANDS) if isinstance(e, NotifyParty)]
    buyers = [e for e in driver.read(NOTICES_COMMANDS) if isinstance(e, InformBuyers)]
    answers = [e.answer for e in told if isinstance(e, OrderAnswered | SellerOrderAnswered)]
    return {
        "right_outcome": ["none", *sanctions][-1] if last is None else last.outcome,
        "reasons": [] if last is None else list(last.reason_codes),
        "asked": list(tasks[-1].reason_codes) if tasks else [],
        "commands": [type(each).__name__ for each in commands],
        "notices": sorted(f"{e.party_id} {e.kind}" for e in notices),
        "hidden_not_in": sorted(named - hidden[-1]) if hidden else [],
        "sanctions": sanctions,
        "answers": answers,
        "seller_commands": [type(each).__name__ for each in orders],
        "clock": [_closed_or_gone(e) for e in driver.read(SLA_EVENTS) if isinstance(e, ENDS)],
        "told": [_in_words(e) for e in notices if e.kind in STATED],
        "buyers": [{"reasons": list(e.reason_codes), "in": list(e.territories)} for e in buyers],
        "counted": [f"{each.role} {each.kind}" for each in conduct],
    }


def _closed_or_gone(event: CaseClosed | EnforcementConfirmed) -> str:
    """Tell whether a case was closed, or its command proved or acknowledged, by its deadline."""
    if isinstance(event, CaseClosed):
        return "closed in time" if event.within_deadline else "closed late"
    in_time = event.confirmed_at_milliseconds <= event.deadline_at_milliseconds
    return f"{event.stage} {'in time' if in_time else 'late'}"


def _in_words(notice: NotifyParty) -> str:
    """Tell to whom a statement of reasons went, in which language, and who decided."""
    statement = statement_of(notice)
    language = "codes" if statement is None else rendered(statement).language
    by = "a machine" if notice.automated else "people"
    return f"{notice.party_id}, {language}, decided by {by}"
