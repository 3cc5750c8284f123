"""All that ties the golden record to the code of today: how a driver is made, how events become
fields and fields events, and how rows are read. Code that changes form is met here."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from processors.rules.rule_set import RuleSet, rule_set_hash
from schemas.catalog import event_of
from schemas.events.rules import Rule
from schemas.record import record_of
from schemas.topic_names import DEAD_LETTERS
from schemas.wire.registry import offline_codec
from streams.driver import Driver, DriverSettings
from streams.kafka.dead_letters import field_of
from streams.policies.rule_files import BUILT_IN_DIRECTORY, load_rules
from streams.state.row_keys import LEVEL_PREFIX, address_of
from streams.topology import CHANGELOG, OUTPUTS

PARTY_ROW = b"\x01party:"
Batch = dict[str, Any]


class GoldenDriver(Driver):
    """The driver, telling of each batch what was in it."""

    def __init__(
        self, directory: Path, settings: Mapping[str, Any], tell: Callable[[Batch], None]
    ) -> None:
        self._tell = tell
        self.codec = offline_codec()
        built_in = RuleSet(load_rules(BUILT_IN_DIRECTORY))
        super().__init__(directory, self.codec, built_in, DriverSettings(**settings))

    def _open(self) -> None:
        super()._open()
        self._engine = TellingEngine(self._engine, self._tell)


class TellingEngine:
    """An engine that tells of each batch; around the real one, which can be machine code."""

    def __init__(self, engine: Any, tell: Callable[[Batch], None]) -> None:
        self._engine = engine
        self._tell = tell

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def process(self, state: Any, records: Any, timers: Any, stimuli: Any, positions: Any) -> Any:
        """Tell of a batch, and process it."""
        self._tell(
            {
                "timers": [
                    [t.partition, _row_name(t.row), *fields_of(t.timer).values()] for t in timers
                ],
                "registry_changes": [
                    [s.partition, _row_name(s.row), s.registry_reference] for s in stimuli
                ],
                "records": [[r.topic, r.partition, r.offset] for r in records],
            }
        )
        return self._engine.process(state, records, timers, stimuli, positions)


def send(driver: GoldenDriver, topic: str, key: str, name: str, fields: Mapping[str, Any]) -> None:
    """Append the event of a name with these fields."""
    driver.send(topic, key, event_of(name, fields))


def built_in_rules() -> list[dict[str, Any]]:
    """Return the rules that the software brings, as fields."""
    return [fields_of(rule) for rule in load_rules(BUILT_IN_DIRECTORY)]


def rules_hash(rules: list[dict[str, Any]]) -> str:
    """Return the hash of rules given as fields."""
    return rule_set_hash(tuple(record_of(Rule, rule) for rule in rules))


def fields_of(value: Any) -> Any:
    """Return an event, or a part of one, as JSON has it, without fields that are None."""
    if hasattr(value, "_asdict"):
        return fields_of(value._asdict())
    if isinstance(value, Mapping):
        return {name: fields_of(each) for name, each in value.items() if each is not None}
    if isinstance(value, tuple | list):
        return [fields_of(each) for each in value]
    return value


def outputs_of(driver: GoldenDriver) -> dict[str, list[dict[str, Any]]]:
    """Return all outputs by event name, each by partition, then in order."""
    found: dict[str, list[dict[str, Any]]] = {}
    for topic in sorted(set(OUTPUTS.values())):
        for record in driver.records(topic):
            event = driver.codec.decode(topic, record.value, record.headers)
            place = {
                "partition": record.partition,
                "key": (record.key or b"").decode(),
                "timestamp_milliseconds": record.timestamp_milliseconds,
            }
            found.setdefault(type(event).__name__, []).append({**place, **fields_of(event)})
    found["dead_letter"] = [_dead_letter(record) for record in driver.records(DEAD_LETTERS)]
    return found


def rows_of(driver: GoldenDriver) -> dict[str, list[dict[str, Any]]]:
    """Return what the rows mean: listings, their cases, and the conduct of parties, by id."""
    rows = {}
    for record in driver.records(CHANGELOG):
        rows[record.partition, record.key] = record.value
    listings, cases, parties = [], [], []
    for (partition, key), value in rows.items():
        row = driver.codec.decode(CHANGELOG, value, None)
        if key.startswith(LEVEL_PREFIX):
            continue
        if key.startswith(PARTY_ROW):
            parties.append({"partition": partition, **fields_of(row)})
            continue
        name = address_of(key).listing_id
        listings.append({"listing_id": name, "partition": partition, **_listing(row.listing)})
        cases += [{"listing_id": name, "place": n, **_case(c)} for n, c in enumerate(row.cases)]
    return {
        "listing_row": sorted(listings, key=lambda each: each["listing_id"]),
        "case_row": sorted(cases, key=lambda each: (each["listing_id"], each["place"])),
        "party_row": sorted(parties, key=lambda each: each["party_id"]),
    }


def accounted_of(driver: GoldenDriver) -> list[dict[str, Any]]:
    """Return how many inputs ended as what."""
    counts = [{**fields_of(each), "count": count} for each, count in driver.accounted.items()]
    return sorted(counts, key=lambda each: (each["source"], each["ending"], each["reason"]))


def _row_name(row: bytes) -> str:
    if row.startswith(PARTY_ROW):
        return row.removeprefix(PARTY_ROW).decode()
    return address_of(row).listing_id


def _listing(listing: Any) -> dict[str, Any]:
    if listing is None:
        return {}
    names = ("marketplace", "seller_id", "version", "status", "title", "changed_at_milliseconds")
    return {name: getattr(listing, name) for name in names}


def _case(case: Any) -> dict[str, Any]:
    fields = fields_of(case)
    fields["timers"].sort(key=lambda timer: (timer["due_at_milliseconds"], timer["kind"]))
    return fields


def _dead_letter(record: Any) -> dict[str, Any]:
    headers = record.headers or []
    names = ("topic", "partition", "offset", "exception.class.name")
    return {
        "key": None if record.key is None else record.key.hex(),
        "timestamp_milliseconds": record.timestamp_milliseconds,
        **{name: field_of(headers, name) for name in names},
    }
