"""The items of a reference list as citeproc-py asks for them, each knowing its place and its reference.

Invariant: an item answers like one of the library's own that was registered; those look for it through the whole list.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from citeproc import Citation, CitationItem


class CitedItem(CitationItem):  # type: ignore[misc] # the library has no types
    """One item of a bibliography."""

    bibliography: Any = None
    reference: Any = None
    number = 0

    def __init__(self, key: str, bibliography: Any, number: int) -> None:
        super().__init__(key)
        # What is assigned to the library's item becomes an entry of it.
        self.__dict__.update(bibliography=bibliography, reference=bibliography.source[key], number=number)


def cited_items(bibliography: Any, keys: Sequence[str]) -> list[CitedItem]:
    """An item for each of these keys, in lower case, of the bibliography's source, numbered in their order."""
    items = [CitedItem(key, bibliography, number) for number, key in enumerate(keys, 1)]
    bibliography.keys, bibliography.items = list(keys), items
    Citation(items).bibliography = bibliography
    return items
