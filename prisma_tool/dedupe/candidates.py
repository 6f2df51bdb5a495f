"""Which pairs are worth a comparison, without comparing all with all.

Records that share an identifier, a title, two rare title words, or year, volume and first page meet in a block. The size of a block
is bounded, so the work grows almost linearly with the number of records.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations, pairwise

from prisma_tool.dedupe.normalise import Comparable

RARE_WORDS = 4
"""How many of a title's rarest words take part in blocking, two at a time."""
LARGEST_BLOCK = 80
"""A block above this is too common to tell anything (a supplement's shared DOI, "editorial"); identical titles still meet."""

Pair = tuple[int, int]


def candidate_pairs(records: Sequence[Comparable], fresh: frozenset[str]) -> list[Pair]:
    """Pairs of positions (`i < j`) to compare, each once, sorted; at least one of each pair is in `fresh`."""
    frequency = Counter(word for record in records for word in record.words)
    blocks: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for position, record in enumerate(records):
        for block in set(_blocks(record, frequency)):
            blocks[block].append(position)
    pairs = {pair for name, members in blocks.items() for pair in _within(members, bounded=name[0] != "title")}
    return sorted(pair for pair in pairs if records[pair[0]].key in fresh or records[pair[1]].key in fresh)


def _within(members: list[int], *, bounded: bool) -> Iterable[Pair]:
    if len(members) <= LARGEST_BLOCK:
        return combinations(members, 2)
    # In an over-full block of identical titles each record still meets its neighbours.
    return () if bounded else pairwise(members)


def _blocks(record: Comparable, frequency: Counter[str]) -> Iterator[tuple[str, ...]]:
    if record.doi:
        yield "doi", record.doi
    if record.pmid:
        yield "pmid", record.pmid
    if record.register_entry:
        yield from (("registry", number) for number in record.registry)
    if record.squeezed:
        yield "title", record.squeezed
    if record.year and record.volume and record.first_page:
        yield "place", str(record.year), record.volume, record.first_page
    rare = sorted(sorted(record.words, key=lambda word: (frequency[word], word))[:RARE_WORDS])
    yield from (("words", *two) for two in combinations(rare, 2))
