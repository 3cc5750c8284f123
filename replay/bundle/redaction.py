"""Fields and files withheld from a bundle: what is left is verified as before.

The manifest stays as it was signed. It has a salted hash of each field, so who is not told a field
can't guess it, and who is told one can see that it is the one that was signed.
"""

import json
from collections.abc import Collection, Iterator
from fnmatch import fnmatchcase
from typing import Any

from replay.bundle.making import Files
from replay.bundle.verify_bundle import FIELDS, REDACTION, Bundle
from replay.log import ReplayError
from schemas.catalog import EVENT_TYPES
from schemas.declared_fields import fields_of
from schemas.record import record_type

_FREE = ("evidence/", "statements/", "texts.json", "report.pdf", "export/")
"""What says in words and pictures what fields say."""


def redacted(bundle: Bundle, withheld: Collection[str], personal: bool) -> Files:
    """Return a bundle's files without the fields and files that patterns name.

    A pattern is of a file's name, or of a field's path, with the record's event before a colon
    where it is of one event only. `personal`: what is declared to tell of a person too, other than
    by an id. Errors: ReplayError where a pattern names nothing.
    """
    unused = set(withheld)
    files = dict(bundle.files)
    shown = json.loads(files[FIELDS])
    hidden = set(json.loads(files[REDACTION])["files"]) if REDACTION in files else set()

    def is_named(names: tuple[str, ...]) -> bool:
        found = {each for each in withheld if any(fnmatchcase(name, each) for name in names)}
        unused.difference_update(found)
        return bool(found)

    for record in bundle.records:
        name, event = record.told["name"], record.told["event_type"]
        private = _personal_of(event) if personal else ()
        paths = record.told["fields"]
        gone = {
            path
            for path in paths
            if is_named((path, f"{event}:{path}"))
            or any(f"{path}/".startswith(f"{each}/") for each in private)
        }
        if is_named((name,)):
            gone = set(paths)
        if gone:
            hidden.add(name)
            shown[name] = {path: each for path, each in shown[name].items() if path not in gone}
    hidden |= {name for name in bundle.manifest["files"] if is_named((name,))}
    if personal:
        hidden |= {name for name in bundle.manifest["files"] if name.startswith(_FREE)}
    if unused:
        raise ReplayError(f"nothing in the bundle is named by {', '.join(sorted(unused))}")
    left = {name: content for name, content in files.items() if name not in hidden}
    left[FIELDS] = json.dumps(shown, sort_keys=True, separators=(",", ":")).encode()
    left[REDACTION] = json.dumps({"files": sorted(hidden)}).encode()
    return left


def _personal_of(event: str) -> tuple[str, ...]:
    """Return the fields of an event that tell of a person by more than an id."""
    return tuple(_personal(EVENT_TYPES[event])) if event in EVENT_TYPES else ()


def _personal(kind: Any, within: str = "") -> Iterator[str]:
    for name, field in fields_of(kind).items():
        path = f"{within}{name}"
        if field.personal not in (None, "identifier"):
            yield path
            continue
        try:
            inner = record_type(field.type)
        except TypeError:
            continue
        if not field.is_list:
            yield from _personal(inner, f"{path}/")
        elif any(_personal(inner)):
            yield path
