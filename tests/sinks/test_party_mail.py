"""Messages reach parties by e-mail: once each, whatever is refused, cut off or killed."""

import subprocess
import sys
import time
from mailbox import Mailbox
from pathlib import Path

import pytest
from party_messages import (
    EMAIL,
    SITE,
    choose,
    clean,
    drain,
    mail_to,
    notice,
    states,
    texts_at,
    to_seller,
    write,
)
from statement_events import NOON, sanction

from sinks.database.database import connect
from sinks.notifications.kinds import CONFIRM
from sinks.notifications.letters import MAXIMUM_ATTEMPTS
from sinks.notifications.messages import PartyMessage, put
from sinks.submissions.sender import Sender

TESTS = Path(__file__).parents[1]


@pytest.fixture
def address(migrated):
    clean(migrated)
    return migrated


@pytest.fixture
def mailbox():
    with Mailbox() as made:
        yield made


@pytest.fixture
def sender(address, clock, mailbox):
    mail = mail_to(address, clock, mailbox)
    made = Sender(address, mail, clock)
    yield made
    made._disconnect()
    mail.close()


def test_a_party_is_told_once_in_its_language_with_links_and_no_more(
    address, clock, sender, mailbox
):
    choose(address)
    endings = write(address, clock, [notice(), notice(1, kind="appeal_filed"), notice()])
    assert (endings["made"], endings["repeated"]) == (1, 1)
    drain(sender, clock)
    ((to, mail),) = mailbox.mails
    assert to == EMAIL
    assert mail["Subject"] == "Eine Entscheidung ist gefallen"
    assert mail["Message-ID"] == f"<email-{0:032x}@ip.example>"
    assert mail["List-Unsubscribe"] == f"<{SITE}/de/notifications/end/the-end-token>"
    text = mail.get_content()
    assert f"{SITE}/de/cases/case-0" in text
    assert "Einspruch" in text
    assert "listing-3" not in text
    assert [state for state, _ in states(address)] == ["sent"]
    drain(sender, clock)
    assert len(mailbox.mails) == 1


def test_what_was_issued_before_the_address_was_confirmed_is_not_sent(address, clock):
    choose(address)
    assert write(address, clock, [notice(issued_at_milliseconds=NOON - 1)])["made"] == 0
    assert states(address) == []


@pytest.mark.parametrize("state", ["none", "unconfirmed"])
def test_nobody_is_written_to_who_did_not_confirm(address, clock, state):
    choose(address, state=state)
    choose(address, part="seller", state=state)
    assert write(address, clock, [notice(), to_seller()])["made"] == 0


def test_a_seller_is_told_of_decisions_whatever_it_chose_and_of_others_as_it_chose(address, clock):
    choose(address, part="seller", kinds=("retracted",))
    told = [
        *(to_seller(1), to_seller(2, kind="counter_notice_decided")),
        *(to_seller(3, kind="appeal_decided"), sanction(party_id="seller-9")),
        *(to_seller(4, kind="retracted"), to_seller(5, kind="appeal_filed")),
    ]
    assert write(address, clock, told)["made"] == 5
    with connect(address) as connection:
        kinds = connection.execute("SELECT kind FROM party_messages").fetchall()
    assert ("appeal_filed",) not in kinds


def test_a_refusal_for_now_is_tried_again_later_and_keeps_nobody_waiting(
    address, clock, sender, mailbox
):
    choose(address)
    write(address, clock, [notice(0), notice(1)])
    mailbox.answers = [("RCPT", "451 4.7.1 greylisted, ip@brand.example")]
    assert sender.turn() == 0.0
    sender.turn()
    assert [mail["Message-ID"][7:39] for _, mail in mailbox.mails] == [f"{1:032x}"]
    assert states(address)[0] == ("pending", [{"field": "smtp", "message": "451 4.7.1"}])
    drain(sender, clock)
    assert len(mailbox.mails) == 2


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
def test_a_refusal_for_good_is_kept_without_the_servers_words(
    address, clock, sender, mailbox, step
):
    choose(address)
    write(address, clock, [notice()])
    mailbox.answers = [(step, "550 5.1.1 <ip@brand.example> unknown")]
    drain(sender, clock)
    assert mailbox.mails == []
    assert states(address) == [("refused", [{"field": "smtp", "message": "550 5.1.1"}])]


