"""The review desk on the case store: one object for people's tools, tests and simulations."""

from typing import Any

import psycopg

from processors.reviews.assignment import TOP_LEVEL, Reviewer
from sinks.private_texts.store import PrivateTextStore
from streams.clock import Clock
from streams.sources.desk import (
    batches,
    claims,
    holding,
    inquiries,
    outreach,
    queue,
    tasks,
    verdicts,
)
from streams.sources.desk.batches import BatchDecided
from streams.sources.desk.inquiries import Inquiry
from streams.sources.desk.queue import QueueState
from streams.sources.desk.rows import Connection
from streams.sources.desk.tasks import ShownTask
from streams.sources.desk.types import (
    DeskRefused,
    DeskSettings,
    TaskAssignment,
    Verdict,
    VerdictResult,
)

_END_STALE_ASSIGNMENTS = """
    UPDATE assignments SET ended_at_milliseconds = %s, ending = 'stale' FROM review_tasks
    WHERE review_tasks.task_id = assignments.task_id AND review_tasks.state = 'stale'
    AND assignments.ended_at_milliseconds IS NULL
"""


class Desk:
    """Operations of the desk, each in a transaction of its own.

    One desk is used by one thread at a time; many desks, each with a connection of its own, work
    side by side. `connection` is an autocommit one, as sinks/database/database.py gives it. All
    methods raise psycopg.OperationalError when PostgreSQL is gone: the call is to be made again.
    """

    def __init__(
        self, connection: Connection, clock: Clock, settings: DeskSettings | None = None
    ) -> None:
        self._connection = connection
        self._clock = clock
        self._settings = settings or DeskSettings()

    def put_reviewer(self, reviewer: Reviewer) -> None:
        """Add a reviewer, or change one. Errors: DeskRefused."""
        if not 1 <= reviewer.seniority <= TOP_LEVEL:
            raise DeskRefused("seniority is 1 to {level}", level=TOP_LEVEL)
        self._connection.execute(
            """
            INSERT INTO reviewers (reviewer_id, skills, languages, seniority, active)
            VALUES (%s, %s, %s, %s, %s)
            ON CONFLICT (reviewer_id) DO UPDATE SET skills = excluded.skills,
                languages = excluded.languages, seniority = excluded.seniority,
                active = excluded.active
            """,
            (
                reviewer.reviewer_id,
                list(reviewer.skills),
                list(reviewer.languages),
                reviewer.seniority,
                reviewer.active,
            ),
        )
        claims.look_again(self._connection)

    def claim(self, reviewer_id: str) -> TaskAssignment | None:
        """Return a reviewer the next task, or None. Errors: DeskRefused."""
        return claims.claim(self._connection, reviewer_id, self._now(), self._settings)

    def assign(self, task_id: str, reviewer_id: str) -> TaskAssignment:
        """Return a reviewer a task of somebody else's choice. Errors: DeskRefused."""
        return claims.assign(self._connection, task_id, reviewer_id, self._now(), self._settings)

    def skip(self, task_id: str, reviewer_id: str, reason: str) -> None:
        """Pass a task on; it does not come back to the same reviewer. Errors: DeskRefused."""
        claims.skip(self._connection, task_id, reviewer_id, reason, self._now())

    def escalate(self, task_id: str, reviewer_id: str, reason: str) -> int:
        """Pass a task to more senior reviewers; give its level. Errors: DeskRefused."""
        return claims.escalate(self._connection, task_id, reviewer_id, reason, self._now())

    def decide(self, verdict: Verdict) -> VerdictResult:
        """Take a verdict, also one that asks for clarification. Errors: DeskRefused."""
        return verdicts.decide(self._connection, verdict, self._now(), self._settings)

    def hold(self, verdict: Verdict) -> int:
        """Keep a verdict for a while, in which it can be undone; give when it settles.

        Errors: DeskRefused.
        """
        return holding.hold(self._connection, verdict, self._now(), self._settings)

    def undo(self, task_id: str, reviewer_id: str) -> None:
        """Forget a verdict that is held. Errors: DeskRefused."""
        holding.undo(self._connection, task_id, reviewer_id)

    def held_by(self, reviewer_id: str) -> list[dict[str, Any]]:
        """Return a reviewer's verdicts that can be undone."""
        return holding.held_by(self._connection, reviewer_id)

    def groups(self, reviewer_id: str) -> list[dict[str, Any]]:
        """Return the largest groups of tasks that are alike and that a reviewer may take."""
        return batches.groups(self._connection, reviewer_id)

    def claim_together(self, lead: str, reviewer_id: str) -> list[TaskAssignment]:
        """Return a reviewer the tasks like one that waits. Errors: DeskRefused."""
        now = self._now()
        return batches.claim_together(self._connection, lead, reviewer_id, now, self._settings)

    def batch_of(self, lead: str, reviewer_id: str) -> list[dict[str, Any]]:
        """Return the tasks like one that a reviewer holds, with what is held of each."""
        return batches.batch_of(self._connection, lead, reviewer_id)

    def hold_together(self, given: list[Verdict], returned: list[str]) -> BatchDecided:
        """Keep verdicts for a while, in which they can be undone, and put other tasks back."""
        now = self._now()
        return batches.hold_together(self._connection, given, returned, now, self._settings)

    def undo_together(self, lead: str, reviewer_id: str) -> int:
        """Forget what is held of a batch; give of how many tasks."""
        return batches.undo_together(self._connection, lead, reviewer_id)

    def show(self, task_id: str, reviewer_id: str, texts: PrivateTextStore) -> ShownTask:
        """Return all that a reviewer is to know of a task that he or she holds.

        Errors: DeskRefused.
        """
        return tasks.show(self._connection, task_id, reviewer_id, texts)

    def tasks_of(self, reviewer_id: str) -> list[dict[str, Any]]:
        """Return the tasks that a reviewer holds, those due first first."""
        return tasks.tasks_of(self._connection, reviewer_id)

    def decide_many(self, given: list[Verdict]) -> list[VerdictResult]:
        """Take many verdicts; each has a result, and a bad one does not fail the others."""
        results = []
        for verdict in given:
            try:
                results.append(self.decide(verdict))
            except (DeskRefused, psycopg.DataError) as error:
                results.append(VerdictResult(verdict.task_id, None, DeskRefused(str(error))))
        return results

    def receive_inquiry(self, inquiry: Inquiry, texts: PrivateTextStore) -> bool:
        """Take in a party's question; tells whether it is new. Errors: DeskRefused."""
        now = self._now()
        return inquiries.receive(self._connection, inquiry, now, self._settings, texts)

    def answer_inquiry(
        self, inquiry_id: str, reviewer_id: str, text: str, texts: PrivateTextStore
    ) -> float:
        """Note an answer; give the seconds that it took. Errors: DeskRefused."""
        now = self._now()
        return inquiries.answer(self._connection, inquiry_id, reviewer_id, text, now, texts)

    def inquiries(
        self, reader: str, texts: PrivateTextStore, limit: int = 100
    ) -> list[dict[str, Any]]:
        """Return open questions to somebody, those to be answered first first."""
        return inquiries.unanswered(self._connection, limit, texts, reader)

    def outreach(self, limit: int = 100) -> list[dict[str, Any]]:
        """Return parties to call on, the longest waiting first."""
        return outreach.to_call(self._connection, limit)

    def finish_outreach(self, outreach_id: str, reviewer_id: str) -> None:
        """Note that a party was called on. Errors: DeskRefused."""
        outreach.finish(self._connection, outreach_id, reviewer_id, self._now())

    def queue(self, limit: int = 100) -> list[dict[str, Any]]:
        """Return tasks that wait or are worked on."""
        return queue.waiting(self._connection, limit)

    def state(self) -> QueueState:
        """Return the queue's state in numbers."""
        return queue.queue_state(self._connection, self._now())

    def upkeep(self) -> None:
        """Settle verdicts that were held, put back what reviewers let lie, ask for calls, and end
        holds of what is stale."""
        now = self._now()
        holding.settle(self._connection, now, self._settings)
        with self._connection.transaction():
            claims.expire_leases(self._connection, now)
        outreach.request_outreach(self._connection, now, self._settings)
        self._connection.execute(_END_STALE_ASSIGNMENTS, (now,))

    def _now(self) -> int:
        return self._clock.now_milliseconds()
