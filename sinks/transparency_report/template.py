"""The quantitative template of Implementing Regulation (EU) 2024/2835, Annex I: columns and rows.

Names are as in the Commission's CSV files, with their trailing spaces, for programs compare them.
Rows of other categories than intellectual property, and totals over all categories, are not ours.
"""

from typing import NamedTuple

ALL = "All"
HOSTING = "Only for providers of hosting services, including online platforms"
PLATFORMS = "Only for providers of online platforms"
LARGE = "Only for VLOPs"
LARGE_AND_SEARCH = "Only for VLOPs and VLOSEs"

CATEGORY = "STATEMENT_CATEGORY_INTELLECTUAL_PROPERTY_INFRINGEMENTS"
KEYWORDS = (
    "KEYWORD_COPYRIGHT_INFRINGEMENT",
    "KEYWORD_DESIGN_INFRINGEMENT",
    "KEYWORD_GEOGRAPHIC_INDICATIONS_INFRINGEMENT",
    "KEYWORD_PATENT_INFRINGEMENT",
    "KEYWORD_TRADE_SECRET_INFRINGEMENT",
    "KEYWORD_TRADEMARK_INFRINGEMENT",
    "KEYWORD_OTHER",
)
CATEGORIES = (CATEGORY, *KEYWORDS)
OTHER_DESCRIPTION = "Intellectual property right other than those listed"
LANGUAGES = tuple("bg cs da de el en es et fi fr ga hr hu it lt lv mt nl pl pt ro sk sl sv".split())
"""Official languages of the Union."""

COMMON = ("Applicability", "Service", "Reporting period")
OTHER = 'Description of the sub-category "Other"'
ORDERS = (
    "Number of orders to act against illegal content received",
    "Number of specific items of information included in the total number of orders to act "
    "against illegal content",
    "Median time to inform the authority of the receipt of the order to act against illegal "
    "content",
    "Median time to give effect to the order to act against illegal content",
    "Number of orders to provide information",
    "Median time to inform the authority of the receipt of the order to provide information",
    "Median time to give effect to the order to provide information",
)
NOTICES = (
    "Number of notices received ",
    "Number of notices received from Trusted flaggers",
    "Number of specific items of information included in the total number of notices",
    "Number of specific items of information included in the total number of notices by Trusted "
    "Flaggers (Trusted Flagger notices)",
    "Median time to take action",
    "Median time to take action (Trusted Flagger notices)",
    "Number of actions taken on the basis of the law",
    "Number of actions taken on the basis of the law (Trusted Flagger notices)",
    "Number of actions taken on the basis of the terms and conditions of the service",
    "Number of actions taken on the basis of the terms and conditions of the service (Trusted "
    "Flagger notices)",
)
MEASURES = (
    "Number of measures taken at the provider's own initiative ",
    "Number of measures taken after detection with solely automated means ",
    "Visibility restriction Removal",
    "Visibility restriction Disable",
    "Visibility restriction Demoted",
    "Visibility restriction Age restricted",
    "Visibility restriction Interaction restricted",
    "Visibility restriction Labelled ",
    "Visibility restriction Other",
    "Monetary restriction Suspension",
    "Monetary restriction Termination",
    "Monetary restriction Other",
    "Provision of the service Suspension",
    "Provision of the service Termination",
    "Account restriction Suspension",
    "Account restriction Termination",
)
INDICATOR = (*COMMON, "Section", "Indicator", "Scope", "Value")


class Table(NamedTuple):
    """One part of the report: its file's name without ending, columns, and rows of texts."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


SUMMARY_COLUMNS = ("Applicability", "Service", "Indicator", "Value")
NOTICE_COLUMNS = (
    *COMMON,
    "Category of illegal content",
    OTHER,
    *NOTICES,
    *(f"Contextual information on {name}" for name in NOTICES),
)
ORDER_COLUMNS = (
    *COMMON,
    "Category of illegal content",
    OTHER,
    "Scope",
    *ORDERS,
    *(f"Contextual information on {name[0].lower()}{name[1:]}" for name in ORDERS[:2]),
    *(f"Contextual information on {name}" for name in ORDERS[2:]),
)
MEASURE_CONTEXT = tuple(f"Contextual Information on {name}" for name in MEASURES)
ILLEGAL_COLUMNS = (
    *COMMON, "Category of illegal content", OTHER, *MEASURES, *MEASURE_CONTEXT,
)  # fmt: skip
TERMS_COLUMNS = (
    *COMMON,
    "Category of incompatibility with the provider's terms and conditions",
    OTHER,
    *MEASURES,
    *MEASURE_CONTEXT,
)
CONTEXT_COLUMNS = (*INDICATOR, "Contextual Information")
STAFF_COLUMNS = (*INDICATOR, "Contextual information")
QUALITATIVE_COLUMNS = (*COMMON, "Indicator", "Value")
