"""What was judged on the recorded inputs is judged so still, field by field."""

import pytest
from logged_driver import LoggedDriver
from matrix import cases

from golden.columns import projection_of
from golden.log import paths, played, read
from replay.compare import compare_all
from replay.remake import remake

PARTS = cases((1, 2, 3, 4))
"""Parts of the record to be played, of 2,500 complaints each."""

ALLOWED_DIFFERENCES: frozenset[tuple[str, str]] = frozenset()
"""Kinds of records and fields whose form was changed on purpose, with '*' for all fields."""

FOLLOWING = {"findings_version", "findings_number"}
"""What follows from the words of the findings, which are compared: a new word numbers them anew."""

SHOWN_DIFFERENCES = 3
SHOWN_CHARACTERS = 300


@pytest.fixture(scope="module", params=PARTS)
def play(request, tmp_path_factory):
    """A part, played."""
    play = played(tmp_path_factory.mktemp("golden"), request.param)
    yield play
    play.driver.close()


@pytest.mark.slow
def test_the_recorded_inputs_lead_to_what_they_led_to(play):
    recorded = projection_of(read(paths(play.part)[1]))
    found = play.projection()
    differences = {
        kind: list(compare(kind, records, found.get(kind, [])))
        for kind, records in recorded.items()
        if (kind, "*") not in ALLOWED_DIFFERENCES
    }
    shown = "\n".join(
        f"{kind}: {len(told)} differences, first:\n" + "\n".join(told[:SHOWN_DIFFERENCES])
        for kind, told in differences.items()
        if told
    )
    assert not shown, shown


@pytest.mark.slow
def test_a_replay_of_the_log_leads_to_all_of_it_again(play, tmp_path):
    log = LoggedDriver(play.driver)
    again = remake(log, play.driver.codec, tmp_path)
    found = compare_all(log, again)
    assert {topic: each.examples for topic, each in found.items() if each.different} == {}
    assert again.accounted == play.driver.accounted


def compare(kind, recorded, found):
    """Yield what differs, in words. Fields that the record does not know are new, and may be."""
    if len(recorded) != len(found):
        yield f"{kind}: {len(found)} records where {len(recorded)} were recorded"
    names = {name for record in recorded for name in record}
    compared = sorted(name for name in names if (kind, name) not in ALLOWED_DIFFERENCES)
    for number, (before, after) in enumerate(zip(recorded, found, strict=False)):
        for name in compared:
            if not _same(before.get(name), after.get(name)):
                was, now = (repr(each.get(name))[:SHOWN_CHARACTERS] for each in (before, after))
                yield f"{kind} {number} ({_name(before)}): {name} was {was}, is {now}"


def _same(before, after):
    """Tell whether what was recorded is there; parts of records may have more fields by now."""
    if isinstance(before, dict) and isinstance(after, dict):
        names = before.keys() - FOLLOWING
        return all(_same(before[name], after.get(name)) for name in names)
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return all(map(_same, before, after))
    return before == after


def _name(record):
    names = ("case_id", "party_id", "listing_id", "decision_number", "kind", "key")
    return " ".join(str(record[name]) for name in names if record.get(name) is not None)


def test_a_difference_is_told_by_record_and_field():
    before = [{"case_id": "case-1", "outcome": "decline"}, {"case_id": "case-2"}]
    after = [{"case_id": "case-1", "outcome": "take_down", "more": 1}]
    assert list(compare("ComplaintDecided", before, after)) == [
        "ComplaintDecided: 1 records where 2 were recorded",
        "ComplaintDecided 0 (case-1): outcome was 'decline', is 'take_down'",
    ]
