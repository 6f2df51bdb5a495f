"""What finding pairs needs of all records, as columns of numbers beside one short text each.

A review's records pass by once, abstracts and all, and leave some 300 bytes each; whoever is worth a comparison is read again in full.
Names stand in the columns as hashes: two that meet by chance cost a comparison, which looks at the names themselves. 0 is "none".
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator
from itertools import count
from typing import Any

from prisma_tool.dedupe.judging.findings import TELLING_WORDS
from prisma_tool.dedupe.normalise import BlockingValues


class RecordTable:
    """Columns over all records, by position in the order in which they were added."""

    def __init__(self, records: Iterable[BlockingValues] = ()) -> None:
        self.doi, self.pmid, self.title, self.opening, self.page, self.place, self.spot = (array("q") for _ in range(7))
        self.entries: list[tuple[str, int]] = []
        """The numbers of register entries, each with its record."""
        self.registry: dict[int, frozenset[str]] = {}
        """The registry numbers of those records that have any."""
        self.sorted_titles: list[str] = []
        """The words of each title in alphabetical order: the text by which titles are alike whatever the order of words."""
        self.vocabulary: defaultdict[str, int] = defaultdict(count().__next__)
        self.words, self.ends = array("i"), array("q")
        """The words of all titles in a row, as numbers of the vocabulary, each once a title; and where each title's end."""
        for record in records:
            self.add(record)

    def __len__(self) -> int:
        return len(self.ends)

    def add(self, record: BlockingValues) -> None:
        """Take in what is needed of a record."""
        words = record.title.split()
        numbers = list(dict.fromkeys(map(self.vocabulary.__getitem__, words)))
        self.doi.append(_name(record.doi))
        self.pmid.append(_name(record.pmid))
        self.title.append(_name("".join(words)))
        self.opening.append(_name(tuple(numbers[:TELLING_WORDS]) if len(numbers) >= TELLING_WORDS else ()))
        self.page.append(_name((record.volume, record.first_page) if record.volume else ()))
        spot = _name((record.year, record.volume, record.first_page) if record.volume and record.first_page else ())
        self.spot.append(spot)
        self.place.append(spot if record.year else 0)
        if record.registry:
            self.registry[len(self.ends)] = record.registry
            if record.register_entry:
                self.entries += ((number, len(self.ends)) for number in record.registry)
        words.sort()
        self.sorted_titles.append(" ".join(words))
        self.words.extend(numbers)
        self.ends.append(len(self.words))

    def words_of(self, position: int) -> array[int]:
        """The words of one title in their order, as numbers."""
        return self.words[self.ends[position - 1] if position else 0 : self.ends[position]]

    def ties(self) -> Iterator[tuple[int, int]]:
        """Links between all records that bear one DOI, and all that begin on one page of one volume, whatever the year is or lacks."""
        import numpy as np

        for name in ("doi", "spot"):
            names = self.column(name)
            order = np.argsort(names, kind="stable")
            linked = np.flatnonzero((names[order][1:] == names[order][:-1]) & (names[order][1:] != 0))
            yield from zip(order[linked].tolist(), order[linked + 1].tolist(), strict=True)

    def column(self, name: str) -> Any:
        """A column as an array; complete only once all records were added."""
        import numpy as np

        values: array[int] = getattr(self, name)
        return np.frombuffer(values, dtype=np.dtype(values.typecode)) if values else np.empty(0, dtype=np.int64)


def _name(value: Hashable) -> int:
    return hash(value) if value else 0
