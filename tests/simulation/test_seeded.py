"""Seeded worlds: events of all kinds in any order, with restarts and losses, against invariants."""

import random
from collections import defaultdict

import pytest
from matrix import cases
from topology.harness import DriverHarness
from topology.test_lifecycle import (
    COMMANDS,
    COMPLAINTS,
    DECISIONS,
    LISTINGS,
    MARKS,
    PARTIES,
    QUEUE,
    REVIEWS,
    SLA,
    send,
)
from world import HOUR, START, agent, complaint, listing, owner, review, trademark
from world_disputes import acknowledgement, answer, appeal, clarification, objection, retraction

from processors.identifiers import command_id
from schemas.events.appeals import AppealDecided
from schemas.events.enforcement import EnforcementConfirmed
from schemas.events.takedowns import ReinstateListing, TakeDownListing
from streams.driver import DriverSettings

SEEDS = cases(range(48))
STEPS = 250
OBJECTIONS, DONE = "ip.counter-notices.events", "ip.acknowledgements.events"
NOTICES, CONDUCT = "ip.notices.commands", "ip.conduct.events"
ANSWERS, RESULTS = ("accept", "reject", "court_action"), ("executed", "refused", "failed")
GROUNDS = (
    "counterfeit",
    "trademark_infringement",
    "keyword_misuse",
    "other",
    "copyright_infringement",
)
TITLES = ("Cutex remover", "Cutexx remover", "Plain remover", "ＣＵＴＥＸ 去甲油")


TOLD = (DECISIONS, COMMANDS, QUEUE, SLA, NOTICES, CONDUCT)


class World:
    """What happens, drawn from a seed; the same whatever faults come between."""

    def __init__(self, seed):
        self.source = random.Random(seed)
        self.versions = defaultdict(int)
        self.complaints = 0

    def event(self):
        kind = self.source.choices(
            ("listing", "complaint", "review", "mark", "party", "time", "noise", "dispute"),
            (30, 25, 15, 2, 3, 10, 5, 60),
        )[0]
        return getattr(self, kind)()

    def listing_id(self):
        return f"listing-{self.source.randrange(8)}"

    def listing(self):
        name = self.listing_id()
        self.versions[name] += self.source.choice((0, 1, 1, 1, 2))
        return (
            "send",
            LISTINGS,
            listing(
                listing_id=name,
                version=self.versions[name],
                status=self.source.choices(("active", "suspended", "removed"), (8, 1, 2))[0],
                title=self.source.choices(TITLES, (6, 1, 1, 2))[0],
                nice_classes=self.source.choices(((3,), (5,), (21,), ()), (9, 1, 1, 1))[0],
                seller_id=self.source.choices(("seller-9", "seller-licensed"), (9, 1))[0],
            ),
        )

    def complaint(self):
        self.complaints += self.source.choice((0, 1, 1, 1))
        return (
            "send",
            COMPLAINTS,
            complaint(
                complaint_id=f"complaint-{self.complaints}",
                listing_id=f"listing-{self.complaints % 8}",
                complainant_id=self.source.choices(("holder-1", "agent-1", "nobody"), (5, 4, 1))[0],
                ground=self.source.choices(GROUNDS, (6, 2, 2, 1, 2))[0],
                territory=self.source.choices(("US", "DE", ""), (9, 1, 1))[0],
                evidence=complaint().evidence if self.source.random() < 0.9 else (),
            ),
        )

    def review(self):
        number = self.source.randrange(self.complaints + 1)
        return (
            "send",
            REVIEWS,
            review(
                review_id=f"review-{self.source.randrange(10_000)}",
                case_id=f"complaint-{number}",
                listing_id=f"listing-{number % 8}",
                decision_number=self.source.randrange(1, 5),
                outcome=self.source.choice(("take_down", "decline", "reinstate")),
            ),
        )

    def dispute(self):
        number = self.source.randrange(self.complaints + 1)
        about = {"case_id": f"complaint-{number}", "listing_id": f"listing-{number % 8}"}
        one_of = self.source.randrange(4)
        decided = command_id(about["case_id"], self.source.randrange(1, 4))
        topic, event = self.source.choice(
            (
                (COMPLAINTS, clarification(territory="US", **about)),
                (COMPLAINTS, retraction(**about)),
                (OBJECTIONS, objection(counter_notice_id=f"objection-{one_of}", **about)),
                (OBJECTIONS, answer(answer=self.source.choice(ANSWERS), **about)),
                (OBJECTIONS, appeal(appeal_id=f"appeal-{number}-{one_of}", **about)),
                (
                    OBJECTIONS,
                    appeal(appeal_id=f"plea-{number}-{one_of}", party_id="holder-1", **about),
                ),
                (DONE, acknowledgement(decided, result=self.source.choice(RESULTS), **about)),
                (REVIEWS, self.subject_review(f"objection-{one_of}", about)),
                (REVIEWS, self.subject_review(f"appeal-{number}-{one_of}", about)),
                (REVIEWS, self.subject_review(f"plea-{number}-{one_of}", about)),
            )
        )
        return "send", topic, event

    def subject_review(self, subject_id, about):
        return review(
            review_id=f"review-{self.source.randrange(10_000)}",
            reviewer_id=f"reviewer-{self.source.randrange(9)}",
            subject_id=subject_id,
            outcome=self.source.choice(("take_down", "decline", "reinstate")),
            **about,
        )

    def mark(self):
        return (
            "table",
            MARKS,
            trademark(
                status=self.source.choices(("registered", "cancelled", "pending"), (8, 1, 1))[0],
                recorded_at_milliseconds=START + self.source.randrange(1_000_000),
                effective_from_milliseconds=START - self.source.randrange(1_000_000),
            ),
        )

    def party(self):
        return "table", PARTIES, self.source.choice((owner(), agent(), agent(authorisations=())))

    def time(self):
        return "time", self.source.randrange(1, 12) * HOUR, None

    def noise(self):
        return (
            "noise",
            self.source.choice((LISTINGS, COMPLAINTS, REVIEWS)),
            (self.source.randbytes(self.source.randrange(40))),
        )


