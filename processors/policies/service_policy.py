"""Which times a case is allowed: by marketplace, territory and ground, the most specific first.

A case keeps, by hash, the times with which it began, whatever is published while it is open.
"""

from collections.abc import Mapping
from itertools import product
from typing import NamedTuple

from processors.findings.territories import territory_code
from processors.policies.service_level import WORKERS_OWN_FIELDS, ServiceLevel, service_level_hash
from schemas.events.cases import Case
from schemas.events.complaints import ComplaintFiled


class ServiceScope(NamedTuple):
    """What a row of a policy is for; an empty name stands for any."""

    marketplace: str = ""
    territory: str = ""
    ground: str = ""


class ServicePolicy(NamedTuple):
    """A table of times: those of the scopes that it names, and the default for all others."""

    default: ServiceLevel
    rows: Mapping[ServiceScope, ServiceLevel] = {}

    def level_for(self, scope: ServiceScope) -> ServiceLevel:
        """Return the times of the most specific row: that which names most of the scope, and of
        two that name as much, the one that names the marketplace, then the territory."""
        masks = sorted(product((True, False), repeat=len(scope)), key=_specificity, reverse=True)
        # A row may name the territory by another code in use for it.
        rows = {
            each._replace(territory=territory_code(each.territory)): level
            for each, level in self.rows.items()
        }
        for mask in masks:
            named = (name if kept else "" for name, kept in zip(scope, mask, strict=True))
            found = rows.get(ServiceScope(*named))
            if found is not None:
                return found
        return self.default


class PolicyVersion(NamedTuple):
    """A policy under its hash; the hash is empty for a worker's own settings."""

    hash: str
    policy: ServicePolicy


class CaseLevels:
    """The times of cases: of those to come by the policy in force, of others by what they keep.

    `settings` are the times of cases from before there were policies.
    """

    def __init__(self, settings: ServiceLevel, policy: ServicePolicy | None = None) -> None:
        self._settings = settings
        self._policy = policy or ServicePolicy(settings)
        self._known: dict[str, ServiceLevel] = {"": settings}
        self._chosen: dict[ServiceScope, str] = {}

    def choose(self, complaint: ComplaintFiled) -> str:
        """Return the hash of the times for a new case."""
        territory = territory_code(complaint.territory)
        scope = ServiceScope(complaint.marketplace, territory, complaint.ground)
        chosen = self._chosen.get(scope)
        if chosen is None:
            own = {name: getattr(self._settings, name) for name in WORKERS_OWN_FIELDS}
            level = self._policy.level_for(scope)._replace(**own)
            chosen = service_level_hash(level)
            self._known[chosen] = level
            if len(self._chosen) >= MAXIMUM_SCOPES:
                self._chosen.clear()
            self._chosen[scope] = chosen
        return chosen

    def learn(self, name: str, level: ServiceLevel) -> None:
        """Note the times that a case keeps."""
        self._known[name] = level

    def use(self, policy: ServicePolicy | None) -> None:
        """Choose by another policy from now on."""
        self._policy = policy or ServicePolicy(self._settings)
        self._chosen.clear()

    def __contains__(self, name: str) -> bool:
        return name in self._known

    def get(self, name: str) -> ServiceLevel:
        """Return times by their hash. Errors: KeyError where they were not learnt."""
        return self._known[name]

    def of_case(self, case: Case) -> ServiceLevel:
        """Return the times with which a case began. Errors: KeyError as `get`."""
        return self._known[case.policy_hash]


MAXIMUM_SCOPES = 10_000
"""Scopes whose choice is remembered: territories are told by complainants."""


def _specificity(mask: tuple[bool, ...]) -> tuple[int, tuple[bool, ...]]:
    return sum(mask), mask
