"""What an operator says of its service is read strictly."""

import pytest

from ops.errors import OperatorError
from ops.shell.disclosure_settings import load_settings
from sinks.lumen.mapping import Organisation


def test_all_of_it(tmp_path):
    path = tmp_path / "service.yaml"
    path.write_text(
        """
marketplaces:
  shop: {name: Shop GmbH, country: DE, territories: [DE, EL],
         listing_address: "https://shop.example/{listing_id}"}
  other: {territories: [US]}
trusted_flaggers: {party-7: Association}
organisations: {holder-1: {name: Brands LLC, country: US}}
terms: {reference: "Terms, section 4", address: "https://shop.example/terms"}
"""
    )
    statements, lumen = load_settings(path, with_statements=True)
    assert statements.marketplace_territories == {"shop": ("DE", "GR"), "other": ("US",)}
    assert statements.trusted_flaggers == {"party-7": "Association"}
    assert statements.terms_address == "https://shop.example/terms"
    assert lumen.marketplaces == {"shop": Organisation("Shop GmbH", "DE")}
    assert lumen.organisations == {"holder-1": Organisation("Brands LLC", "US")}
    assert lumen.listing_addresses == {"shop": "https://shop.example/{listing_id}"}
    assert lumen.with_statements


def test_nothing_is_needed():
    statements, lumen = load_settings(None)
    assert statements.marketplace_territories == {}
    assert not lumen.with_statements


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "no mapping"),
        ("market: {}", "no such key as market"),
        ("marketplaces: {shop: {land: DE}}", "no such key as land"),
        ("marketplaces: {shop: {territories: [NO]}}", "put it in quotes"),
        ("marketplaces: {shop: {territories: [Germany]}}", "no ISO 3166-1 code"),
        ("marketplaces: {shop: {territories: DE}}", "no list"),
        ("organisations: {holder-1: {country: US}}", "name is missing"),
        ("terms: [", "service.yaml"),
    ],
)
def test_what_cannot_be_used_is_told(tmp_path, text, message):
    path = tmp_path / "service.yaml"
    path.write_text(text)
    with pytest.raises(OperatorError, match=message):
        load_settings(path)


def test_a_missing_file_is_told(tmp_path):
    with pytest.raises(OperatorError, match=r"nowhere\.yaml"):
        load_settings(tmp_path / "nowhere.yaml")
