"""Reading of packed, damaged and hostile files."""

import gzip
import io
import random
import tarfile
import zipfile
from pathlib import Path

import pytest

from registers.documents_made import case_file, tdxf_document
from registers.generated import DATA, TDXF, tdxf_parts
from schemas.events.trademarks import TrademarkRecorded
from streams.sources.registers.reader import read
from streams.sources.registers.records import ImportRejection, ImportRemark
from streams.sources.registers.xml_records import RECORD_BYTES


def pack(path: Path, members: dict[str, bytes]) -> Path:
    """Write members as the path's ending says."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in members.items():
                archive.writestr(name, content)
    elif path.name.endswith((".tar.gz", ".tar")):
        with tarfile.open(path, "w:gz" if path.suffix == ".gz" else "w") as archive:
            for name, content in members.items():
                member = tarfile.TarInfo(name)
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    else:
        (content,) = members.values()
        path.write_bytes(gzip.compress(content) if path.suffix == ".gz" else content)
    return path


def reasons(path: Path) -> list[str]:
    return [item.reason for item in read(path) if isinstance(item, ImportRejection)]


@pytest.mark.parametrize("name", ["apc.xml.gz", "apc.zip", "apc.tar.gz", "apc.tar"])
def test_packing_makes_no_difference(tmp_path: Path, name: str) -> None:
    path = pack(tmp_path / name, {"apc.xml": TDXF.read_bytes()})
    plain = pack(tmp_path / "apc.xml", {"apc.xml": TDXF.read_bytes()})
    assert list(read(path)) == list(read(plain))
    assert len(list(read(plain))) == 4


@pytest.mark.parametrize("name", ["all.zip", "all.tar.gz"])
def test_archive_goes_on_after_a_bad_member(tmp_path: Path, name: str) -> None:
    members = {
        "018/018222474.xml": (DATA / "euipo-018222474.xml").read_bytes(),
        "018/broken.xml": b"<Transaction",
        "018/000162186540.JPG": b"an image",
        "018/more.zip": b"",
        "018/other.xml": b"<TMBRAND/>",
        "018/018224153.xml": (DATA / "euipo-018224153.xml").read_bytes(),
    }
    path = pack(tmp_path / name, members)
    read_on: list[int] = []
    items = list(read(path, read_on.append))
    numbers = [item.application_number for item in items if isinstance(item, TrademarkRecorded)]
    assert numbers == ["018222474", "018224153"]
    assert reasons(path) == ["malformed_xml", "nested_archive", "unknown_format"]
    assert sum(read_on) > 0.9 * path.stat().st_size  # images are left out


def test_cut_off_file_gives_what_came_before(tmp_path: Path) -> None:
    whole = TDXF.read_bytes()
    path = tmp_path / "apc.xml"
    path.write_bytes(whole[: whole.rindex(b"<classifications>")])
    *before, last = read(path)
    assert [item.application_number for item in before] == ["87310367", "71112081", "72244388"]
    assert isinstance(last, ImportRejection)
    assert (last.record_number, last.reason) == (0, "malformed_xml")
    assert "after record 3" in last.detail


def test_external_dtd_is_accepted_and_not_loaded(tmp_path: Path) -> None:
    (tmp_path / "tdxf.dtd").write_text('<!ENTITY % broken "')
    path = tmp_path / "apc.xml"
    prologue = '<!DOCTYPE trademark-applications-daily SYSTEM "tdxf.dtd">'
    path.write_bytes(tdxf_document(case_file(), prologue=prologue))
    assert reasons(path) == []


@pytest.mark.parametrize(
    "declarations",
    [
        '<!ENTITY a "lol"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;">',
        '<!ENTITY c SYSTEM "secret.txt">',
        '<!ENTITY c SYSTEM "http://127.0.0.1:9/secret">',
    ],
)
def test_entities_are_refused(tmp_path: Path, declarations: str) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    path = tmp_path / "apc.xml"
    prologue = f"<!DOCTYPE trademark-applications-daily [{declarations}]>"
    path.write_bytes(tdxf_document(case_file().replace("ACME", "&c;"), prologue=prologue))
    assert reasons(path) == ["entities_declared"]


def test_undeclared_entity_does_not_cut_a_text_short(tmp_path: Path) -> None:
    path = tmp_path / "apc.xml"
    prologue = '<!DOCTYPE trademark-applications-daily SYSTEM "tdxf.dtd">'
    path.write_bytes(tdxf_document(case_file().replace("ACME", "AC&amacr;ME"), prologue=prologue))
    assert reasons(path) == ["entity_reference"]


@pytest.mark.parametrize(
    "body",
    [
        "<a>" * 5_000 + "</a>" * 5_000,
        "<a>" + "x" * (RECORD_BYTES + (1 << 20)) + "</a>",
        "<a/>" * (RECORD_BYTES // 4 + (1 << 18)),
    ],
    ids=["deep", "long text", "many elements"],
)
def test_endless_record_is_refused(tmp_path: Path, body: str) -> None:
    path = tmp_path / "apc.xml"
    path.write_bytes(tdxf_document(case_file("87000001"), case_file("87000002", body=body)))
    first, rejected = read(path)
    assert first.application_number == "87000001"
    assert isinstance(rejected, ImportRejection)
    assert rejected.reason in {"too_long", "malformed_xml"}


def test_endless_prologue_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "apc.xml"
    path.write_bytes(b'<?xml version="1.0"?>' + b"<!-- - -->" * 200_000 + tdxf_document()[38:])
    assert reasons(path) == ["too_long"]


@pytest.mark.parametrize(
    "document",
    [tdxf_document(), b"<Transaction/>", b'<t:TrademarkTransaction xmlns:t="urn:any"/>'],
)
def test_a_file_without_records_is_remarked(tmp_path: Path, document: bytes) -> None:
    path = tmp_path / "apc.xml"
    path.write_bytes(document)
    (item,) = read(path)
    assert isinstance(item, ImportRemark)
    assert (item.record_number, item.reason) == (0, "empty_document")


def test_a_file_cut_off_before_its_first_record_is_no_empty_one(tmp_path: Path) -> None:
    path = tmp_path / "apc.xml"
    path.write_bytes(b"<Transaction><TransactionHeader>")
    assert reasons(path) == ["malformed_xml"]


@pytest.mark.parametrize("name", ["a.xml", "a.zip", "a.tar.gz", "a.tar", "a.xml.gz", "a.pdf"])
@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x1f\x8b\x08\x00", b"nothing of these"])
def test_damaged_file_is_one_rejection(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    items = list(read(path))
    assert len(items) == 1
    assert all(isinstance(item, ImportRejection) and item.record_number == 0 for item in items)


@pytest.mark.parametrize("name", ["apc.xml", "apc.xml.gz", "apc.zip", "apc.tar.gz"])
def test_no_damage_raises(tmp_path: Path, name: str) -> None:
    """500 seeded damages a packing: every item is a mark or a rejection, and nothing is raised."""
    before, cases, after = tdxf_parts()
    whole = pack(tmp_path / name, {"apc.xml": before[-200:] + cases[0] + after}).read_bytes()
    generator = random.Random(20180218)
    path = tmp_path / f"damaged-{name}"
    for _ in range(500):
        damaged = bytearray(whole)
        for _ in range(generator.randint(1, 8)):
            damaged[generator.randrange(len(damaged))] = generator.randrange(256)
        path.write_bytes(damaged[: generator.randint(len(damaged) // 2, len(damaged))])
        for item in read(path):
            assert isinstance(item, TrademarkRecorded | ImportRejection | ImportRemark)
