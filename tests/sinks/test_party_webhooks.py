"""Messages reach parties by webhook: signed, under one id, and not into private networks."""

import json
import threading
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from party_messages import SITE, choose, clean, drain, notice, states, texts_at, write
from standardwebhooks.webhooks import Webhook
from statement_events import Clock

from ops.web.notification_texts import letters
from sinks.dispatch.webhook_signing import new_secret
from sinks.notifications.messages import Messages
from sinks.notifications.webhooks import PartyWebhooks
from sinks.submissions.sender import Sender

SECRET = new_secret()
HOST = "127.0.0.1"


@pytest.fixture
def address(migrated):
    clean(migrated)
    return migrated


class Hook(BaseHTTPRequestHandler):
    """Keeps what is posted, and answers with the statuses that it is given."""

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        self.server.posted.append((dict(self.headers), body))
        self.send_response(self.server.statuses.pop(0) if self.server.statuses else 204)
        self.end_headers()

    def log_message(self, *_told):
        pass


@pytest.fixture
def hook():
    server = ThreadingHTTPServer((HOST, 0), Hook)
    server.posted, server.statuses = [], []
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def send_all(address, allowed=frozenset({HOST})):
    clock = Clock()
    messages = Messages(address, texts_at(clock))
    webhooks = PartyWebhooks(messages, letters(SITE), clock, allowed, 1.0)
    sender = Sender(address, webhooks, clock)
    drain(sender, clock)
    sender._disconnect()
    webhooks.close()


def want(address, hook):
    choose(
        address,
        state="none",
        webhook_address=f"http://{HOST}:{hook.server_port}/ip",
        webhook_secret=SECRET,
    )
    write(address, Clock(), [notice()])


def test_a_message_is_signed_and_says_what_of_and_until_when(address, hook):
    want(address, hook)
    send_all(address)
    ((headers, body),) = hook.posted
    told = {name.lower(): value for name, value in headers.items()}
    assert told["webhook-id"] == f"webhook-{0:032x}"
    at = datetime.fromtimestamp(int(told["webhook-timestamp"]), UTC)
    signature = Webhook(SECRET).sign(told["webhook-id"], at, body)
    assert signature in told["webhook-signature"].split()
    message = json.loads(body)
    assert message["type"] == "party.notify"
    assert message["data"]["kind"] == "decision"
    assert message["data"]["address"] == f"{SITE}/de/cases/case-0"
    assert "listing-3" not in body
    assert [state for state, _ in states(address)] == ["sent"]


def test_a_failure_is_tried_again_under_its_id_and_410_ends_it(address, hook):
    want(address, hook)
    hook.statuses = [500, 404, 302, 204]
    send_all(address)
    ids = {headers["webhook-id"] for headers, _ in hook.posted}
    assert (len(hook.posted), len(ids)) == (4, 1)
    clean(address)
    want(address, hook)
    hook.statuses = [410]
    send_all(address)
    assert states(address) == [("refused", [{"field": "webhook", "message": "answered 410"}])]


def test_nothing_is_posted_into_private_networks_nor_over_plain_http(address, hook):
    want(address, hook)
    send_all(address, frozenset())
    assert hook.posted == []
    assert [state for state, _ in states(address)] == ["refused"]
    clean(address)
    choose(address, state="none", webhook_address="https://10.0.0.1/", webhook_secret=SECRET)
    write(address, Clock(), [notice()])
    send_all(address, frozenset())
    assert states(address) == [("pending", [{"field": "webhook", "message": "no answer"}])]
