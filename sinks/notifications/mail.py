"""E-mails to parties through one SMTP server (RFC 5321), on a connection that is kept.

An attempt that was cut off after the text had gone out may have been taken. It is made again under
the same Message-ID, by which a mailbox can tell a repeat.
"""

import re
import smtplib
import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP as MAIL_POLICY
from email.utils import format_datetime
from typing import Final, Literal, NamedTuple

from sinks.notifications.kinds import DESTINATIONS
from sinks.notifications.letters import TAKEN_BACK, Compose, Letter, bounded
from sinks.notifications.messages import DueMessage, Messages
from sinks.submissions.contract import Ending, Submission, SubmissionsStopped
from sinks.submissions.endings import error_of
from sinks.submissions.http import AddressRefused, is_this_machine

TIMEOUT_SECONDS: Final = 30.0
_ENHANCED: Final = re.compile(rb"\s*([245]\.\d{1,3}\.\d{1,3})\b")
_CLOSING: Final = 421
"""The server ends the connection, and took nothing."""

Encryption = Literal["implicit", "starttls", "none"]


class MailSettings(NamedTuple):
    """A server that takes mails, and from whom they are; `encryption` none on this machine only."""

    host: str
    port: int
    sender: str
    encryption: Encryption = "starttls"
    user: str = ""
    password: str = ""
    certificate_authority: str | None = None
    timeout_seconds: float = TIMEOUT_SECONDS

    def __repr__(self) -> str:
        """Show no password, in logs or elsewhere."""
        return f"MailSettings({self.host}:{self.port})"


class PartyMail:
    """The destination of one sender. Errors of making it: AddressRefused."""

    name = DESTINATIONS["email"]
    batch_limit = 1

    def __init__(
        self,
        settings: MailSettings,
        messages: Messages,
        compose: Compose,
        now_milliseconds: Callable[[], int],
    ) -> None:
        if settings.encryption == "none" and not is_this_machine(settings.host):
            raise AddressRefused(f"{settings.host}: mails may only go over TLS")
        self._settings = settings
        self._messages = messages
        self._compose = compose
        self._now = now_milliseconds
        self._server: smtplib.SMTP | None = None

    def deliver(self, batch: list[Submission]) -> dict[str, Ending]:
        """Send mails one by one; give the ending of each.

        Errors: SubmissionsStopped, where the server does not take the sender; SinkUnavailable.
        """
        due = self._messages.due([each.key for each in batch])
        return {
            each.key: bounded(each, self._deliver(due[each.key])) if each.key in due else TAKEN_BACK
            for each in batch
        }

    def close(self) -> None:
        """Close the connections."""
        self._leave()
        self._messages.close()

    def _deliver(self, due: DueMessage) -> Ending:
        content = _mail(due, self._compose(due), self._settings.sender, self._now())
        try:
            server = self._connected()
        except (smtplib.SMTPException, OSError) as error:
            self._leave()
            return Ending("unreachable", errors=error_of(type(error).__name__, "connection"))
        began_sending = False
        try:
            code, _ = server.mail(self._settings.sender)
            if code >= 500:
                raise SubmissionsStopped(f"the mail server does not take our sender: {code}")
            if code == 250:
                code, reply = server.rcpt(due.contact.email)
                if code in (250, 251):
                    began_sending = True
                    code, reply = server.data(content)
                    if code == 250:
                        return Ending("sent")
                return self._refusal(code, reply)
            return self._refusal(code, b"")
        except smtplib.SMTPDataError as error:
            return self._refusal(error.smtp_code, _bytes(error.smtp_error))
        except (smtplib.SMTPException, OSError) as error:
            self._leave()
            kind: Literal["unclear", "unreachable"] = "unclear" if began_sending else "unreachable"
            return Ending(kind, errors=error_of(type(error).__name__, "connection"))

    def _connected(self) -> smtplib.SMTP:
        """Return a connection that answers. Errors: SubmissionsStopped, SMTPException, OSError."""
        if self._server is not None:
            try:
                if self._server.rset()[0] == 250:
                    return self._server
            except (smtplib.SMTPException, OSError):
                pass
            self._leave()
        settings = self._settings
        context = ssl.create_default_context(cafile=settings.certificate_authority)
        given = (settings.host, settings.port)
        if settings.encryption == "implicit":
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                *given, timeout=settings.timeout_seconds, context=context
            )
        else:
            server = smtplib.SMTP(*given, timeout=settings.timeout_seconds)
        self._server = server
        try:
            if settings.encryption == "starttls":
                server.starttls(context=context)
            server.ehlo_or_helo_if_needed()
            if settings.user:
                server.login(settings.user, settings.password)
        except smtplib.SMTPNotSupportedError as error:
            raise SubmissionsStopped(
                f"the mail server can't do as it is set up: {error}"
            ) from error
        except smtplib.SMTPAuthenticationError as error:
            if error.smtp_code < 500:
                raise
            told = f"the mail server answered {error.smtp_code}: user or password are not right"
            raise SubmissionsStopped(told) from error
        return server

    def _refusal(self, code: int, reply: bytes) -> Ending:
        """Return the ending for a code that is no success; the server's words are not kept, as
        they name the address."""
        found = _ENHANCED.match(reply)
        errors = error_of(f"{code} {found[1].decode()}" if found else str(code), "smtp")
        if code == _CLOSING or code < 0:
            self._leave()
            return Ending("unreachable", errors=errors)
        return Ending("refused" if code >= 500 else "later", errors=errors)

    def _leave(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


def _mail(due: DueMessage, letter: Letter, sender: str, now_milliseconds: int) -> bytes:
    mail = EmailMessage(MAIL_POLICY)
    mail["From"] = sender
    mail["To"] = due.contact.email
    mail["Subject"] = letter.subject
    mail["Message-ID"] = f"<{due.message.message_id}@{sender.rpartition('@')[2]}>"
    mail["Date"] = format_datetime(datetime.fromtimestamp(now_milliseconds / 1000, UTC))
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = due.language
    if letter.end_address:
        mail["List-Unsubscribe"] = f"<{letter.end_address}>"
    mail.set_content(letter.text)
    return mail.as_bytes()


def _bytes(reply: bytes | str) -> bytes:
    return reply if isinstance(reply, bytes) else reply.encode()
