"""Numbers of marks as each office's register knows them, however people write them.

Both what a register's file has and what a complaint refers to is read so: `76/044,902` and
`76044902` are one number. Nothing that was recorded is rewritten.
"""

import re
import unicodedata
from functools import lru_cache

PREFIXES: dict[str, tuple[str, ...]] = {
    "EM": ("EUTM", "CTM", "EU", "EM"),
    "GB": ("UK", "GB"),
    "US": ("US",),
    "WO": ("INT", "IR", "WO"),
    "DE": ("DE",),
    "FR": ("FR",),
    "ES": ("ES",),
    "IT": ("IT",),
    "JP": ("JP",),
    "KR": ("KR",),
    "CN": ("CN",),
    "CH": ("CH",),
    "CA": ("TMA", "CA"),
    "AU": ("AU",),
    "IN": ("IN",),
    "BX": ("BX",),
}
"""What is written before a number to tell the office, and is no part of it."""

_WORDS = re.compile(
    r"^(?:SERIAL|SER|REGISTRATION|REG|APPLICATION|APPL|APP)?(?:NUMBER|NO|NR|N°|Nº|№|#)(?=\d|[A-Z]{1,4}\d)"
)
_JAPANESE = re.compile("^(?:商標)?(?:登録|商願|国際登録)?第?([A-Z0-9-]+)号?$")
_SEPARATORS = re.compile(r"[\s./,'’·_\u2010-\u2015\u2212-]+")


@lru_cache(maxsize=65_536)
def plain_number(office: str, number: str) -> str:
    """Return a number without what people write around and within it; never an empty one."""
    text = unicodedata.normalize("NFKC", number).upper().strip()
    found = _JAPANESE.match(text)
    text = _SEPARATORS.sub("", found.group(1) if found else text)
    text = _WORDS.sub("", text)
    for prefix in PREFIXES.get(office, ()):
        rest = text.removeprefix(prefix)
        if rest != text and rest[:1].isdigit():
            text = rest
            break
    return text.lstrip("0") or text or number
