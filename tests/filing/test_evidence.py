"""Evidence: known by content, kept whole, given back to few, and never run or unpacked."""

import hashlib
import os

import pytest

from filing.harness import complaint
from sinks.evidence.vault import EvidenceDamaged, EvidenceMissing, EvidenceTooLarge, EvidenceVault
from streams.sources.filing.retention import Retention
from streams.sources.filing.settings import FilingSettings

PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x06\x00\x00\x00"
    b"\x1f\x15\xc4\x89\x00\x00\x00\x00IEND\xaeB`\x82"
)
PDF = b"%PDF-1.7\n1 0 obj << >> endobj\ntrailer << >>\n%%EOF\n"
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00" + bytes(20) + b"\xff\xd9"
GIF = b"GIF89a\x01\x00\x01\x00\x00\x00\x00\x3b"
WEBP = b"RIFF\x0c\x00\x00\x00WEBPVP8 \x00\x00\x00\x00"
TEXT = "Bestellt am 3. Mai, geliefert: eine Fälschung.\n".encode()
DAY = 86_400_000


def upload(api, content, media_type="application/octet-stream", party="holder-1", **headers):
    sent = {**api.tokens.headers(party), "Content-Type": media_type, **headers}
    return api.client.post("/v1/evidence", content=content, headers=sent)


def files(api):
    return sorted(path for path in api.vault._directory.rglob("*") if path.is_file())


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (GIF, "image/gif"),
        (WEBP, "image/webp"),
        (PDF, "application/pdf"),
        (TEXT, "text/plain"),
    ],
)
def test_a_document_goes_in_by_its_bytes_and_comes_out_to_be_saved(api, content, media_type):
    answer = upload(api, content)
    assert answer.status_code == 201
    told = answer.json()
    assert told["media_type"] == media_type
    assert told["sha256"] == hashlib.sha256(content).hexdigest()
    got = api.get(answer.headers["location"])
    assert got.content == content
    assert got.headers["content-type"].startswith(media_type)
    assert got.headers["content-disposition"].startswith("attachment; filename=")
    assert got.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in got.headers["content-security-policy"]


VIDEO = b"\x00\x00\x00\x18ftypmp42" + bytes(5_000)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (JPEG + VIDEO, "image/jpeg"),
        (JPEG + JPEG, "image/jpeg"),
        (PNG + VIDEO, "image/png"),
        (GIF + b"\x00" * 2_000, "image/gif"),
        (WEBP + b"trailer", "image/webp"),
        (b"\r\n\r\n" + PDF, "application/pdf"),
        (b"Content-Type: application/pdf\n\n" + PDF, "application/pdf"),
        (PDF + bytes(4_000), "application/pdf"),
    ],
)
def test_what_stands_after_a_pictures_end_or_before_a_pdf_does_not_count(api, content, media_type):
    answer = upload(api, content)
    assert (answer.status_code, answer.json()["media_type"]) == (201, media_type)
    assert api.get(answer.headers["location"]).content == content


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (b"\x00\x00\x00\x18ftypheic" + bytes(30), "a HEIC photograph"),
        (b"\x00\x00\x00\x18ftypmif1" + bytes(30), "a HEIC photograph"),
        (b"\x00\x00\x00\x18ftypavif" + bytes(30), "an AVIF picture"),
        (b"\x00\x00\x00\x18ftypavis" + bytes(30), "an AVIF picture"),
        (b"\x00\x00\x00\x0cJXL \r\n\x87\n" + bytes(30), "a JPEG XL picture"),
        (VIDEO, "a video"),
        (b"PK\x03\x04" + bytes(30), "a ZIP archive or an office document"),
        ("Bestellt".encode("utf-16"), "text in UTF-16"),
    ],
)
def test_what_is_often_sent_and_not_taken_is_named(api, content, name):
    answer = upload(api, content)
    assert answer.status_code == 422
    assert name in answer.json()["detail"]


