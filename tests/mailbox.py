"""An SMTP server that keeps what it takes, and answers as it is told to."""

import ssl
from email import message_from_bytes
from email.policy import default

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from ops.local.process import free_port

USER, PASSWORD = "ip", "a password"


class Mailbox:
    """Its mails, and answers that it gives once each before it takes any (a step and a reply)."""

    def __init__(self, certificate=None, with_password=False, greeting="starttls"):
        self.mails = []
        self.answers = []
        self.taken = lambda: None
        """Called once a mail is kept, before that is answered."""
        self.port = free_port()
        options = {}
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*certificate)
            options = {"tls_context": context, "require_starttls": True}
            if greeting == "implicit":
                options = {"ssl_context": context}
        if with_password:
            options |= {"authenticator": self._known, "auth_required": True}
            options |= {"auth_require_tls": greeting == "starttls"}
        self._options = options

    def open(self):
        self._controller = Controller(self, "127.0.0.1", self.port, **self._options)
        self._controller.start()

    def close(self):
        self._controller.stop()

    def __enter__(self):
        self.open()
        return self

    def __exit__(self, *_error):
        self.close()

    def _known(self, _server, _session, _envelope, _mechanism, data):
        good = (data.login, data.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=good, handled=good)

    async def handle_MAIL(self, _server, _session, envelope, address, _options):  # noqa: N802
        envelope.mail_from = address
        return self._answer("MAIL") or "250 OK"

    async def handle_RCPT(self, _server, _session, envelope, address, _options):  # noqa: N802
        answer = self._answer("RCPT")
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, _server, _session, envelope):  # noqa: N802
        answer = self._answer("DATA")
        if answer is None:
            mail = message_from_bytes(envelope.content, policy=default)
            self.mails.append((envelope.rcpt_tos[0], mail))
            self.taken()
        return answer or "250 2.0.0 OK"

    def _answer(self, step):
        if self.answers and self.answers[0][0] == step:
            return self.answers.pop(0)[1]
        return None
