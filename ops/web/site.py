"""What all pages share, and one visit to one of them."""

import hashlib
import hmac
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NamedTuple

from psycopg import Connection as PostgresConnection
from psycopg.rows import dict_row, tuple_row
from starlette.datastructures import UploadFile
from starlette.requests import Request

from ops.web.identity_provider import IdentityProvider
from ops.web.languages import FALLBACK, LANGUAGES, Language
from ops.web.members import Members, Rights, may
from ops.web.own_marks import Tables
from ops.web.sessions import Session, Sessions
from processors.rules.rule_set import RuleSet
from schemas.events.switches import DispatchSwitched
from sinks.dispatch.settings import Cap
from streams.sources.desk.database_clock import desk_clock
from streams.sources.desk.desk import Desk
from streams.sources.filing.case_lists import CaseLists
from streams.sources.filing.problems import FORBIDDEN, Problem
from streams.sources.filing.routes import KeyGiven
from streams.sources.filing.services import Services
from streams.sources.filing.tokens import Caller, Role

FORM_COOKIE = "__Host-form"
"""Ties the forms of who is not signed in to a browser."""


class Kafka:
    """What pages ask of Kafka and of the live views; tests have their own."""

    def throw(self, switch: DispatchSwitched) -> None:
        """Write a switch. Errors: OperatorError."""
        raise NotImplementedError

    def halted(self) -> tuple[bool, frozenset[str]]:
        """Tell whether the switches are known, and which scopes are halted."""
        raise NotImplementedError

    def dead_letters(self) -> list[dict[str, Any]]:
        """Return the newest dead letters: what they are and why, without their contents."""
        raise NotImplementedError

    def figures(self) -> Mapping[str, Any] | None:
        """Return the live figures, or None while nobody answers for them."""
        raise NotImplementedError


class Site(NamedTuple):
    """All that visits share; made once, by the command or a test."""

    services: Services
    sessions: Sessions
    rules: RuleSet
    kafka: Kafka
    lists: CaseLists
    database_address: str
    address: str
    """Where search engines find the pages, without a slash at the end."""
    members: Members
    provider: IdentityProvider | None = None
    """Where people sign in, beside the tokens that are taken anyway."""
    tables: Tables = Tables()
    """What workers decide by."""
    caps: Mapping[str, Cap] = {}
    """Caps of dispatch, by what they count."""
    grafana: str = ""
    """Address of the dashboard; empty where there is none."""


class Visit:
    """One request: in which language, who is signed in, and the fields of its form."""

    def __init__(self, request: Request, form: Mapping[str, list[str]]) -> None:
        self.request = request
        self.site: Site = request.app.state.site
        self.services: Services = self.site.services
        self.now: int = self.services.clock.now_milliseconds()
        self.language: Language = LANGUAGES.get(
            request.path_params.get("language", ""), LANGUAGES[FALLBACK]
        )
        self.form = form
        self.form_cookie = request.cookies.get(FORM_COOKIE) or secrets.token_urlsafe(24)
        self.session: Session | None = None
        self.files: list[UploadFile] = []

    @property
    def caller(self) -> Caller:
        """Who is signed in. Errors: Problem FORBIDDEN where nobody is."""
        if self.session is None:
            raise Problem(FORBIDDEN)
        return self.session.caller

    def require(self, *roles: Role) -> Caller:
        """Return who is signed in, in one of these roles. Errors: Problem FORBIDDEN."""
        if self.caller.role not in roles:
            raise Problem(FORBIDDEN)
        return self.caller

    def require_rights(self, needed: Rights) -> None:
        """Refuse a member that may not do so much for its party. Errors: Problem FORBIDDEN."""
        if self.session is None or not may(self.session.rights, needed):
            raise Problem(FORBIDDEN)

    def value(self, name: str) -> str:
        """Return a form's field, empty where it was not sent."""
        return (self.form.get(name) or [""])[0].replace("\r\n", "\n").strip()

    def address(self, path: str) -> str:
        """Return the address of a page in the visit's language."""
        return f"/{self.language.tag}{path}"

    def form_token(self) -> str:
        """Return what shows that a form was ours, and given to this browser and session."""
        secret = self.form_cookie if self.session is None else self.session.session_id
        return hmac.new(secret.encode(), b"form", hashlib.sha256).hexdigest()

    def form_is_ours(self) -> bool:
        """Tell whether the form that came is one that this browser was given."""
        return hmac.compare_digest(self.value("form_token"), self.form_token())

    def key(self) -> KeyGiven:
        """Return the form's key: sent again, it files nothing new."""
        return KeyGiven(self.value("form_key") or secrets.token_hex(16))

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """Lend the review desk, on a connection of the pool."""
        with self.services.database.connection() as pooled:
            connection: PostgresConnection[Any] = pooled
            connection.row_factory = tuple_row
            try:
                yield Desk(connection, desk_clock(connection, self.services.clock))
            finally:
                connection.row_factory = dict_row

    def note(self, action: str, subject: str = "") -> None:
        """Note for the audit log what somebody saw or did."""
        caller = self.caller
        member_id = self.session.member_id if self.session else ""
        with self.services.database.connection() as connection:
            connection.execute(
                """
                INSERT INTO web_actions
                    (party_id, role, member_id, action, subject, acted_at_milliseconds)
                VALUES (%s, %s, %s, %s, %s, %s)
                """,
                (caller.party_id, caller.role, member_id, action, subject, self.now),
            )
