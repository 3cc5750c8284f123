"""What is recorded of parties, row by row: a row is taken whole, or refused with its reason."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple

from processors.findings.territories import countries_of
from schemas.events.parties import Authorisation, Licence, PartyRecorded
from schemas.record import as_avro
from streams.sources.feeds.conversion import event_from
from streams.sources.feeds.parties import party_of
from streams.sources.feeds.rows import RowError

Fields = Mapping[str, Any]
_BOUNDLESS: Final[Fields] = {
    "trademark_keys": (),
    "territories": (),
    "valid_from_milliseconds": 0,
    "valid_until_milliseconds": None,
    "revoked_at_milliseconds": None,
}
"""What a row of an authorisation or a licence leaves out."""


class PartyChanges:
    """Changes of one request: `known` gives a party as it was last recorded, and each change goes
    on from the one before. Methods raise RowError."""

    def __init__(self, known: Callable[[str], PartyRecorded | None], now_milliseconds: int) -> None:
        self._known = known
        self._now = now_milliseconds
        self.changed: dict[str, PartyRecorded] = {}

    def record(self, fields: Fields) -> str:
        """Record a party over what is known of it; give its id."""
        party_id = fields.get("party_id")
        before = self._find(party_id) if isinstance(party_id, str) else None
        known = {} if before is None else {before.party_id: before}
        return self._keep(party_of(fields, known, self._now))

    def authorise(self, holder_id: str, authorisation_id: str, fields: Fields) -> str:
        """Give an agent leave to file for a rights holder; give the leave's id."""
        told = dict(fields)
        agent = self._of_kind(told.pop("agent_id", None), "agent")
        given = event_from(
            Authorisation,
            {
                **_BOUNDLESS,
                "valid_from_milliseconds": self._now,
                **told,
                **self._fixed(fields, authorisation_id=authorisation_id),
                "rights_holder_id": holder_id,
            },
        )
        self._check_marks(holder_id, given.trademark_keys)
        self._check_countries(given.territories)
        self._check_span(given)
        self._change(agent, authorisations=(*agent.authorisations, given))
        return authorisation_id

    def end_authorisation(self, holder_id: str, authorisation_id: str, fields: Fields) -> str:
        """Take back a leave that this rights holder gave to an agent; give the leave's id."""
        agent = self._of_kind(fields.get("agent_id"), "agent")
        found = [
            each
            for each in agent.authorisations
            if (each.authorisation_id, each.rights_holder_id) == (authorisation_id, holder_id)
        ]
        if not found:
            raise RowError("authorisation_unknown", "this rights holder gave none of this id")
        self._change(agent, authorisations=self._revoked(agent.authorisations, found))
        return authorisation_id

    def license(self, holder_id: str, licence_id: str, fields: Fields) -> str:
        """Give a seller leave to use a rights holder's marks; give the licence's id."""
        holder = self._of_kind(holder_id, "rights_holder")
        told = {
            **_BOUNDLESS,
            "nice_classes": (),
            "valid_from_milliseconds": self._now,
            **fields,
            **self._fixed(fields, licence_id=licence_id),
        }
        given = event_from(Licence, told)
        self._check_marks(holder_id, given.trademark_keys)
        self._check_countries(given.territories)
        self._check_span(given)
        self._change(holder, licences=(*holder.licences, given))
        return licence_id

    def end_licence(self, holder_id: str, licence_id: str) -> str:
        """Take back a licence of this rights holder; give its id."""
        holder = self._of_kind(holder_id, "rights_holder")
        found = [each for each in holder.licences if each.licence_id == licence_id]
        if not found:
            raise RowError("licence_unknown", "this rights holder gave none of this id")
        self._change(holder, licences=self._revoked(holder.licences, found))
        return licence_id

    def _find(self, party_id: str) -> PartyRecorded | None:
        if not party_id.isprintable():
            raise RowError("invalid_field", "an id is of characters that are printed")
        return self.changed.get(party_id) or self._known(party_id)

    def _of_kind(self, party_id: object, kind: str) -> PartyRecorded:
        found = self._find(party_id) if isinstance(party_id, str) else None
        if found is None or found.kind != kind:
            raise RowError(f"{kind}_unknown", f"no {kind} of this id is recorded")
        return found

    def _check_marks(self, holder_id: str, trademark_keys: tuple[str, ...]) -> None:
        holder = self._of_kind(holder_id, "rights_holder")
        if not set(trademark_keys) <= set(holder.trademark_keys):
            raise RowError("not_own_mark", "a mark is not recorded as this rights holder's")

    @staticmethod
    def _check_countries(territories: tuple[str, ...]) -> None:
        # One that nothing is known by would be a leave for nowhere.
        unknown = [each for each in territories if not countries_of(each)]
        if unknown:
            raise RowError("country_unknown", f"no country or union has this code: {unknown[0]}")

    def _check_span(self, given: Authorisation | Licence) -> None:
        until = given.valid_until_milliseconds
        if until is not None and until <= max(given.valid_from_milliseconds, self._now):
            raise RowError("in_the_past", "it ends before it begins, or has ended")

    @staticmethod
    def _fixed(fields: Fields, **ours: str) -> Fields:
        """Return what is not for a row to say. Errors: RowError where it does."""
        refused = {*ours, "rights_holder_id", "revoked_at_milliseconds"} & set(fields)
        if refused:
            raise RowError("invalid_field", f"not to be told: {', '.join(sorted(refused))}")
        return ours

    def _revoked(self, given: tuple[Any, ...], ended: list[Any]) -> tuple[Any, ...]:
        return tuple(
            each._replace(revoked_at_milliseconds=self._now)
            if each in ended and each.revoked_at_milliseconds is None
            else each
            for each in given
        )

    def _change(self, party: PartyRecorded, **lists: Any) -> None:
        changed = party._replace(**lists, recorded_at_milliseconds=self._now)
        # As a row of a file is taken: all within bounds.
        self._keep(event_from(PartyRecorded, as_avro(changed)))

    def _keep(self, party: PartyRecorded) -> str:
        self.changed[party.party_id] = party
        return party.party_id


class RecordedParties:
    """Parties as they were last recorded; where nobody reads them nothing is recorded either."""

    def find(self, party_id: str) -> PartyRecorded | None:
        """Return a party, or None. Errors: PartiesUnread."""
        raise PartiesUnread(party_id)


class PartiesUnread(Exception):
    """What is recorded of parties can't be read now."""


class RowTaken(NamedTuple):
    """A row's number, and the id of what was recorded, or why it was refused."""

    row: int
    recorded_id: str
    refused: RowError | None


def taken(rows: list[dict[str, Any]], take: Callable[[int, Fields], str]) -> list[RowTaken]:
    """Take each row; a bad one does not keep the others back."""
    results = []
    for number, row in enumerate(rows):
        try:
            results.append(RowTaken(number, take(number, row), None))
        except RowError as refused:
            results.append(RowTaken(number, "", refused))
    return results
