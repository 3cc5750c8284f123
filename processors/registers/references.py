"""Under which names a mark is found: by its numbers in the form of their office.

A record stands under its numbers as it has them. References are compared by the form of their
number, so that '76/044,902' finds the mark 76044902, and the other way round. Where several records
have one number, they are kept apart, and what they don't agree in is not relied on.
"""

from collections.abc import Iterable, Mapping
from functools import lru_cache

from processors.bitemporal import History
from processors.registers.numbers import (
    APPLICATION,
    REGISTRATION,
    kind_of_reference,
    register_number,
)
from processors.registers.offices import office_of
from schemas.events.trademarks import TrademarkRecorded


def registry_reference(office: str, number_kind: str, number: str) -> str:
    """Return a name of a mark as its number is written.

    A mark has two such names, one for each of its numbers: 'US:application:85334015' and
    'US:registration:4281391'.
    """
    return f"{office}:{number_kind}:{number}"


@lru_cache(maxsize=65_536)
def formed_reference(reference: str) -> str:
    """Return a name of a mark with office and number in their form."""
    office, kind, number = [*reference.split(":", 2), "", ""][:3]
    code = office_of(office) or ""
    kind = kind_of_reference(code, kind)
    return registry_reference(code, kind, register_number(code, kind, number))


@lru_cache(maxsize=65_536)
def formed_key(trademark_key: str) -> str:
    """Return the key of a record, office + ':' + application number, in its form."""
    office, _, number = trademark_key.partition(":")
    code = office_of(office) or ""
    return f"{code}:{register_number(code, APPLICATION, number)}"


def names_key(trademark_key: str | None, keys: Iterable[str]) -> bool:
    """Tell whether a record is among those that keys name, in whatever form."""
    if trademark_key is None:
        return False
    own = formed_key(trademark_key)
    return any(key == trademark_key or formed_key(key) == own for key in keys)


def own_reference(mark: TrademarkRecorded) -> str:
    """Return the name under which a record stands."""
    return registry_reference(mark.office, APPLICATION, mark.application_number)


def other_references(mark: TrademarkRecorded) -> tuple[str, ...]:
    """Return the names under which a record is found besides, in their form."""
    own = own_reference(mark)
    found = [formed_reference(own)]
    if mark.registration_number:
        number = mark.registration_number
        found.append(formed_reference(registry_reference(mark.office, REGISTRATION, number)))
    return tuple(dict.fromkeys(each for each in found if each != own))


def history_found(reference: str, histories: Mapping[str, History]) -> History:
    """Return the history of the mark with a name in its form, of those that may have it.

    Histories are given by the names under which they stand. One that had the number and has it no
    more makes way for one that has. Where records that have it say different things, it is not
    known of the mark what they say, so that people look it up.
    """
    found = {name: history for name, history in histories.items() if history}
    if len(found) > 1:
        having = {
            name: history
            for name, history in found.items()
            if reference == name or reference in other_references(history[-1])
        }
        found = having or found
    names = sorted(found, key=lambda name: (name != reference, name))
    if not names:
        return ()
    first = found[names[0]]
    newest = [found[name][-1] for name in names]
    if all(_said(each) == _said(newest[0]) for each in newest[1:]):
        return first
    territories = {code for each in newest for code in each.territories}
    return tuple(
        version._replace(
            status="unknown",
            nice_classes=(),
            owners=(),
            territories=tuple(sorted(territories)),
            designations=(),
        )
        for version in first
    )


def _said(version: TrademarkRecorded) -> TrademarkRecorded:
    """Return what a record says, but for its numbers, and when and where it was said."""
    return version._replace(
        office="",
        application_number="",
        registration_number=None,
        status_code="",
        status_date=None,
        effective_from_milliseconds=0,
        recorded_at_milliseconds=0,
        source="",
        goods=(),
    )
