"""Messages to parties in words, from the catalogues of the pages, in the language they chose."""

from ops.web import words
from ops.web.languages import FALLBACK, LANGUAGES, Formats, translations
from ops.web.words import marked
from sinks.notifications.kinds import CONFIRM, SANCTION
from sinks.notifications.letters import Compose, Letter
from sinks.notifications.messages import DueMessage

GREETING = marked("There is news for you.")
CASE = marked("Case: %(case)s")
ANSWER_UNTIL = marked("You may answer until %(time)s.")
APPEAL_UNTIL = marked("You may appeal until %(time)s.")
READ_ON = marked("What was said and decided is on this page, for which you sign in:")
CHANGE = marked("To choose what you are told of, and how:")
END = marked("To get no e-mails any more:")
CONFIRM_SUBJECT = marked("Confirm your e-mail address")
CONFIRM_TEXT = marked(
    "An organisation asked us to send its notices to this address. If it is yours and you want "
    "that, open this page and confirm within three days. Otherwise do nothing, and no mail follows."
)


def letters(site: str) -> Compose:
    """Return what puts messages in words, with links to the pages at an address."""
    return lambda due: (
        _confirmation(site, due) if due.message.kind == CONFIRM else _letter(site, due)
    )


def _letter(site: str, due: DueMessage) -> Letter:
    language = LANGUAGES.get(due.language, LANGUAGES[FALLBACK])
    translate, formats = translations(language.tag).gettext, Formats(language)
    message, pages = due.message, f"{site}/{language.tag}"
    subject = translate(words.NOTICES[message.kind])
    lines = [translate(GREETING), "", subject]
    if message.case_id:
        lines.append(translate(CASE) % {"case": message.case_id})
    for text, until in (
        (ANSWER_UNTIL, message.answer_until_milliseconds),
        (APPEAL_UNTIL, message.appeal_until_milliseconds),
    ):
        if until is not None:
            lines.append(translate(text) % {"time": formats.due(until)})
    address, end = pages + _path(due), f"{pages}/notifications/end/{due.contact.end_token}"
    lines += ["", translate(READ_ON), address]
    lines += ["", translate(CHANGE), f"{pages}/notifications", "", translate(END), end]
    return Letter(subject, "\n".join((*lines, "")), address, end)


def _confirmation(site: str, due: DueMessage) -> Letter:
    language = LANGUAGES.get(due.language, LANGUAGES[FALLBACK])
    translate = translations(language.tag).gettext
    token = due.contact.confirm_token
    address = f"{site}/{language.tag}/notifications/confirmation/{token}"
    text = f"{translate(CONFIRM_TEXT)}\n\n{address}\n"
    return Letter(translate(CONFIRM_SUBJECT), text, address)


def _path(due: DueMessage) -> str:
    message = due.message
    list_path = "/seller" if message.part == "seller" else "/cases"
    if message.kind == SANCTION or not message.case_id:
        return list_path
    return (
        f"/seller/cases/{message.case_id}"
        if message.part == "seller"
        else (f"/cases/{message.case_id}")
    )
