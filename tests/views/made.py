"""Events of the live views' tests."""

import json
from pathlib import Path
from typing import Any

from schemas.catalog import EVENT_TYPES
from schemas.record import record_of

EXAMPLES = Path(__file__).parents[2] / "schemas" / "examples"
HOUR = 3_600_000
NOW = 1_795_600_000_000
MARK = "US:76044902"


def example(name: str, **changes: Any) -> Any:
    path = sorted((EXAMPLES / name).glob("*.json"))[0]
    made = record_of(EVENT_TYPES[name], json.loads(path.read_text(encoding="utf-8")))
    return made._replace(**changes)


def decided(case: str, at: int = NOW, **changes: Any) -> Any:
    values = {
        "case_id": case,
        "decision_number": 1,
        "listing_id": f"listing-{case}",
        "marketplace": "shop",
        "outcome": "take_down",
        "rule_id": "take-down-counterfeit",
        "received_at_milliseconds": at - 10_000,
        "decided_at_milliseconds": at,
    }
    return example("ComplaintDecided", **(values | changes))


def closed(case: str, at: int = NOW, **changes: Any) -> Any:
    values = {
        "case_id": case,
        "listing_id": f"listing-{case}",
        "marketplace": "shop",
        "decision_number": 1,
        "outcome": "take_down",
        "closed_at_milliseconds": at,
        "open_seconds": 10.0,
        "within_deadline": True,
    }
    return example("CaseClosed", **(values | changes))


def breached(case: str, at: int = NOW, **changes: Any) -> Any:
    values = {
        "case_id": case,
        "listing_id": f"listing-{case}",
        "marketplace": "shop",
        "deadline_at_milliseconds": at,
        "due_at_milliseconds": at,
    }
    return example("SlaBreached", **(values | changes))


def taken_down(case: str, at: int = NOW, **changes: Any) -> Any:
    values = {
        "command_id": f"command-{case}",
        "case_id": case,
        "listing_id": f"listing-{case}",
        "marketplace": "shop",
        "trademark_key": MARK,
        "mark_text": "CUTEX",
        "issued_at_milliseconds": at,
    }
    return example("TakeDownListing", **(values | changes))


def surveyed(number: int, score: int, at: int = NOW, **changes: Any) -> Any:
    values = {
        "survey_id": f"survey-{number}",
        "party_id": f"party-{number}",
        "role": "complainant",
        "marketplace": "shop",
        "score": score,
        "answered_at_milliseconds": at,
    }
    return example("SurveyAnswered", **(values | changes))


def standing(seller: str, strikes: int, **changes: Any) -> Any:
    values = {"party_id": seller, "role": "seller", "tier": "warned", "strikes": strikes}
    return example("StandingChanged", **(values | changes))
