"""The figures of docs/scale.md follow from its inputs, and these from where they say."""

import ast
import re
from pathlib import Path

import pytest

from ops.trials.load import each_listing
from schemas.catalog import load_topics
from schemas.topic_names import LISTINGS_EVENTS
from schemas.wire.registry import offline_codec

DOCS = Path(__file__).parents[2] / "docs"
TEXT = (DOCS / "scale.md").read_text(encoding="utf-8")


def rows(heading):
    """Return the cells of a section's table."""
    section = re.search(rf"^## {heading}$(.*?)^## ", TEXT, re.MULTILINE | re.DOTALL).group(1)
    found = [line.strip("|").split("|") for line in section.splitlines() if line.startswith("| `")]
    return [[cell.strip() for cell in each] for each in found]


def number(text):
    return float(text.replace(",", ""))


INPUTS = {row[0].strip("`"): number(row[1]) for row in rows("Inputs")}
RESULTS = [(row[0].strip("`"), row[1].strip("`"), row[2]) for row in rows("What follows")]


def worked_out():
    known = dict(INPUTS)
    for name, formula, _ in RESULTS:
        tree = ast.parse(formula, mode="eval")
        allowed = (ast.Expression, ast.BinOp, ast.Name, ast.Constant, ast.operator, ast.Load)
        assert all(isinstance(each, allowed) for each in ast.walk(tree)), formula
        known[name] = eval(compile(tree, name, "eval"), {"__builtins__": {}}, known)
    return known


@pytest.mark.parametrize(("name", "formula", "told"), RESULTS)
def test_a_figure_is_what_its_formula_gives(name, formula, told):
    value, places = worked_out()[name], len(told.partition(".")[2])
    assert number(told) == pytest.approx(value, abs=0.51 * 10**-places), formula


def test_each_input_is_used_and_none_is_named_twice():
    names = [*(row[0] for row in rows("Inputs")), *(name for name, _, _ in RESULTS)]
    assert len(names) == len(set(names))
    words = set(re.findall(r"[a-z_]+", " ".join(formula for _, formula, _ in RESULTS)))
    assert set(INPUTS) - {"listings"} <= words | {"partitions"}


@pytest.mark.parametrize("row", rows("Inputs"), ids=lambda row: row[0])
def test_a_measured_input_stands_where_it_is_said_to(row):
    for target in re.findall(r"\]\(([^)]+)\)", row[2]):
        source = (DOCS / target).read_text(encoding="utf-8")
        value = row[1].rstrip("0").rstrip(".") if "." in row[1] else row[1]
        known = {"600": "0.6 ms", "0.21": "208 MB", "0.76": "76,000", "0.84": "84,255"}
        assert known.get(row[1], value) in source, (row[0], target)


def test_bytes_and_hours_are_those_of_today():
    codec = offline_codec()
    keyed = list(each_listing(300, 1))
    sizes = [
        len(each.key.encode())
        + len(codec.encode(each.topic, each.event))
        + sum(len(name) + len(value) for name, value in codec.headers(each.event, each.key, 1))
        for each in keyed
    ]
    assert sum(sizes) / len(sizes) == pytest.approx(INPUTS["change_bytes"], rel=0.1)
    assert load_topics()[LISTINGS_EVENTS].retention_hours == INPUTS["listing_hours"]
