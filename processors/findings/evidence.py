"""Whether the evidence that the ground asks for was filed.

That a product is not genuine can't be seen from a register, so counterfeit asks for a look at the
product: a test buy, a comparison or a photo (marketplaces ask alike; Amazon's form recommends the
test buy's order id). Alibaba's good-faith programme takes less of those whose complaints hold up.
Infringement and misuse in a title are seen from the listing and the register.
"""

from processors.findings.findings import AuthorityFinding, EvidenceFinding
from schemas.events.complaints import ComplaintFiled
from schemas.rights import right_of


def evidence_finding(
    complaint: ComplaintFiled, authority: AuthorityFinding, fast_lane: bool = False
) -> EvidenceFinding:
    """Tell whether a document of a needed kind was filed; in the fast lane a declaration will do.

    An agent on record needs no letter; one without a record that files a letter is not judged
    here, but by its authority.
    """
    needed = right_of(complaint.ground).documents[complaint.ground]
    if not needed:
        return "sufficient"
    if authority not in ("owner", "agent"):
        # A declaration alone carries no weight from someone unknown.
        needed -= {"declaration"}
    elif fast_lane:
        needed |= {"declaration"}
    filed = {item.kind for item in complaint.evidence if item.evidence_id}
    return "insufficient" if filed.isdisjoint(needed) else "sufficient"
