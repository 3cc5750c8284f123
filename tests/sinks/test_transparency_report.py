"""The report has the Commission's form, and counts each thing once, in its period."""

import csv
import hashlib
import json

import pytest
from statement_events import CAPSULE, DAY, NOON, decided, removal, sanction
from world import complaint

from ops.errors import OperatorError
from ops.tools.transparency_report import write_report
from schemas.events.appeals import AppealDecided, AppealFiled
from schemas.events.detections import DelistListing
from schemas.events.enforcement import EnforcementConfirmed
from sinks.transparency_report.cases import Histories
from sinks.transparency_report.figures import Figures, Period
from sinks.transparency_report.inputs import Inputs, InputsRefused, inputs_from
from sinks.transparency_report.tables import NOT_HELD, tables_of

HOUR = 3_600_000
PERIOD = Period(NOON - DAY, NOON + 30 * DAY)
DIGESTS = {
    "part_01_summary": "6309a9ed92456c65",
    "part_03_member_states_orders": "da8531a31c701994",
    "part_04_notices": "c52dc1e484566b2d",
    "part_05_own_initiative_illegal": "6ed7a245ff4ba67f",
    "part_06_own_initiative_TC": "56fe89a1611a05f6",
    "part_07_appeals_and_recidivism": "66ae87ee103f9fc3",
    "part_08_automated_means": "66ae87ee103f9fc3",
    "part_09_human_resources": "ca115945b6e208f0",
    "part_10_AMAR": "79b9f16420daa0a4",
    "part_11_qualitative": "51e0595f03eb0ede",
}
"""SHA-256, first 16 digits, of the columns in the Commission's CSV files, one a line."""
ROWS = {
    "part_07_appeals_and_recidivism": (47, "acfc7175f95254af"),
    "part_08_automated_means": (20, "08ce7e7d01975778"),
}
"""Number and digest of the sorted rows in the Commission's files, without those by language."""


def tables(*events, inputs=None, period=PERIOD):
    inputs = Inputs() if inputs is None else inputs
    histories = Histories()
    for event in (*events, *events):
        histories.add(event)
    made = tables_of(Figures(histories, period), inputs, "Shop", "2026-02-01/2026-03-03")
    return {table.name: table for table in made}


def cells(table, **where):
    """Return rows as mappings that have these values in these columns."""
    rows = [dict(zip(table.columns, row, strict=True)) for row in table.rows]
    return [row for row in rows if all(row[name] == value for name, value in where.items())]


def value(table, indicator, scope):
    [row] = cells(table, Indicator=indicator, Scope=scope)
    return row["Value"]


def case(name, **changes):
    given = {"case_id": name, "command_id": name, "received_at_milliseconds": NOON} | changes
    return decided(**given)


def digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def test_columns_and_rows_are_those_of_the_regulation():
    made = tables()
    assert {name: digest("\n".join(table.columns)) for name, table in made.items()} == DIGESTS
    for name, expected in ROWS.items():
        rows = sorted({
            "\t".join((row[0], *row[3:6])) for row in made[name].rows if len(row[5]) != 2
        })  # fmt: skip
        assert (len(rows), digest("\n".join(rows))) == expected


def test_notices_count_requests_and_items_and_actions_by_ground():
    filed = [complaint(complaint_id=f"c{n}", batch_id="b1" if n < 3 else None) for n in range(5)]
    made = tables(
        *filed,
        *(case(f"c{n}", decided_at_milliseconds=NOON + (n + 1) * HOUR) for n in range(3)),
        case("c3", trusted_flagger=True, territory="US", decided_at_milliseconds=NOON + 8 * HOUR),
        case("c4", outcome="decline", command_id=None, ground="copyright_infringement"),
        case("outside", territory="US", listing_territories=("US",)),
        case("before", received_at_milliseconds=NOON - 9 * DAY, decided_at_milliseconds=NOON - DAY),
        EnforcementConfirmed(
            "c3", "c3", "l", "shop", "take_down", "acknowledged", NOON, NOON + 12 * HOUR, 1.0
        ),
    )
    table = made["part_04_notices"]
    columns = table.columns[5:15]
    [row] = cells(
        table,
        **{"Category of illegal content": "STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS"},
    )
    # Hours of actions: 1, 2, 3, 12 and 192.
    assert [row[name] for name in columns] == [
        "3", "1", "5", "1", "3", "12", "4", "0", "1", "1",
    ]  # fmt: skip
    [row] = cells(table, **{"Category of illegal content": "KEYWORD_COPYRIGHT_INFRINGEMENT"})
    assert [row[name] for name in columns] == ["1", "0", "1", "0", "", "", "0", "0", "0", "0"]


