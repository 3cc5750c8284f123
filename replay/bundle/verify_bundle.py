"""Verifies an evidence bundle without a network, with Python's standard library alone.

    python3 verify_bundle.py case.zip --key KEY [--witness KEY …] [--time-stamp-roots FILE]

KEY is the public key of the log of decisions, as its owner publishes it: not from the bundle. The
exit status is 0 where all that is in the bundle is as it was signed, and 2 where anything is not:
then nothing else is told. What was withheld from a redacted bundle is named.
"""

import argparse
import json
import re
import struct
import subprocess
import sys
import tempfile
import zipfile
import zlib
from base64 import b64decode, b64encode
from collections.abc import Iterator
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any, NamedTuple

FORMAT = "ip-takedown-bundle/1"
MANIFEST, NOTE, TIME_STAMP = "manifest.json", "manifest.note", "manifest.tsr"
FIELDS, REDACTION = "fields.json", "redaction.json"
UNLISTED = frozenset({MANIFEST, NOTE, TIME_STAMP, FIELDS, REDACTION})
"""What no hash in the manifest covers: each is verified in a way of its own."""
MAXIMUM_BYTES = 4 << 30
"""Unpacked, so that a bundle made to fill memory is refused."""
KEY, HEADERS = "@key", "@headers"
"""A record's key and headers, beside the fields of its value."""


class BundleInvalid(Exception):
    """A bundle is not what was signed; the message says what is not."""


# --- Ed25519 (RFC 8032) ---

