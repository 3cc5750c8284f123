"""What a party wants to be told of: kept, confirmed, and ended by the links of mails."""

import re
import secrets
from hashlib import sha256 as hashed
from typing import Any, Final, NamedTuple

from ops.web.provider_settings import secure
from ops.web.site import Visit
from schemas.durations import DAY_MILLISECONDS
from schemas.events.parties import PartyRole
from sinks.dispatch.webhook_signing import new_secret
from sinks.notifications.kinds import CONFIRM, KINDS, chosen
from sinks.notifications.messages import (
    Contact,
    PartyMessage,
    contact_of,
    content_of,
    put,
)
from sinks.private_texts.contract import KeyErased
from streams.sources.filing.database import Connection
from streams.sources.filing.problems import UNAVAILABLE, Problem
from streams.sources.filing.tokens import Role

CONFIRM_MILLISECONDS: Final = 3 * DAY_MILLISECONDS
MAXIMUM_CONFIRMATIONS: Final = 10
"""Links that a party has sent in a day, as they go to an address that may be a stranger's."""
MAXIMUM_SHOWN: Final = 20
MAXIMUM_ADDRESS_CHARACTERS: Final = 2_000
_EMAIL: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")
_FOUND: Final = """
    SELECT preference_id, language, email_state, email_kinds, email_since_milliseconds,
        webhook_kinds, webhook_since_milliseconds, content_sha256
    FROM notification_preferences WHERE party_id = %s AND part = %s
"""
_PUT: Final = """
    INSERT INTO notification_preferences (preference_id, party_id, part, language, email_state,
        email_kinds, email_since_milliseconds, webhook_kinds, webhook_since_milliseconds,
        confirm_hash, confirm_until_milliseconds, end_hash, content_sha256, changed_at_milliseconds)
    VALUES (%(preference_id)s, %(party_id)s, %(part)s, %(language)s, %(email_state)s,
        %(email_kinds)s, %(email_since)s, %(webhook_kinds)s, %(webhook_since)s, %(confirm_hash)s,
        %(confirm_until)s, %(end_hash)s, %(sha256)s, %(now)s)
    ON CONFLICT (party_id, part) DO UPDATE SET language = EXCLUDED.language,
        email_state = EXCLUDED.email_state, email_kinds = EXCLUDED.email_kinds,
        email_since_milliseconds = EXCLUDED.email_since_milliseconds,
        webhook_kinds = EXCLUDED.webhook_kinds,
        webhook_since_milliseconds = EXCLUDED.webhook_since_milliseconds,
        confirm_hash = EXCLUDED.confirm_hash,
        confirm_until_milliseconds = EXCLUDED.confirm_until_milliseconds,
        end_hash = EXCLUDED.end_hash, content_sha256 = EXCLUDED.content_sha256,
        changed_at_milliseconds = EXCLUDED.changed_at_milliseconds
"""
_LOCKED: Final = "SELECT FROM party_keys WHERE party_id = %s AND wrapped IS NOT NULL FOR UPDATE"
_SENT_TODAY: Final = """
    SELECT count(*) AS sent FROM party_messages
    WHERE party_id = %s AND kind = %s AND issued_at_milliseconds > %s
"""
_CONFIRM: Final = """
    UPDATE notification_preferences SET email_state = 'confirmed',
        email_since_milliseconds = %(now)s, confirm_hash = NULL, confirm_until_milliseconds = NULL
    WHERE confirm_hash = %(hash)s AND confirm_until_milliseconds > %(now)s
        AND email_state = 'unconfirmed'
"""
_END: Final = """
    UPDATE notification_preferences SET email_state = 'none', email_since_milliseconds = NULL,
        confirm_hash = NULL, confirm_until_milliseconds = NULL, end_hash = NULL,
        changed_at_milliseconds = %s
    WHERE end_hash = %s AND email_state <> 'none'
"""
_MESSAGES: Final = """
    SELECT kind, way, case_id, issued_at_milliseconds, state, errors
    FROM party_messages JOIN submissions ON key = message_id AND destination = 'party-' || way
    WHERE party_id = %s AND part = %s ORDER BY issued_at_milliseconds DESC, message_id LIMIT %s
"""


class PreferencesRefused(Exception):
    """Why preferences are not kept; the message is a code of words.ERRORS."""


class Preferences(NamedTuple):
    """What a party chose, and where it is reached."""

    preference_id: str
    language: str
    email_state: str
    email_kinds: list[str]
    email_since_milliseconds: int | None
    webhook_kinds: list[str]
    webhook_since_milliseconds: int | None
    contact: Contact

    @property
    def email(self) -> str:
        """The address that mails go to; empty where they were ended."""
        return "" if self.email_state == "none" else self.contact.email


class Wish(NamedTuple):
    """What a party asks for."""

    language: str
    email: str
    email_kinds: list[str]
    webhook_address: str
    webhook_kinds: list[str]
    new_secret: bool


def part_of(role: Role) -> PartyRole:
    """Return the part in which a party's notices reach it."""
    return "seller" if role == "seller" else "complainant"


def preferences(visit: Visit) -> Preferences:
    """Return a party's preferences, or where it has none what a form begins with.

    Errors: Problem UNAVAILABLE.
    """
    with visit.services.database.connection() as connection:
        return _read(visit, connection)