def test_own_initiative_by_restriction_and_ground():
    made = tables(
        removal(),
        removal(command_id="2", trademark_key="US:1"),
        removal(DelistListing, command_id="3", trademark_key="DE:1"),
        removal(command_id="4", issued_at_milliseconds=NOON - 9 * DAY),
        sanction(),
        sanction(command_id="close", sanction="close"),
        sanction(command_id="warn", sanction="warn"),
        sanction(command_id="suspend", role="complainant", sanction="suspend"),
    )
    [row] = cells(
        made["part_05_own_initiative_illegal"],
        **{"Category of illegal content": "KEYWORD_TRADEMARK_INFRINGEMENT"},
    )
    assert row["Number of measures taken at the provider's own initiative "] == "4"
    assert row["Visibility restriction Disable"] == "1"
    assert row["Visibility restriction Removal"] == "1"
    assert row["Provision of the service Suspension"] == "1"
    assert row["Account restriction Termination"] == "1"
    [row] = cells(
        made["part_06_own_initiative_TC"],
        **{
            "Category of incompatibility with the provider's terms and conditions": (
                "KEYWORD_TRADEMARK_INFRINGEMENT"
            )
        },
    )
    assert row["Number of measures taken at the provider's own initiative "] == "1"
    table = made["part_07_appeals_and_recidivism"]
    suspended = "Number of suspensions enacted for the provision of manifestly"
    assert value(table, f"{suspended} illegal content ", "Total number") == "2"
    assert value(table, f"{suspended} unfounded notices", "Total number") == "1"
    assert value(table, f"{suspended} unfounded complaints", "Total number") == "0"


def appeal(name, case_id, party, granted, hours=10):
    role = "seller" if party == "seller" else "complainant"
    yield AppealFiled(name, case_id, "l", party, "", NOON)
    if granted is not None:
        at = NOON + hours * HOUR
        yield AppealDecided(name, case_id, 2, "l", "shop", party, role, granted, (), "r", NOON, at)


def test_appeals_by_what_they_are_about():
    made = tables(
        case("c1", seller_id="seller"),
        case("c2", seller_id="seller", outcome="decline", command_id=None),
        case("c3", seller_id="seller", outcome="decline", command_id=None, trusted_flagger=True),
        *appeal("a1", "c1", "seller", True),
        *appeal("a2", "c1", "seller", False, 20),
        *appeal("a3", "c2", "holder", True, 30),
        *appeal("a4", "c3", "flagger", None),
        *appeal("a5", "unknown", "holder", None),
        removal(detection_id="found-1"),
        *appeal("a6", "found-1", "seller", True, 40),
    )
    table = made["part_07_appeals_and_recidivism"]
    every = "Number of complaints submitted to the internal-complaints mechanism"
    scopes = ("Total number", "Decisions upheld", "Decisions reversed", "Median time")
    assert [value(table, every, scope) for scope in scopes] == ["5", "1", "3", "25"]
    about = "Complaint regarding a decision"
    seller = f"{about} to remove or disable access to or restrict visibility of information"
    assert [value(table, seller, scope) for scope in scopes] == ["3", "1", "2", "20"]
    notifier = f"{about} not to take action on a notice submitted in accordance with Article 16"
    assert [value(table, notifier, scope) for scope in scopes] == ["1", "0", "1", "30"]
    newly = "Number of restrictions newly imposed as a result of an internal complaint"
    assert value(table, newly, "Total number") == "1"


