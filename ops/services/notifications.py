"""`python -m ops notifications`: tell parties by e-mail and webhook what they want to be told."""

import argparse
import re
from pathlib import Path

from ops.errors import OperatorError
from ops.shell.connections import DATABASE, KAFKA, REGISTRY, WRAPPING_KEYS
from ops.shell.process import Process
from ops.shell.service_database import STARTING_SECONDS
from ops.shell.sink_service import add_sink_arguments, prepare
from ops.shell.submission_metrics import SubmissionMetrics
from ops.shell.submissions import run_submissions, secret_of, sending
from ops.shell.wrapping_keys import wrapping_keys
from ops.web.notification_texts import letters
from sinks.notifications.mail import MailSettings, PartyMail
from sinks.notifications.messages import Messages
from sinks.notifications.store import TOPICS, NotificationStore
from sinks.notifications.webhooks import PartyWebhooks
from sinks.private_texts.store import PrivateTextStore
from sinks.submissions.http import AddressRefused

PASSWORD_VARIABLE = "SMTP_PASSWORD"  # noqa: S105 - the name of a variable
SENDER = re.compile(r"[!-?A-~]+@[A-Za-z0-9.-]+")

PROCESS = Process(
    "tells parties by e-mail and webhook what they want to be told",
    TOPICS,
    (),
    "PostgreSQL: messages, submissions; private texts, where parties are reached",
    ("sinks/notifications", "sinks/submissions", "ops/web/notification_texts.py"),
    groups=("ip-notifications",),
)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("notifications", help="send notices to parties")
    parser.add_argument("--mail-server", required=True, metavar="HOST:PORT", help="takes mails")
    parser.add_argument(
        "--mail-encryption",
        choices=("starttls", "implicit", "none"),
        default="starttls",
        help="none on this machine only",
    )
    parser.add_argument("--mail-authority", help="certificates (PEM) that sign the mail server's")
    parser.add_argument("--mail-user", default="", help="signs in at the mail server")
    parser.add_argument(
        "--mail-password-file", type=Path, help=f"else the variable {PASSWORD_VARIABLE} is read"
    )
    parser.add_argument("--sender", required=True, help="address from which mails are")
    parser.add_argument("--site", required=True, help="address of the pages, for links")
    parser.add_argument(
        "--allowed-host",
        action="append",
        default=[],
        help="of webhooks: may have an address that is not public, and plain HTTP",
    )
    add_sink_arguments(parser, "ip-notifications", (KAFKA, REGISTRY, DATABASE, WRAPPING_KEYS))
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Run the service until SIGTERM or SIGINT. Errors: OperatorError."""
    settings = mail_settings(options)
    metrics = SubmissionMetrics()
    shell, tell = prepare(options, metrics.registry), metrics.party_messages
    now, compose = shell.clock.now_milliseconds, letters(options.site.rstrip("/"))
    keys = wrapping_keys(options.wrapping_keys, options.database, STARTING_SECONDS)
    texts = PrivateTextStore(keys, now)
    try:
        mail = PartyMail(settings, Messages(options.database, texts), compose, now)
    except AddressRefused as error:
        raise OperatorError(str(error)) from error
    hosts = frozenset(options.allowed_host)
    webhooks = PartyWebhooks(Messages(options.database, texts), compose, now, hosts)
    store, shared = NotificationStore(options.database, now, tell), (shell, metrics, tell)
    try:
        parts = sending(options.database, webhooks, shared)
        run_submissions(options, store, TOPICS, mail, shared, parts)
    finally:
        mail.close()
        webhooks.close()
    return 0


def mail_settings(options: argparse.Namespace) -> MailSettings:
    """Return how mails are sent. Errors: OperatorError."""
    host, _, port = options.mail_server.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65_536:
        raise OperatorError(f"--mail-server: {options.mail_server} is no HOST:PORT")
    if SENDER.fullmatch(options.sender) is None:
        raise OperatorError(f"--sender: {options.sender} is no e-mail address")
    password = secret_of(options.mail_password_file, PASSWORD_VARIABLE)
    if options.mail_user and not password:
        raise OperatorError(f"no password: set {PASSWORD_VARIABLE}, or --mail-password-file")
    return MailSettings(
        host.strip("[]"),
        int(port),
        options.sender,
        options.mail_encryption,
        options.mail_user,
        password,
        options.mail_authority,
    )
