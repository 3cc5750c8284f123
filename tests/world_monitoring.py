"""A monitor's tables in memory, and events that tests of monitoring share."""

from typing import Any

from world import START, listing

from processors.matching.index import TermIndex, build
from processors.matching.matcher import Matcher
from processors.matching.scoring import built_in_weights
from processors.matching.terms import term_of
from processors.step import Origin
from processors.titles.offences import record
from processors.titles.watch import Watch, WatchResult, watch_listing
from schemas.events.detections import DelistListing
from streams.policies.rule_files import built_in_misuse_rules


class Tables:
    """Marks, parties and takedowns as given; what a monitor reads from its local state."""

    def __init__(self, marks=(), parties=(), commands=()) -> None:
        self._marks = marks
        self._parties = {party.party_id: party for party in parties}
        self._offences: dict[str, Any] = {}
        for command in commands:
            known = self._offences.get(command.seller_id, ())
            self._offences[command.seller_id] = record(known, command)
        self._matcher = Matcher(TermIndex(build({term_of(m.mark_text) for m in marks} - {""})))

    def find(self, title):
        return self._matcher.find(title)

    def marks_of(self, term):
        return tuple(mark for mark in self._marks if term_of(mark.mark_text) == term)

    def holders_of(self, trademark_key):
        return tuple(p for p in self._parties.values() if trademark_key in p.trademark_keys)

    def party(self, party_id):
        return self._parties.get(party_id)

    def offences(self, seller_id):
        return self._offences.get(seller_id, ())


def watch_on(tables: Tables, now: int = START) -> Watch:
    origin = Origin("ip.listings.events", 0, 7)
    return Watch(now, origin, tables, built_in_misuse_rules(), built_in_weights(), "test")


def watched(tables: Tables, now: int = START, **changes: Any) -> WatchResult:
    return watch_listing(listing(**changes), watch_on(tables, now))


def delisting(number: int = 1, **changes: Any) -> DelistListing:
    return DelistListing(
        command_id=f"command-{number}",
        detection_id=f"detection-{number}",
        listing_id=f"gone-{number}",
        marketplace="shop",
        seller_id="seller-9",
        listing_version=1,
        url="https://shop.example/gone",
        title="Cutex nail polish remover 200 ml with acetone",
        trademark_key="US:76044902",
        mark_text="cutex",
        reason_codes=("disguised_mark",),
        issued_at_milliseconds=START - 1000,
        automated=False,
    )._replace(**changes)
