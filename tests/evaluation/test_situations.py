"""Situations of law end as their tables say, with their sources, and wrong rows are told."""

import pytest
import yaml

from ops.errors import OperatorError
from ops.trials.evaluation.situations import (
    BASE,
    SITUATIONS,
    by_point,
    judge_situations,
    load_base,
    load_situations,
)

TABLES = sorted(path.name for path in SITUATIONS.glob("*.yaml") if path.name != BASE)
SOME = 3


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    return {each.situation.name: each for each in judge_situations(tmp_path_factory.mktemp("law"))}


@pytest.mark.parametrize("name", [each.name for each in load_situations()])
def test_a_situation_ends_as_its_table_says(found, name):
    assert found[name].faults == ()


@pytest.mark.parametrize("table", TABLES)
def test_each_table_has_some_rows_with_different_ends(table):
    rows = yaml.safe_load((SITUATIONS / table).read_text(encoding="utf-8"))
    assert len(rows) >= SOME
    ends = ("right_outcome", "sanctions", "clock", "told", "kept")
    assert len({str([row.get(each) for each in ends]) for row in rows}) > 1


def test_each_point_has_some_situations_and_each_table_a_point():
    base = load_base()
    assert min(by_point(load_situations(), base).values()) >= SOME
    told = [f"{table}.yaml" for tables in base["points"].values() for table in tables]
    assert sorted(told) == TABLES


def changed(tmp_path, change):
    rows = yaml.safe_load((SITUATIONS / TABLES[0]).read_text(encoding="utf-8"))[:1]
    change(rows[0])
    (tmp_path / BASE).write_text((SITUATIONS / BASE).read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "table.yaml").write_text(yaml.safe_dump(rows), encoding="utf-8")
    return tmp_path


def test_a_situation_that_ends_otherwise_is_told_with_what_is_right(tmp_path):
    directory = changed(tmp_path, lambda row: row.update(right_outcome="retract"))
    (one,) = judge_situations(tmp_path / "state", directory)
    assert "right is 'retract'" in one.faults[0]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda row: row.pop("source"), "no source"),
        (lambda row: row.update(rigth="design"), "unknown rigth"),
        (lambda row: row.update(events=[{"verdict": {}}]), "no event"),
        (lambda row: row.update(events=[{"complaint": {"ground_": ""}}]), "no field 'ground_'"),
    ],
)
def test_a_row_that_cannot_be_used_is_told(tmp_path, change, told):
    directory = changed(tmp_path, change)
    with pytest.raises(OperatorError, match=told):
        judge_situations(tmp_path / "state", directory)
