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
LARGEST_WORD_BLOCK = 40
"""Two words that more titles share than this are common among these records and tell little; three such words are asked for then."""
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
    for names, positions, largest in _blocks(table):
        for codes in _paired(names, positions, size, largest):
            wanted = np.unique(codes[fresh[codes // size] | fresh[codes % size]])
            yield wanted // size, wanted % size


def _blocks(table: RecordTable) -> Iterator[tuple[Any, Any, int]]:
    """For each way to meet: the names of blocks beside the positions of their records, in order of both, and the largest size."""
    import numpy as np

    for column in ("doi", "pmid", "title", "place"):
        names = table.column(column)
        yield *_in_order(names[names != 0], np.flatnonzero(names)), LARGEST_BLOCK
    numbers, holders = [hash(number) for number, _ in table.entries], [position for _, position in table.entries]
    yield *_in_order(np.array(numbers, dtype=np.int64), np.array(holders, dtype=np.int64)), LARGEST_BLOCK
    for names, positions in _word_blocks(table):
        yield names, positions, LARGEST_WORD_BLOCK


def _word_blocks(table: RecordTable) -> Iterator[tuple[Any, Any]]:
    """By two rare words; where two are so common that their block is over-full, by three: a misprint in one leaves three."""
    import numpy as np

    rarest, rank_limit = _rarest_words(table), len(table.vocabulary)
    everywhere = np.ones(len(table), dtype=bool)
    names, positions = _sharing(rarest, 2, everywhere, rank_limit)
    yield names, positions
    crowded = np.zeros(len(table), dtype=bool)
    crowded[positions[_block_sizes(names) > LARGEST_WORD_BLOCK]] = True
    yield _sharing(rarest, 3, crowded, rank_limit)


def _sharing(rarest: Any, several: int, records: Any, rank_limit: int) -> tuple[Any, Any]:
    """The blocks of these records by so many of their rarest words."""
    import numpy as np

    names, positions = [], []
    for places in combinations(range(RARE_WORDS), several):
        have = np.flatnonzero(records & (rarest[:, places[-1]] < rank_limit))
        name = np.zeros(len(have), dtype=np.int64)
        for place in places:
            name = name * rank_limit + rarest[have, place]
        names.append(name)
        positions.append(have)
    return _in_order(np.concatenate(names), np.concatenate(positions))


def _block_sizes(names: Any) -> Any:
    """For each place of sorted names, how many are the same."""
    import numpy as np

    starts = np.flatnonzero(np.diff(names, prepend=names[:1] - 1))
    sizes = np.diff(starts, append=len(names))
    return np.repeat(sizes, sizes)


def _in_order(names: Any, positions: Any) -> tuple[Any, Any]:
    import numpy as np

    order = np.lexsort((positions, names))
    return names[order], positions[order]


def _rarest_words(table: RecordTable) -> Any:
    """The rarest words of each title that others have too, by rank, the rarest first; the vocabulary's size where one has fewer."""
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
    """The rank of each word of the vocabulary by rarity; of equally rare ones by the alphabet, whatever the order of the records.

    A word of a single title (a misprint, or in a subtitle that one database drops) meets nothing, and has the last rank of all.
    """
    import numpy as np

    frequency = np.bincount(words, minlength=len(table.vocabulary))
    by_alphabet = np.empty(len(frequency), dtype=np.int64)
    by_alphabet[[table.vocabulary[word] for word in sorted(table.vocabulary)]] = np.arange(len(frequency))
    ranks = np.empty(len(frequency), dtype=np.int64)
    ranks[np.lexsort((by_alphabet, frequency))] = np.arange(len(frequency))
    ranks[frequency == 1] = len(frequency)
    return ranks


def _paired(names: Any, positions: Any, total: int, largest: int) -> Iterator[Any]:
    """All pairs within blocks as `first * total + second`; an over-full block still lets each record meet its neighbour."""
    import numpy as np

    within = _block_sizes(names)
    for size in np.unique(within[(within > 1) & (within <= largest)]).tolist():
        left, right = np.triu_indices(size, k=1)
        blocks = positions[within == size].reshape(-1, size)
        for begin in range(0, len(blocks), step := max(1, PORTION // len(left))):
            members = blocks[begin : begin + step]
            yield (members[:, left] * total + members[:, right]).ravel()
    neighbours = np.flatnonzero((within[1:] > largest) & (names[1:] == names[:-1]))
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
