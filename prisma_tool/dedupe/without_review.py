"""Deduplicating any citations, without a review: citations in, cluster numbers and judged pairs out.

Invariant: the result depends on what the citations say, never on the order in which they come; records that contradict each other
are never in one cluster. The rules are those of a review (`compare`, `clustering`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from prisma_tool.dedupe.blocking import collection_paused
from prisma_tool.dedupe.clustering import Judged, by_promise, judge_pair, without_chains
from prisma_tool.dedupe.compare import Comparison, Finding
from prisma_tool.dedupe.first_glance import Pair, promising_pairs
from prisma_tool.dedupe.judging.shared_places import mark_shared
from prisma_tool.dedupe.normalise import Comparable, blocking_values, normalise
from prisma_tool.dedupe.portions import independent_portions
from prisma_tool.dedupe.record_table import RecordTable
from prisma_tool.dedupe.strict_mode import strictly
from prisma_tool.model.record.changes import completeness
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.vocabulary import DuplicateVerdict


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """Two inputs, by position (`i < j`), and what was found when they were compared."""

    i: int
    j: int
    comparison: Comparison

    @property
    def verdict(self) -> DuplicateVerdict:
        """`same` (the two stand in one cluster) or `unsure` (a person should look; they stand in two)."""
        return self.comparison.verdict

    @property
    def rule(self) -> str:
        """The rule that gave the verdict, in words."""
        return self.comparison.rule

    @property
    def findings(self) -> tuple[tuple[str, Finding], ...]:
        """What each field says: agrees, differs, missing on one side, contradicts."""
        return self.comparison.findings

    @property
    def likeness(self) -> float:
        """How alike the titles are, 0 to 100."""
        return self.comparison.likeness

    @property
    def reason(self) -> str:
        """Rule and findings as one sentence."""
        return self.comparison.reason


@dataclass(frozen=True, slots=True)
class Deduplicated:
    """Which citations are one report.

    `labels[n]` is the cluster of citation `n`: 0 for the first citation's, then counting up in order of first appearance.
    `representatives[c]` is the position of the citation that tells most in cluster `c` (of equals, the earliest).
    `pairs` holds first the pairs found to be the same, then those in doubt, the likeliest duplicates first; whatever else carries
    different labels is two reports. `compared` is the number of pairs looked at.
    """

    labels: tuple[int, ...]
    pairs: tuple[JudgedPair, ...]
    representatives: tuple[int, ...]
    compared: int

    @property
    def uncertain(self) -> tuple[JudgedPair, ...]:
        """The pairs that a person should judge, the likeliest duplicates first."""
        return tuple(pair for pair in self.pairs if pair.verdict is DuplicateVerdict.UNSURE)


def deduplicate_citations(citations: Sequence[Citation], *, strict: bool = False) -> Deduplicated:
    """Find which of the citations describe the same report.

    Equal labels mean one report. A pair is `same` where the rules leave no reasonable doubt, and `unsure` where something speaks for
    a duplicate but not enough: such a pair is not joined, because a false merge loses a study and a missed duplicate costs a minute.
    Each pair names its rule and what every field said. Two DOIs, two PMIDs, or a paper and its erratum are never joined, nor is a
    group through a third record that lacks the contradicting field.

    Args:
        citations: what to compare. Missing fields are empty, and weigh neither way.
        strict: join only on certain grounds (see `certain`); everything else that looks the same becomes `unsure`.

    Returns:
        Labels in the order of the input, and the pairs behind them. Shuffling the input shuffles the labels, no more.

    Example:
        >>> from msgspec.structs import replace
        >>> paper = Citation(title="Invented cells against an invented leukaemia", year=2020, journal="Acta Ficta", pages="7-9")
        >>> shouted = replace(paper, title=paper.title.upper(), pages="7-09")
        >>> other = Citation(title="A cohort of imaginary patients in a real ward", year=2020)
        >>> found = deduplicate_citations([paper, other, shouted])
        >>> found.labels
        (0, 1, 0)
        >>> [(pair.i, pair.j, pair.rule) for pair in found.pairs]
        [(0, 2, 'same title, nothing contradicts')]
        >>> unique = [[paper, other, shouted][position] for position in found.representatives]
    """
    with collection_paused():
        return _deduplicated(citations, strict=strict)


def _deduplicated(citations: Sequence[Citation], *, strict: bool) -> Deduplicated:
    order = _by_content(citations)
    portions, compared = _promising(citations, order)
    stated = [pair for pairs in portions for pair in _stated(citations, order, pairs, strict=strict)]
    labels = _labels(len(citations), ((order[int(pair.a)], order[int(pair.b)]) for pair in _same(stated)))
    uncertain = [pair for pair in stated if _doubtful(pair) and labels[order[int(pair.a)]] != labels[order[int(pair.b)]]]
    return Deduplicated(
        labels=labels,
        pairs=(*sorted(_positions(_same(stated), order), key=_positions_of), *_positions(by_promise(uncertain), order)),
        representatives=_representatives(citations, labels),
        compared=compared,
    )


def _promising(citations: Sequence[Citation], order: Sequence[int]) -> tuple[list[list[Pair]], int]:
    """The pairs that are worth a comparison, in independent portions, and how many were glanced at."""
    table = RecordTable(blocking_values(citations[position]) for position in order)
    promising = promising_pairs(table, [True] * len(table))
    return list(independent_portions(promising.pairs, table.ties())), promising.seen


def _stated(citations: Sequence[Citation], order: Sequence[int], pairs: Sequence[Pair], *, strict: bool) -> list[Judged]:
    ranks = sorted({rank for pair in pairs for rank in pair})
    # Positions in the order of content are the keys, so that ties are settled alike whatever the order of the input.
    involved = mark_shared([normalise(f"{rank:09d}", "", citations[order[rank]]) for rank in ranks])
    by_key = {record.key: record for record in involved}
    return without_chains(_judged(dict(zip(ranks, involved, strict=True)), pairs, strict=strict), by_key, {})


def _by_content(citations: Sequence[Citation]) -> list[int]:
    """Positions in an order that only the content decides; equal citations are interchangeable."""
    short = [_short(citation) for citation in citations]
    ordered = sorted(range(len(citations)), key=short.__getitem__)
    return [position for _, tied in groupby(ordered, key=short.__getitem__) for position in _untied(list(tied), citations)]


def _short(citation: Citation) -> tuple[str, str, str, int]:
    return citation.title, citation.doi, citation.pages, citation.year or 0


def _untied(tied: list[int], citations: Sequence[Citation]) -> list[int]:
    # The whole content is dear to write out, and few citations need it.
    return sorted(tied, key=lambda position: repr(citations[position])) if len(tied) > 1 else tied


def _judged(records: Mapping[int, Comparable], pairs: Iterable[Pair], *, strict: bool) -> Iterator[Judged]:
    """The pairs worth keeping: different ones are never stated."""
    for i, j in pairs:
        pair = judge_pair(records[i], records[j])
        if pair.comparison.verdict is not DuplicateVerdict.DIFFERENT:
            yield strictly(pair) if strict else pair


def _same(stated: Iterable[Judged]) -> list[Judged]:
    return [pair for pair in stated if pair.comparison.verdict is DuplicateVerdict.SAME]


def _doubtful(pair: Judged) -> bool:
    return pair.comparison.verdict is DuplicateVerdict.UNSURE


def _positions(pairs: Iterable[Judged], order: Sequence[int]) -> list[JudgedPair]:
    placed = ((order[int(pair.a)], order[int(pair.b)], pair.comparison) for pair in pairs)
    return [JudgedPair(min(a, b), max(a, b), comparison) for a, b, comparison in placed]


def _positions_of(pair: JudgedPair) -> tuple[int, int]:
    return pair.i, pair.j


def _labels(size: int, joined: Iterable[tuple[int, int]]) -> tuple[int, ...]:
    """Cluster numbers by first appearance, from pairs of positions that belong together."""
    first = list(range(size))
    for a, b in joined:
        low, high = sorted((_root(first, a), _root(first, b)))
        first[high] = low
    numbers: dict[int, int] = {}
    return tuple(numbers.setdefault(_root(first, position), len(numbers)) for position in range(size))


def _root(first: list[int], position: int) -> int:
    while first[position] != position:
        first[position] = first[first[position]]
        position = first[position]
    return position


def _representatives(citations: Sequence[Citation], labels: Sequence[int]) -> tuple[int, ...]:
    best: dict[int, tuple[int, int]] = {}
    for position, (citation, label) in enumerate(zip(citations, labels, strict=True)):
        best[label] = max(best.get(label, (-1, 0)), (completeness(citation), -position))
    return tuple(-best[label][1] for label in range(len(best)))
