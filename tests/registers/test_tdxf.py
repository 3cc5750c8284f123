"""USPTO TDXF: what is read from real case files and from made ones at the edges."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from registers.documents_made import case_file, classification, event, owner, tdxf_document
from registers.generated import TDXF
from schemas.events.trademarks import ClassGoods, Owner, TrademarkRecorded
from streams.sources.registers.reader import read
from streams.sources.registers.records import ImportRejection


def milliseconds(year: int, month: int, day: int) -> int:
    return int(datetime(year, month, day, tzinfo=UTC).timestamp() * 1000)


def read_one(directory: Path, *case_files: str) -> TrademarkRecorded | ImportRejection:
    path = directory / "made.xml"
    path.write_bytes(tdxf_document(*case_files))
    (item,) = read(path)
    return item


def recorded(item: TrademarkRecorded | ImportRejection) -> TrademarkRecorded:
    assert isinstance(item, TrademarkRecorded), item
    return item


def test_real_registration_renewed_and_sold() -> None:
    (cutex,) = [item for item in read(TDXF) if item.application_number == "71112081"]
    assert cutex == TrademarkRecorded(
        office="US",
        application_number="71112081",
        registration_number="124134",
        mark_text="CUTEX",
        mark_feature="word",
        mark_kind="individual",
        status="registered",
        status_code="800",
        status_date="2018-02-17",
        application_date="1918-07-11",
        registration_date="1919-01-14",
        expiry_date=None,
        nice_classes=(8,),  # its statement is GS0441: 44 is a US class
        territories=("US",),
        owners=(Owner("CUTEX, INC.", "US"),),
        effective_from_milliseconds=milliseconds(2017, 3, 1),  # last assignment, not the renewal
        recorded_at_milliseconds=milliseconds(2018, 2, 18),
        source="tdxf:uspto-tdxf-4-case-files.xml",
        goods=(ClassGoods(0, "EMERY BOARDS"),),
    )


def test_real_application_and_foreign_owner() -> None:
    marks = {item.application_number: recorded(item) for item in read(TDXF)}
    pending = marks["87310367"]
    assert (pending.status, pending.registration_number) == ("published", None)
    assert pending.mark_feature == "standard_characters"
    assert pending.nice_classes == (9, 12, 39, 42)
    assert [each.nice_class for each in pending.goods] == [9, 12, 39, 42]
    assert pending.goods[1].text.startswith("Autonomous land vehicles")
    assert pending.effective_from_milliseconds == milliseconds(2018, 1, 23)
    assert marks["72244388"].owners == (Owner("AUDION ELEKTRO B.V.", "NL"),)


def test_renewal_does_not_begin_the_right(tmp_path: Path) -> None:
    mark = recorded(
        read_one(
            tmp_path, case_file(status="800", status_date="20180101", registration_date="19980804")
        )
    )
    assert mark.effective_from_milliseconds == milliseconds(1998, 8, 4)
    assert mark.status_date == "2018-01-01"


def test_cancellation_holds_from_its_own_day(tmp_path: Path) -> None:
    head = "<cancellation-date>20170505</cancellation-date>"
    changed = "<classifications>" + classification("025", "2", "20180110") + "</classifications>"
    mark = recorded(read_one(tmp_path, case_file(status="710", head=head, body=changed)))
    assert mark.status == "cancelled"
    assert mark.effective_from_milliseconds == milliseconds(2017, 5, 5)


def test_dropped_class_begins_a_state(tmp_path: Path) -> None:
    body = (
        "<classifications>"
        + classification("025")
        + classification("018", "2", "20180110")
        + "".join(classification(number) for number in ("A", "B", "200", "000", "046", ""))
        + "</classifications>"
    )
    mark = recorded(read_one(tmp_path, case_file(status="704", body=body)))
    assert mark.nice_classes == (25,)
    assert mark.effective_from_milliseconds == milliseconds(2018, 1, 10)


def test_owners_are_the_latest_and_all_of_them(tmp_path: Path) -> None:
    owners = owner(31, "Second") + owner(31, "Joint", "<country>GBX</country>") + owner(30, "First")
    events = event("ASGN", "20180102") + event("ASCK", "20180109")
    mark = recorded(
        read_one(
            tmp_path,
            case_file(
                body=f"<case-file-owners>{owners}{owner(70, 'Attorney')}</case-file-owners>"
                f"<case-file-event-statements>{events}</case-file-event-statements>"
            ),
        )
    )
    assert mark.owners == (Owner("Second", "US"), Owner("Joint", "GB"))
    assert mark.effective_from_milliseconds == milliseconds(2018, 1, 2)


@pytest.mark.parametrize(
    ("slip", "field"),
    [
        (case_file(status_date="20181301"), "status-date"),
        (case_file(registration_date="20180200"), "registration-date"),
        (case_file(head="<filing-date>1799</filing-date>"), "filing-date"),
        (case_file(head="<cancellation-date>soon</cancellation-date>"), "cancellation-date"),
        (case_file(body="<transaction-date/>"), None),
    ],
)
def test_a_slip_in_a_day_on_which_nothing_rests_costs_no_record(
    tmp_path: Path, slip: str, field: str | None
) -> None:
    path = tmp_path / "made.xml"
    path.write_bytes(tdxf_document(slip))
    mark, *remarks = read(path)
    assert isinstance(mark, TrademarkRecorded)
    assert mark.effective_from_milliseconds == milliseconds(2018, 1, 1)
    told = [(each.reason, each.detail.partition(":")[0]) for each in remarks]
    assert told == ([] if field is None else [("dropped_date", field)])


def test_unknown_status_is_imported_as_such(tmp_path: Path) -> None:
    mark = recorded(read_one(tmp_path, case_file(status="999")))
    assert (mark.status, mark.status_code) == ("unknown", "999")


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (case_file(serial=""), "no_application_number"),
        (case_file(serial="8700000"), "bad_application_number"),
        (case_file(status="710", status_date="20181301"), "bad_date"),
        (case_file(registration_date="20180200", status_date=""), "bad_date"),
        (case_file(registration_date="17991231", status_date="20181301"), "bad_date"),
        (case_file(status="710", status_date=""), "no_effective_date"),
        (case_file(head="<mark-identification/>").replace("ACME", "A" * 10_001), "too_long"),
        ("<case-file><serial-number>87000001</serial-number></case-file>", "no_header"),
    ],
)
def test_bad_record_is_rejected_and_the_next_read(tmp_path: Path, bad: str, reason: str) -> None:
    path = tmp_path / "made.xml"
    path.write_bytes(tdxf_document(case_file("87000000"), bad, case_file("87000002")))
    before, rejected, after = read(path)
    assert isinstance(rejected, ImportRejection)
    assert (rejected.source, rejected.record_number) == ("tdxf:made.xml", 2)
    assert rejected.reason == reason
    assert (before.application_number, after.application_number) == ("87000000", "87000002")
