"""The live views as one page of HTML, made whole on the server: no scripts, no other assets."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from html import escape
from typing import Any

from schemas.durations import HOUR_MILLISECONDS
from streams.views.page_style import STYLE

REFRESH_SECONDS = 30
SHOWN_NAMES = 15
NONE = "–"
OUTCOMES = (
    "take_down", "decline", "send_to_review", "ask_for_clarification", "wait_for_listing",
    "reinstate", "retract", "remedied_by_seller",
)  # fmt: skip
CASES = (
    ("started", "received"),
    ("closed_within", "closed in time"),
    ("closed_late", "closed late"),
    ("warned", "warned"),
    ("breached", "breached"),
)
"""Counts of cases and what the page calls them."""

Figures = Mapping[str, Any]


def render_page(summary: Figures) -> str:
    """Return the page from what `/views/summary` gives."""
    views = summary["views"]
    sections = [
        _against_2017(views["sla"]["total"], summary["last_hour"], summary["yardstick"]),
        _hours(views["sla"]["hours"], summary["at_milliseconds"], summary["hours"]),
        _marketplaces(views["sla"]["names"]),
        _latency(views["latency"]),
        _outcomes("Decisions by marketplace", "Marketplace", views["outcomes"]),
        _outcomes("Decisions by brand", "Mark", views["brands"]),
        _outcomes("Decisions by rule", "Rule", views["rules"]),
        _surveys(views["surveys"]),
        _commands(views["commands"]),
        _offenders(views["offenders"]),
    ]
    return (
        "<!doctype html><html lang='en'><head><meta charset='utf-8'>"
        "<meta name='viewport' content='width=device-width, initial-scale=1'>"
        "<meta name='color-scheme' content='light dark'>"
        f"<meta http-equiv='refresh' content='{REFRESH_SECONDS}'>"
        f"<title>IP takedowns, live</title><style>{STYLE}</style></head><body><main>"
        f"<header><h1>IP takedowns, live</h1><p>{_moment(summary['at_milliseconds'])}, the last "
        f"{summary['hours']} hours. The same figures as JSON: "
        "<a href='/views/summary'>/views/summary</a>.</p></header>"
        f"{_missing(summary['partitions_missing'])}{''.join(sections)}</main></body></html>"
    )


def _missing(partitions_missing: Mapping[str, list[int]]) -> str:
    if not partitions_missing:
        return ""
    names = ", ".join(sorted(partitions_missing))
    return (
        "<p class='notice' role='status'>These figures are not whole: partitions are being "
        f"restored or nobody answers for them ({_text(names)}).</p>"
    )


def _against_2017(day: Figures, hour: Figures, yardstick: Figures) -> str:
    told = (
        ("Closed within their deadline", "attainment_share", "of the cases closed or due"),
        ("Taken down", "taken_down_share", "of the cases closed in time"),
        ("Declined", "declined_share", "of the cases closed in time"),
    )
    cards = [
        "<div class='card'><h3>Proved gone within their deadline</h3>"
        f"<p class='figure'>{_percent(day['proved_share'])}</p>"
        f"<dl><div><dt>last hour</dt><dd>{_percent(hour['proved_share'])}</dd></div></dl>"
        "<p class='small'>of the cases closed by a takedown; nothing was told of 2017</p></div>"
    ]
    for title, name, of_what in told:
        cards.append(
            f"<div class='card'><h3>{title}</h3><p class='figure'>{_percent(day[name])}</p>"
            f"<dl><div><dt>last hour</dt><dd>{_percent(hour[name])}</dd></div>"
            f"<div><dt>2017</dt><dd>{yardstick[name]:.0%}</dd></div></dl>"
            f"<p class='small'>{of_what}</p></div>"
        )
    rows = [[title, _number(hour[name]), _number(day[name])] for name, title in CASES]
    return (
        "<section><h2>Against 2017</h2>"
        f"<div class='cards'>{''.join(cards)}</div>"
        + _table(("Cases", "last hour", "24 hours"), rows)
        + "</section>"
    )


def _hours(hours: list[Figures], now_milliseconds: int, hours_count: int) -> str:
    newest = now_milliseconds // HOUR_MILLISECONDS
    by_hour = {each["hour"]: each for each in hours}
    most = max((each["closed_within"] + each["breached"] for each in hours), default=0) or 1
    bars = []
    for hour in range(newest - hours_count + 1, newest + 1):
        figures = by_hour.get(hour, {"closed_within": 0, "breached": 0})
        within, breached = figures["closed_within"], figures["breached"]
        start = datetime.fromtimestamp(hour * HOUR_MILLISECONDS / 1000, UTC)
        told = f"{start:%d %b %H:00}: {within} closed in time, {breached} breached"
        bars.append(
            f"<li title='{told}'><span class='bad' style='height:{100 * breached / most:.1f}%'>"
            f"</span><span class='good' style='height:{100 * within / most:.1f}%'></span>"
            f"<small>{start:%H}</small></li>"
        )
    return (
        "<section><h2>By the hour</h2><p class='small'><span class='key good'></span> closed in "
        "time <span class='key bad'></span> open at their deadline; hours in UTC</p>"
        f"<ol class='bars'>{''.join(bars)}</ol></section>"
    )


def _marketplaces(sla: list[Figures]) -> str:
    rows = [
        [
            each["name"],
            _percent(each["attainment_share"]),
            _percent(each["taken_down_share"]),
            _percent(each["declined_share"]),
            *(_number(each[name]) for name, _ in CASES),
        ]
        for each in sla[:SHOWN_NAMES]
    ]
    head = ("Marketplace", "in time", "of these taken down", "declined", *(t for _, t in CASES))
    return _section("Cases by marketplace", head, rows)


def _outcomes(title: str, column: str, view: Figures) -> str:
    rows = []
    for each in view["names"][:SHOWN_NAMES]:
        name = f"{each['label']}\n{each['name']}" if each["label"] else each["name"]
        rows.append([name, _number(each["decisions"]), *_outcome_cells(each)])
    more = view["names_count"] - len(rows)
    note = f"<p class='small'>and {more} more</p>" if more > 0 else ""
    return _section(title, (column, "decisions", *_outcome_head()), rows, note)


def _latency(view: Figures) -> str:
    rows = []
    for kind, title in (
        ("first_decision_seconds", "Receipt to first decision"),
        ("closing_seconds", "Receipt to closing"),
    ):
        figures = view["total"][kind]
        percentiles = [_duration(figures[name]) for name in ("p50", "p95", "p99")]
        rows.append([title, _number(figures["count"]), *percentiles])
    return _section("How long it takes", ("Time", "cases", "p50", "p95", "p99"), rows)


def _surveys(view: Figures) -> str:
    rows = []
    for each in view["names"][:SHOWN_NAMES]:
        for role in ("complainant", "seller"):
            figures = each[role]
            if figures["answers"]:
                average = f"{figures['average_score']:.2f}"
                scores = [_number(figures["scores"][str(score)]) for score in range(1, 6)]
                rows.append([each["name"], role, _number(figures["answers"]), average, *scores])
    head = ("Marketplace", "role", "answers", "average", "1", "2", "3", "4", "5")
    return _section("Satisfaction (1 to 5)", head, rows)


def _commands(view: Figures) -> str:
    kinds = sorted({kind for each in view["names"] for kind in each if ":" in kind})
    rows = [
        [each["name"], *(_number(each.get(kind, 0)) for kind in kinds)]
        for each in view["names"][:SHOWN_NAMES]
    ]
    head = ("Marketplace", *(kind.replace("_", " ").replace(":", ", ") for kind in kinds))
    return _section("Commands", head, rows)


def _offenders(offenders: list[Figures]) -> str:
    rows = [
        [each["party_id"], _number(each["strikes"]), each["tier"], _moment_or_none(each)]
        for each in offenders[:SHOWN_NAMES]
    ]
    more = len(offenders) - len(rows)
    note = f"<p class='small'>and {more} more</p>" if more > 0 else ""
    return _section("Repeat offenders", ("Seller", "strikes", "tier", "until"), rows, note)


def _section(title: str, head: tuple[str, ...], rows: list[list[str]], note: str = "") -> str:
    body = _table(head, rows) if rows else "<p class='small'>Nothing in these hours.</p>"
    return f"<section><h2>{title}</h2>{body}{note}</section>"


def _table(head: tuple[str, ...], rows: Iterable[list[str]]) -> str:
    heads = "".join(f"<th scope='col'>{_text(each)}</th>" for each in head)
    lines = "".join(
        f"<tr><th scope='row'>{_title(first)}</th>"
        + "".join(f"<td>{_text(cell)}</td>" for cell in rest)
        + "</tr>"
        for first, *rest in rows
    )
    return (
        f"<div class='scroll' tabindex='0'><table><thead><tr>{heads}</tr></thead>"
        f"<tbody>{lines}</tbody></table></div>"
    )


def _outcome_head() -> tuple[str, ...]:
    return tuple(outcome.replace("_", " ") for outcome in OUTCOMES)


def _outcome_cells(figures: Figures) -> list[str]:
    outcomes = figures.get("outcomes", {})
    return [_number(outcomes.get(outcome, 0)) for outcome in OUTCOMES]


def _text(text: str) -> str:
    return escape(text, quote=True)


def _title(text: str) -> str:
    """Return a row's title; what stands in its second line is small."""
    first, _, second = text.partition("\n")
    return _text(first) + (f"<br><small>{_text(second)}</small>" if second else "")


def _number(count: int) -> str:
    return f"{count:,}" if count else NONE


def _percent(share: float | None) -> str:
    return NONE if share is None else f"{share:.1%}"


def _duration(seconds: float | None) -> str:
    if seconds is None:
        return NONE
    for unit, length in (("h", 3600), ("min", 60)):
        if seconds >= length:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds:.1f} s"


def _moment(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%d %B %Y, %H:%M UTC}"


def _moment_or_none(offender: Figures) -> str:
    until = offender["until_milliseconds"]
    return NONE if until is None else _moment(until)
