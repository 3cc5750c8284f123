"""The pages on which a party chooses what it is told of, and those that its mails link to."""

from starlette.responses import Response

from ops.web.languages import FALLBACK, LANGUAGES
from ops.web.notification_preferences import (
    PreferencesRefused,
    Wish,
    confirm,
    end,
    keep,
    messages,
    part_of,
    preferences,
)
from ops.web.rendering import render
from ops.web.site import Visit
from sinks.notifications.kinds import KINDS, OBLIGATORY


def show_preferences(visit: Visit) -> Response:
    """Show what a party chose, and what was sent to it."""
    return _page(visit)


def choose(visit: Visit) -> Response:
    """Keep what a party chooses."""
    language = visit.value("language")
    wish = Wish(
        language if language in LANGUAGES else FALLBACK,
        visit.value("email"),
        visit.form.get("email_kinds", []),
        visit.value("webhook_address"),
        visit.form.get("webhook_kinds", []),
        bool(visit.value("new_secret")),
    )
    try:
        secret = keep(visit, wish)
    except PreferencesRefused as refused:
        return _page(visit, refused=str(refused))
    visit.note("choose_notifications")
    return _page(visit, secret=secret, kept=True)


def show_confirmation(visit: Visit, token: str) -> Response:
    """Ask whether an address is to be confirmed: a link alone does nothing."""
    return _link_page(visit, "confirm", "asked", token)


def confirm_address(visit: Visit, token: str) -> Response:
    """Confirm an address by the link that was sent to it."""
    return _link_page(visit, "confirm", "done" if confirm(visit, token) else "over", token)


def show_end(visit: Visit, token: str) -> Response:
    """Ask whether e-mails are to end."""
    return _link_page(visit, "end", "asked", token)


def end_mails(visit: Visit, token: str) -> Response:
    """End the e-mails of a party by the link in them."""
    return _link_page(visit, "end", "done" if end(visit, token) else "over", token)


def _page(visit: Visit, secret: str = "", refused: str = "", kept: bool = False) -> Response:
    part = part_of(visit.caller.role)
    return render(
        visit,
        "notifications.html",
        422 if refused else 200,
        preferences=preferences(visit),
        kinds=KINDS[part],
        obligatory=OBLIGATORY[part],
        messages=messages(visit),
        secret=secret,
        refused=refused,
        kept=kept,
    )


def _link_page(visit: Visit, about: str, state: str, token: str) -> Response:
    return render(
        visit,
        "notification_link.html",
        404 if state == "over" else 200,
        about=about,
        state=state,
        token=token,
    )
