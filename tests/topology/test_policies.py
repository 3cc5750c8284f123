"""Times by marketplace, territory and ground; each case keeps those with which it began."""

from hashlib import sha256
from shutil import copytree

import pytest
import yaml
from logged_driver import LoggedDriver
from world import HOUR, START, complaint, listing

from processors.policies.service_level import ServiceLevel, service_level_hash
from processors.policies.service_policy import ServicePolicy, ServiceScope
from replay.compare import compare_all
from replay.remake import remake
from schemas.events.rules import SERVICE_POLICY_KEY, ServicePolicyPublished
from schemas.events.sla import CaseClosed, SlaBreached, SlaClockStarted, SlaWarningRaised
from streams.policies.policy_files import (
    BUILT_IN_DIRECTORY,
    ServicePolicyRefused,
    load_service_policy,
    policy_on,
)
from streams.policies.versions import service_policy_of, version_of_service_policy
from streams.state.local_state import ROWS
from streams.state.row_keys import LEVEL_PREFIX
from topology.harness import STANDING, DriverHarness
from topology.test_lifecycle import (
    COMPLAINTS,
    DECISIONS,
    LISTINGS,
    QUEUE,
    RULES,
    SLA,
    send,
    tell_tables,
)

UNSURE = "Cutexx nail polish remover"


def hours(deadline, warning):
    return ServiceLevel(deadline_milliseconds=deadline * HOUR, warning_milliseconds=warning * HOUR)


THREE = ServicePolicy(
    hours(24, 18),
    {
        ServiceScope("shop", "", ""): hours(12, 6),
        ServiceScope("shop", "US", "trademark_infringement"): hours(48, 40),
    },
)


@pytest.fixture
def driven(tmp_path):
    harness = DriverHarness(tmp_path / "state")
    tell_tables(harness)
    yield harness
    harness.close()


def publish(harness, policy):
    version = version_of_service_policy(policy)
    event = ServicePolicyPublished(version.version, version.content, "test", START)
    harness.send(RULES, SERVICE_POLICY_KEY, event)
    harness.settle()


def open_case(harness, name, marketplace="shop", **changes):
    """Leave a case open: its title is one that people judge."""
    send(harness, LISTINGS, listing(listing_id=name, marketplace=marketplace, title=UNSURE))
    harness.settle()
    told = complaint(complaint_id=name, listing_id=name, marketplace=marketplace, **changes)
    send(harness, COMPLAINTS, told)
    harness.settle()


def seen(harness, kind):
    return {
        each.case_id: (each.due_at_milliseconds - each.received_at_milliseconds) // HOUR
        for each in harness.read(SLA)
        if isinstance(each, kind)
    }


def allowed(harness):
    return {
        each.case_id: (each.deadline_at_milliseconds - each.received_at_milliseconds) // HOUR
        for each in harness.read(SLA)
        if isinstance(each, SlaClockStarted)
    }


def test_a_published_policy_is_for_cases_to_come(harness):
    tell_tables(harness)
    open_case(harness, "before")
    publish(harness, THREE)
    open_case(harness, "after")
    harness.restart(lose_state=True)
    open_case(harness, "at-last", ground="trademark_infringement")
    assert allowed(harness) == {"before": 24, "after": 12, "at-last": 48}
    assert harness.dead_letters() == []


def test_three_policies_in_one_worker_at_once(driven):
    publish(driven, THREE)
    open_case(driven, "plain", "bazaar")
    open_case(driven, "shop")
    open_case(driven, "trademark", ground="trademark_infringement")
    wanted = {"plain": 24, "shop": 12, "trademark": 48}
    assert allowed(driven) == wanted
    assert {q.case_id: q.deadline_at_milliseconds for q in driven.read(QUEUE)} == {
        e.case_id: e.deadline_at_milliseconds
        for e in driven.read(SLA)
        if isinstance(e, SlaClockStarted)
    }
    hashes = {d.case_id: d.capsule.policy_hash for d in driven.read(DECISIONS)}
    assert len(set(hashes.values())) == 3
    assert hashes["shop"] == service_level_hash(hours(12, 6)._replace(standing=STANDING))
    driven.driver.advance(60 * HOUR)
    assert seen(driven, SlaWarningRaised) == {"plain": 18, "shop": 6, "trademark": 40}
    assert seen(driven, SlaBreached) == wanted


