"""Which pairs are worth a glance, without comparing all with all.

Records that share an identifier, a title, two rare title words, or year, volume and first page meet in a block. The size of a block
is bounded, so the work grows almost linearly with the number of records. Blocks are sorted numbers, not dictionaries, and pairs come
in portions: a million records fit in a modest memory.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import combinations
from typing import Any

from prisma_tool.dedupe.record_table import RecordTable

RARE_WORDS = 4
"""How many of a title's rarest words take part in blocking, two at a time."""
LARGEST_BLOCK = 80
"""A block above this is too common to tell anything (a supplement's shared DOI, "editorial"); identical titles still meet."""
PORTION = 1 << 20
"""About so many pairs are in memory at a time."""


def candidate_pairs(table: RecordTable, fresh: Any) -> Iterator[tuple[Any, Any]]:
    """Pairs of positions (`first < second`) that share a block, as two arrays at a time, sorted, each pair once in a portion.

    Args:
        table: all records.
        fresh: which records are new (an array of bool); at least one of each pair is.
    """
    import numpy as np

    size = max(1, len(table))
    for names, positions in _blocks(table):
        for codes in _paired(names, positions, size):
            unique = np.unique(codes)
            first, second = unique // size, unique % size
            has_fresh = fresh[first] | fresh[second]
            yield first[has_fresh], second[has_fresh]


def _blocks(table: RecordTable) -> Iterator[tuple[Any, Any]]:
    """For each way to meet: the name of a block and the position of a record in it, in parallel, in order of names and positions."""
    import numpy as np

    for column in ("doi", "pmid", "title", "place"):
        names = table.column(column)
        yield _in_order(names[names != 0], np.flatnonzero(names))
    entries = sorted(table.entries)
    yield np.array([hash(number) for number, _ in entries], dtype=np.int64), np.array([at for _, at in entries], dtype=np.int64)
    rarest, size = _rarest_words(table), len(table.vocabulary)
    pairs = list(combinations(range(RARE_WORDS), 2))
    both = [(rarest[:, left] * size + rarest[:, right])[rarest[:, right] < size] for left, right in pairs]
    places = [np.flatnonzero(rarest[:, right] < size) for _, right in pairs]
    yield _in_order(np.concatenate(both), np.concatenate(places))


def _in_order(names: Any, positions: Any) -> tuple[Any, Any]:
    import numpy as np

    order = np.lexsort((positions, names))
    return names[order], positions[order]


def _rarest_words(table: RecordTable) -> Any:
    """The rarest words of each title by rank (0: the rarest of all), the rarest first; the size of the vocabulary where one has fewer."""
    import numpy as np

    ends, words = table.column("ends"), table.column("words")
    ranks = _ranks(table, words)[words]
    lengths = np.diff(ends, prepend=0)
    owners = np.repeat(np.arange(len(ends)), lengths)
    ranks = ranks[np.lexsort((ranks, owners))]
    rarest = np.full((len(ends), RARE_WORDS), len(table.vocabulary), dtype=np.int64)
    for place in range(RARE_WORDS):
        have = lengths > place
        rarest[have, place] = ranks[(ends - lengths)[have] + place]
    return rarest


def _ranks(table: RecordTable, words: Any) -> Any:
    """The rank of each word of the vocabulary by rarity; of equally rare ones by the alphabet, whatever the order of the records."""
    import numpy as np

    frequency = np.bincount(words, minlength=len(table.vocabulary))
    by_alphabet = np.empty(len(frequency), dtype=np.int64)
    by_alphabet[[table.vocabulary[word] for word in sorted(table.vocabulary)]] = np.arange(len(frequency))
    ranks = np.empty(len(frequency), dtype=np.int64)
    ranks[np.lexsort((by_alphabet, frequency))] = np.arange(len(frequency))
    return ranks


def _paired(names: Any, positions: Any, total: int) -> Iterator[Any]:
    """All pairs within blocks as `first * total + second`; an over-full block still lets each record meet its neighbour."""
    import numpy as np

    starts = np.flatnonzero(np.r_[True, names[1:] != names[:-1]]) if len(names) else np.empty(0, dtype=np.int64)
    sizes = np.diff(np.r_[starts, len(names)])
    for size in np.unique(sizes[(sizes > 1) & (sizes <= LARGEST_BLOCK)]).tolist():
        left, right = np.triu_indices(size, k=1)
        blocks = starts[sizes == size]
        for begin in range(0, len(blocks), step := max(1, PORTION // len(left))):
            members = positions[blocks[begin : begin + step, None] + np.arange(size)]
            yield (members[:, left] * total + members[:, right]).ravel()
    together = np.repeat(sizes > LARGEST_BLOCK, sizes)
    neighbours = np.flatnonzero(together[1:] & (names[1:] == names[:-1]))
    yield positions[neighbours] * total + positions[neighbours + 1]


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
