"""Service policies as files: one row a file, `default.yaml` for all that no other is for."""

from collections.abc import Collection
from pathlib import Path
from typing import Any, NamedTuple, get_args

import yaml

from processors.findings.territories import countries_of
from processors.matching.places import territories_near
from processors.nearest import nearest
from processors.policies.service_level import (
    LATER_FIELDS,
    WORKERS_OWN_FIELDS,
    MeasureScope,
    ObjectionProcedure,
    ServiceLevel,
)
from processors.policies.service_policy import ServicePolicy, ServiceScope
from schemas.durations import HOUR_MILLISECONDS
from schemas.events.complaints import Ground
from schemas.yaml_text import yaml_content

BUILT_IN_DIRECTORY = Path(__file__).parents[2] / "processors" / "policies" / "built_in"
"""What holds where no policy is published."""

DEFAULT_FILE = "default.yaml"
MAXIMUM_ROWS = 1_000
MAXIMUM_FILE_BYTES = 64 * 1024
MAXIMUM_NAME_CHARACTERS = 256
UNITS = {"_hours": HOUR_MILLISECONDS, "_minutes": 60_000, "_seconds": 1_000}
"""A time in milliseconds may be given in one of these units instead."""
TIMES = tuple(name for name in ServiceLevel._fields if name not in WORKERS_OWN_FIELDS)
WORDS: dict[str, tuple[str, ...]] = {
    "objection": get_args(ObjectionProcedure),
    "measure_scope": get_args(MeasureScope),
}
"""Fields that are words, with those that there are."""
ORDERED = (
    ("warning_milliseconds", "deadline_milliseconds"),
    ("listing_wait_milliseconds", "deadline_milliseconds"),
    ("put_back_business_days", "put_back_latest_business_days"),
)
"""Times of which the first is to be no longer than the second."""


class ServicePolicyRefused(Exception):
    """A policy can't be used; the message says why, one line for each fault."""


def load_service_policy(directory: Path) -> ServicePolicy:
    """Return the policy of a directory; what a row does not name is as in the default.

    Errors: ServicePolicyRefused, with the faults of all rows.
    """
    paths = sorted(directory.glob("*.yaml"))
    default = directory / DEFAULT_FILE
    if default not in paths:
        raise ServicePolicyRefused(f"{directory} has no {DEFAULT_FILE}")
    if len(paths) > MAXIMUM_ROWS:
        raise ServicePolicyRefused(f"{directory}: more than {MAXIMUM_ROWS} files")
    first = _row(default, ServiceLevel())
    faults = [f"{default}: {each}" for each in first.faults]
    if any(first.scope):
        faults.append(f"{default}: the default is for no place of its own")
    # What the default has wrong is no fault of the others.
    base = ServiceLevel() if first.faults else first.level
    rows: dict[ServiceScope, ServiceLevel] = {}
    for path in paths:
        if path == default:
            continue
        row = _row(path, base)
        told = list(row.faults)
        if row.is_placed and not any(row.scope):
            told.append("names no marketplace, territory or ground")
        elif row.is_placed and row.scope in rows:
            told.append("another file is for the same place")
        faults += [f"{path}: {each}" for each in told]
        rows[row.scope] = row.level
    if faults:
        raise ServicePolicyRefused("\n".join(faults))
    return ServicePolicy(first.level, rows)


def policy_on(settings: ServiceLevel, policy: ServicePolicy) -> ServicePolicy:
    """Return what a policy says, on a worker's settings in place of the software's own times."""
    own = ServiceLevel()

    def on(level: ServiceLevel) -> ServiceLevel:
        said = {name: getattr(level, name) for name in TIMES}
        return settings._replace(
            **{name: value for name, value in said.items() if value != getattr(own, name)}
        )

    rows = {scope: on(level) for scope, level in policy.rows.items()}
    return ServicePolicy(on(policy.default), rows)


