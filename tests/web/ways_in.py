"""Signing in at the sample provider, as a browser does."""

from urllib.parse import parse_qs, urlsplit

from fastapi.testclient import TestClient

from streams.sources.filing.tokens import Caller
from web.site_made import CLIENT, ISSUED_BY

HOLDER = Caller("holder-1", "rights_holder")


def bind(pages, subject="erika", caller=HOLDER, rights="owner"):
    members, now = pages.app.state.site.members, pages.clock.now_milliseconds()
    return members.bind(caller, rights, subject.title(), (ISSUED_BY, subject), now)


def sent_off(pages, **fields):
    """Go to the provider; return what the browser is to ask of it."""
    answer = pages.post("/en/sign-in/provider", **fields)
    assert answer.status_code == 303, answer.text
    parts = urlsplit(answer.headers["location"])
    assert f"{parts.scheme}://{parts.netloc}{parts.path}" == f"{ISSUED_BY}/authorize"
    return {name: values[0] for name, values in parse_qs(parts.query).items()}


def chosen(pages, asked, subject="erika"):
    """Choose a person at the provider; return the path by which it sends back."""
    provider = TestClient(pages.sample.application(), ISSUED_BY, follow_redirects=False)
    answer = provider.post("/authorize", data={**asked, "subject": subject})
    assert answer.headers["location"].startswith(f"{CLIENT[1]}?")
    parts = urlsplit(answer.headers["location"])
    return f"{parts.path}?{parts.query}"


def signed_in(pages, subject="erika", **fields):
    return pages.get(chosen(pages, sent_off(pages, **fields), subject))
