"""Whether a document is the report that was looked for, judged by what its first page says.

Pure. Invariant: a document is taken only where its first page, or what it says of itself, names the report's DOI or title; where neither can be
read, a person looks.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from rapidfuzz import fuzz

from prisma_tool.fulltext.pdf_identity import dois_inside
from prisma_tool.model.text import fold

SHORTEST_TITLE = 25
"""Letters; shorter titles ("Editorial", "In reply", "Letter to the editor") stand on the pages of many works."""
LIKE_TITLE = 92
"""Of 100: how much of a title must stand on the page as it is; what is lost are Greek letters, footnote marks and broken ligatures."""
_ENDS = r"(?!\s*[0-9])(?![._-][a-z0-9])"
"""What follows a DOI that is whole: no further digit, also on the next line, and no suffix such as ".s001"."""
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
    if doi and (doi in dois_inside(data) or _names_doi(words, doi)):
        return ""
    page = _letters(words)
    if not page:
        return UNREADABLE
    return "" if any(_names_title(page, _letters(title)) for title in titles) else OTHER_WORK


def _names_doi(words: str, doi: str) -> bool:
    """Pages break DOIs over lines; a longer DOI that begins like this one is another (a supplement's, a figure's).

    A suffix of the longer one stands on its line; what a full stop parts from the DOI at a line's end is the next sentence.
    """
    page = unicodedata.normalize("NFKC", words).lower()
    spelt = r"\s*".join(map(re.escape, doi))
    return re.search(rf"{spelt}{_ENDS}", page) is not None


def _letters(text: str) -> str:
    return fold(unicodedata.normalize("NFKC", text)).replace(" ", "")


def _names_title(page: str, title: str) -> bool:
    if len(title) < SHORTEST_TITLE:
        return False
    return title in page or fuzz.partial_ratio(title, page, score_cutoff=LIKE_TITLE) >= LIKE_TITLE
