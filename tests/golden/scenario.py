"""A seeded scenario that answers what the pipeline tells: who files, objects, reviews and obeys.

It knows events by name and fields alone. What it does is recorded once; later runs follow the
record and need nothing of this.
"""

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from golden.people import (
    DAY,
    GROUNDS,
    HOUR,
    LANGUAGES,
    MARKETPLACES,
    MARKS,
    SELLERS,
    START,
    Fields,
    agents,
    holder_ids,
    title,
)
from golden.replies import Replies
from golden.tables import Tables

COMPLAINTS, LISTINGS = "ip.complaints.events", "ip.listings.events"
COMPLAINTS_OF_PART, CHANGES_OF_PART = 2_500, 12_500
PLAIN_LISTINGS = 3_000
COMPLAINT_DAYS = 30
MINUTE = 60_000
MANNERS = {"model": 3, "ordinary": 4, "careless": 3}
"""How complaints are filed: by some holders always well, by others mostly, by others badly."""
END_DAYS = 260

Operation = list[Any]
Action = Callable[[int], list[Operation]]


class Scenario:
    """What happens in one part, drawn from its seed, in the order of its virtual times."""

    def __init__(self, seed: int) -> None:
        self.chance = Random(seed)
        self.versions: dict[str, int] = defaultdict(int)
        self.listings: dict[str, Fields] = {}
        self._listings_of: dict[str, list[str]] = {}
        self._actions: list[tuple[int, int, Action]] = []
        self._count = 0
        self._made = 0
        self._replies = Replies(self)
        self._plan()

    def at(self, milliseconds: int, action: Action) -> None:
        """Let something happen in that minute."""
        milliseconds -= milliseconds % MINUTE
        self._count += 1
        heapq.heappush(self._actions, (milliseconds, self._count, action))

    def play(self, look: Callable[[Operation], list[tuple[str, Fields]]]) -> Iterator[Operation]:
        """Yield all operations; `look` carries one out and returns what the pipeline told."""
        now = START
        while self._actions:
            milliseconds, _, action = heapq.heappop(self._actions)
            now = max(now + 1, milliseconds)
            for operation in action(now):
                yield operation
                for name, told in look(operation):
                    self._replies.reply(name, told, now)

    def change(self, listing_id: str, now: int, **changes: Any) -> list[Operation]:
        """Return the next change of a listing."""
        fields = {**self.listings[listing_id], **changes, "changed_at_milliseconds": now}
        if "version" not in changes:
            self.versions[listing_id] += 1
            fields["version"] = self.versions[listing_id]
        self.listings[listing_id] = fields
        return [["send", now, LISTINGS, listing_id, "ListingChanged", fields]]

    def _plan(self) -> None:
        chance = self.chance
        tables = Tables(chance)
        self.at(START, tables.begin)
        for milliseconds, action in tables.later():
            self.at(milliseconds, action)
        span = COMPLAINT_DAYS * DAY
        for number in range(COMPLAINTS_OF_PART):
            self._plan_complaint(number, START + HOUR + number * span // COMPLAINTS_OF_PART)
        for _ in range(CHANGES_OF_PART):
            at = START + HOUR + int(chance.random() * COMPLAINT_DAYS * DAY)
            self.at(at, self._some_listing_changes)
        for _ in range(60):
            at = START + HOUR + int(chance.random() * COMPLAINT_DAYS * DAY)
            self.at(at, self._noise)
        for number in range(COMPLAINT_DAYS * 12):
            at = START + number * 2 * HOUR + chance.randrange(HOUR)
            self.at(at, lambda now: [["run", now]])
        for day in range(COMPLAINT_DAYS, END_DAYS):
            self.at(START + day * DAY, lambda now: [["run", now]])
        self.at(START + (COMPLAINT_DAYS + 1) * DAY, lambda now: [["look", now]])
        self.at(START + 11 * DAY, lambda now: [["restart", now, False]])
        self.at(START + 23 * DAY, lambda now: [["restart", now, True]])

    def _plan_complaint(self, number: int, at: int) -> None:
        chance = self.chance
        key = chance.choice(list(MARKS))
        manner = chance.choices(list(MANNERS), list(MANNERS.values()))[0]
        known = self._listings_of.setdefault(key, [])
        if known and manner != "model" and chance.random() < 0.5:
            listing_id = chance.choice(known[-40:])
        else:
            listing_id = self._new_listing(key, manner)
            known.append(listing_id)
            when = at - chance.randrange(HOUR)
            late = chance.random()
            if late < 0.05:
                when = at + chance.randrange(HOUR * 2)
            if late > 0.01:
                self.at(when, lambda now: self.change(listing_id, now))
        self.at(at, lambda now: self._file(number, key, listing_id, manner, now))

    def _new_listing(self, key: str, manner: str = "careless") -> str:
        chance = self.chance
        careless = manner == "careless"
        marketplace = chance.choice(MARKETPLACES)
        self._made += 1
        listing_id = f"{marketplace}-{self._made:05d}"
        wrong = chance.random() < (0.2 if careless else 0.01)
        classes = chance.choice(((20,), (), (5,))) if wrong else MARKS[key][2]
        self.listings[listing_id] = {
            "listing_id": listing_id,
            "marketplace": marketplace,
            "seller_id": f"seller-{int(SELLERS * chance.random() ** 2):03d}",
            "status": chance.choices(("active", "suspended", "removed"), (94, 3, 3 * careless))[0],
            "title": title(key, chance, careless),
            "brand": chance.choice((None, *(MARKS[key][1],) * 3)),
            "category": "Golden",
            "nice_classes": classes,
            "territories": chance.choice(([], ["US"], ["DE"])) if careless else [],
            "url": f"https://{marketplace}.example/{listing_id}",
            "language": chance.choice(LANGUAGES),
            "price_euros": chance.choice((None, 12.5, 80.0, 1500.0)),
        }
        return listing_id

    def _file(
        self, number: int, key: str, listing_id: str, manner: str, now: int
    ) -> list[Operation]:
        filed = self._complaint(number, key, listing_id, manner, now)
        self._replies.filed(filed, now)
        operation = ["send", now, COMPLAINTS, listing_id, "ComplaintFiled", filed]
        if self.chance.random() < 0.02:
            return [operation, [operation[0], now + 1, *operation[2:]]]
        return [operation]

    def _complaint(self, number: int, key: str, listing_id: str, manner: str, now: int) -> Fields:
        chance = self.chance
        careless, model = manner == "careless", manner == "model"
        office, application = key.split(":")
        registration = MARKS[key][0]
        by_registration = registration is not None and chance.random() < 0.7
        weights = (1, 0, 0, 0) if model else (0, 20, 40, 40) if careless else (0, 70, 30, 0)
        holder = chance.choices(holder_ids(key), weights)[0]
        agent = chance.choice([each["party_id"] for each in agents(0)])
        shares = (50, 10, 35, 5) if careless else (100, 0, 0, 0) if model else (75, 20, 5, 0)
        grounds = {g: GROUNDS[g] for g in list(GROUNDS)[:2]} if model else GROUNDS
        complainant = chance.choices((holder, "agent-full", agent, "nobody"), shares)[0]
        territory = chance.choice(MARKS[key][3])
        evidence = chance.choices(
            (("test_buy",), ("photo", "declaration"), ("declaration",), ()),
            (40, 40, 12, 8) if careless else (55, 40, 5, 0),
        )[0]
        lacking = chance.choices(
            (None, "statement", "signature", "contact_email", "territory"), (90, 3, 3, 2, 2)
        )[0]
        if model:
            lacking = None
        filed = {
            "complaint_id": f"complaint-{number:05d}",
            "listing_id": listing_id,
            "marketplace": self.listings[listing_id]["marketplace"],
            "complainant_id": complainant,
            "rights_holder_id": holder,
            "trademark_office": office,
            "trademark_number": registration if by_registration else application,
            "trademark_number_kind": "registration" if by_registration else "application",
            "ground": chance.choices(list(grounds), list(grounds.values()))[0],
            "territory": chance.choices((territory, "GB"), (90, 10) if careless else (1, 0))[0],
            "statement": "The goods offered here use our mark and do not come from us.",
            "good_faith_declared": chance.random() < 0.98,
            "signature": "A. Owner",
            "contact_email": f"legal@{holder}.example",
            "evidence": [
                {"evidence_id": f"{number}-{kind}", "kind": kind, "sha256": None}
                for kind in evidence
            ],
            "filed_at_milliseconds": now,
            "language": chance.choice(LANGUAGES),
            "batch_id": None,
        }
        if lacking is not None:
            filed[lacking] = "" if lacking != "contact_email" else "nowhere"
        if careless and chance.random() < 0.05:
            filed["trademark_number"] = "99999999"
        if chance.random() < 0.004:
            filed["signature"] = "A" * 2_001
        return filed

    def _some_listing_changes(self, now: int) -> list[Operation]:
        """Change a listing: mostly one that nobody complains about, at times wrongly."""
        chance = self.chance
        kind = chance.choices(
            ("plain", "title", "status", "stale", "same", "invalid", "seller"),
            (820, 60, 40, 30, 30, 5, 15),
        )[0]
        if kind == "plain" or not self.versions:
            listing_id = f"plain-{chance.randrange(PLAIN_LISTINGS):04d}"
            key = chance.choice(list(MARKS))
            if listing_id not in self.listings:
                self.listings[listing_id] = {
                    **self.listings[self._new_listing(key)],
                    "listing_id": listing_id,
                }
            return self.change(listing_id, now, title=title(key, chance))
        listing_id = chance.choice(list(self.versions))
        changes: Fields = {
            "title": {"title": title(chance.choice(list(MARKS)), chance)},
            "status": {"status": chance.choice(("active", "suspended", "removed"))},
            "stale": {"version": max(0, self.versions[listing_id] - 1)},
            "same": {},
            "invalid": {"nice_classes": (3, 99)},
            "seller": {"seller_id": f"seller-{chance.randrange(SELLERS):03d}"},
        }[kind]
        before = self.listings[listing_id]
        operations = self.change(listing_id, now, **changes)
        if kind in ("invalid", "stale"):
            self.listings[listing_id] = before
        return operations

    def _noise(self, now: int) -> list[Operation]:
        """Send what can't be read: no Avro, no value, or another's key."""
        chance = self.chance
        topic = chance.choice((LISTINGS, COMPLAINTS, "ip.reviews.events", "ip.parties.state"))
        key = chance.choice(list(self.versions) or ["plain-0001"])
        kind = chance.choice(("bytes", "tombstone", "other_key"))
        if kind == "other_key":
            fields = {**self.listings[key], "version": 1, "changed_at_milliseconds": now}
            return [["send", now, LISTINGS, f"not-{key}", "ListingChanged", fields]]
        value = None if kind == "tombstone" else chance.randbytes(chance.randrange(1, 40)).hex()
        return [["bytes", now, topic, key, value]]