def test_attempts_are_bounded(address, clock, sender, mailbox):
    choose(address)
    write(address, clock, [notice()])
    mailbox.answers = [("RCPT", "450 4.2.1 busy")] * (MAXIMUM_ATTEMPTS + 5)
    drain(sender, clock, MAXIMUM_ATTEMPTS + 5)
    ((state, errors),) = states(address)
    assert (state, errors[-1]["field"]) == ("refused", "tried")
    assert len(mailbox.answers) == 5


def test_a_server_that_is_away_costs_no_attempt(address, clock, sender, mailbox):
    choose(address)
    write(address, clock, [notice()])
    mailbox.close()
    drain(sender, clock, 3)
    mailbox.open()
    with connect(address) as connection:
        assert connection.execute("SELECT attempts FROM submissions").fetchone() == (0,)
    drain(sender, clock, 2)
    assert len(mailbox.mails) == 1


def test_what_is_taken_back_while_it_waits_is_not_sent(address, clock, sender, mailbox):
    choose(address)
    write(address, clock, [notice(0), notice(1)])
    with connect(address) as connection:
        connection.execute("UPDATE notification_preferences SET email_state = 'none'")
    drain(sender, clock)
    assert mailbox.mails == []
    assert {errors[0]["field"] for _, errors in states(address)} == {"taken_back"}


def test_an_erased_party_is_not_written_to(address, clock, sender, mailbox):
    choose(address)
    write(address, clock, [notice()])
    with connect(address) as connection:
        texts_at(clock).erase(connection, "holder-1")
    drain(sender, clock)
    assert mailbox.mails == []


def test_a_confirmation_goes_to_who_waits_for_one_only(address, clock, sender, mailbox):
    choose(address, state="unconfirmed")
    message = PartyMessage(
        "email-c", "holder-1", "complainant", "email", CONFIRM, "", None, None, NOON
    )
    with connect(address) as connection, connection.transaction():
        put(connection, [message], NOON)
    drain(sender, clock, 2)
    ((_, mail),) = mailbox.mails
    assert f"{SITE}/de/notifications/confirmation/the-confirm-token" in mail.get_content()
    assert mail["List-Unsubscribe"] is None


CHILD = """
import sys
sys.path[:0] = {paths}
from party_messages import mail_to
from sinks.submissions.sender import Sender
from types import SimpleNamespace
clock = lambda: {now}
mail = mail_to({address!r}, clock, SimpleNamespace(port={port}))
Sender({address!r}, mail, clock).turn()
"""


def test_killed_between_sending_and_recording_it_is_sent_again_under_the_same_id(
    address, clock, sender, mailbox
):
    choose(address)
    write(address, clock, [notice()])
    code = CHILD.format(
        paths=[str(TESTS.parent), str(TESTS)],
        now=NOON,
        address=address,
        port=mailbox.port,
    )
    started = []

    def kill():
        # The mail is kept, and its sender does not learn of it.
        started[0].kill()
        started[0].wait()

    mailbox.taken = kill
    started.append(subprocess.Popen([sys.executable, "-c", code], cwd=TESTS.parent))
    for _ in range(600):
        if started[0].poll() is not None:
            break
        time.sleep(0.1)
    assert started[0].returncode == -9
    assert states(address)[0][0] == "pending"
    mailbox.taken = lambda: None
    # PostgreSQL lets go of the killed one's lock once it sees it gone.
    for _ in range(100):
        sender.turn()
        if states(address)[0][0] == "sent":
            break
        time.sleep(0.1)
    drain(sender, clock, 3)
    assert [mail["Message-ID"] for _, mail in mailbox.mails] == [f"<email-{0:032x}@ip.example>"] * 2
