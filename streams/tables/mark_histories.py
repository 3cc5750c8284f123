"""Versions of marks gathered from many records, and put into their histories all at once."""

from collections.abc import Mapping
from itertools import compress

from processors.bitemporal import History
from schemas.events.trademarks import TrademarkRecorded
from schemas.topic_names import TRADEMARKS_EVENTS
from schemas.wire.codec import Codec
from streams.state.frames import frame, framed, unframed
from streams.tables.plain_marks import MarkVersions
from streams.tables.table_events import MAXIMUM_VERSIONS, with_version


class MarkHistories:
    """Gathers versions, in the order of their records."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._prefix = codec.prefix(TRADEMARKS_EVENTS, TrademarkRecorded)
        self._begin()

    def _begin(self) -> None:
        self.aliases: dict[bytes, bytes] = {}
        """Names by application number, under those by registration number."""

        self.value_bytes = 0
        self._names: list[bytes] = []
        self._recorded: list[int] = []
        self._effective: list[int] = []
        self._values: list[bytes] = []

    def __len__(self) -> int:
        return len(self._names)

    @property
    def names(self) -> list[bytes]:
        """Names of the marks whose versions were gathered, each once."""
        return list(dict.fromkeys(self._names))

    def gather(self, versions: MarkVersions) -> None:
        """Take in versions; those without a name are none."""
        names, aliases, recorded, effective, values = versions
        self.aliases.update((alias, names[index][1:]) for alias, index in aliases)
        if not all(names):
            kept = list(map(bool, names))
            recorded, effective = list(compress(recorded, kept)), list(compress(effective, kept))
            names, values = list(compress(names, kept)), list(compress(values, kept))
        self._names += names
        self._recorded += recorded
        self._effective += effective
        self._values += values
        self.value_bytes += sum(map(len, values))

    def settle(self, stored: Mapping[bytes, bytes]) -> dict[bytes, bytes]:
        """Return the histories with what was gathered, in frames, and begin anew.

        `stored` has those of their names that stand in the table already.
        """
        names = self._names
        settled = dict(zip(names, map(frame, self._values), strict=True))
        several: dict[bytes, list[int]] = {name: [] for name in stored}
        if len(settled) < len(names):
            last = dict(zip(names, range(len(names)), strict=True))
            again = {name for index, name in enumerate(names) if last[name] != index}
            several.update((name, []) for name in again)
        if several:
            for index, name in enumerate(names):
                if name in several:
                    several[name].append(index)
        for name, indexes in several.items():
            settled[name] = self._merged(stored.get(name), indexes)
        self._begin()
        return settled

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
