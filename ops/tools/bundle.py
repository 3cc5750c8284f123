"""`python -m ops bundle`: a case and all on which it was decided, in a file that proves itself."""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ops.errors import OperatorError
from ops.shell.connections import DATABASE, REGISTRY, WRAPPING_KEYS, add_connection_arguments
from ops.shell.extras import packages_of
from ops.shell.user import user_name
from ops.shell.wrapping_keys import wrapping_keys
from ops.tools.case_arguments import add_case_arguments
from ops.tools.signing_key import signing_key
from replay.archive_log import ArchiveLog
from replay.bundle.custody import AccessLedger, CustodyEntry
from replay.bundle.exports import exports
from replay.bundle.gathering import (
    GATHERED_TOPICS,
    CaseParts,
    documents_of,
    gather,
    private_texts_of,
)
from replay.bundle.making import (
    Files,
    Making,
    Unsigned,
    record_names,
    signed_bundle,
    unsigned_bundle,
    write_bundle,
)
from replay.bundle.verify_bundle import MANIFEST, TIME_STAMP
from replay.log import ReplayError
from schemas.distribution import DISTRIBUTION
from schemas.wire.registry import connect
from sinks.archive.holds import bundle_name, hold_records
from sinks.archive.query import ArchiveIncomplete, open_files
from sinks.archive.storage import storage_at
from sinks.contract import SinkUnavailable, SinkUnusable
from sinks.database.database import connect as connect_database
from sinks.database.database import require_newest
from sinks.decision_log.notes import NoteInvalid, verified, verifier_of
from sinks.decision_log.places import Places
from sinks.decision_log.proof import proof_of
from sinks.decision_log.tiles import CHECKPOINT, TileReader
from sinks.evidence.media_types import EXTENSIONS, media_type_of
from sinks.evidence.vault import EvidenceDamaged, EvidenceMissing, EvidenceVault
from sinks.personal_data.case_holds import hold_parties
from sinks.private_texts.data_key import TextDamaged
from sinks.private_texts.store import PrivateTextStore

ERRORS = (
    *(ArchiveIncomplete, NoteInvalid, OSError, ReplayError),
    *(SinkUnavailable, SinkUnusable, TextDamaged),
)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = subparsers.add_parser("bundle", help="put a case and its proofs into one file")
    add_case_arguments(parser)
    parser.add_argument("--why", required=True, help="for whom and what; kept in the ledger")
    parser.add_argument("--made-by", help="who makes it; else the user's name")
    parser.add_argument("--log", type=Path, help="the decision log's directory, for proofs")
    parser.add_argument("--evidence", type=Path, help="directory of the documents that were filed")
    parser.add_argument("--private-texts", action="store_true", help="with what parties wrote")
    parser.add_argument("--time-stamp", metavar="URL", help="an authority's address (RFC 3161)")
    parser.add_argument("--time-stamp-roots", type=Path, help="its certificates, PEM")
    parser.add_argument("--pdf", action="store_true", help="with pages for people")
    parser.add_argument("--font", type=Path, help="of TrueType, for letters beyond Latin-1")
    parser.add_argument(
        "--hold",
        action="store_true",
        help="keep it, and all that it rests on, beyond its time",
    )
    parser.add_argument("--to", type=Path, required=True, help="the file to write")
    add_connection_arguments(parser, REGISTRY, DATABASE, WRAPPING_KEYS, optional=True)
    parser.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Make a bundle; who makes it is noted before. Errors: OperatorError."""
    if options.schema_registry is None:
        raise OperatorError("--schema-registry is told neither here nor in the settings")
    making = Making(
        options.made_by or user_name("--made-by"),
        options.why,
        int(time.time() * 1000),
        version(DISTRIBUTION),
    )
    try:
        key = signing_key(options.signing_key)
        ledger = AccessLedger(options.ledger, options.origin, key)
        access = CustodyEntry(
            options.case, making.at_milliseconds, making.made_by, "asked for a bundle", making.why
        )
        ledger.note(access)
        parts, unsigned = _gathered(options, making, key)
        if options.hold:
            _hold(options, parts, making)
        _add_documents(options, parts, unsigned)
        custody = [each._asdict() for each in ledger.of_case(options.case)]
        _add_private_texts(options, parts, unsigned, making, custody)
        unsigned.files["custody.json"] = json.dumps(custody, indent=1).encode()
        if options.pdf:
            with packages_of("bundles", "a page to read"):
                from replay.bundle.pdf import readable  # noqa: PLC0415
            unsigned.files["report.pdf"] = readable(parts, unsigned, options.font)
        unsigned.files.update(exports(unsigned))
        files = signed_bundle(unsigned, options.origin, key)
        if options.time_stamp:
            files[TIME_STAMP] = _time_stamp(options, files[MANIFEST])
        digest = sha256(files[MANIFEST]).hexdigest()
        ledger.note(access._replace(what="was given a bundle", manifest_sha256=digest))
        write_bundle(files, options.to)
        if options.hold:
            storage_at(options.archive).write(bundle_name(options.case), options.to.read_bytes())
            ledger.note(access._replace(what="put under legal hold", manifest_sha256=digest))
    except ERRORS as error:
        raise OperatorError(str(error)) from error
    missing = "".join(f"not in it: {each}\n" for each in unsigned.manifest["missing"])
    sys.stdout.write(f"{options.to}: {len(parts.parts)} records, manifest {digest}\n{missing}")
    return 0


def _gathered(
    options: argparse.Namespace, making: Making, key: Ed25519PrivateKey
) -> tuple[CaseParts, Unsigned]:
    codec = connect(options.schema_registry, register=False, may_lag=False)
    storage = storage_at(options.archive)
    with (
        closing(open_files(storage, GATHERED_TOPICS)) as archive,
        tempfile.TemporaryDirectory(prefix="ip-bundle-") as scratch,
    ):
        parts = gather(archive, ArchiveLog(storage), codec, options.case, Path(scratch))
    proofs = _proofs(options.log, verifier_of(options.origin, key.public_key()), parts)
    return parts, unsigned_bundle(parts, codec, making, proofs)


def _hold(options: argparse.Namespace, parts: CaseParts, making: Making) -> None:
    """Have nothing end that the case needs, before it is put into the bundle."""
    places = [
        (each.record.topic, each.record.partition, each.record.offset) for each in parts.parts
    ]
    hold_records(storage_at(options.archive), options.case, places)
    if options.database is None:
        sys.stdout.write("documents and texts of its parties may end: no --database is told\n")
        return
    with connect_database(options.database) as connection:
        require_newest(connection)
        hold_parties(
            *(connection, options.case, _parties(parts)),
            *(making.made_by, making.at_milliseconds),
        )


def _proofs(log: Path | None, verifier: str, parts: CaseParts) -> Files:
    """Return proofs of the decisions that are logged, by their records' names."""
    if log is None:
        return {}
    note = (log / CHECKPOINT).read_text(encoding="utf-8")
    reader = TileReader(log, verified(note, verifier).size)
    places = Places(log, reader)
    found: Files = {}
    for name, part in record_names(parts).items():
        if "decision" in part.roles:
            index = places.index_of(part.record.partition, part.record.offset)
            if index is not None:
                found[name] = proof_of(reader, index, note).encode()
    return found


