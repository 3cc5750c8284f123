"""Evidence bundles: verified without our code, made again, redacted, and no change goes unseen."""

import json
import random
import re
import subprocess
import sys
import threading
import zipfile
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from lxml import etree
from topology.harness import PARTITIONS, STANDING, DriverHarness
from topology.test_lifecycle import COMPLAINTS, LISTINGS, PARTIES, send, tell_tables
from world import START, agent, complaint, listing, rule_set

from archive.feeding import archive_of, feed
from ops.__main__ import main
from ops.tools import bundle as command
from processors.policies.service_level import ServiceLevel
from processors.rules.domain import COMPLAINTS as DOMAIN
from replay.bundle import verify_bundle
from replay.bundle.exports import DAT, EDRM
from replay.bundle.verify_bundle import (
    MANIFEST,
    BundleInvalid,
    decoded,
    fields_of,
    is_signed,
    read_files,
    report,
    ruling,
)
from schemas.catalog import DIRECTORY, event_of, load_schema, load_topics
from schemas.events.private_texts import PrivateText
from schemas.record import as_avro
from schemas.wire.codec import PREFIX_BYTES
from sinks.archive.compaction import expire
from sinks.archive.storage import storage_at
from sinks.database.database import connect
from sinks.evidence.vault import EvidenceVault
from sinks.private_texts.store import PrivateTextStore
from sinks.private_texts.wrapping_keys import new_line, read_wrapping_keys
from streams.driver import DriverSettings

EXAMPLES = DIRECTORY / "examples"
ORIGIN = "example.com/decisions"
PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360"
    "606060000000050001a5f645400000000049454e44ae426082"
)
HIDDEN = "ab" * 32
SECRET = "Bought on 3 May from the seller's own hand."


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """An archive of two cases, the log of its decisions, and what makes a bundle of one."""
    place = tmp_path_factory.mktemp("bundles")
    level = ServiceLevel(standing=STANDING, statements=1)
    settings = DriverSettings(PARTITIONS, now_milliseconds=START, service_level=level)
    harness = DriverHarness(place / "state", settings)
    tell_tables(harness)
    vault = EvidenceVault(place / "vault", 1_000, reserved_bytes=0)
    upload = vault.begin()
    upload.write(PICTURE)
    vault.keep(upload.finish())
    upload.close()
    for number in (1, 2):
        name = f"listing-{number}"
        send(harness, LISTINGS, listing(listing_id=name))
        harness.settle()
        filed = complaint(complaint_id=f"complaint-{number}", listing_id=name, statement=SECRET)
        proof = filed.evidence[0]._replace(sha256=sha256(PICTURE).hexdigest())
        send(harness, COMPLAINTS, filed._replace(evidence=(proof, *filed.evidence[1:])))
        harness.settle()
    harness.send(PARTIES, "agent-1", agent())
    harness.send_bytes(PARTIES, b"agent-1", None)
    send(harness, LISTINGS, listing(listing_id="listing-3"))
    filed = complaint(complaint_id="complaint-3", listing_id="listing-3")
    private = PrivateText(HIDDEN, len(SECRET), ("words",))
    filed = filed._replace(statement="", private_statement=private, complainant_id="agent-1")
    send(harness, COMPLAINTS, filed)
    harness.settle()
    storage = storage_at(str(place / "archive"))
    writer = archive_of(storage, harness.codec)
    feed(writer, harness.driver.log)
    writer.close()
    named = ["--signing-key", str(place / "key.pem"), "--origin", ORIGIN]
    assert main(["decision-log", "key", *named]) == 0
    places = ["--archive", str(place / "archive"), "--log", str(place / "log")]
    assert main(["decision-log", "append", *places, *named]) == 0
    yield place, harness, [*places, *named, "--ledger", str(place / "ledger")]
    harness.close()


@pytest.fixture
def bundled(made, tmp_path, monkeypatch, capsys):
    """Make a bundle; give its path and the key that verifies it."""
    place, harness, given = made
    monkeypatch.setattr(command, "connect", lambda *_, **__: harness.codec)

    def bundled(*more, case="complaint-1"):
        path = tmp_path / "case.zip"
        line = ["bundle", case, *given, "--schema-registry", "http://127.0.0.1:9", "--why", "Court"]
        line += ["--evidence", str(place / "vault"), "--made-by", "kim", "--to", str(path)]
        status = main([*line, *more])
        return path if status == 0 else capsys.readouterr().err

    return bundled


@pytest.fixture
def key(made, capsys):
    secret = command.signing_key(made[0] / "key.pem")
    return command.verifier_of(ORIGIN, secret.public_key())


