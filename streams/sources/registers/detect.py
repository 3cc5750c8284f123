"""The format of a document, told by the shape of its first elements."""

from types import ModuleType
from typing import NamedTuple

from streams.sources.registers import st66, st96, tdxf


class Format(NamedTuple):
    """A format's name and module.

    Each module has RECORD_TAG, HEADER_TAG and ENVELOPE_TAG, as `xml_records.records` takes them,
    application_number(element) and facts(element, header, days, source), which raises RecordError.
    """

    name: str
    module: ModuleType


_TDXF = Format("tdxf", tdxf)
_ST66 = Format("st66", st66)
_ST96 = Format("st96", st96)

FORMATS = {
    tdxf.ROOT: _TDXF,
    "TradeMarkTransactionBody": _ST66,
    "TradeMarkDetails": _ST66,
    "TradeMark": _ST66,
    "TrademarkTransactionBody": _ST96,
    "TrademarkBag": _ST96,
    "Trademark": _ST96,
}
"""The element that tells a format, by its local name: offices and aggregators put the same
elements into namespaces of their own, or none. The standards differ in the letter M."""

ROOTS = frozenset((tdxf.ROOT, "Transaction", "TradeMarkTransaction", "TrademarkTransaction"))
"""Roots of registers' files; one in which nothing else is told holds no record."""
