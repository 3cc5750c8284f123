"""Public labelled data: titles with the brands that they name, and brands' other spellings."""

import csv
import json
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Literal, NamedTuple

from ops.errors import OperatorError
from processors.matching.terms import term_of

Part = Literal["tune", "test"]

MAXIMUM_TITLES_PER_SOURCE = 6_000
MINIMUM_COMPOSED_LETTERS = 4
SAMPLE = Path(__file__).with_name("data") / "ordinary_titles"


class LabelledTitle(NamedTuple):
    """A title, all names of the brand that it names (none for no brand), and its script."""

    title: str
    names: tuple[str, ...]
    script: str
    source: str


class Spelling(NamedTuple):
    """A way in which a brand is written, and the brand's names."""

    written: str
    names: tuple[str, ...]
    trick: str


_Reader = Callable[[Path], Iterator[LabelledTitle]]
_SpellingReader = Callable[[Path], Iterator[Spelling]]


class Data(NamedTuple):
    """All data of an evaluation: labelled titles, recorded spellings, and brands' names.

    `composed` are titles of scripts of which there are no real ones; their names are no brands of
    the others.
    """

    titles: list[LabelledTitle]
    spellings: list[Spelling]
    brands: list[str]
    composed: list[LabelledTitle]


def part_of(name: str) -> Part:
    """Return the part that a brand belongs to: by its name, so no brand is in both."""
    return "tune" if sha256(f"part:{term_of(name)}".encode()).digest()[0] % 2 else "test"


def load(directory: Path) -> Data:
    """Read all labelled data under a directory. Errors: OperatorError where there is none."""
    titles = [each for read in _TITLES for each in read(directory)]
    if not titles:
        raise OperatorError(f"{directory} has no labelled titles (titles_*/*/titles.csv and so on)")
    spellings = [each for read in _SPELLINGS for each in read(directory)]
    names = {name for title in titles for name in title.names}
    names.update(name for spelling in spellings for name in spelling.names)
    names.update(_listed_brands(directory))
    brands = sorted(name for name in names if term_of(name))
    return Data(titles, spellings, brands, list(_composed(directory)))


def ordinary_titles(directory: Path) -> list[str]:
    """Return all distinct titles and queries of shoppers, as they are, in order of their files.

    Nobody calls any of them misuse. Errors: OperatorError where there are none.
    """
    found = dict.fromkeys(
        row["title"] for pattern in _ORDINARY for row in _rows(directory, pattern) if row["title"]
    )
    if not found:
        raise OperatorError(f"{directory} has no titles ({', '.join(_ORDINARY)})")
    return list(found)


def tuning_titles(titles: list[str]) -> list[str]:
    """Return the half of titles, by hash, that weights may be learned on."""
    return [each for each in titles if sha256(each.encode()).digest()[0] % 2 == 0]


def sample_titles() -> list[str]:
    """Return the ordinary titles that stand here, for measuring without other data."""
    return [row["title"] for row in _rows(SAMPLE, "titles.csv")]


def _rows(directory: Path, pattern: str) -> Iterator[dict[str, str]]:
    for path in sorted(directory.glob(pattern)):
        with path.open(encoding="utf-8", newline="") as file:
            yield from csv.DictReader(file)


