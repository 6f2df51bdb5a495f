"""The XML export of the WHO's search portal of trial registers (ICTRP), to an account of citations.

Its tables (CSV, XLSX) have the same columns and are read as tables. Invariant: one entry or reject for each `<Trial>`; the TrialID
is the accession, unchanged.
"""

from __future__ import annotations

from xml.etree.ElementTree import Element

from prisma_tool.formats.account.account import FileAccount, Parsed
from prisma_tool.formats.account.register_row import RegisterReader
from prisma_tool.formats.account.xml_records import RecordXml
from prisma_tool.formats.platforms.registers import register_named
from prisma_tool.formats.text.byte_source import ByteSource
from prisma_tool.formats.text.cell_values import squeezed
from prisma_tool.formats.text.decoding import Look
from prisma_tool.formats.text.tidy import line
from prisma_tool.model.record.citation import Citation

FORMAT = "ictrp-xml"
ICTRP = register_named("ictrp")
_ROOT = "<Trials_downloaded_from_ICTRP"
_ADVICE = "Export the trials again as XML from the search portal."


def recognises(look: Look) -> bool:
    """True for XML with the portal's root, or with its trials."""
    return look.opening == "<" and (_ROOT in look.text or ("<Trial>" in look.text and "<TrialID>" in look.text))


def parse_ictrp(data: ByteSource) -> Parsed:
    """The account of an ICTRP export with all entries in memory.

    Raises:
        FormatError: not text, neither root nor trials, or entities of its own.
    """
    return open_ictrp(data).whole()


def open_ictrp(data: ByteSource) -> FileAccount:
    """The account of an ICTRP export, to be read entry by entry.

    Raises:
        FormatError: not text, neither root nor trials, or entities of its own.
    """
    account = _TRIALS.open(data)
    account.platform = ICTRP.platform
    return account


def _trial(element: Element) -> tuple[Citation, str]:
    header = [child.tag for child in element]
    values = ["".join(child.itertext()) for child in element]
    names = [squeezed(name) for name in header]
    if "trialid" not in names:
        header, values, names = ["TrialID", *header], ["", *values], ["trialid", *names]
    reader = RegisterReader(ICTRP, [name.replace("_", " ") for name in header], names)
    return reader.citation(values), line(values[reader.places["number"]])


_TRIALS = RecordXml(FORMAT, "Trial", _trial, "trial", _ADVICE, shown_by=_ROOT)
