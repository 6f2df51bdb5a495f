"""EBSCOhost's XML, to an account of citations. Invariant: one entry or reject for each `<rec>` element."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from xml.etree.ElementTree import Element

from prisma_tool.formats.account.account import FileAccount, Parsed
from prisma_tool.formats.account.xml_records import RecordXml
from prisma_tool.formats.dialects.load import platform_table
from prisma_tool.formats.ris.tag_meanings import ris_citation
from prisma_tool.formats.text.byte_source import ByteSource
from prisma_tool.formats.text.decoding import Look
from prisma_tool.formats.text.inline_markup import readable
from prisma_tool.formats.text.tag_values import Pair, tidied_pairs, without_missing
from prisma_tool.model.record.citation import Citation

FORMAT = "ebsco-xml"
_DIALECT = platform_table("ebsco")["xml"]
_PLACES: Mapping[str, str] = _DIALECT["places"]
"""Where each of RIS's tags has its values."""
_NUMBERS: Mapping[str, str] = _DIALECT["numbers"]


def recognises(look: Look) -> bool:
    """True for XML with EBSCO's records."""
    return look.opening == "<" and "<rec" in look.text and "<controlInfo" in look.text


def parse_ebsco_xml(data: ByteSource) -> Parsed:
    """The account of an EBSCOhost file.

    Raises:
        FormatError: not text, or the XML defines entities of its own.
    """
    return open_ebsco_xml(data).whole()


def open_ebsco_xml(data: ByteSource) -> FileAccount:
    """The account of the same, to be read entry by entry.

    Raises:
        FormatError: as `parse_ebsco_xml`.
    """
    return _RECORDS.open(data)


def _read(record: Element) -> tuple[Citation, str]:
    fields, missing = without_missing(tidied_pairs(_pairs(record)))
    header = record.find("header")
    return ris_citation(fields, missing), "" if header is None else header.get("uiTerm", "")


def _pairs(record: Element) -> Iterator[Pair]:
    for path, tag in _PLACES.items():
        yield from ((tag, readable(element)) for element in record.findall(path))
    for number in record.findall(".//ui"):
        if number.get("type", "") in _NUMBERS:
            yield _NUMBERS[number.get("type", "")], readable(number)
    yield from _dates(record)
    yield from _pages(readable(record.find(".//artinfo/ppf")), readable(record.find(".//artinfo/ppct")))


def _dates(record: Element) -> Iterator[Pair]:
    date = record.find(".//pubinfo/dt")
    if date is not None:
        yield "PY", date.get("year", "")
        yield "DA", readable(date) if date.get("year", "") in readable(date) else ""


def _pages(first: str, count: str) -> Iterator[Pair]:
    """EBSCO gives the first page and how many there are."""
    yield "SP", first
    if first.isdecimal() and count.isdecimal() and int(count) > 1:
        yield "EP", str(int(first) + int(count) - 1)


_RECORDS = RecordXml(FORMAT, "rec", _read, "EBSCO record", "Export the records again from EBSCOhost.", shown_by="<records")
