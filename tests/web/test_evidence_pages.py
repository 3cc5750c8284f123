"""Documents that are sent before their form: kept for their party, named by it, and no other's."""

import pytest

from web.test_filing_pages import REASONS, RIGHT, SIGNED, step

PHOTO = ("p.txt", b"The stitching differs.", "text/plain")


def send(pages, file=PHOTO, **fields):
    return pages.post("/en/documents", files={"documents": file} if file else None, **fields)


@pytest.fixture
def holder(pages):
    pages.sign_in("holder-1", "rights_holder")
    return pages


def test_a_document_is_kept_and_told_by_its_id_the_same_each_time(holder):
    first = send(holder, kind="photo")
    assert (first.status_code, first.json()["kind"]) == (201, "photo")
    assert send(holder).json()["evidence_id"] == first.json()["evidence_id"]
    (row,) = holder.rows("SELECT party_id, evidence_id FROM filed_evidence")
    assert row == {"party_id": "holder-1", "evidence_id": first.json()["evidence_id"]}
    assert "send_document" in str(holder.rows("SELECT action FROM web_actions"))


@pytest.mark.parametrize(
    ("file", "status"),
    [
        (None, 422),
        (("p.exe", b"MZ\x90\x00", "application/octet-stream"), 422),
        (("p.html", b"<html>", "text/html"), 415),
        (("p.txt", b"x" * ((20 << 20) + 1), "text/plain"), 413),
    ],
)
def test_what_is_no_document_is_refused(holder, file, status):
    assert send(holder, file).status_code == status
    assert holder.rows("SELECT * FROM filed_evidence") == []


def test_a_forged_form_and_who_files_nothing_are_refused(pages):
    assert send(pages).status_code in (303, 403)
    pages.sign_in("holder-1", "rights_holder")
    files = {"documents": PHOTO}
    assert (
        pages.post("/en/documents", form={"form_token": "0" * 64}, files=files).status_code == 403
    )
    for party, role in (("anna", "reviewer"), ("op", "operator")):
        pages.sign_in(party, role)
        assert send(pages).status_code == 403
    assert pages.rows("SELECT * FROM filed_evidence") == []


def test_another_partys_document_is_not_filed(holder):
    name = f"{send(holder).json()['evidence_id']}:photo"
    told = {**RIGHT, "listings": "5,taobao", **REASONS, **SIGNED, "evidence": name}
    holder.sign_in("holder-2", "rights_holder")
    answer = step(holder, "check", "file", **told)
    assert answer.status_code == 422
    assert "no longer there" in answer.text
    holder.sign_in("holder-1", "rights_holder")
    assert step(holder, "check", "file", **told).status_code == 303


def test_an_appeal_names_documents_that_were_sent_before_it(filled):
    filled.sign_in("seller-9", "seller")
    sent = send(filled).json()["evidence_id"]
    text = "The shoes are my own make, and the title says only what they fit."
    answer = filled.post("/en/seller/cases/c4/appeal", statement="-", evidence=f"{sent}:other")
    assert answer.status_code == 422
    assert f'value="{sent}:other"' in answer.text
    fields = {"statement": text, "evidence": [f"{sent}:other"]}
    assert filled.post("/en/seller/cases/c4/appeal", **fields).status_code == 303
    (row,) = filled.rows("SELECT evidence_id FROM filed_evidence_uses")
    assert row["evidence_id"] == sent
