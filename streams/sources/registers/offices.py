"""Profiles of offices: their codes, numbers and words, from the table beside this module."""

import re
from functools import cache
from importlib.resources import files
from typing import Any, cast

import yaml

DELETED = "Delete"
"""Status code of a record that an office took back."""

_ST13 = re.compile(r"([A-Z]{2})\d{2}\d{4}(\d{9})")


@cache
def profiles() -> dict[str, dict[str, Any]]:
    """Return the profiles by office."""
    text = files(__package__).joinpath("offices.yaml").read_text(encoding="utf-8")
    return cast(dict[str, dict[str, Any]], yaml.safe_load(text))


@cache
def _offices_by_name() -> dict[str, str]:
    return {
        name: code for code, profile in profiles().items() for name in profile.get("called", ())
    }


def office_of(name: str | None) -> str | None:
    """Return the ST.3 code of an office, whatever it is called; other names as they stand."""
    code = (name or "").strip().upper()
    return _offices_by_name().get(code, code) or None


def keeps_number(office: str | None) -> bool:
    """Tell whether a registration has the number of its application."""
    return bool(profiles().get(office or "", {}).get("keeps_number", False))


def status_word(office: str, word: str) -> str | None:
    """Return our status for a word, in lower case, that only this office uses."""
    return cast(str | None, profiles().get(office, {}).get("statuses", {}).get(word))


def local_number(number: str | None) -> str | None:
    """Return an application number as the office writes it, also from an ST.13 identifier.

    An identifier of an office whose way of writing is not in the table stays as it is.
    """
    match = _ST13.fullmatch(number or "")
    written = match and profiles().get(office_of(match[1]) or "", {}).get("st13")
    if not match or not written:
        return number
    return cast(str, written.format(serial=int(match[2])))
