"""Webhooks to parties: signed as commands to marketplaces are, kept out of private networks."""

import asyncio
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from sinks.dispatch.settings import Endpoint
from sinks.dispatch.webhook_client import Answer, Request, WebhookClient
from sinks.dispatch.webhook_message import PARTY_NOTIFY, body_of
from sinks.dispatch.webhook_signing import read_secret
from sinks.notifications.kinds import DESTINATIONS
from sinks.notifications.letters import TAKEN_BACK, Compose, bounded
from sinks.notifications.messages import DueMessage, Messages
from sinks.sending.answers import kind_of
from sinks.sending.retrying import retry_after_seconds
from sinks.submissions.contract import Ending, Submission
from sinks.submissions.endings import error_of

TIMEOUT_SECONDS: Final = 10.0
"""As long as a party that does not answer can keep others waiting."""


class PartyWebhooks:
    """The destination of one sender; `allowed_hosts` may have addresses that are not public, and
    plain HTTP."""

    name = DESTINATIONS["webhook"]
    batch_limit = 16

    def __init__(
        self,
        messages: Messages,
        compose: Compose,
        now_milliseconds: Callable[[], int],
        allowed_hosts: frozenset[str] = frozenset(),
        timeout_seconds: float = TIMEOUT_SECONDS,
    ) -> None:
        self._messages = messages
        self._compose = compose
        self._now = now_milliseconds
        self._allowed = allowed_hosts
        self._timeout_seconds = timeout_seconds

    def deliver(self, batch: list[Submission]) -> dict[str, Ending]:
        """Send a batch at once; give the ending of each. Errors: SinkUnavailable."""
        due = self._messages.due([each.key for each in batch])
        endings = asyncio.run(self._post_all(due))
        return {
            each.key: bounded(each, endings[each.key]) if each.key in endings else TAKEN_BACK
            for each in batch
        }

    def close(self) -> None:
        """Close the connection to the database."""
        self._messages.close()

    async def _post_all(self, due: dict[str, DueMessage]) -> dict[str, Ending]:
        endings = await asyncio.gather(*(self._post(each) for each in due.values()))
        return dict(zip(due, endings, strict=True))

    async def _post(self, due: DueMessage) -> Ending:
        contact = due.contact
        parts = urlsplit(contact.webhook_address)
        allowed = (parts.hostname or "") in self._allowed
        if parts.scheme != "https" and not allowed:
            return Ending("refused", errors=error_of("not an https address", "webhook"))
        secret = read_secret(contact.webhook_secret, None)
        endpoint = Endpoint(
            *("", contact.webhook_address, (secret,), frozenset(), allowed),
            concurrency=1,
            timeout_seconds=self._timeout_seconds,
        )
        client = WebhookClient(endpoint, self._now)
        try:
            message_id = due.message.message_id
            return self._ending(await client.post(message_id, self._body(due), Request()))
        finally:
            await client.close()

    def _body(self, due: DueMessage) -> str:
        message = due.message
        data = {
            "kind": message.kind,
            "part": message.part,
            "case_id": message.case_id,
            "answer_until_milliseconds": message.answer_until_milliseconds,
            "appeal_until_milliseconds": message.appeal_until_milliseconds,
            "issued_at_milliseconds": message.issued_at_milliseconds,
            "address": self._compose(due).address,
        }
        return body_of(PARTY_NOTIFY, message.issued_at_milliseconds, data)

    def _ending(self, answer: Answer) -> Ending:
        if answer.status is None:
            # Without the address, which is the party's.
            return Ending("later", errors=error_of("no answer", "webhook"))
        kind = kind_of(answer.status)
        if kind == "taken":
            return Ending("sent")
        errors = error_of(f"answered {answer.status}", "webhook")
        wait = retry_after_seconds(answer.retry_after, self._now())
        return Ending("refused" if kind == "gone" else "later", "", errors, wait)
