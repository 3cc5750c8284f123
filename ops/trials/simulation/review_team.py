"""A simulated review team: people in shifts who take tasks at the real desk, and decide them.

Their number, shifts, languages and speed are assumptions. What they find is what the scenario says
is true, but for mistakes.
"""

import random
import threading
from collections import Counter
from typing import NamedTuple

import psycopg

from ops.trials.simulation.day import Day
from ops.trials.simulation.scenario import LANGUAGES, story
from processors.reviews.assignment import Reviewer
from schemas.durations import DAY_MILLISECONDS, HOUR_MILLISECONDS
from schemas.events.reviews import ReviewOutcome
from sinks.contract import SinkUnavailable
from sinks.database.database import connect
from streams.sources.desk.desk import Desk
from streams.sources.desk.types import DeskRefused, TaskAssignment, Verdict

SHIFT_HOURS = 8
SHIFT_STARTS = {6: 0.45, 14: 0.35, 22: 0.20}
"""Share of the team whose shift starts at each hour, UTC."""

SENIORITY = {1: 0.70, 2: 0.22, 3: 0.08}
MEDIAN_MINUTES = {"complaint": 6.0, "counter_notice": 10.0, "appeal": 12.0, "registry_change": 6.0}
SPREAD = 0.6
LONGEST_MINUTES = 28.0
"""A task is given for 30 minutes."""

MISTAKES, SKIPS, ESCALATIONS, QUESTIONS = 0.04, 0.02, 0.01, 0.02
DECLINES = {"mark_absent": "mark_not_in_listing", "other_class": "trademark_class_mismatch"}
"""What a reviewer finds of complaints that should not have been filed, by kind."""

IDLE_MINUTES = 5.0
TURN_SECONDS = 0.02
AWAY_SECONDS = 0.5
SKILLS = ("*",)


SENIORS = 6
"""So many, spread over the shifts, have the highest level and all languages."""


class Work(NamedTuple):
    """A task that a reviewer is at, and when it will be done."""

    assigned: TaskAssignment
    done_at_milliseconds: int


class Person:
    """One reviewer: shift, and what he or she is at."""

    def __init__(self, number: int, day: Day) -> None:
        source = random.Random(f"{day.seed}:reviewer:{number}")
        self.source = source
        self.starts_at = source.choices(list(SHIFT_STARTS), list(SHIFT_STARTS.values()))[0]
        spoken = {"en", *source.choices(list(LANGUAGES), list(LANGUAGES.values()), k=2)}
        seniority = source.choices(list(SENIORITY), list(SENIORITY.values()))[0]
        if number < SENIORS:
            self.starts_at = list(SHIFT_STARTS)[number % len(SHIFT_STARTS)]
            seniority, spoken = 3, {"*"}
        name = f"reviewer-{number:03d}"
        self.reviewer = Reviewer(name, SKILLS, tuple(sorted(spoken)), seniority)
        self.work: Work | None = None
        self.idle_until = 0

    def on_shift(self, hour_of_day: float) -> bool:
        """Tell whether the reviewer works at this hour."""
        return (hour_of_day - self.starts_at) % 24 < SHIFT_HOURS


class Team(threading.Thread):
    """Works until `stop`; `counts` tells what verdicts came to, `busy_minutes` is of the day."""

    def __init__(self, database: str, day: Day) -> None:
        super().__init__(name="team", daemon=True)
        self._database = database
        self._day = day
        self._clock = day.clock
        self._begins_at = 0
        self._people = [Person(number, day) for number in range(day.reviewers)]
        self._stopping = threading.Event()
        self._desk: Desk | None = None
        self.error: BaseException | None = None
        self.counts: Counter[str] = Counter()
        self.busy_minutes = 0.0

    def begin(self, at_milliseconds: int) -> None:
        """Begin the day at this simulated time."""
        self._begins_at = at_milliseconds
        self.start()

    def run(self) -> None:
        """Review until `stop` is called."""
        try:
            while not self._stopping.is_set():
                pause = TURN_SECONDS
                try:
                    self._turn()
                except (psycopg.OperationalError, SinkUnavailable):
                    # The same call is made again once PostgreSQL is back.
                    self._desk = None
                    self.counts["database away"] += 1
                    pause = AWAY_SECONDS
                self._stopping.wait(pause)
        except BaseException as error:
            self.error = error

    def stop(self) -> None:
        """Go home."""
        self._stopping.set()

    def _turn(self) -> None:
        desk = self._desk
        if desk is None:
            desk = self._desk = Desk(connect(self._database), self._clock)
            for person in self._people:
                desk.put_reviewer(person.reviewer)
        now = self._clock.now_milliseconds()
        hour = (now - self._begins_at) % DAY_MILLISECONDS / HOUR_MILLISECONDS
        for person in self._people:
            if person.work is not None and person.work.done_at_milliseconds <= now:
                self._finish(desk, person, person.work.assigned)
            if person.work is None and person.idle_until <= now and person.on_shift(hour):
                self._take(desk, person, now)

    def _take(self, desk: Desk, person: Person, now: int) -> None:
        assigned = desk.claim(person.reviewer.reviewer_id)
        if assigned is None:
            person.idle_until = now + int(IDLE_MINUTES * 60_000)
            return
        median = MEDIAN_MINUTES.get(assigned.task.kind, MEDIAN_MINUTES["complaint"])
        minutes = min(LONGEST_MINUTES, median * person.source.lognormvariate(0, SPREAD))
        if now < self._begins_at + DAY_MILLISECONDS:
            self.busy_minutes += minutes
        person.work = Work(assigned, now + int(minutes * 60_000))

    def _finish(self, desk: Desk, person: Person, assigned: TaskAssignment) -> None:
        task_id, reviewer_id = assigned.task.task_id, person.reviewer.reviewer_id
        drawn = person.source.random()
        try:
            if drawn < SKIPS:
                desk.skip(task_id, reviewer_id, "conflict of interest")
                self.counts["skipped"] += 1
            elif drawn < SKIPS + ESCALATIONS and assigned.task.level < 3:
                desk.escalate(task_id, reviewer_id, "not sure")
                self.counts["escalated"] += 1
            else:
                result = desk.decide(self._verdict(person, assigned))
                self.counts[result.status or "refused"] += 1
        except DeskRefused:
            # The time ran out while PostgreSQL was away: the task is somebody else's now.
            self.counts["refused"] += 1
        person.work = None

    def _verdict(self, person: Person, assigned: TaskAssignment) -> Verdict:
        told = story(self._day.seed, int(assigned.case_id.rpartition("-")[2]))
        justified = told.justified != (person.source.random() < MISTAKES)
        kind = assigned.task.kind
        outcome: ReviewOutcome
        if justified:
            outcome, reason = "take_down", "trademark_infringement"
        elif kind == "counter_notice" or (kind == "appeal" and told.justified):
            outcome, reason = "reinstate", "counter_notice_accepted"
        else:
            outcome, reason = "decline", DECLINES.get(told.kind, "insufficient_evidence")
        if kind == "complaint" and person.source.random() < QUESTIONS:
            outcome, reason = "ask_for_clarification", "insufficient_evidence"
        return Verdict(assigned.task.task_id, person.reviewer.reviewer_id, outcome, (reason,))
