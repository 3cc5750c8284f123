"""The tables of statuses, kinds, features and territories."""

from importlib.resources import files
from typing import get_args

import pytest
import yaml

from schemas.events.trademarks import MarkFeature, MarkKind, TrademarkStatus
from streams.sources.registers.vocabulary import (
    country_code,
    feature_of_drawing,
    kind_of,
    nice_class,
    status_of,
    territories_of,
)


def table(name: str) -> dict[str, object]:
    return yaml.safe_load(
        files("streams.sources.registers").joinpath(name).read_text(encoding="utf-8")
    )


def test_tables_use_our_words_only() -> None:
    assert set(table("uspto_statuses.yaml").values()) <= set(get_args(TrademarkStatus))
    words = table("vocabulary.yaml")
    assert set(words["statuses"].values()) <= {*get_args(TrademarkStatus), "in_proceedings"}
    assert set(words["kinds"].values()) <= set(get_args(MarkKind))
    assert set(words["features"].values()) <= set(get_args(MarkFeature))
    for section in words.values():
        assert all(word == " ".join(word.split()).lower() for word in section)


def test_uspto_codes_are_strings_of_three_digits() -> None:
    codes = table("uspto_statuses.yaml")
    assert len(codes) == 169
    assert all(isinstance(code, str) and len(code) == 3 and code.isdigit() for code in codes)


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("700", "registered"),
        ("702", "registered"),
        ("710", "cancelled"),  # in the midst of registered codes
        ("790", "registered"),  # a cancellation that is only asked for
        ("800", "registered"),
        ("801", "opposed"),
        ("900", "expired"),
        ("602", "abandoned"),
        ("630", "pending"),
        ("686", "published"),
        ("000", "unknown"),
        ("888", "unknown"),
        ("", "unknown"),
    ],
)
def test_uspto_status(code: str, status: str) -> None:
    assert status_of("US", code, registered=True) == status


def test_nice_classes() -> None:
    assert [nice_class(number) for number in ("001", "9", "45", " 035 ")] == [1, 9, 45, 35]
    bad = (None, "", "A", "B", "200", "000", "46", "-1", "1.5", "0009", "٣", "²")
    assert [nice_class(number) for number in bad] == [None] * len(bad)


def test_territories() -> None:
    assert territories_of("US", ()) == ("US",)
    assert territories_of("IL", ("JP",)) == ("IL",)
    assert territories_of("BX", ()) == ("BE", "LU", "NL")
    assert territories_of("WO", ()) == ()
    assert territories_of("WO", ("Deutschland", "USA", "日本", "Nowhere")) == ("DE", "JP", "US")
    assert territories_of("WO", ("EM", "JP", None, "??")) == tuple(
        sorted(("JP", *territories_of("EM", ())))
    )
    for office in ("EM", "BX", "OA"):
        territories = territories_of(office, ())
        assert list(territories) == sorted(set(territories))
        assert all(country_code(country) == country for country in territories)


def test_kinds_and_features() -> None:
    assert kind_of(["Trademark, Service Mark"]) == "individual"
    assert kind_of(["Trademark", "Certification mark"]) == "certification"
    assert kind_of(["EU Certificate"]) == "certification"
    assert kind_of([]) == "other"
    assert feature_of_drawing("4000", standard_characters=True) == "standard_characters"
    assert feature_of_drawing("3T19", standard_characters=False) == "combined"
    assert feature_of_drawing("6000", standard_characters=False) == "other"
    assert feature_of_drawing(None, standard_characters=False) == "other"