def _add_documents(options: argparse.Namespace, parts: CaseParts, unsigned: Unsigned) -> None:
    """Add the documents that were filed; those that are not there are named."""
    missing = unsigned.manifest["missing"]
    if options.evidence is not None and not options.evidence.is_dir():
        raise OperatorError(f"{options.evidence} is no directory of documents")
    for document_id, kind, digest in documents_of(parts):
        named = f"{kind} {document_id}"
        if digest is None or options.evidence is None:
            why = "it has no file" if digest is None else "documents were not asked for"
            missing.append(f"{named}: {why}")
            continue
        try:
            content = EvidenceVault(options.evidence, 0).read(digest)
        except (EvidenceMissing, EvidenceDamaged) as error:
            gone = isinstance(error, EvidenceMissing)
            missing.append(f"{named}: {'not kept' if gone else 'damaged where it is kept'}")
            continue
        unsigned.files[f"evidence/{digest}.{_extension(content)}"] = content


def _extension(content: bytes) -> str:
    with tempfile.NamedTemporaryFile() as file:
        file.write(content)
        file.flush()
        return EXTENSIONS.get(media_type_of(Path(file.name)) or "", "bin")


def _add_private_texts(
    options: argparse.Namespace,
    parts: CaseParts,
    unsigned: Unsigned,
    making: Making,
    custody: list[dict[str, Any]],
) -> None:
    """Add what the case's parties wrote, and who read it before; this is noted there too."""
    hashes = private_texts_of(parts)
    if not options.private_texts:
        if hashes:
            unsigned.manifest["missing"].append("private texts: they were not asked for")
        return
    if options.database is None or options.wrapping_keys is None:
        raise OperatorError("--private-texts needs --database and --wrapping-keys")
    store = PrivateTextStore(
        wrapping_keys(options.wrapping_keys, options.database), lambda: making.at_milliseconds
    )
    with connect_database(options.database) as connection:
        require_newest(connection)
        texts = store.read(connection, hashes, f"bundle by {making.made_by}")
        for party in _parties(parts):
            custody += [
                {"party_id": party, **read._asdict()} for read in store.reads(connection, party)
            ]
    for digest in hashes:
        if texts.get(digest) is None:
            unsigned.manifest["missing"].append(f"private text {digest}: erased, or not kept")
    kept = {digest: text for digest, text in texts.items() if text is not None}
    unsigned.files["texts.json"] = json.dumps(kept, indent=1).encode()


def _parties(parts: CaseParts) -> Iterator[str]:
    found = {
        party
        for _, decided in parts.decisions()
        for party in (decided.complainant_id, decided.rights_holder_id, decided.seller_id or "")
    }
    yield from sorted(found - {""})


def _time_stamp(options: argparse.Namespace, manifest: bytes) -> bytes:
    with packages_of("bundles", "a time stamp"):
        from replay.bundle.time_stamp import time_stamp  # noqa: PLC0415
    roots = options.time_stamp_roots and options.time_stamp_roots.read_bytes()
    return time_stamp(options.time_stamp, manifest, roots)
