"""The audit finds what went wrong on this feed elsewhere, and nothing where all is well."""

import psycopg
import pytest
from statement_events import NOON, decided, removal, sanction

from schemas.events.detections import DelistListing
from schemas.wire.delivered import Delivered
from sinks.contract import Span
from sinks.statements.audit_window import audit_window
from sinks.statements.drift import KINDS, Shares, audit
from sinks.statements.mapping import StatementSettings, statement_of
from sinks.statements.store import StatementStore

SETTINGS = StatementSettings()
HOUR = 3_600_000


def pair(event, **changes):
    return event, statement_of(event, SETTINGS).body | changes


def mixed(count):
    return [
        pair(decided(case_id=f"case-{number}", command_id=f"c{number}", trusted_flagger=number < 9))
        if number % 2
        else pair(removal(detection_id=f"d{number}", command_id=f"d{number}"))
        for number in range(count)
    ]


def kinds(found):
    return {drift.kind: drift.statements for drift in found.drifts}


def test_what_the_mapping_makes_has_no_drift():
    pairs = [
        *mixed(200),
        pair(sanction()),
        pair(decided(case_id="reviewed", automated=False, reviewer_id="r")),
        pair(removal(DelistListing, automated=False)),
    ]
    found = audit(pairs, audit(mixed(200), None).shares)
    assert found.drifts == ()
    assert found.shares.statements == 203
    assert 0.45 < found.shares.by_name["automated_detection"] < 0.55


def test_automated_detection_told_the_wrong_way_round():
    flip = {"Yes": "No", "No": "Yes"}
    pairs = [
        (event, body | {"automated_detection": flip[body["automated_detection"]]})
        for event, body in mixed(40)
    ]
    [drift] = audit(pairs, None).drifts
    assert (drift.kind, drift.statements, len(drift.examples)) == (
        "automated_detection_differs",
        40,
        20,
    )


@pytest.mark.parametrize(
    ("pairs", "kind"),
    [
        (
            [pair(decided(trusted_flagger=True), source_type="SOURCE_ARTICLE_16")],
            "trusted_flagger_missing",
        ),
        ([pair(decided(), source_type="SOURCE_TRUSTED_FLAGGER")], "trusted_flagger_wrong"),
        ([pair(decided()), pair(decided(), puid="another")], "duplicate"),
        ([pair(decided()), pair(decided(case_id="another"))], "duplicate"),
        ([pair(removal()), pair(removal(), puid="another")], "duplicate"),
        ([pair(sanction()), pair(sanction(), puid="another")], "duplicate"),
        (
            [pair(decided(), automated_decision="AUTOMATED_DECISION_PARTIALLY")],
            "automated_decision_differs",
        ),
        (
            [(decided(automated=False, reviewer_id="r"), pair(decided())[1])],
            "automated_decision_differs",
        ),
        ([(decided(outcome="decline"), pair(decided())[1])], "no_statement"),
        ([(decided(command_id=None), pair(decided())[1])], "no_statement"),
        ([(sanction(sanction="warn"), pair(sanction())[1])], "no_statement"),
        ([(sanction(role="complainant"), pair(sanction())[1])], "no_statement"),
    ],
)
def test_each_drift_is_told(pairs, kind):
    assert kinds(audit(pairs, None)) == {kind: 1}
    assert kind in KINDS


def test_something_else_than_a_restriction_is_no_statement():
    assert "no_statement" in kinds(audit([("a notification", pair(decided())[1])], None))


def test_a_trusted_flagger_whom_the_event_does_not_tell_is_found():
    event = decided()
    found = audit([pair(event)], None, frozenset({event.complainant_id}))
    assert kinds(found) == {"trusted_flagger_missing": 1}


def test_a_share_that_jumps_is_told_where_there_are_enough_statements():
    calm = Shares(200, {"automated_detection": 0.5, "fully_automated": 0.7})
    [drift] = audit(mixed(200), calm).drifts
    assert drift.examples == ("fully_automated: 70% to 100%",)
    assert audit(mixed(99), calm).drifts == ()
    assert audit(mixed(200), calm._replace(statements=99)).drifts == ()


def test_a_window_of_the_queue_is_audited(database):
    address = database
    store = StatementStore(address, SETTINGS, lambda: NOON)
    events = [decided(case_id=f"case \0 {n}", command_id=f"c{n}") for n in range(3)]
    events += [removal(), sanction(until_milliseconds=None)]
    records = [Delivered("t", 0, n, event, NOON) for n, event in enumerate(events)]
    store.write(records, {("t", 0): Span(0, 5)})
    store.close()
    found = audit_window(address, NOON - HOUR, NOON + 1)
    assert (found.drifts, found.shares.statements) == ((), 5)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(
            """UPDATE submissions SET body = body || '{"automated_detection": "Yes"}'"""
        )
    assert kinds(audit_window(address, NOON - HOUR, NOON + 1)) == {"automated_detection_differs": 3}
    assert audit_window(address, NOON + 1, NOON + HOUR).shares.statements == 0
