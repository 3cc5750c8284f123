"""Lumen's POST /notices and its search, as its source of 2026-06-29 has them, on real HTTP."""

import re
from datetime import date, timedelta
from urllib.parse import parse_qs, urlsplit

from fake_server import FakeServer

ROLES = set(
    "principal agent attorney recipient sender submitter target issuing_court plaintiff "
    "defendant".split()
)


def errors_of(notice):
    errors = {}
    if not notice.get("works_attributes"):
        errors["works"] = ["can't be blank"]
    roles = notice.get("entity_notice_roles_attributes") or []
    if not roles:
        errors["entity_notice_roles"] = ["can't be blank"]
    if any(role.get("name") not in ROLES for role in roles):
        errors["entity_notice_roles.name"] = ["is not included in the list"]
    if any(not role["entity_attributes"].get("name") for role in roles):
        errors["entity_notice_roles.entity.name"] = ["can't be blank"]
    if len(notice.get("title", "")) > 255:
        errors["title"] = ["is too long (maximum is 255 characters)"]
    if notice.get("action_taken", "Yes") not in ("Yes", "No", "Partial", "Unspecified"):
        errors["action_taken"] = ["is not included in the list"]
    for name in ("date_sent", "date_received"):
        day = date.fromisoformat(notice.get(name, "2020-01-01"))
        if not date(1998, 10, 28) < day < date.today() + timedelta(days=1):  # noqa: DTZ011
            errors[name] = ["must be before tomorrow"]
    return errors


class FakeLumen(FakeServer):
    """Notices in the order in which they came; the id is the place, from 1."""

    def __init__(self, token="submitter-token"):
        super().__init__(token)
        self.notices = []

    def is_authorised(self, headers, body):
        given = headers.get("X-Authentication-Token") or (body or {}).get("authentication_token")
        return given == self.token

    def answer(self, method, path, body):
        parts = urlsplit(path)
        if (method, parts.path) == ("GET", "/notices/search.json"):
            [tag] = parse_qs(parts.query)["tags"]
            found = [
                {"id": number, "title": notice["title"], "tags": tags}
                for number, notice in enumerate(self.notices, 1)
                # The search is by words, so that it finds more than the very tag.
                if set(re.split("[-,]", tag)) & set(re.split("[-,]", notice["tag_list"]))
                and (tags := notice["tag_list"].split(","))
            ]
            return 200, {}, {"notices": found, "meta": {"total_entries": len(found)}}
        if (method, parts.path) != ("POST", "/notices"):
            return 404, {}, {"status": 404}
        errors = errors_of(body["notice"])
        if errors:
            return 422, {}, {"notices": errors}
        self.notices.append(body["notice"])
        return 201, {"Location": f"{self.address}/notices/{len(self.notices)}"}, None
