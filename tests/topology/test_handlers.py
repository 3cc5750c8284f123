"""Each declared event is handled by all that read its topic, and each output is declared.

What is missing is named, with the place where it belongs.
"""

import json
from pathlib import Path
from typing import NamedTuple, get_args

import pytest
from world import START, rule_set

from processors.cases import listing_cases
from processors.standing import party_step
from processors.step import Output
from processors.titles.watch import MonitoringOutput
from schemas.catalog import EVENT_TYPES, event_of, load_topics
from schemas.declaration import event, key_of
from schemas.wire.registry import offline_codec
from sinks.case_store import case_rows, case_store
from sinks.dispatch import store as dispatch
from sinks.dispatch.webhook_message import TYPES
from sinks.notifications import store as notifications
from sinks.statements import store as statements
from streams.kafka.records import InputRecord
from streams.monitor.engine import STEPS
from streams.monitor.tables import MonitoringTables
from streams.state.local_state import LocalState
from streams.tables.global_tables import GlobalTables
from streams.topology import (
    GLOBAL_TABLES,
    INPUTS,
    MONITOR_INPUTS,
    MONITOR_OUTPUTS,
    MONITOR_TABLES,
    OUTPUTS,
    PARTY_INPUTS,
)

CODEC = offline_codec()
EXAMPLES = Path(__file__).parents[2] / "schemas" / "examples"
LEFT_OUT = {
    # The decision that follows a retraction is what is kept, and what is commanded for an order
    # about a listing; what is ordered against a seller is no matter of its cases, nor is who it is,
    # it is marketplaces that tell buyers, and of what authorities are told nobody else learns.
    "sinks/case_store/case_rows.py: MAKERS": {
        *("ComplaintRetracted", "OrderReceived", "OrderLifted", "OrderAnswered"),
        *("BlockSeller", "UnblockSeller", "SellerOrderAnswered", "InformBuyers"),
        *("CrimeSuspected", "InformAuthorities", "AskTraderIdentity"),
    },
    # Of what happens to cases, reminders alone are sent; they are no messages of their own.
    "sinks/dispatch/webhook_message.py: TYPES": {
        *("SlaClockStarted", "SlaClockPaused", "SlaClockResumed", "SlaWarningRaised"),
        *("SlaBreached", "CaseClosed", "EnforcementConfirmed", "EnforcementOverdue"),
    },
    # Statements are made of what restricts; a person's decision on an appeal is stated with it, and
    # what a court or an authority orders is not stated (DSA Article 17(5)).
    "sinks/statements/store.py: KINDS": {
        *("AppealDecided", "TakeDownListing", "ReinstateListing", "OrderAnswered"),
        *("BlockSeller", "UnblockSeller", "SellerOrderAnswered", "AskTraderIdentity"),
    },
    # A marketplace is told of these, and tells the seller itself.
    "sinks/notifications/store.py: KINDS": {
        *("InformBuyers", "BlockSeller", "UnblockSeller", "AskTraderIdentity"),
        *("CrimeSuspected", "InformAuthorities"),
    },
}
"""Events that a sink passes by on purpose."""


def types_of(carried):
    return {EVENT_TYPES[name] for events in carried.values() for name in events}


def carried_by(topics):
    return {EVENT_TYPES[name] for topic in topics for name in load_topics()[topic].events}


def missing(wanted, handled, place):
    """Return a sentence for each event that is not handled where it should be."""
    left_out = LEFT_OUT.get(place, set())
    names = sorted(kind.__name__ for kind in wanted - set(handled))
    return [f"{name} is not handled in {place}" for name in names if name not in left_out]


@pytest.mark.parametrize(
    ("wanted", "handled", "place"),
    [
        (types_of(INPUTS), listing_cases.HANDLERS, "processors/cases/listing_cases.py: HANDLERS"),
        (
            types_of(PARTY_INPUTS),
            {party_step.PartyInput, *get_args(party_step.PartyInput)},
            "processors/standing/party_step.py: PartyInput",
        ),
        (types_of(MONITOR_INPUTS), STEPS, "streams/monitor/engine.py: STEPS"),
        (
            {EVENT_TYPES[name] for name in OUTPUTS},
            {*get_args(Output), *get_args(party_step.PartyOutput)},
            "processors/step.py: Output",
        ),
        (
            {EVENT_TYPES[name] for name in MONITOR_OUTPUTS},
            {MonitoringOutput, *get_args(MonitoringOutput)},
            "processors/titles/watch.py: MonitoringOutput",
        ),
        (
            carried_by(case_store.TOPICS),
            case_rows.MAKERS,
            "sinks/case_store/case_rows.py: MAKERS",
        ),
        (carried_by(dispatch.TOPICS), TYPES, "sinks/dispatch/webhook_message.py: TYPES"),
        (
            carried_by(statements.TOPICS),
            statements.KINDS.values(),
            "sinks/statements/store.py: KINDS",
        ),
        (
            carried_by(notifications.TOPICS),
            notifications.KINDS,
            "sinks/notifications/store.py: KINDS",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_no_handler_is_forgotten(wanted, handled, place):
    assert missing(wanted, handled, place) == []


def test_what_steps_give_is_declared_as_theirs():
    given = {*get_args(Output), *get_args(party_step.PartyOutput)}
    assert {kind.__name__ for kind in given} == set(OUTPUTS)
    assert {MonitoringOutput.__name__} == set(MONITOR_OUTPUTS)


def test_an_event_without_a_handler_is_named():
    @event("ip.complaints.events", identity=("complaint_id",), owner="listing")
    class ComplaintWithdrawn(NamedTuple):
        complaint_id: str

    wanted = types_of(INPUTS) | {ComplaintWithdrawn}
    assert missing(wanted, listing_cases.HANDLERS, "listing_cases.py") == [
        "ComplaintWithdrawn is not handled in listing_cases.py"
    ]


@pytest.mark.parametrize(
    ("kind", "topic", "name"),
    [
        (kind, topic, name)
        for kind, tables in ((GlobalTables, GLOBAL_TABLES), (MonitoringTables, MONITOR_TABLES))
        for topic, names in tables.items()
        for name in names
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__,
)
def test_each_event_of_a_table_is_taken_in(tmp_path, kind, topic, name):
    path = sorted((EXAMPLES / name).glob("*.json"))[0]
    made = event_of(name, json.loads(path.read_text(encoding="utf-8")))
    state = LocalState(tmp_path / "state")
    record = InputRecord(topic, 0, 0, key_of(made).encode(), CODEC.encode(topic, made), None, START)
    refused = kind(state, CODEC, rule_set()).apply([record]).refused
    state.close()
    assert {error.reason_code for _, error in refused}.isdisjoint(
        {"unexpected_event", "key_mismatch"}
    )
