"""What a status means to a sender, before what one destination means by it."""

from typing import Literal

AnswerKind = Literal["taken", "later", "forbidden", "elsewhere", "gone", "refused", "unclear"]
"""Taken; not taken now, and to be tried later; the sender's token or address is not right; the
address is gone for good; refused as it is; or it may or may not have been taken."""

_LATER = frozenset((408, 425, 429, 502, 503, 504))
"""Statuses with which a server, or what stands before it, says that it took nothing."""

_KINDS: dict[int, AnswerKind] = {
    **dict.fromkeys(_LATER, "later"),
    **dict.fromkeys((401, 403), "forbidden"),
    **dict.fromkeys((301, 308, 404, 405), "elsewhere"),
    410: "gone",
}


def kind_of(status: int) -> AnswerKind:
    """Return what a status means."""
    if status in _KINDS:
        return _KINDS[status]
    if 200 <= status < 300:
        return "taken"
    return "refused" if 400 <= status < 500 else "unclear"
