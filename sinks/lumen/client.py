"""Sends notices to Lumen, one a call.

Lumen knows no identifier of ours, so each notice has its key as a tag. Where it is not clear
whether a notice arrived, it is looked up by that tag before it is sent again. A notice that Lumen
holds back from its search is not found then, and may be there twice: at least once, not exactly.
Source: notices_controller.rb and search_controller.rb of berkmancenter/lumendatabase, 2026-06-29.
"""

import re

from sinks.submissions.contract import Ending, Submission
from sinks.submissions.endings import check_set_up, ending_of, errors_of
from sinks.submissions.http import ANSWER_TIMEOUT_SECONDS, Answer, JsonClient, RequestFailed

DESTINATION = "lumen"
NOTICES_PATH = "notices"
LOCATION = re.compile(r".*/notices/([0-9]+)(?:\.json)?")


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
        except RequestFailed as error:
            return ending_of(error)

    def _look_up(self, key: str) -> str:
        answer = self._client.request("GET", f"notices/search.json?tags={key}")
        _check_set_up(answer)
        notices = answer.parsed.get("notices") if isinstance(answer.parsed, dict) else None
        if answer.status != 200 or not isinstance(notices, list):
            raise RequestFailed(f"the look-up of a notice was answered {answer.status}", sent=True)
        for notice in notices:
            if isinstance(notice, dict) and key in (notice.get("tags") or []):
                return str(notice.get("id", ""))
        return ""


def _ending(answer: Answer) -> Ending:
    if answer.status == 201:
        place = LOCATION.fullmatch(answer.location)
        return Ending("sent", place[1] if place else "")
    _check_set_up(answer)
    if answer.status == 422 and isinstance(answer.parsed, dict) and answer.parsed.get("notices"):
        return Ending("refused", errors=errors_of(answer.parsed["notices"]))
    return ending_of(answer)


def _check_set_up(answer: Answer) -> None:
    check_set_up(answer, "Lumen", "the token is not that of a submitter", (302,))
