"""Parties as the filing API asks for them: from their topic, which has the last word."""

import threading

from replay.log import KafkaLog, ReplayError
from schemas.events.parties import PartyRecorded
from schemas.topic_names import PARTIES_STATE
from schemas.wire.codec import Codec, DecodeError, SchemaRegistryUnavailable
from streams.sources.filing.party_changes import PartiesUnread, RecordedParties


class TopicParties(RecordedParties):
    """Reads on from where it was at each question, so that an answer is never stale.

    Of each party it keeps the place of its last record only.
    """

    def __init__(self, bootstrap_servers: str, codec: Codec) -> None:
        self._log = KafkaLog(bootstrap_servers)
        self._codec = codec
        self._lock = threading.Lock()
        self._next_offsets: dict[int, int] = {}
        self._places: dict[bytes, tuple[int, int]] = {}

    def find(self, party_id: str) -> PartyRecorded | None:
        """Return a party as it was last recorded, or None. Errors: PartiesUnread."""
        try:
            with self._lock:
                self._read_on()
                place = self._places.get(party_id.encode())
            if place is None:
                return None
            record = next(self._log.read(PARTIES_STATE, *place), None)
            if record is None or record.value is None:
                return None
            party: PartyRecorded = self._codec.decode(PARTIES_STATE, record.value, record.headers)
        except (ReplayError, DecodeError, SchemaRegistryUnavailable) as error:
            raise PartiesUnread(party_id) from error
        return party

    def _read_on(self) -> None:
        for partition in self._log.partitions(PARTIES_STATE):
            first = self._next_offsets.get(partition, 0)
            for record in self._log.read(PARTIES_STATE, partition, first):
                if record.key is not None:
                    self._places[record.key] = (partition, record.offset)
                self._next_offsets[partition] = record.offset + 1
