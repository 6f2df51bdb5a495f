"""What a reader sees of a record in a list: its title, year and source, and where it stands on the web.

Invariant: an address is made from an identifier of the known form only, never taken from a record's text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from prisma_tool.flow.flow import COUNT_KEYS, EXTRA_LIST_KEYS, LIST_KEYS, OPTIONAL_KEYS, Count, Flow
from prisma_tool.review.open_review import Review
from prisma_tool.store.records.records import StoredRecord, records_by_key

_PMID = re.compile(r"[1-9][0-9]{0,9}")
_NCT = re.compile(r"NCT[0-9]{8}")
_DOI = re.compile(r"10\.[0-9]{4,9}/\S{1,200}")
PUBMED, CTGOV, EUROPEPMC = "pubmed", "ctgov", "europe-pmc"
_EUROPEPMC = re.compile(r"(?:(PPR|PMC)\d+|\d{1,8})")


@dataclass(frozen=True, slots=True)
class RecordLine:
    """The words for one record; `url` may be empty."""

    title: str
    year: int | None = None
    source: str = ""
    url: str = ""


Records = Mapping[str, RecordLine]


def record_lines(review: Review, flow: Flow) -> Records:
    """The words for every record that a number of `flow` counts, by its key."""
    with review.store.read() as transaction:
        records = records_by_key(transaction, {key for counted in _counts(flow) for key in counted.records})
    return {key: _line(record) for key, record in records.items()}


def _counts(flow: Flow) -> Iterator[Count]:
    for key in (*COUNT_KEYS, *OPTIONAL_KEYS):
        counted = getattr(flow, key)
        if counted is not None:
            yield counted
    for name in (*LIST_KEYS, *EXTRA_LIST_KEYS):
        yield from getattr(flow, name).values()
    pending = flow.pending
    yield from (pending.title_abstract, pending.retrieval, pending.full_text, pending.conflicts)
    for version in flow.versions:
        yield from _counts(version.flow)


def _line(record: StoredRecord) -> RecordLine:
    citation = record.citation
    url = address(record.key) or _by_pmid(citation.pmid) or _by_doi(citation.doi)
    return RecordLine(citation.title or citation.vernacular_title, citation.year, record.source, url)


def address(key: str) -> str:
    """Where the record of this key stands at PubMed, ClinicalTrials.gov or Europe PMC; empty for other sources."""
    source, _, accession = key.partition(":")
    if source == PUBMED:
        return _by_pmid(accession)
    if source == EUROPEPMC and (known := _EUROPEPMC.fullmatch(accession)):
        return f"https://europepmc.org/article/{known[1] or 'MED'}/{accession}"
    return f"https://clinicaltrials.gov/study/{accession}" if source == CTGOV and _NCT.fullmatch(accession) else ""


def _by_pmid(pmid: str) -> str:
    return f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" if _PMID.fullmatch(pmid) else ""


def _by_doi(doi: str) -> str:
    return f"https://doi.org/{quote(doi, safe='/')}" if _DOI.fullmatch(doi) else ""
