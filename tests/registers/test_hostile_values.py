"""Values and names that no office writes: one record or one file is rejected, and the rest goes on.

Hostile words stand in place of texts, attributes and names of real records, by seed.
"""

import json
import random
import re
import zipfile
from pathlib import Path

import pytest

from ops.tools.import_trademarks import import_files
from registers.documents_made import case_file, owner, st66_document, tdxf_document
from registers.generated import DATA, TDXF
from schemas.events.trademarks import TrademarkRecorded
from schemas.topic_names import TRADEMARKS_EVENTS
from schemas.wire.registry import offline_codec
from streams.sources.registers.reader import Item, read
from streams.sources.registers.records import ImportRejection

HOSTILE = (
    *("²", "²" * 8, "٣", "٣" * 8, "1" * 5_000, "-1", "1e999", "nan", "0x1F", "½", "Ⅷ", "1_0"),
    *("9999-12-31", "0000-00-00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+23:59", "²0180218"),
    *("2018-02-30", "18000101", "21991231", "2020-09-01T23:00:49.9999999999", "20201301", "24:00"),
    *("&#x7f;", "&#x85;", "&#x202e;", "&#xFFFD;", "&#x1F600;", "&amp;", "&lt;", "]]&gt;", "\t", ""),
    *("x" * 300, "x" * 10_001, "EM500000018224153", "US", "ZZ", "us", "U²", "__proto__", "%s{0}"),
)
ENDINGS = {
    TDXF: b"</case-file>",
    DATA / "uspto-87881347-st66.xml": b"</TradeMark>",
    DATA / "uspto-74631225-st96.xml": b"</ns2:Trademark>",
    DATA / "euipo-018224153.xml": b"</TradeMark>",
}


def items_of(path: Path, content: bytes) -> list[Item]:
    path.write_bytes(content)
    return list(read(path))


def reasons(items: list[Item]) -> list[str]:
    return [item.reason for item in items if isinstance(item, ImportRejection)]


def imported(items: list[Item]) -> list[str]:
    return [item.application_number for item in items if isinstance(item, TrademarkRecorded)]


@pytest.mark.parametrize("party_type", ["²", "1" * 5_000, "٣", "-1"])
def test_an_owner_of_no_known_type_costs_no_other_record(tmp_path: Path, party_type: str) -> None:
    owners = owner(10, "Acme").replace(">10<", f">{party_type}<")
    bad = case_file("87000001", body=f"<case-file-owners>{owners}</case-file-owners>")
    items = items_of(tmp_path / "apc.xml", tdxf_document(bad, case_file("87000002")))
    assert imported(items) == ["87000001", "87000002"]


def test_digits_of_no_ascii_are_no_serial_number(tmp_path: Path) -> None:
    document = tdxf_document(case_file("²" * 8), case_file("87000002"))
    items = items_of(tmp_path / "apc.xml", document)
    assert (reasons(items), imported(items)) == (["bad_application_number"], ["87000002"])


@pytest.mark.parametrize("place", ["<{}>1</{}>", "<remark {}='1'/>"])
def test_an_undeclared_prefix_costs_its_record_alone(tmp_path: Path, place: str) -> None:
    bad = case_file("87000001", body=place.replace("{}", "office:fee"))
    items = items_of(tmp_path / "apc.xml", tdxf_document(bad, case_file("87000002")))
    assert (reasons(items), imported(items)) == (["undeclared_prefix"], ["87000002"])


@pytest.mark.parametrize("document", [b"<a:Transaction/>", b"<Transaction><a:b/></Transaction>"])
def test_an_undeclared_prefix_outside_of_records_is_told_of_the_file(
    tmp_path: Path, document: bytes
) -> None:
    assert len(reasons(items_of(tmp_path / "apc.xml", document))) == 1


def test_a_time_that_no_worker_takes_is_rejected(tmp_path: Path) -> None:
    mark = (
        "<RegistrationOfficeCode>EM</RegistrationOfficeCode>"
        "<ApplicationNumber>018222474</ApplicationNumber>"
        "<MarkCurrentStatusDate>2020-01-01</MarkCurrentStatusDate>"
    )
    header = "<RequestProducerDateTime>9000-01-01T00:00:00</RequestProducerDateTime>"
    items = items_of(tmp_path / "em.xml", st66_document(mark, header))
    assert reasons(items) == ["out_of_bounds"]


