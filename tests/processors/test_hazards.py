"""Goods that may endanger people where they are counterfeit, and the time of their review."""

from datetime import UTC, datetime

import pytest
from world import complaint, listing

from processors.findings.hazards import hazard_of
from processors.policies.business_calendar import Calendar


@pytest.mark.parametrize(
    ("title", "category", "hazard"),
    [
        ("Cutex AIRBAG module", "Car Parts", "vehicle_safety"),
        ("Cutex air\u00a0bag", "", "vehicle_safety"),
        ("Cutex 安全气囊总成", "", "vehicle_safety"),
        ("Cutex Bremsbeläge vorne", "", "vehicle_safety"),
        ("Cutex 20 mg", "Health > Medicines", "medicines"),
        ("Cutex figure", "Spielzeug > Figuren", "toys_and_child_care"),
        ("Cutex USB charger 20 W", "", "electrical"),
        ("Cutex casque de vélo", "", "protective_equipment"),
        ("Cutex toyota floor mats", "Car Parts", None),
        ("Cutex nail polish", "Beauty > Nails", None),
        ("Cutex medicinemen poster", "", None),
    ],
)
def test_category_and_title_tell_a_hazard_by_whole_words(title, category, hazard):
    offered = listing(title=title, category=category)
    assert hazard_of(complaint(ground="counterfeit"), offered) == hazard


def test_only_goods_said_to_be_fakes_are_a_hazard_and_only_of_a_known_listing():
    airbag = listing(title="Cutex airbag")
    assert hazard_of(complaint(ground="copyright_infringement"), airbag) is None
    assert hazard_of(complaint(ground="trademark_infringement"), airbag) is None
    assert hazard_of(complaint(ground="counterfeit"), None) is None


@pytest.mark.parametrize(
    ("day", "before"),
    [("2023-11-14", "2023-05-14"), ("2024-08-31", "2024-03-01"), ("2024-02-29", "2023-08-29")],
)
def test_months_are_counted_back_to_the_start_of_a_day(day, before):
    at = int(datetime.fromisoformat(f"{day}T22:13:20+00:00").timestamp() * 1000)
    found = Calendar("", ()).months_before(at, 6)
    assert datetime.fromtimestamp(found / 1000, UTC).isoformat() == f"{before}T00:00:00+00:00"
