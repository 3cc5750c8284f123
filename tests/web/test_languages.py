"""Every text is in every language, and search engines find each page in each."""

import gettext
import json
import re
from html.parser import HTMLParser

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from ops.web import rendering
from ops.web.languages import DIRECTORY, LANGUAGES, Formats, chosen
from ops.web.public_pages import FOUND
from web.made_cases import path_of

KEYWORDS = {"_": None, "ngettext": (1, 2), "marked": None}
METHODS = [("**.py", "python"), ("templates/**.html", "jinja2")]
OTHERS = [each for each in LANGUAGES.values() if each.tag != "en"]


def messages():
    found = extract_from_dir(DIRECTORY.parent, METHODS, keywords=KEYWORDS)
    return {each[2] for each in found}


@pytest.mark.parametrize("language", OTHERS, ids=lambda each: each.tag)
def test_every_text_is_translated_and_none_is_left_over(language):
    with (DIRECTORY / f"{language.locale}.po").open("rb") as file:
        catalogue = read_po(file)
    there = {each.id for each in catalogue if each.id}
    wanted = messages()
    assert wanted - there == set()
    assert there - wanted == set()
    for each in catalogue:
        if not each.id:
            continue
        texts = each.string if isinstance(each.string, tuple) else (each.string,)
        assert all(texts), each.id
        ids = each.id if isinstance(each.id, tuple) else (each.id,)
        assert {n for t in texts for n in named(t)} <= {n for t in ids for n in named(t)}, each.id


def named(text):
    return re.findall(r"%\((\w+)\)", text)


class Made(gettext.NullTranslations):
    """A made-up language: each text stands in brackets."""

    def gettext(self, message):
        return f"⟦{message}⟧"

    def ngettext(self, msgid1, msgid2, n):
        return f"⟦{msgid1 if n == 1 else msgid2}⟧"


class Texts(HTMLParser):
    """Gathers what people read on a page, but for what parties wrote and codes."""

    DATA = ("bdi", "code", "kbd", "time", "script")
    CLASSES = ("code", "said", "title", "statement", "figure")
    EMPTY = ("meta", "link", "input", "br", "rect", "path")

    def __init__(self):
        super().__init__()
        self.stack = []
        self.found = []

    def handle_starttag(self, tag, attributes):
        if tag in self.EMPTY:
            return
        told = dict(attributes)
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


@pytest.mark.parametrize(
    ("party", "role", "paths"),
    [
        (
            "",
            "",
            ["/", "/for-sellers", "/questions", "/figures", "/status", "/sign-in", "/nowhere"],
        ),
        (
            "anna",
            "reviewer",
            ["/desk", "/desk/tasks/TASK", "/desk/batches", "/desk/batches/TASK", "/desk/inquiries"],
        ),
        ("holder-1", "rights_holder", ["/filing", "/inquiries", "/organisation"]),
        ("op", "operator", ["/operations", "/dead-letters", "/endpoints", "/standings"]),
    ],
)
def test_no_text_of_a_page_is_beyond_translators(filled, monkeypatch, party, role, paths):
    monkeypatch.setattr(rendering, "translations", lambda _tag: Made())
    # Reasons are in the language of statements, which has tests of its own.
    monkeypatch.setattr(rendering, "_reason", lambda _language, code: f"⟦{code}⟧")
    rendering.environment.cache_clear()
    try:
        if party:
            filled.sign_in(party, role)
        for path in paths:
            page = filled.get(f"/de{path_of(filled, path)}").text
            texts = Texts()
            texts.feed(page)
            rest = re.sub(r"⟦.*?⟧", "", " ".join(texts.found), flags=re.DOTALL)
            words = set(re.findall(r"[A-Za-z]{4,}", rest))
            assert words <= DATA_WORDS, (path, words - DATA_WORDS)
    finally:
        rendering.environment.cache_clear()


DATA_WORDS = frozenset(
    """
    shop anna holder seller Shoes Sneakers active Nike Innovate Deutschland Frankreich Italien
    filing desk dispatch complaints events topic operator reviewer not_decoded decoded Alibaba
    """.split()
)
"""Words of the cases that were made, and names."""


def test_a_reader_is_led_to_a_language_that_is_there(pages):
    for accepted, tag in (
        ("de-AT,en;q=0.5", "de"),
        ("en;q=0.2, zh-CN;q=0.9", "zh-Hans"),
        ("ja", "en"),
        ("ar", "ar"),
        ("", "en"),
        ("x;q=y", "en"),
    ):
        assert chosen(accepted) == tag
        answer = pages.get("/", **{"accept-language": accepted})
        assert answer.headers["location"] == f"/{tag}/"
    assert 'dir="rtl"' in pages.get("/ar/").text


def test_times_and_numbers_are_as_the_language_writes_them():
    assert Formats(LANGUAGES["de"]).percent(0.9614) == "96,1 %"
    assert Formats(LANGUAGES["en"]).span(26 * 3_600_000) == "26 hours"
    assert Formats(LANGUAGES["zh-Hans"]).country("DE") == "德国"


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


def test_the_first_page_weighs_little(filled):
    import gzip

    page = filled.get("/en/").text
    parts = re.findall(r'(?:href|src)="(/static/[^"]+)"', page)
    bodies = [page.encode(), *(filled.get(part).content for part in parts)]
    assert len(parts) >= 3
    assert sum(len(gzip.compress(body)) for body in bodies) < 60_000
