"""Versions of marks gathered from many records, and put into their histories all at once."""

from collections.abc import Mapping
from itertools import compress
from typing import NamedTuple

from processors.bitemporal import History
from processors.registers.references import other_references
from schemas.events.trademarks import TrademarkRecorded
from schemas.topic_names import TRADEMARKS_EVENTS
from schemas.wire.codec import Codec, DecodeError
from streams.kafka.records import InputRecord
from streams.state.frames import frame, framed, unframed
from streams.state.local_state import TABLES, LocalState
from streams.tables.gathered_records import Refused
from streams.tables.mark_aliases import MarkAliases
from streams.tables.plain_marks import PlainMarks, add_version
from streams.tables.seen_names import SeenNames
from streams.tables.table_events import MAXIMUM_VERSIONS, table_event, with_version

SETTLED_MARKS = 200_000
SETTLED_BYTES = 64 << 20
"""So much is gathered at most while tables are loaded: in memory it takes four times the bytes."""


class SettledHistories(NamedTuple):
    """Histories that are new or changed, in frames, as they stood and as they are to stand."""

    before: dict[bytes, bytes]
    after: dict[bytes, bytes]


class MarkHistories:
    """Gathers versions, in the order of their records."""

    def __init__(
        self, state: LocalState, codec: Codec, aliases: MarkAliases, seen: SeenNames | None
    ) -> None:
        self._state = state
        self._codec = codec
        self._aliases = aliases
        self._prefix = codec.prefix(TRADEMARKS_EVENTS, TrademarkRecorded)
        self._plain = PlainMarks(codec)
        self._seen = seen
        self._begin()

    def forget_gathered(self) -> None:
        """Begin anew, without what was gathered."""
        self._begin()
        self._aliases.forget_gathered()

    def _begin(self) -> None:
        self._value_bytes = 0
        self._names: list[bytes] = []
        self._recorded: list[int] = []
        self._effective: list[int] = []
        self._values: list[bytes] = []

    @property
    def is_full(self) -> bool:
        """Whether so much is gathered that it is to be settled before there is more."""
        return len(self._names) >= SETTLED_MARKS or self._value_bytes >= SETTLED_BYTES

    def gather(self, records: list[InputRecord]) -> list[Refused]:
        """Take in records of the marks' topic; return those that are refused."""
        refused: list[Refused] = []
        versions, others = self._plain.read(records)
        for index in others:
            try:
                event = table_event(self._codec, records[index])
            except DecodeError as error:
                refused.append((records[index], error))
                continue
            add_version(versions, index, event, self._codec.encode(TRADEMARKS_EVENTS, event))
        names, aliases, recorded, effective, values = versions
        for alias, index in aliases:
            self._aliases.gather(alias, names[index][1:])
        if refused:
            kept = list(map(bool, names))
            recorded, effective = list(compress(recorded, kept)), list(compress(effective, kept))
            names, values = list(compress(names, kept)), list(compress(values, kept))
        self._names += names
        self._recorded += recorded
        self._effective += effective
        self._values += values
        self._value_bytes += sum(map(len, values))
        return refused

    def settle(self) -> SettledHistories:
        """Return the histories with what was gathered, and begin anew."""
        names = self._names
        after = dict(zip(names, map(frame, self._values), strict=True))
        before = self._stored(list(after))
        several: dict[bytes, list[int]] = {name: [] for name in before}
        if len(after) < len(names):
            last = dict(zip(names, range(len(names)), strict=True))
            again = {name for index, name in enumerate(names) if last[name] != index}
            several.update((name, []) for name in again)
        if several:
            for index, name in enumerate(names):
                if name in several:
                    several[name].append(index)
        for name, indexes in several.items():
            after[name] = self._merged(before.get(name), indexes)
        self._begin()
        return SettledHistories(before, after)

    def former_names(self, before: Mapping[bytes, bytes]) -> frozenset[str]:
        """Return the names that marks had in histories, in frames: cases rely on numbers that a
        mark has no more, too."""
        return frozenset(
            reference
            for frames in before.values()
            for each in unframed(frames)
            for reference in other_references(self._decode(each))
        )

    def end_loading(self) -> None:
        """Give back the memory that only the first load of many marks needs."""
        self._seen = None

    def _stored(self, names: list[bytes]) -> dict[bytes, bytes]:
        """Return the histories that stand in the table, of those named."""
        if self._seen is not None:
            names = self._seen.add(names)
        found = self._state.get_many(TABLES, names) if names else []
        pairs = zip(names, found, strict=True)
        return {name: frames for name, frames in pairs if frames is not None}

    def _merged(self, before: bytes | None, indexes: list[int]) -> bytes:
        frames = list(unframed(before))
        newest = None
        if frames:
            if not all(each.startswith(self._prefix) for each in frames):
                # Written under another schema: all are to be written anew.
                return self._inserted(frames, indexes)
            newest = _times(self._decode(frames[-1]))
        for index in indexes:
            times = self._recorded[index], self._effective[index]
            if newest is None or times > newest:
                frames.append(self._values[index])
                newest = times
            elif self._values[index] != frames[-1]:
                return self._inserted(list(unframed(before)), indexes)
        return framed(frames[-MAXIMUM_VERSIONS:])

    def _inserted(self, frames: list[bytes], indexes: list[int]) -> bytes:
        history: History = tuple(map(self._decode, frames))
        for index in indexes:
            history = with_version(history, self._decode(self._values[index]))
        return framed(self._codec.encode(TRADEMARKS_EVENTS, version) for version in history)

    def _decode(self, value: bytes) -> TrademarkRecorded:
        event: TrademarkRecorded = self._codec.decode(TRADEMARKS_EVENTS, value, None)
        return event


def _times(version: TrademarkRecorded) -> tuple[int, int]:
    return version.recorded_at_milliseconds, version.effective_from_milliseconds
