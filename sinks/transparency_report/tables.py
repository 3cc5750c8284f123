"""The parts of the report as tables: our figures, the operator's inputs, and what is not held."""

from collections.abc import Mapping
from typing import Any

from schemas.events.detections import BlockListing
from schemas.events.takedowns import RestrictListing
from sinks.statements.grounds import Right, is_illegal
from sinks.transparency_report import template as form
from sinks.transparency_report.figures import AppealFigures, Figures
from sinks.transparency_report.inputs import Inputs
from sinks.transparency_report.template import Table

NOT_HELD = "Not held by this system."
ONLY_IP = "Intellectual property only."
MEDIAN_NOTE = "To the marketplace's confirmation, else to the decision."
RECALL_NOTE = (
    "Takedowns that stayed, of those and refusals reversed since; infringements that nobody gave "
    "notice of are not known."
)
ACCURACY_NOTE = "Automated decisions on notices that were not reversed since."
PRECISION_NOTE = "Automated takedowns that were not reversed since."
APPEALS_NOTE = "Counter-notices are not counted: they are settled between the parties."

Row = tuple[str, ...]


def tables_of(figures: Figures, inputs: Inputs, service: str, period: str) -> list[Table]:
    """Return all parts but the list of categories; `period` as YYYY-MM-DD/YYYY-MM-DD."""
    place = (service, period)
    return [
        _summary(inputs, service, period),
        _orders(inputs, place),
        _notices(figures, place),
        _own_initiative(figures, place, illegal=True),
        _own_initiative(figures, place, illegal=False),
        _appeals(figures, inputs, place),
        _automated_means(figures, place),
        _staff(inputs, place),
        _recipients(inputs, place),
        _qualitative(inputs, place),
    ]


def _summary(inputs: Inputs, service: str, period: str) -> Table:
    begin, _, end = period.partition("/")
    values = {
        "Name of the service provider": inputs.provider,
        "Date of the publication of the report": inputs.published,
        "Date of the publication of the latest previous report": inputs.published_before,
        "Starting date of reporting period": begin,
        "Ending date of reporting period": end,
    }
    rows = tuple((form.ALL, service, name, value) for name, value in values.items())
    return Table("part_01_summary", form.SUMMARY_COLUMNS, rows)


def _orders(inputs: Inputs, place: Row) -> Table:
    orders = inputs.orders or [(form.CATEGORY, "TOTAL", ("",) * len(form.ORDERS))]
    note = ("" if inputs.orders else NOT_HELD,) * len(form.ORDERS)
    rows = tuple(
        (form.ALL, *place, category, _description(category), scope, *values, *note)
        for category, scope, values in orders
    )
    return Table("part_03_member_states_orders", form.ORDER_COLUMNS, rows)


def _notices(figures: Figures, place: Row) -> Table:
    rows = []
    for category in form.CATEGORIES:
        keyword = None if category == form.CATEGORY else category
        every, trusted = (figures.notices(keyword, flag) for flag in (False, True))
        values = (
            every.notices, trusted.notices, every.items, trusted.items,
            every.median_hours, trusted.median_hours,
            every.on_law, trusted.on_law, every.on_terms, trusted.on_terms,
        )  # fmt: skip
        notes = tuple(MEDIAN_NOTE if name.startswith("Median") else "" for name in form.NOTICES)
        head = (form.HOSTING, *place, category, _description(category))
        rows.append((*head, *map(_shown, values), *notes))
    return Table("part_04_notices", form.NOTICE_COLUMNS, tuple(rows))


