"""The rows of the live views count each event once, whatever order and however often it comes."""

import copy
import random

import pytest

from schemas.catalog import EVENT_TYPES, load_topics
from streams.views import rows as view_rows
from streams.views.app import SELLERS, TABLES
from streams.views.batches import ChangedRows
from streams.views.counted import observe
from streams.views.figures import gathered
from streams.views.rows import RETAINED_HOURS, SHARDS, Place, fold, read
from views.made import HOUR, MARK, NOW, breached, closed, decided, example, taken_down

TOPIC = "ip.decisions.events"
OTHER_TOPIC = "ip.sla.events"
NOW_HOUR = NOW // HOUR


def take(rows, event, offset, topic=TOPIC, partition=0, now=NOW):
    return fold(rows, Place(topic, partition, offset), observe(event), now)


def tally(rows, view, hours=None, partition=0, name=None):
    hours = hours or range(NOW_HOUR - RETAINED_HOURS, NOW_HOUR + 2)
    return gathered(read(rows, partition, view, hours, name)).tally


def counted(rows):
    """All that is counted, without what is remembered of offsets and ids."""
    return {view: tally(rows, view) for view in SHARDS if view != "seen"}


def day_of_events():
    chosen = random.Random(5)
    events = []
    for number in range(120):
        at = NOW - chosen.randrange(20 * HOUR)
        case = f"case-{number}"
        place = chosen.choice(("shop", "淘宝", "mall"))
        outcome = chosen.choice(("take_down", "decline", "send_to_review"))
        events.append((TOPIC, decided(case, at, marketplace=place, outcome=outcome)))
        if outcome == "send_to_review":
            events.append((OTHER_TOPIC, breached(case, at, marketplace=place)))
        else:
            events.append((OTHER_TOPIC, closed(case, at, marketplace=place, outcome=outcome)))
    return events


def folded(events):
    rows = {}
    offsets = {TOPIC: -1, OTHER_TOPIC: -1}
    for topic, event in events:
        offsets[topic] += 1
        take(rows, event, offsets[topic], topic)
    return rows


def test_an_event_is_counted_in_all_its_views():
    rows = {}
    assert take(rows, decided("case-1"), 0) == "counted"
    assert take(rows, closed("case-1"), 0, OTHER_TOPIC) == "counted"
    assert take(rows, taken_down("case-1"), 0, "ip.takedowns.commands") == "counted"
    assert tally(rows, "outcomes") == {"shop": {"outcome:take_down": 1}}
    assert tally(rows, "sla") == {"shop": {"closed_within": 1, "within:take_down": 1}}
    assert tally(rows, "brands") == {MARK: {"outcome:take_down": 1, "commands": 1}}
    found = gathered(read(rows, 0, "brands", [NOW_HOUR], MARK))
    assert found.labels == {MARK: "CUTEX"}
    assert tally(rows, "rules") == {
        "take-down-counterfeit": {"outcome:take_down": 1, "automated": 1}
    }


def test_a_copy_at_another_offset_is_a_duplicate():
    rows = {}
    assert take(rows, decided("case-1"), 0) == "counted"
    assert take(rows, decided("case-1"), 1) == "duplicate"
    assert take(rows, decided("case-1", decision_number=2), 2) == "counted"
    assert tally(rows, "outcomes") == {"shop": {"outcome:take_down": 2}}


def test_a_record_read_again_changes_nothing():
    rows = {}
    for offset in (0, 1):
        take(rows, decided(f"case-{offset}"), offset)
    before = copy.deepcopy(rows)
    for offset in (0, 1):
        take(rows, decided(f"case-{offset}"), offset)
    assert rows == before


@pytest.mark.parametrize("written", range(6))
def test_a_crash_between_writes_neither_loses_nor_doubles(written):
    """Only some of a record's rows are kept; then it is read again."""

    class Crash(Exception):
        pass

    class Crashing(dict):
        left = written

        def __setitem__(self, key, row):
            if self.left == 0:
                raise Crash
            self.left -= 1
            super().__setitem__(key, copy.deepcopy(row))

        def get(self, key, default=None):
            return copy.deepcopy(super().get(key, default))

    rows = Crashing()
    try:
        take(rows, decided("case-1"), 0)
    except Crash:
        rows.left = -1
        take(rows, decided("case-1"), 0)
    assert counted(rows) == counted(folded([(TOPIC, decided("case-1"))]))


