"""Reference lists: items in, one line for each out.

citeproc-py applies the style. Invariant: there are as many references as items, in their order, whatever the style's own order would be;
a reference says at least the title.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

from prisma_tool.errors import PrismaError
from prisma_tool.manuscript.citations.styles import load_style
from prisma_tool.model.text import one_line

_DOUBLED = re.compile(r"(?:(?<=[?!])|(?<=[?!.][”\"’']))\.(?=\s|$)")
"""A stop that a style puts behind a title that ends a sentence already."""
_NUMBER = re.compile(r"^(\[\d+\]|\(\d+\))(?=\S)")
"""A reference's number, which a style parts from it by alignment alone."""


def references(items: Sequence[Mapping[str, Any]], style: str) -> list[str]:
    """The items as a reference list prints them.

    Args:
        items: Items of CSL-JSON with an id each.
        style: The name of a style of our own, or a .csl file.

    Raises:
        UsageError: no such style.
        PrismaError: the style cannot be read, or cannot be applied to these items.
    """
    loaded = load_style(style)
    try:
        return _rendered(items, loaded)
    except Exception as error:  # a style from outside may ask for anything
        raise PrismaError(f"The citation style {style} cannot be applied ({type(error).__name__}: {error}).") from error


def _rendered(items: Sequence[Mapping[str, Any]], style: Any) -> list[str]:
    from citeproc import Citation, CitationItem, CitationStylesBibliography, formatter
    from citeproc.source.json import CiteProcJSON

    # Ids of our own: the library compares them without regard to case.
    numbered = [{**item, "id": f"item{number}"} for number, item in enumerate(items)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        bibliography = CitationStylesBibliography(style, CiteProcJSON(numbered), formatter.plain)
        cited = [CitationItem(item["id"]) for item in numbered]
        bibliography.register(Citation(cited))
        lines = [one_line("".join(map(str, style.render_bibliography([one])))) for one in cited]
    return [_NUMBER.sub(r"\1 ", _DOUBLED.sub("", line)) or str(item["title"]) for line, item in zip(lines, items, strict=True)]
