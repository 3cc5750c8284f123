"""What parties and operators send to the filing API for the events that situations tell of."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple

from schemas.private_texts import PREFIX
from streams.sources.filing.tokens import Role

Fields = Mapping[str, Any]


class Filing(NamedTuple):
    """What is posted where, and by whom; of an agent, for whom it acts.

    Documents have the ids that rows have for them: they are to be uploaded, and named anew.
    """

    path: str
    body: dict[str, Any]
    party_id: str
    role: Role
    acts_for: tuple[str, ...] = ()


class Filed(NamedTuple):
    """What was filed before: its ids by those that rows have for it, and who filed it as what."""

    ids: dict[str, str]
    roles: dict[str, Role]

    def role_of(self, party_id: str) -> Role:
        """Return what a complainant files as."""
        return self.roles.get(party_id, "rights_holder")


def complaint(fields: Fields, _filed: Filed) -> Filing:
    """Return a complaint about one listing."""
    holder, party = fields["rights_holder_id"], fields["complainant_id"]
    body = {
        "rights_holder_id": holder,
        "ground": fields["ground"],
        "trademark": _mark(fields),
        "territory": fields["territory"],
        "claim": _claim(fields),
        "statement": fields["statement"],
        "declarations": {
            "good_faith": fields["good_faith_declared"],
            "accuracy_and_authority": True,
        },
        "signature": fields["signature"],
        "contact": {"email": fields["contact_email"]},
        "language": fields["language"],
        "evidence": _evidence(fields),
        "test_purchase": _purchase(fields),
        "without_authority": fields["without_authority"],
        "listings": [{name: fields[name] for name in ("listing_id", "marketplace")}],
    }
    role: Role = "rights_holder" if party == holder else "agent"
    if fields["without_authority"]:
        role = "notifier"
    return Filing("/v1/complaints", body, party, role, (holder,) if role == "agent" else ())


def clarification(fields: Fields, filed: Filed) -> Filing:
    """Return what a complainant adds."""
    told = {
        **{name: fields[name] for name in ("statement", "signature", "contact_email", "territory")},
        "good_faith": fields["good_faith_declared"],
        "trademark": _mark(fields),
        "claim": _claim(fields),
        "evidence": _evidence(fields),
        "test_purchase": _purchase(fields),
    }
    body = {name: value for name, value in told.items() if value}
    path = f"/v1/complaints/{filed.ids[fields['case_id']]}/clarifications"
    party = fields["complainant_id"]
    return Filing(path, body, party, filed.role_of(party))


def retraction(fields: Fields, filed: Filed) -> Filing:
    """Return the retraction of a complaint."""
    path = f"/v1/complaints/{filed.ids[fields['case_id']]}/retraction"
    body = {"explanation": fields["explanation"]}
    party = fields["complainant_id"]
    return Filing(path, body, party, filed.role_of(party))


def objection(fields: Fields, filed: Filed) -> Filing:
    """Return a seller's counter-notice."""
    body = {
        **{name: fields[name] for name in ("reason", "statement", "signature")},
        "declarations": {
            "perjury": fields["perjury_declared"],
            "jurisdiction": fields["jurisdiction_consented"],
        },
        "evidence": _evidence(fields),
    }
    path = f"/v1/cases/{filed.ids[fields['case_id']]}/counter-notices"
    return Filing(path, body, fields["seller_id"], "seller")


def answer(fields: Fields, filed: Filed) -> Filing:
    """Return a complainant's answer to the counter-notice, with the action that it may name."""
    body = {
        **{name: fields[name] for name in ("answer", "explanation", "proceedings")},
        "evidence": _evidence(fields),
    }
    path = (
        f"/v1/cases/{filed.ids[fields['case_id']]}/counter-notices/{filed.ids['objection']}/answer"
    )
    party = fields["complainant_id"]
    return Filing(path, body, party, filed.role_of(party))


def appeal(fields: Fields, filed: Filed) -> Filing:
    """Return a seller's appeal against a decision."""
    body = {"statement": fields["statement"], "evidence": _evidence(fields)}
    path = f"/v1/cases/{filed.ids[fields['case_id']]}/appeals"
    return Filing(path, body, fields["party_id"], "seller")


def order(fields: Fields, _filed: Filed) -> Filing:
    """Return an operator's record of an order."""
    until = fields["until_milliseconds"]
    said = ("issuer", "reference", "kind", "legal_basis", "territories", "document")
    about = ("listing_id", "marketplace", "effect")
    body = {
        **{name: fields[name] for name in (*said, *about)},
        "until": None if until is None else datetime.fromtimestamp(until / 1000, UTC).isoformat(),
    }
    return Filing("/v1/orders", body, fields["recorded_by"], "operator")


def order_lifted(fields: Fields, filed: Filed) -> Filing:
    """Return an operator's record of an order's end."""
    path = f"/v1/orders/{filed.ids[fields['order_id']]}/lifted"
    body = {"explanation": fields["explanation"]}
    return Filing(path, body, fields["recorded_by"], "operator")


FILINGS: dict[str, tuple[Callable[[Fields, Filed], Filing], str]] = {
    "complaint": (complaint, "complaint_id"),
    "clarification": (clarification, "clarification_id"),
    "retraction": (retraction, "retraction_id"),
    "objection": (objection, "counter_notice_id"),
    "answer": (answer, "answer_id"),
    "appeal": (appeal, "appeal_id"),
    "order": (order, "order_id"),
    "order_lifted": (order_lifted, "lift_id"),
}
"""By the names of the tables' events what makes a filing of one, and the field with its own id."""


def _mark(fields: Fields) -> dict[str, str] | None:
    if not fields["trademark_number"]:
        return None
    return {
        "office": fields["trademark_office"],
        "number": fields["trademark_number"],
        "number_kind": fields["trademark_number_kind"],
    }


def _purchase(fields: Fields) -> dict[str, Any] | None:
    bought = fields["test_purchase"]
    if bought is None:
        return None
    return {name: value for name, value in bought.items() if not name.startswith(PREFIX)}


def _evidence(fields: Fields) -> list[dict[str, str]]:
    return [{name: each[name] for name in ("evidence_id", "kind")} for each in fields["evidence"]]


def _claim(fields: Fields) -> dict[str, str]:
    return {each["name"]: each["text"] for each in fields["particulars"]}
