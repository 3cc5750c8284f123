"""Numbers of marks in one form for each office, whatever form they are written in.

Records keep their numbers as they came. The form is what references and tables are compared by: an
office's own way of writing (`offices.yaml`), so that most numbers have it already.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final, NamedTuple

from processors.registers.offices import keeps_number, office_of, profiles, profiles_text

NUMBERS_VERSION: Final = f"1,{sha256(profiles_text().encode()).hexdigest()[:16]}"
"""What the forms follow from; names in tables are made anew where it is another."""

APPLICATION, REGISTRATION = "application", "registration"

_LABELS: Final = frozenset(
    (
        "NO NOS NR REGNO APPNO SERNO NUM NUMBER NUMBERS NUMERO NUMERI NUMMER NUMER REF REG REGD "
        "REGN REGISTER REGISTRATION REGISTERED REGISTRO REGISTRATIE REGISTRAZIONE REGISTRIERUNG "
        "ENREGISTREMENT DEPOT DOMANDA SOLICITUD ANMELDUNG APP APPL APPLN APPLICATION SERIAL SER "
        "TM TRADEMARK TRADEMARKS TRADE MARK MARKS MARKE MARQUE MARCA MARCHIO MERK THE OF"
    ).split()
)
"""Words beside numbers that are no part of them, whatever the office."""

_ST13: Final = re.compile(r"([A-Z]{2})5[0-9][0-9]{4}([0-9]{9})")
"""WIPO Standard ST.13: two letters of the office, two digits of the right, of which 5 stands for
marks, four of the year, nine of the serial number."""

_NUMBER_SIGN = re.compile(r"\bN\s*[°º]", re.IGNORECASE)
_PARTED = re.compile(r"[/‐-―−-]+")
_RUNS = re.compile(r"[A-Z]+|[0-9]+|[^\W\d_A-Z]+")
_FIRST_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")


class NumberForm(NamedTuple):
    """How an office writes numbers of a kind."""

    office: str
    has_serial: bool
    digits: int
    prefix: str
    parts: tuple[int, ...]
    ending: str
    labels: frozenset[str]
    dropped: tuple[re.Pattern[str], ...]


@lru_cache(maxsize=65_536)
def register_number(office: str, number_kind: str, number: str) -> str:
    """Return the form of a mark's number: 'No. 76/044,902' is '76044902' for the USPTO.

    Digits of any script are digits, signs and spaces between them fall away, and so do words that
    only say that it is a number, and the office's own code. Other letters are part of a number. An
    identifier of another office stays as it is, so that it is nobody's number here.
    """
    form = number_form(office_of(office) or "", number_kind)
    formed, again = number, _formed(form, number)
    while again != formed:
        formed, again = again, _formed(form, again)
    return formed


@lru_cache(maxsize=4_096)
def number_form(office: str, number_kind: str) -> NumberForm:
    """Return how an office, by its code, writes numbers of a kind."""
    profile = profiles().get(office, {})
    plain: dict[str, Any] = {**profile.get("number", {}), **profile.get(number_kind, {})}
    parts = tuple(plain.get("parts", ()))
    own = {office, *(word for name in profile.get("called", ()) for word in name.split())}
    return NumberForm(
        office,
        profile.get("st13_serial", False),
        plain.get("digits", 0),
        plain.get("prefix", ""),
        parts,
        plain.get("ending", ""),
        frozenset({*_LABELS, *own, *plain.get("labels", ())}),
        tuple(re.compile(each) for each in plain.get("dropped", ())),
    )


@lru_cache(maxsize=4_096)
def has_form(office: bytes, number_kind: str) -> Callable[[bytes], object]:
    """Return what tells of many a number, in ASCII, that it has the form already.

    It may be false of one that has. Nothing is told of an office by another name than its code.
    """
    name = office.decode("ascii", "replace")
    if office_of(name) != name or not name.isalnum():
        return re.compile(rb"(?!)").match
    form = number_form(name, number_kind)
    digits = rf"[0-9]{{{form.digits}}}|[1-9][0-9]{{{form.digits},}}" if form.digits else ""
    without = "".join(f"(?!{each.pattern})" for each in form.dropped)
    if form.ending:
        without += f"(?!0|[0-9]{{{_without_ending(form)}}}$)"
    wanted = f"{without}{form.prefix}(?:{digits or '0|[1-9][0-9]*'})"
    return re.compile(wanted.encode()).fullmatch


def kind_of_reference(office: str, number_kind: str) -> str:
    """Return by which of a mark's numbers it is referred to: by one where both are the same."""
    return APPLICATION if keeps_number(office_of(office)) else number_kind


def local_number(number: str | None) -> str | None:
    """Return an application number as the office writes it, also from an ST.13 identifier.

    An identifier of an office whose numbers are no serial ones alone stays as it is.
    """
    identifier = _ST13.fullmatch(number or "")
    if identifier is None:
        return number
    return register_number(identifier[1], APPLICATION, identifier[0])


def _formed(form: NumberForm, number: str) -> str:
    text = _plain(number)
    identifier = _ST13.fullmatch(re.sub("[^A-Z0-9]", "", text))
    if identifier is not None:
        own = form.has_serial and office_of(identifier[1]) == form.office
        return _digits(form, identifier[2]) if own else identifier[0]
    by_signs, by_spaces = (
        [chunk for part in parts if (chunk := _without_labels(part, form))]
        for parts in (_PARTED.split(text), text.split())
    )
    parted = _in_parts(form, by_signs) or _in_parts(form, by_spaces)
    return parted or _whole(form, by_signs) or number.strip()


def _plain(number: str) -> str:
    """Return a number in capitals without accents, its digits those of ASCII."""
    text = unicodedata.normalize("NFKD", _NUMBER_SIGN.sub("NO ", number)).upper()
    return "".join(
        str(unicodedata.decimal(character)) if character.isdecimal() else character
        for character in text
        if character not in "'’" and unicodedata.category(character) not in ("Mn", "Cf")
    )


def _without_labels(part: str, form: NumberForm) -> str:
    """Return letters and digits of a part, but for words that are no part of a number."""
    runs: list[str] = _RUNS.findall(part)
    return "".join(
        run
        for run in runs
        # Words in other scripts only say what kind of number it is.
        if run not in form.labels and (run.isascii() or (len(run) == 1 and run.isupper()))
    )


def _in_parts(form: NumberForm, chunks: list[str]) -> str:
    """Return a number that is written in the office's parts; nothing where it is not."""
    if form.ending and len(chunks) == len(form.parts) - 1:
        chunks = [*chunks, form.ending]
    if not form.parts or len(chunks) != len(form.parts) or len(chunks[0]) != form.parts[0]:
        return ""
    pairs = list(zip(chunks, form.parts, strict=True))
    if not all(chunk.isdecimal() and len(chunk) <= width for chunk, width in pairs):
        return ""
    return "".join(chunk.zfill(width) for chunk, width in pairs)


def _whole(form: NumberForm, chunks: list[str]) -> str:
    joined = "".join(chunks)
    for pattern in form.dropped:
        joined = pattern.sub("", joined)
    if joined.isascii() and joined.isdecimal():
        return _digits(form, joined)
    return _FIRST_ZEROS.sub("", joined, count=1)


def _without_ending(form: NumberForm) -> int:
    return sum(form.parts) - len(form.ending)


def _digits(form: NumberForm, digits: str) -> str:
    """Return digits with as many zeros in front as the office writes."""
    if form.ending and len(digits) == _without_ending(form):
        digits += form.ending
    return form.prefix + (digits.lstrip("0") or "0").zfill(form.digits)
