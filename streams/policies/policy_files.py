"""Service policies as files: one row a file, `default.yaml` for all that no other is for."""

from pathlib import Path
from typing import Any, get_args

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
    """A policy can't be used; the message says why."""


def load_service_policy(directory: Path) -> ServicePolicy:
    """Return the policy of a directory; what a row does not name is as in the default.

    Errors: ServicePolicyRefused.
    """
    paths = sorted(directory.glob("*.yaml"))
    default = directory / DEFAULT_FILE
    if default not in paths:
        raise ServicePolicyRefused(f"{directory} has no {DEFAULT_FILE}")
    if len(paths) > MAXIMUM_ROWS:
        raise ServicePolicyRefused(f"{directory}: more than {MAXIMUM_ROWS} files")
    scope, level = _row(default, ServiceLevel())
    if any(scope):
        raise ServicePolicyRefused(f"{default}: the default is for no place of its own")
    rows: dict[ServiceScope, ServiceLevel] = {}
    for path in paths:
        if path == default:
            continue
        scope, row = _row(path, level)
        if not any(scope):
            raise ServicePolicyRefused(f"{path}: names no marketplace, territory or ground")
        if scope in rows:
            raise ServicePolicyRefused(f"{path}: another file is for the same place")
        rows[scope] = row
    return ServicePolicy(level, rows)


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
    for name in TIMES:
        value = getattr(level, name)
        if name in WORDS:
            if value not in WORDS[name]:
                words = " or ".join(filter(None, WORDS[name]))
                raise ServicePolicyRefused(f"{where}: {name} is to be {words}")
            continue
        least = 0 if name in LATER_FIELDS else 1
        if type(value) is not int or not least <= value < 1 << 40:
            raise ServicePolicyRefused(f"{where}: {name} is to be a whole number from {least} on")
    for shorter, longer in ORDERED:
        if getattr(level, shorter) > getattr(level, longer):
            raise ServicePolicyRefused(f"{where}: {shorter} is longer than {longer}")
    return level


def _row(path: Path, base: ServiceLevel) -> tuple[ServiceScope, ServiceLevel]:
    try:
        if path.stat().st_size > MAXIMUM_FILE_BYTES:
            raise ServicePolicyRefused(f"{path}: larger than {MAXIMUM_FILE_BYTES} bytes")
        given = yaml_content(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise ServicePolicyRefused(f"{path}: {error}") from error
    if not isinstance(given, dict):
        raise ServicePolicyRefused(f"{path}: a row is a mapping of its fields")
    description = given.pop("description", None)
    if not isinstance(description, str) or not description.strip():
        raise ServicePolicyRefused(f"{path}: description is missing: what law or contract is it?")
    scope = ServiceScope(*(_name(path, given.pop(field, "")) for field in ServiceScope._fields))
    if scope.territory and not countries_of(scope.territory):
        near = territories_near(scope.territory)
        raise _unknown(path, "territory", scope.territory, near)
    if scope.ground and scope.ground not in get_args(Ground):
        near = nearest(scope.ground, get_args(Ground))
        raise _unknown(path, "ground", scope.ground, near)
    times = dict(_time(path, str(name), value) for name, value in given.items())
    if len(times) < len(given):
        raise ServicePolicyRefused(f"{path}: a time is given twice, in two units")
    return scope, checked(base._replace(**times), str(path))


def _unknown(path: Path, kind: str, name: str, near: tuple[str, ...]) -> ServicePolicyRefused:
    told = f"{path}: no such {kind} as {name}; the nearest are {', '.join(near)}"
    return ServicePolicyRefused(told)


def _name(path: Path, value: Any) -> str:
    if not isinstance(value, str) or len(value) > MAXIMUM_NAME_CHARACTERS:
        raise ServicePolicyRefused(f"{path}: {value!r} is no name; put it in quotes if it is one")
    return value


def _time(path: Path, name: str, value: Any) -> tuple[str, Any]:
    """Return a time's field and its value there."""
    if name in WORDS:
        return name, value
    factor = 1
    for unit, milliseconds in UNITS.items():
        if name.endswith(unit):
            name, factor = name.removesuffix(unit) + "_milliseconds", milliseconds
    if name not in TIMES:
        raise _unknown(path, "time", name, nearest(name, TIMES))
    if type(value) is not int:
        raise ServicePolicyRefused(f"{path}: {name} is {value!r}, no whole number")
    return name, value * factor
