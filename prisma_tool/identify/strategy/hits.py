"""Testing a strategy: how many records each of its lines finds, and all of it.

Nothing is fetched and no record is stored; what was counted is kept as an event for the appendix. Invariant: equal queries are
asked once, and a line that the service refuses has no count rather than 0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from prisma_tool.errors import ExitCode, Interrupted, SearchRefused
from prisma_tool.identify.run.progress import Listener
from prisma_tool.identify.run.services import Services
from prisma_tool.identify.strategy.guard.acceptance import digest, text_problems
from prisma_tool.identify.strategy.guard.problems import Problem, distinct
from prisma_tool.identify.strategy.guard.pubmed_checks import complaint_problems
from prisma_tool.identify.strategy.guard.split_terms import split_terms
from prisma_tool.identify.strategy.languages import LANGUAGES
from prisma_tool.identify.strategy.numbered_lines import NumberedLine, NumberedStrategy, StrategyFault
from prisma_tool.identify.strategy.submitted_query import TERM, SubmittedQuery, as_text, prepare_query
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.protocol.protocol import SearchPlan
from prisma_tool.review.open_review import Review
from prisma_tool.store.projections import event_log

COUNTED = "counted"
"""The `act` of a strategy event that holds hits per line."""


@dataclass(frozen=True, slots=True)
class LineHits:
    """A line as it is searched, what it finds by itself (None where the service refuses it), and the hits that were published with it."""

    line: int
    text: str
    count: int | None
    published: int | None = None


@dataclass(frozen=True, slots=True)
class SearchHits:
    """The keys of `search --count --json`; `query` is the strategy as the protocol has it, `sent` what was asked for the whole."""

    search: str
    source: str
    query: str
    sent: str
    count: int | None
    lines: tuple[LineHits, ...]
    warnings: tuple[str, ...] = ()
    exit_code: ExitCode = ExitCode.DONE


def count_hits(review: Review, plans: Sequence[SearchPlan], services: Services, listener: Listener) -> Iterator[SearchHits]:
    """Count the hits of these searches, line by line; each that could be counted leaves an event."""
    for plan in plans:
        listener.tell(f"{plan.name}: counting in {plan.source} ...")
        counter = HitCounter(plan, services)
        try:
            hits = counter.hits()
        except StrategyFault as fault:
            yield SearchHits(plan.name, plan.source, plan.strategy, "", None, (), (fault.message,), ExitCode.FAILED)
        except Interrupted as error:
            yield SearchHits(plan.name, plan.source, plan.strategy, "", None, (), (error.message,), error.exit_code)
        else:
            _keep(review, plan, hits)
            yield hits


def _keep(review: Review, plan: SearchPlan, hits: SearchHits) -> None:
    lines = [asdict(line) for line in hits.lines]
    payload: dict[str, Any] = {"act": COUNTED, "sha256": digest(plan), "strategy": plan.strategy, "source": plan.source}
    payload |= {
        "sent": hits.sent,
        "count": hits.count,
        "lines": lines,
        "warnings": list(hits.warnings),
        "operator": review.operator,
    }
    with review.store.write() as transaction:
        event_log.append(transaction, [event_log.Draft(EventKind.STRATEGY, plan.name, payload=payload)])


class HitCounter:
    """Counts for one search; remembers what it asked, and what it met: problems, refusals, the translation of the whole."""

    def __init__(self, plan: SearchPlan, services: Services) -> None:
        self.plan, self.services, self.language = plan, services, LANGUAGES[plan.source]
        self.known: dict[str, int | None] = {}
        self.problems: list[Problem] = []
        self.refusals: list[str] = []
        self.translations: dict[str, str] = {}
        self.translation = ""

    def hits(self) -> SearchHits:
        """What the search and each of its lines finds today.

        Raises:
            StrategyFault: the lines cannot be made into one query.
            Interrupted: the service cannot be reached.
        """
        submitted = prepare_query(self.plan)
        self.problems += text_problems(submitted)
        lines = tuple(self._lines(submitted))
        count = self._count(submitted.parameters, submitted.strategy.last if submitted.strategy else NumberedLine(0, ""))
        self.translation = self.translations.get(as_text(submitted.parameters), "")
        warnings = (*(problem.message for problem in distinct(self.problems)), *dict.fromkeys(self.refusals))
        failed = ExitCode.FAILED if self.refusals else ExitCode.DONE
        sent = as_text(submitted.parameters)
        return SearchHits(self.plan.name, self.plan.source, self.plan.strategy, sent, count, lines, warnings, failed)

    def count_query(self, term: str) -> int:
        """What one query of PubMed finds; 0 where the service refuses it."""
        return self._count({TERM: term}, NumberedLine(0, "")) or 0

    def _lines(self, submitted: SubmittedQuery) -> Iterator[LineHits]:
        """The lines of the strategy; of a search without any, each of its queries by itself where there are several."""
        if submitted.strategy is not None:
            yield from (self._line(submitted, line) for line in submitted.strategy.lines)
            return
        queries = {name: text for name, text in submitted.parameters.items() if name.startswith("query.")}
        for number, (name, text) in enumerate(queries.items() if len(submitted.parameters) > 1 else (), start=1):
            yield LineHits(number, f"{name}: {text}", self._count({name: text}, NumberedLine(0, "")))

    def _line(self, submitted: SubmittedQuery, line: NumberedLine) -> LineHits:
        self.problems += self.language.examine_line(line)
        published = dict(submitted.strategy.published).get(line.number) if submitted.strategy else None
        return LineHits(line.number or 1, line.text, self._count(submitted.alone(line.number), line), published)

    def _count(self, parameters: Mapping[str, str], line: NumberedLine) -> int | None:
        query = as_text(parameters)
        if query not in self.known:
            try:
                self.known[query] = self._ask(parameters, line)
            except SearchRefused as error:
                self.known[query] = None
                self.refusals.append(f"{line.label}{error.message}")
        return self.known[query]

    def _ask(self, parameters: Mapping[str, str], line: NumberedLine) -> int:
        counted = self.language.count(self.services, parameters)
        self.problems += complaint_problems(counted.complaints, NumberedStrategy((line,)))
        self.problems += split_terms(line, counted.translation)
        self.translations[as_text(parameters)] = counted.translation
        return counted.hits
