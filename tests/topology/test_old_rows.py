"""Rows from before marketplaces were told apart: split when touched, whatever happens meanwhile."""

import itertools
from collections import defaultdict

import pytest
from matrix import size
from world import HOUR, START, complaint, listing, review, rule_set, trademark

from schemas.wire.registry import offline_codec
from streams.driver import Driver, DriverSettings
from streams.kafka.partitioner import partition_of
from streams.state.indexes import due_timers, reliances
from streams.state.loading import load_rows
from streams.state.local_state import REFERENCES, ROWS, TIMERS, LocalState, partition_prefix
from streams.state.row_keys import is_unsplit, listing_key
from streams.topology import CHANGELOG, OUTPUTS
from topology.test_lifecycle import COMPLAINTS, LISTINGS, MARKS, REVIEWS, tell_tables

ROW_COUNT = size(2_000, 10_000)
EVER = 1 << 60


class BatchKilled(Exception):
    """The worker dies before its transaction is committed."""


class MortalDriver(Driver):
    """A driver that dies at one of the steps of a batch."""

    dies = ""

    def _commit(self, result, notes):
        if self.dies == "before the commit":
            self.dies = ""
            raise BatchKilled
        if self.dies == "before the state is written":
            write, self.state.write = self.state.write, lambda changes: None
            super()._commit(result, notes)
            self.state.write = write
            return
        super()._commit(result, notes)

    def run_batch(self, dies):
        """Take one batch, dying at a step, and come back; tell whether there was anything."""
        self.dies = dies
        try:
            worked = self._run_batch()
        except BatchKilled:
            worked = True
        self.dies = ""
        if worked and dies:
            run, self.run = self.run, lambda: None
            self.restart(lose_state=dies == "with its disk")
            self.run = run
        return worked


KILLS = (
    *("", "before the commit", "", "before the state is written"),
    *("", "after the batch", "", "with its disk"),
)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """The row of a listing with a case that is under review, as a worker makes it."""
    driver = make_driver(tmp_path_factory.mktemp("template"))
    driver.send(LISTINGS, "listing-1", listing(title="Cutexx nail polish remover"))
    driver.run()
    driver.send(COMPLAINTS, "listing-1", complaint())
    driver.run()
    [record] = [r for r in driver.records(CHANGELOG) if b"\x1fshop" in r.key][-1:]
    row = driver._codec.decode(CHANGELOG, record.value, None)
    driver.close()
    [case] = row.cases
    assert case.outcome == "send_to_review"
    # Cases of such rows are older than policies are.
    return row._replace(cases=(case._replace(policy_hash=""),))


def make_driver(directory):
    settings = DriverSettings(batch_records=1_000, now_milliseconds=START)
    driver = MortalDriver(directory, offline_codec(), rule_set(), settings)
    tell_tables(driver)
    driver.run()
    return driver


def rows_of(template, number):
    """Return the rows by marketplace of one listing id; every tenth is on two marketplaces."""
    name = f"listing-{number}"

    def case(case_id, marketplace):
        [case] = template.cases
        # Parties of their own, as far as may be: rows of theirs that grow long are slow to step.
        holder = "holder-1" if number % 40 == 0 else f"holder-{number}"
        told = case.complaint._replace(
            complaint_id=case_id,
            listing_id=name,
            marketplace=marketplace,
            complainant_id=holder,
            rights_holder_id=holder,
            trademark_number="2824281" if number % 10 < 2 else "other",
        )
        return case._replace(complaint=told, seller_id=f"seller-{number}")

    content = template.listing._replace(listing_id=name, seller_id=f"seller-{number}")
    rows = {"shop": template._replace(listing=content, cases=(case(f"case-{number}", "shop"),))}
    if number % 10 == 0:
        cases = (case(f"other-{number}", "bazaar"),)
        rows["bazaar"] = template._replace(listing=None, cases=cases)
    return rows


def give_rows(driver, template, split):
    """Put rows into the changelog, under old keys or new ones, and have them restored."""
    now = driver.clock.now_milliseconds()
    for number in range(ROW_COUNT):
        rows = rows_of(template, number)
        name = f"listing-{number}".encode()
        keyed = {listing_key(name, place): row for place, row in rows.items()}
        if not split:
            cases = tuple(case for row in rows.values() for case in row.cases)
            keyed = {name: rows["shop"]._replace(cases=cases)}
        for key, row in keyed.items():
            value = driver._codec.encode(CHANGELOG, row)
            driver._append(CHANGELOG, partition_of(name, 4), key, value, [], now)
    driver.restart(lose_state=True)


def send_inputs(driver):
    """Touch each row once or more: by its listing, a review, a registry change or a timer."""
    for number in range(ROW_COUNT):
        name = f"listing-{number}"
        if number % 4 == 0:
            changed = listing(
                listing_id=name,
                seller_id=f"seller-{number}",
                version=2,
                title="Cutex nail polish remover",
            )
            driver.send(LISTINGS, name, changed)
        elif number % 4 == 1:
            told = review(listing_id=name, case_id=f"case-{number}", review_id=f"review-{number}")
            driver.send(REVIEWS, name, told)
        if number % 20 == 0:
            told = review(listing_id=name, case_id=f"other-{number}", review_id=f"more-{number}")
            driver.send(REVIEWS, name, told._replace(marketplace="bazaar"))