def test_order_does_not_matter():
    events = day_of_events()
    wanted = counted(folded(events))
    assert sum(sum(c.values()) for c in wanted["outcomes"].values()) == 120
    for seed in range(5):
        shuffled = list(events)
        random.Random(seed).shuffle(shuffled)
        again = random.Random(seed).choices(events, k=60)
        assert counted(folded([*shuffled, *again])) == wanted


def test_a_batch_ends_as_single_writes_do():
    events = day_of_events()
    rows = {}
    batch = ChangedRows(rows)
    offsets = {TOPIC: -1, OTHER_TOPIC: -1}
    for topic, event in events:
        offsets[topic] += 1
        take(batch, event, offsets[topic], topic)
    assert rows == {}
    batch.write()
    assert rows == folded(events)


def test_old_hours_are_removed_and_late_events_left_out():
    rows = {}
    old = NOW - RETAINED_HOURS * HOUR
    take(rows, decided("case-1", old), 0)
    take(rows, decided("case-2", old + HOUR), 1)
    assert take(rows, decided("case-3", NOW), 2) == "counted"
    hours = {int(key.split("|")[2]) for key in rows if key.count("|") == 3}
    assert hours == {NOW_HOUR - RETAINED_HOURS + 1, NOW_HOUR}
    assert take(rows, decided("case-4", old), 3) == "late"
    # A long silence leaves the hours of the new event alone.
    far = NOW + 500 * HOUR
    assert take(rows, decided("case-5", far), 4, now=far) == "counted"
    assert {key.split("|")[2] for key in rows if key.count("|") == 3} == {str(far // HOUR)}


def test_an_event_of_the_future_does_not_remove_the_present():
    rows = {}
    take(rows, decided("case-1"), 0)
    assert take(rows, decided("case-2", NOW + 30 * 24 * HOUR), 1) == "implausible"
    assert tally(rows, "outcomes") == {"shop": {"outcome:take_down": 1}}


def test_partitions_are_kept_apart():
    rows = {}
    take(rows, decided("case-1"), 0, partition=0)
    take(rows, decided("case-2"), 0, partition=1)
    assert tally(rows, "outcomes", partition=1) == {"shop": {"outcome:take_down": 1}}


def test_names_and_ids_of_a_row_are_bounded(monkeypatch):
    monkeypatch.setattr(view_rows, "NAMES_PER_ROW", 3)
    monkeypatch.setattr(view_rows, "IDS_PER_ROW", 2)
    rows = {}
    for number in range(200):
        take(rows, decided(f"case-{number}", marketplace=f"shop-{number}"), number)
    names = tally(rows, "outcomes")
    assert set(names) == {"shop-0", "shop-1", "shop-2", "other"}
    assert names["other"] == {"outcome:take_down": 197}
    seen = [row for key, row in rows.items() if "|seen|" in key]
    assert max(len(row["offsets"]) for row in seen) == 2
    take(rows, decided("case-x", marketplace="x" * 10_000), 200)
    assert max(len(name) for name in tally(rows, "outcomes")) <= 200


def test_reviews_are_one_rule():
    rows = {}
    for number in range(3):
        take(rows, decided(f"case-{number}", rule_id=f"review:{number}", automated=False), number)
    assert tally(rows, "rules") == {"review": {"outcome:take_down": 3}}


def test_every_event_of_the_topics_is_known_or_left_out_on_purpose():
    left_out = {
        *("AppealDecided", "OrderAnswered", "SellerOrderAnswered"),
        *("SlaClockPaused", "SlaClockResumed"),
    }
    topics = load_topics()
    for table, names in TABLES.items():
        for event in {event for name in names for event in topics[name].events} - left_out:
            if table != SELLERS:
                observed = observe(example(event))
                assert observed.event_id.startswith(event)
                assert observed.at_milliseconds > 0
                assert observed.entries
    assert left_out <= set(EVENT_TYPES)
    assert all(observe(example(event)) is None for event in left_out)