def _read(visit: Visit, connection: Connection) -> Preferences:
    part, party_id = part_of(visit.caller.role), visit.caller.party_id
    row: dict[str, Any] | None = connection.execute(_FOUND, (party_id, part)).fetchone()
    if row is None:
        kinds = list(KINDS[part])
        return Preferences("", visit.language.tag, "none", kinds, None, kinds, None, Contact())
    sha256 = row.pop("content_sha256")
    content = visit.services.private_texts.read(connection, [sha256], visit.caller.name).get(sha256)
    return Preferences(**row, contact=contact_of(content) if content else Contact())


def keep(visit: Visit, wish: Wish) -> str:
    """Keep what a party asks for, and have an address that is new confirmed; give a webhook's
    new secret, if there is one, which is told once.

    Errors: PreferencesRefused; Problem UNAVAILABLE.
    """
    _check(wish)
    party_id, part, store = visit.caller.party_id, part_of(visit.caller.role), visit.services
    sealing = store.store.sealing(party_id)
    with store.database.transaction() as connection:
        connection.execute(_LOCKED, (party_id,))
        before = _read(visit, connection)
        confirmed = before.email_state == "confirmed" and before.email == wish.email
        asked = bool(wish.email) and not confirmed
        contact, fresh_secret = _contact(before, wish, asked)
        row = {
            "preference_id": before.preference_id or f"notifications-{secrets.token_hex(16)}",
            "party_id": party_id,
            "part": part,
            "language": wish.language,
            "email_state": "unconfirmed" if asked else "confirmed" if confirmed else "none",
            "email_kinds": chosen(part, wish.email_kinds),
            "email_since": before.email_since_milliseconds if confirmed else None,
            "webhook_kinds": chosen(part, wish.webhook_kinds),
            "webhook_since": _webhook_since(before, wish, visit.now),
            "confirm_hash": hash_of(contact.confirm_token) if asked else None,
            "confirm_until": visit.now + CONFIRM_MILLISECONDS if asked else None,
            "end_hash": hash_of(contact.end_token) if wish.email else None,
            "now": visit.now,
            "sha256": sealing.keep(content_of(contact)),
        }
        store.private_texts.forget(connection, str(row["preference_id"]))
        try:
            store.private_texts.put(connection, sealing, str(row["preference_id"]))
        except KeyErased as error:
            raise Problem(UNAVAILABLE) from error
        connection.execute(_PUT, row)
        if asked:
            _ask_to_confirm(visit, connection)
    return fresh_secret


def _check(wish: Wish) -> None:
    if wish.email and (len(wish.email) > 254 or not _EMAIL.fullmatch(wish.email)):
        raise PreferencesRefused("email_invalid")
    if not wish.webhook_address:
        return
    try:
        secure(wish.webhook_address)
    except ValueError as error:
        raise PreferencesRefused("webhook_invalid") from error
    if len(wish.webhook_address) > MAXIMUM_ADDRESS_CHARACTERS:
        raise PreferencesRefused("webhook_invalid")


def _contact(before: Preferences, wish: Wish, asked: bool) -> tuple[Contact, str]:
    """Return where a party is reached from now on, and a webhook's secret if it is a new one."""
    old = before.contact
    same = old.webhook_address == wish.webhook_address and not wish.new_secret
    fresh_secret = new_secret() if wish.webhook_address and not same else ""
    same_end = bool(before.email) and before.email == wish.email
    contact = Contact(
        wish.email,
        secrets.token_urlsafe(24) if asked else "",
        (old.end_token if same_end else secrets.token_urlsafe(24)) if wish.email else "",
        wish.webhook_address,
        (fresh_secret or old.webhook_secret) if wish.webhook_address else "",
    )
    return contact, fresh_secret


def _webhook_since(before: Preferences, wish: Wish, now: int) -> int | None:
    """Return since when a webhook is told: what was issued for an older one does not go to it."""
    if not wish.webhook_address:
        return None
    same = before.contact.webhook_address == wish.webhook_address
    return (before.webhook_since_milliseconds if same else None) or now


def _ask_to_confirm(visit: Visit, connection: Connection) -> None:
    party_id, part = visit.caller.party_id, part_of(visit.caller.role)
    given = (party_id, CONFIRM, visit.now - DAY_MILLISECONDS)
    row = connection.execute(_SENT_TODAY, given).fetchone()
    if row is None or row["sent"] >= MAXIMUM_CONFIRMATIONS:
        raise PreferencesRefused("confirmations_too_many")
    message_id = f"email-{secrets.token_hex(16)}"
    message = PartyMessage(message_id, party_id, part, "email", CONFIRM, "", None, None, visit.now)
    put(connection, [message], visit.now)


def messages(visit: Visit) -> list[dict[str, Any]]:
    """Return the newest messages to a party, with what became of them."""
    given = (visit.caller.party_id, part_of(visit.caller.role), MAXIMUM_SHOWN)
    with visit.services.database.connection() as connection:
        return connection.execute(_MESSAGES, given).fetchall()


def confirm(visit: Visit, token: str) -> bool:
    """Confirm the address that a link was sent to; tell whether the link was good."""
    with visit.services.database.connection() as connection:
        given = {"hash": hash_of(token), "now": visit.now}
        return connection.execute(_CONFIRM, given).rowcount == 1


def end(visit: Visit, token: str) -> bool:
    """End the e-mails of whose link it is; tell whether there were any."""
    with visit.services.database.connection() as connection:
        return connection.execute(_END, (visit.now, hash_of(token))).rowcount == 1


def hash_of(token: str) -> bytes:
    """Return the hash by which a link's token is known here."""
    return hashed(token.encode()).digest()
