"""`python -m ops members`: whom of an identity provider's people the pages take for whom."""

import argparse
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import get_args

from ops.errors import OperatorError
from ops.shell.connections import DATABASE, add_connection_arguments
from ops.web.members import MemberRefused, Members, Rights
from ops.web.provider_settings import read_settings
from streams.sources.filing.database import Database
from streams.sources.filing.problems import Problem
from streams.sources.filing.tokens import Caller, Role


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the parsers of all acts."""
    parser = subparsers.add_parser("members", help="who signs in to the pages for whom")
    add_connection_arguments(parser, DATABASE)
    parser.add_argument("--party", required=True, help="party, reviewer or operator")
    parser.add_argument("--role", choices=get_args(Role), required=True)
    acts = parser.add_subparsers(required=True, metavar="ACT")
    bind = acts.add_parser("bind", help="let somebody of the provider sign in")
    bind.add_argument("--sign-in", type=Path, required=True, help="the provider's settings")
    bind.add_argument("--subject", required=True, help="the provider's sub")
    bind.set_defaults(run=_bind)
    invite = acts.add_parser("invite", help="print a code by which somebody joins")
    invite.set_defaults(run=_invite)
    for act in (bind, invite):
        act.add_argument("--name", required=True, help="by which people know who it is")
        act.add_argument("--rights", choices=get_args(Rights), default="owner")
        act.add_argument("--acts-for", nargs="*", default=[], help="an agent's rights holders")
    remove = acts.add_parser("remove", help="let somebody in no more")
    remove.add_argument("--member", required=True)
    remove.set_defaults(run=_remove)
    acts.add_parser("list", help="print them").set_defaults(run=_list)


def _bind(options: argparse.Namespace) -> int:
    try:
        issuer = read_settings(options.sign_in).issuer
    except ValueError as error:
        raise OperatorError(str(error)) from error
    return _done(
        options,
        lambda members, who: members.bind(
            who, options.rights, options.name, (issuer, options.subject), _now()
        ),
    )


def _invite(options: argparse.Namespace) -> int:
    return _done(
        options,
        lambda members, who: " ".join(
            members.invite(who, options.rights, options.name, "operator", _now())
        ),
    )


def _remove(options: argparse.Namespace) -> int:
    def act(members: Members, who: Caller) -> str:
        members.remove(who, options.member, _now())
        return f"{options.member} is removed"

    return _done(options, act)


def _list(options: argparse.Namespace) -> int:
    return _done(
        options,
        lambda members, who: "\n".join(
            f"{each.member_id} {each.rights} {'member' if each.joined else 'invited'} {each.name}"
            for each in members.of_party(who.party_id, who.role)
        ),
    )


def _done(options: argparse.Namespace, act: Callable[[Members, Caller], str]) -> int:
    who = Caller(options.party, options.role, frozenset(getattr(options, "acts_for", ())))
    try:
        with Database(options.database) as database:
            told = act(Members(database), who)
    except MemberRefused as refused:
        raise OperatorError(f"not done: {refused}") from refused
    except Problem as problem:
        raise OperatorError(problem.detail or "the database does not answer") from problem
    sys.stdout.write(f"{told}\n")
    return 0


def _now() -> int:
    return time.time_ns() // 1_000_000
