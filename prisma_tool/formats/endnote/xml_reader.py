"""EndNote's XML (EndNote, Zotero, Bookends, SPIDERCite, RefLib ...), to an account of citations.

Invariant: one entry or reject for each `<record>`, however many databases the file holds.
"""

from __future__ import annotations

import re

from prisma_tool.formats.account.account import FileAccount, Parsed
from prisma_tool.formats.account.xml_records import RecordXml
from prisma_tool.formats.endnote.xml_fields import read_record
from prisma_tool.formats.text.byte_source import ByteSource
from prisma_tool.formats.text.decoding import Look

FORMAT = "endnote-xml"
_PART = re.compile(r"<(?:ref-type|contributors|titles|rec-number|source-app)\b")
_ADVICE = "Export the records again as XML from EndNote."


def recognises(look: Look) -> bool:
    """True for XML with records that hold EndNote's parts, or for an empty list of records."""
    if look.opening != "<" or "<record" not in look.text:
        return False
    return bool(_PART.search(look.text)) or "<xml>" in look.text


def parse_endnote_xml(data: ByteSource) -> Parsed:
    """The account of an EndNote XML file with all entries in memory.

    Raises:
        FormatError: not text, no records, or entities of its own.
    """
    return open_endnote_xml(data).whole()


def open_endnote_xml(data: ByteSource) -> FileAccount:
    """The account of an EndNote XML file, to be read entry by entry.

    Raises:
        FormatError: not text, no records, or entities of its own.
    """
    return _RECORDS.open(data)


_RECORDS = RecordXml(FORMAT, "record", read_record, "EndNote record", _ADVICE, shown_by="<records")
