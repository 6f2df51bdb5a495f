"""Testing a strategy with records that it should find: which it finds, which it misses, and which of its lines lose them.

Few requests: the known records are asked for in batches, first with the whole strategy, then those that it misses with each line that
the last one needs. Nothing is fetched into the review; the result is kept as an event for the appendix.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass

from prisma_tool.errors import ExitCode, PrismaError
from prisma_tool.identify.run.progress import Listener
from prisma_tool.identify.run.services import Services
from prisma_tool.identify.strategy.guard.acceptance import digest
from prisma_tool.identify.strategy.known_items import KnownRecords
from prisma_tool.identify.strategy.languages import LANGUAGES
from prisma_tool.identify.strategy.losing_lines import losing_lines
from prisma_tool.identify.strategy.numbered_lines import NumberedLine, NumberedStrategy, expansions, in_use
from prisma_tool.identify.strategy.parts import in_parts
from prisma_tool.identify.strategy.submitted_query import SubmittedQuery, prepare_query
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.protocol.protocol import SearchPlan
from prisma_tool.review.open_review import Review
from prisma_tool.store.projections import event_log

TESTED = "known"
"""The `act` of a strategy event that holds a test with known records."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A known record that the strategy misses: the lines that lose it, and whether the source holds it at all."""

    id: str
    lost_by: tuple[int, ...]
    in_source: bool


@dataclass(frozen=True, slots=True)
class KnownReport:
    """The keys of `search --known --json`; `lines` are those that `lost_by` numbers."""

    search: str
    source: str
    matches: tuple[str, ...]
    missed: tuple[Missed, ...]
    lines: tuple[NumberedLine, ...]
    warnings: tuple[str, ...] = ()
    exit_code: ExitCode = ExitCode.DONE


def try_known(
    review: Review, plans: Sequence[SearchPlan], services: Services, listener: Listener, items: KnownRecords
) -> Iterator[KnownReport]:
    """Test these searches, ClinicalTrials.gov's with the NCT numbers and those of databases with the PMIDs.

    Each search that could be tested leaves an event; one that could not is reported with its error as a warning.
    """
    for plan in plans:
        known_ids = LANGUAGES[plan.source].known(items)
        listener.tell(f"{plan.name}: looking for known records ({len(known_ids)}) in {plan.source} ...")
        try:
            report = _tested(plan, services, known_ids)
        except PrismaError as error:
            yield KnownReport(plan.name, plan.source, (), (), (), (error.message,), error.exit_code)
        else:
            _keep(review, plan, report)
            yield report


def _keep(review: Review, plan: SearchPlan, report: KnownReport) -> None:
    payload = {
        "act": TESTED,
        "sha256": digest(plan),
        "strategy": plan.strategy,
        "operator": review.operator,
        "source": report.source,
        "found": report.matches,
        "missed": [asdict(missed) for missed in report.missed],
        "lines": [{"line": line.number, "text": line.text} for line in report.lines],
    }
    with review.store.write() as transaction:
        event_log.append(transaction, [event_log.Draft(EventKind.STRATEGY, plan.name, payload=payload)])


def _tested(plan: SearchPlan, services: Services, known_ids: Sequence[str]) -> KnownReport:
    asker = _KnownItemSearch(plan, services)
    submitted = prepare_query(plan)
    found_ids = asker.among(submitted.parameters, known_ids)
    missed_ids = [known for known in known_ids if known not in found_ids]
    strategy = in_parts(submitted.strategy) if submitted.strategy else None
    return KnownReport(
        plan.name,
        plan.source,
        tuple(known for known in known_ids if known in found_ids),
        tuple(asker.explain(submitted, strategy, missed_ids)),
        strategy.lines if strategy else (),
    )


class _KnownItemSearch:
    """Asks one service which of some records a question finds."""

    def __init__(self, plan: SearchPlan, services: Services) -> None:
        self.services, self.language = services, LANGUAGES[plan.source]

    def among(self, parameters: Mapping[str, str], known_ids: Sequence[str]) -> frozenset[str]:
        size = self.language.known_at_once
        batches = [known_ids[start : start + size] for start in range(0, len(known_ids), size)]
        found_ids = (self.language.among(self.services, parameters, batch) & set(batch) for batch in batches)
        return frozenset(known for batch in found_ids for known in batch)

    def explain(self, submitted: SubmittedQuery, strategy: NumberedStrategy | None, missed: Sequence[str]) -> Iterator[Missed]:
        """Why each of these is missed; asks nothing where none is."""
        in_source = self.among({}, missed)
        lines = self.by_line(submitted, strategy, [known for known in missed if known in in_source]) if strategy else {}
        for known in missed:
            finding = {number: known in keys for number, keys in lines.items()}
            yield Missed(known, losing_lines(strategy, finding) if strategy and known in in_source else (), known in in_source)

    def by_line(self, submitted: SubmittedQuery, strategy: NumberedStrategy, missed: Sequence[str]) -> dict[int, frozenset[str]]:
        """Which of these each line finds that the last one needs; the last one finds none."""
        queries = expansions(strategy)
        by_number = {line.number: frozenset[str]() for line in strategy.lines}
        for number in sorted(in_use(strategy) - {strategy.last.number}):
            by_number[number] = self.among(submitted.asking(queries[number]), missed)
        return by_number
