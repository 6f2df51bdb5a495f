"""Europe PMC's JSON (RESTful web service, resultType=core): the pages of a search, as a file or as they arrive.

Invariant: as many entries and rejects as the page has results; the `line` of each is its place on the page, from 1. Names of fields:
the web service's reference guide (EMBL-EBI).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from prisma_tool.errors import FormatError
from prisma_tool.formats.account.account import Parsed, ParsedEntry, Reject
from prisma_tool.formats.europepmc.article import accession, article_citation
from prisma_tool.formats.text import json_tree as tree
from prisma_tool.formats.text.byte_source import ByteSource
from prisma_tool.formats.text.decoding import Look, decode
from prisma_tool.formats.text.tidy import quoted
from prisma_tool.model.text import clean

FORMAT = "europepmc-json"
_PAGE = re.compile(r"\s*\{.{0,2000}?\"(?:resultList|hitCount)\"\s*:", re.DOTALL)


class ServiceMessage(FormatError):
    """The answer is no page but a message of the service, with its code."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"Europe PMC answers “{quoted(message)}” ({code}) instead of records.")
        self.code = code


@dataclass(frozen=True, slots=True)
class ResultPage:
    """One page: its account, the cursor of the next page (empty where none is named), the total where the service gave it."""

    parsed: Parsed
    next_cursor: str = ""
    total: int | None = None


def recognises(look: Look) -> bool:
    """True for an answer of the search."""
    return look.opening == "{" and _PAGE.match(look.text) is not None


def parse_europepmc(data: ByteSource) -> Parsed:
    """The records of a page that was kept as a file.

    Raises:
        FormatError: as for `parse_results`.
    """
    return parse_results(data).parsed


def parse_results(data: ByteSource) -> ResultPage:
    """The page in `data`; one without results is valid.

    Raises:
        ServiceMessage: it is a message of the service.
        FormatError: not JSON, or JSON of another shape.
    """
    decoded = decode(data)
    document = read_object(decoded.text)
    results = document.get("resultList", {}).get("result") if isinstance(document.get("resultList"), dict) else None
    if not isinstance(results, list):
        raise FormatError(f"This JSON has no results of Europe PMC; the text reads “{quoted(decoded.text)}”.")
    read = [_entry(result, number) for number, result in enumerate(results, start=1)]
    parsed = Parsed(
        format=FORMAT,
        entries=tuple(one for one in read if isinstance(one, ParsedEntry)),
        rejects=tuple(one for one in read if isinstance(one, Reject)),
        declared=len(results),
        encoding=decoded.encoding,
        warnings=decoded.warnings,
    )
    return ResultPage(parsed, tree.text(document, "nextCursorMark"), tree.number(document, "hitCount"))


def read_object(text: str) -> dict[str, Any]:
    """The JSON object of an answer.

    Raises:
        ServiceMessage: it is a message of the service, which may come with status 200.
        FormatError: it is none.
    """
    try:
        document = json.loads(text, strict=False)
    except (ValueError, RecursionError) as error:
        raise FormatError(f"Not valid JSON; the text reads “{quoted(text)}”.") from error
    if not isinstance(document, dict):
        raise FormatError(f"This JSON is no answer of Europe PMC; it reads “{quoted(text)}”.")
    code = tree.number(document, "errCode")
    if code is not None:
        raise ServiceMessage(code, tree.text(document, "errMsg"))
    return document


def _entry(result: Any, number: int) -> ParsedEntry | Reject:
    raw = clean(json.dumps(result, ensure_ascii=False))
    own = accession(tree.text(result, "source"), tree.text(result, "id"))
    if not own:
        return Reject(number, "no source and id", raw)
    citation = article_citation(result)
    return Reject(number, "no bibliographic field", raw) if citation.is_empty else ParsedEntry(citation, own, raw, number)