def _own_initiative(figures: Figures, place: Row, illegal: bool) -> Table:
    removals = [each for each in figures.removals if _is_ours(each.trademark_key) == illegal]
    blocked = sum(isinstance(each, BlockListing | RestrictListing) for each in removals)
    restricted, suspended, closed = (
        len(figures.sellers_sanctioned(kind)) if illegal else 0
        for kind in ("restrict", "suspend", "close")
    )
    total = len(removals) + restricted + suspended + closed
    counts = dict.fromkeys(form.MEASURES, 0) | {
        form.MEASURES[0]: total,
        # What we find ourselves is always found by automated means.
        form.MEASURES[1]: total,
        "Visibility restriction Removal": len(removals) - blocked,
        "Visibility restriction Disable": blocked,
        "Provision of the service Suspension": restricted,
        "Account restriction Suspension": suspended,
        "Account restriction Termination": closed,
    }
    rows = []
    for category in form.CATEGORIES:
        ours = category in (form.CATEGORY, "KEYWORD_TRADEMARK_INFRINGEMENT")
        values = [_shown(count if ours else 0) for count in counts.values()]
        head = (form.ALL, *place, category, _description(category))
        rows.append((*head, *values, *("",) * len(form.MEASURES)))
    name = "part_05_own_initiative_illegal" if illegal else "part_06_own_initiative_TC"
    columns = form.ILLEGAL_COLUMNS if illegal else form.TERMS_COLUMNS
    return Table(name, columns, tuple(rows))


def _appeals(figures: Figures, inputs: Inputs, place: Row) -> Table:
    section = "Internal complaints mechanism"
    none = AppealFigures(0, 0, 0, None)
    about = "Complaint regarding a decision"
    every = "Number of complaints submitted to the internal-complaints mechanism"
    blocks = (
        (every, figures.appeals("all")),
        (
            f"{about} to remove or disable access to or restrict visibility of information",
            figures.appeals("removal"),
        ),
        (f"{about} to suspend or terminate the provision of the service", none),
        (f"{about} to suspend or terminate an account ", none),
        (f"{about} to restrict the ability to monetise information", none),
        (
            f"{about} not to take action on a notice submitted in accordance with Article 16",
            figures.appeals("no_action"),
        ),
        (
            f"{about} not to take action on a notice submitted by a Trusted Flagger in accordance "
            "with Article 16",
            figures.appeals("no_action_trusted_flagger"),
        ),
    )
    rows: list[Row] = []

    def add(part: str, indicator: str, scope: str, value: Any, note: str = "") -> None:
        applies = form.ALL if (indicator, scope) == (every, "Total number") else form.PLATFORMS
        rows.append((applies, *place, part, indicator, scope, _shown(value), note))

    for indicator, found in blocks:
        add(section, indicator, "Total number", found.filed, APPEALS_NOTE)
        add(section, indicator, "Decisions upheld", found.upheld)
        add(section, indicator, "Decisions partially reversed", 0)
        add(section, indicator, "Decisions reversed", found.reversed)
        add(section, indicator, "Median time", found.median_hours)
        if indicator == every:
            add(section, indicator, "Decision omitted", None, NOT_HELD)
            newly = "Number of restrictions newly imposed as a result of an internal complaint"
            add(section, newly, "Total number", figures.restrictions_on_appeal())
    disputes = "Number of disputes submitted to out-of-court dispute settlement bodies"
    for scope in (
        "Total number", "Decisions upheld", "Decisions partially reversed", "Decisions reversed",
        "Median time", "Decision omitted", "Percentage of outcomes implemented",
    ):  # fmt: skip
        value = inputs.disputes.get(scope)
        note = "" if value is not None else NOT_HELD
        add("Out-of-court dispute settlement bodies", disputes, scope, value, note)
    suspended = "Number of suspensions enacted for the provision of manifestly"
    sellers = figures.sellers_sanctioned("restrict", "suspend", "close")
    notifiers = [s for s in figures.sanctions if s.role == "complainant"]
    unfounded = sum(s.sanction == "suspend" for s in notifiers)
    for what, count in (
        ("illegal content ", len(sellers)), ("unfounded notices", unfounded),
        ("unfounded complaints", 0),
    ):  # fmt: skip
        part = "Suspensions imposed on repeated offenders"
        add(part, f"{suspended} {what}", "Total number", count)
    return Table("part_07_appeals_and_recidivism", form.CONTEXT_COLUMNS, tuple(rows))


