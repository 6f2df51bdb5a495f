"""Fetching missing abstracts from PubMed, for records of any source that carry a PMID or DOI.

Invariants: an abstract that is there is never replaced; one is taken only from a PubMed record that has the number it was asked by and
a title like the record's; it is stored as a correction that names where it comes from, a batch at a time, so that what was found stays
found when the service fails.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from rapidfuzz import fuzz

from prisma_tool.dedupe.judging.findings import LIKE_TITLE
from prisma_tool.model.log.corrections import payload
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.text import fold, one_line
from prisma_tool.review.open_review import Review
from prisma_tool.sources.pubmed import BATCH, DOIS_AT_ONCE, PubMed
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import event_log, update
from prisma_tool.store.records import records
from prisma_tool.store.records.records import StoredRecord


@dataclass(frozen=True, slots=True)
class DoubtfulMatch:
    """A record whose number leads to a PubMed record of another title; nothing was taken from it."""

    key: str
    title: str
    pmid: str
    found_title: str


@dataclass(frozen=True, slots=True)
class AbstractResults:
    """What came of it, by record key.

    Attributes:
        stored: The abstracts stored: the PMID of the PubMed record that each came from.
        without: The records whose PubMed record has no abstract either.
        unknown: Those whose number PubMed does not know.
        doubtful: Those whose number leads to a record of another title.
        unnumbered: Those that have neither PMID nor DOI.
    """

    stored: dict[str, str] = field(default_factory=dict)
    without: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    doubtful: list[DoubtfulMatch] = field(default_factory=list)
    unnumbered: list[str] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        """The object of `abstracts --json`."""
        return {
            "missing": self.missing,
            "found": self.stored,
            "without": self.without,
            "unknown": self.unknown,
            "doubtful": [asdict(match) for match in self.doubtful],
            "unnumbered": self.unnumbered,
        }

    @property
    def missing(self) -> int:
        """How many reports lacked an abstract."""
        return sum(map(len, (self.stored, self.without, self.unknown, self.doubtful, self.unnumbered)))


Progress = Callable[[int, int], None]
"""Called with how many records have been asked for, and how many there are in all."""


def fetch_abstracts(
    review: Review, client: PubMed, reviewer: str, keys: Sequence[str] = (), progress: Progress | None = None
) -> AbstractResults:
    """Fetch the abstracts that the reports of these keys lack; without keys, those that any report of the review lacks.

    Raises:
        DecisionError: an unknown key.
        Interrupted: PubMed fails; what was found until then is stored, and the same call goes on.
    """
    with review.store.read() as transaction:
        records.require(transaction, keys)
        without_abstract = list(_without_abstract(transaction, _members(transaction, keys)))
    fetcher = _AbstractFetcher(review, client, reviewer, progress, len(without_abstract))
    fetcher.by_pmid([record for record in without_abstract if record.citation.pmid])
    fetcher.by_doi([record for record in without_abstract if record.citation.doi and not record.citation.pmid])
    fetcher.result.unnumbered.extend(record.key for record in without_abstract if not _has_number(record.citation))
    return fetcher.result


def _members(transaction: Transaction, keys: Sequence[str]) -> set[str] | None:
    if not keys:
        return None
    names = set(update.clusters_of(transaction, keys).values())
    return {key for members in update.members_of(transaction, names).values() for key in members}


def _without_abstract(transaction: Transaction, keys: set[str] | None) -> Iterator[StoredRecord]:
    """One record of each report that has no abstract: the one whose number is the surest to ask by."""
    stored = records.all_records(transaction) if keys is None else records.records_by_key(transaction, keys).values()
    with_abstract: set[str] = set()
    best_record: dict[str, StoredRecord] = {}
    for record in stored:
        if record.citation.abstract or record.citation.is_register_entry:
            with_abstract.add(record.cluster)
        elif record.cluster not in best_record or _surer(record, best_record[record.cluster]):
            best_record[record.cluster] = record
    return (record for cluster, record in best_record.items() if cluster not in with_abstract)


def _surer(a: StoredRecord, b: StoredRecord) -> bool:
    return _rank(a) > _rank(b)


def _rank(record: StoredRecord) -> tuple[bool, bool, bool]:
    return bool(record.citation.pmid), bool(record.citation.doi), record.is_representative


def _has_number(citation: Citation) -> bool:
    return bool(citation.pmid or citation.doi)


class _AbstractFetcher:
    """One pass: asks in batches, judges what comes, stores what fits."""

    def __init__(self, review: Review, client: PubMed, reviewer: str, progress: Progress | None, total: int) -> None:
        self.review, self.client, self.reviewer = review, client, reviewer
        self.progress, self.total, self.asked_count = progress, total, 0
        self.result = AbstractResults()

    def by_pmid(self, records_to_ask: Sequence[StoredRecord]) -> None:
        for start in range(0, len(records_to_ask), BATCH):
            batch = records_to_ask[start : start + BATCH]
            found_citations = self.fetch([record.citation.pmid for record in batch])
            self.sort_answers(batch, {record.key: found_citations.get(record.citation.pmid) for record in batch})

    def by_doi(self, records_to_ask: Sequence[StoredRecord]) -> None:
        for start in range(0, len(records_to_ask), DOIS_AT_ONCE):
            batch = records_to_ask[start : start + DOIS_AT_ONCE]
            listed = self.client.with_dois([record.citation.doi for record in batch]).ids
            found_citations = {citation.doi: citation for citation in self.fetch(listed).values() if citation.doi}
            self.sort_answers(batch, {record.key: found_citations.get(record.citation.doi) for record in batch})

    def fetch(self, pmids: Sequence[str]) -> dict[str, Citation]:
        unique = list(dict.fromkeys(pmids))
        portions = (unique[start : start + BATCH] for start in range(0, len(unique), BATCH))
        return {entry.accession: entry.citation for portion in portions for entry in self.client.fetch(portion)[1].entries}

    def sort_answers(self, batch: Sequence[StoredRecord], answers: Mapping[str, Citation | None]) -> None:
        fitting: dict[str, Citation] = {}
        for record in batch:
            answer = answers[record.key]
            if answer is None:
                self.result.unknown.append(record.key)
            elif not _same_work(record.citation, answer):
                titles = one_line(record.citation.title), one_line(answer.title)
                self.result.doubtful.append(DoubtfulMatch(record.key, titles[0], answer.pmid, titles[1]))
            elif not answer.abstract:
                self.result.without.append(record.key)
            else:
                fitting[record.key] = answer
        self.store(fitting)
        self.asked_count += len(batch)
        if self.progress:
            self.progress(self.asked_count, self.total)

    def store(self, fitting: Mapping[str, Citation]) -> None:
        if not fitting:
            return
        with self.review.store.write() as transaction:
            stored = records.records_by_key(transaction, fitting)
            # Somebody may have pasted one, or a rerun brought it, while PubMed was thinking.
            still_missing = {key: answer for key, answer in fitting.items() if not stored[key].citation.abstract}
            event_log.append(transaction, [self.draft(key, stored[key], answer) for key, answer in still_missing.items()])
        self.result.stored.update((key, answer.pmid) for key, answer in still_missing.items())

    def draft(self, key: str, record: StoredRecord, answer: Citation) -> event_log.Draft:
        edit = payload("abstract", answer.abstract, record.original.abstract, f"PubMed {answer.pmid}")
        return event_log.Draft(EventKind.EDIT, key, reviewer=self.reviewer, payload=edit)


def _same_work(citation: Citation, answer: Citation) -> bool:
    """Whether the titles are alike, in either language; numbers in exports are often those of a neighbouring record."""
    titles = [fold(title) for title in (citation.title, citation.vernacular_title) if fold(title)]
    answer_titles = [fold(title) for title in (answer.title, answer.vernacular_title) if fold(title)]
    return not titles or any(_similar_titles(title, answer_title) for title in titles for answer_title in answer_titles)


def _similar_titles(title: str, other_title: str) -> bool:
    return fuzz.token_sort_ratio(title, other_title) >= LIKE_TITLE or (
        min(len(title), len(other_title)) >= _DISTINCTIVE_LENGTH and (title in other_title or other_title in title)
    )


_DISTINCTIVE_LENGTH = 30
"""Characters of a title that tell the work even where a subtitle is missing."""
