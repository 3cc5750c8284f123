"""Every text is in every language, and search engines find each page in each."""

import gettext
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from ops.web import public_pages, rendering
from ops.web.filing_pages import STEPS
from ops.web.languages import DIRECTORY, LANGUAGES, Formats, chosen, translations
from ops.web.pages import PAGES
from ops.web.public_pages import FOUND
from schemas.reasons import REASONS
from schemas.rights import rights
from schemas.statements.catalogue import Law, ReasonTexts
from streams.sources import desk
from web.made_cases import path_of

KEYWORDS = {"_": None, "ngettext": (1, 2), "marked": None}
REFUSALS = {"DeskRefused": None}
DESK = Path(desk.__file__).parent
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
OTHERS = [each for each in LANGUAGES.values() if each.tag != "en"]


def messages():
    """Return what is to be translated: texts of code and templates, and what rights ask for."""
    found = {each[2] for each in extract_from_dir(DIRECTORY.parent, METHODS, keywords=KEYWORDS)}
    found |= {each[2] for each in extract_from_dir(DESK, METHODS[:1], keywords=REFUSALS)}
    for right in rights().values():
        found |= {right.description, *(each.asks for each in right.elements)}
    return found


def catalogue_of(language):
    with (DIRECTORY / f"{language.locale}.po").open("rb") as file:
        return read_po(file, abort_invalid=True)


@pytest.mark.parametrize("language", OTHERS, ids=lambda each: each.tag)
def test_every_text_is_translated_and_none_is_left_over(language):
    catalogue = catalogue_of(language)
    there = {each.id for each in catalogue if each.id}
    wanted = messages()
    assert wanted - there == set()
    assert there - wanted == set()
    assert not catalogue.obsolete
    assert str(catalogue.locale) == language.locale


@pytest.mark.parametrize("language", OTHERS, ids=lambda each: each.tag)
def test_every_translation_is_whole_and_has_the_names_of_its_text(language):
    catalogue = catalogue_of(language)
    for each in catalogue:
        if not each.id:
            continue
        ids = each.id if isinstance(each.id, tuple) else (each.id,)
        texts = each.string if isinstance(each.string, tuple) else (each.string,)
        assert not each.fuzzy, each.id
        assert len(texts) == (1 if len(ids) == 1 else catalogue.num_plurals), each.id
        assert all(text and text.strip() == text for text in texts), each.id
        # A form for no or one may say so without the number.
        wanted = {tuple(named(text)) for text in ids}
        spared = {tuple(n for n in names if n[0] != "num") for names in wanted}
        assert {tuple(named(text)) for text in texts} <= wanted | (spared if ids[1:] else set())
        assert not list(each.check(catalogue)), each.id


@pytest.mark.parametrize("language", LANGUAGES.values(), ids=lambda each: each.tag)
def test_every_number_has_a_plural_form(language):
    for number in (*range(130), 1_000, 1_000_000):
        told = translations(language.tag).ngettext("%(num)d strike", "%(num)d strikes", number)
        assert told


def named(text):
    return sorted(re.findall(r"%\((\w+)\)|{(\w+)}", text))


class Made(gettext.NullTranslations):
    """A made-up language: each text stands in brackets."""

    def gettext(self, message):
        return f"⟦{message}⟧"

    def ngettext(self, msgid1, msgid2, n):
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


class MadeNames(dict):
    """A text in all languages, the made-up one."""

    def __getitem__(self, _language):
        return "⟦told⟧"

    def get(self, language, _default=None):
        return self[language]


class Texts(HTMLParser):
    """Gathers what people read on a page, but for what parties wrote and codes."""

    DATA = ("bdi", "code", "kbd", "time", "script")
    CLASSES = ("code", "said", "title", "statement", "figure", "who")
    EMPTY = ("meta", "link", "input", "br", "rect", "path")
    SPOKEN = ("aria-label", "title", "placeholder", "alt")

    def __init__(self):
        super().__init__()
        self.stack = []
        self.found = []

    def handle_starttag(self, tag, attributes):
        told = dict(attributes)
        if tag != "time":
            self.found += [told[name] for name in self.SPOKEN if told.get(name)]
        if told.get("name") == "description":
            self.found.append(told["content"])
        if tag in self.EMPTY:
            return
        classes = (told.get("class") or "").split()
        skipped = tag in self.DATA or "lang" in told or set(classes) & set(self.CLASSES)
        before = bool(self.stack) and self.stack[-1][1] and tag != "body"
        self.stack.append((tag, before or (bool(skipped) and tag != "html")))

    def handle_endtag(self, tag):
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if not (self.stack and self.stack[-1][1]):
            self.found.append(data)


