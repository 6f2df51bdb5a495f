"""How the strategies of each live source are read, checked, counted and tried with known records, in one table.

Invariant: every source of `model.protocol.live_sources` is here. Nothing is stored.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from prisma_tool.identify.run.services import Services
from prisma_tool.identify.strategy.guard import ctgov_checks, europepmc_checks, pubmed_checks
from prisma_tool.identify.strategy.guard.problems import Problem, ProblemKind
from prisma_tool.identify.strategy.known_items import KnownRecords
from prisma_tool.identify.strategy.numbered_lines import NumberedLine
from prisma_tool.identify.strategy.submitted_query import TERM, SubmittedQuery
from prisma_tool.model.protocol.live_sources import added_plugin
from prisma_tool.model.protocol.source_plugins import STRATEGY
from prisma_tool.model.record.keys import CLINICALTRIALS, EUROPEPMC, PUBMED
from prisma_tool.model.text import one_line
from prisma_tool.plugins.foreign_code import ForeignFailure, run_foreign
from prisma_tool.sources.pubmed import Complaint


@dataclass(frozen=True, slots=True)
class QueryCount:
    """What a query finds, and what the service says about its words, where it says anything."""

    hits: int
    complaints: tuple[Complaint, ...] = ()
    translation: str = ""


@dataclass(frozen=True, slots=True)
class SearchLanguage:
    """What is done with the strategies of one source.

    `examine` looks at a whole search, `examine_line` at one line. `count` asks for the hits of parameters; `among` which of some known
    records they find (without parameters: which are there at all), `known_at_once` of them in a request; `known` picks the records that
    the source numbers.
    """

    examine: Callable[[SubmittedQuery], tuple[Problem, ...]]
    examine_line: Callable[[NumberedLine], Iterable[Problem]]
    count: Callable[[Services, Mapping[str, str]], QueryCount]
    among: Callable[[Services, Mapping[str, str], Sequence[str]], frozenset[str]]
    known: Callable[[KnownRecords], Sequence[str]]
    known_at_once: int


def _pubmed_count(services: Services, parameters: Mapping[str, str]) -> QueryCount:
    listing = services.pubmed.count(parameters[TERM])
    return QueryCount(listing.count, listing.echo, listing.translation)


def _pubmed_among(services: Services, parameters: Mapping[str, str], pmids: Sequence[str]) -> frozenset[str]:
    uids = "({})".format(" OR ".join(f"{pmid}[UID]" for pmid in pmids))
    return frozenset(services.pubmed.listing(f"({parameters[TERM]}) AND {uids}" if parameters else uids).ids)


def _ctgov_among(services: Services, parameters: Mapping[str, str], numbers: Sequence[str]) -> frozenset[str]:
    """The service takes one filter of numbers only: that of the search itself is applied here."""
    filtered = parameters.get("filter.ids", "").upper()
    allowed = [number for number in numbers if number in filtered] if filtered else numbers
    others = {name: value for name, value in parameters.items() if name != "filter.ids"}
    return services.ctgov.among(others, allowed) if allowed else frozenset()


def language_of(source: str) -> SearchLanguage:
    """How strategies of this source are read, whether it is built in or added by a package."""
    return LANGUAGES.get(source) or _added(source)


def _added(source: str) -> SearchLanguage:
    """A source that a package adds: what is wrong with a query its plug-in says, and no number of ours names its records."""
    return SearchLanguage(
        lambda submitted: _added_remarks(source, submitted.parameters.get(STRATEGY, "")),
        lambda _: (),
        lambda services, parameters: QueryCount(services.added_source(source).count(parameters)),
        lambda *_: frozenset(),
        lambda _: (),
        known_at_once=1,
    )


def _added_remarks(source: str, query: str) -> tuple[Problem, ...]:
    plugin = added_plugin(source)
    assert plugin is not None
    try:
        remarks = run_foreign(lambda: [one_line(str(remark)) for remark in plugin.remarks(query)])
    except ForeignFailure as failure:
        remarks = [f"The plug-in for {source} could not look at it: {failure}."]
    return tuple(Problem(ProblemKind.SERVICE, remark, remark, stops=True) for remark in remarks)


LANGUAGES: Mapping[str, SearchLanguage] = {
    PUBMED: SearchLanguage(
        lambda submitted: pubmed_checks.examine(submitted.strategy) if submitted.strategy else (),
        pubmed_checks.examine_line,
        _pubmed_count,
        _pubmed_among,
        lambda items: items.pmids,
        known_at_once=400,
    ),
    CLINICALTRIALS: SearchLanguage(
        lambda submitted: (
            *ctgov_checks.address_problems(submitted.address),
            *ctgov_checks.examine_trials(submitted.parameters, submitted.strategy),
        ),
        ctgov_checks.examine_expression,
        lambda services, parameters: QueryCount(services.ctgov.count(parameters)),
        _ctgov_among,
        lambda items: items.ncts,
        known_at_once=100,
    ),
    EUROPEPMC: SearchLanguage(
        lambda submitted: europepmc_checks.examine(submitted.strategy) if submitted.strategy else (),
        europepmc_checks.examine_line,
        lambda services, parameters: QueryCount(services.europepmc.count(parameters)),
        lambda services, parameters, pmids: services.europepmc.among(parameters, pmids),
        lambda items: items.pmids,
        known_at_once=400,
    ),
}
