"""Reference lists: items in, one line for each out.

citeproc-py applies the style. Invariant: there are as many references as items, in their order, whatever the style's own order would be;
a reference says at least the title.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import lru_cache
from itertools import repeat
from threading import Lock
from typing import Any

from prisma_tool.errors import PrismaError
from prisma_tool.manuscript.citations import marked_formatter
from prisma_tool.manuscript.citations.styles import load_style
from prisma_tool.manuscript.document.styled_text import styled
from prisma_tool.model.text import one_line

_DOUBLED = re.compile(r"(?:(?<=[?!])|(?<=[?!.][”\"’']))\.(?=\s|$)")
"""A stop that a style puts behind a title that ends a sentence already."""
_NUMBER = re.compile(r"^(\[\d+\]|\(\d+\))(?=\S)")
"""A reference's number, which a style parts from it by alignment alone."""

_ONE_AT_A_TIME = Lock()


def references(items: Sequence[Mapping[str, Any]], style: str) -> list[str]:
    """The items as a reference list prints them; what the style puts in italics or bold is a `StyledText`.

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
    from citeproc import formatter

    lines = map(one_line, _formatted(items, style, formatter.plain))
    marked = _formatted(items, style, marked_formatter) if marked_formatter.may_mark(style) else repeat("", len(items))
    looks = map(marked_formatter.stretches, marked)
    texts = (_NUMBER.sub(r"\1 ", _DOUBLED.sub("", line)) for line in lines)
    return [styled(text, look) or str(item["title"]) for text, look, item in zip(texts, looks, items, strict=True)]


@contextmanager
def _looked_up_once() -> Iterator[None]:
    """Meanwhile citeproc-py looks up each macro, term and option of a style once, and from where it does.

    It would search the style anew for each name of each reference, which takes half of its time, although a style stays as it is.
    """
    from citeproc.model import CitationStylesElement, FormattingInstructions, Locale

    everywhere = ("xpath_search", "get_root", "get_formatter", "get_option", "get_macro", "get_layout")
    looking = [(CitationStylesElement, name) for name in everywhere]
    looking += [(kind, "get_option") for kind in (FormattingInstructions, Locale)]
    with _ONE_AT_A_TIME:
        searches = [(kind, name, vars(kind)[name]) for kind, name in looking]
        for kind, name, search in searches:
            setattr(kind, name, lru_cache(maxsize=None)(search))
        try:
            yield
        finally:
            for kind, name, search in searches:
                setattr(kind, name, search)


def _formatted(items: Sequence[Mapping[str, Any]], style: Any, formatter: Any) -> list[str]:
    """The references as citeproc-py makes them with a formatter."""
    from citeproc import CitationStylesBibliography
    from citeproc.source.json import CiteProcJSON

    from prisma_tool.manuscript.citations.cited_items import cited_items

    # Ids of our own: the library compares them without regard to case.
    numbered = [{**item, "id": f"item{number}"} for number, item in enumerate(items)]
    with warnings.catch_warnings(), _looked_up_once():
        warnings.simplefilter("ignore")
        bibliography = CitationStylesBibliography(style, CiteProcJSON(numbered), formatter)
        cited = cited_items(bibliography, [item["id"] for item in numbered])
        return ["".join(map(str, style.render_bibliography([one]))) for one in cited]
