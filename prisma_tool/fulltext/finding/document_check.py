"""Whether a document is the report that was looked for, judged by what its first page says.

Pure. Invariant: a document is taken only where its first page, or what it says of itself, names the report's DOI or title; where neither can be
read, a person looks.
"""

from __future__ import annotations

from collections.abc import Sequence

from prisma_tool.fulltext.page_words import letters, names_doi, normal_page, title_likeness
from prisma_tool.fulltext.pdf_identity import dois_inside

UNREADABLE = "its first page cannot be read"
OTHER_WORK = "its first page names neither title nor DOI"


def document_problem(data: bytes, words: str, doi: str, titles: Sequence[str]) -> str:
    """Why a document is not taken for the report; empty where it is the report.

    Args:
        data: The PDF.
        words: The words of its first page; empty where they cannot be read.
        doi: The report's DOI, empty where it has none.
        titles: Its titles, in every language.
    """
    if doi and (doi in dois_inside(data) or names_doi(normal_page(words), doi)):
        return ""
    page = letters(words)
    if not page:
        return UNREADABLE
    return "" if any(title_likeness(letters(title), page) for title in titles) else OTHER_WORK
