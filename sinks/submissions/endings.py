"""How an attempt ended, by an answer or the want of one, unless a destination says otherwise."""

from sinks.sending.answers import kind_of
from sinks.submissions.contract import Ending, SubmissionsStopped
from sinks.submissions.http import Answer, RequestFailed

MAXIMUM_SHOWN_CHARACTERS = 500


def ending_of(answer: Answer | RequestFailed) -> Ending:
    """Return the ending for an answer that took nothing, or the want of one."""
    if isinstance(answer, RequestFailed):
        return Ending("unclear" if answer.sent else "unreachable", errors=error_of(str(answer)))
    said = error_of(f"answered {answer.status}: {answer.parsed!r:.{MAXIMUM_SHOWN_CHARACTERS}}")
    kind = kind_of(answer.status)
    if kind == "later":
        return Ending("unreachable", "", said, answer.retry_after_seconds)
    return Ending("refused" if kind in ("refused", "gone") else "unclear", errors=said)


def check_set_up(answer: Answer, name: str, advice: str, elsewhere: tuple[int, ...] = ()) -> None:
    """Errors: SubmissionsStopped where token or address are not accepted, the latter by `elsewhere`
    too."""
    kind = kind_of(answer.status)
    if kind == "forbidden":
        raise SubmissionsStopped(f"{name} answered {answer.status}: {advice}")
    if kind == "elsewhere" or answer.status in elsewhere:
        raise SubmissionsStopped(f"{name} answered {answer.status}: its address is wrong")


def error_of(message: str, field: str = "") -> tuple[dict[str, str], ...]:
    """Return one error as it is kept."""
    return ({"field": field, "message": message},)


def errors_of(fields: object) -> tuple[dict[str, str], ...]:
    """Return the errors that a server told by field: one or more messages for each."""
    told = fields.items() if isinstance(fields, dict) else [("", fields)]
    return tuple(
        {"field": str(field), "message": str(message)}
        for field, messages in told
        for message in (messages if isinstance(messages, list) else [messages])
    )