def changed(path, name, change):
    """Write a bundle with one file changed; None removes it."""
    files = read_files(path)
    files[name] = change(files[name])
    other = path.with_name("changed.zip")
    with zipfile.ZipFile(other, "w") as archive:
        for each, content in files.items():
            if content is not None:
                archive.writestr(each, content)
    return other


def test_a_bundle_is_verified_by_its_own_file_alone_and_made_again(bundled, key, tmp_path, capsys):
    path = bundled()
    with zipfile.ZipFile(path) as archive:
        archive.extract("verify_bundle.py", tmp_path)
    line = [sys.executable, "-I", "-S", str(tmp_path / "verify_bundle.py"), str(path), "--key", key]
    done = subprocess.run(line, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 0, done.stderr
    assert "decision 1: take_down by take-down-counterfeit" in done.stdout
    assert "made again from its findings by rules" in done.stdout
    assert re.search("entry [0-2] of 3 of the log", done.stdout)
    assert done.stdout.endswith("whole: nothing was withheld\n")
    capsys.readouterr()
    assert main(["replay", "bundle", str(path), "--key", key]) == 0
    assert "decision 1, take_down: made again, the same, byte for byte" in capsys.readouterr().out
    names = read_files(path)
    assert names[f"evidence/{sha256(PICTURE).hexdigest()}.png"] == PICTURE
    assert {"statements/1-decision.txt", "statements/1-seller-decision.txt"} <= names.keys()
    assert not any(b"complaint-2" in content for content in names.values())


def test_a_party_that_was_removed_is_so_in_the_bundle_too(bundled, key, capsys):
    path = bundled(case="complaint-3")
    manifest = json.loads(read_files(path)[MANIFEST])
    assert [each["topic"] for each in manifest["records"] if each["tombstone"]] == [PARTIES]
    capsys.readouterr()
    assert main(["replay", "bundle", str(path), "--key", key]) == 0
    assert "the same, byte for byte" in capsys.readouterr().out


def test_whatever_is_changed_in_a_bundle_is_told_and_nothing_else(bundled, key, capsys):
    path = bundled("--pdf")
    chance = random.Random(7)

    def flipped(content):
        other = bytearray(content)
        other[chance.randrange(len(other))] ^= 1 << chance.randrange(8)
        return bytes(other)

    manifest = json.loads(read_files(path)[MANIFEST])
    for name in read_files(path):
        # Salts and values stand in fields.json, where JSON has more than one form.
        changes = [flipped, lambda _: None] if name != "fields.json" else [lambda _: None]
        for change in changes:
            with pytest.raises(BundleInvalid):
                report(changed(path, name, change), key, [], None)
    decision = next(each for each in manifest["records"] if "decision" in each["roles"])

    def milder(content):
        fields = json.loads(content)
        fields[decision["name"]]["outcome"][1] = "decline"
        return json.dumps(fields).encode()

    with pytest.raises(BundleInvalid, match="outcome was changed"):
        report(changed(path, "fields.json", milder), key, [], None)
    capsys.readouterr()
    assert verify_bundle.main([str(changed(path, MANIFEST, flipped)), "--key", key]) == 2
    told = capsys.readouterr()
    assert (told.out, told.err[:7]) == ("", "error: ")
    stranger = Ed25519PrivateKey.generate().public_key()
    with pytest.raises(BundleInvalid, match="did not sign"):
        report(path, command.verifier_of(ORIGIN, stranger), [], None)
    for content in (b"", path.read_bytes()[:-900]):
        path.write_bytes(content)
        with pytest.raises(BundleInvalid, match="can't be read"):
            report(path, key, [], None)


def test_what_is_withheld_is_nowhere_and_the_rest_still_proves(bundled, key, tmp_path, capsys):
    path, other = bundled("--pdf"), tmp_path / "redacted.zip"
    line = ["redact-bundle", str(path), "--key", key, "--to", str(other)]
    assert main([*line, "--personal", "--withhold", "ComplaintFiled:complainant_id"]) == 0
    files = read_files(other)
    assert not any(SECRET.encode() in content for content in files.values())
    assert any(SECRET.encode() in content for content in read_files(path).values())
    told = report(other, key, [], None)
    assert any(each.endswith(": statement") for each in told)
    assert "  made again from its findings by rules" in "\n".join(told)
    assert told[-1] == "redacted, see above"
    assert main(["replay", "bundle", str(other), "--key", key]) == 2
    assert "is withheld: the case can't be made again" in capsys.readouterr().err
    shown = json.loads(files["fields.json"])
    record = next(name for name in shown if "statement" not in shown[name] and shown[name])

    def invented(content):
        fields = json.loads(content)
        fields[record]["statement"] = ["00" * 16, "It was a fake."]
        return json.dumps(fields).encode()

    with pytest.raises(BundleInvalid, match="statement was changed"):
        report(changed(other, "fields.json", invented), key, [], None)
    assert main([*line, "--withhold", "no-such-field"]) == 2
    assert "nothing in the bundle is named by no-such-field" in capsys.readouterr().err


def test_each_access_is_noted_before_anything_is_given(bundled, made):
    assert "no decision on complaint-9" in bundled(case="complaint-9")
    custody = json.loads(read_files(bundled(case="complaint-2"))["custody.json"])
    assert [each["what"] for each in custody] == ["asked for a bundle"]
    again = json.loads(read_files(bundled(case="complaint-2"))["custody.json"])
    assert [each["what"] for each in again] == [
        "asked for a bundle",
        "was given a bundle",
        "asked for a bundle",
    ]
    assert {each["who"] for each in again} == {"kim"}
    assert len(again[1]["manifest_sha256"]) == 64
    (made[0] / "ledger" / "checkpoint").write_text("forged")
    assert "ledger of accesses" in bundled(case="complaint-2")
    (made[0] / "ledger" / "checkpoint").unlink()


def test_private_texts_are_read_as_others_read_them(bundled, key, database, tmp_path):
    wrapping = tmp_path / "wrapping-keys"
    wrapping.write_text(new_line("2026"))
    store = PrivateTextStore(read_wrapping_keys(wrapping), lambda: START)
    with connect(database) as connection:
        texts = store.sealing(connection, "agent-1")
        texts.ciphertexts[HIDDEN] = texts._key.seal(SECRET.encode(), HIDDEN)
        store.put(connection, texts, "complaint-3")
    asked = ["--database", database, "--wrapping-keys", str(wrapping), "--private-texts"]
    path = bundled(*asked, case="complaint-3")
    files = read_files(path)
    assert json.loads(files["texts.json"]) == {HIDDEN: SECRET}
    reads = [each for each in json.loads(files["custody.json"]) if "reader" in each]
    assert [(each["party_id"], each["reader"]) for each in reads] == [("agent-1", "bundle by kim")]
    told = report(bundled(case="complaint-3"), key, [], None)
    assert "not in the bundle: private texts: they were not asked for" in told
    with connect(database) as connection:
        assert store.erase(connection, "agent-1") == 1
    told = report(bundled(*asked, case="complaint-3"), key, [], None)
    assert f"not in the bundle: private text {HIDDEN}: erased, or not kept" in told


def test_review_platforms_find_each_file_with_its_hash(bundled):
    path = bundled("--pdf")
    files = read_files(path)
    root = etree.fromstring(files[EDRM])
    native = root.findall(".//ExternalFile")
    assert len(native) > 20
    for each in native:
        name = f"{each.get('FilePath')}/{each.get('FileName')}".removeprefix("./")
        assert sha256(files[name]).hexdigest() == each.get("Hash")
    lines = files[DAT].decode("utf-8-sig").split("\r\n")
    rows = [line[1:-1].split("\u00fe\u0014\u00fe") for line in lines if line]
    assert {len(row) for row in rows} == {11}
    assert [row[4] for row in rows[1:]] == [each.get("Hash") for each in native]
    assert files["export/pages.opt"].decode().endswith(".png,Y,,,1\r\n")
    assert files["report.pdf"].startswith(b"%PDF-")
    assert b"/Subtype /Image" in files["report.pdf"]


def test_signatures_are_judged_as_cryptography_judges_them():
    chance = random.Random(3)
    for _ in range(40):
        secret = Ed25519PrivateKey.from_private_bytes(chance.randbytes(32))
        public, text = secret.public_key().public_bytes_raw(), chance.randbytes(50)
        signature = secret.sign(text)
        assert is_signed(public, text, signature)
        for whole in (public, text, signature):
            other = bytearray(whole)
            other[chance.randrange(len(other))] ^= 1 << chance.randrange(8)
            parts = [bytes(other) if each is whole else each for each in (public, text, signature)]
            assert not is_signed(*parts)
    order = verify_bundle._ORDER
    scalar = int.from_bytes(signature[32:], "little") + order
    assert not is_signed(public, text, signature[:32] + scalar.to_bytes(32, "little"))
    assert not is_signed(public[:-1], text, signature)


def test_the_verifier_reads_every_event_as_fastavro_does(codec):
    examples = 0
    for topic in load_topics().values():
        for name in topic.events:
            for path in sorted((EXAMPLES / name).glob("*.json")):
                event = event_of(name, json.loads(path.read_text(encoding="utf-8")))
                value = codec.encode(topic.name, event)
                said = dict(fields_of(decoded(load_schema(name), value, PREFIX_BYTES)))
                expected = json.loads(json.dumps(as_avro(event)))
                assert said == dict(fields_of(expected)), (name, path)
                with pytest.raises(BundleInvalid):
                    decoded(load_schema(name), value[:-1], PREFIX_BYTES)
                examples += 1
    assert examples > 50


def test_the_verifier_rules_as_rule_sets_do():
    rules = rule_set()
    plain_rules = [as_avro(rule) for rule in rules.rules]
    chance = random.Random(11)
    outcomes = set()
    for _ in range(1_500):
        words = {
            name: chance.choice([values[0], chance.choice(list(values))])
            for name, values in DOMAIN.words.items()
        }
        expected = rules.decide(DOMAIN.findings(**words))
        assert ruling(plain_rules, words) == (expected.outcome, expected.rule_id)
        outcomes.add(expected.rule_id)
    assert len(outcomes) > 10


def test_a_time_stamp_is_by_an_authority_whose_certificate_is_known(bundled, key, tmp_path):
    roots = time_stamp_authority(tmp_path)
    asked = []

    class Authority(BaseHTTPRequestHandler):
        def do_POST(self):
            query = tmp_path / "query"
            query.write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append(query)
            line = ["openssl", "ts", "-reply", "-queryfile", str(query), "-section", "tsa"]
            line += ["-config", "tsa.conf"]
            answer = subprocess.run(line, cwd=tmp_path, capture_output=True, check=True).stdout
            self.send_response(200)
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Authority)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_port}"
    path = bundled("--time-stamp", address, "--time-stamp-roots", str(roots))
    told = report(path, key, [], roots)
    assert any(each.startswith("time stamp of the manifest: ") for each in told)
    assert any("was not verified" in each for each in report(path, key, [], None))
    stamp = read_files(path)["manifest.tsr"]
    other = changed(bundled(), "manifest.note", lambda content: content)
    with zipfile.ZipFile(other, "a") as archive:
        archive.writestr("manifest.tsr", stamp)
    with pytest.raises(BundleInvalid, match="time stamp does not verify"):
        report(other, key, [], roots)
    stranger = time_stamp_authority(tmp_path / "stranger")
    told = bundled("--time-stamp", address, "--time-stamp-roots", str(stranger))
    assert "gives no time stamp that verifies" in told
    server.shutdown()
    server.server_close()
    assert "gives no time stamp" in bundled("--time-stamp", address)
    assert len(asked) == 2


