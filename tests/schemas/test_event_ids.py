"""Two events that differ never share a CloudEvents id, and the same event always has the same."""

import json
from pathlib import Path

import pytest

from schemas.catalog import EVENT_TYPES, event_of
from schemas.declaration import declaration_of
from schemas.identity import event_id

DIRECTORY = Path(__file__).parents[2] / "schemas" / "examples"
TIME = 1_700_000_000_000


def example(name):
    path = sorted((DIRECTORY / name).glob("*.json"))[0]
    return event_of(name, json.loads(path.read_text(encoding="utf-8")))


def fields_of(name):
    return declaration_of(EVENT_TYPES[name]).identity


def identity(event):
    return event_id(event, "key", TIME)


def other(value):
    """Return a value of the same kind that is another one."""
    match value:
        case bool():
            made = not value
        case int() | float():
            made = value + 1
        case str():
            made = value + "-other"
        case tuple() if hasattr(value, "_replace"):
            made = value._replace(**{value._fields[0]: other(value[0])})
        case tuple():
            made = (*value, "other")
        case dict():
            made = {**value, "other": "other"}
        case _:
            made = "other"
    return made


def test_each_event_declares_what_identifies_it():
    for name, kind in EVENT_TYPES.items():
        assert set(fields_of(name)) <= set(kind._fields), name


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_each_field_of_the_identity_makes_another_id(name):
    event = example(name)
    fields = fields_of(name) or event._fields
    made = [event._replace(**{field: other(getattr(event, field))}) for field in fields]
    assert len({identity(each) for each in (event, *made)}) == len(made) + 1


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_the_same_event_has_the_same_id(name):
    assert identity(example(name)) == identity(example(name))


@pytest.mark.parametrize("name", EVENT_TYPES)
def test_no_part_of_an_identity_can_be_missing(name):
    event = example(name)
    assert all(getattr(event, field) is not None for field in fields_of(name))


def test_decisions_without_a_command_are_told_apart():
    first = example("ComplaintDecided")._replace(command_id=None)
    assert identity(first) != identity(first._replace(decision_number=9))
    assert identity(first) != identity(first._replace(case_id="another"))


def test_reminders_and_stages_of_one_command_are_told_apart():
    overdue = example("EnforcementOverdue")
    assert identity(overdue) != identity(overdue._replace(reminder_number=7))
    confirmed = example("EnforcementConfirmed")
    stages = {identity(confirmed._replace(stage=stage)) for stage in ("acknowledged", "proved")}
    assert len(stages) == 2


def test_a_failed_command_that_is_executed_later_has_two_acknowledgements():
    event = example("CommandAcknowledged")
    results = {identity(event._replace(result=result)) for result in ("failed", "executed")}
    assert len(results) == 2


def test_a_border_between_fields_can_not_be_moved():
    event = example("ComplaintDecided")
    first = event._replace(case_id="a1", decision_number=2)
    assert identity(first) != identity(event._replace(case_id="a", decision_number=12))
