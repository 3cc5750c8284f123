"""Pages from templates: whole, or the one block that htmx asks for."""

import secrets
from collections.abc import Callable
from functools import cache, partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse, Response

from ops.web import words
from ops.web.languages import LANGUAGES, Formats, iso, translations
from ops.web.site import Visit
from schemas.statements.catalogue import Language as StatementLanguage
from schemas.statements.catalogue import laws, reason_texts
from streams.sources.desk.types import DeskRefused
from streams.sources.filing.problems import (
    FORBIDDEN,
    INTERNAL,
    INVALID,
    KEY_IN_USE,
    NOT_FOUND,
    QUOTA_EXCEEDED,
    SELLER_UNKNOWN,
    UNAVAILABLE,
    Problem,
    ProblemKind,
)

HERE = Path(__file__).parent
STATIC = HERE / "static"


def policy(*form_origins: str) -> str:
    """Return the policy of a page, whose forms lead here and to these origins."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self'",
            "connect-src 'self'",
            " ".join(("form-action 'self'", *form_origins)),
            "frame-ancestors 'none'",
            "base-uri 'none'",
        )
    )


HEADERS = {
    "Content-Security-Policy": policy(),
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "X-Frame-Options": "DENY",
}
TOLD: dict[ProblemKind, tuple[str, str]] = {
    FORBIDDEN: (
        words.marked("This can't be done from here"),
        words.marked("The form is too old, or your role does not allow it. Open the page again."),
    ),
    NOT_FOUND: (
        words.marked("There is no such page"),
        words.marked("Or it is not for you. If you followed a link, check that you are signed in."),
    ),
    INVALID: (
        words.marked("Something is missing"),
        words.marked("Go back, and look at what is asked for."),
    ),
    KEY_IN_USE: (
        words.marked("That was done by now"),
        words.marked("The task is no longer with you, or the form was sent before."),
    ),
    SELLER_UNKNOWN: (
        words.marked("Whose listing it is, is not known yet"),
        words.marked("It is known once the case was decided. Try again then."),
    ),
    QUOTA_EXCEEDED: (
        words.marked("Too many requests"),
        words.marked("Wait a minute, then go on."),
    ),
    UNAVAILABLE: (
        words.marked("The service does not answer"),
        words.marked("Nothing is lost. Send the form again in a minute."),
    ),
    INTERNAL: (
        words.marked("That failed here"),
        words.marked("Nothing was done. Try again, and tell us if it fails again."),
    ),
}


@cache
def versions() -> dict[str, str]:
    """Return each static file's version: a part of its hash."""
    return {
        path.name: sha256(path.read_bytes()).hexdigest()[:12] for path in sorted(STATIC.iterdir())
    }


@cache
def environment(tag: str) -> Environment:
    """Return the templates of a language."""
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        extensions=["jinja2.ext.i18n"],
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.install_gettext_translations(translations(tag), newstyle=True)  # type: ignore[attr-defined]
    language = LANGUAGES[tag]
    formats = Formats(language)
    made.globals.update(
        formats=formats,
        iso=iso,
        languages=LANGUAGES,
        language=language,
        reason=partial(_reason, language.statements),
        remedy=partial(_remedy, language.statements),
        law_name=partial(_law, language.statements),
        words=words,
        static=lambda name: f"/static/{name}?v={versions()[name]}",
    )
    made.filters["told"] = partial(_told, translations(tag).gettext)
    made.filters["word"] = partial(_word, translations(tag).gettext)
    made.filters["refusal"] = partial(_refusal, translations(tag).gettext)
    return made


def _told(translated: Callable[[str], str], text: str) -> str:
    """Return what a party wrote, or in the page's language that it is gone."""
    gone = words.GONE.get(text)
    return text if gone is None else translated(gone)


def _refusal(translate: Callable[[str], str], refused: DeskRefused) -> str:
    """Return why the desk refused something."""
    text = translate(refused.text)
    return text.format(**refused.values) if refused.values else text


def _word(translate: Callable[[str], str], code: str, table: str) -> str:
    """Return a code in words; one that is not known stays as it is."""
    found = getattr(words, table).get(code)
    return translate(found) if found else code


def _reason(language: StatementLanguage, code: str) -> str:
    found = reason_texts().get(code)
    return found.meaning[language] if found else code


def _remedy(language: StatementLanguage, code: str) -> str:
    """Return what would do where a reason asks for something; empty where it does not."""
    found = reason_texts().get(code)
    return found.remedy.get(language, "") if found else ""


def _law(language: StatementLanguage, right: str) -> str:
    """Return the name of the Union's law on a right."""
    return laws()[right]["EU"].names[language]


def render(
    visit: Visit, template: str, status: int = 200, block: str | None = None, **context: Any
) -> Response:
    """Return a page; where htmx asks for a part of it, the block of that name alone."""
    found = environment(visit.language.tag).get_template(template)
    path = visit.request.url.path
    values = {
        "visit": visit,
        "caller": visit.session.caller if visit.session else None,
        "rights": visit.session.rights if visit.session else "",
        "now": visit.now,
        "here": path.removeprefix(f"/{visit.language.tag}"),
        "site_address": visit.site.address,
        "form_token": visit.form_token(),
        "form_key": secrets.token_hex(16),
        **context,
    }
    if block and visit.request.headers.get("hx-request"):
        made = found.new_context(values)
        text = "".join(found.blocks[block](made))
    else:
        text = found.render(values)
    provider = visit.site.provider
    # Sign-in and sign-out are forms, whose answers lead to the provider.
    origins = provider.settings.origins if provider else ()
    own = {"Content-Security-Policy": policy(*origins), "Vary": "Cookie, HX-Request"}
    return HTMLResponse(text, status, HEADERS | own)


def error_page(visit: Visit, problem: Problem) -> Response:
    """Return the page that tells of a problem."""
    title, text = TOLD.get(problem.kind, TOLD[INTERNAL])
    response = render(
        visit, "error.html", problem.kind.status, title=title, text=text, errors=problem.errors
    )
    response.headers.update(problem.headers or {})
    return response
