"""A statement of reasons in words: sections of whole sentences in one language."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from schemas.statements.catalogue import (
    Language,
    countries,
    language_of,
    laws,
    reason_texts,
    sentences,
)
from schemas.statements.law import (
    ECONOMIC_AREA,
    country_of,
    holds_in_union,
    kind_of_right,
    law_of,
)
from schemas.statements.statement import StatementOfReasons

OFFICES = {
    "EM": "EUIPO",
    "WO": "WIPO",
    "BX": "BOIP",
    "US": "USPTO",
    "GB": "UKIPO",
    "CN": "CNIPA",
    "JP": "JPO",
    "KR": "MOIP",
    "DE": "DPMA",
    "FR": "INPI",
    "IN": "CGPDTM",
}
"""Offices by the names that they have in all languages; others by their ST.3 code."""

MONTHS: dict[Language, str] = {
    "ar": "يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "en": "January February March April May June July August September October November December",
    "es": (
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
    ),
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "it": (
        "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre "
        "dicembre"
    ),
}
"""Names of months, where a language writes them with words."""
DAYS: dict[Language, str] = {
    "ar": "{day} {month} {year}",
    "de": "{day}. {month} {year}",
    "en": "{day} {month} {year}",
    "es": "{day} de {month} de {year}",
    "fr": "{day} {month} {year}",
    "it": "{day} {month} {year}",
    "ja": "{year}年{month}月{day}日",
    "ko": "{year}년 {month}월 {day}일",
    "zh": "{year}年{month}月{day}日",
    "zh-Hant": "{year}年{month}月{day}日",
}
FIRST_DAYS: dict[Language, str] = {"fr": "1er", "it": "1º"}
"""How the first of a month is written, where not as the other days are."""
LATEST_MILLISECONDS = 253_402_300_799_999
"""The end of the year 9999."""
UNSPACED: frozenset[Language] = frozenset({"ja", "zh", "zh-Hant"})
"""Languages that put no space between sentences."""
LISTED: dict[Language, str] = {"ar": "، ", "ja": "、", "zh": "、", "zh-Hant": "、"}
"""What stands between the parts of a list, where not a comma."""
SPACED_PERCENT: frozenset[Language] = frozenset({"de", "es", "fr"})


class Section(NamedTuple):
    """A part of a statement."""

    name: str
    heading: str
    text: str


class RenderedStatement(NamedTuple):
    """A statement in words; `language` is that of the words, whatever was asked for."""

    language: Language
    title: str
    sections: tuple[Section, ...]

    @property
    def text(self) -> str:
        """The whole statement as plain text."""
        parts = (f"{each.heading}\n{each.text}" for each in self.sections)
        return "\n\n".join((self.title, *parts)) + "\n"

    def section(self, name: str) -> str:
        """Return the text of a section; empty where the statement has none of that name."""
        return next((each.text for each in self.sections if each.name == name), "")


def rendered(statement: StatementOfReasons, language: str | None = None) -> RenderedStatement:
    """Return a statement in the language asked for, or else its party's; English where there is
    no other."""
    words = _Words(language_of(statement.language if language is None else language))
    made = (
        ("decision", _decision(statement, words)),
        ("facts", _facts(statement, words)),
        ("right", _right(statement, words)),
        ("reasons", _reasons(statement, words)),
        ("law", _law(statement, words)),
        ("scope", _scope(statement, words)),
        ("automation", _automation(statement, words)),
        ("reviewer", _reviewer(statement, words)),
        ("redress", _redress(statement, words)),
        ("reference", _reference(statement, words)),
    )
    return RenderedStatement(
        words.language,
        words(f"title.{statement.title}"),
        tuple(
            Section(name, words(f"heading.{name}"), text)
            for name, told in made
            if (text := words.joined(told))
        ),
    )


class _Words:
    """Sentences in one language."""

    def __init__(self, language: Language) -> None:
        self.language = language

    def __call__(self, name: str, **values: Any) -> str:
        text = sentences()[name][self.language]
        told = text.format_map(values) if values else text
        # The stop of an abbreviation ends the sentence too.
        return told[:-1] if told.endswith("..") and not told.endswith("...") else told

    def date(self, milliseconds: int) -> str:
        """Return a day, UTC, as the language writes it."""
        moment = datetime.fromtimestamp(min(max(0, milliseconds), LATEST_MILLISECONDS) / 1000, UTC)
        month, day = str(moment.month), str(moment.day)
        if self.language in MONTHS:
            month = MONTHS[self.language].split()[moment.month - 1]
        if moment.day == 1:
            day = FIRST_DAYS.get(self.language, day)
        return DAYS[self.language].format(day=day, month=month, year=moment.year)

    def share(self, part: float) -> str:
        """Return a share in percent, as the language writes it."""
        space = "\u00a0" if self.language in SPACED_PERCENT else ""
        return f"{part * 100:.0f}{space}%"

    def countries(self, codes: Iterable[str]) -> str:
        """Return names of countries in a list."""
        known = countries()
        named = [
            known[code][self.language] if code in known else code
            for code in sorted({country_of(each) for each in codes})
        ]
        return LISTED.get(self.language, ", ").join(named)

    def reasons(self, codes: Iterable[str], but: str = "") -> list[str]:
        """Return the meaning of reason codes; of one that is not known, the code itself."""
        texts = reason_texts()
        return [
            texts[code].meaning[self.language]
            if code in texts
            else self("reason.unknown", code=code)
            for code in dict.fromkeys(codes)
            if code != but
        ]

    def remedies(self, codes: Iterable[str]) -> list[str]:
        """Return what would do, for each reason for which something is asked."""
        texts = reason_texts()
        known = (texts[code].remedy.get(self.language) for code in codes if code in texts)
        return [each for each in known if each]

    def joined(self, told: Iterable[str]) -> str:
        """Return sentences as one text, each once."""
        space = "" if self.language in UNSPACED else " "
        return space.join(dict.fromkeys(each for each in told if each))


def _decision(statement: StatementOfReasons, words: _Words) -> list[str]:
    if not statement.done:
        return []
    name = f"done.{statement.done}"
    if name not in sentences():
        return []
    return [words(name, listing=statement.listing_id, marketplace=statement.marketplace)]


def _facts(statement: StatementOfReasons, words: _Words) -> list[str]:
    if statement.account is not None:
        return _conduct(statement, words)
    if statement.source == "own_initiative":
        return [words("facts.own_initiative")]
    date = words.date(statement.received_at_milliseconds)
    alleged = f"alleged.{statement.right.ground}"
    return [
        words(f"facts.{statement.source}", date=date),
        words(alleged if alleged in sentences() else "alleged.other"),
        *([words("facts.examined")] if statement.found else []),
        *(words(f"found.{each}") for each in statement.found if f"found.{each}" in sentences()),
    ]


def _conduct(statement: StatementOfReasons, words: _Words) -> list[str]:
    account = statement.account
    if account is None:
        return []
    offers = "" if account.offers is None else ".offers"
    told = words(
        f"facts.account.{statement.recipient}{offers}",
        total=account.total,
        strikes=account.strikes,
        share=words.share(account.share),
        offers=account.offers,
    )
    gravity, intention = f"gravity.{account.gravity}", f"intention.{account.intention}"
    return [
        told,
        words(gravity if gravity in sentences() else "gravity.ordinary"),
        words(intention if intention in sentences() else "intention.unknown"),
    ]


def _right(statement: StatementOfReasons, words: _Words) -> list[str]:
    if statement.account is not None:
        return []
    right = kind_of_right(statement.right.ground) or "trademark"
    if right != "trademark":
        return [words(f"right.{right}"), *_holder(statement, words)]
    office = OFFICES.get(statement.right.office, statement.right.office)
    if not office.isalpha():
        return [words("right.trademark.unnumbered")] if statement.source != "own_initiative" else []
    found = statement.source == "own_initiative"
    if not statement.number:
        return [words("right.found.office" if found else "right.trademark.office", office=office)]
    if not statement.mark_text:
        told = words("right.trademark.number", office=office, number=statement.number)
    else:
        name = "right.found" if found else "right.trademark"
        told = words(name, mark=statement.mark_text, office=office, number=statement.number)
    return [told, *_holder(statement, words)]


def _holder(statement: StatementOfReasons, words: _Words) -> list[str]:
    return [words("holder", holder=statement.holder_name)] if statement.holder_name else []


def _reasons(statement: StatementOfReasons, words: _Words) -> list[str]:
    further = words.reasons(statement.further_reason_codes)
    return [
        *words.reasons(statement.reason_codes),
        *([words("defects.also"), *further] if further else []),
    ]


def _law(statement: StatementOfReasons, words: _Words) -> list[str]:
    if statement.account is not None:
        law = laws()[statement.right.ground]["EU"] if statement.restricts else None
        return [] if law is None else [words("law.measure", law=law.names[words.language])]
    found = law_of(statement.right)
    if not statement.restricts:
        return [] if found is None else [words("law.asserted", law=found.names[words.language])]
    if found is None:
        return [words("law.terms")]
    return [words("law.illegal", law=found.names[words.language])]


def _scope(statement: StatementOfReasons, words: _Words) -> list[str]:
    if not statement.restricts:
        return []
    if statement.account is not None:
        where = words("scope.account")
    elif statement.territories:
        where = words("scope.countries", countries=words.countries(statement.territories))
    else:
        where = words("scope.everywhere")
    begins, ends = statement.begins_at_milliseconds, statement.ends_at_milliseconds
    since = "" if begins is None else words("duration.from", date=words.date(begins))
    until = words("duration.open" if ends is None else "duration.until", date=_day(words, ends))
    return [where, since, until]


def _day(words: _Words, milliseconds: int | None) -> str:
    return "" if milliseconds is None else words.date(milliseconds)


def _automation(statement: StatementOfReasons, words: _Words) -> list[str]:
    if statement.account is not None:
        decided = "deciding.automated" if statement.automated else "deciding.person"
        return [words("finding.account"), words(decided)]
    by_machine = statement.source == "own_initiative"
    finding = words("finding.automated" if by_machine else "finding.notice")
    if statement.automated:
        return [finding, words("deciding.automated")]
    if statement.title == "appeal":
        return [finding, words("deciding.appeal")]
    checked = by_machine or statement.found
    return [finding, words("deciding.person_with_findings" if checked else "deciding.person")]


def _reviewer(statement: StatementOfReasons, words: _Words) -> list[str]:
    said = statement.explanation.strip()
    return [words("quoted", words=said)] if said else []


def _redress(statement: StatementOfReasons, words: _Words) -> list[str]:
    told: list[str] = []
    if statement.recipient == "complainant" and statement.done == "complainant.decline":
        codes = (*statement.reason_codes, *statement.further_reason_codes)
        remedies = words.remedies(codes)
        if remedies:
            told += [words("redress.remedies"), *remedies]
    if statement.restricts and statement.object_until_milliseconds is not None:
        told.append(
            words("redress.object_until", date=words.date(statement.object_until_milliseconds))
        )
    elif statement.objection == "put_back":
        told.append(words("redress.object_put_back"))
    until = statement.appeal_until_milliseconds
    if until is not None:
        told.append(words("redress.appeal_until", date=words.date(until)))
    if until is not None or statement.account is not None:
        concerned = {country_of(each) for each in statement.territories}
        union = statement.account is not None or holds_in_union(statement.right)
        if union or concerned & ECONOMIC_AREA:
            told.append(words("redress.out_of_court"))
        told.append(words("redress.court"))
    return told


def _reference(statement: StatementOfReasons, words: _Words) -> list[str]:
    if not statement.case_id:
        return []
    date = words.date(statement.issued_at_milliseconds)
    if statement.account is not None:
        return [words("reference.account", case_id=statement.case_id, date=date)]
    number = statement.decision_number
    return [words("reference", case_id=statement.case_id, number=number, date=date)]
