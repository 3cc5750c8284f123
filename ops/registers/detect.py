"""The format of a document, told by its root element."""

from typing import Protocol

from lxml import etree

from ops.registers import st66, st96, tdxf
from ops.registers.records import Facts
from ops.registers.xml_records import DocumentError, Element


class Format(Protocol):
    """What each format's module offers."""

    RECORD_TAG: str
    ENVELOPE_TAG: str
    HEADER_TAG: str

    def application_number(self, element: Element) -> str | None:
        """Give the application number, if the record has one."""

    def facts(self, element: Element, header: str, source: str) -> Facts:
        """Read a record. Raises RecordError on bad values."""


def format_of(root_tag: str) -> tuple[str, Format]:
    """Give the name and the module of the format of a root element '{namespace}name'.

    Raises DocumentError for a format that is not known.
    """
    name = etree.QName(root_tag)
    if root_tag == tdxf.ROOT:
        return "tdxf", tdxf
    if name.namespace in st66.NAMESPACES:
        return "st66", st66
    if name.namespace in st96.NAMESPACES:
        return "st96", st96
    raise DocumentError("unknown_format", f"root element {root_tag[:200]}")