def checked(level: ServiceLevel, where: str) -> ServiceLevel:
    """Return times that go together. Errors: ServicePolicyRefused."""
    faults = _faults_of(level, TIMES)
    if faults:
        raise ServicePolicyRefused("\n".join(f"{where}: {each}" for each in faults))
    return level


class _Row(NamedTuple):
    """What a file says, what of it can't be, and whether one can tell for what place it is."""

    scope: ServiceScope
    level: ServiceLevel
    faults: tuple[str, ...]
    is_placed: bool


def _row(path: Path, base: ServiceLevel) -> _Row:
    given = _content(path)
    if isinstance(given, str):
        return _Row(ServiceScope(), base, (given,), is_placed=False)
    faults: list[str] = []
    scope = ServiceScope(*(_name(given.pop(f, ""), faults) for f in ServiceScope._fields))
    is_placed = not faults
    description = given.pop("description", None)
    if not isinstance(description, str) or not description.strip():
        faults.append("description is missing: what law or contract is it?")
    if scope.territory and not countries_of(scope.territory):
        faults.append(_unknown("territory", scope.territory, territories_near(scope.territory)))
    if scope.ground and scope.ground not in get_args(Ground):
        faults.append(_unknown("ground", scope.ground, nearest(scope.ground, get_args(Ground))))
    times: dict[str, Any] = {}
    for said, value in given.items():
        name, factor = _time(str(said))
        if name not in TIMES:
            faults.append(_unknown("time", name, nearest(name, TIMES)))
        elif name in times:
            faults.append(f"{name} is given twice, in two units")
        else:
            times[name] = value * factor if type(value) is int else value
    level = base._replace(**times)
    return _Row(scope, level, (*faults, *_faults_of(level, times)), is_placed)


def _content(path: Path) -> dict[Any, Any] | str:
    """Return what stands in a file, or why it can't be read."""
    try:
        if path.stat().st_size > MAXIMUM_FILE_BYTES:
            return f"larger than {MAXIMUM_FILE_BYTES} bytes"
        given = yaml_content(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        return " ".join(str(error).split())
    return given if isinstance(given, dict) else "a row is a mapping of its fields"


def _faults_of(level: ServiceLevel, said: Collection[str]) -> list[str]:
    """Return what can't be of the times that are said, and which of them do not go together."""
    faults = []
    for name in said:
        value, least = getattr(level, name), 0 if name in LATER_FIELDS else 1
        if name in WORDS:
            if value not in WORDS[name]:
                words = [each for each in WORDS[name] if each]
                faults.append(_unknown(name, str(value), nearest(str(value), words)))
        elif type(value) is not int:
            faults.append(f"{name} is {value!r}, no whole number")
        elif not least <= value < 1 << 40:
            faults.append(f"{name} is to be a whole number from {least} on")
    pairs = [] if faults else [pair for pair in ORDERED if set(pair) & set(said)]
    for shorter, longer in pairs:
        if getattr(level, shorter) > getattr(level, longer):
            faults.append(f"{shorter} is longer than {longer}")
    return faults


def _unknown(kind: str, name: str, near: tuple[str, ...]) -> str:
    return f"no such {kind} as {name[:MAXIMUM_NAME_CHARACTERS]}; the nearest are {', '.join(near)}"


def _name(value: Any, faults: list[str]) -> str:
    if isinstance(value, str) and len(value) <= MAXIMUM_NAME_CHARACTERS:
        return value
    shown = repr(value)[:MAXIMUM_NAME_CHARACTERS]
    faults.append(f"{shown} is no name; put it in quotes if it is one")
    return ""


def _time(said: str) -> tuple[str, int]:
    """Return the field of a time, and how many milliseconds one of its unit is."""
    for unit, milliseconds in UNITS.items():
        if said.endswith(unit) and said not in TIMES:
            return said.removesuffix(unit) + "_milliseconds", milliseconds
    return said, 1
