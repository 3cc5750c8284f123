"""Takes personal data out of texts. It finds what has a form or is given by name, and no more:
names of people who are not given stay, so free texts are only told where the operator says so."""

import re

REDACTED = "[redacted]"
MAXIMUM_CHARACTERS = 20_000
SHORTEST_NAME = 3
PASSES = 2

PATTERNS = (
    re.compile(r"[\w.+'-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"),
    re.compile(r"\b[A-Z]{2}[0-9]{2}(?: ?[A-Z0-9]{4}){3,7}(?: ?[A-Z0-9]{1,3})?\b"),
    re.compile(r"(?<![\w/:.])(?:\+|00)?\(?[0-9](?:[ ()./-]{0,2}[0-9]){8,14}(?![\w/])"),
    re.compile(
        r"\b[\w'.-]{1,40}[ -]?(?:street|road|avenue|lane|square|drive|boulevard|straße|strasse"
        r"|gasse|weg|platz|allee)\s{1,3}[0-9]{1,5}\s?[a-z]?\b",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b[0-9]{1,5}[a-z]?,?\s{1,3}(?:[\w'.-]{1,40}\s{1,3}){1,4}(?:street|st|road|rd|avenue|ave|lane|ln|square|sq"
        r"|drive|dr|boulevard|blvd)\b\.?",
        re.IGNORECASE,
    ),
    re.compile(
        r"\b[0-9]{1,5}[a-z]?,?\s{1,3}(?:rue|via|calle|avenida|avenue|place|plaza)\s{1,3}"
        r"[\w' .-]{3,40}",
        re.IGNORECASE,
    ),
    re.compile(r"(?<=://)[^\s/@]{1,200}@"),
)  # fmt: skip
"""E-mail addresses, account numbers (IBAN), telephone and other long numbers, streets with house
numbers in the orders of several languages, and users in web addresses."""


def redact(text: str, names: tuple[str, ...] = ()) -> str:
    """Return a text without personal data of known form, and without the names given.

    The words of a name are taken out too, where they have three letters or more.
    """
    found = text[:MAXIMUM_CHARACTERS].replace("\0", " ")
    # What one pattern took out may lay bare what another finds.
    for _ in range(PASSES):
        for pattern in PATTERNS:
            found = pattern.sub(REDACTED, found)
    words = {
        word
        for name in names
        for word in (name, *re.split(r"[^\w'-]+", name))
        if len(word) >= SHORTEST_NAME
    }
    for word in sorted(words, key=len, reverse=True):
        found = re.sub(rf"(?<!\w){re.escape(word)}(?!\w)", REDACTED, found, flags=re.IGNORECASE)
    return found
