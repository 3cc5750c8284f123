"""Sending dead letters again: each once, in one transaction with the note that it was.

Whoever begins fences all who began before, and looks at what was sent only then; so two people, or
one whose command was killed and who tries again, send nothing twice.
"""

import time
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

from confluent_kafka import KafkaException, Producer

from schemas.events.redrives import DeadLetterRedriven
from schemas.handled_errors import note_handled
from schemas.topic_names import DEAD_LETTERS, REDRIVES_EVENTS
from schemas.wire.codec import Codec, GivenHeaders
from streams.kafka.clients import producer_settings
from streams.kafka.producing import keyed

TRANSACTIONS: Final = "ip-redrive"
"""Transactional id; one for all, so that the last who begins is the only one."""
LINK_HEADER: Final = "ip_redriven_from"
"""Header of a record that was sent again, with the place of its dead letter."""
TIMEOUT_SECONDS: Final = 30.0


class RedriveFailed(Exception):
    """Nothing of what was given was sent; the message says why."""


class Redrive(NamedTuple):
    """A record to be sent again, and what is noted of it."""

    key: bytes | None
    value: bytes | None
    headers: GivenHeaders
    note: DeadLetterRedriven


class Redriver:
    """A producer of records that are sent again."""

    def __init__(
        self,
        bootstrap_servers: str,
        codec: Codec,
        make: Callable[[dict[str, Any]], Any] = Producer,
    ) -> None:
        """Fence all who began before. Errors: RedriveFailed."""
        self._codec = codec
        own = {"transactional.id": TRANSACTIONS}
        self._producer = make(producer_settings(bootstrap_servers, own))
        try:
            self._producer.init_transactions(TIMEOUT_SECONDS)
        except KafkaException as error:
            raise RedriveFailed(str(error)) from error

    def send(self, redrives: Sequence[Redrive]) -> None:
        """Send records again, all or none. Errors: RedriveFailed."""
        refused: list[Any] = []

        def note(error: Any, _message: Any) -> None:
            if error is not None:
                refused.append(error)

        try:
            self._producer.begin_transaction()
            for each in redrives:
                self._produce(each, note)
            # A broker that refuses one has the commit fail, and tells why before.
            self._producer.flush(TIMEOUT_SECONDS)
            if refused:
                raise KafkaException(refused[0])
            self._producer.commit_transaction(TIMEOUT_SECONDS)
        except KafkaException as error:
            self._abort()
            raise RedriveFailed(_reason(error)) from error

    def _produce(self, redrive: Redrive, note: Callable[[Any, Any], None]) -> None:
        told = redrive.note
        link = f"{DEAD_LETTERS}/{told.letter_partition}/{told.letter_offset}".encode()
        headers: Any = [
            *(each for each in redrive.headers if each[0] != LINK_HEADER),
            (LINK_HEADER, link),
        ]
        now = time.time_ns() // 1_000_000
        self._producer.produce(
            told.topic, redrive.value, redrive.key, headers=headers, timestamp=now, on_delivery=note
        )
        _, key, _ = keyed(told)
        self._producer.produce(
            REDRIVES_EVENTS,
            self._codec.encode(REDRIVES_EVENTS, told),
            key.encode(),
            headers=[*Codec.headers(told, key, now)],
            timestamp=now,
            on_delivery=note,
        )

    def _abort(self) -> None:
        try:
            self._producer.abort_transaction(TIMEOUT_SECONDS)
        except KafkaException as error:
            # The next who begins ends it, or its time does; nobody reads what is not committed.
            note_handled("redrive_abort", error)


def _reason(error: KafkaException) -> str:
    cause = error.args[0]
    if getattr(cause, "fatal", lambda: False)():
        return f"somebody else began to send dead letters again: {cause}"
    return str(cause)
