"""The places where two reports of one group stand: what the records of a pair say of volume, issue and pages.

A shape never makes two siblings one: what they share (a page of a supplement, no pages at all) is what siblings do share.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from msgspec.structs import replace

from prisma_tool.model.record.citation import Citation

PlacePair = Callable[[Random, Citation, Citation], tuple[Citation, Citation]]


@dataclass(frozen=True, slots=True)
class Shape:
    """A name, and how the places of two reports of one group look in it."""

    name: str
    place: PlacePair
    tells_apart: bool = False
    """Whether the places alone say that the reports are two."""


def _one_page(draw: Random, a: Citation, b: Citation) -> tuple[Citation, Citation]:
    page = draw.choice(("S1", "A12", "P12", "S{n}", "A{n}", "{n}", "P{n}", "S{n}-S{n}", "OR{n}")).format(n=draw.randint(2, 900))
    issue = draw.choice(("Suppl 1", "S2", "Supplement 3", "4", ""))
    volume = str(draw.randint(2, 130))
    return replace(a, volume=volume, issue=issue, pages=page), replace(b, volume=volume, issue=issue, pages=page)


def _one_page_of_several(draw: Random, a: Citation, b: Citation) -> tuple[Citation, Citation]:
    """Abstracts that continue overleaf: one range of two pages for both."""
    first = draw.randint(2, 900)
    volume, pages = str(draw.randint(2, 130)), f"S{first}-S{first + 1}"
    return replace(a, volume=volume, issue="Suppl 1", pages=pages), replace(b, volume=volume, issue="Suppl 1", pages=pages)


def _no_pages(draw: Random, a: Citation, b: Citation) -> tuple[Citation, Citation]:
    """A supplement of Embase that has no pagination."""
    volume, issue = str(draw.randint(2, 130)), draw.choice(("Supplement 1", "SUPPL 2", "5"))
    return replace(a, volume=volume, issue=issue), replace(b, volume=volume, issue=issue)


def _ahead(draw: Random, a: Citation, b: Citation) -> tuple[Citation, Citation]:
    status = draw.choice(("aheadofprint", "article in press", ""))
    return replace(a, status=status), replace(b, status=status)


def _sparse(draw: Random, a: Citation, b: Citation) -> tuple[Citation, Citation]:
    """A spreadsheet's rows: only one of them, or neither, has an abstract."""
    fewer = draw.random() < 0.5
    kept = a.authors[:1] if fewer else a.authors
    return replace(a, authors=kept), replace(b, authors=kept)


def _article_numbers(draw: Random, a: Citation, b: Citation) -> tuple[Citation, Citation]:
    volume, issue, number = str(draw.randint(2, 60)), str(draw.randint(1, 12)), draw.randint(10_000, 90_000)
    prefix = draw.choice(("e", "", "e0", "Article "))
    return (
        replace(a, volume=volume, issue=issue, pages=f"{prefix}{number}"),
        replace(b, volume=volume, issue=issue, pages=f"{prefix}{number + draw.randint(1, 40)}"),
    )


def _printed(draw: Random, a: Citation, b: Citation) -> tuple[Citation, Citation]:
    """Two papers of one issue, one after the other."""
    volume, issue, first = str(draw.randint(2, 130)), str(draw.randint(1, 12)), draw.randint(2, 1_500)
    length = draw.randint(4, 11)
    return (
        replace(a, volume=volume, issue=issue, pages=f"{first}-{first + length - 1}"),
        replace(b, volume=volume, issue=issue, pages=f"{first + length}-{first + 2 * length}"),
    )


def _ahead_and_printed(draw: Random, a: Citation, b: Citation) -> tuple[Citation, Citation]:
    """One is not printed yet, the other was a year before or in this one."""
    printed, _ = _printed(draw, b, a)
    return replace(a, status="aheadofprint"), replace(printed, year=(b.year or 0) - draw.randint(0, 1))


SIBLING_SHAPES = (
    Shape("meeting abstracts on one page", _one_page),
    Shape("meeting abstracts on two pages", _one_page_of_several),
    Shape("meeting abstracts without pages", _no_pages),
    Shape("ahead of print", _ahead),
    Shape("one ahead of print, one printed", _ahead_and_printed),
    Shape("sparse rows", _sparse),
    Shape("article numbers", _article_numbers, tells_apart=True),
    Shape("printed one after the other", _printed, tells_apart=True),
)
