"""Which pairs are worth a comparison, without comparing all with all.

Records that share an identifier, a title, two rare title words, or year, volume and first page meet in a block. The size of a block
is bounded, so the work grows almost linearly with the number of records. Blocks are sorted numbers, not dictionaries: a million
records fit in a modest memory.
"""

from __future__ import annotations

import gc
from array import array
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, combinations
from typing import Any

from prisma_tool.dedupe.normalise import Comparable

RARE_WORDS = 4
"""How many of a title's rarest words take part in blocking, two at a time."""
LARGEST_BLOCK = 80
"""A block above this is too common to tell anything (a supplement's shared DOI, "editorial"); identical titles still meet."""

Pair = tuple[int, int]


def candidate_pairs(records: Sequence[Comparable], fresh: Collection[str]) -> list[Pair]:
    """Pairs of positions (`i < j`) to compare, each once, sorted; at least one of each pair is in `fresh`."""
    import numpy as np

    frequency = Counter(chain.from_iterable(record.words for record in records))
    names, positions = _blocked(records, frequency)
    order = np.lexsort((positions, names))
    names, positions = names[order], positions[order]
    starts = np.flatnonzero(np.r_[True, names[1:] != names[:-1]]) if len(names) else np.empty(0, dtype=np.int64)
    sizes = np.diff(np.r_[starts, len(names)])
    is_fresh = np.fromiter((record.key in fresh for record in records), dtype=bool, count=len(records))
    codes = np.unique(_paired(positions, starts, sizes, len(records)))
    first, second = codes // max(1, len(records)), codes % max(1, len(records))
    has_fresh = is_fresh[first] | is_fresh[second]
    return list(zip(first[has_fresh].tolist(), second[has_fresh].tolist(), strict=True))


def _blocked(records: Sequence[Comparable], frequency: Counter[str]) -> tuple[Any, Any]:
    """(block, position) for every block of every record; blocks are hashes, whose rare collisions only cost a comparison."""
    import numpy as np

    names, positions = array("q"), array("l")
    for position, record in enumerate(records):
        for block in set(_blocks(record, frequency)):
            names.append(hash(block))
            positions.append(position)
    return np.frombuffer(names, dtype=np.int64) if names else np.empty(0, np.int64), np.array(positions, dtype=np.int64)


def _paired(positions: Any, starts: Any, sizes: Any, total: int) -> Any:
    """All pairs within blocks as `i * total + j`; an over-full block still lets each record meet its neighbour."""
    import numpy as np

    parts = [np.empty(0, dtype=np.int64)]
    for size in np.unique(sizes[(sizes > 1) & (sizes <= LARGEST_BLOCK)]).tolist():
        members = positions[starts[sizes == size][:, None] + np.arange(size)]
        left, right = np.triu_indices(size, k=1)
        parts.append((members[:, left] * total + members[:, right]).ravel())
    for start, size in zip(starts[sizes > LARGEST_BLOCK].tolist(), sizes[sizes > LARGEST_BLOCK].tolist(), strict=True):
        members = positions[start : start + size]
        parts.append(members[:-1] * total + members[1:])
    return np.concatenate(parts)


def _blocks(record: Comparable, frequency: Counter[str]) -> Iterator[tuple[str, ...]]:
    if record.doi:
        yield "doi", record.doi
    if record.pmid:
        yield "pmid", record.pmid
    if record.register_entry:
        yield from (("registry", number) for number in record.registry)
    if record.title:
        yield "title", record.squeezed
    if record.year and record.volume and record.first_page:
        yield "place", str(record.year), record.volume, record.first_page
    rare = sorted(sorted(record.words, key=lambda word: (frequency[word], word))[:RARE_WORDS])
    yield from (("words", *pair) for pair in combinations(rare, 2))


@contextmanager
def collection_paused() -> Iterator[None]:
    """Leave cyclic garbage where it is for the time of the block; reference counting frees everything else as always."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
