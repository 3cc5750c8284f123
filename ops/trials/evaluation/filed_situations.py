"""Situations of law once more: filed by HTTP, decided at the desk, on real Kafka.

The rows are those of the tables. They share one pipeline, so each has parties and listings of its
own names there; what of a row happens at the same time as what of another is done in turns.
"""

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from ops.trials.evaluation.filed_pipeline import FiledPipeline, FilingRefused
from ops.trials.evaluation.filing_requests import FILINGS, Filed
from ops.trials.evaluation.situation_outcomes import outcome_of
from ops.trials.evaluation.situations import (
    SITUATIONS,
    Found,
    Situation,
    driven,
    event_told,
    judged,
    load_base,
    load_situations,
    waits_milliseconds,
)
from schemas.record import record_of
from streams.kafka.producing import keyed
from streams.sources.desk.types import Verdict

LONGEST = 10
FED = frozenset({"mark", "owner", "agent", "seller", "listing"})
"""What registers, marketplaces and operators tell on topics, without the API."""

DECIDED = "person"
OF_VERDICTS = frozenset(
    {"review_id", "decision_number", "outcome", "reason_codes", "reviewer_id", "subject_id"}
)
"""What a row may say of a decision for it to be taken at the desk; which task it is about, its row
of the desk tells."""

NAMES = frozenset(
    {"party_id", "seller_id", "complainant_id", "rights_holder_id", "listing_id", "recorded_by"}
)
"""Fields with the names of parties and listings, which are each situation's own."""


def longest(situations: list[Situation], count: int = LONGEST) -> list[Situation]:
    """Return those of the most that parties file and people decide, then of the longest time."""
    return sorted(filter(_is_filed, situations), key=_length, reverse=True)[:count]


def judge_filed(
    pipeline: FiledPipeline, scratch: Path, directory: Path = SITUATIONS, count: int = LONGEST
) -> list[Found]:
    """File the longest situations, and compare how they end with the tables and the driver."""
    base = load_base(directory)
    scenes = [Scene(each, base) for each in longest(load_situations(directory), count)]
    for scene in scenes:
        scene.begin(pipeline)
    pipeline.settle()
    passed = 0
    for moment in sorted({at for scene in scenes for at in scene.moments}):
        if moment > passed:
            pipeline.jump(moment - passed)
            pipeline.settle()
            passed = moment
        while playing := [scene for scene in scenes if scene.next_at == moment]:
            for scene in playing:
                scene.act(pipeline)
            pipeline.settle()
    read = cache(lambda topic: list(pipeline.read(topic)))
    return [_compared(scene, read, base, scratch) for scene in scenes]


class Scene:
    """One situation as it is played: what is still to happen, and what was filed."""

    def __init__(self, situation: Situation, base: Mapping[str, Any]) -> None:
        self.situation = situation
        self._base = base
        self._prefix = f"{situation.name}."
        self._filed = Filed({}, {})
        self._left: deque[tuple[int, Mapping[str, Any]]] = deque()
        self.refusals: list[str] = []
        at = 0
        for event in situation.events:
            wait = waits_milliseconds(event)
            at += wait
            if not wait:
                self._left.append((at, event))
        self.moments = {at, *(each for each, _ in self._left)}
        """So long after the beginning something happens, or the situation has ended."""

    @property
    def next_at(self) -> int | None:
        """When the next thing happens; None where nothing does any more."""
        return self._left[0][0] if self._left else None

    def begin(self, pipeline: FiledPipeline) -> None:
        """Tell what each situation begins with."""
        for event in self._base["beforehand"]:
            self._happen(pipeline, event)

    def act(self, pipeline: FiledPipeline) -> None:
        """Let the next thing happen."""
        self._happen(pipeline, self._left.popleft()[1])

    def own(self, events: Iterable[Any]) -> list[Any]:
        """Return the situation's own of some events, with parties as its row names them."""
        return [
            event._replace(party_id=event.party_id.removeprefix(self._prefix))
            if "party_id" in event._fields
            else event
            for event in events
            if any(str(getattr(event, name, "")).startswith(self._prefix) for name in NAMES)
        ]

    def _happen(self, pipeline: FiledPipeline, event: Mapping[str, Any]) -> None:
        (name,) = event
        kind, fields = event_told(self._base["events"], event, pipeline.now_milliseconds)
        own = self._renamed(fields)
        if name in FED:
            pipeline.feed(keyed(record_of(kind, own)))
        elif name == DECIDED:
            case_id = self._filed.ids[own["case_id"]]
            reasons = tuple(own["reason_codes"])
            pipeline.decide(case_id, Verdict("", own["reviewer_id"], own["outcome"], reasons))
        else:
            self._file(pipeline, name, own)

    def _file(self, pipeline: FiledPipeline, name: str, fields: Mapping[str, Any]) -> None:
        make, own_id = FILINGS[name]
        filing = make(fields, self._filed)
        self._filed.roles[filing.party_id] = filing.role
        try:
            self._filed.ids[fields[own_id]] = pipeline.post(filing)
        except FilingRefused as refused:
            self.refusals.append(str(refused))

    def _renamed(self, value: Any) -> Any:
        if isinstance(value, list | tuple):
            return [self._renamed(each) for each in value]
        if not isinstance(value, dict):
            return value
        return {
            key: f"{self._prefix}{each}" if key in NAMES and each else self._renamed(each)
            for key, each in value.items()
        }


def _is_filed(situation: Situation) -> bool:
    return all(_can_happen(event) for event in situation.events)


def _can_happen(event: Mapping[str, Any]) -> bool:
    ((name, told),) = event.items()
    if name == DECIDED:
        return (told or {}).keys() <= OF_VERDICTS
    return name in FED or name in FILINGS or bool(waits_milliseconds(event))


def _length(situation: Situation) -> tuple[int, int, int]:
    names = [name for event in situation.events for name in event]
    acts = sum(name in FILINGS or name == DECIDED for name in names)
    return acts, len(names), sum(map(waits_milliseconds, situation.events))


def _compared(
    scene: Scene, read: Callable[[str], list[Any]], base: Mapping[str, Any], scratch: Path
) -> Found:
    filed = outcome_of(lambda topic: scene.own(read(topic)))
    without_api = driven(scene.situation, base, scratch / scene.situation.name)
    outcome, faults = judged(scene.situation, filed)
    differences = [
        f"{name} is {filed[name]!r} on Kafka, {value!r} on the driver"
        for name, value in without_api.items()
        if filed[name] != value
    ]
    return Found(scene.situation, outcome, (*scene.refusals, *faults, *differences))