@pytest.mark.parametrize("lose_state", [False, True])
def test_a_change_while_a_thousand_cases_are_open_moves_no_deadline(driven, lose_state):
    publish(driven, THREE)
    for number in range(1_000):
        name = f"case-{number}"
        place = "shop" if number % 2 else "bazaar"
        send(driven, LISTINGS, listing(listing_id=name, marketplace=place, title=UNSURE))
        told = complaint(complaint_id=name, listing_id=name, marketplace=place)
        send(driven, COMPLAINTS, told)
    driven.settle()
    before = allowed(driven)
    assert sorted(set(before.values())) == [12, 24]
    assert len(before) == 1_000
    publish(driven, ServicePolicy(hours(2, 1)))
    driven.restart(lose_state)
    driven.driver.advance(3 * HOUR)
    assert seen(driven, SlaBreached) == {}
    open_case(driven, "later")
    assert allowed(driven) == {**before, "later": 2}
    driven.driver.advance(30 * HOUR)
    assert seen(driven, SlaBreached) == {**before, "later": 2}
    assert seen(driven, SlaWarningRaised) == {
        name: {2: 1, 12: 6, 24: 18}[given] for name, given in allowed(driven).items()
    }


def test_a_case_is_closed_in_time_by_its_own_deadline(driven):
    publish(driven, ServicePolicy(hours(2, 1), {ServiceScope("shop"): hours(48, 40)}))
    for place in ("shop", "bazaar"):
        open_case(driven, f"in-{place}", place)
    publish(driven, ServicePolicy(hours(24, 18)))
    driven.driver.advance(30 * HOUR)
    for place in ("shop", "bazaar"):
        name = f"in-{place}"
        title = "Cutex nail polish remover"
        clear = listing(listing_id=name, marketplace=place, title=title, version=2)
        send(driven, LISTINGS, clear)
    driven.settle()
    closed = {e.case_id: e.within_deadline for e in driven.read(SLA) if isinstance(e, CaseClosed)}
    assert closed == {"in-shop": True, "in-bazaar": False}


def test_other_settings_at_the_next_start_are_for_cases_to_come(driven):
    open_case(driven, "first")
    settings = driven.driver._settings
    short = settings.service_level._replace(
        deadline_milliseconds=2 * HOUR, warning_milliseconds=HOUR
    )
    driven.driver._settings = settings._replace(service_level=short)
    driven.restart(lose_state=True)
    open_case(driven, "second")
    driven.driver.advance(30 * HOUR)
    assert seen(driven, SlaBreached) == {"first": 24, "second": 2}


def test_a_partition_has_the_times_of_its_cases_once(driven):
    publish(driven, THREE)
    for number in range(20):
        open_case(driven, f"case-{number}")
    kept = [key for key, _ in driven.driver.state.scan(ROWS, b"") if LEVEL_PREFIX in key]
    assert len(kept) == len({key[:2] for key in kept}) <= 4
    before = dict(driven.driver.state.scan(ROWS, b""))
    driven.restart(lose_state=True)
    assert dict(driven.driver.state.scan(ROWS, b"")) == before


def test_a_replay_knows_which_policy_was_in_force(driven, tmp_path):
    publish(driven, THREE)
    open_case(driven, "early")
    publish(driven, ServicePolicy(hours(4, 3)))
    open_case(driven, "late")
    driven.driver.advance(30 * HOUR)
    log = LoggedDriver(driven.driver)
    found = compare_all(log, remake(log, driven.codec, tmp_path / "replay"))
    assert {topic: each.examples for topic, each in found.items() if each.different} == {}
    assert allowed(driven) == {"early": 12, "late": 4}


def test_a_policy_that_is_none_is_refused_and_the_one_before_stays(driven):
    publish(driven, THREE)
    version = version_of_service_policy(ServicePolicy(hours(2, 3)))
    for content in (version.content, version.content + " ", "{}"):
        event = ServicePolicyPublished(version.version, content, "test", START)
        driven.send(RULES, SERVICE_POLICY_KEY, event)
    for content in ("no JSON", "[]", '{"default": {}, "rows": [{}]}'):
        name = sha256(content.encode()).hexdigest()
        told = ServicePolicyPublished(name, content, "test", START)
        driven.send(RULES, SERVICE_POLICY_KEY, told)
    driven.settle()
    assert driven.dead_letters() == ["service_policy_refused"] * 6
    open_case(driven, "shop")
    assert allowed(driven) == {"shop": 12}
    driven.restart(lose_state=False)
    open_case(driven, "again")
    assert allowed(driven) == {"shop": 12, "again": 12}


def test_the_most_specific_row_counts():
    rows = {
        ServiceScope("shop"): hours(1, 1),
        ServiceScope("", "DE"): hours(2, 1),
        ServiceScope("", "", "copyright"): hours(3, 1),
        ServiceScope("", "DE", "copyright"): hours(4, 1),
        ServiceScope("shop", "DE", "copyright"): hours(5, 1),
    }
    policy = ServicePolicy(hours(24, 18), rows)

    def deadline(*scope):
        return policy.level_for(ServiceScope(*scope)).deadline_milliseconds // HOUR

    assert deadline("other", "FR", "counterfeit") == 24
    assert deadline("shop", "DE", "counterfeit") == 1
    assert deadline("other", "DE", "counterfeit") == 2
    assert deadline("shop", "FR", "copyright") == 1
    assert deadline("other", "FR", "copyright") == 3
    assert deadline("other", "DE", "copyright") == 4
    assert deadline("shop", "DE", "copyright") == 5
    assert service_policy_of(version_of_service_policy(policy)) == policy


