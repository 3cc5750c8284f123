"""A bundle's documents as review platforms take them in: EDRM XML, and Concordance's load files."""

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Final, NamedTuple

from lxml import etree

from replay.bundle.making import Files, Unsigned

EDRM: Final = "export/edrm.xml"
DAT: Final = "export/documents.dat"
OPT: Final = "export/pages.opt"
_QUOTE: Final = "\u00fe"
_SEPARATOR: Final = "\u0014"
_LINE: Final = "\u00ae"
"""As Concordance has them by default: quotes, between fields, and for line ends within a field."""
_TYPES: Final = {
    ".avro": "application/avro",
    ".pdf": "application/pdf",
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
    ".txt": "text/plain",
    ".json": "application/json",
}


class _Document(NamedTuple):
    number: str
    name: str
    media_type: str
    size_bytes: int
    sha256: str
    custodian: str
    told: Mapping[str, str]


def exports(unsigned: Unsigned) -> Files:
    """Return the load files of a bundle, which name its other files where they lie."""
    documents = list(_documents(unsigned))
    return {
        EDRM: _edrm(unsigned.manifest["case_id"], documents),
        DAT: _dat(documents).encode("utf-8-sig"),
        OPT: _opt(documents).encode(),
    }


def _documents(unsigned: Unsigned) -> Iterator[_Document]:
    case_id = unsigned.manifest["case_id"]
    records = {each["name"]: each for each in unsigned.manifest["records"]}
    chosen = [name for name in sorted(unsigned.files) if PurePosixPath(name).suffix in _TYPES]
    for number, name in enumerate(chosen, 1):
        content, told = unsigned.files[name], records.get(name, {})
        place = ("topic", "partition", "offset", "event_type", "timestamp_milliseconds")
        yield _Document(
            f"{case_id}-{number:06d}",
            name,
            _TYPES[PurePosixPath(name).suffix],
            len(content),
            sha256(content).hexdigest(),
            unsigned.manifest["made_by"],
            {each: str(told.get(each, "")) for each in place},
        )


def _edrm(case_id: str, documents: list[_Document]) -> bytes:
    root = etree.Element(
        "Root",
        MajorVersion="1",
        MinorVersion="2",
        Description=_plain(f"Case {case_id}"),
        Locale="US",
        DataInterchangeType="Update",
    )
    fields = etree.SubElement(root, "Fields")
    for name in documents[0].told if documents else ():
        etree.SubElement(fields, "Field", Key=name, Name=name, DataType="Text")
    listed = etree.SubElement(etree.SubElement(root, "Batch"), "Documents")
    for each in documents:
        document = etree.SubElement(
            listed, "Document", DocID=_plain(each.number), DocType="File", MimeType=each.media_type
        )
        files = etree.SubElement(document, "Files")
        path = PurePosixPath(each.name)
        etree.SubElement(
            etree.SubElement(files, "File", FileType="Native"),
            "ExternalFile",
            FilePath=str(path.parent),
            FileName=path.name,
            FileSize=str(each.size_bytes),
            Hash=each.sha256,
            HashType="SHA-256",
        )
        tags = etree.SubElement(document, "FieldValues")
        for name, value in each.told.items():
            if value:
                etree.SubElement(tags, name).text = _plain(value)
        location = etree.SubElement(etree.SubElement(document, "Locations"), "Location")
        etree.SubElement(location, "Custodian").text = _plain(each.custodian)
        etree.SubElement(location, "LocationURI").text = each.name
    text: bytes = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return text


def _dat(documents: list[_Document]) -> str:
    head = ["DOCID", "NATIVE", "MIMETYPE", "FILESIZE", "SHA256", "CUSTODIAN"]
    names = list(documents[0].told) if documents else []
    rows = [[*head, *(name.upper() for name in names)]]
    rows += [
        [
            *(each.number, each.name, each.media_type),
            *(str(each.size_bytes), each.sha256, each.custodian, *each.told.values()),
        ]
        for each in documents
    ]
    return "".join(
        _SEPARATOR.join(f"{_QUOTE}{_dat_field(each)}{_QUOTE}" for each in row) + "\r\n"
        for row in rows
    )


def _opt(documents: list[_Document]) -> str:
    """Return the pictures, one page each: number, volume, path, whether it begins a document."""
    pictures = [each for each in documents if each.media_type.startswith("image/")]
    return "".join(f"{each.number.replace(',', ' ')},,{each.name},Y,,,1\r\n" for each in pictures)


def _dat_field(text: str) -> str:
    for sign in (_QUOTE, _SEPARATOR):
        text = text.replace(sign, " ")
    return text.replace("\r\n", _LINE).replace("\n", _LINE)


def _plain(text: str) -> str:
    """Return a text without what XML can't hold."""
    return "".join(each if each >= " " or each in "\t\n" else " " for each in text)
