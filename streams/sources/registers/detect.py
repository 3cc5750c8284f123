"""The format of a document, told by its root element."""

from types import ModuleType

from lxml import etree

from streams.sources.registers import st66, st96, tdxf
from streams.sources.registers.xml_records import DocumentError


def format_of(root_tag: str) -> tuple[str, ModuleType]:
    """Return the name and the module of the format of a root element '{namespace}name'.

    Each module has RECORD_TAG, HEADER_TAG and ENVELOPE_TAG, as `xml_records.records` takes them,
    application_number(element) and facts(element, header, source), which raises RecordError.
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
