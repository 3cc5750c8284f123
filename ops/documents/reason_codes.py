"""docs/reason-codes.md, made from schemas/reasons.py and the built-in rules."""

from schemas.reasons import REASONS
from streams.policies.rule_files import BUILT_IN_DIRECTORY, load_rules

HEAD = """# Reason codes

Generated from `schemas/reasons.py` and the built-in rules by `python -m ops docs write`.

Two of them are the refusals that Alibaba's IPP told of in 2017: `insufficient_evidence`, and
`listing_and_ip_document_mismatch`; a code beside them says what is missing or does not match.

| code | meaning | built-in rules that give it |
|---|---|---|
"""


def render() -> str:
    """Return docs/reason-codes.md."""
    rules = load_rules(BUILT_IN_DIRECTORY)
    lines = []
    for code, reason in sorted(REASONS.items()):
        given = [f"`{rule.rule_id}`" for rule in rules if code in rule.reason_codes]
        lines.append(
            f"| `{code}` | {reason.meaning} | {', '.join(given) or 'a step or a review'} |"
        )
    return HEAD + "\n".join(lines) + "\n"
