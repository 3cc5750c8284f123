"""What an operator says of its service, in one YAML file, for what goes to public databases.

    marketplaces:
      shop: {name: Shop GmbH, country: DE, territories: [DE, AT],
             listing_address: "https://shop.example/{listing_id}"}
    trusted_flaggers: {party-7: Association against Counterfeits}
    organisations: {holder-1: {name: Brands LLC, country: US}}
    terms: {reference: "Terms of sale, section 4", address: "https://shop.example/terms"}

All of it may be left out. Parties that are not named here are not told by name.
"""

from pathlib import Path
from typing import Any, NamedTuple

import yaml

from ops.errors import OperatorError
from schemas.yaml_text import yaml_content
from sinks.lumen.mapping import LumenSettings, Organisation
from sinks.statements.grounds import scope_of
from sinks.statements.mapping import StatementSettings

KEYS = {"marketplaces", "trusted_flaggers", "organisations", "terms"}
MARKETPLACE_KEYS = {"name", "country", "territories", "listing_address"}
ORGANISATION_KEYS = {"name", "country"}
TERMS_KEYS = {"reference", "address"}


class ServiceSettings(NamedTuple):
    """Settings of both kinds of submissions."""

    statements: StatementSettings
    lumen: LumenSettings


def load_settings(path: Path | None, with_statements: bool = False) -> ServiceSettings:
    """Read the file, or give what holds without one. Errors: OperatorError."""
    given: dict[str, Any] = {}
    if path is not None:
        try:
            given = yaml_content(path.read_text(encoding="utf-8") or "{}")
        except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
            raise OperatorError(f"{path}: {error}") from error
    where = str(path)
    _mapping(where, given, KEYS)
    marketplaces = _mapping(f"{where}: marketplaces", given.get("marketplaces", {}))
    for name, each in marketplaces.items():
        _mapping(f"{where}: marketplace {name}", each, MARKETPLACE_KEYS)
    terms = _mapping(f"{where}: terms", given.get("terms", {}), TERMS_KEYS)
    flaggers = _mapping(f"{where}: trusted_flaggers", given.get("trusted_flaggers", {}))
    statements = StatementSettings(
        marketplace_territories={
            name: _territories(f"{where}: marketplace {name}", each["territories"])
            for name, each in marketplaces.items()
            if "territories" in each
        },
        trusted_flaggers={party: _text(where, name) for party, name in flaggers.items()},
    )
    if "reference" in terms:
        statements = statements._replace(terms=_text(where, terms["reference"]))
    if "address" in terms:
        statements = statements._replace(terms_address=_text(where, terms["address"]))
    return ServiceSettings(statements, _lumen(where, given, marketplaces, with_statements))


def _lumen(
    where: str, given: dict[str, Any], marketplaces: dict[str, Any], with_statements: bool
) -> LumenSettings:
    organisations = _mapping(f"{where}: organisations", given.get("organisations", {}))
    return LumenSettings(
        marketplaces={
            name: Organisation(_text(where, each["name"]), _text(where, each.get("country", "")))
            for name, each in marketplaces.items()
            if "name" in each
        },
        organisations={
            party: _organisation(f"{where}: organisation {party}", each)
            for party, each in organisations.items()
        },
        listing_addresses={
            name: _text(where, each["listing_address"])
            for name, each in marketplaces.items()
            if "listing_address" in each
        },
        with_statements=with_statements,
    )


def _organisation(where: str, given: Any) -> Organisation:
    each = _mapping(where, given, ORGANISATION_KEYS)
    if "name" not in each:
        raise OperatorError(f"{where}: name is missing")
    return Organisation(_text(where, each["name"]), _text(where, each.get("country", "")))


def _territories(where: str, given: Any) -> tuple[str, ...]:
    if not isinstance(given, list) or not given:
        raise OperatorError(f"{where}: territories is no list of countries")
    codes = tuple(_text(where, code).upper() for code in given)
    unknown = [code for code in codes if len(code) != 2 or not code.isalpha()]
    if unknown:
        raise OperatorError(f"{where}: {', '.join(unknown)} is no ISO 3166-1 code")
    return scope_of(codes) or codes


def _mapping(where: str, given: Any, keys: set[str] | None = None) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise OperatorError(f"{where} is no mapping")
    unknown = [str(key) for key in given if keys is not None and key not in keys]
    if unknown:
        raise OperatorError(f"{where}: no such key as {', '.join(unknown)}")
    return {str(key): value for key, value in given.items()}


def _text(where: str, given: Any) -> str:
    if not isinstance(given, str):
        # YAML reads a bare NO as false.
        raise OperatorError(f"{where}: {given!r} is no text; put it in quotes")
    return given
