"""The whole corpus from a seed: siblings, pairs that a person must decide, and true duplicates."""

from __future__ import annotations

from collections.abc import Iterator

from generated_siblings.duplicates import duplicates
from generated_siblings.pairs import Pair
from generated_siblings.siblings_by_place import siblings_by_place
from generated_siblings.siblings_by_title import siblings_by_title, undecidable_by_title


def corpus(each: int, seed: int = 16) -> Iterator[Pair]:
    """Pairs of every kind: siblings `each` by kind and shape, and as many of each noise and shape of duplicates."""
    yield from siblings_by_title(each, seed)
    yield from siblings_by_place(4 * each, seed)
    yield from undecidable_by_title(4 * each, seed)
    yield from duplicates(each, seed)
