"""How the words of a printed page are compared with a report: by their letters, and DOIs whatever breaks them. Pure."""

from __future__ import annotations

import re
import unicodedata

from rapidfuzz import fuzz

from prisma_tool.model.text import fold

SHORTEST_TITLE = 25
"""Letters; shorter titles ("Editorial", "In reply", "Letter to the editor") stand on the pages of many works."""
LIKE_TITLE = 92
"""Of 100: how much of a title must stand on the page as it is; what is lost are Greek letters, footnote marks and broken ligatures."""
_ENDS = r"(?!\s*[0-9])(?![._-][a-z0-9])"
"""What follows a DOI that is whole: no further digit, also on the next line, and no suffix such as ".s001"."""


def normal_page(words: str) -> str:
    """The words of a page with their ligatures taken apart."""
    return unicodedata.normalize("NFKC", words)


def letters(text: str) -> str:
    """The letters and digits of a text, folded, and nothing between them."""
    return fold(normal_page(text)).replace(" ", "")


def names_doi(page: str, doi: str) -> bool:
    """Whether a page names a DOI. Pages break DOIs over lines; a longer DOI that begins like this one is another (a supplement's, a figure's).

    A suffix of the longer one stands on its line; what a full stop parts from the DOI at a line's end is the next sentence.
    """
    spelt = r"\s*".join(map(re.escape, doi))
    return re.search(rf"{spelt}{_ENDS}", page.lower()) is not None


def title_likeness(title: str, page: str, least: int = LIKE_TITLE) -> int:
    """How much of a title stands on a page, of 100, both as `letters`; 0 below `least`, and for titles that are too short to tell."""
    if len(title) < SHORTEST_TITLE:
        return 0
    return 100 if title in page else int(fuzz.partial_ratio(title, page, score_cutoff=least))
