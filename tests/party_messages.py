"""Notices to parties that chose to be told, for tests of what tells them."""

from filing.harness import WRAPPING_KEYS
from statement_events import NOON

from ops.web.notification_texts import letters
from schemas.events.notices import NotifyParty
from schemas.wire.delivered import Delivered
from sinks.contract import Span
from sinks.database.database import connect
from sinks.notifications.mail import MailSettings, PartyMail
from sinks.notifications.messages import Contact, Messages, content_of
from sinks.notifications.store import NotificationStore
from sinks.private_texts.store import PrivateTextStore

SENDER = "notices@ip.example"
SITE = "https://ip.example"
EMAIL = "ip@brand.example"
CONTACT = Contact(EMAIL, "the-confirm-token", "the-end-token")
TABLES = "submissions, positions, party_messages, notification_preferences, private_texts"


def clean(address):
    with connect(address) as connection:
        connection.execute(f"TRUNCATE {TABLES} CASCADE")


def texts_at(clock):
    return PrivateTextStore(WRAPPING_KEYS, clock)


def choose(address, part="complainant", kinds=("decision",), state="confirmed", **changes):
    """Have a party, holder-1 or seller-9, want to be told by e-mail since noon."""
    party_id = "seller-9" if part == "seller" else "holder-1"
    contact, store = CONTACT._replace(**changes), texts_at(lambda: NOON)
    with connect(address) as connection, connection.transaction():
        texts = store.sealing(connection, party_id)
        sha256 = texts.keep(content_of(contact))
        store.put(connection, texts, f"of-{party_id}")
        connection.execute(
            """
            INSERT INTO notification_preferences (preference_id, party_id, part, language,
                email_state, email_kinds, email_since_milliseconds, webhook_kinds,
                webhook_since_milliseconds, content_sha256, changed_at_milliseconds)
            VALUES (%s, %s, %s, 'de', %s, %s, %s, %s, %s, %s, %s)
            """,
            (
                f"of-{party_id}", party_id, part, state, list(kinds), NOON, list(kinds),
                NOON if contact.webhook_address else None, sha256, NOON,
            ),
        )  # fmt: skip


def notice(number=0, **changes):
    made = NotifyParty(
        f"{number:032x}", "holder-1", "complainant", "decision", f"case-{number}", "listing-3",
        "shop", 1, "take_down", (), True, None, NOON + 86_400_000, NOON,
    )  # fmt: skip
    return made._replace(**changes)


def to_seller(number=0, **changes):
    return notice(number, party_id="seller-9", role="seller", **changes)


def write(address, clock, events, first=0):
    store = NotificationStore(address, clock)
    records = [
        Delivered("ip.notices.commands", 0, first + n, event, NOON)
        for n, event in enumerate(events)
    ]
    store.write(records, {("ip.notices.commands", 0): Span(first, first + len(records))})
    store.close()
    return store.endings


def drain(sender, clock, turns=30):
    for _ in range(turns):
        sender.turn()
        clock.now += 20 * 60_000


def states(address):
    with connect(address) as connection:
        query = "SELECT state, errors FROM submissions ORDER BY submission_number"
        return connection.execute(query).fetchall()


def mail_to(address, clock, mailbox, **settings):
    given = MailSettings("127.0.0.1", mailbox.port, SENDER, **{"encryption": "none", **settings})
    return PartyMail(given, Messages(address, texts_at(clock)), letters(SITE), clock)
