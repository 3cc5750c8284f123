"""Lawful titles of which each is complained of with a described test purchase of a counterfeit.

It is the hardest case for what reads titles: the listing gives the mark as its brand, as sellers of
what goes with its goods do, class and country are covered, and documents say what they should.
"""

import csv
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from ops.trials.evaluation.decisions import JudgedComplaint, judge_all
from ops.trials.evaluation.labelled_complaints import (
    OWNER,
    LabelledComplaint,
    LabelledSet,
    RegisterRecord,
)

TITLES = Path(__file__).with_name("data") / "lawful_titles" / "titles.csv"
COUNTRY = "US"


class LawfulTitle(NamedTuple):
    """A line of titles.csv: a title, the mark in it, the mark's Nice classes, and the use."""

    title: str
    mark: str
    classes: str
    use: str


def load_titles(path: Path = TITLES) -> list[LawfulTitle]:
    """Return all lines."""
    with path.open(encoding="utf-8", newline="") as file:
        return [LawfulTitle(**row) for row in csv.DictReader(file, strict=True)]


def judge_titles(titles: list[LawfulTitle], scratch: Path) -> list[JudgedComplaint]:
    """Judge a complaint on each title, whose doctrine is the use; state lies in `scratch`."""
    marks = list(dict.fromkeys((each.mark, each.classes) for each in titles))
    names = {mark: f"mark-{number}" for number, mark in enumerate(marks)}
    register = {
        names[mark]: _record(names[mark], number, *mark) for number, mark in enumerate(marks)
    }
    complaints = [
        _complaint(number, each, names[each.mark, each.classes])
        for number, each in enumerate(titles)
    ]
    return judge_all(LabelledSet(complaints, register), scratch)


def taken_down_by_use(judged: list[JudgedComplaint]) -> dict[str, tuple[int, int]]:
    """Return by use how many were taken down by machine, and of how many."""
    tried = Counter(each.complaint.doctrine for each in judged)
    down = Counter(each.complaint.doctrine for each in judged if each.wrong_take_down)
    return {use: (down[use], tried[use]) for use in sorted(tried)}


def _record(name: str, number: int, text: str, classes: str) -> RegisterRecord:
    return RegisterRecord(
        mark=name,
        text=text,
        feature="standard_characters",
        classes=classes,
        office=COUNTRY,
        number=f"{90_000_000 + number}",
        status="registered",
        owner=f"{text} Holdings Inc.",
        applied_on="2006-03-14",
        registered_on="2007-02-20",
        expires_on="2035-02-20",
        territories=COUNTRY,
    )


def _complaint(number: int, each: LawfulTitle, mark: str) -> LabelledComplaint:
    return LabelledComplaint(
        id=f"lawful-{number:03}",
        title=each.title,
        brand=each.mark,
        category="",
        nice_class=each.classes.partition(" ")[0],
        territory=COUNTRY,
        language="en",
        seller="stranger",
        listed_on="2025-12-01",
        mark=mark,
        complainant=OWNER,
        ground="counterfeit",
        evidence="test_buy photo",
        label="lawful",
        doctrine=each.use,
        action="never",
        title_source="composed",
        authority="",
    )
