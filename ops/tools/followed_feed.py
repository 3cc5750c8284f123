"""`python -m ops follow-listings`: listings from a topic of JSON, such as Debezium fills."""

import argparse
import json
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
from confluent_kafka import Consumer, KafkaException

from ops.errors import OperatorError
from ops.shell.connections import KAFKA, REGISTRY, add_connection_arguments
from ops.shell.importing import Sender, codec_of, rejected_lines
from ops.shell.service import stopping_event
from ops.tools.feeds import add_given_arguments, given_of
from streams.kafka.clients import consumer_settings
from streams.sources.feeds.listings import change_listing
from streams.sources.feeds.rows import RowError

GROUP = "listing-feed"
BATCH_RECORDS = 500
POLL_SECONDS = 0.5


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("follow-listings", help="bring listings in from a topic of JSON")
    add_connection_arguments(parser, KAFKA, REGISTRY)
    parser.add_argument("--topic", required=True, help="whose records are rows as JSON objects")
    parser.add_argument("--group", default=GROUP)
    parser.add_argument("--rejected", type=Path, help="JSON-lines file; else standard error")
    add_given_arguments(parser)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Follow the topic until SIGTERM or SIGINT. Errors: OperatorError."""
    with rejected_lines(options.rejected) as write:
        follow(options, write, stopping_event())
    return 0


def follow(
    options: argparse.Namespace, write: Callable[[str], object], stopping: threading.Event
) -> None:
    """Send each record's listing on; what was read counts as read once it was delivered.

    Errors: OperatorError where the topic can't be read or a listing is not delivered.
    """
    sender = Sender(
        options.bootstrap_servers, codec_of(options.schema_registry), "changed_at_milliseconds"
    )
    consumer = Consumer(consumer_settings(options.bootstrap_servers, options.group))
    try:
        consumer.subscribe([options.topic])
        while not stopping.is_set():
            messages = consumer.consume(BATCH_RECORDS, POLL_SECONDS)
            for message in messages:
                _send(message, options, sender, write)
            if sender.close():
                raise OperatorError(f"listings are not delivered: {sender.last_error}")
            if messages:
                consumer.commit(asynchronous=False)
    except KafkaException as error:
        raise OperatorError(f"{options.topic}: {error.args[0]}") from error
    finally:
        consumer.close()


def _send(
    message: Any, options: argparse.Namespace, sender: Sender, write: Callable[[str], object]
) -> None:
    error = message.error()
    if error is not None:
        if not error.retriable():
            raise OperatorError(f"{options.topic}: {error}")
        return
    if message.value() is None:
        return
    try:
        fields = msgspec.json.decode(message.value(), type=dict[str, Any])
        sender.send(change_listing(fields, given_of(options)))
    except (RowError, msgspec.DecodeError, UnicodeDecodeError) as refused:
        reason = refused.reason if isinstance(refused, RowError) else "not_json"
        place = {"partition": message.partition(), "offset": message.offset()}
        detail = getattr(refused, "detail", str(refused))
        write(json.dumps({**place, "reason": reason, "detail": detail}) + "\n")
