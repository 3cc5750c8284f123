"""The findings of all versions, so that the number in an old decision can still be read.

A new finding, or a new word of one, makes a new version, which stands here beside the former ones;
what stands here is never changed, as decisions on the log refer to it. A word is not taken away:
rule sets on the log, by which decisions are made again, may name it.
"""

from processors.findings.numbering import Words

_FIRST: Words = {
    "ground": (
        "counterfeit",
        "trademark_infringement",
        "keyword_misuse",
        "other",
        "copyright_infringement",
    ),
    "listing": ("active", "suspended", "removed"),
    "authority": (
        "owner",
        "agent",
        "unknown_party",
        "unverified_party",
        "not_owner",
        "owner_unknown",
        "no_authorisation",
        "authorisation_not_yet_valid",
        "authorisation_expired",
        "authorisation_revoked",
        "outside_authorisation",
    ),
    "registry": (
        "in_force",
        "not_found",
        "not_yet_registered",
        "no_longer_in_force",
        "unknown",
    ),
    "nice_class": ("covered", "related", "mismatch", "unknown"),
    "territory": ("covered", "not_covered", "not_offered"),
    "listing_match": ("exact", "near", "none", "no_words"),
    "evidence": ("sufficient", "insufficient"),
    "seller": ("authorised", "not_authorised"),
}

FINDINGS_VERSIONS: dict[int, Words] = {
    1: _FIRST,
    2: {
        **_FIRST,
        "listing": (*_FIRST["listing"], "taken_down"),
        "listing_match": (*_FIRST["listing_match"], "disguised"),
        "reading": (
            "clear",
            "reference",
            "comparison",
            "parody",
            "work",
            "resale",
            "own_name",
            "ambiguous",
            "other_right",
            "uncertain_spelling",
            "unproven",
        ),
    },
}
FINDINGS_VERSIONS[3] = {
    **FINDINGS_VERSIONS[2],
    "ground": (
        *_FIRST["ground"],
        "design_infringement",
        "patent_infringement",
        "utility_model_infringement",
        "geographical_indication_infringement",
        "trade_dress_infringement",
        "parallel_import",
        "court_order",
    ),
}
FINDINGS_VERSIONS[4] = {
    **FINDINGS_VERSIONS[3],
    "territory": (*_FIRST["territory"], "countries_unknown"),
}
FINDINGS_VERSIONS[5] = {
    **FINDINGS_VERSIONS[4],
    "authority": (*_FIRST["authority"], "notifier"),
    "seller": (*_FIRST["seller"], "licensed_in_part"),
}

FINDINGS_VERSION = max(FINDINGS_VERSIONS)
"""The version of `Findings`."""