def untranslated(page):
    """Return words of a page in a made-up language that nobody can translate."""
    texts = Texts()
    texts.feed(page)
    rest = re.sub(r"⟦.*?⟧|listing-of-\w+", "", " ".join(texts.found), flags=re.DOTALL)
    return set(re.findall(r"[A-Za-z]{4,}", rest)) - DATA_WORDS


@pytest.fixture
def made_up(monkeypatch):
    """Have all pages rendered in a made-up language, reasons and laws too."""
    monkeypatch.setattr(rendering, "translations", lambda _tag: Made())
    monkeypatch.setattr(public_pages, "translations", lambda _tag: Made())
    reasons = dict.fromkeys(REASONS, ReasonTexts(MadeNames(), MadeNames()))
    monkeypatch.setattr(rendering, "reason_texts", lambda: reasons)
    told = {right: {"EU": Law(MadeNames(), "")} for right in rights()}
    monkeypatch.setattr(rendering, "laws", lambda: told)
    rendering.environment.cache_clear()
    yield
    rendering.environment.cache_clear()


PATHS = {
    ("", ""): [each.path for each in PAGES if not each.roles and "{" not in each.path]
    + ["/nowhere", *(f"/how-to-file/{right}" for right in rights())],
    ("anna", "reviewer"): ["/desk/tasks/TASK", "/desk/batches/TASK"],
    ("holder-1", "rights_holder"): [
        "/cases/c1",
        "/cases/c3",
        "/cases/c4",
        "/authorisations/leave-1",
    ],
    ("agent-1", "agent"): [],
    ("seller-9", "seller"): ["/seller/cases/c4"],
    ("op", "operator"): ["/deliveries?state=waiting"],
}
"""What of each role's pages is looked at beside those that have no name in their path."""


@pytest.mark.parametrize(("party", "role"), PATHS)
def test_no_text_of_a_page_is_beyond_translators(filled, made_up, party, role):
    paths = [*PATHS[party, role]]
    if party:
        filled.sign_in(party, role)
        own = [each for each in PAGES if role in each.roles and each.method == "GET"]
        paths += [p.path for p in own if "{" not in p.path and not p.path.endswith(".csv")]
    for path in paths:
        page = filled.get(f"/de{path_of(filled, path)}").text
        assert "⟦" in page, path
        assert untranslated(page) == set(), path


def test_no_text_of_filing_or_of_what_is_wrong_with_a_form_is_beyond_translators(filled, made_up):
    filled.sign_in("holder-1", "rights_holder")
    for ground, step, to in (
        *(("copyright_infringement", each, each) for each in STEPS),
        *(("counterfeit", each, "file") for each in ("reasons", "evidence")),
        ("counterfeit", "right", "listings"),
        ("counterfeit", "listings", "reasons"),
    ):
        answer = filled.post("/de/filing", step=step, to=to, ground=ground, listings="5\n6,shop")
        assert answer.status_code in (200, 422)
        assert untranslated(answer.text) == set(), (ground, step, to)
    for path in ("/inquiries", "/cases/c4/appeal", "/cases/c1/retraction", "/status"):
        answer = filled.post(
            f"/de{path}", statement="-", question="-", complaint="x", email="y@z.de"
        )
        assert untranslated(answer.text) == set(), path


DATA_WORDS = frozenset(
    """
    shop anna holder seller Shoes Sneakers active Nike Innovate Deutschland Frankreich Italien
    Euro Vereinigte Staaten Englisch oder Alibaba English Deutsch Italiano Español
    """.split()
)
"""Words of the cases that were made, and names."""


