"""Profiles of offices: their codes, numbers and words, from the table beside this module."""

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files
from typing import Any, Final, cast

from schemas.yaml_text import yaml_content

DELETED = "Delete"
"""Status code of a record that an office took back."""

GRACE_MONTHS: Final = 6
"""For which a right that was not renewed may still be (Paris Convention, Article 5bis(1))."""

_SEATS: Final = {"EM": "ES", "BX": "NL", "OA": "CM", "AP": "ZW", "WO": "CH", "IB": "CH"}
"""Where offices of unions are; others are in the country of their code."""


@cache
def profiles_text() -> str:
    """Return the table as it is written."""
    return files("processors.registers").joinpath("offices.yaml").read_text(encoding="utf-8")


@cache
def profiles() -> dict[str, dict[str, Any]]:
    """Return the profiles by office."""
    return cast(dict[str, dict[str, Any]], yaml_content(profiles_text()))


@cache
def _offices_by_name() -> dict[str, str]:
    return {
        name: code for code, profile in profiles().items() for name in profile.get("called", ())
    }


@lru_cache(maxsize=4_096)
def office_of(name: str | None) -> str | None:
    """Return the ST.3 code of an office, whatever it is called; other names in capitals."""
    letters = unicodedata.normalize("NFKC", name or "").upper().replace(".", "")
    code = " ".join(re.sub(r"[^\w ]", " ", letters).split()).removeprefix("THE ")
    return _offices_by_name().get(code, code) or None


def keeps_number(office: str | None) -> bool:
    """Tell whether a registration has the number of its application."""
    return bool(profiles().get(office or "", {}).get("keeps_number", False))


def status_word(office: str, word: str) -> str | None:
    """Return our status for a word, in lower case, that only this office uses."""
    return cast(str | None, profiles().get(office, {}).get("statuses", {}).get(word))


def grace_months(office: str) -> int:
    """Return for how many months after its expiry an office's mark can still be renewed."""
    return int(_profile(office).get("grace_months", GRACE_MONTHS))


def expired_is_final(office: str) -> bool:
    """Tell whether an office calls a right expired only once it can't be renewed any more."""
    return bool(_profile(office).get("expired_is_final", False))


def seat_of(office: str) -> str:
    """Return the country where an office is, whose days are its own."""
    code = office_of(office) or ""
    return _SEATS.get(code, code)


def _profile(office: str) -> dict[str, Any]:
    return profiles().get(office_of(office) or "", {})