def _titles(pattern: str, script: str, source: str) -> _Reader:
    def read(directory: Path) -> Iterator[LabelledTitle]:
        rows = list(_rows(directory, pattern))
        step = max(1, len(rows) // MAXIMUM_TITLES_PER_SOURCE)
        for row in rows[::step]:
            names = tuple(n for n in (row["brand"], row.get("brand_alt", "")) if n and term_of(n))
            standing = tuple(name for name in names if _stands(name, row["title"]))
            if standing:
                yield LabelledTitle(
                    row["title"], tuple(dict.fromkeys((*standing, *names))), script, source
                )

    return read


def _stands(name: str, title: str) -> bool:
    """Tell whether a name stands in a title letter for letter: the label can be trusted."""
    return name.lower() in title.lower()


def _spans(pattern: str, label: str, script: str, source: str) -> _Reader:
    def read(directory: Path) -> Iterator[LabelledTitle]:
        rows = list(_rows(directory, pattern))
        for row in rows[:: max(1, len(rows) // MAXIMUM_TITLES_PER_SOURCE)]:
            title = row["title"]
            spans = [s for s in json.loads(row["spans"] or "[]") if s[0] == label]
            names = tuple(dict.fromkeys(title[b:e].strip() for _, b, e in spans))
            names = tuple(name for name in names if term_of(name))
            cyrillic = any("а" <= c <= "я" for c in "".join(names).lower())
            if names and (script != "cyrillic" or cyrillic):
                yield LabelledTitle(title, names, script, source)

    return read


def _japanese(directory: Path) -> Iterator[LabelledTitle]:
    """Japanese titles are composed: a brand's own variant amid real product words."""
    goods = (
        "レディース トップス",
        "メンズ スニーカー 26cm",
        "ショルダーバッグ 黒",
        "美品 財布",
        "新品 ワンピース M",
        "送料無料 腕時計",
        "コート ウール",
        "デニム パンツ",
    )
    for number, row in enumerate(_rows(directory, "brands_multilingual/*/brands_ja_variants.csv")):
        names = tuple(n for n in row["variants"].split("|") if term_of(n))
        kana = [n for n in names if any("\u30a1" <= c <= "\u30ff" for c in n)]
        if kana:
            title = f"{kana[0]} {goods[number % len(goods)]}"
            yield LabelledTitle(title, (*kana, row["brand"], *names), "japanese", "brands_ja")


def _variants(pattern: str, source: str) -> _SpellingReader:
    def read(directory: Path) -> Iterator[Spelling]:
        for row in _rows(directory, pattern):
            names = tuple(n for n in row["canonical"].split("/") if term_of(n))
            kind = row.get("kind") or "misspelt"
            if names and term_of(row["variant"]) not in {term_of(name) for name in names}:
                yield Spelling(row["variant"], names, f"{source}:{kind}")

    return read


def _cross_script(directory: Path) -> Iterator[Spelling]:
    for row in _rows(directory, "brands_multilingual/*/nsi_crossscript_pairs.csv"):
        if term_of(row["latin"]) and term_of(row["local"]):
            yield Spelling(row["local"], (row["latin"],), f"sound:{row['script']}")


def _composed(directory: Path) -> Iterator[LabelledTitle]:
    """Compose titles of a brand's name in its script and a product's."""
    goods = {"arabic": "{} حذاء رياضي", "hebrew": "{} נעליים", "thai": "{} รองเท้า"}
    for row in _rows(directory, "brands_multilingual/*/nsi_crossscript_pairs.csv"):
        name = row["local"]
        if row["script"] in goods and len(term_of(name)) >= MINIMUM_COMPOSED_LETTERS:
            title = goods[row["script"]].format(name)
            yield LabelledTitle(title, (name, row["latin"]), row["script"], "composed")


def _listed_brands(directory: Path) -> Iterator[str]:
    for pattern, column in (
        ("brands_multilingual/*/nsi_brands.csv", "display"),
        ("brands_multilingual/*/simple_icons.csv", "title"),
        ("titles_ko/*/brand_synonyms_ko_en.csv", "brand"),
        ("queries_ner_ru/receipt_parser_brands_ru.csv", "brand"),
    ):
        yield from (row[column] for row in _rows(directory, pattern))


_TITLES = (
    _titles("titles_india_en/*/titles.csv", "latin", "india"),
    _titles("titles_wdc_magellan/*/titles.csv", "latin", "magellan"),
    _titles("titles_cosmetics_zh/*/titles.csv", "chinese", "cosmetics"),
    _titles("titles_taobao_beauty/*/titles.csv", "chinese", "beauty"),
    _spans("titles_ner_zh/*/taobao_titles_brand_spans.csv", "HPPX", "chinese", "taobao"),
    _spans("titles_ner_zh/*/titles_brand_spans.csv", "HP", "chinese", "multidigraph"),
    _titles("titles_ko/*/coupang_titles.csv", "korean", "coupang"),
    _spans("queries_ner_ru/*/queries_brand_spans.csv", "BRAND", "cyrillic", "x5"),
    _japanese,
)
_SPELLINGS = (
    _variants("adversarial_brand_variants/*/luxdupes_variants.csv", "luxdupes"),
    _variants("adversarial_brand_variants/*/auctionet_misspellings.csv", "auctionet"),
    _variants("adversarial_brand_variants/*/resale_ru_misspellings.csv", "resale_ru"),
    _cross_script,
)
_ORDINARY = ("titles_*/*/*titles*.csv", "queries_ner_ru/*/queries_brand_spans.csv")