@pytest.mark.parametrize(
    "content",
    [
        PNG[:20] + b"IEND\xaeB`\x82",
        JPEG[:12],
        GIF[:-1],
        WEBP[:-1],
        b"The header %PDF-1.7 and no end",
        b"\n%PDF-1.7\n1 0 obj",
        b"\n" * 2_000 + PDF,
    ],
)
def test_a_file_cut_off_is_refused_and_never_taken_for_text(api, content):
    assert upload(api, content).status_code == 422
    assert files(api) == []


def test_the_same_bytes_are_kept_once_whoever_sends_them(api):
    first = upload(api, PNG)
    assert upload(api, PNG).status_code == 200
    other = upload(api, PNG, party="holder-2")
    assert other.status_code == 201
    assert other.json()["evidence_id"] != first.json()["evidence_id"]
    (path,) = files(api)
    assert path.name == hashlib.sha256(PNG).hexdigest()
    assert path.parent.parent.parent == api.vault._directory


def test_only_its_party_reviewers_and_operators_get_a_document(api):
    path = upload(api, PNG).headers["location"]
    assert api.get(path, "holder-2").status_code == 404
    assert api.get(path, "seller-1", "seller").status_code == 404
    assert api.get(path, "taobao", "marketplace").status_code == 403
    assert api.get(path, "r", "reviewer").content == PNG


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"", "application/octet-stream", 422),
        (b"PK\x03\x04" + bytes(30), "application/octet-stream", 422),
        (b"MZ\x90\x00" + bytes(30), "image/png", 422),
        (PNG[:-4], "image/png", 422),
        (TEXT + b"\x00", "text/plain", 422),
        (b"\xff\xfeT\x00", "text/plain", 422),
        (PNG, "application/pdf", 422),
        (b"<svg/>", "image/svg+xml", 415),
        (b"a=b", "application/x-www-form-urlencoded", 415),
        (b"--x", "multipart/form-data; boundary=x", 415),
    ],
)
def test_what_is_no_such_document_is_refused_and_leaves_nothing(api, content, media_type, status):
    answer = upload(api, content, media_type)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert files(api) == []


def test_names_and_encodings_of_the_sender_do_not_count(api):
    named = {"Content-Disposition": 'attachment; filename="../../etc/cron.d/x"'}
    assert upload(api, PNG, **named).status_code == 201
    assert [path.name for path in files(api)] == [hashlib.sha256(PNG).hexdigest()]
    assert upload(api, PDF, **{"Content-Encoding": "gzip"}).status_code == 415
    for name in ("..%2f..%2fetc%2fpasswd", "../../etc/passwd", "%00", "a" * 64, "....//"):
        assert api.get(f"/v1/evidence/{name}").status_code == 404


def test_a_document_too_large_is_refused_while_it_comes(make_api):
    api = make_api(FilingSettings(maximum_evidence_bytes=3_000_000))
    sent = []

    def chunks():
        for _ in range(64):
            sent.append(1)
            yield b"x" * 100_000

    assert upload(api, chunks()).status_code == 413
    assert upload(api, b"x" * 3_000_001).status_code == 413
    assert upload(api, b"x" * 3_000_000).status_code == 201
    assert len(files(api)) == 1
    upload_of_vault = api.vault.begin()
    with pytest.raises(EvidenceTooLarge):
        upload_of_vault.write(b"x" * 3_000_001)
    upload_of_vault.close()


def test_a_complaint_names_its_partys_documents_and_they_are_kept(api):
    evidence_id = upload(api, PNG).json()["evidence_id"]
    named = [{"evidence_id": evidence_id, "kind": "photo"}]
    assert api.post("/v1/complaints", complaint(evidence=named)).status_code == 201
    (event,) = [event for *_, event in api.events()]
    assert event.evidence[0]._asdict() == {
        "evidence_id": evidence_id,
        "kind": "photo",
        "sha256": hashlib.sha256(PNG).hexdigest(),
    }
    body = complaint(evidence=named, rights_holder_id="holder-2")
    foreign = api.post("/v1/complaints", body, api.tokens.headers("holder-2"))
    assert foreign.json()["errors"][0]["code"] == "evidence_unknown"
    idle = upload(api, TEXT).json()["evidence_id"]
    api.clock.advance(8 * DAY)
    sweep(api)
    assert [path.name for path in files(api)] == [hashlib.sha256(PNG).hexdigest()]
    assert api.get(f"/v1/evidence/{idle}").status_code == 404
    assert api.get(f"/v1/evidence/{evidence_id}").status_code == 200


