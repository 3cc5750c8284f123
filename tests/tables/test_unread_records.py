"""Records of tables that a registry did not know are read later, and told as missing till then."""

from world import START, owner, rule_set, trademark

from schemas.catalog import load_schema
from schemas.events.rules import Rule
from schemas.topic_names import PARTIES_STATE, RULES_STATE, TRADEMARKS_EVENTS
from schemas.wire.codec import Codec
from schemas.wire.registry import offline_ids
from streams.kafka.records import InputRecord
from streams.policies.rule_files import rule_set_published
from streams.state.local_state import LocalState
from streams.tables import unread_records
from streams.tables.exported_tables import export_tables, import_tables
from streams.tables.global_tables import GlobalTables
from tables.test_export import ORIGIN

EVENTS = ("TrademarkRecorded", "PartyRecorded", "RuleSetPublished", "ServicePolicyPublished")
FIRST = 30_000
DOWN = Rule("down", "All go.", 1, "true", "take_down", ("counterfeit",))


class Behind:
    """A registry that knows others' schemas once it has caught up."""

    may_lag = False

    def __init__(self):
        self.caught_up = False
        self.seconds = 0.0

    def by_id(self, schema_id):
        known = self.caught_up and schema_id - FIRST in range(len(EVENTS))
        return load_schema(EVENTS[schema_id - FIRST]) if known else None

    def catch_up(self):
        self.caught_up = True
        self.seconds += 61.0


class Tables:
    """Tables of a process, whose topics' records may be written with others' schemas."""

    def __init__(self, tmp_path):
        self.path = tmp_path / "state"
        self.registry = Behind()
        self.codec = Codec(offline_ids(), self.registry, lambda: self.registry.seconds)
        self.offset = 0
        self.state = None
        self.open()

    def open(self):
        if self.state is not None:
            self.state.close()
        self.state = LocalState(self.path)
        self.tables = GlobalTables(self.state, self.codec, rule_set())

    def send(self, topic, key, event, foreign=False):
        value = self.codec.encode(topic, event)
        if foreign:
            schema_id = FIRST + EVENTS.index(type(event).__name__)
            value = b"\x00" + schema_id.to_bytes(4, "big") + value[5:]
        record = InputRecord(topic, 0, self.offset, key.encode(), value, None, START + self.offset)
        self.offset += 1
        return [error.reason_code for _, error in self.tables.apply([record]).refused]

    def read_again(self, times=3):
        return [self.tables.read_again() for _ in range(times)]


def test_a_mark_is_read_later_beside_newer_versions_of_it(tmp_path):
    held = Tables(tmp_path)
    ended = trademark(status="cancelled", recorded_at_milliseconds=START + 1)
    held.send(TRADEMARKS_EVENTS, "US:76044902", trademark())
    refused = held.send(TRADEMARKS_EVENTS, "US:76044902", ended, foreign=True)
    assert refused == ["unknown_schema_id"]
    newest = trademark(recorded_at_milliseconds=START + 2)
    held.send(TRADEMARKS_EVENTS, "US:76044902", newest)
    assert held.tables.unread_records == ((TRADEMARKS_EVENTS, 0, 1),)
    positions = held.tables.positions
    assert held.read_again(1)[0].refused == ()
    held.open()
    assert held.tables.unread_records == ((TRADEMARKS_EVENTS, 0, 1),)
    held.registry.catch_up()
    again, *others = held.read_again()
    assert again.registry_references
    assert others == [None, None]
    assert held.tables.unread_records == ()
    history = held.tables.trademark_history("US:application:76044902")
    assert [each.status for each in history] == ["registered", "cancelled", "registered"]
    held.open()
    assert (held.tables.unread_records, held.tables.positions) == ((), positions)
    held.state.close()


def test_an_old_record_of_a_party_never_takes_the_place_of_a_newer_one(tmp_path):
    held = Tables(tmp_path)
    held.send(PARTIES_STATE, "holder-1", owner(), foreign=True)
    held.send(PARTIES_STATE, "holder-2", owner(party_id="holder-2"), foreign=True)
    held.send(PARTIES_STATE, "holder-1", owner(identity_verified=False))
    assert held.tables.unread_records == ((PARTIES_STATE, 0, 1),)
    held.registry.catch_up()
    assert [each and each.party_ids for each in held.read_again()] == [{"holder-2"}, None, None]
    assert not held.tables.party("holder-1").identity_verified
    assert held.tables.party("holder-2").identity_verified
    held.state.close()


def test_what_turns_out_to_be_no_record_is_not_tried_again(tmp_path):
    held = Tables(tmp_path)
    held.send(PARTIES_STATE, "another key", owner(), foreign=True)
    held.registry.catch_up()
    assert held.read_again(1)[0].refused == ()
    assert held.tables.unread_records == ()
    assert held.tables.party("holder-1") is None
    held.state.close()


def test_people_decide_until_the_first_rules_that_were_chosen_can_be_read(tmp_path):
    held = Tables(tmp_path)
    chosen = rule_set_published((DOWN,), "active", "test", START)
    held.send(RULES_STATE, "active", chosen, foreign=True)
    assert held.tables.rules_refused
    held.open()
    assert held.tables.rules_refused
    held.registry.catch_up()
    held.read_again(1)
    assert not held.tables.rules_refused
    assert held.tables.rule_set.hash == chosen.rule_set_hash
    held.state.close()


def test_only_so_many_are_kept_and_each_gets_its_turn(tmp_path, monkeypatch):
    monkeypatch.setattr(unread_records, "MAXIMUM_UNREAD", 3)
    held = Tables(tmp_path)
    for number in range(5):
        held.send(PARTIES_STATE, f"p-{number}", owner(party_id=f"p-{number}"), foreign=True)
    assert [place.offset for place in held.tables.unread_records] == [0, 1, 2]
    held.read_again(4)
    held.registry.catch_up()
    assert [next(iter(each.party_ids)) for each in held.read_again()] == ["p-1", "p-2", "p-0"]
    held.state.close()


def test_whoever_goes_on_from_an_export_reads_from_what_was_not_read(tmp_path):
    held = Tables(tmp_path)
    held.send(PARTIES_STATE, "holder-1", owner())
    held.send(PARTIES_STATE, "holder-2", owner(party_id="holder-2"), foreign=True)
    held.send(PARTIES_STATE, "holder-3", owner(party_id="holder-3"))
    export_tables(held.path, tmp_path / "export", ORIGIN, "test")
    other = LocalState(tmp_path / "other")
    import_tables(tmp_path / "export", other, held.codec, ORIGIN)
    assert GlobalTables(other, held.codec, rule_set()).position(PARTIES_STATE, 0) == 1
    other.close()
    held.state.close()
