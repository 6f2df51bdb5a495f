"""Whether papers that were taken on have been retracted since: PubMed is asked by PMID, Crossref by DOI, in batches.

Invariant: what a service says is kept as a notice, once; a service that fails is named, and the other is asked all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from prisma_tool.errors import Interrupted, PrismaError, SearchRefused
from prisma_tool.model.log.events import Event
from prisma_tool.model.record.citation import Citation
from prisma_tool.reports.notices import ServiceNotice, keep_notices
from prisma_tool.reports.state import SOUGHT, load_review_state
from prisma_tool.review.open_review import Review
from prisma_tool.sources.crossref_updates import DOIS_AT_ONCE, CrossrefUpdates
from prisma_tool.sources.pubmed import PubMed
from prisma_tool.store.records import records

T = TypeVar("T")
PMIDS_AT_ONCE = 300
"""In one question by POST."""


@dataclass(frozen=True, slots=True)
class RetractionCheck:
    """About how many numbers each service was to be asked and how many it answered, which notices are new, and which services failed."""

    asked: Mapping[str, int]
    answered: Mapping[str, int]
    new: tuple[Event, ...]
    problems: Mapping[str, PrismaError]


def check_retractions(review: Review, pubmed: PubMed, crossref: CrossrefUpdates) -> RetractionCheck:
    """Ask about all reports that passed title/abstract screening, and keep what is new."""
    with review.store.read() as transaction:
        reports = [report for report in load_review_state(transaction).reports if report.phase in SOUGHT]
        members = {report.key: [record.key for record in report.records] for report in reports}
        stored = records.records_by_key(transaction, {key for group in members.values() for key in group})
    citations = {key: [stored[one].citation for one in group] for key, group in members.items()}
    by_pmid, by_doi = _by_number(citations, lambda one: one.pmid), _by_number(citations, lambda one: one.doi)
    problems: dict[str, PrismaError] = {}
    notices: list[ServiceNotice] = []
    answered = {"PubMed": 0, "Crossref": 0}
    for service, ask in (("PubMed", _of_pubmed(pubmed, by_pmid)), ("Crossref", _of_crossref(crossref, by_doi))):
        try:
            for size, answer in ask:
                notices += answer
                answered[service] += size
        except (Interrupted, SearchRefused) as error:
            problems[service] = error
    with review.store.write() as transaction:
        new = keep_notices(transaction, notices, members) if notices else []
    return RetractionCheck({"PubMed": len(by_pmid), "Crossref": len(by_doi)}, answered, tuple(new), problems)


def _by_number(citations: Mapping[str, Sequence[Citation]], number: Callable[[Citation], str]) -> dict[str, str]:
    return {number(one): key for key, group in citations.items() for one in group if number(one)}


_Answer = tuple[int, list[ServiceNotice]]
"""About how many numbers a service answered, and what it says of them."""


def _of_pubmed(client: PubMed, keys: Mapping[str, str]) -> Iterator[_Answer]:
    for batch in _batches(list(keys), PMIDS_AT_ONCE):
        numbers = " OR ".join(f"{pmid}[UID]" for pmid in batch)
        listed = client.listing(f'({numbers}) AND "Retracted Publication"[pt]')
        yield (
            len(batch),
            [ServiceNotice(keys[pmid], "retracted", "PubMed", f"PMID {pmid}") for pmid in listed.ids if pmid in keys],
        )


def _of_crossref(client: CrossrefUpdates, keys: Mapping[str, str]) -> Iterator[_Answer]:
    for batch in _batches(list(keys), DOIS_AT_ONCE):
        yield (
            len(batch),
            [
                ServiceNotice(keys[notice.doi], notice.kind, "Crossref", f"doi:{notice.notice}" if notice.notice else "")
                for notice in client.about(batch)
            ],
        )


def _batches(items: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    return (items[start : start + size] for start in range(0, len(items), size))
