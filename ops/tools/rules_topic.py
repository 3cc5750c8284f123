"""The topic of rules, as commands read and write it."""

import json
import time
from collections.abc import Mapping
from typing import Any

from ops.errors import OperatorError
from ops.shell.publishing import publish
from replay.backtest.result import Gate
from replay.log import KafkaLog, ReplayError
from replay.promotion.record import Promotions, promotions
from schemas.events.rules import GateRecorded, PromotionGate, RuleSetPublished
from schemas.topic_names import RULES_STATE
from schemas.wire.codec import DecodeError, SchemaRegistryUnavailable
from schemas.wire.registry import connect
from streams.kafka.producing import keyed


class RulesTopic:
    """What stands on ip.rules.state, and what is added. Errors of all methods: OperatorError."""

    def __init__(self, bootstrap_servers: str, schema_registry: str) -> None:
        self._bootstrap_servers = bootstrap_servers
        self._schema_registry = schema_registry

    def state(self) -> Promotions:
        """Return what the topic comes to now."""
        try:
            codec = connect(self._schema_registry, register=False)
            events = [
                codec.decode(RULES_STATE, record.value, record.headers)
                for record in KafkaLog(self._bootstrap_servers).read_all(RULES_STATE)
                if record.value is not None
            ]
        except (DecodeError, ReplayError, SchemaRegistryUnavailable) as error:
            raise OperatorError(f"{RULES_STATE} can't be read: {error}") from error
        return promotions(events)

    def add(self, event: Any) -> None:
        """Publish an event, and wait until Kafka has it."""
        publish(self._bootstrap_servers, self._schema_registry, keyed(event), now_milliseconds())

    def record_gate(
        self,
        candidate_hash: str,
        gate: PromotionGate,
        found: tuple[Gate, ...],
        evidence: Mapping[str, Any],
        recorded_by: str,
        share_percent: int = 0,
    ) -> bool:
        """Put a gate on record with what was found; tell whether it is met."""
        met = bool(found) and all(each.met for each in found)
        self.add(
            GateRecorded(
                candidate_hash,
                gate,
                share_percent,
                met,
                "; ".join(f"{each.name}: {each.found}" for each in found),
                json.dumps(evidence, sort_keys=True),
                recorded_by,
                now_milliseconds(),
            )
        )
        return met


def candidate_of(state: Promotions, beginning: str) -> RuleSetPublished:
    """Return the candidate whose hash begins so. Errors: OperatorError."""
    found = [each for name, each in state.candidates.items() if name.startswith(beginning)]
    if len(found) != 1 or not beginning:
        known = ", ".join(name[:12] for name in state.candidates) or "none"
        raise OperatorError(f"{beginning}: {len(found)} candidates; there are: {known}")
    return found[0]


def now_milliseconds() -> int:
    """Return the present time."""
    return time.time_ns() // 1_000_000
