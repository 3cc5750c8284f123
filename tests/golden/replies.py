"""How people and marketplaces of the golden scenario answer what the pipeline tells."""

from collections.abc import Callable
from typing import Any, Protocol

from golden.people import DAY, HOUR, Fields

COMPLAINTS, REVIEWS = "ip.complaints.events", "ip.reviews.events"
OBJECTIONS, DONE = "ip.counter-notices.events", "ip.acknowledgements.events"
REVIEWERS = 9
Operation = list[Any]


class Stage(Protocol):
    """What replies need of the scenario."""

    chance: Any
    listings: dict[str, Fields]

    def at(self, milliseconds: int, action: Callable[[int], list[Operation]]) -> None: ...

    def change(self, listing_id: str, now: int, **changes: Any) -> list[Operation]: ...


class Replies:
    """Answers, each after a time of its own."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._chance = stage.chance
        self._filed: dict[str, Fields] = {}
        self._count = 0
        self._replies = {
            "ReviewComplaint": self._review,
            "ComplaintDecided": self._on_decision,
            "TakeDownListing": self._on_command,
            "ReinstateListing": self._on_command,
            "NotifyParty": self._on_notice,
        }

    def filed(self, complaint: Fields, now: int) -> None:
        """Remember a complaint; a few are taken back, some wrongly."""
        self._filed[complaint["complaint_id"]] = complaint
        if self._chance.random() < 0.03:
            by = complaint["complainant_id"] if self._chance.random() < 0.9 else "stranger"
            self._later(now, 60, COMPLAINTS, complaint, "ComplaintRetracted", {
                "retraction_id": self._name("retraction"),
                "complainant_id": by,
                "explanation": "Filed by mistake.",
            }, "retracted_at_milliseconds")  # fmt: skip

    def reply(self, name: str, told: Fields, now: int) -> None:
        """Answer an event, if anybody does."""
        answer = self._replies.get(name)
        if answer is not None:
            answer(told, now)

    def _review(self, task: Fields, now: int) -> None:
        chance = self._chance
        if chance.random() < 0.1:
            return
        kind = task["kind"]
        outcomes = {
            "complaint": (("take_down", 15), ("decline", 4), ("ask_for_clarification", 1)),
            "counter_notice": (("take_down", 4), ("reinstate", 1)),
            "appeal": (("take_down", 2), ("reinstate", 2), ("decline", 1)),
            "registry_change": (("reinstate", 2), ("take_down", 1)),
        }[kind]
        outcome = chance.choices([o for o, _ in outcomes], [w for _, w in outcomes])[0]
        number = task["decision_number"] - (chance.random() < 0.02)
        fields = {
            "review_id": self._name("review"),
            "decision_number": number,
            "outcome": outcome,
            "reason_codes": [f"reviewed_{outcome}"] if chance.random() < 0.99 else [],
            "reviewer_id": f"reviewer-{chance.randrange(REVIEWERS)}",
            "subject_id": task["subject_id"] if kind in ("counter_notice", "appeal") else "",
            "second_reviewer_id": chance.choice((None, None, None, "reviewer-9")),
        }
        hours = 30 if kind == "complaint" else 120
        self._later(now, hours, REVIEWS, task, "ReviewDecided", fields, "decided_at_milliseconds")

    def _on_decision(self, decision: Fields, now: int) -> None:
        chance = self._chance
        outcome = decision["outcome"]
        complaint = self._filed[decision["case_id"]]
        if outcome == "ask_for_clarification" and chance.random() < 0.75:
            self._clarify(complaint, now)
        elif outcome == "decline" and chance.random() < 0.15:
            self._appeal(decision, complaint["complainant_id"], now)
        elif outcome == "take_down" and chance.random() < 0.1:
            self._appeal(decision, decision.get("seller_id") or "stranger", now)
        elif outcome == "reinstate" and chance.random() < 0.15:
            self._appeal(decision, complaint["rights_holder_id"], now)
        elif chance.random() < 0.01:
            self._appeal(decision, "stranger", now)

    def _clarify(self, complaint: Fields, now: int) -> None:
        chance = self._chance
        nothing: dict[str, Any] = dict.fromkeys((
            "statement", "good_faith_declared", "signature", "contact_email", "trademark_office",
            "trademark_number", "trademark_number_kind", "territory",
        ))  # fmt: skip
        said = {
            "statement": "These are not our goods, as the batch codes show.",
            "good_faith_declared": True,
            "signature": "A. Owner",
            "contact_email": "legal@owner.example",
            "territory": chance.choice(("US", "DE", "JP")),
        }
        told = {name: text for name, text in said.items() if chance.random() < 0.85}
        number = self._name("clarification")
        self._later(now, 100, COMPLAINTS, complaint, "ClarificationProvided", {
            **nothing,
            **told,
            "clarification_id": number,
            "complainant_id": complaint["complainant_id"],
            "evidence": [{"evidence_id": number, "kind": "photo", "sha256": None}],
        }, "provided_at_milliseconds")  # fmt: skip

    def _on_command(self, command: Fields, now: int) -> None:
        chance = self._chance
        results = chance.choices(
            (("executed",), ("failed", "executed"), ("refused",), (), ("executed", "executed")),
            (70, 10, 5, 10, 5),
        )[0]
        for number, result in enumerate(results):
            self._later(now + number * 6 * HOUR, 3, DONE, command, "CommandAcknowledged", {
                "acknowledgement_id": self._name("acknowledgement"),
                "command_id": command["command_id"],
                "marketplace": command["marketplace"],
                "result": result,
                "detail": "" if result == "executed" else "busy",
            }, "acknowledged_at_milliseconds")  # fmt: skip
        taken_down = "trademark_key" in command or "mark_text" in command
        shown = "active"
        if taken_down:
            shown = chance.choice(("removed", "removed", "suspended"))
        listing_id = command["listing_id"]
        if "executed" in results and chance.random() < 0.85:
            at = now + 8 * HOUR + chance.randrange(8 * HOUR)
            self._stage.at(at, lambda then: self._stage.change(listing_id, then, status=shown))
        if taken_down and chance.random() < 0.07:
            at = now + DAY + chance.randrange(9 * DAY)
            self._stage.at(at, lambda then: self._stage.change(listing_id, then, status="active"))
        complainant = self._filed[command["case_id"]]["complainant_id"]
        if taken_down and chance.random() < (0.02 if complainant.endswith("-0") else 0.3):
            self._object(command, command["seller_id"], now)

    def _object(self, about: Fields, seller_id: str, now: int) -> None:
        chance = self._chance
        complete = chance.random() < 0.85
        fields = {
            "counter_notice_id": self._name("objection"),
            "seller_id": seller_id if chance.random() < 0.95 else "seller-x",
            "reason": chance.choice(("authorized", "no_right", "fair_use", "other")),
            "statement": "The goods are genuine: the invoice is attached." if complete else "No",
            "perjury_declared": chance.random() < 0.9,
            "jurisdiction_consented": True,
            "signature": "B. Seller",
            "evidence": [],
        }
        at = "filed_at_milliseconds"
        self._later(now, 130, OBJECTIONS, about, "CounterNoticeFiled", fields, at)
        if not complete or chance.random() < 0.3:
            again = {
                **fields,
                "counter_notice_id": self._name("objection"),
                "statement": "Once more: these are genuine goods, bought in a shop.",
            }
            self._later(now + 5 * DAY, 240, OBJECTIONS, about, "CounterNoticeFiled", again, at)

    def _on_notice(self, notice: Fields, now: int) -> None:
        if notice["kind"] == "counter_notice_decided" and self._chance.random() < 0.8:
            self._object(notice, notice["party_id"], now)
        if notice["kind"] != "counter_notice_filed" or self._chance.random() < 0.25:
            return
        by = notice["party_id"] if self._chance.random() < 0.95 else "stranger"
        answer = self._chance.choices(("accept", "reject", "court_action"), (2, 9, 1))[0]
        self._later(now, 70, OBJECTIONS, notice, "CounterNoticeAnswered", {
            "answer_id": self._name("answer"),
            "complainant_id": by,
            "answer": answer,
            "explanation": "" if answer == "accept" else "The invoice is forged.",
        }, "answered_at_milliseconds")  # fmt: skip

    def _appeal(self, decision: Fields, party_id: str, now: int) -> None:
        hours = self._chance.choice((24, 300, 300, 24 * 200))
        fields = {
            "appeal_id": self._name("appeal"),
            "party_id": party_id,
            "statement": "This was decided wrongly.",
        }
        at = "filed_at_milliseconds"
        self._later(now, hours, OBJECTIONS, decision, "AppealFiled", fields, at)
        if self._chance.random() < 0.1:
            self._later(now, hours, OBJECTIONS, decision, "AppealFiled", fields, at)

    def _later(
        self, now: int, hours: int, topic: str, about: Fields, name: str, fields: Fields, at: str
    ) -> None:
        case_id = about.get("case_id") or about["complaint_id"]
        listing_id = about["listing_id"]

        def act(then: int) -> list[Operation]:
            event = {"case_id": case_id, "listing_id": listing_id, **fields, at: then}
            return [["send", then, topic, listing_id, name, event]]

        self._stage.at(now + 1 + int(self._chance.random() * hours * HOUR), act)

    def _name(self, kind: str) -> str:
        self._count += 1
        return f"{kind}-{self._count:05d}"