def _automated_means(figures: Figures, place: Row) -> Table:
    section = "Use of automated means for content moderation"
    rows: list[Row] = []
    measures = ("Number of measures solely taken by automated means ",
                "Number of measures not taken by automated means")  # fmt: skip
    processed = ("Number of notices solely processed by automated means ",
                 "Number of notices not processed by automated means")  # fmt: skip

    def add(applies: str, indicator: str, scope: str, value: Any, note: str = "") -> None:
        rows.append((applies, *place, section, indicator, scope, _shown(value), note))

    def add_accuracy(applies: str, scope: str, found: Any) -> None:
        notes = {"Accuracy": ACCURACY_NOTE, "Precision": PRECISION_NOTE, "Recall": RECALL_NOTE}
        for kind, note in notes.items():
            value = None if found is None else getattr(found, kind.lower())
            text = NOT_HELD if found is None else note
            add(applies, f"Accuracy of the automated means - {kind}", scope, value, text)

    every = figures.accuracy()
    for name, alone in zip(measures, (True, False), strict=True):
        add(form.ALL, name, "Total number", figures.measures(alone), ONLY_IP)
    add_accuracy(form.ALL, "Total number", every)
    for name, alone in zip(measures, (True, False), strict=True):
        add(form.ALL, name, "Own-initiative ", figures.own_measures(alone), ONLY_IP)
    add_accuracy(form.ALL, "Own-initiative ", None)
    scopes = (
        (form.HOSTING, "NAM Total", every),
        (form.PLATFORMS, "NAM Trusted Flagger", figures.accuracy(trusted_only=True)),
    )
    for applies, scope, found in scopes:
        add(applies, processed[0], scope, found.automated, ONLY_IP)
        add(applies, processed[1], scope, found.not_automated, ONLY_IP)
        add_accuracy(applies, scope, found)
    for name, alone in zip(measures, (True, False), strict=True):
        for language in form.LANGUAGES:
            add(form.LARGE, name, language, figures.measures(alone, language), ONLY_IP)
    for language in form.LANGUAGES:
        add_accuracy(form.LARGE, language, figures.accuracy(language=language))
    return Table("part_08_automated_means", form.CONTEXT_COLUMNS, tuple(rows))


def _staff(inputs: Inputs, place: Row) -> Table:
    section = "Human resources dedicated to content moderation "
    skilled = "Number of total moderators with sufficient linguistic expertise "
    wanted = [
        ("Number of internal moderators employed by the provider", "Total number", "internal"),
        ("Number of external moderators contracted by the provider", "Total number", "external"),
        (skilled, "Total number", "total"),
        *((skilled, language, language) for language in form.LANGUAGES),
    ]
    rows = tuple(
        (
            form.LARGE, *place, section, indicator, scope, _shown(inputs.staff.get(key)),
            "" if key in inputs.staff else NOT_HELD,
        )
        for indicator, scope, key in wanted
    )  # fmt: skip
    return Table("part_09_human_resources", form.STAFF_COLUMNS, rows)


def _recipients(inputs: Inputs, place: Row) -> Table:
    indicator = "Number of average monthly active recipients during the reporting period "
    given: Mapping[str, int | None] = inputs.recipients or {"TOTAL": None}
    rows = tuple(
        (form.LARGE_AND_SEARCH, *place, "AMAR", indicator, scope, _shown(value))
        for scope, value in given.items()
    )
    return Table("part_10_AMAR", form.INDICATOR, rows)


def _qualitative(inputs: Inputs, place: Row) -> Table:
    rows = tuple((form.ALL, *place, name, text) for name, text in inputs.qualitative.items())
    return Table("part_11_qualitative", form.QUALITATIVE_COLUMNS, rows)


def _is_ours(trademark_key: str | None) -> bool:
    office = (trademark_key or "").partition(":")[0].strip().upper()
    return is_illegal(Right("trademark_infringement", office, ""))


def _description(category: str) -> str:
    return form.OTHER_DESCRIPTION if category == "KEYWORD_OTHER" else ""


def _shown(value: Any) -> str:
    if value is None:
        return ""
    return f"{value:.4f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)
