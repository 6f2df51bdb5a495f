"""What deduplication makes of a corpus of pairs: each pair alone, as in a review with its sources, and all of them in one call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from rapidfuzz.fuzz import ratio

from generated_siblings.pairs import Entry, Pair
from prisma_tool.dedupe.clustering import judge_pair
from prisma_tool.dedupe.compare import Comparison, Finding, examine
from prisma_tool.dedupe.normalise import Comparable, normalise
from prisma_tool.dedupe.without_review import Deduplicated, deduplicate_citations
from prisma_tool.model.vocabulary import DuplicateVerdict

LIKE_TITLES = 85
"""From this likeness (0 to 100) on a person expects to be asked, or to read why not."""


class Answer(StrEnum):
    """What became of a pair."""

    JOINED = "joined"
    ASKED = "asked"
    APART = "kept apart"


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """A pair with what became of it.

    `alone` is the call with the two citations, `together` the call with the whole corpus, `in_review` the rules with both sources' keys.
    """

    pair: Pair
    alone: Answer
    together: Answer
    in_review: Answer
    comparison: Comparison

    @property
    def joined_anywhere(self) -> bool:
        """Whether any of the three ways made one report of the two."""
        return Answer.JOINED in {self.alone, self.together, self.in_review}

    @property
    def asked(self) -> bool:
        """Whether a person is shown the pair and it is joined nowhere."""
        return not self.joined_anywhere and Answer.ASKED in {self.alone, self.together}

    @property
    def explained(self) -> bool:
        """Whether the pair is neither joined nor shown, and the comparison names what differs."""
        speaks_against = (Finding.DIFFERS, Finding.CONTRADICTS)
        apart = not self.joined_anywhere and not self.asked
        named = self.comparison.vetoed or any(finding in speaks_against for _, finding in self.comparison.findings)
        return apart and named

    @property
    def has_like_titles(self) -> bool:
        """Whether the titles resemble each other so far that the pair should be offered or explained."""
        first, second = self.pair.citations
        return ratio(first.title.casefold(), second.title.casefold()) >= LIKE_TITLES


@dataclass(frozen=True, slots=True)
class JudgedCorpus:
    """All pairs with what became of them, and how many clusters hold records of two pairs."""

    pairs: tuple[JudgedPair, ...]
    mixed_clusters: int


def judge(pairs: Sequence[Pair]) -> JudgedCorpus:
    """Deduplicate the whole corpus, and each pair alone."""
    entries = [entry for pair in pairs for entry in (pair.first, pair.second, *pair.bare)]
    whole = deduplicate_citations([entry.citation for entry in entries])
    asked = {(one.i, one.j) for one in whole.uncertain}
    judged: list[JudgedPair] = []
    owners: dict[int, set[int]] = defaultdict(set)
    start = 0
    for number, pair in enumerate(pairs):
        size = 2 + len(pair.bare)
        for position in range(start, start + size):
            owners[whole.labels[position]].add(number)
        judged.append(_judged(pair, _answer(whole.labels[start], whole.labels[start + 1], asked=(start, start + 1) in asked)))
        start += size
    return JudgedCorpus(tuple(judged), sum(len(owner) > 1 for owner in owners.values()))


def _judged(pair: Pair, together: Answer) -> JudgedPair:
    a, b = _comparable(pair.first), _comparable(pair.second)
    verdict = judge_pair(a, b).comparison.verdict
    in_review = {DuplicateVerdict.SAME: Answer.JOINED, DuplicateVerdict.UNSURE: Answer.ASKED}.get(verdict, Answer.APART)
    return JudgedPair(
        pair, _alone(deduplicate_citations(pair.citations)), together, in_review, examine(*sorted((a, b), key=_key))
    )


def _alone(found: Deduplicated) -> Answer:
    return _answer(*found.labels, asked=bool(found.uncertain))


def _answer(first: int, second: int, *, asked: bool) -> Answer:
    if first == second:
        return Answer.JOINED
    return Answer.ASKED if asked else Answer.APART


def _comparable(entry: Entry) -> Comparable:
    return normalise(f"{entry.source}:{entry.accession}", entry.source, entry.citation)


def _key(record: Comparable) -> str:
    return record.key
