"""What the report needs and this system does not hold: an operator gives it."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from sinks.transparency_report.template import CATEGORIES, LANGUAGES, ORDERS

DISPUTE_SCOPES = {
    "total": "Total number",
    "upheld": "Decisions upheld",
    "partially_reversed": "Decisions partially reversed",
    "reversed": "Decisions reversed",
    "median_hours": "Median time",
    "omitted": "Decision omitted",
    "implemented_share": "Percentage of outcomes implemented",
}
ORDER_VALUES = (
    "orders_to_act", "items", "hours_to_confirm", "hours_to_act", "orders_to_inform",
    "hours_to_confirm_information", "hours_to_inform",
)  # fmt: skip
KEYS = {
    "provider", "published", "published_before", "member_state_orders", "disputes", "staff",
    "recipients", "qualitative",
}  # fmt: skip


class InputsRefused(Exception):
    """The inputs can't be used; the message says what is wrong."""


class Inputs(NamedTuple):
    """The operator's inputs; orders as category, scope and texts of their columns."""

    provider: str = ""
    published: str = ""
    published_before: str = ""
    orders: tuple[tuple[str, str, tuple[str, ...]], ...] = ()
    disputes: Mapping[str, int | float] = {}
    staff: Mapping[str, int] = {}
    recipients: Mapping[str, int] = {}
    qualitative: Mapping[str, str] = {}


def inputs_from(given: Any) -> Inputs:
    """Read inputs from plain values. Errors: InputsRefused."""
    if not isinstance(given, dict):
        raise InputsRefused("the inputs are no mapping")
    unknown = sorted(str(key) for key in given if key not in KEYS)
    if unknown:
        raise InputsRefused(f"no such key as {', '.join(unknown)}")
    return Inputs(
        provider=str(given.get("provider", "")),
        published=str(given.get("published", "")),
        published_before=str(given.get("published_before", "")),
        orders=tuple(_order(each) for each in given.get("member_state_orders", ())),
        disputes=_numbers("disputes", given.get("disputes", {}), DISPUTE_SCOPES),
        staff=_numbers("staff", given.get("staff", {}), _same("internal", "external", "total",
                                                              *LANGUAGES)),
        recipients=_numbers("recipients", given.get("recipients", {}), None),
        qualitative={str(k): str(v) for k, v in dict(given.get("qualitative", {})).items()},
    )  # fmt: skip


def _order(given: Any) -> tuple[str, str, tuple[str, ...]]:
    if not isinstance(given, dict) or given.get("category") not in CATEGORIES:
        raise InputsRefused(f"an order has none of the categories {', '.join(CATEGORIES)}")
    unknown = sorted(given.keys() - {"category", "scope", *ORDER_VALUES})
    if unknown:
        raise InputsRefused(f"an order has no such value as {', '.join(map(str, unknown))}")
    values = tuple(str(given.get(name, "")) for name in ORDER_VALUES)
    assert len(values) == len(ORDERS)
    return given["category"], str(given.get("scope", "TOTAL")), values


def _numbers(name: str, given: Any, keys: Mapping[str, str] | None) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise InputsRefused(f"{name} is no mapping")
    found = {}
    for key, value in given.items():
        if keys is not None and key not in keys:
            raise InputsRefused(f"{name} has no such key as {key}; it has {', '.join(keys)}")
        if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
            raise InputsRefused(f"{name}: {key} is no number")
        found[str(key) if keys is None else keys[key]] = value
    return found


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}
