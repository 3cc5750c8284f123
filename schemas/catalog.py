"""What topics there are, and which events each carries: topics.yaml and schemas/events."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Any, Final, Literal, get_args

import yaml

from schemas import events
from schemas.declaration import declaration_of, is_declared, key_words
from schemas.record import record_of
from schemas.topic_names import PREFIX

DIRECTORY = Path(__file__).parent
Role = Literal[
    "input",
    "global_table",
    "output",
    "internal_input",
    "internal_table",
    "service",
    "changelog",
    "journal",
    "dead_letters",
]
ROLES = get_args(Role)
_LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Where libyaml is there, it is six times as fast, and every start waits for it."""


def _event_types() -> dict[str, type[Any]]:
    """Return the classes declared in schemas/events, by name."""
    names = sorted(each.name for each in iter_modules(events.__path__))
    modules = [import_module(f"{events.__name__}.{name}") for name in names]
    return {
        name: kind
        for module in modules
        for name, kind in vars(module).items()
        if is_declared(kind) and kind.__module__ == module.__name__
    }


EVENT_TYPES: Final = _event_types()
"""The class of each event, by its name."""


class CatalogInvalid(Exception):
    """topics.yaml or a schema says something that can't be; the message says what and where."""


@dataclass(frozen=True)
class Topic:
    """One topic as declared in topics.yaml, with the events that name it, and their key in words.

    Retention is in hours, -1 for ever, None if compacted. Of a compacted one, records are kept for
    the lag at least, in hours. A record's time may be so many hours ahead of a broker's clock, and
    behind it, or None for any.
    """

    name: str
    role: Role
    key: str
    events: tuple[str, ...]
    cleanup: Literal["delete", "compact"]
    retention_hours: int | None
    compaction_lag_hours: int
    partitions: int
    max_message_bytes: int
    timestamp_after_hours: int
    timestamp_before_hours: int | None
    description: str


@cache
def load_topics() -> dict[str, Topic]:
    """Return all topics by name. Errors: CatalogInvalid."""
    text = (DIRECTORY / "topics.yaml").read_text(encoding="utf-8")
    declared = yaml.load(text, _LOADER)  # noqa: S506 - a safe loader
    topics: dict[str, Topic] = {}
    for entry in declared["topics"]:
        topic = _topic({**declared["defaults"], **entry})
        if topic.name in topics:
            raise CatalogInvalid(f"{topic.name} is declared twice")
        topics[topic.name] = topic
    named = {name for kind in EVENT_TYPES.values() for name in declaration_of(kind).topics}
    if named - topics.keys():
        raise CatalogInvalid(f"not in topics.yaml: {', '.join(sorted(named - topics.keys()))}")
    return topics


def _topic(entry: dict[str, Any]) -> Topic:
    name = PREFIX + entry.get("name", "a topic without a name")
    carried = [kind for kind in EVENT_TYPES.values() if name in declaration_of(kind).topics]
    keys = _keys_of(carried)
    if keys is not None and "key" in entry:
        raise CatalogInvalid(f"{name}: its events declare the key already: {keys}")
    try:
        topic = Topic(
            name=PREFIX + entry["name"],
            role=entry["role"],
            key=entry["key"] if keys is None else keys,
            events=tuple(kind.__name__ for kind in carried),
            cleanup=entry["cleanup"],
            retention_hours=entry.get("retention_hours"),
            compaction_lag_hours=entry.get("compaction_lag_hours", 0),
            partitions=entry["partitions"],
            max_message_bytes=entry["max_message_bytes"],
            timestamp_after_hours=entry["timestamp_after_hours"],
            timestamp_before_hours=entry.get("timestamp_before_hours"),
            description=entry["description"],
        )
    except KeyError as error:
        raise CatalogInvalid(f"{name}: {error.args[0]} is missing") from error
    if topic.role not in ROLES:
        raise CatalogInvalid(f"{name}: role {topic.role} is none of {', '.join(ROLES)}")
    if topic.cleanup not in ("delete", "compact"):
        raise CatalogInvalid(f"{name}: cleanup {topic.cleanup} is neither delete nor compact")
    if (topic.cleanup == "compact") != (topic.retention_hours is None):
        raise CatalogInvalid(f"{name}: retention_hours goes with cleanup delete, and only with it")
    if topic.compaction_lag_hours and topic.cleanup != "compact":
        raise CatalogInvalid(f"{name}: compaction_lag_hours goes with cleanup compact only")
    return topic


def _keys_of(kinds: list[type[Any]]) -> str | None:
    """Return the keys that events declare, in words; None where one of them does not."""
    keys = [declaration_of(kind).key for kind in kinds]
    words = dict.fromkeys(word for key in keys for word in key_words(key))
    return " or ".join(words) if keys and all(keys) else None


@cache
def load_schema(event_name: str) -> dict[str, Any]:
    """Return the newest Avro schema of an event, as it is registered. Errors: CatalogInvalid."""
    return load_versions(event_name)[-1]


def event_of(event_name: str, fields: Mapping[str, Any]) -> Any:
    """Return the event with these fields; those that an older version did not have are as declared.

    Errors: KeyError where there is no such event, or a field without a default is missing.
    """
    event_type = EVENT_TYPES[event_name]
    declared = load_schema(event_name)["fields"]
    defaults = {each["name"]: each["default"] for each in declared if "default" in each}
    return record_of(event_type, {**defaults, **fields})


def load_versions(event_name: str) -> list[dict[str, Any]]:
    """Return all versions of an event's schema, oldest first. Errors: CatalogInvalid."""
    paths = {
        int(path.name.split(".")[1].removeprefix("v")): path
        for path in (DIRECTORY / "avro").glob(f"{event_name}.v*.avsc")
    }
    if sorted(paths) != list(range(1, len(paths) + 1)) or not paths:
        raise CatalogInvalid(f"{event_name} has no schemas .v1.avsc, .v2.avsc and so on")
    return [json.loads(path.read_text(encoding="utf-8")) for _, path in sorted(paths.items())]


def subject_of(topic: str, event_name: str) -> str:
    """Return the registry's subject of an event on a topic (TopicRecordNameStrategy)."""
    return f"{topic}-ip.{event_name}"