def test_a_case_has_a_bounded_number_of_documents(make_api):
    api = make_api(FilingSettings(maximum_evidence_for_complaint=2))
    ids = [upload(api, TEXT + str(n).encode()).json()["evidence_id"] for n in range(3)]
    named = [{"evidence_id": each, "kind": "other"} for each in ids]
    receipt = api.post("/v1/complaints", complaint(evidence=named[:1])).json()
    path = f"/v1/complaints/{receipt['results'][0]['complaint_id']}/clarifications"
    assert api.post(path, {"evidence": named[1:]}).status_code == 422
    assert api.post(path, {"evidence": named[1:2]}).status_code == 201
    assert api.post(path, {"evidence": named[2:]}).status_code == 422
    assert len(api.events()) == 2


def test_documents_that_wait_are_bounded(make_api):
    api = make_api(FilingSettings(maximum_idle_evidence=1))
    assert upload(api, PNG).status_code == 201
    assert upload(api, PDF).status_code == 429
    assert upload(api, PNG).status_code == 200
    assert len(files(api)) == 1


def test_content_shared_by_two_parties_goes_with_the_last_of_them(api):
    upload(api, PNG)
    api.clock.advance(4 * DAY)
    kept = upload(api, PNG, party="holder-2").json()["evidence_id"]
    api.clock.advance(4 * DAY)
    sweep(api)
    assert api.get(f"/v1/evidence/{kept}", "holder-2").content == PNG
    api.clock.advance(4 * DAY)
    sweep(api)
    assert files(api) == []


def test_a_damaged_document_is_not_given_out(api):
    path = upload(api, PNG).headers["location"]
    (file,) = files(api)
    file.chmod(0o600)
    file.write_bytes(PNG[:-1] + b"x")
    assert api.get(path).status_code == 500
    with pytest.raises(EvidenceDamaged):
        api.vault.read(file.name)
    file.unlink()
    with pytest.raises(EvidenceMissing):
        api.vault.read("../" + file.name)


def test_an_upload_that_was_cut_off_is_removed_later(tmp_path):
    vault = EvidenceVault(tmp_path, 100)
    cut_off = vault.begin()
    cut_off.write(b"half")
    cut_off._file.flush()
    assert vault.remove_unfinished(older_than_seconds=60) == 0
    (path,) = (tmp_path / "incoming").iterdir()
    os.utime(path, (0, 0))
    assert vault.remove_unfinished(older_than_seconds=60) == 1
    assert list((tmp_path / "incoming").iterdir()) == []


def test_filings_go_when_their_time_is_over_but_not_before_they_are_published(api):
    receipt = api.post("/v1/complaints", complaint()).json()
    case_id = receipt["results"][0]["complaint_id"]
    closed = "INSERT INTO cases (case_id, closed_at_milliseconds) VALUES (%s, 1)"
    api.execute(closed, case_id)
    api.clock.advance(401 * DAY)
    sweep(api)
    assert len(api.rows("SELECT * FROM filings")) == 1
    api.execute("UPDATE outbox SET sent_at_milliseconds = 1")
    sweep(api)
    for table in ("filings", "filed_complaints"):
        assert api.rows(f"SELECT * FROM {table}") == []


def sweep(api):
    services = api.services
    files = (services.vault, services.scanning.quarantine)
    retention = Retention(
        services.database, services.evidence, files, services.erasures, services.clock
    )
    retention.sweep()
