"""How Faust reads our topics: our Avro codec as its schema, and committed records only."""

import asyncio
import logging
from collections.abc import Set
from typing import Any, NamedTuple

import faust
from faust.transport.drivers import aiokafka as driver
from faust.types import AppT, EventT, Message

from schemas.handled_errors import note_handled
from schemas.wire.codec import Codec, DecodeError, SchemaRegistryUnavailable

logger = logging.getLogger(__name__)

RETRY_SECONDS = 1.0
MAXIMUM_BUFFERED = 10_000


class NotDecoded(NamedTuple):
    """Stands for a record that is not an event of its topic, with the reason code."""

    reason_code: str


class AvroEvents(faust.Schema[Any, Any]):
    """Decodes records with our codec; keys stay bytes."""

    def __init__(self, codec: Codec) -> None:
        super().__init__(key_type=bytes, key_serializer="raw", value_serializer="raw")
        self._codec = codec

    def compile(self, app: AppT, **_options: Any) -> Any:
        """Return the function by which Faust decodes a record."""

        async def decode(message: Message, *, propagate: bool = False) -> EventT[Any]:
            event = await self._decode(message)
            return app.create_event(message.key, event, message.headers, message)

        return decode

    async def _decode(self, message: Message) -> Any:
        headers: Any = list(message.headers or ())
        while True:
            try:
                # Only schemas that were never seen are asked for, so this seldom blocks.
                return self._codec.decode(message.topic, message.value or b"", headers)
            except DecodeError as error:
                logger.warning("%s %s: %s", message.tp, message.offset, error)
                return NotDecoded(error.reason_code)
            except SchemaRegistryUnavailable as error:
                note_handled("schema_registry", error)
                await asyncio.sleep(RETRY_SECONDS)


async def seek_to_committed(consumer: Any, changelogs: Set[str]) -> dict[Any, int | None]:
    """Seek an aiokafka consumer's partitions to where its group is, and give that offset of each.

    A partition that the group never committed begins anew, which aiokafka's own method leaves
    where it is: what was fetched before a rebalance and dropped would not be read again. Partitions
    of the topics in `changelogs` are left alone, as Faust's recovery seeks these itself.
    """
    committed: dict[Any, int | None] = await consumer.seek_to_committed()
    never = [tp for tp, offset in committed.items() if not offset and tp.topic not in changelogs]
    if never:
        await consumer.seek_to_beginning(*never)
    return committed


class CommittedConsumerThread(driver.AIOKafkaConsumerThread):
    """Reads committed records only, which Faust otherwise does within its own transactions alone.

    Faust offers no setting for it, and its transactions are not used (docs/decisions/0001).
    """

    async def seek_to_committed(self) -> Any:
        """Seek all partitions to where the group is."""
        tables: Any = self.app.tables
        consumer = self._ensure_consumer()
        return await self.call_thread(seek_to_committed, consumer, tables.changelog_topics)

    def _create_worker_consumer(self, transport: driver.Transport) -> Any:
        consumer = super()._create_worker_consumer(transport)
        # Read by aiokafka when the consumer starts, which is after this.
        consumer._isolation_level = "read_committed"
        return consumer


class CommittedConsumer(driver.Consumer):
    """Consumer with the thread above."""

    def _new_consumer_thread(self) -> CommittedConsumerThread:
        return CommittedConsumerThread(self, loop=self.loop, beacon=self.beacon)


class ChangelogProducer(driver.Producer):
    """Producer that lets a batch's changelog records wait in its buffer; Faust's own holds 100."""

    async def on_start(self) -> None:
        """Start, with the buffer as large as a batch may need."""
        self.buffer.max_messages = MAXIMUM_BUFFERED
        await super().on_start()


class CommittedTransport(driver.Transport):
    """Transport with the consumer and producer above."""

    Consumer = CommittedConsumer
    Producer = ChangelogProducer