def test_a_legal_hold_outlasts_retention_until_it_is_released(bundled, made, key, tmp_path, capsys):
    place, _, given = made
    bundled("--hold", case="complaint-2")
    for topic in load_topics():
        expire(storage_at(str(place / "archive")), topic, START + 20 * 366 * 86_400_000)
    again = bundled(case="complaint-2")
    assert report(again, key, [], None)[-1] == "whole: nothing was withheld"
    (held,) = (place / "archive" / "held").glob("*.zip")
    assert report(held, key, [], None)[-1] == "whole: nothing was withheld"
    assert main(["replay", "bundle", str(held), "--key", key]) == 0
    log = given.index("--log")
    named = [*given[:log], *given[log + 2 :], "--why", "Settled"]
    assert main(["release-hold", "complaint-1", *named]) == 2
    assert main(["release-hold", "complaint-2", *named]) == 0
    assert list(held.parent.iterdir()) == []
    for topic in load_topics():
        expire(storage_at(str(place / "archive")), topic, START + 20 * 366 * 86_400_000)
    # What is left is compacted topics and the like; no decision.
    assert "no decision on complaint-2" in bundled(case="complaint-2")
    assert main(["release-hold", "complaint-2", *named]) == 2
    assert "under no legal hold" in capsys.readouterr().err


def time_stamp_authority(place):
    """Make a certificate for time stamps, as openssl's own authority uses it."""
    place.mkdir(exist_ok=True)
    (place / "serial").write_text("01\n")
    (place / "tsa.conf").write_text(
        "[req]\ndistinguished_name=name\nprompt=no\nx509_extensions=stamping\n"
        "[name]\nCN=Test authority\n"
        "[stamping]\nbasicConstraints=critical,CA:TRUE\nkeyUsage=critical,digitalSignature\n"
        "extendedKeyUsage=critical,timeStamping\nsubjectKeyIdentifier=hash\n"
        "[tsa]\nserial=serial\nsigner_cert=tsa.pem\nsigner_key=tsa.key\nsigner_digest=sha256\n"
        "certs=tsa.pem\ndefault_policy=1.2.3.4\ndigests=sha256,sha512\n"
        "ess_cert_id_alg=sha256\n"
    )
    line = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-config", "tsa.conf"]
    line += ["-keyout", "tsa.key", "-out", "tsa.pem", "-days", "2"]
    subprocess.run(line, cwd=place, capture_output=True, check=True)
    return place / "tsa.pem"
