"""What a process logs: a line for each thing, as text or as JSON, and nothing of persons.

Who logs gives the ids of what it is about as `extra`; texts of parties are never logged. What
errors of libraries quote is cut: e-mail addresses, users in addresses, and rows of a database.
"""

import json
import logging
import re
from datetime import UTC, datetime
from typing import Any, Literal

Form = Literal["text", "json"]

IDS = ("case_id", "listing_id", "row", "request_id")
"""What a line may be about."""

CUT = "[cut]"
MAXIMUM_CHARACTERS = 20_000
_PERSONAL = re.compile(
    r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"
    r"|(?<=://)[^\s/@]{1,200}(?=@)"
    r"|(?<=DETAIL:)[^\n]*"
)


class Lines(logging.Formatter):
    """Lines of one process, whose service is told in those of JSON."""

    def __init__(self, form: Form, service: str) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")
        self._form = form
        self._service = service

    def format(self, record: logging.LogRecord) -> str:
        """Return a record's line."""
        ids = {name: getattr(record, name) for name in IDS if hasattr(record, name)}
        if self._form == "text":
            told = super().format(record)
            first, newline, rest = told.partition("\n")
            named = "".join(f" {name}={value}" for name, value in ids.items())
            return without_persons(f"{first}{named}{newline}{rest}")
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "service": self._service,
            "logger": record.name,
            "message": without_persons(record.getMessage()),
            **ids,
        }
        if record.exc_info:
            line["error"] = without_persons(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=False, default=str)


def without_persons(text: str) -> str:
    """Return a text without what has the form of a person's data or quotes a database's row."""
    return _PERSONAL.sub(CUT, text[:MAXIMUM_CHARACTERS])


def set_up(verbose: bool, form: Form, service: str) -> None:
    """Have all that this process logs go to standard error."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines(form, service))
    level = logging.INFO if verbose else logging.WARNING
    logging.basicConfig(level=level, handlers=[handler], force=True)
