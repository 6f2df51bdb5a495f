"""ClinicalTrials.gov's JSON (API v2): pages, the web site's download (a bare list) and single studies.

Invariant: as many entries and rejects as the page has studies; the `line` of each is its place on the page, from 1.
The classic API's JSON, gone since 2024, is read too, with a warning.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from prisma_tool.errors import FormatError
from prisma_tool.formats.account.account import FileAccount, Parsed, ParsedEntry, Reject
from prisma_tool.formats.registers import ctgov_classic as classic
from prisma_tool.formats.registers.ctgov_study import nct_number, study_citation
from prisma_tool.formats.text import json_tree as tree
from prisma_tool.formats.text.byte_source import ByteSource
from prisma_tool.formats.text.decoding import Decoding, Look, decoding
from prisma_tool.formats.text.json_items import JsonItems
from prisma_tool.formats.text.tidy import quoted
from prisma_tool.model.text import clean

FORMAT = "ctgov-json"
_JSON = re.compile(r"\s*(?:\{\s*[\"}]|\[\s*[\"\[\]{])")
_OTHERS = (
    (r"\"(?:id|ids)\":.{0,40}openalex\.org", "an answer of OpenAlex (download the works as CSV or RIS)"),
    (r"\"message-type\":", "an answer of Crossref (ask it for RIS or CSL-JSON)"),
    (r"\"paperId\":", "an answer of Semantic Scholar (export as RIS or BibTeX)"),
    (r"\"search-results\":", "an answer of Scopus (export as RIS or CSV)"),
    (r"\"itemType\":", "Zotero's own JSON (export as CSL-JSON or RIS)"),
    (r"\"esearchresult\":|\"uids\":", "an answer of NCBI without records (fetch them as PubMed XML)"),
    (r"\"nbformat\":", "a notebook"),
    (r"\"FeatureCollection\"", "a map"),
)
"""Patterns of JSON that people have at hand, and what it is."""


@dataclass(frozen=True, slots=True)
class StudiesPage:
    """One page: its account, the token of the next page (empty on the last), the total where the service gave it."""

    parsed: Parsed
    next_page_token: str = ""
    total: int | None = None


def recognises(look: Look) -> bool:
    """True for anything that begins as JSON does; a printed list of references may begin with "[1] "."""
    return look.opening in {"{", "["} and _JSON.match(look.text) is not None


def parse_studies(data: ByteSource) -> StudiesPage:
    """The page in `data`; a page without studies is valid and may still have a token.

    Raises:
        FormatError: not JSON, or JSON of another shape; an error message of the service is quoted.
    """
    text = decoding(data)
    account, document = FileAccount(FORMAT, text.encoding), _document(text)
    account.pieces = _pieces(text, document, account)
    parsed = account.whole()
    return StudiesPage(parsed, tree.text(document.rest, "nextPageToken"), tree.number(document.rest, "totalCount"))


def open_studies(data: ByteSource) -> FileAccount:
    """The account of a file, to be read study by study.

    Raises:
        FormatError: here, not text; while reading, not JSON, or JSON of another shape.
    """
    text = decoding(data)
    account = FileAccount(FORMAT, text.encoding)
    account.pieces = _pieces(text, _document(text), account)
    return account


def _document(text: Decoding) -> JsonItems:
    return JsonItems(text.blocks(","), "studies")


def _pieces(text: Decoding, document: JsonItems, account: FileAccount) -> Iterator[ParsedEntry | Reject]:
    classics = 0
    for study in _studies(document):
        account.declared += 1
        classics += classic.is_classic(study)
        yield _entry(study, account.declared)
    account.warnings += (*text.warnings, *([classic.WARNING] if classics else []))


def _studies(document: JsonItems) -> Iterator[Any]:
    """The studies of a document; a bare list counts as studies unless nothing in it looks like one."""
    first, known = None, False
    for number, study in enumerate(document.items()):
        first = study if number == 0 else first
        known = known or _is_study(study)
        yield study
    if not document.listed:
        yield from _unlisted(document.rest)
    elif first is not None and not known and not document.named:
        raise FormatError(_refusal([first]))


def _is_study(study: Any) -> bool:
    return classic.is_classic(study) or (isinstance(study, dict) and "protocolSection" in study)


def _unlisted(document: Any) -> list[Any]:
    if isinstance(document, dict) and "protocolSection" in document:
        return [document]
    if (older := classic.listed(document)) is not None:
        return older
    raise FormatError(_refusal(document))


def _refusal(document: Any) -> str:
    if isinstance(document, dict) and ("FullStudiesResponse" in document or "StudyFieldsResponse" in document):
        return "This is the classic ClinicalTrials.gov format, withdrawn in 2024; download the studies again as JSON."
    message = tree.text(document, "error") or tree.text(document, "message")
    if message:
        return f"This JSON has no records but a message: “{quoted(message)}”."
    text = json.dumps(document, ensure_ascii=False)
    known = next((f"; it seems to be {name}" for pattern, name in _OTHERS if re.search(pattern, text)), "")
    return (
        f"This JSON has no records that are known{known}. It reads “{quoted(text)}”. JSON is read from ClinicalTrials.gov, as CSL-JSON "
        "(Zotero and others) and as JSON lines of this program."
    )


def _entry(study: Any, number: int) -> ParsedEntry | Reject:
    raw, study = clean(json.dumps(study, ensure_ascii=False)), classic.modern(study)
    nct = nct_number(study)
    if not nct:
        stated = tree.text(study, "protocolSection", "identificationModule", "nctId")
        return Reject(number, f"no valid NCT number (“{quoted(stated)}”)" if stated else "no NCT number", raw)
    return ParsedEntry(study_citation(study, nct), accession=nct, raw=raw, line=number)
