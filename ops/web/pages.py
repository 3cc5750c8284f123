"""Every page: its path below the language's, what answers, to whom, and by which method."""

from typing import Final, NamedTuple

from starlette.routing import Route

from ops.web import (
    account_pages,
    batch_pages,
    desk_pages,
    draft_pages,
    exports,
    filing_pages,
    holder_pages,
    inquiry_pages,
    leave_pages,
    mark_pages,
    notification_pages,
    operator_pages,
    organisation_pages,
    oversight_pages,
    public_pages,
    seller_pages,
    sign_in_pages,
)
from ops.web.members import Rights
from ops.web.routing import Handler, served
from streams.sources.filing.tokens import Role

Roles = tuple[Role, ...]

ANYBODY: Final[Roles] = ()
HOLDERS: Final[Roles] = ("rights_holder", "agent", "notifier")
FILING_FOR_MARKS: Final[Roles] = ("rights_holder", "agent")
RIGHTS_HOLDERS: Final[Roles] = ("rights_holder",)
SELLERS: Final[Roles] = ("seller",)
REVIEWERS: Final[Roles] = ("reviewer",)
OPERATORS: Final[Roles] = ("operator",)
PARTIES: Final[Roles] = (*HOLDERS, *SELLERS)
ALL: Final[Roles] = (*PARTIES, *REVIEWERS, *OPERATORS)


class Page(NamedTuple):
    """A page, or what takes its form; where roles are named, for these only."""

    path: str
    handler: Handler
    roles: Roles = ANYBODY
    method: str = "GET"
    rights: Rights | None = None
    """What a member has to be to its party: where it is not said, a reader may see, and a filer
    may send."""


