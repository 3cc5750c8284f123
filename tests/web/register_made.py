"""The tables that workers decide by, with marks of all kinds; and parties on record."""

from contextlib import contextmanager

from filing.harness import CODEC, ToldParties
from world import START, agent, owner, rule_set, trademark

from ops.web.own_marks import Tables
from schemas.declaration import declaration_of, key_of
from schemas.events.parties import Authorisation
from schemas.topic_names import PARTIES_STATE
from streams.kafka.records import InputRecord
from streams.state.local_state import LocalState
from streams.tables.lookup_tables import LookupTables

MARKS = (
    trademark(application_number="1", mark_text="NIKE", expiry_date="2031-02-03"),
    trademark(application_number="2", mark_text="OLD", status="cancelled"),
    trademark(application_number="3", mark_text="LAPSED", expiry_date="2020-01-31"),
    trademark(application_number="4", mark_text="SWOOSH", mark_feature="figurative"),
    trademark(application_number="6", mark_text="STRANGE"),
)
HOLDER = owner(
    party_id="holder-1",
    name="Cutex Brands, LLC",
    trademark_keys=tuple(f"US:{number}" for number in range(1, 6)),
)
DAY = 24 * 3_600_000


def leave(name="leave-1", holder="holder-1", **changes):
    """Return a leave for all of a rights holder's marks, a day old."""
    return Authorisation(name, holder, (), (), START - DAY, None, None)._replace(**changes)


AGENT = agent(party_id="agent-1", authorisations=(leave(),))


class KeptTables(Tables):
    """The tables in a directory, made as soon as somebody looks."""

    def __init__(self, directory):
        self.directory = directory
        self.tables = None
        self.in_sight = True

    @contextmanager
    def look(self):
        yield self.made() if self.in_sight else None

    def made(self):
        if self.tables is None:
            self.state = LocalState(self.directory)
            self.tables = LookupTables(self.state, CODEC, rule_set())
            self.tell(*MARKS, HOLDER, AGENT)
        return self.tables

    def tell(self, *events):
        """Have the tables take events in."""
        tables = self.made()
        for event in events:
            topic = declaration_of(type(event)).topics[0]
            value, offset = CODEC.encode(topic, event), tables.position(topic, 0)
            key = key_of(event).encode()
            record = InputRecord(topic, 0, offset, key, value, None, START)
            assert not tables.apply([record]).refused

    def delete(self, party_id):
        """Have the tables be told that a party is gone."""
        tables = self.made()
        offset = tables.position(PARTIES_STATE, 0)
        gone = InputRecord(PARTIES_STATE, 0, offset, party_id.encode(), None, None, START)
        assert not tables.apply([gone]).refused

    def close(self):
        if self.tables is not None:
            self.state.close()


def told_parties():
    made = ToldParties()
    made.parties.update({each.party_id: each for each in (HOLDER, AGENT)})
    return made
