"""Which format a file is in. Content decides, never the name: exporters call RIS .txt and tables .ris.

Invariant: at most one format is named; a file that is none of them is refused with a sentence that says what would be read.
"""

from __future__ import annotations

import re

from prisma_tool.errors import FormatError
from prisma_tool.formats.format_table import KNOWN
from prisma_tool.formats.plugged_formats import recognised
from prisma_tool.formats.text.byte_source import ByteSource
from prisma_tool.formats.text.decoding import Look
from prisma_tool.formats.text.tidy import quoted

_OTHERS = (
    (re.compile(r"\s*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE), "a web page, perhaps a form to sign in"),
    (re.compile(r"\s*JF  - |\s*(?:[A-Z][A-Z0-9]  - [^\n]*\n)+"), "RIS without the line “TY  - ” that begins each entry"),
    (re.compile(r"\s*VN +- Ovid"), "Ovid tagged text without the numbers that begin its entries"),
    (
        re.compile(r"\s*1[.:] (?=(?:[^\n]*\n){1,300}?\s*PMID: \d|[^\n]*(?:\n[^\n]+)*PMID: \d)"),
        "PubMed's “Abstract” or “Summary” text; save the search in the format “PubMed” (.nbib)",
    ),
    (re.compile(r"\s*(?:\d{5,8}\s+)+$"), "a list of PMIDs without records; save the search in the format “PubMed” (.nbib)"),
    (re.compile(r"\s*Record #\d+ of \d+\s+ID: "), "Cochrane's “plain text”; export from the Cochrane Library as “RIS (EndNote)”"),
    (
        re.compile(r"\s*(?:\[1\]|1\.)\s+[^\W\d_][\s\S]{0,400}?\b(?:1[89]|20)\d\d\b"),
        "a printed list of references; look the works up in a database and export them from there",
    ),
    (re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<rdf:RDF"), "Zotero RDF; export from Zotero as RIS or BibTeX"),
    (re.compile(r"\s*(?:<\?xml[^>]*>\s*)?<mods"), "MODS XML; export as RIS or BibTeX"),
    (
        re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!DOCTYPE[^>]*>\s*)?<(?:PubmedArticleSet\s*/?>\s*(?:</|$)|e\w+Result)"),
        "an answer of NCBI's services without records",
    ),
)
_SHOWN = 80
"""How much of an unknown file its refusal quotes."""
_HEAD = 1 << 18
"""How many bytes nearly always show the format; only a file that stays unknown is decoded whole."""
UNDERSTOOD = ", ".join(known.title for known in KNOWN)


def detect(data: ByteSource) -> str:
    """The name of the format of `data`.

    Raises:
        FormatError: empty, binary, or nothing that is understood.
    """
    beginning = data[:_HEAD]
    if len(data) <= _HEAD and (not beginning or beginning.isspace()):
        raise FormatError("The file is empty.")
    head = Look(beginning)
    name = _first(head) or (_first(Look(data[:])) if len(data) > _HEAD else "")
    if not name:
        raise FormatError(_refusal(head))
    return name


def _first(look: Look) -> str:
    return next((known.name for known in KNOWN if known.recognises(look)), "") or recognised(look)


def _refusal(look: Look) -> str:
    if not look.text.strip():
        return "The file is empty."
    seems = next((f"; it seems to be {name}" for pattern, name in _OTHERS if pattern.match(look.text)), "")
    advice = f"Understood are {UNDERSTOOD}. Export the records again as one of these, or name the format with --format."
    return f"The format is not recognised{seems}. The file begins “{quoted(look.text[:_SHOWN])}”. {advice}"
