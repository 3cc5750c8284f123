"""E-mails go over TLS, to a server that is known, with a password that is not told to others."""

from mailbox import PASSWORD, USER, Mailbox

import pytest
import trustme
from party_messages import (
    SENDER,
    SITE,
    choose,
    mail_to,
    notice,
    states,
    texts_at,
    write,
)

from ops.web.notification_texts import letters
from sinks.notifications.mail import MailSettings, PartyMail
from sinks.notifications.messages import Messages
from sinks.submissions.contract import SubmissionsStopped
from sinks.submissions.http import AddressRefused
from sinks.submissions.sender import Sender


@pytest.fixture
def address(database):
    return database


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """Return files of an authority, a certificate of this machine by it, and its key."""
    directory = tmp_path_factory.mktemp("certificates")
    authority = trustme.CA()
    made = authority.issue_cert("127.0.0.1")
    paths = [str(directory / name) for name in ("authority", "certificate", "key")]
    authority.cert_pem.write_to_path(paths[0])
    made.cert_chain_pems[0].write_to_path(paths[1])
    made.private_key_pem.write_to_path(paths[2])
    return paths


def test_over_tls_with_a_password(address, clock, certificate):
    choose(address)
    for number, encryption in enumerate(("starttls", "implicit")):
        write(address, clock, [notice(number)], first=number)
        with Mailbox(certificate[1:], with_password=True, greeting=encryption) as mailbox:
            given = {"encryption": encryption, "certificate_authority": certificate[0]}
            wrong = mail_to(address, clock, mailbox, **given, user=USER, password="another")
            refused = Sender(address, wrong, clock)
            with pytest.raises(SubmissionsStopped, match="user or password"):
                refused.turn()
            refused._disconnect()
            wrong.close()
            mail = mail_to(address, clock, mailbox, **given, user=USER, password=PASSWORD)
            sender = Sender(address, mail, clock)
            sender.turn()
            sender._disconnect()
            mail.close()
            assert len(mailbox.mails) == 1


def test_mails_do_not_go_in_the_clear_or_to_who_is_not_certified(address, clock, certificate):
    choose(address)
    write(address, clock, [notice()])
    with Mailbox() as plain:
        mail = mail_to(address, clock, plain, encryption="starttls")
        refused = Sender(address, mail, clock)
        with pytest.raises(SubmissionsStopped):
            refused.turn()
        refused._disconnect()
        mail.close()
    with Mailbox(certificate[1:]) as unknown:
        mail = mail_to(address, clock, unknown, encryption="starttls")
        sender = Sender(address, mail, clock)
        sender.turn()
        sender._disconnect()
        mail.close()
        assert unknown.mails == []
    assert states(address)[0][0] == "pending"
    elsewhere = MailSettings("mail.example", 25, SENDER, "none")
    with pytest.raises(AddressRefused):
        PartyMail(elsewhere, Messages(address, texts_at(clock)), letters(SITE), clock)
