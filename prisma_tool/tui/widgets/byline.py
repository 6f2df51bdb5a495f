"""The two lines between the title and the abstract of a record: who wrote it; where, when, of which type, from which sources. Pure.

Invariant: each is one line of at most `LINE` cells; what it leaves out stands in the particulars below the abstract.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from prisma_tool.model.record.citation import Author, Citation
from prisma_tool.model.text import one_line
from prisma_tool.tui.widgets.text_columns import fitted

LINE = 74
"""Cells that a line has on a terminal of 80 columns beside margins and scroll bar."""
_JOURNAL = 36
_SHORTEST = 3
"""Cells of the shortest name with the comma after it."""
_USUAL_TYPE = "journal article"


def byline(citation: Citation, sources: Sequence[str]) -> list[str]:
    """The two lines, or one or none where nothing is known for them."""
    facts = " · ".join(part for part in (_printed(citation), _types(citation), " + ".join(dict.fromkeys(sources))) if part)
    return [line for line in (family_names(citation.authors), fitted(facts, LINE).rstrip()) if line]


def family_names(names: Sequence[Author], width: int = LINE) -> str:
    """As many family names as fit into a line, and how many more there are: `Nordstrand, Brzezicki + 5`."""
    families = [one_line(name.family or name.given) for name in names]
    lines = [_first(families, n) for n in range(min(len(families), width // _SHORTEST), 0, -1)]
    return next((line for line in lines if cell_len(line) <= width), fitted(lines[-1], width).rstrip() if lines else "")


def _first(families: Sequence[str], n: int) -> str:
    left = len(families) - n
    return ", ".join(families[:n]) + (f" + {left}" if left else "")


def _printed(citation: Citation) -> str:
    """The journal, cut where it is long, and the year."""
    journal = one_line(citation.journal_abbreviation or citation.journal)
    when = str(citation.year or "") or one_line(citation.published)
    short = fitted(journal, _JOURNAL).rstrip() if cell_len(journal) > _JOURNAL else journal
    return " ".join(filter(None, (short, when)))


def _types(citation: Citation) -> str:
    return ", ".join(_telling(citation.publication_types))


def _telling(types: Sequence[str]) -> Iterator[str]:
    """The types that tell one paper from another: of a journal article, what else it is."""
    named = [one_line(kind) for kind in types]
    yield from [kind for kind in named if kind.casefold() != _USUAL_TYPE] or named
