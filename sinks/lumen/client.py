"""Sends notices to Lumen, one a call.

Lumen knows no identifier of ours, so each notice has its key as a tag. Where it is not clear
whether a notice arrived, it is looked up by that tag before it is sent again. A notice that Lumen
holds back from its search is not found then, and may be there twice: at least once, not exactly.
Source: notices_controller.rb and search_controller.rb of berkmancenter/lumendatabase, 2026-06-29.
"""

import re
from typing import Any

from sinks.submissions.contract import Ending, Submission, SubmissionsStopped
from sinks.submissions.http import (
    ANSWER_TIMEOUT_SECONDS,
    TRY_LATER,
    Answer,
    JsonClient,
    NoAnswer,
    NotSent,
)

DESTINATION = "lumen"
NOTICES_PATH = "notices"
LOCATION = re.compile(r".*/notices/([0-9]+)(?:\.json)?")
MAXIMUM_SHOWN_CHARACTERS = 500


class Lumen:
    """The destination at an address, with a submitter's token. Errors: AddressRefused."""

    name = DESTINATION
    batch_limit = 1

    def __init__(
        self, address: str, token: str, answer_timeout_seconds: float = ANSWER_TIMEOUT_SECONDS
    ) -> None:
        headers = {"X-Authentication-Token": token}
        self._client = JsonClient(address, headers, answer_timeout_seconds)

    def deliver(self, batch: list[Submission]) -> dict[str, Ending]:
        """Send notices one by one; give the ending of each. Errors: SubmissionsStopped."""
        return {submission.key: self._deliver(submission) for submission in batch}

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _deliver(self, submission: Submission) -> Ending:
        try:
            if submission.attempts:
                found = self._look_up(submission.key)
                if found:
                    return Ending("already_there", found)
            body = dict(submission.body)
            if submission.after_reference.isdigit():
                body["counternotice_for_id"] = int(submission.after_reference)
            return _ending(self._client.request("POST", NOTICES_PATH, {"notice": body}))
        except NotSent as error:
            return Ending("unreachable", errors=_error(str(error)))
        except NoAnswer as error:
            return Ending("unclear", errors=_error(str(error)))

    def _look_up(self, key: str) -> str:
        answer = self._client.request("GET", f"notices/search.json?tags={key}")
        _refuse_set_up(answer)
        notices = answer.parsed.get("notices") if isinstance(answer.parsed, dict) else None
        if answer.status != 200 or not isinstance(notices, list):
            raise NoAnswer(f"the look-up of a notice was answered {answer.status}")
        for notice in notices:
            if isinstance(notice, dict) and key in (notice.get("tags") or []):
                return str(notice.get("id", ""))
        return ""


def _ending(answer: Answer) -> Ending:
    if answer.status == 201:
        place = LOCATION.fullmatch(answer.location)
        return Ending("sent", place[1] if place else "")
    _refuse_set_up(answer)
    shown = f"answered {answer.status}: {answer.parsed!r:.{MAXIMUM_SHOWN_CHARACTERS}}"
    if answer.status in TRY_LATER:
        return Ending("unreachable", "", _error(shown), answer.retry_after_seconds)
    if answer.status == 422 and isinstance(answer.parsed, dict):
        return Ending("refused", errors=_told(answer.parsed.get("notices")) or _error(shown))
    if 400 <= answer.status < 500:
        return Ending("refused", errors=_error(shown))
    return Ending("unclear", errors=_error(shown))


def _told(errors: Any) -> tuple[dict[str, str], ...]:
    if not isinstance(errors, dict):
        return ()
    return tuple(
        {"field": str(field), "message": str(message)}
        for field, messages in errors.items()
        for message in (messages if isinstance(messages, list) else [messages])
    )


def _refuse_set_up(answer: Answer) -> None:
    if answer.status in (401, 403):
        raise SubmissionsStopped(
            f"Lumen answered {answer.status}: the token is not that of a submitter"
        )
    if answer.status in (301, 302, 308, 404, 405):
        raise SubmissionsStopped(f"Lumen answered {answer.status}: its address is wrong")


def _error(message: str) -> tuple[dict[str, str], ...]:
    return ({"field": "", "message": message},)