def written(directory, **files):
    for name, content in files.items():
        (directory / f"{name}.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    return directory


def test_a_policy_is_read_from_files(tmp_path):
    told = {"description": "A contract."}
    directory = written(
        tmp_path,
        default={**told, "deadline_hours": 20, "warning_hours": 10},
        germany={**told, "territory": "DE", "warning_minutes": 30, "appeal_months": 7},
    )
    policy = load_service_policy(directory)
    assert policy.default == hours(20, 10)
    [(scope, level)] = policy.rows.items()
    assert scope == ServiceScope("", "DE", "")
    assert level == hours(20, 10)._replace(warning_milliseconds=HOUR // 2, appeal_months=7)


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"territory": "DE"}, "description is missing"),
        ({"description": "x"}, "names no marketplace"),
        (
            {"description": "x", "territory": "DE", "deadline": 3},
            "no such time as deadline; the nearest are deadline_milliseconds",
        ),
        ({"description": "x", "territory": "DE", "deadline_hours": 2.5}, "no whole number"),
        ({"description": "x", "territory": "DE", "deadline_hours": True}, "no whole number"),
        ({"description": "x", "territory": "DE", "deadline_hours": 1}, "is longer than"),
        ({"description": "x", "territory": "DE", "deadline_hours": 0}, "from 1 on"),
        ({"description": "x", "territory": False, "deadline_hours": 30}, "in quotes"),
        (
            {"description": "x", "ground": "sadness", "deadline_hours": 30},
            "no such ground as sadness; the nearest are ",
        ),
        ({"description": "x", "territory": "DE", "standing": 3}, "no such time as standing"),
        (
            {"description": "x", "territory": "DE", "deadline_hours": 30, "deadline_minutes": 9},
            "given twice",
        ),
    ],
)
def test_a_row_that_can_not_be_meant_is_refused(tmp_path, row, told):
    directory = written(tmp_path, default={"description": "All."}, row=row)
    with pytest.raises(ServicePolicyRefused, match=told):
        load_service_policy(directory)


def test_all_faults_of_all_rows_are_told_at_once_each_with_what_is_nearest(tmp_path):
    directory = written(
        tmp_path,
        default={"description": "All.", "deadline_hours": "a day"},
        first={
            "territory": "Germny",
            "ground": "counterfiet",
            "objection": "putback",
            "deadli": 1,
        },
        place={"description": "x", "territory": "FR", "warning_hours": 5},
        same={"description": "x", "territory": "FR", "deadline_hours": 0},
    )
    (tmp_path / "torn.yaml").write_text("a: [")
    with pytest.raises(ServicePolicyRefused) as refused:
        load_service_policy(directory)
    told = [line.removeprefix(f"{tmp_path}/") for line in str(refused.value).splitlines()]
    for expected in (
        "default.yaml: deadline_milliseconds is 'a day', no whole number",
        "first.yaml: description is missing: what law or contract is it?",
        "first.yaml: no such territory as Germny; the nearest are ",
        "first.yaml: no such ground as counterfiet; the nearest are counterfeit",
        "first.yaml: no such time as deadli; the nearest are ",
        "first.yaml: no such objection as putback; the nearest are put_back",
        "same.yaml: another file is for the same place",
        "same.yaml: deadline_milliseconds is to be a whole number from 1 on",
        "torn.yaml: ",
    ):
        assert any(line.startswith(expected) for line in told), (expected, told)
    assert not any(line.startswith("place.yaml") for line in told)


def test_the_built_in_policy_changes_of_a_worker_s_settings_what_it_names():
    policy = load_service_policy(BUILT_IN_DIRECTORY)
    settings = hours(2, 1)._replace(rights="of this release")
    here = policy_on(settings, policy)
    assert here.default == settings._replace(
        objection="rounds",
        court_action_months=12,
        measure_scope="country",
        safety_review_milliseconds=4 * HOUR,
        buyer_information_months=6,
    )
    indian = here.level_for(ServiceScope("shop", "IN", "copyright_infringement"))
    assert (indian.deadline_milliseconds, indian.measure_days) == (36 * HOUR, 21)
    assert indian.rights == "of this release"
    assert here.level_for(ServiceScope("shop", "IN", "counterfeit")) == here.default


def test_one_line_of_data_changes_the_days_of_a_procedure(tmp_path):
    copytree(BUILT_IN_DIRECTORY, tmp_path / "rows")
    row = tmp_path / "rows" / "cn.yaml"
    row.write_text(row.read_text().replace("put_back_days: 15", "put_back_days: 20"))
    changed = load_service_policy(tmp_path / "rows")
    scope = ServiceScope("", "CN", "")
    assert changed.rows[scope] == load_service_policy(BUILT_IN_DIRECTORY).rows[scope]._replace(
        put_back_days=20
    )
