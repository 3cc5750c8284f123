"""Sends statements to the DSA Transparency Database, whose calls take all of a batch or nothing.

POST api/v1/statements answers 201 with all statements, 422 with errors under `statement_<index>`,
or 422 with `existing_puids`: identifiers that are there already, or that another call holds at
that moment, or that its cache holds. So each of these is looked up before it counts as there.
Source: StatementMultipleAPIController.php, PlatformUniqueIdService.php and api-documentation.md of
digital-services-act/transparency-database, 2026-06-24.
"""

import re
from typing import Any

from sinks.submissions.contract import Ending, Submission
from sinks.submissions.endings import (
    check_set_up,
    ending_of,
    error_of,
    errors_of,
)
from sinks.submissions.http import ANSWER_TIMEOUT_SECONDS, Answer, JsonClient, RequestFailed

STATEMENTS_PATH = "api/v1/statements"
EXISTING_PATH = "api/v1/statement/existing-puid/"
DESTINATION = "statements"
BATCH_LIMIT = 100
INDEX = re.compile(r"statement_([0-9]{1,3})")


class TransparencyDatabase:
    """The destination at an address, with the platform's token. Errors: AddressRefused."""

    name = DESTINATION
    batch_limit = BATCH_LIMIT

    def __init__(
        self, address: str, token: str, answer_timeout_seconds: float = ANSWER_TIMEOUT_SECONDS
    ) -> None:
        headers = {"Authorization": f"Bearer {token}"}
        self._client = JsonClient(address, headers, answer_timeout_seconds)

    def deliver(self, batch: list[Submission]) -> dict[str, Ending]:
        """Send a batch without those that are bad or there already; give the ending of each.

        Errors: SubmissionsStopped where the token or the address is not accepted.
        """
        rest = {submission.key: submission.body for submission in batch}
        endings: dict[str, Ending] = {}
        while rest:
            try:
                answer = self._client.request(
                    "POST", STATEMENTS_PATH, {"statements": list(rest.values())}
                )
                found = self._endings(answer, list(rest))
            except RequestFailed as error:
                found = dict.fromkeys(rest, ending_of(error))
            endings |= found
            # Each turn ends one at least, so there are no more turns than submissions.
            rest = {key: body for key, body in rest.items() if key not in found}
        return endings

    def exists(self, puid: str) -> bool:
        """Say whether a statement of this identifier is there. Errors: RequestFailed,
        SubmissionsStopped."""
        answer = self._client.request("GET", EXISTING_PATH + puid)
        if not _is_look_up(answer):
            _check_set_up(answer)
            told = f"the look-up of an identifier was answered {answer.status}"
            raise RequestFailed(told, sent=True)
        return answer.status == 302

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _endings(self, answer: Answer, keys: list[str]) -> dict[str, Ending]:
        """Return the endings of one at least of the keys sent."""
        if answer.status == 201:
            return _stored(answer.parsed, keys)
        _check_set_up(answer)
        errors = answer.parsed.get("errors") if isinstance(answer.parsed, dict) else None
        if answer.status == 422 and isinstance(errors, dict):
            found = _refused(errors, keys) or self._existing(errors, keys)
            if found:
                return found
        ending = ending_of(answer)
        if ending.kind == "refused" and len(keys) > 1:
            # Which of them it refuses is told by none of the ways that are known.
            ending = ending._replace(kind="unclear")
        return dict.fromkeys(keys, ending)

    def _existing(self, errors: dict[str, Any], keys: list[str]) -> dict[str, Ending]:
        named = errors.get("existing_puids")
        if not isinstance(named, list):
            return {}
        endings = {}
        for key in sorted({each for each in named if isinstance(each, str)} & set(keys)):
            if self.exists(key):
                endings[key] = Ending("already_there")
            else:
                endings[key] = Ending("unclear", errors=error_of("held, but not there", "puid"))
        return endings


def _stored(parsed: Any, keys: list[str]) -> dict[str, Ending]:
    statements = parsed.get("statements") if isinstance(parsed, dict) else None
    named = {
        each.get("puid"): str(each.get("uuid") or "")
        for each in (statements if isinstance(statements, list) else [])
        if isinstance(each, dict)
    }
    return {key: Ending("sent", named.get(key, "")) for key in keys}


def _refused(errors: dict[str, Any], keys: list[str]) -> dict[str, Ending]:
    found = {}
    for name, fields in errors.items():
        place = INDEX.fullmatch(name)
        if place is None or int(place[1]) >= len(keys):
            continue
        found[keys[int(place[1])]] = Ending("refused", errors=errors_of(fields))
    return found


def _check_set_up(answer: Answer) -> None:
    advice = (
        "the token is not valid, or may not create statements. A new token makes the old one "
        "invalid."
    )
    check_set_up(answer, "the Transparency Database", advice)


def _is_look_up(answer: Answer) -> bool:
    """Tell whether a status that elsewhere means a wrong address is the answer of a look-up."""
    found = answer.status == 404 and isinstance(answer.parsed, dict) and "puid" in answer.parsed
    return found or answer.status == 302
