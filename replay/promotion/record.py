"""What ip.rules.state has of candidates, and what one lacks before it may decide on more."""

from collections.abc import Iterable
from typing import Any, Final, NamedTuple

from schemas.events.rules import GateRecorded, PromotionGate, RolloutChanged, RuleSetPublished

SHARES_PERCENT: Final = (1, 10, 50, 100)
"""A candidate decides on these shares of listings, one after the other."""

BEFORE_ALL: Final[tuple[PromotionGate, ...]] = ("check", "backtest", "shadow", "approval")


class Promotions(NamedTuple):
    """The live rules, candidates by hash, their gates, and the rollout."""

    live: RuleSetPublished | None
    candidates: dict[str, RuleSetPublished]
    gates: dict[tuple[str, PromotionGate, int], GateRecorded]
    rollout: RolloutChanged | None

    @property
    def share_percent(self) -> int:
        """On what share of listings a candidate decides."""
        return 0 if self.rollout is None else self.rollout.share_percent


def promotions(events: Iterable[Any]) -> Promotions:
    """Return what the topic's events come to, in their order."""
    live, rollout = None, None
    candidates: dict[str, RuleSetPublished] = {}
    gates: dict[tuple[str, PromotionGate, int], GateRecorded] = {}
    for event in events:
        if isinstance(event, GateRecorded):
            gates[event.rule_set_hash, event.gate, event.share_percent] = event
        elif isinstance(event, RolloutChanged):
            rollout = event
        elif isinstance(event, RuleSetPublished) and event.role == "active":
            live = event
        elif isinstance(event, RuleSetPublished) and event.slot:
            candidates.pop(event.rule_set_hash, None)
            if event.rules:
                candidates[event.rule_set_hash] = event
    return Promotions(live, candidates, gates, rollout)


def next_share(state: Promotions) -> int | None:
    """Return the share that comes after the present one; None after the last."""
    return next((each for each in SHARES_PERCENT if each > state.share_percent), None)


def lacking(state: Promotions, candidate_hash: str) -> list[str]:
    """Return why a candidate may not decide on the next share; nothing where it may."""
    candidate, rollout = state.candidates.get(candidate_hash), state.rollout
    if candidate is None:
        return ["no such candidate is published"]
    if rollout is not None and rollout.share_percent and rollout.rule_set_hash != candidate_hash:
        return [f"candidate {rollout.rule_set_hash[:12]} is rolled out"]
    if state.share_percent == SHARES_PERCENT[-1]:
        return ["it decides on all listings"]
    told = [
        f"{gate}: {_unmet(state.gates.get((candidate_hash, gate, 0)), _since(state, gate))}"
        for gate in BEFORE_ALL
        if _unmet(state.gates.get((candidate_hash, gate, 0)), _since(state, gate))
    ]
    told += _one_person(state, candidate)
    share = state.share_percent
    if share and rollout is not None:
        unmet = _unmet(
            state.gates.get((candidate_hash, "canary", share)), rollout.changed_at_milliseconds
        )
        told += [f"canary at {share} %: {unmet}"] if unmet else []
    return told


def _since(state: Promotions, gate: PromotionGate) -> int:
    """Return from when a gate's record counts: who was taken back is to be approved again."""
    rollout = state.rollout
    taken_back = rollout is not None and rollout.share_percent == 0
    return rollout.changed_at_milliseconds if rollout and taken_back and gate == "approval" else 0


def _unmet(gate: GateRecorded | None, since_milliseconds: int) -> str:
    if gate is None:
        return "not recorded"
    if gate.recorded_at_milliseconds < since_milliseconds:
        return "recorded before the last change"
    return "" if gate.met else f"not met: {gate.found}"


def _one_person(state: Promotions, candidate: RuleSetPublished) -> list[str]:
    name = candidate.rule_set_hash
    approval = state.gates.get((name, "approval", 0))
    test = state.gates.get((name, "backtest", 0))
    if approval is None or test is None:
        return []
    agreed = approval.recorded_by
    is_other = agreed not in (candidate.published_by, test.recorded_by)
    return [] if is_other else [f"approval: {agreed} is no other"]
