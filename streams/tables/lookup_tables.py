"""The global tables for people to look things up: also which agents have had a rights holder's
leave, and who published which rules."""

from schemas.events.parties import PartyRecorded
from schemas.events.rules import RuleSetPublished, RuleSetRole
from schemas.topic_names import RULES_STATE
from streams.kafka.records import InputRecord
from streams.state.local_state import TABLES
from streams.tables.gathered_records import Pending
from streams.tables.global_tables import GlobalTables
from streams.tables.table_names import LEAVE, PARTY, RULES

_END = b"\x00"


class LookupTables(GlobalTables):
    """Tables in which pages look up what parties are to each other, and what rules there are."""

    def agents_of(self, rights_holder_id: str) -> list[str]:
        """Return the ids of agents to which a rights holder gave leave, ended or not."""
        prefix = _prefix(rights_holder_id)
        return [key[len(prefix) :].decode() for key, _ in self._state.scan(TABLES, prefix)]

    def published(self, role: RuleSetRole) -> RuleSetPublished | None:
        """Return the rules that were published in a role, whether or not they can be used here."""
        stored = self._state.get(TABLES, RULES + role.encode())
        if stored is None:
            return None
        event: RuleSetPublished = self._codec.decode(RULES_STATE, stored, None)
        return event

    def _on_party(
        self, before: PartyRecorded | None, after: PartyRecorded, pending: Pending
    ) -> None:
        name = after.party_id.encode()
        for each in () if before is None else before.authorisations:
            pending[_prefix(each.rights_holder_id) + name] = None
        for each in after.authorisations:
            pending[_prefix(each.rights_holder_id) + name] = b""

    def _delete(self, record: InputRecord, pending: Pending) -> None:
        before = self._read_party(PARTY + (record.key or b""), pending)
        super()._delete(record, pending)
        if before is not None:
            for each in before.authorisations:
                pending[_prefix(each.rights_holder_id) + before.party_id.encode()] = None


def _prefix(rights_holder_id: str) -> bytes:
    return LEAVE + rights_holder_id.encode() + _END
