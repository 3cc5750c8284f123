"""`python -m ops sample-mailbox`: an SMTP server to try e-mails with, on loopback only.

It takes every mail and shows the newest on a page; nothing leaves this machine.
"""

import argparse
from collections import deque
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiohttp import web
from aiosmtpd.controller import Controller

MAXIMUM_MAILS = 100


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("sample-mailbox", help="an SMTP server to try e-mails with")
    parser.add_argument("--port", type=int, required=True, help="of SMTP")
    parser.add_argument("--web-port", type=int, required=True, help="where the mails are shown")
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Serve until SIGTERM or SIGINT."""
    mailbox = SampleMailbox()
    controller = Controller(mailbox, "127.0.0.1", options.port)
    controller.start()
    try:
        application = mailbox.application()
        address = {"host": "127.0.0.1", "port": options.web_port}
        web.run_app(application, **address, access_log=None, print=None)
    finally:
        controller.stop()
    return 0


class SampleMailbox:
    """The newest mails, whoever they are to."""

    def __init__(self) -> None:
        self._mails: deque[EmailMessage] = deque(maxlen=MAXIMUM_MAILS)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a mail."""
        self._mails.appendleft(message_from_bytes(envelope.content, policy=default))
        return "250 OK"

    def application(self) -> web.Application:
        """Return what shows the mails."""
        application = web.Application()
        application.router.add_get("/", self._show)
        application.router.add_get("/ready", _ready)
        return application

    async def _show(self, _request: web.Request) -> web.Response:
        return web.Response(text="\n\n".join(map(_text, self._mails)) or "no mail yet")


def _text(mail: EmailMessage) -> str:
    return f"To: {mail['To']}\nSubject: {mail['Subject']}\n\n{mail.get_content()}"


async def _ready(_request: web.Request) -> web.Response:
    return web.Response(text="ready")
