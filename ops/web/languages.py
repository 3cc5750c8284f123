"""Languages of the pages: texts by gettext, dates and numbers by the locale."""

import gettext
import io
from collections.abc import Iterable
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from typing import Literal, NamedTuple

from babel import Locale, dates, lists, numbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from schemas.statements.catalogue import TRADITIONAL
from schemas.statements.catalogue import Language as StatementLanguage

DIRECTORY = Path(__file__).with_name("locale")
DOMAIN = "pages"
FALLBACK = "en"


class Language(NamedTuple):
    """A language by its place in addresses, Babel's name of it, and its own name."""

    tag: str
    locale: str
    name: str
    statements: StatementLanguage
    """Language in which reasons are told, as in schemas/statements."""
    direction: str = "ltr"

    @property
    def primary(self) -> str:
        """Its ISO 639-1 code, by which the filing API knows it."""
        return self.tag.partition("-")[0]


LANGUAGES: dict[str, Language] = {
    each.tag: each
    for each in (
        Language("en", "en", "English", "en"),
        Language("zh-Hans", "zh_Hans", "简体中文", "zh"),
        Language("zh-Hant", "zh_Hant", "繁體中文", "zh-Hant"),
        Language("ja", "ja", "日本語", "ja"),
        Language("ko", "ko", "한국어", "ko"),
        Language("de", "de", "Deutsch", "de"),
        Language("fr", "fr", "Français", "fr"),
        Language("it", "it", "Italiano", "it"),
        Language("es", "es", "Español", "es"),
        Language("ar", "ar", "العربية", "ar", "rtl"),
    )
}


@cache
def translations(tag: str) -> gettext.NullTranslations:
    """Return a language's texts; where one is missing, English stands in its place."""
    path = DIRECTORY / f"{LANGUAGES[tag].locale}.po"
    if tag == FALLBACK or not path.exists():
        return gettext.NullTranslations()
    return compiled(path)


def compiled(path: Path) -> gettext.GNUTranslations:
    """Read a file of translations, those that are not marked as doubtful."""
    with path.open("rb") as file:
        catalogue = read_po(file)
    made = io.BytesIO()
    write_mo(made, catalogue)
    made.seek(0)
    return gettext.GNUTranslations(made)


def chosen(accepted: str) -> str:
    """Return the first language of a reader's Accept-Language that is here."""
    for each in _by_weight(accepted):
        primary, *rest = each.lower().split("-")
        if primary == "zh":
            return "zh-Hant" if TRADITIONAL & set(rest) else "zh-Hans"
        if primary in LANGUAGES:
            return primary
    return FALLBACK


def _by_weight(accepted: str) -> Iterable[str]:
    weighed = []
    for place, part in enumerate(accepted[:200].split(",")):
        name, _, weight = part.strip().partition(";q=")
        try:
            weighed.append((-float(weight or 1), place, name))
        except ValueError:
            continue
    return [name for _, _, name in sorted(weighed)]


class Formats:
    """How a locale writes dates, spans of time and numbers; times are told in UTC."""

    def __init__(self, language: Language) -> None:
        self.locale = Locale.parse(language.locale)

    def day(self, milliseconds: int) -> str:
        """Return the day of a time."""
        return dates.format_date(_moment(milliseconds), "medium", locale=self.locale)

    def time(self, milliseconds: int) -> str:
        """Return day and time of day."""
        return f"{dates.format_datetime(_moment(milliseconds), 'medium', locale=self.locale)} UTC"

    def due(self, milliseconds: int) -> str:
        """Return a time to come, with the day of the week."""
        moment = _moment(milliseconds)
        day = dates.format_skeleton("yMMMEd", moment, locale=self.locale)
        return f"{day} {dates.format_time(moment, 'short', locale=self.locale)} UTC"

    def told(self, text: str) -> str:
        """Return day and time of day of a time that the filing API tells."""
        return self.time(round(datetime.fromisoformat(text).timestamp() * 1000))

    def date(self, text: str | None) -> str:
        """Return a day of a register, YYYY-MM-DD; what is none stays as it is."""
        try:
            return str(dates.format_date(date.fromisoformat(text or ""), "medium", self.locale))
        except ValueError:
            return text or ""

    def span(self, milliseconds: int) -> str:
        """Return a span of time in its greatest unit, as in '5 hours'."""
        seconds = max(0, milliseconds) // 1000
        return dates.format_timedelta(seconds, threshold=2, locale=self.locale)

    def number(self, value: float) -> str:
        """Return a number."""
        return numbers.format_decimal(value, locale=self.locale)

    def percent(self, value: float) -> str:
        """Return a share as percent, with one digit after the point."""
        pattern = self.locale.percent_formats[None].pattern.replace("##0", "##0.0")
        return numbers.format_percent(value, pattern, locale=self.locale)

    def euros(self, value: float) -> str:
        """Return a price in euros."""
        return numbers.format_currency(value, "EUR", locale=self.locale)

    def country(self, code: str) -> str:
        """Return a country's name, or its code where it has none."""
        return str(self.locale.territories.get(code, code))

    def language(self, code: str) -> str:
        """Return a language's name, or its code where it has none."""
        return str(self.locale.languages.get(code, code))

    def countries(self, codes: Iterable[str]) -> str:
        """Return names of countries as a list; empty where there are none."""
        return self.listed(self.country(code) for code in codes)

    def listed(self, texts: Iterable[str], style: Literal["standard", "or"] = "standard") -> str:
        """Return texts as a list, of all or of which any one will do."""
        return lists.format_list(list(texts), style, self.locale)


def iso(milliseconds: int) -> str:
    """Return a time as the `datetime` of an element `time`."""
    return _moment(milliseconds).isoformat(timespec="seconds")


def _moment(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, UTC)
