"""Figures from counts, and the page that shows them."""

from html.parser import HTMLParser

import pytest

from streams.views.counted import SECONDS_BOUNDS, seconds_class
from streams.views.figures import (
    YARDSTICK,
    FigureSet,
    add_gathered,
    duration_figures,
    sla_figures,
    survey_figures,
    view_figures,
)
from streams.views.gathering import _once_each
from streams.views.offenders import fold_standing, worst, worst_of
from streams.views.page import render_page
from streams.views.rows import Place
from views.made import HOUR, NOW, standing

TOPIC = "ip.standings.state"


def test_attainment_counts_a_breach_once_and_shares_are_of_those_closed_in_time():
    counts = {
        "closed_within": 96,
        "within:take_down": 80,
        "within:decline": 16,
        "breached": 4,
        "closed_late": 3,
        "late:take_down": 3,
    }
    figures = sla_figures(counts)
    assert figures["attainment_share"] == 0.96
    assert figures["taken_down_share"] == round(80 / 96, 4)
    assert figures["declined_share"] == round(16 / 96, 4)
    assert figures["closed_late"] == 3


def test_shares_of_nothing_are_unknown():
    figures = sla_figures({})
    assert figures["attainment_share"] is None
    assert figures["taken_down_share"] is None


def test_the_yardstick_is_that_of_2017():
    assert list(YARDSTICK.values()) == [0.96, 0.83, 0.17]


def durations(*seconds):
    counts = {}
    for each in seconds:
        number = seconds_class("closing", each).removeprefix("closing:")
        counts[number] = counts.get(number, 0) + 1
    return duration_figures(counts)


def test_percentiles_lie_within_the_class_of_what_was_counted():
    figures = durations(*range(1, 101))
    assert figures["count"] == 100
    assert 15 < figures["p50"] <= 60
    assert 60 < figures["p95"] <= figures["p99"] <= 300


def test_what_is_above_all_classes_is_given_as_the_highest_bound():
    assert durations(10.0**9)["p50"] == SECONDS_BOUNDS[-1]
    assert durations()["p50"] is None


def test_scores_are_averaged_by_role():
    figures = survey_figures({"complainant:5": 3, "complainant:1": 1, "seller:2": 1})
    assert figures["complainant"] == {
        "answers": 4,
        "average_score": 4.0,
        "scores": {"1": 1, "2": 0, "3": 0, "4": 0, "5": 3},
    }
    assert figures["seller"]["average_score"] == 2.0


def test_partitions_add_up():
    one = FigureSet({"shop": {"started": 1}}, {7: {"shop": {"started": 1}}}, {})
    other = FigureSet(
        {"shop": {"started": 2}, "mall": {"started": 1}}, {8: {"shop": {"started": 2}}}, {"a": "b"}
    )
    add_gathered(one, other)
    assert one == FigureSet(
        {"shop": {"started": 3}, "mall": {"started": 1}},
        {7: {"shop": {"started": 1}}, 8: {"shop": {"started": 2}}},
        {"a": "b"},
    )
    figures = view_figures("sla", one, by_hour=True)
    assert figures["total"]["started"] == 4
    assert [each["name"] for each in figures["names"]] == ["shop", "mall"]
    assert [each["hour"] for each in figures["hours"]] == [7, 8]


def test_repeat_offenders_are_kept_until_their_strikes_expire():
    rows = {}

    def tell(offset, event):
        return fold_standing(rows, Place(TOPIC, 0, offset), event)

    assert tell(0, standing("seller-1", 1)) == "counted"
    assert rows == {}
    tell(1, standing("seller-1", 3))
    tell(2, standing("seller-2", 5))
    tell(3, standing("seller-3", 1, tier="closed"))
    assert tell(4, standing("buyer-1", 9, role="complainant")) == "not_shown"
    assert [each["party_id"] for each in worst(rows.items())] == [
        "seller-2",
        "seller-1",
        "seller-3",
    ]
    assert tell(1, standing("seller-2", 2)) == "duplicate"
    tell(5, standing("seller-2", 0, tier="ordinary"))
    assert set(rows) == {"seller-1", "seller-3"}
    # Read again from the start, they end the same.
    tell(2, standing("seller-2", 5))
    tell(5, standing("seller-2", 0, tier="ordinary"))
    assert set(rows) == {"seller-1", "seller-3"}


def test_the_worst_of_several_instances_are_in_order_and_bounded():
    given = [{"party_id": f"seller-{n}", "strikes": n % 7} for n in range(300)]
    found = worst_of(given)
    assert len(found) == 100
    assert [each["strikes"] for each in found] == sorted(
        (each["strikes"] for each in given), reverse=True
    )[:100]


def summary(**changes):
    named = FigureSet(
        {"<b>淘宝</b>": {"closed_within": 5, "within:take_down": 4, "breached": 1}},
        {NOW // HOUR: {"<b>淘宝</b>": {"closed_within": 5, "breached": 1}}},
        {},
    )
    brand = FigureSet({"US:1": {"outcome:take_down": 4}}, {}, {"US:1": "CUTEX & Söhne"})
    empty = FigureSet({}, {}, {})
    views = {
        view: view_figures(view, empty)
        for view in ("latency", "outcomes", "rules", "commands", "surveys")
    }
    views |= {
        "sla": view_figures("sla", named, by_hour=True),
        "brands": view_figures("brands", brand),
        "offenders": worst([("seller-'1", {"strikes": 2, "tier": "warned", "offset": 0,
                                          "until_milliseconds": None})]),
    }  # fmt: skip
    made = {
        "at_milliseconds": NOW,
        "hours": 24,
        "yardstick": dict(YARDSTICK),
        "views": views,
        "last_hour": sla_figures({}),
        "partitions_missing": {},
    }
    return made | changes


class Balance(HTMLParser):
    """Sees that every element is closed where it should be."""

    VOID = frozenset({"meta", "br"})

    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.mark.parametrize("missing", [{}, {"sla": [1]}])
def test_the_page_is_whole_and_escapes_what_it_is_told(missing):
    page = render_page(summary(partitions_missing=missing))
    reader = Balance()
    reader.feed(page)
    assert reader.open == []
    assert "<b>淘宝" not in page
    assert "&lt;b&gt;淘宝&lt;/b&gt;" in page
    assert "CUTEX &amp; Söhne<br><small>US:1</small>" in page
    assert "seller-&#x27;1" in page
    assert ("not whole" in page) == bool(missing)
    for figure in ("83.3%", "80.0%", "96%", "83%", "17%"):
        assert figure in page
    assert "http://" not in page
    assert "https://" not in page
    assert "<script" not in page


def test_partitions_that_are_handed_over_count_once():
    given = [([0, 1], "one"), None, ([1, 2], "two"), ([3], "three")]
    assert _once_each(given, 5) == (["one", "three"], [2, 4])


def test_closed_in_time_and_proved_gone_in_time_are_two_figures():
    counts = {"closed_within": 10, "within:take_down": 8, "late:take_down": 2, "proved_within": 5}
    figures = sla_figures({**counts, "proved_late": 3})
    assert figures["attainment_share"] == 1.0
    assert (figures["proved_within"], figures["proved_late"]) == (5, 3)
    assert figures["proved_share"] == 0.5


def test_of_an_hour_that_proves_more_than_it_closed_no_share_is_told():
    assert sla_figures({"within:take_down": 1, "proved_within": 2})["proved_share"] is None
    assert sla_figures({})["proved_share"] is None
