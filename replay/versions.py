"""Rule sets and times by the hash under which the log keeps them."""

from functools import lru_cache

from processors.policies.service_level import ServiceLevel
from processors.policies.service_policy import ServicePolicy
from processors.rules.rule_set import RuleSet, RuleSetRefused
from replay.log import Log, ReplayError
from schemas.events.batches import VersionRecorded
from schemas.wire.codec import Codec
from streams.policies.versions import (
    VersionInvalid,
    rules_of,
    service_level_of,
    service_policy_of,
)
from streams.topology import JOURNAL

TOPIC = JOURNAL["VersionRecorded"]
RULE_SETS = 8
"""So many are kept made ready: each takes a moment, and logs of one place share them."""


@lru_cache(maxsize=RULE_SETS)
def rule_set_of(recorded: VersionRecorded) -> RuleSet:
    """Return a recorded rule set. Errors: ReplayError."""
    try:
        return RuleSet(rules_of(recorded))
    except (RuleSetRefused, VersionInvalid) as error:
        raise ReplayError(f"rule set {recorded.version}: {error}") from error


class Versions:
    """All versions on the log, made ready when first asked for."""

    def __init__(self, log: Log, codec: Codec) -> None:
        self._recorded: dict[str, VersionRecorded] = {}
        self._rule_sets: dict[str, RuleSet] = {}
        self._policies: dict[str, ServicePolicy] = {}
        for partition in log.partitions(TOPIC):
            for record in log.read(TOPIC, partition):
                event = codec.decode(TOPIC, record.value or b"", record.headers)
                self._recorded[event.version] = event

    def rule_set(self, rule_set_hash: str) -> RuleSet:
        """Return the rule set of a hash. Errors: ReplayError."""
        known = self._rule_sets.get(rule_set_hash)
        if known is None:
            known = self._rule_sets[rule_set_hash] = rule_set_of(self._find(rule_set_hash))
        return known

    def service_level(self, service_level_hash: str) -> ServiceLevel:
        """Return the times and thresholds of a hash. Errors: ReplayError."""
        try:
            return service_level_of(self._find(service_level_hash))
        except VersionInvalid as error:
            raise ReplayError(str(error)) from error

    def service_policy(self, policy_hash: str) -> ServicePolicy:
        """Return the policy of a hash. Errors: ReplayError."""
        known = self._policies.get(policy_hash)
        if known is None:
            try:
                known = service_policy_of(self._find(policy_hash))
            except VersionInvalid as error:
                raise ReplayError(str(error)) from error
            self._policies[policy_hash] = known
        return known

    def _find(self, version: str) -> VersionRecorded:
        recorded = self._recorded.get(version)
        if recorded is None:
            raise ReplayError(f"{TOPIC} has no version {version}")
        return recorded
