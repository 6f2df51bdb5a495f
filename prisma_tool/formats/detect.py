"""Which format a file is in. Content decides, never the name: exporters call RIS .txt and tables .ris.

Invariant: at most one format is named; a file that is none of them is refused with a sentence that says what would be read.
"""

from __future__ import annotations

import csv
import re

from prisma_tool.errors import FormatError
from prisma_tool.formats import ctgov_json, medline, pubmed_xml, ris, table
from prisma_tool.formats.columns import TELLING, columns
from prisma_tool.formats.decode import decode
from prisma_tool.formats.prose import quoted
from prisma_tool.formats.ris_tags import declared

_PUBMED = re.compile(r"<Pubmed(?:Book)?Article")
_OTHERS = (
    (re.compile(r"\s*(?:%[^\n]*\n\s*)*@\w+\s*[{(]"), "BibTeX"),
    (re.compile(r"\s*<(?:\?xml[^>]*>\s*<)?xml>\s*<records>"), "EndNote XML"),
    (re.compile(r"\s*(?:FN|PT|VR) "), "Web of Science tagged text"),
    (re.compile(r"\s*%0 "), "EndNote tagged text"),
    (re.compile(r"\s*<\d+>|\s*VN +- Ovid"), "Ovid tagged text"),
)
_SHOWN = 80
"""How much of an unknown file its refusal quotes."""
UNDERSTOOD = "RIS, MEDLINE (.nbib), PubMed XML, ClinicalTrials.gov JSON, and CSV or TSV with a header"


def detect(data: bytes) -> str:
    """The name of the format of `data`.

    Raises:
        FormatError: empty, binary, or nothing that is understood.
    """
    text = decode(data).text
    opening = text.lstrip()[:1]
    if not opening:
        raise FormatError("The file is empty.")
    if opening == "<" and _PUBMED.search(text):
        return pubmed_xml.FORMAT
    if opening in "{[":
        return ctgov_json.FORMAT
    if declared(text):
        return ris.FORMAT
    if _has_header(text):
        return table.FORMAT
    if medline.start_tag(text):
        return medline.FORMAT
    raise FormatError(_refusal(text))


def _has_header(text: str) -> bool:
    first = next(row for row in text.split("\n") if row.strip())
    try:
        header = next(csv.reader([first], delimiter=table.delimiter(text)))
    except csv.Error:
        return False
    return not TELLING.isdisjoint(columns(header))


def _refusal(text: str) -> str:
    seems = next((f"; it seems to be {name}" for pattern, name in _OTHERS if pattern.match(text)), "")
    advice = f"Understood are {UNDERSTOOD}. Export the records again as one of these, or name the format with --format."
    return f"The format is not recognised{seems}. The file begins “{quoted(text[:_SHOWN])}”. {advice}"
