"""ClinicalTrials.gov's JSON (API v2): pages, the web site's download (a bare list) and single studies.

Invariant: as many entries and rejects as the page has studies; the `line` of each is its place on the page, from 1.
The classic API's JSON, gone since 2024, is read too, with a warning.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from prisma_tool.errors import FormatError
from prisma_tool.formats.account.account import Parsed, ParsedEntry, Reject
from prisma_tool.formats.registers import ctgov_classic as classic
from prisma_tool.formats.registers.ctgov_study import nct_number, study_citation
from prisma_tool.formats.text import json_tree as tree
from prisma_tool.formats.text.byte_source import ByteSource
from prisma_tool.formats.text.decoding import Decoded, Look, decode
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
    decoded = decode(data)
    document = _document(decoded)
    studies = _studies(document)
    read = [_entry(study, number) for number, study in enumerate(studies, start=1)]
    parsed = Parsed(
        format=FORMAT,
        entries=tuple(one for one in read if isinstance(one, ParsedEntry)),
        rejects=tuple(one for one in read if isinstance(one, Reject)),
        declared=len(studies),
        encoding=decoded.encoding,
        warnings=(*decoded.warnings, *([classic.WARNING] if any(map(classic.is_classic, studies)) else [])),
    )
    return StudiesPage(parsed, tree.text(document, "nextPageToken"), tree.number(document, "totalCount"))


def _document(decoded: Decoded) -> Any:
    try:
        # Raw line ends inside strings occur in answers; they are harmless, as all text is cleaned later.
        return json.loads(decoded.text, strict=False)
    except (ValueError, RecursionError) as error:
        place = f" (line {error.lineno}: {error.msg})" if isinstance(error, json.JSONDecodeError) else ""
        raise FormatError(f"Not valid JSON{place}; the text reads “{quoted(decoded.text)}”. Fetch or export it again.") from error


def _studies(document: Any) -> list[Any]:
    if isinstance(document, list):
        return _listed(document)
    if isinstance(document, dict) and isinstance(document.get("studies"), list):
        return list(document["studies"])
    if isinstance(document, dict) and "protocolSection" in document:
        return [document]
    if (older := classic.listed(document)) is not None:
        return older
    raise FormatError(_refusal(document))


def _listed(document: list[Any]) -> list[Any]:
    """A bare list counts as studies unless nothing in it looks like one."""
    if document and not any(classic.is_classic(one) or (isinstance(one, dict) and "protocolSection" in one) for one in document):
        raise FormatError(_refusal(document))
    return document


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
