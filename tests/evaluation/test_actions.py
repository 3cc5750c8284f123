"""Automatic actions on ordinary titles: none, and few for people to look at."""

import csv

import pytest

from ops.__main__ import main
from ops.trials.evaluation.action_figures import above, action_figures, worst
from ops.trials.evaluation.datasets import ordinary_titles, sample_titles
from ops.trials.evaluation.registers import register_terms
from ops.trials.evaluation.watched_titles import RegisterInMemory, WatchedTitle, watch_titles
from processors.matching.index import TermIndex, build
from processors.matching.matcher import Matcher

ACTIONS_PER_MILLION, REVIEWS_PER_MILLION = 0, 2_000
MARKS, SEED = 50_000, 1


def register_of(*terms):
    return RegisterInMemory(Matcher(TermIndex(build(terms))))


def test_ordinary_titles_are_acted_on_no_more_than_they_were(tmp_path, capsys):
    listed = tmp_path / "actions.csv"
    status = main(
        [
            *("evaluate-actions", "--sample", "--seeds", str(SEED), "--list", str(listed)),
            *("--marks", "5000", str(MARKS)),
            *("--ceiling", f"actions_per_million={ACTIONS_PER_MILLION}"),
            *("--ceiling", f"reviews_per_million={REVIEWS_PER_MILLION}"),
        ]
    )
    printed = capsys.readouterr().out
    assert status == 0, printed
    assert f"{MARKS:,} marks, seed {SEED}: " in printed
    with listed.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert all(row["outcome"] in ("block", "delist") and row["acting"] for row in rows)
    assert {row["title"] for row in rows} <= set(sample_titles())


def test_a_ceiling_and_a_figure_that_is_unheard_of():
    found = action_figures(
        [WatchedTitle("a", "block", True, "rule, none", ("'a' for a",))]
        + [WatchedTitle("b", "leave", False)] * 3
    )
    assert found.named() == {"actions_per_million": 250_000, "reviews_per_million": 0}
    assert above(found, {"actions_per_million": 250_000}) == []
    assert above(found, {"actions_per_million": 9}) == [
        "actions_per_million is 250,000, above its ceiling 9"
    ]
    with pytest.raises(SystemExit):
        main(["evaluate-actions", "--ceiling", "unheard_of=1"])


def test_registers_grow_from_each_other_and_repeat():
    brands = ["Cutex", "Louis Vuitton", "资生堂", "Cutex"]
    small, large = register_terms(brands, 50, 3), register_terms(brands, 2_000, 3)
    assert large[:50] == small
    assert set(large[:3]) == {"cutex", "louis vuitton", "资生堂"}
    assert len(set(large)) == 2_000
    assert register_terms(brands, 50, 4) != small
    made = large[3:]
    assert 0.25 < sum(" " in term for term in made) / len(made) < 0.45
    assert any(not term.isascii() for term in made)


def test_titles_are_judged_by_the_monitors_rules():
    titles = ["red shoes", "c.u.t.e.x nail polish replica", "Cutex nail polish"]
    watched = watch_titles(titles, register_of("cutex"))
    assert [each.found for each in watched] == [False, True, True]
    assert [each.outcome for each in watched] == ["leave", "block", "leave"]
    assert worst(watched) == [watched[1]]
    assert "cutex" in watched[1].marks[0]


def test_what_the_machine_took_away_leads_to_nothing_more():
    title = "c.u.t.e.x nail polish replica"
    titles = [title, title, "Cutex nail polish"]
    register = register_of("cutex")
    for listings_of_a_seller in (1, 3):
        watched = watch_titles(titles, register, listings_of_a_seller)
        assert [each.outcome for each in watched] == ["block", "block", "leave"]


def test_all_titles_of_a_directory_are_read_once(tmp_path):
    path = tmp_path / "titles_some" / "dev" / "titles.csv"
    path.parent.mkdir(parents=True)
    path.write_text("id,title\n1,one\n2,two\n3,one\n4,\n", encoding="utf-8")
    assert ordinary_titles(tmp_path) == ["one", "two"]
