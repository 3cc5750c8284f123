"""`python -m ops switch`: halt the dispatch of commands, or let it go on."""

import argparse
import sys
import time

from confluent_kafka import KafkaError, Producer

from ops.errors import OperatorError
from ops.shell.connections import KAFKA, add_connection_arguments
from schemas.events.switches import DispatchSwitched
from schemas.topic_names import SWITCHES_STATE
from schemas.wire.codec import Codec
from schemas.wire.single_object import single_object
from sinks.dispatch.switches import ScopeInvalid, check_scope
from streams.kafka.clients import producer_settings

TIMEOUT_SECONDS = 10.0


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("switch", help="halt the dispatch of commands, or resume it")
    parser.add_argument("position", choices=("halt", "resume"))
    parser.add_argument(
        "--scope", required=True, help="all, marketplace:ID, rule:ID, complainant:ID or seller:ID"
    )
    parser.add_argument("--reason", required=True)
    parser.add_argument("--operator", required=True, help="who switches")
    add_connection_arguments(parser, KAFKA)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Throw a switch, and say when the broker has it. Errors: OperatorError."""
    try:
        scope = check_scope(options.scope)
    except ScopeInvalid as error:
        raise OperatorError(str(error)) from error
    halted = options.position == "halt"
    now = time.time_ns() // 1_000_000
    switch = DispatchSwitched(scope, halted, options.reason, options.operator, now)
    throw(options.bootstrap_servers, switch)
    sys.stdout.write(f"{scope} is {'halted' if halted else 'resumed'}\n")
    return 0


def throw(bootstrap_servers: str, switch: DispatchSwitched) -> None:
    """Write a switch; nothing but a broker is needed. Errors: OperatorError where it has it not."""
    ends: list[KafkaError | None] = []
    # Not idempotent, as that costs half a second at the start: a switch thrown twice is the same.
    producer = Producer(
        producer_settings(
            bootstrap_servers,
            {
                "enable.idempotence": False,
                "acks": "all",
                "linger.ms": 0,
                "message.timeout.ms": int(TIMEOUT_SECONDS * 1000),
            },
        )
    )
    producer.produce(
        SWITCHES_STATE,
        single_object(switch),
        switch.scope.encode(),
        headers=Codec.headers(switch, switch.scope, switch.switched_at_milliseconds),  # type: ignore[arg-type]
        on_delivery=lambda error, _message: ends.append(error),
    )
    producer.flush(TIMEOUT_SECONDS)
    if ends != [None]:
        raise OperatorError(f"the broker does not have the switch, nothing changes: {ends}")