def test_a_zip_with_a_name_in_no_encoding_is_one_rejection(tmp_path: Path) -> None:
    path, good = tmp_path / "bad.zip", tmp_path / "good.xml"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("markenname-ä.xml", tdxf_document(case_file("87000001")))
    path.write_bytes(path.read_bytes().replace("ä".encode(), b"\xff\xfe"))
    good.write_bytes(tdxf_document(case_file("87000002")))
    lines: list[str] = []
    sent: list[TrademarkRecorded] = []
    counts = import_files([path, good], sent.append, lines.append, lambda _count: None)
    assert [mark.application_number for mark in sent] == ["87000002"]
    assert counts.rejected == {"unreadable_file": 1}
    assert "UnicodeDecodeError" in json.loads(lines[0])["detail"]


def test_a_damaged_member_of_a_zip_costs_that_member_alone(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("first.xml", tdxf_document(case_file("87000001")))
        archive.writestr("last.xml", tdxf_document(case_file("87000002")))
    path.write_bytes(path.read_bytes().replace(b"87000001", b"87000009", 1))
    items = list(read(path))
    assert imported(items)[-1] == "87000002"
    assert reasons(items) == ["unreadable_file"]


@pytest.mark.parametrize("ending", [".xml", ".zip", ".tar"])
def test_names_of_files_are_made_readable(tmp_path: Path, ending: str) -> None:
    document = tdxf_document(case_file("87000001"), case_file("²"))
    name = b"\xff\n" + b"n" * 230
    if ending == ".zip":
        path = tmp_path / "names.zip"
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("n" * 1_000 + ".xml", document)
    else:
        path = Path(f"{tmp_path}/{name.decode(errors='surrogateescape')}.xml")
        path.write_bytes(document)
    if ending == ".tar":
        import tarfile

        packed = tmp_path / "names.tar"
        with tarfile.open(packed, "w") as archive:
            archive.add(path, path.name)
        path = packed
    mark, rejected = read(path)
    assert isinstance(mark, TrademarkRecorded)
    offline_codec().encode(TRADEMARKS_EVENTS, mark)
    json.dumps(rejected._asdict(), ensure_ascii=False).encode()


def hostile(document: bytes, record_ending: bytes, generator: random.Random) -> bytes:
    """Return a document whose first record has one to three hostile texts, attributes or names."""
    end = document.index(record_ending)
    record = document[:end].decode()
    for _ in range(generator.randint(1, 3)):
        word = generator.choice(HOSTILE)
        pattern, new = generator.choice(
            [
                (r">[^<>]+</", f">{word}</"),
                (r">[^<>]+</", f">{word}{word}</"),
                (r'="[^"<>]*"', f'="{word}"'),
                (r"<[\w:-]+/>", f"<z:{generator.randrange(9)}z/>"),
                (r"</[\w:-]+>", "</z>"),
            ]
        )
        places = [each for each in re.finditer(pattern, record) if each.start() > 200]
        if places:
            found = generator.choice(places)
            record = record[: found.start()] + new + record[found.end() :]
    return record.encode() + document[end:]


@pytest.mark.parametrize("path", ENDINGS, ids=lambda path: path.stem)
def test_no_value_ends_an_import(tmp_path: Path, path: Path) -> None:
    """400 seeded documents a format: each is accounted for, and can be sent and written down."""
    codec, generator, document = offline_codec(), random.Random(15), path.read_bytes()
    bad, good = tmp_path / "bad.xml", tmp_path / "good.xml"
    good.write_bytes(tdxf_document(case_file("87000002")))
    for _ in range(400):
        bad.write_bytes(hostile(document, ENDINGS[path], generator))
        sent: list[TrademarkRecorded] = []
        lines: list[str] = []
        counts = import_files([bad, good], sent.append, lines.append, lambda _count: None)
        assert counts.read == counts.imported + counts.rejected.total() >= 2
        assert sent[-1].application_number == "87000002"
        for mark in sent:
            codec.encode(TRADEMARKS_EVENTS, mark)
        "".join(lines).encode()
