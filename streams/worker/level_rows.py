"""Rows with the times that cases keep: one for each in each partition that has a case with them."""

from collections.abc import Iterable
from typing import Any

from schemas.events.cases import ListingCases
from streams.policies.versions import service_level_of, version_of_service_level
from streams.state.local_state import PREFIX_BYTES, ROWS, LocalState, StateCorrupted
from streams.state.row_keys import level_key
from streams.worker.workshop import Workshop


class LevelRows:
    """The times of the cases of a batch."""

    def __init__(self, engine: Workshop, state: LocalState) -> None:
        self._engine = engine
        self._state = state

    def learn(self, partition: bytes, row: ListingCases) -> None:
        """Read the times that cases of a row keep, where they are not known.

        Errors: StateCorrupted where they are not there.
        """
        levels = self._engine.levels
        for case in row.cases:
            if case.policy_hash not in levels:
                value = self._state.get(ROWS, partition + level_key(case.policy_hash))
                if value is None:
                    raise StateCorrupted(f"there are no times {case.policy_hash}")
                levels.learn(case.policy_hash, service_level_of(self._engine.decode_row(value)))

    def changes(self, rows: Iterable[tuple[bytes, Any, int]]) -> list[tuple[bytes, bytes, int]]:
        """Return the times that cases of changed rows keep and that are not there yet: name, bytes
        and time. Rows are given by name, with the time of their change."""
        times: dict[bytes, int] = {}
        hashes: dict[bytes, str] = {}
        for name, row, at in rows:
            for case in row.cases if isinstance(row, ListingCases) else ():
                if case.policy_hash:
                    kept = name[:PREFIX_BYTES] + level_key(case.policy_hash)
                    hashes[kept] = case.policy_hash
                    times.setdefault(kept, at)
        if not hashes:
            return []
        names = sorted(hashes)
        known = self._state.get_many(ROWS, names)
        encode, get = self._engine.encode_version, self._engine.levels.get
        return [
            (name, encode(version_of_service_level(get(hashes[name]))), times[name])
            for name, value in zip(names, known, strict=True)
            if value is None
        ]
