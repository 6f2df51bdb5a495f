"""The sources that are searched live: what the rest of the program has to know of each, in one table.

How each is asked lies in `sources`, how its strategies are read in `identify.strategy.languages`, how a run fetches its records in
`identify.search.fetchers`; docs/sources.md shows the four places together. Invariant: labels and slugs are unique, and the slugs stand in keys.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from prisma_tool.model.record.citation import Citation
from prisma_tool.model.record.keys import CLINICALTRIALS, EUROPEPMC, PUBMED, slug
from prisma_tool.model.vocabulary import SourceKind


@dataclass(frozen=True, slots=True)
class LiveSource:
    """One source.

    `strategy_keys` are the keys of a [[search]] table that make its strategy, `line_key` the one whose text may be numbered lines, and
    `switches` those of them that are true or false. `limits_reruns` says that a rerun can ask for what was added since. `reached` tells
    how it is reached, as PRISMA-S asks. `own_number` is the accession in a citation that came another way, or empty.
    """

    label: str
    kind: SourceKind
    strategy_keys: tuple[str, ...]
    line_key: str
    reached: str
    own_number: Callable[[Citation], str]
    switches: tuple[str, ...] = ()
    limits_reruns: bool = False

    @property
    def slug(self) -> str:
        """Its part of a record's key."""
        return slug(self.label)


def _no_number(_: Citation) -> str:
    """Its numbers stand nowhere but in its own records."""
    return ""


SYNONYMS = "synonyms"
"""Europe PMC: whether a strategy is widened by its synonyms; off unless the protocol says otherwise."""
LIVE_SOURCES = (
    LiveSource(
        PUBMED,
        SourceKind.DATABASE,
        ("term",),
        "term",
        "National Library of Medicine, through the NCBI E-utilities (esearch, efetch)",
        lambda citation: citation.pmid,
        limits_reruns=True,
    ),
    LiveSource(
        CLINICALTRIALS,
        SourceKind.REGISTER,
        (
            "query.cond", "query.term", "query.locn", "query.titles", "query.intr", "query.outc", "query.spons", "query.lead",
            "query.id", "query.patient", "filter.overallStatus", "filter.geo", "filter.ids", "filter.advanced", "filter.synonyms",
            "aggFilters",
        ),
        "query.term",
        "National Library of Medicine, through the ClinicalTrials.gov API, version 2",
        lambda citation: citation.nct,
    ),
    LiveSource(
        EUROPEPMC,
        SourceKind.DATABASE,
        ("query", SYNONYMS),
        "query",
        "European Bioinformatics Institute, through the Europe PMC RESTful web service (search)",
        _no_number,
        switches=(SYNONYMS,),
    ),
)  # fmt: skip
BY_SLUG = {source.slug: source for source in LIVE_SOURCES}


def live_source(label: str) -> LiveSource | None:
    """The live source that a label names, or None."""
    return BY_SLUG.get(slug(label))
