"""An evidence bundle as files: records, what they say field by field, and a signed manifest."""

import json
import secrets
import zipfile
from base64 import b64encode
from collections.abc import Mapping
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, Final, NamedTuple

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from replay.bundle import verify_bundle
from replay.bundle.gathering import CaseParts, Part
from replay.bundle.verify_bundle import (
    FIELDS,
    FORMAT,
    HEADERS,
    KEY,
    MANIFEST,
    NOTE,
    decoded,
    field_hash,
    fields_of,
)
from replay.log import ReplayError
from schemas.events.notices import NotifyParty
from schemas.statements.rendering import rendered
from schemas.statements.statement import (
    StatementOfReasons,
    statement_of,
    statement_of_decision,
)
from schemas.wire.codec import Codec
from sinks.decision_log.notes import signed_note

VERIFIER: Final = "verify_bundle.py"
_SALT_BYTES: Final = 16
_FIRST_TIME: Final = (1980, 1, 1, 0, 0, 0)
"""Of files in a ZIP: times of making tell nothing of what is within."""

Files = dict[str, bytes]
Fields = dict[str, dict[str, tuple[str, Any]]]
"""Salt and value of each field, by the name of its record and its path."""


class Making(NamedTuple):
    """Who makes a bundle, when and why, and with what software."""

    made_by: str
    why: str
    at_milliseconds: int
    software_version: str


class Unsigned(NamedTuple):
    """A bundle whose manifest can still be added to."""

    manifest: dict[str, Any]
    files: Files
    fields: Fields


def unsigned_bundle(parts: CaseParts, codec: Codec, making: Making, proofs: Files) -> Unsigned:
    """Return a bundle of a case; `proofs` are those of decisions by the name of their record, as
    `record_names` has it. Errors: ReplayError."""
    files: Files = {VERIFIER: Path(verify_bundle.__file__).read_bytes()}
    fields: Fields = {}
    records = []
    for name, part in record_names(parts).items():
        told = _told(name, part, codec, files, fields)
        if name in proofs:
            told["proof"] = f"proofs/{Path(name).stem}.tlog-proof"
            files[told["proof"]] = proofs[name]
        records.append(told)
    files |= _statements(parts)
    manifest = {
        "format": FORMAT,
        "case_id": parts.case_id,
        "listing_id": parts.listing_id,
        "partition": parts.partition,
        **making._asdict(),
        "partitions": parts.partitions,
        "runs": parts.runs,
        "missing": [],
        "records": records,
    }
    return Unsigned(manifest, files, fields)


def record_names(parts: CaseParts) -> dict[str, Part]:
    """Return a case's records by the names of their files."""
    return {f"records/{number:04d}.avro": part for number, part in enumerate(parts.parts, 1)}


def signed_bundle(unsigned: Unsigned, origin: str, key: Ed25519PrivateKey) -> Files:
    """Return all files of a bundle, with its manifest signed by the owner of the log."""
    files = unsigned.files
    records = {each["name"] for each in unsigned.manifest["records"]}
    hashes = {name: _hash(files[name]) for name in sorted(files.keys() - records)}
    manifest = _json({**unsigned.manifest, "files": hashes})
    text = f"{origin}\n{FORMAT}\n{b64encode(sha256(manifest).digest()).decode()}\n"
    note = signed_note(text, origin, key).encode()
    return {**files, MANIFEST: manifest, NOTE: note, FIELDS: _json(unsigned.fields)}


def _zipped(files: Mapping[str, bytes]) -> bytes:
    """Return files as one ZIP file, the same for the same files."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(files):
            info = zipfile.ZipInfo(name, _FIRST_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = 0o644 << 16
            archive.writestr(info, files[name])
    return content.getvalue()


def write_bundle(files: Files, path: Path) -> None:
    """Write a bundle as one file, whole or not at all. Errors: OSError."""
    unfinished = path.with_name(f"{path.name}.unfinished")
    unfinished.write_bytes(_zipped(files))
    unfinished.replace(path)


def _told(name: str, part: Part, codec: Codec, files: Files, fields: Fields) -> dict[str, Any]:
    """Take a record in, and return what the manifest says of it."""
    record = part.record
    value = record.value or b""
    files[name] = value
    said: dict[str, Any] = {
        KEY: (record.key or b"").decode(errors="backslashreplace"),
        HEADERS: [
            [each, (content or b"").decode(errors="backslashreplace")]
            for each, content in record.headers or ()
        ],
    }
    schema_name, body_at = "", 0
    if part.event is not None:
        schema, body_at = codec.written_by(value, record.headers)
        content = _json(schema)
        schema_name = f"schemas/{_hash(content)[:16]}.avsc"
        files[schema_name] = content
        said |= dict(fields_of(decoded(schema, value, body_at)))
    salted = {path: (secrets.token_hex(_SALT_BYTES), each) for path, each in said.items()}
    fields[name] = salted
    return {
        "name": name,
        "topic": record.topic,
        "partition": record.partition,
        "offset": record.offset,
        "timestamp_milliseconds": record.timestamp_milliseconds,
        "roles": part.roles,
        "event_type": "" if part.event is None else type(part.event).__name__,
        "tombstone": record.value is None,
        "sha256": _hash(value),
        "schema": schema_name,
        "body_at": body_at,
        "proof": "",
        "fields": {path: field_hash(salt, path, each) for path, (salt, each) in salted.items()},
    }


def _statements(parts: CaseParts) -> Files:
    """Return in words the statement of reasons of each decision, and those that were sent."""
    files = {
        f"statements/{decided.decision_number}-decision.txt": _words(statement_of_decision(decided))
        for _, decided in parts.decisions()
    }
    for part in parts.parts:
        notice = part.event
        if isinstance(notice, NotifyParty) and (statement := statement_of(notice)) is not None:
            name = f"statements/{notice.decision_number}-{notice.role}-{notice.kind}.txt"
            files[name] = _words(statement)
    return files


def _words(statement: StatementOfReasons) -> bytes:
    return rendered(statement).text.encode()


def _json(content: Any) -> bytes:
    try:
        return json.dumps(content, sort_keys=True, separators=(",", ":")).encode()
    except (TypeError, ValueError) as error:
        raise ReplayError(f"what the bundle says can't be written: {error}") from error


def _hash(content: bytes) -> str:
    return sha256(content).hexdigest()
