"""The pages of a party's members: who they are, inviting and removing them."""

from typing import cast, get_args

from starlette.responses import RedirectResponse, Response

from ops.web.members import MemberRefused, Rights
from ops.web.rendering import render
from ops.web.site import Visit


def show_members(visit: Visit) -> Response:
    """Show a party's members."""
    return _members(visit)


def invite(visit: Visit) -> Response:
    """Invite somebody; the code is shown once, to be passed on by whoever invites."""
    rights, name = visit.value("rights"), visit.value("name")
    if rights not in get_args(Rights):
        rights = "reader"
    by = visit.session.member_id if visit.session else ""
    try:
        member_id, code = visit.site.members.invite(
            visit.caller, cast(Rights, rights), name, by or visit.caller.party_id, visit.now
        )
    except MemberRefused as refused:
        return _members(visit, refused=str(refused))
    visit.note("invite_member", member_id)
    return _members(visit, code=code)


def remove(visit: Visit, member_id: str) -> Response:
    """Remove a member, or take an invitation back."""
    try:
        visit.site.members.remove(visit.caller, member_id, visit.now)
    except MemberRefused as refused:
        return _members(visit, refused=str(refused))
    visit.note("remove_member", member_id)
    own = visit.session is not None and visit.session.member_id == member_id
    return RedirectResponse(visit.address("/" if own else "/organisation"), 303)


def _members(visit: Visit, code: str = "", refused: str = "") -> Response:
    caller = visit.caller
    return render(
        visit,
        "organisation.html",
        422 if refused else 200,
        members=visit.site.members.of_party(caller.party_id, caller.role),
        code=code,
        refused=refused,
        member_id=visit.session.member_id if visit.session else "",
    )
