"""Sign-in at the identity provider: the way there, and the way back.

What began is a row, found by the state that comes back and tied to the browser that was sent off;
it is taken out when it is used. So a state that we did not give, or gave to another browser, and a
return that comes again, lead nowhere.
"""

from typing import Any, Final

from starlette.responses import RedirectResponse, Response

from ops.web.account_pages import sign_in_page, signed_in
from ops.web.identity_provider import (
    Begun,
    IdentityProvider,
    ProviderUnavailable,
    SignInRefused,
    begin,
)
from ops.web.languages import LANGUAGES
from ops.web.members import Member, hash_of
from ops.web.routing import local_address
from ops.web.site import Visit
from schemas.durations import MINUTE_MILLISECONDS
from schemas.handled_errors import note_handled
from streams.sources.filing.problems import NOT_FOUND, Problem

RETURN_PATH: Final = "/en/sign-in/return"
"""The one address that the provider is told of; the language is known from what began."""
SIGN_IN_MILLISECONDS: Final = 10 * MINUTE_MILLISECONDS
_BEGUN: Final = """
    INSERT INTO web_sign_ins (state_hash, browser_hash, nonce, verifier, language, wanted,
        invitation_hash, expires_at_milliseconds)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""
_TAKEN: Final = """
    DELETE FROM web_sign_ins
    WHERE state_hash = %s AND browser_hash = %s AND expires_at_milliseconds > %s
    RETURNING nonce, verifier, language, wanted, invitation_hash
"""


def go_to_provider(visit: Visit) -> Response:
    """Send the browser to where one signs in."""
    wanted = local_address(visit, visit.value("next")) or ""
    begun, invitation = begin(), visit.value("invitation")
    try:
        address = _provider(visit).address(begun)
    except ProviderUnavailable as error:
        return _unavailable(visit, wanted, error)
    with visit.services.database.connection() as connection:
        connection.execute(
            "DELETE FROM web_sign_ins WHERE expires_at_milliseconds < %s", (visit.now,)
        )
        connection.execute(
            _BEGUN,
            (
                *(hash_of(begun.state), hash_of(visit.form_cookie), begun.nonce, begun.verifier),
                *(visit.language.tag, wanted, hash_of(invitation) if invitation else None),
                visit.now + SIGN_IN_MILLISECONDS,
            ),
        )
    return RedirectResponse(address, 303)


def come_back(visit: Visit) -> Response:
    """Begin a session of the member whom the provider told."""
    provider, told = _provider(visit), visit.request.query_params
    row = _taken(visit, told.get("state", ""))
    if row is None:
        return sign_in_page(visit, "", "refused")
    visit.language = LANGUAGES[row["language"]]
    begun = Begun(told["state"], row["nonce"], row["verifier"])
    try:
        if "code" not in told:
            raise SignInRefused("the provider gave no code")
        subject = provider.subject(told["code"], told.get("iss"), begun)
    except SignInRefused as refused:
        note_handled("sign_in", refused)
        return sign_in_page(visit, row["wanted"], "refused")
    except ProviderUnavailable as error:
        return _unavailable(visit, row["wanted"], error)
    member = _member(visit, provider.settings.issuer, subject, row["invitation_hash"])
    if member is None:
        return sign_in_page(visit, row["wanted"], "stranger")
    return signed_in(visit, visit.site.sessions.begin_as(member, visit.now), row["wanted"])


def _provider(visit: Visit) -> IdentityProvider:
    if visit.site.provider is None:
        raise Problem(NOT_FOUND)
    return visit.site.provider


def _taken(visit: Visit, state: str) -> dict[str, Any] | None:
    values = (hash_of(state), hash_of(visit.form_cookie), visit.now)
    with visit.services.database.connection() as connection:
        row: dict[str, Any] | None = connection.execute(_TAKEN, values).fetchone()
    return row


def _member(
    visit: Visit, issuer: str, subject: str, invitation_hash: bytes | None
) -> Member | None:
    members = visit.site.members
    known = members.of_subject(issuer, subject)
    if known is not None or invitation_hash is None:
        return known
    return members.join(bytes(invitation_hash), issuer, subject, visit.now)


def _unavailable(visit: Visit, wanted: str, error: ProviderUnavailable) -> Response:
    note_handled("identity_provider", error)
    return sign_in_page(visit, wanted, "unavailable")
