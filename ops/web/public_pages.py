"""Pages for everybody: what this is, how to file, for sellers, questions, figures, status."""

from typing import Any

from starlette.responses import Response

from ops.web.languages import translations
from ops.web.rendering import render
from ops.web.site import Visit
from ops.web.words import RIGHTS, marked
from schemas.rights import rights
from streams.sources.filing.problems import NOT_FOUND, QUOTA_EXCEEDED, Problem
from streams.sources.filing.rate_limits import Rate, headers

STATUS_RATE = Rate("status", 10, 0.1)
"""Of one address: numbers and e-mail addresses are not to be tried out."""

HOME = marked("File a complaint, answer one, or see where it stands, on all marketplaces.")
HOW = marked("What a complaint about intellectual property needs, right by right.")
SELLERS = marked("What sellers can do when a listing was removed: object, appeal, see strikes.")
ASKED = marked("Answers to common questions about complaints, removals, objections and appeals.")
NUMBERS = marked("How fast complaints are decided, and how they end, in live figures.")

QUESTIONS = (
    (
        marked("How long does it take?"),
        marked(
            "A complaint is decided within 24 hours as a rule. The clock stands while you are "
            "asked for something; you see it on the case's page."
        ),
    ),
    (
        marked("Who decides?"),
        marked(
            "A machine takes down only what is plain and proved. All else is decided by people, "
            "and every decision says which it was."
        ),
    ),
    (
        marked("Do I need to be the owner?"),
        marked(
            "Owners and agents with an authorisation file complaints. Anybody else may notify, "
            "and people decide."
        ),
    ),
    (
        marked("What if my complaint is declined?"),
        marked(
            "You are told why, and what would do. You may file again with what was missing, or "
            "appeal within six months."
        ),
    ),
    (
        marked("What happens to wrong complaints?"),
        marked(
            "A listing that was taken down wrongly is put back. Who complains without ground again "
            "and again is warned, and then suspended for a time."
        ),
    ),
    (
        marked("What becomes of what I write?"),
        marked(
            "The other side is told what it needs to answer. It can be erased on request, and the "
            "decision stays verifiable."
        ),
    ),
)
FOUND = (
    *("/", "/how-to-file", "/for-sellers", "/figures", "/questions"),
    *(f"/how-to-file/{right}" for right in rights()),
)
"""Pages that search engines are to find."""


def _public(visit: Visit, template: str, about: str, **context: Any) -> Response:
    texts = {"structured": None, "description": translations(visit.language.tag).gettext(about)}
    return render(visit, template, **{**texts, **context})


def show_home(visit: Visit) -> Response:
    """Show the first page."""
    structured = {
        "@context": "https://schema.org",
        "@type": "WebSite",
        "url": f"{visit.site.address}{visit.address('/')}",
        "inLanguage": visit.language.tag,
        "name": translations(visit.language.tag).gettext("IP protection"),
    }
    return _public(visit, "home.html", HOME, structured=structured)


def show_how_to_file(visit: Visit) -> Response:
    """Show what every complaint needs."""
    return _public(visit, "how_to_file.html", HOW, profiles=list(rights().values()))


def show_right(visit: Visit, right: str) -> Response:
    """Show what a complaint on a right asks for."""
    profile = {str(name): each for name, each in rights().items()}.get(right)
    if profile is None or right not in RIGHTS:
        raise Problem(NOT_FOUND)
    return _public(visit, "right.html", HOW, profile=profile)


def show_for_sellers(visit: Visit) -> Response:
    """Show what sellers can do."""
    return _public(visit, "for_sellers.html", SELLERS)


def show_questions(visit: Visit) -> Response:
    """Show answers to common questions, to search engines as well."""
    told = translations(visit.language.tag).gettext
    structured = {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "inLanguage": visit.language.tag,
        "mainEntity": [
            {
                "@type": "Question",
                "name": told(question),
                "acceptedAnswer": {"@type": "Answer", "text": told(answer)},
            }
            for question, answer in QUESTIONS
        ],
    }
    return _public(visit, "questions.html", ASKED, questions=QUESTIONS, structured=structured)


def show_figures(visit: Visit) -> Response:
    """Show the live figures, without any party's or mark's name."""
    return _public(visit, "figures.html", NUMBERS, block="live", figures=visit.site.kafka.figures())


def show_status(visit: Visit) -> Response:
    """Show the form that looks a complaint up."""
    return render(visit, "status.html", found=None, missing=False)


def look_up(visit: Visit) -> Response:
    """Show where a complaint stands to who knows its number and the address given with it."""
    client = visit.request.client
    address = f"address:{client.host if client else ''}"
    allowance = visit.services.rate_limits.take(address, STATUS_RATE)
    if not allowance.allowed:
        raise Problem(QUOTA_EXCEEDED, headers=headers(STATUS_RATE, allowance))
    found = visit.site.lists.by_number(visit.value("complaint"), visit.value("email"))
    return render(visit, "status.html", 200 if found else 404, found=found, missing=not found)
