"""The sources that are searched live: what the rest of the program has to know of each, in one table.

How each is asked lies in `sources`, how its strategies are read in `identify.strategy.languages`, how a run fetches its records in
`identify.search.fetchers`; docs/sources.md shows the four places together. Invariant: labels and slugs are unique, and the slugs stand in keys.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from prisma_tool.model.record.citation import Citation
from prisma_tool.model.record.keys import CLINICALTRIALS, EUROPEPMC, PUBMED, slug
from prisma_tool.model.vocabulary import SourceKind


@dataclass(frozen=True, slots=True)
class LiveSource:
    """One source.

    `strategy_keys` are the keys of a [[search]] table that make its strategy, `line_key` the one whose text may be numbered lines, and
    `switches` those of them that are true or false. `limits_reruns` says that a rerun can ask for what was added since. `reached` tells
    how it is reached, as PRISMA-S asks; `guide` is where its search language is described. `own_number` is the accession in a citation that came another way, or empty.
    `expressions` says that PubMed's filters and tags mean nothing in its strategies. `as_sent` makes the service's parameters from those
    of the protocol, of which `always_sent` go along where a line is searched by itself.
    """

    label: str
    kind: SourceKind
    strategy_keys: tuple[str, ...]
    line_key: str
    reached: str
    guide: str
    own_number: Callable[[Citation], str]
    switches: tuple[str, ...] = ()
    limits_reruns: bool = False
    expressions: bool = True
    as_sent: Callable[[Mapping[str, str]], dict[str, str]] = dict
    always_sent: tuple[str, ...] = ()

    @property
    def slug(self) -> str:
        """Its part of a record's key."""
        return slug(self.label)


def _no_number(_: Citation) -> str:
    """Its numbers stand nowhere but in its own records."""
    return ""


SYNONYMS = "synonyms"
"""Europe PMC: whether a strategy is widened by its synonyms; off unless the protocol says otherwise."""


def _with_synonyms_said(parameters: Mapping[str, str]) -> dict[str, str]:
    """Europe PMC's parameters; whether synonyms are wanted is always said, so that nothing hangs on a default of the service."""
    others = {name: value for name, value in parameters.items() if name != SYNONYMS}
    return {**others, "synonym": parameters.get(SYNONYMS, "false")}


LIVE_SOURCES = (
    LiveSource(
        PUBMED,
        SourceKind.DATABASE,
        ("term",),
        "term",
        "National Library of Medicine, through the NCBI E-utilities (esearch, efetch)",
        "PubMed User Guide",
        lambda citation: citation.pmid,
        limits_reruns=True,
        expressions=False,
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
        "ClinicalTrials.gov API 2.0.5",
        lambda citation: citation.nct,
    ),
    LiveSource(
        EUROPEPMC,
        SourceKind.DATABASE,
        ("query", SYNONYMS),
        "query",
        "European Bioinformatics Institute, through the Europe PMC RESTful web service (search)",
        "Europe PMC's search syntax reference",
        _no_number,
        switches=(SYNONYMS,),
        as_sent=_with_synonyms_said,
        always_sent=("synonym",),
    ),
)  # fmt: skip
BY_SLUG = {source.slug: source for source in LIVE_SOURCES}


def live_source(label: str) -> LiveSource | None:
    """The live source that a label names, or None."""
    return BY_SLUG.get(slug(label))


def own_number(source_slug: str, citation: Citation) -> str:
    """The number under which a live source has a report, where the report's citation gives it away; else empty."""
    source = BY_SLUG.get(source_slug)
    return source.own_number(citation) if source else ""


def searched_source(label: str) -> LiveSource:
    """The source of a search of the protocol, which names only live ones."""
    return BY_SLUG[slug(label)]
