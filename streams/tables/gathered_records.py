"""Records of tables' topics that are taken in and not yet settled, and what settling them did."""

from typing import NamedTuple

from schemas.events.batches import TablePosition
from schemas.events.rules import RolloutChanged, RuleSetPublished
from schemas.wire.codec import DecodeError
from streams.kafka.records import InputRecord
from streams.tables.unread_records import Keyed

Pending = dict[bytes, bytes | None]
"""Changes to the tables that a batch has gathered, by key."""

Refused = tuple[InputRecord, DecodeError]


class TableUpdate(NamedTuple):
    """What a batch of records did: marks with newer versions, records that were refused, and names
    of marks that several records have; and parties with newer records."""

    registry_references: frozenset[str]
    refused: tuple[Refused, ...]
    shared_references: frozenset[str] = frozenset()
    party_ids: frozenset[str] = frozenset()


class GatheredRecords:
    """Records that are taken in and not yet settled."""

    def __init__(self) -> None:
        self.pending: Pending = {}
        self.positions: dict[tuple[str, int], int] = {}
        self.refused: list[Refused] = []
        self.rules: list[RuleSetPublished | RolloutChanged] = []
        self.party_ids: set[str] = set()
        self.latest: dict[Keyed, int] = {}
        """The last record taken of each key, of topics other than the marks'."""
        self.given: list[InputRecord] = []
        """Records that could not be read before."""


def table_positions(positions: dict[tuple[str, int], int]) -> tuple[TablePosition, ...]:
    """Return positions by topic, each with those of its partitions from 0 on."""
    counts: dict[str, int] = {}
    for topic, partition in positions:
        counts[topic] = max(counts.get(topic, 0), partition + 1)
    return tuple(
        TablePosition(topic, tuple(positions.get((topic, n), 0) for n in range(count)))
        for topic, count in sorted(counts.items())
    )
