"""The results that a register entry has posted, from the entry as it was delivered and kept.

Invariant: nothing is asked of a service; where the kept entry is missing or without results, that is said.
"""

from __future__ import annotations

import json
from typing import Any

from prisma_tool.errors import PrismaError
from prisma_tool.formats.registers.ctgov_results import results_parts
from prisma_tool.fulltext.reading.document_text import DocumentText, TextPart
from prisma_tool.identify.run.raw_answers import opened
from prisma_tool.identify.search.parsers import parser_of
from prisma_tool.model.text import clean
from prisma_tool.review.open_review import Review
from prisma_tool.store.index import originals
from prisma_tool.store.index.originals import OriginalLocation
from prisma_tool.store.runs import runs

NOT_KEPT = "the register has posted results, but the entry as it was delivered does not hold them; v opens the register"


def posted_results(review: Review, key: str) -> DocumentText:
    """The results section of a register entry, part by part.

    Raises:
        PrismaError: the kept answer of the search is missing or damaged, or the database cannot be read.
    """
    study = _study(review, key)
    parts = tuple(TextPart(mark, clean(text)) for mark, text in results_parts(study)) if study is not None else ()
    return DocumentText(parts, "" if parts else NOT_KEPT)


def _study(review: Review, key: str) -> Any:
    """The study as the register delivered it; None where it is not one of ClinicalTrials.gov, or is not kept."""
    with review.store.read() as transaction:
        location = originals.original_locations(transaction, [key]).get(key)
        if location is None:
            return None
        if location.in_store:
            return _parsed(next((raw for _, raw in originals.stored_originals(transaction, [key])), ""))
        run = runs.run(transaction, location.run)
    return _parsed(_delivered(review, run, location))


def _delivered(review: Review, run: runs.Run, location: OriginalLocation) -> str:
    for kept in run.raw:
        parse = parser_of(kept["path"].rpartition("/")[2].partition("-")[0])
        body, problem = opened(review.folder, kept)
        if problem:
            raise PrismaError(f"{problem}, so the results cannot be shown. Put the file back from a backup or copy.")
        # One answer holds many studies; only that which names this one is taken apart.
        if parse is not None and location.accession.encode() in body:
            for entry in parse(body).entries:
                if entry.accession == location.accession:
                    return entry.raw
    return ""


def _parsed(raw: str) -> Any:
    try:
        return json.loads(raw) if raw.lstrip().startswith("{") else None
    except ValueError:
        return None