def test_a_reader_is_led_to_a_language_that_is_there(pages):
    for accepted, tag in (
        ("de-AT,en;q=0.5", "de"),
        ("en;q=0.2, zh-CN;q=0.9", "zh-Hans"),
        ("th", "en"),
        ("ja", "ja"),
        ("zh-TW,zh;q=0.9", "zh-Hant"),
        ("zh-Hant-HK", "zh-Hant"),
        ("es-419", "es"),
        ("ar", "ar"),
        ("", "en"),
        ("x;q=y", "en"),
    ):
        assert chosen(accepted) == tag
        answer = pages.get("/", **{"accept-language": accepted})
        assert answer.headers["location"] == f"/{tag}/"
    assert 'dir="rtl"' in pages.get("/ar/").text


def test_texts_are_tagged_with_language_and_direction(pages):
    for tag, language in LANGUAGES.items():
        page = pages.get(f"/{tag}/questions").text
        assert f'<html lang="{tag}" dir="{language.direction}">' in page
        for other in LANGUAGES.values():
            assert f'lang="{other.tag}" dir="{other.direction}"' in page
            assert f">{other.name}</a>" in page


def test_a_right_and_what_would_do_are_told_in_each_language(pages):
    told = set()
    for tag in LANGUAGES:
        page = pages.get(f"/{tag}/how-to-file/copyright").text
        told.add(re.search(r"<h1>.*?</h1>\s*<p>(.*?)</p>", page, re.DOTALL)[1])
        told.add(rendering.environment(tag).globals["remedy"]("trademark_missing"))
    assert len(told) == 2 * len(LANGUAGES)


def test_times_and_numbers_are_as_the_language_writes_them():
    assert Formats(LANGUAGES["de"]).percent(0.9614) == "96,1\xa0%"
    assert Formats(LANGUAGES["en"]).span(26 * 3_600_000) == "26 hours"
    assert Formats(LANGUAGES["zh-Hans"]).country("DE") == "德国"
    assert Formats(LANGUAGES["ja"]).date("2031-02-03") == "2031/02/03"
    assert Formats(LANGUAGES["de"]).date("no day") == "no day"
    assert Formats(LANGUAGES["it"]).countries(["DE", "FR", "IT"]) == "Germania, Francia e Italia"
    assert "화" in Formats(LANGUAGES["ko"]).due(1_796_083_200_000)
    assert Formats(LANGUAGES["fr"]).euros(1234.5) == "1\u202f234,50\xa0€"


def test_public_pages_are_found_in_each_language_and_private_ones_are_not(filled):
    sitemap = filled.get("/sitemap.xml").text
    for path in FOUND:
        for tag in LANGUAGES:
            page = filled.get(f"/{tag}{path}").text
            assert f'<link rel="canonical" href="https://ip.example/{tag}{path}">' in page
            for other in LANGUAGES:
                assert f'hreflang="{other}" href="https://ip.example/{other}{path}"' in page
            assert re.search(r'<meta name="description" content="[^"]{10,}">', page)
            assert "noindex" not in page
            assert f"<loc>https://ip.example/{tag}{path}</loc>" in sitemap
    assert "noindex" in filled.get("/en/status").text
    assert "Disallow: /en/desk" in filled.get("/robots.txt").text


def test_questions_are_structured_data_in_the_pages_language(filled):
    page = filled.get("/de/questions").text
    told = json.loads(re.search(r'ld\+json">(.*?)</script>', page, re.DOTALL)[1])
    assert told["@type"] == "FAQPage"
    assert told["mainEntity"][0]["name"] == "Wie lange dauert es?"


def test_the_first_page_weighs_little_as_it_is_sent(filled):
    page = filled.get("/en/")
    parts = re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text)
    assert len(parts) >= 3
    answers = [page, *(filled.get(part, **{"accept-encoding": "br, gzip;q=0.5"}) for part in parts)]
    assert [each.headers.get("content-encoding") for each in answers] == [
        None,
        *["gzip"] * len(parts),
    ]
    assert sum(int(each.headers["content-length"]) for each in answers) < 60_000
    for accepted in ("identity", "gzip;q=0", "br"):
        plain = filled.get(parts[0], **{"accept-encoding": accepted})
        assert "content-encoding" not in plain.headers
        assert plain.content == answers[1].content