def play(driver, kills):
    """Take all inputs, then let warnings fall due, then a registry change."""
    kills = itertools.cycle(kills)
    send_inputs(driver)
    while driver.run_batch(next(kills)):
        pass
    driver.clock.advance(19 * HOUR)
    while driver.run_batch(next(kills)):
        pass
    now = driver.clock.now_milliseconds()
    mark = trademark(nice_classes=(30,), recorded_at_milliseconds=now)
    driver.send(MARKS, f"{mark.office}:{mark.application_number}", mark)
    driver.run()


def values(driver):
    """Return what was put out, by topic and key, in order where a listing's order is told."""
    found = defaultdict(list)
    for topic in sorted(set(OUTPUTS.values())):
        for record in driver.records(topic):
            event = driver._codec.decode(topic, record.value, record.headers)
            found[topic, getattr(event, "case_id", record.key)].append(without_origin(event))
    return {name: sorted(each, key=repr) for name, each in found.items()}


def without_origin(event):
    """Return an event without where its input stands, which kills and timers' batches move."""
    capsule = getattr(event, "capsule", None)
    if capsule is None:
        return event
    nowhere = capsule._replace(input_topic="", input_partition=0, input_offset=0)
    return event._replace(capsule=nowhere)


def state_of(driver):
    return {family: dict(driver.state.scan(family, b"")) for family in (ROWS, TIMERS, REFERENCES)}


@pytest.fixture(scope="module")
def expected(template, tmp_path_factory):
    """What comes of the same rows where they were told apart from the start."""
    driver = make_driver(tmp_path_factory.mktemp("expected"))
    give_rows(driver, template, split=True)
    play(driver, [""])
    found = values(driver), state_of(driver)
    driver.close()
    return found


@pytest.mark.slow
def test_old_rows_are_split_with_kills_at_each_step(template, expected, tmp_path):
    driver = make_driver(tmp_path)
    give_rows(driver, template, split=False)
    assert all(is_unsplit(key[2:]) for key, _ in driver.state.scan(ROWS, b""))
    play(driver, KILLS)
    outputs, state = expected
    found = values(driver)
    assert {name: each for name, each in found.items() if outputs.get(name) != each} == {}
    assert found.keys() == outputs.keys()
    assert state_of(driver) == state
    last = {record.key: record.value for record in driver.records(CHANGELOG)}
    assert {value for key, value in last.items() if is_unsplit(key)} == {None}
    driver.restart(lose_state=True)
    assert state_of(driver) == state
    driver.close()


def test_a_registry_change_splits_the_rows_that_rely_on_the_entry(template, tmp_path):
    driver = make_driver(tmp_path)
    rows = rows_of(template, 10)
    cases = tuple(case for row in rows.values() for case in row.cases)
    value = driver._codec.encode(CHANGELOG, rows["shop"]._replace(cases=cases))
    name = b"listing-10"
    driver._append(CHANGELOG, partition_of(name, 4), name, value, [], START)
    driver.restart(lose_state=True)
    now = driver.clock.now_milliseconds()
    mark = trademark(nice_classes=(30,), recorded_at_milliseconds=now)
    driver.send(MARKS, f"{mark.office}:{mark.application_number}", mark)
    driver.run()
    found = {key[2:]: value for key, value in driver.state.scan(ROWS, b"")}
    assert set(found) == {listing_key(name, "shop"), listing_key(name, "bazaar")}
    for place in ("shop", "bazaar"):
        row = driver._codec.decode(CHANGELOG, found[listing_key(name, place)], None)
        assert [c.trademark_recorded_at_milliseconds for c in row.cases] == [now]
    driver.close()


def test_an_old_row_that_nothing_touches_stays(template, tmp_path):
    driver = make_driver(tmp_path)
    old = rows_of(template, 1)["shop"]
    value = driver._codec.encode(CHANGELOG, old)
    driver._append(CHANGELOG, partition_of(b"listing-1", 4), b"listing-1", value, [], START)
    driver.restart(lose_state=True)
    driver.send(LISTINGS, "listing-2", listing(listing_id="listing-2"))
    driver.run()
    keys = {key[2:] for key, _ in driver.state.scan(ROWS, b"")}
    assert keys == {b"listing-1", b"\x02listing-2\x1fshop"}
    driver.close()


def test_a_row_whose_tombstone_was_compacted_away_goes_with_the_rows_after_it(template, tmp_path):
    codec = offline_codec()
    state = LocalState(tmp_path)

    def decode(value):
        return codec.decode(CHANGELOG, value, None)

    row = rows_of(template, 1)["shop"]
    value = codec.encode(CHANGELOG, row)
    prefix = partition_prefix(3)
    load_rows(state, 3, {prefix + b"listing-1": value}, 1, decode)
    before = len(due_timers(state, 3, EVER, 100))
    new = listing_key(b"listing-1", "shop")
    load_rows(state, 3, {prefix + new: value}, 9, decode)
    assert [key for key, _ in state.scan(ROWS, b"")] == [prefix + new]
    timers = due_timers(state, 3, EVER, 100)
    assert [due.row for due in timers] == [new] * before
    assert [each.row for each in reliances(state, 3)] == [new]
    assert state.position(3) == 9
    # Both in one part of the changelog are one row too.
    state.drop_partition(3)
    load_rows(state, 3, {prefix + b"listing-1": value, prefix + new: value}, 9, decode)
    assert [key for key, _ in state.scan(ROWS, b"")] == [prefix + new]
    assert len(due_timers(state, 3, EVER, 100)) == before
    state.close()
