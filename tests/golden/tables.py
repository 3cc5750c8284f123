"""Marks, parties and rule sets that the golden scenario tells of, at first and later."""

from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from golden.adapter import built_in_rules, rules_hash
from golden.people import (
    DAY,
    MARKS,
    START,
    Fields,
    agents,
    authorisation,
    holders,
    party,
    trademark,
)

MARKS_TOPIC, PARTIES_TOPIC = "ip.trademarks.events", "ip.parties.state"
RULES_TOPIC = "ip.rules.state"
Operation = list[Any]


class Tables:
    """Records of the tables."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self._rules = built_in_rules()

    def begin(self, now: int) -> list[Operation]:
        """Tell of everything that is known at first."""
        known = [self._mark(key, now, START - 3_000 * DAY) for key in MARKS]
        people = [*holders(now), *agents(now)]
        return [
            self._rule_set("active", self._rules, now),
            *known,
            *(self._party(each, now) for each in people),
        ]

    def later(self) -> Iterator[tuple[int, Callable[[int], list[Operation]]]]:
        """Yield what changes later, with its time."""
        yield from self._later_marks()
        yield from self._later_parties()
        strict = _changed(self._rules, "take-down-infringement", outcome="send_to_review")
        lax = _changed(self._rules, "review-near-match", outcome="take_down")
        broken = _changed(self._rules, "review-near-match", condition="listing_match = 'near'")
        sets = (
            (4, "shadow", strict),
            (9, "shadow", lax),
            (12, "active", broken),
            (14, "active", strict),
            (17, "shadow", []),
            (18, "active", self._rules),
            (21, "shadow", self._rules),
        )
        for day, role, rules in sets:
            yield START + day * DAY, lambda now, r=role, s=rules: [self._rule_set(r, s, now)]

    def _later_marks(self) -> Iterator[tuple[int, Callable[[int], list[Operation]]]]:
        changes: tuple[tuple[int, str, Fields], ...] = (
            (3, "US:72244388", {"status": "unknown"}),
            (5, "US:72244388", {}),
            (7, "EM:018224965", {"owners": [{"name": "Burn S.p.A.", "country": "IT"}]}),
            (8, "EM:018224965", {"owners": []}),
            (10, "JP:5501", {"status": "cancelled"}),
            (11, "JP:5501", {}),
            (16, "US:74631225", {"status": "expired", "expiry_date": "2023-11-20"}),
            (19, "US:76044902", {"nice_classes": (3, 21)}),
            (20, "DE:302019", {"status": "opposed"}),
            (21, "DE:302019", {}),
            (24, "US:71112081", {"expiry_date": "soon"}),
            (26, "EM:018229279", {"status": "cancelled"}),
            (60, "US:76044902", {"status": "cancelled"}),
            (61, "US:72244388", {"expiry_date": "2024-01-05"}),
        )
        for day, key, change in changes:
            effective = START + day * DAY - self._chance.randrange(6 * DAY)
            yield (
                START + day * DAY,
                lambda now, k=key, c=change, e=effective: [self._mark(k, now, e, **c)],
            )

    def _later_parties(self) -> Iterator[tuple[int, Callable[[int], list[Operation]]]]:
        late = "agent-none"
        given = [authorisation(late, each["party_id"]) for each in holders(0)[:16]]
        allowed = party(late, "agent", "None", START, authorisations=given)
        verified = {**holders(0)[7], "identity_verified": True}
        nobody = party("nobody", "rights_holder", "Nobody", START)
        linked = party("seller-001", "seller", "One", START, linked_seller_ids=["seller-002"])
        full = next(each for each in agents(0) if each["party_id"] == "agent-full")
        ended = [{**a, "revoked_at_milliseconds": START + 25 * DAY} for a in full["authorisations"]]
        records: tuple[tuple[int, Fields], ...] = (
            (2, linked),
            (6, allowed),
            (9, verified),
            (15, nobody),
            (25, {**full, "authorisations": ended}),
            (27, {**nobody, "party_id": ""}),
        )
        for day, record in records:
            yield START + day * DAY, lambda now, r=record: [self._party(r, now)]

    def _mark(self, key: str, now: int, effective: int, **changes: Any) -> Operation:
        fields = trademark(key, now, effective_from_milliseconds=effective, **changes)
        return ["send", now, MARKS_TOPIC, key, "TrademarkRecorded", fields]

    def _party(self, record: Fields, now: int) -> Operation:
        fields = {**record, "recorded_at_milliseconds": now}
        return ["send", now, PARTIES_TOPIC, record["party_id"], "PartyRecorded", fields]

    def _rule_set(self, role: str, rules: list[Fields], now: int) -> Operation:
        fields = {
            "role": role,
            "rule_set_hash": rules_hash(rules),
            "rules": rules,
            "published_by": "golden",
            "published_at_milliseconds": now,
        }
        return ["send", now, RULES_TOPIC, role, "RuleSetPublished", fields]


def _changed(rules: list[Fields], rule_id: str, **changes: Any) -> list[Fields]:
    return [{**rule, **changes} if rule["rule_id"] == rule_id else rule for rule in rules]