def test_automated_shares_and_errors():
    put_back = {"outcome": "reinstate", "decision_number": 2, "command_id": "r"}
    made = tables(
        *(case(f"c{n}") for n in range(8)),
        case("c0", **put_back),
        # The right ended later: the takedown was no error.
        case("c1", **put_back | {"reason_codes": ("trademark_no_longer_in_force",)}),
        case("d1", outcome="decline", command_id=None),
        case("d1", decision_number=2),
        case("d2", outcome="decline", command_id=None, listing_language="fr"),
        case("p", automated=False, reviewer_id="r"),
        case("p", **put_back),
        case("q", outcome="send_to_review", command_id=None),
        case("q", decision_number=2, automated=False, reviewer_id="r"),
        removal(),
        removal(command_id="5", automated=False),
    )
    table = made["part_08_automated_means"]
    solely = "Number of measures solely taken by automated means "
    not_so = "Number of measures not taken by automated means"
    assert value(table, solely, "Total number") == "10"
    assert value(table, not_so, "Total number") == "3"
    assert value(table, solely, "Own-initiative ") == "1"
    notices = "Number of notices solely processed by automated means "
    assert value(table, notices, "NAM Total") == "10"
    assert value(table, notices.replace("solely", "not").rstrip(), "NAM Total") == "2"
    accuracy = "Accuracy of the automated means -"
    assert value(table, f"{accuracy} Accuracy", "NAM Total") == "0.8"
    assert value(table, f"{accuracy} Precision", "NAM Total") == "0.875"
    assert value(table, f"{accuracy} Recall", "NAM Total") == "0.875"
    assert value(table, f"{accuracy} Accuracy", "NAM Trusted Flagger") == ""
    assert value(table, solely, "de") == "9"
    assert value(table, f"{accuracy} Accuracy", "fr") == "1"


def test_what_is_not_held_is_said_and_inputs_are_taken():
    made = tables()
    [row] = cells(made["part_03_member_states_orders"])
    assert row[made["part_03_member_states_orders"].columns[-1]] == NOT_HELD
    assert cells(made["part_09_human_resources"])[0]["Contextual information"] == NOT_HELD
    inputs = inputs_from(
        {
            "provider": "Shop GmbH",
            "member_state_orders": [
                {"category": "KEYWORD_TRADEMARK_INFRINGEMENT", "scope": "AT", "orders_to_act": 2}
            ],
            "disputes": {"total": 5, "implemented_share": 0.8},
            "staff": {"internal": 7, "de": 4},
            "recipients": {"TOTAL": 1_000},
            "qualitative": {"Safeguards applied to the use of automated means": "Reviewers."},
        }
    )
    made = tables(inputs=inputs)
    [row] = cells(made["part_03_member_states_orders"], Scope="AT")
    assert row["Number of orders to act against illegal content received"] == "2"
    disputes = "Number of disputes submitted to out-of-court dispute settlement bodies"
    table = made["part_07_appeals_and_recidivism"]
    assert value(table, disputes, "Percentage of outcomes implemented") == "0.8"
    assert value(table, disputes, "Decisions upheld") == ""
    assert cells(made["part_09_human_resources"], Scope="de")[0]["Value"] == "4"
    assert cells(made["part_10_AMAR"])[0]["Value"] == "1000"
    assert cells(made["part_01_summary"])[0]["Value"] == "Shop GmbH"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ([], "no mapping"),
        ({"amar": 1}, "no such key as amar"),
        ({"staff": {"xx": 1}}, "no such key as xx"),
        ({"staff": {"de": "many"}}, "no number"),
        ({"disputes": {"total": -1}}, "no number"),
        ({"member_state_orders": [{"category": "X"}]}, "none of the categories"),
        ({"recipients": 3}, "no mapping"),
    ],
)
def test_inputs_that_cannot_be_used_are_told(given, message):
    with pytest.raises(InputsRefused, match=message):
        inputs_from(given)


def test_files_are_csv_by_rfc_4180_and_json(tmp_path):
    made = tables(case("c1"), removal())
    histories = Histories()
    histories.add(case("c1", capsule=CAPSULE))
    write_report(
        tmp_path / "report", list(made.values()), Figures(histories, PERIOD).as_mapping(), "p"
    )
    for name, table in made.items():
        raw = (tmp_path / "report" / f"{name}.csv").read_bytes()
        assert raw.count(b"\r\n") == raw.count(b"\n") == len(table.rows) + 1
        assert [tuple(row) for row in csv.reader(raw.decode().splitlines())] == [
            table.columns,
            *table.rows,
        ]
    report = json.loads((tmp_path / "report" / "report.json").read_text())
    assert report["figures"]["notices"]["items"] == 1
    assert set(report["parts"]) == set(made)
    (tmp_path / "file").write_text("")
    with pytest.raises(OperatorError):
        write_report(tmp_path / "file", [], {}, "p")