PAGES: Final = (
    Page("/", public_pages.show_home),
    Page("/how-to-file", public_pages.show_how_to_file),
    Page("/how-to-file/{right}", public_pages.show_right),
    Page("/for-sellers", public_pages.show_for_sellers),
    Page("/questions", public_pages.show_questions),
    Page("/figures", public_pages.show_figures),
    Page("/status", public_pages.show_status),
    Page("/status", public_pages.look_up, ANYBODY, "POST"),
    Page("/sign-in", account_pages.show_sign_in),
    Page("/sign-in", account_pages.sign_in, ANYBODY, "POST"),
    Page("/sign-out", account_pages.sign_out, ANYBODY, "POST"),
    Page("/sign-in/provider", sign_in_pages.go_to_provider, ANYBODY, "POST"),
    Page("/sign-in/return", sign_in_pages.come_back),
    Page("/documents", account_pages.send_document, PARTIES, "POST"),
    Page("/documents/{evidence_id}", account_pages.read_document, ALL),
    Page("/organisation", organisation_pages.show_members, PARTIES),
    Page("/organisation", organisation_pages.invite, PARTIES, "POST", "owner"),
    Page("/organisation/{member_id}/removal", organisation_pages.remove, PARTIES, "POST", "owner"),
    Page("/notifications", notification_pages.show_preferences, PARTIES),
    Page("/notifications", notification_pages.choose, PARTIES, "POST", "owner"),
    Page("/notifications/confirmation/{token}", notification_pages.show_confirmation),
    Page("/notifications/confirmation/{token}", notification_pages.confirm_address, (), "POST"),
    Page("/notifications/end/{token}", notification_pages.show_end),
    Page("/notifications/end/{token}", notification_pages.end_mails, (), "POST"),
    Page("/inquiries", inquiry_pages.show_inquiries, PARTIES),
    Page("/inquiries", inquiry_pages.ask, PARTIES, "POST"),
    Page("/cases.csv", exports.export_complaints, HOLDERS),
    Page("/cases", holder_pages.show_cases, HOLDERS),
    Page("/cases/{case_id}", holder_pages.show_case, HOLDERS),
    Page("/cases/{case_id}/clarification", holder_pages.clarify, HOLDERS, "POST"),
    Page("/cases/{case_id}/retraction", holder_pages.retract, HOLDERS, "POST"),
    Page("/cases/{case_id}/objections/{counter_notice_id}", holder_pages.answer, HOLDERS, "POST"),
    Page("/cases/{case_id}/appeal", holder_pages.appeal, HOLDERS, "POST"),
    Page("/cases/{case_id}/survey", holder_pages.answer_survey, HOLDERS, "POST"),
    Page("/marks", mark_pages.show_marks, FILING_FOR_MARKS),
    Page("/authorisations", leave_pages.show_leaves, FILING_FOR_MARKS),
    Page("/authorisations", leave_pages.give, RIGHTS_HOLDERS, "POST", "owner"),
    Page("/authorisations/{authorisation_id}", leave_pages.show_withdrawal, RIGHTS_HOLDERS),
    Page(
        *("/authorisations/{authorisation_id}", leave_pages.withdraw, RIGHTS_HOLDERS),
        *("POST", "owner"),
    ),
    Page("/drafts", draft_pages.show_drafts, HOLDERS),
    Page("/drafts/{draft_id}", draft_pages.go_on_with, HOLDERS, "GET", "filer"),
    Page("/drafts/{draft_id}/removal", draft_pages.remove, HOLDERS, "POST"),
    Page("/filing", filing_pages.begin, HOLDERS, "GET", "filer"),
    Page("/filing", filing_pages.go_on, HOLDERS, "POST"),
    Page("/filing/{batch_id}", filing_pages.show_receipt, HOLDERS),
    Page("/seller", seller_pages.show_listings, SELLERS),
    Page("/seller/cases/{case_id}", seller_pages.show_case, SELLERS),
    Page("/seller/cases/{case_id}/objection", seller_pages.object_to, SELLERS, "POST"),
    Page("/seller/cases/{case_id}/appeal", seller_pages.appeal, SELLERS, "POST"),
    Page("/seller/cases/{case_id}/survey", seller_pages.answer_survey, SELLERS, "POST"),
    Page("/seller.csv", exports.export_listings, SELLERS),
    Page("/desk", desk_pages.show_desk, REVIEWERS),
    Page("/desk/next", desk_pages.take_next, REVIEWERS, "POST"),
    Page("/desk/tasks/{task_id}", desk_pages.show_task, REVIEWERS),
    Page("/desk/tasks/{task_id}/verdict", desk_pages.send_verdict, REVIEWERS, "POST"),
    Page("/desk/tasks/{task_id}/undo", desk_pages.undo, REVIEWERS, "POST"),
    Page("/desk/tasks/{task_id}/pass", desk_pages.pass_on, REVIEWERS, "POST"),
    Page("/desk/batches", batch_pages.show_batches, REVIEWERS),
    Page("/desk/batches/{task_id}", batch_pages.show_batch, REVIEWERS),
    Page("/desk/batches/{task_id}", batch_pages.take_batch, REVIEWERS, "POST"),
    Page("/desk/batches/{task_id}/verdict", batch_pages.decide_batch, REVIEWERS, "POST"),
    Page("/desk/batches/{task_id}/undo", batch_pages.undo_batch, REVIEWERS, "POST"),
    Page("/desk/inquiries", inquiry_pages.show_desk_inquiries, REVIEWERS),
    Page("/desk/inquiries/{inquiry_id}", inquiry_pages.answer, REVIEWERS, "POST"),
    Page("/desk/calls/{outreach_id}", inquiry_pages.note_call, REVIEWERS, "POST"),
    Page("/operations", operator_pages.show_overview, OPERATORS),
    Page("/operations/switch", operator_pages.throw_switch, OPERATORS, "POST"),
    Page("/deliveries", operator_pages.show_deliveries, OPERATORS),
    Page("/deliveries", operator_pages.act_on_deliveries, OPERATORS, "POST"),
    Page("/endpoints", oversight_pages.show_endpoints, OPERATORS),
    Page("/rules", oversight_pages.show_rules, OPERATORS),
    Page("/standings", oversight_pages.show_standings, OPERATORS),
    Page("/dead-letters", operator_pages.show_dead_letters, OPERATORS),
    Page("/audit", operator_pages.show_audit, OPERATORS),
)

_BY_METHOD: Final[dict[str, Rights]] = {"GET": "reader", "POST": "filer"}


def routes() -> list[Route]:
    """Return the routes of all pages."""
    return [
        Route(
            f"/{{language}}{each.path}",
            served(each.handler, each.roles, each.rights or _BY_METHOD[each.method]),
            methods=[each.method],
        )
        for each in PAGES
    ]