def key_of(event):
    if hasattr(event, "party_id"):
        return event.party_id
    return f"{event.office}:{event.application_number}"


def play(directory, seed, faults):
    harness = DriverHarness(directory, DriverSettings(4, 20, START))
    world, chance = World(seed), random.Random(seed + 1_000_000)
    inputs = 0
    for _ in range(STEPS):
        kind, where, what = world.event()
        if kind == "send":
            send(harness, where, what)
            inputs += 1
        elif kind == "noise":
            harness.send_bytes(where, b"listing-1", what)
            inputs += 1
        elif kind == "table":
            harness.send(where, key_of(what), what)
        else:
            harness.driver.advance(where)
        harness.settle()
        if faults and chance.random() < 0.1:
            harness.restart(lose_state=chance.random() < 0.5)
    harness.driver.advance(200 * HOUR)
    told = {topic: harness.driver.records(topic) for topic in TOLD}
    events = {topic: harness.read(topic) for topic in told}
    endings = sum(
        count
        for accounted, count in harness.driver.accounted.items()
        if accounted.source in (LISTINGS, COMPLAINTS, REVIEWS, OBJECTIONS, DONE)
    )
    harness.close()
    assert endings == inputs
    return {topic: [r.value for r in records] for topic, records in told.items()}, events


@pytest.mark.parametrize("seed", SEEDS)
def test_restarts_and_lost_state_change_nothing_and_invariants_hold(tmp_path, seed):
    plain, events = play(tmp_path / "plain", seed, faults=False)
    faulty, _ = play(tmp_path / "faulty", seed, faults=True)
    assert faulty == plain
    check_decisions(events)
    check_once(events)


def check_decisions(events):
    """Decisions of a case are numbered without gaps, and each command carries one of them out."""
    numbers = defaultdict(list)
    outcomes = {}
    for decision in events[DECISIONS]:
        if not isinstance(decision, AppealDecided):
            numbers[decision.case_id].append(decision.decision_number)
            outcomes[decision.case_id, decision.decision_number] = decision.outcome
    for case_numbers in numbers.values():
        assert case_numbers == list(range(1, len(case_numbers) + 1))
    for command in events[COMMANDS]:
        outcome = outcomes[command.case_id, command.decision_number]
        if isinstance(command, TakeDownListing):
            assert outcome == "take_down"
        else:
            assert isinstance(command, ReinstateListing)
            assert outcome in ("reinstate", "decline", "retract")


def check_once(events):
    """Nothing is commanded, told, counted, decided on appeal or proved twice."""
    appeals = [e for e in events[DECISIONS] if isinstance(e, AppealDecided)]
    proofs = [e for e in events[SLA] if isinstance(e, EnforcementConfirmed)]
    for ids in (
        [each.command_id for each in (*events[COMMANDS], *events[QUEUE])],
        [each.command_id for each in events[NOTICES]],
        [each.conduct_id for each in events[CONDUCT]],
        [each.appeal_id for each in appeals],
        [(each.command_id, each.stage) for each in proofs],
    ):
        assert len(set(ids)) == len(ids)