_P = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, _P) % _P
_ROOT = pow(2, (_P - 1) // 4, _P)
_Point = tuple[int, int, int, int]


def _decompressed(content: bytes) -> _Point | None:
    number = int.from_bytes(content, "little")
    sign, y = number >> 255, number & (1 << 255) - 1
    square = (y * y - 1) * pow(_D * y * y + 1, -1, _P) % _P
    x = pow(square, (_P + 3) // 8, _P)
    if (x * x - square) % _P:
        x = x * _ROOT % _P
    if y >= _P or (x * x - square) % _P or (x == 0 and sign):
        return None
    x = _P - x if x & 1 != sign else x
    return x, y, 1, x * y % _P


def _sum(one: _Point, other: _Point) -> _Point:
    a = (one[1] - one[0]) * (other[1] - other[0]) % _P
    b = (one[1] + one[0]) * (other[1] + other[0]) % _P
    c, d = 2 * one[3] * other[3] * _D % _P, 2 * one[2] * other[2] % _P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % _P, g * h % _P, f * g % _P, e * h % _P


def _times(factor: int, point: _Point) -> _Point:
    product: _Point = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            product = _sum(product, point)
        point, factor = _sum(point, point), factor >> 1
    return product


_BASE_Y = 4 * pow(5, -1, _P) % _P
_BASE = _decompressed(_BASE_Y.to_bytes(32, "little")) or (0, 1, 1, 0)


def is_signed(public: bytes, text: bytes, signature: bytes) -> bool:
    """Tell whether an Ed25519 signature of a text is by the holder of a public key."""
    if len(public) != 32 or len(signature) != 64:
        return False
    key, scalar = _decompressed(public), int.from_bytes(signature[32:], "little")
    if key is None or scalar >= _ORDER:
        return False
    challenge = sha512(signature[:32] + public + text).digest()
    factor = int.from_bytes(challenge, "little") % _ORDER
    x, y, z, _ = _sum(_times(scalar, _BASE), _times(_ORDER - factor, key))
    inverse = pow(z, -1, _P)
    found = (y * inverse % _P) | (x * inverse % _P & 1) << 255
    return found.to_bytes(32, "little") == signature[:32]


# --- signed notes, checkpoints and proofs (C2SP signed-note, tlog-cosignature, tlog-proof) ---


class Key(NamedTuple):
    """A public key as signed notes name it, and how it signs: 1, or 4 with a time."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """The first bytes of its signatures."""
        kind = bytes([self.kind])
        return sha256(self.name.encode() + b"\n" + kind + self.public).digest()[:4]


def key_of(verifier: str) -> Key:
    """Return a key of the form NAME+ID+KEY. Errors: BundleInvalid."""
    try:
        name, key_id, encoded = verifier.strip().split("+", 2)
        content = b64decode(encoded, validate=True)
        key = Key(name, content[0], content[1:])
    except (ValueError, IndexError) as error:
        raise BundleInvalid("the key is of another form than NAME+ID+KEY") from error
    if key.kind not in (1, 4) or key.id.hex() != key_id:
        raise BundleInvalid("the key is not what its id says")
    return key


def signed_text(note: str, key: Key) -> tuple[str, int]:
    """Return a note's text, which a key signed, and when, in seconds, where that is told.

    Errors: BundleInvalid.
    """
    text, separator, signatures = note.rpartition("\n\n")
    text += "\n"
    for line in signatures.splitlines() if separator else ():
        name, _, encoded = line.removeprefix("\u2014 ").rpartition(" ")
        try:
            content = b64decode(encoded, validate=True)
        except ValueError:
            continue
        if name != key.name or content[:4] != key.id:
            continue
        signed, at, signature = text, 0, content[4:]
        if key.kind == 4:
            at, signature = int.from_bytes(content[4:12], "big"), content[12:]
            signed = f"cosignature/v1\ntime {at}\n{text}"
        if is_signed(key.public, signed.encode(), signature):
            return text, at
    raise BundleInvalid(f"{key.name} did not sign it")


def _is_included(entry: bytes, index: int, size: int, path: list[bytes], root: bytes) -> bool:
    if not 0 <= index < size:
        return False
    place, last, found = index, size - 1, sha256(b"\x00" + entry).digest()
    for each in path:
        if not last:
            return False
        if place & 1 or place == last:
            found = sha256(b"\x01" + each + found).digest()
            while not place & 1 and place:
                place, last = place >> 1, last >> 1
        else:
            found = sha256(b"\x01" + found + each).digest()
        place, last = place >> 1, last >> 1
    return not last and found == root


class Logged(NamedTuple):
    """An entry that is in a log, and who cosigned the checkpoint that covers it."""

    entry: bytes
    place: int
    size: int
    witnesses: tuple[str, ...]


def logged(proof: str, key: Key, witnesses: list[Key]) -> Logged:
    """Return what a proof shows. Errors: BundleInvalid."""
    head, _, note = proof.partition("\n\n")
    try:
        header, extra, index, *path = head.splitlines()
        entry = b64decode(extra.removeprefix("extra "), validate=True)
        place = int(index.removeprefix("index "))
        hashes = [b64decode(each, validate=True) for each in path]
        text, _ = signed_text(note, key)
        origin, size, root = text.splitlines()[:3]
        included = _is_included(entry, place, int(size), hashes, b64decode(root))
    except ValueError as error:
        raise BundleInvalid("a proof of the log can't be read") from error
    if header != "c2sp.org/tlog-proof@v1" or origin != key.name or not included:
        raise BundleInvalid("a proof shows no entry of the log")
    return Logged(entry, place, int(size), tuple(_cosigners(note, witnesses)))


def _cosigners(note: str, witnesses: list[Key]) -> Iterator[str]:
    for witness in witnesses:
        try:
            signed_text(note, witness)
        except BundleInvalid:
            continue
        yield witness.name


# --- Avro ---


def decoded(schema: Any, content: bytes, begin: int) -> Any:
    """Return what an Avro body says, bytes in hexadecimal. Errors: BundleInvalid."""
    reader = _Avro(content, begin, dict(_named(schema)))
    try:
        value = reader.value(schema)
    except (IndexError, KeyError, TypeError, ValueError, struct.error) as error:
        raise BundleInvalid(f"a record can't be read by its schema: {error}") from error
    if reader.at != len(content):
        raise BundleInvalid("a record is longer than its schema says")
    return value


def _named(schema: Any, space: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the types of a schema that have a name."""
    if isinstance(schema, list):
        for each in schema:
            yield from _named(each, space)
    elif isinstance(schema, dict):
        space = schema.get("namespace", space)
        if "name" in schema:
            yield schema["name"], schema
            yield f"{space}.{schema['name']}", schema
        for part in ("type", "items", "values"):
            yield from _named(schema.get(part), space)
        for field in schema.get("fields", ()):
            yield from _named(field["type"], space)


class _Avro:
    def __init__(self, content: bytes, at: int, names: dict[str, Any]) -> None:
        self._content = content
        self.at = at
        self._names = names

    def value(self, schema: Any) -> Any:
        if isinstance(schema, list):
            return self.value(schema[self._number()])
        if isinstance(schema, str):
            known = self._names.get(schema)
            return self._simple(schema) if known is None else self.value(known)
        return self._declared(schema["type"], schema)

    def _declared(self, kind: Any, schema: dict[str, Any]) -> Any:
        value: Any
        if kind == "record":
            value = {each["name"]: self.value(each["type"]) for each in schema["fields"]}
        elif kind == "enum":
            value = schema["symbols"][self._number()]
        elif kind == "fixed":
            value = self._take(schema["size"]).hex()
        elif kind == "array":
            value = [self.value(schema["items"]) for _ in self._items()]
        elif kind == "map":
            value = {self._simple("string"): self.value(schema["values"]) for _ in self._items()}
        else:
            value = self.value(kind)
        return value

    def _items(self) -> Iterator[None]:
        while count := self._number():
            if count < 0:
                count = -count
                self._number()
            for _ in range(count):
                yield None

    def _simple(self, kind: str) -> Any:
        if kind == "null":
            return None
        if kind == "boolean":
            return bool(self._take(1)[0])
        if kind in ("int", "long"):
            return self._number()
        if kind in ("float", "double"):
            wide = kind == "double"
            return struct.unpack("<d" if wide else "<f", self._take(8 if wide else 4))[0]
        if kind in ("string", "bytes"):
            content = self._take(self._number())
            return content.decode() if kind == "string" else content.hex()
        raise ValueError(f"no such type as {kind}")

    def _number(self) -> int:
        found = shift = 0
        while True:
            byte = self._take(1)[0]
            found |= (byte & 127) << shift
            if byte < 128:
                return (found >> 1) ^ -(found & 1)
            shift += 7

    def _take(self, count: int) -> bytes:
        begin, self.at = self.at, self.at + count
        if count < 0 or self.at > len(self._content):
            raise ValueError("it ends too soon")
        return self._content[begin : self.at]


# --- fields, each with a salted hash of its own ---


def fields_of(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Yield each field of a record by its path; lists are one."""
    if not isinstance(value, dict) or (path and not value):
        yield path, value
        return
    for name, each in value.items():
        yield from fields_of(each, f"{path}/{name}" if path else name)


def field_hash(salt: str, path: str, value: Any) -> str:
    """Return the hash of a field, which tells nothing of it to whom the salt is not told."""
    return sha256(json.dumps([salt, path, value], sort_keys=True).encode()).hexdigest()


# --- rules ---

_TOKEN = re.compile(
    r"""(?:\s+|//[^\n]*)*(?:([A-Za-z_]\w*)|"([^"]*)"|'([^']*)'|(==|!=|&&|\|\||[!()\[\],]))"""
)


class _Condition:
    """A condition of a rule, on findings."""

    def __init__(self, text: str, findings: dict[str, str]) -> None:
        self._tokens = [
            (name, one or other, sign) for name, one, other, sign in _TOKEN.findall(text)
        ]
        self._findings = findings
        self._at = 0

    def holds(self) -> bool:
        found = self._any()
        if self._at != len(self._tokens):
            raise BundleInvalid("a rule's condition can't be read")
        return found

    def _any(self) -> bool:
        found = self._all()
        while self._took("||"):
            found = self._all() or found
        return found

    def _all(self) -> bool:
        found = self._one()
        while self._took("&&"):
            found = self._one() and found
        return found

    def _one(self) -> bool:
        if self._took("!"):
            return not self._one()
        if self._took("("):
            found = self._any()
            self._took(")")
            return found
        name = self._next()[0]
        if name in ("true", "false"):
            return name == "true"
        word = self._findings[name]
        if self._took("=="):
            return word == self._next()[1]
        if self._took("!="):
            return word != self._next()[1]
        self._next()
        words = []
        while not self._took("]"):
            words.append(self._next()[1])
        return word in words

    def _took(self, sign: str) -> bool:
        if self._at < len(self._tokens) and self._tokens[self._at][2] == sign:
            self._at += 1
            return True
        return False

    def _next(self) -> tuple[str, str, str]:
        self._at += 1
        return self._tokens[self._at - 1]


def ruling(rules: list[dict[str, Any]], findings: dict[str, str]) -> tuple[str, str]:
    """Return the outcome and id of the first rule that holds. Errors: BundleInvalid."""
    try:
        for rule in sorted(rules, key=lambda each: int(each["priority"])):
            if _Condition(rule["condition"], findings).holds():
                return rule["outcome"], rule["rule_id"]
    except (IndexError, KeyError) as error:
        raise BundleInvalid(f"the rules ask for what was not found: {error}") from error
    return "send_to_review", "step:rules"


# --- the bundle ---


class Record(NamedTuple):
    """What the manifest says of a record, and its fields that are not withheld."""

    told: dict[str, Any]
    fields: dict[str, Any]
    whole: bool


class Bundle(NamedTuple):
    """A bundle that was verified."""

    manifest: dict[str, Any]
    records: list[Record]
    files: dict[str, bytes]
    withheld: list[str]


def read_files(path: Path) -> dict[str, bytes]:
    """Return the files of an archive by name. Errors: BundleInvalid."""
    try:
        with zipfile.ZipFile(path) as archive:
            infos = archive.infolist()
            if len({each.filename for each in infos}) != len(infos):
                raise BundleInvalid("the bundle has two files of one name")
            if sum(each.file_size for each in infos) > MAXIMUM_BYTES:
                raise BundleInvalid("the bundle is too large")
            return {each.filename: archive.read(each) for each in infos}
    except (OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise BundleInvalid(f"the bundle can't be read: {error}") from error
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error) as error:
        raise BundleInvalid(f"the bundle can't be read: {error}") from error


def opened(path: Path, key: Key) -> Bundle:
    """Return a bundle whose files and fields are those that were signed. Errors: BundleInvalid."""
    files = read_files(path)
    try:
        text, _ = signed_text(files[NOTE].decode(), key)
        digest = b64encode(sha256(files[MANIFEST]).digest()).decode()
        if text != f"{key.name}\n{FORMAT}\n{digest}\n":
            raise BundleInvalid("the manifest is not the one that was signed")
        manifest = json.loads(files[MANIFEST])
        withheld = json.loads(files[REDACTION]) if REDACTION in files else {}
        hidden = set(withheld.get("files", ()))
        _check_files(manifest, files, hidden)
        shown = json.loads(files[FIELDS])
        records = [_record(each, files, shown, hidden) for each in manifest["records"]]
    except BundleInvalid:
        raise
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise BundleInvalid(f"the bundle lacks {error}, or has it in another form") from error
    missing = [
        f"{each.told['name']}: {path}"
        for each in records
        for path in each.told["fields"]
        if path not in each.fields
    ]
    return Bundle(manifest, records, files, [*sorted(hidden), *missing])


def _check_files(manifest: dict[str, Any], files: dict[str, bytes], hidden: set[str]) -> None:
    names = {each["name"] for each in manifest["records"]}
    strange = files.keys() - manifest["files"].keys() - names - UNLISTED
    if strange:
        raise BundleInvalid(f"{min(strange)} is not of the bundle")
    for name, expected in manifest["files"].items():
        if name not in files and name not in hidden:
            raise BundleInvalid(f"{name} is missing")
        if name in files and sha256(files[name]).hexdigest() != expected:
            raise BundleInvalid(f"{name} was changed")


def _record(
    told: dict[str, Any], files: dict[str, bytes], shown: dict[str, Any], hidden: set[str]
) -> Record:
    name, given = told["name"], shown.get(told["name"], {})
    for path, (salt, value) in given.items():
        if told["fields"].get(path) != field_hash(salt, path, value):
            raise BundleInvalid(f"{name}: {path} was changed")
    fields = {path: value for path, (_, value) in given.items()}
    if name not in files:
        if name not in hidden:
            raise BundleInvalid(f"{name} is missing")
        return Record(told, fields, whole=False)
    content = files[name]
    if sha256(content).hexdigest() != told["sha256"]:
        raise BundleInvalid(f"{name} was changed")
    if fields.keys() != told["fields"].keys():
        raise BundleInvalid(f"{name}: fields are missing")
    if told["schema"]:
        said = decoded(json.loads(files[told["schema"]]), content, told["body_at"])
        of_value = {path: value for path, value in fields.items() if not path.startswith("@")}
        if json.dumps(dict(fields_of(said)), sort_keys=True) != json.dumps(
            of_value, sort_keys=True
        ):
            raise BundleInvalid(f"{name}: its fields are not what its bytes say")
    return Record(told, fields, whole=True)


def report(path: Path, verifier: str, witnesses: list[str], roots: Path | None) -> list[str]:
    """Return what a bundle shows, a line for each. Errors: BundleInvalid."""
    key = key_of(verifier)
    keys = [key_of(each) for each in witnesses]
    bundle = opened(path, key)
    told = bundle.manifest
    lines = [
        f"case {told['case_id']}, {len(bundle.records)} records and {len(told['files'])} files, "
        f"signed by {key.name}"
    ]
    rules = _rule_sets(bundle)
    try:
        for record in bundle.records:
            if "decision" in record.told["roles"]:
                lines += _decision_lines(record, bundle, rules, key, keys)
    except (AttributeError, LookupError, TypeError, ValueError) as error:
        raise BundleInvalid(f"a decision is of another form: {error}") from error
    lines += [f"not in the bundle: {each}" for each in told["missing"]]
    lines += [f"withheld: {each}" for each in bundle.withheld]
    lines.append(_time_stamp(bundle.files, roots))
    lines.append("redacted, see above" if bundle.withheld else "whole: nothing was withheld")
    return lines


def _rule_sets(bundle: Bundle) -> dict[str, list[dict[str, Any]]]:
    """Return rules by the hash under which decisions name them. Errors: BundleInvalid."""
    found = {}
    for record in bundle.records:
        content = record.fields.get("content")
        if record.told["event_type"] != "VersionRecorded" or content is None:
            continue
        if record.fields.get("kind") != "rule_set":
            continue
        version = record.fields.get("version", "")
        if sha256(content.encode()).hexdigest() != version:
            raise BundleInvalid(f"{record.told['name']}: rules have another hash than {version}")
        found[version] = json.loads(content)
    return found


def _decision_lines(
    record: Record,
    bundle: Bundle,
    rules: dict[str, list[dict[str, Any]]],
    key: Key,
    witnesses: list[Key],
) -> Iterator[str]:
    told, fields = record.told, record.fields
    number = fields.get("decision_number", "withheld")
    yield f"decision {number}: {fields.get('outcome', 'withheld')} by {fields.get('rule_id', '?')}"
    if not told["proof"]:
        yield "  it is not in the log of decisions"
    else:
        shown = logged(bundle.files[told["proof"]].decode(), key, witnesses)
        place = ("topic", "partition", "offset", "sha256")
        if json.loads(shown.entry) != {name: told[name] for name in place}:
            raise BundleInvalid(f"{told['proof']} is of another record than {told['name']}")
        yield f"  entry {shown.place} of {shown.size} of the log {key.name}"
        yield f"  witnesses: {', '.join(shown.witnesses) or 'none of those named'}"
    yield _ruled(fields, rules)


def _ruled(fields: dict[str, Any], rules: dict[str, list[dict[str, Any]]]) -> str:
    findings = {
        path.removeprefix("findings/"): word
        for path, word in fields.items()
        if path.startswith("findings/")
    }
    wanted = ("outcome", "rule_id", "capsule/rule_set_hash", "capsule/findings_number")
    if not findings or any(name not in fields for name in wanted):
        return "  the ruling can't be made again: what it needs is withheld, or nothing was found"
    used = fields["capsule/rule_set_hash"]
    if fields["capsule/findings_number"] is None or not used:
        return "  no rules were asked"
    if used not in rules:
        return f"  the ruling can't be made again: rules {used[:12]} are not shown"
    outcome, rule_id = ruling(rules[used], findings)
    if rule_id != fields["rule_id"]:
        return f"  the rules say {outcome} by {rule_id}; then {fields['rule_id']} decided"
    if outcome != fields["outcome"]:
        raise BundleInvalid(f"by its rules the outcome is {outcome}, not {fields['outcome']}")
    return f"  made again from its findings by rules {used[:12]}: the same"


def _time_stamp(files: dict[str, bytes], roots: Path | None) -> str:
    if TIME_STAMP not in files:
        return "no time stamp"
    if roots is None:
        return "a time stamp that was not verified: --time-stamp-roots names its authority"
    with tempfile.TemporaryDirectory() as directory:
        stamp, data = Path(directory, "stamp"), Path(directory, "data")
        stamp.write_bytes(files[TIME_STAMP])
        data.write_bytes(files[MANIFEST])
        line = ["openssl", "ts", "-in", str(stamp)]
        try:
            verify = [*line[:2], "-verify", *line[2:], "-data", str(data), "-CAfile", str(roots)]
            done = subprocess.run(verify, capture_output=True, text=True, check=False)  # noqa: S603
            if done.returncode:
                raise BundleInvalid(f"the time stamp does not verify: {done.stderr.strip()}")
            shown = [*line[:2], "-reply", *line[2:], "-text"]
            reply = subprocess.run(shown, capture_output=True, text=True, check=False)  # noqa: S603
        except FileNotFoundError:
            return "a time stamp that was not verified: openssl is not installed"
    at = re.search(r"Time stamp: (.+)", reply.stdout)
    return f"time stamp of the manifest: {at[1] if at else 'verified'}"


def main(arguments: list[str] | None = None) -> int:
    """Verify one bundle; give the exit status."""
    parser = argparse.ArgumentParser(description="Verify an evidence bundle without a network")
    parser.add_argument("bundle", type=Path)
    parser.add_argument("--key", required=True, help="the log's public key, as its owner tells it")
    parser.add_argument("--witness", action="append", default=[], help="a witness's public key")
    parser.add_argument("--time-stamp-roots", type=Path, help="certificates of the authority, PEM")
    options = parser.parse_args(arguments)
    try:
        lines = report(options.bundle, options.key, options.witness, options.time_stamp_roots)
    except BundleInvalid as error:
        sys.stderr.write(f"error: {options.bundle}: {error}\n")
        return 2
    sys.stdout.writelines(f"{line}\n" for line in lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
