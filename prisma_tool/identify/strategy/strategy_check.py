"""Checking a strategy before it is run: its cleaned lines, each line's hits today beside the published ones, and all findings.

Nothing is fetched and no record is stored. The check says what would be searched; it never says that a strategy is good. Invariant:
the lines shown are the lines that a run would send.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from prisma_tool.errors import ExitCode, Interrupted
from prisma_tool.identify.run.progress import Listener
from prisma_tool.identify.run.services import Services
from prisma_tool.identify.strategy.guard.acceptance import accepted_codes, text_problems
from prisma_tool.identify.strategy.guard.narrower_terms import narrower_terms
from prisma_tool.identify.strategy.guard.press import RULES, in_press_order, rule_source
from prisma_tool.identify.strategy.guard.problems import Problem, ProblemKind, distinct
from prisma_tool.identify.strategy.guard.yield_check import yield_problems
from prisma_tool.identify.strategy.hits import HitCounter, LineHits, SearchHits
from prisma_tool.identify.strategy.numbered_lines import StrategyFault, in_use
from prisma_tool.identify.strategy.submitted_query import SubmittedQuery, as_text, prepare_query
from prisma_tool.model.protocol.live_sources import searched_source
from prisma_tool.model.protocol.protocol import SearchPlan
from prisma_tool.model.record.keys import PUBMED
from prisma_tool.review.open_review import Review


@dataclass(frozen=True, slots=True)
class StrategyFinding:
    """One finding: its rule, what it does (`stop` until accepted, `accepted`, `tell`), its place, its sentence and where the rule is from.

    `line` is 0 where the strategy has no numbers; `start` and `end` are positions in that line's text, None where there is no single
    place; `mend` is what could be written there instead, empty where only a person can know.
    """

    rule: str
    severity: str
    heading: str
    line: int
    start: int | None
    end: int | None
    message: str
    mend: str
    source: str


@dataclass(frozen=True, slots=True)
class StrategyReport:
    """The keys of `search --check --json`.

    `strategy` is what the protocol has, `cleaned` what a run would search, line by line; `translation` is what PubMed makes of it.
    """

    search: str
    source: str
    strategy: str
    cleaned: tuple[LineHits, ...]
    count: int | None
    changes: tuple[str, ...]
    findings: tuple[StrategyFinding, ...]
    sent: str
    translation: str
    warnings: tuple[str, ...] = ()
    exit_code: ExitCode = ExitCode.DONE


def check_strategies(
    review: Review, plans: Sequence[SearchPlan], services: Services, listener: Listener
) -> Iterator[StrategyReport]:
    """Check these searches, one after the other; one that the service cannot answer is reported with its error as a warning."""
    for plan in plans:
        listener.tell(f"{plan.name}: checking the strategy for {plan.source} ...")
        with review.store.read() as transaction:
            accepted = accepted_codes(transaction, plan)
        yield _checked(plan, services, accepted)


def _checked(plan: SearchPlan, services: Services, accepted: frozenset[str]) -> StrategyReport:
    counter = HitCounter(plan, services)
    try:
        submitted = prepare_query(plan)
        hits = counter.hits()
    except StrategyFault as fault:
        finding = _finding(plan, Problem(ProblemKind.LEFTOVER, fault.message, fault.message, stops=True), accepted)
        return StrategyReport(plan.name, plan.source, plan.strategy, (), None, (), (finding,), "", "", (), ExitCode.CHECK_FAILED)
    except Interrupted as error:
        return _unanswered(plan, submitted, error, accepted)
    all_problems = [*counter.problems, *_counted(plan, submitted, hits, counter)]
    problems = [problem for problem in distinct(all_problems) if problem.kind is not ProblemKind.CLEANED]
    findings = tuple(_finding(plan, problem, accepted) for problem in in_press_order(problems))
    stopped = bool(counter.refusals) or any(finding.severity == "stop" for finding in findings)
    changes = submitted.strategy.changes if submitted.strategy else ()
    if submitted.address is not None:
        changes = (*changes, *(problem.message for problem in distinct(all_problems) if problem.kind is ProblemKind.CLEANED))
    code = ExitCode.CHECK_FAILED if stopped else ExitCode.DONE
    warnings = tuple(dict.fromkeys(counter.refusals))
    return StrategyReport(
        plan.name,
        plan.source,
        plan.strategy,
        hits.lines,
        hits.count,
        changes,
        findings,
        hits.sent,
        counter.translation,
        warnings,
        code,
    )


def _unanswered(plan: SearchPlan, submitted: SubmittedQuery, error: Interrupted, accepted: frozenset[str]) -> StrategyReport:
    """What the text alone shows, where the service does not answer: the cleaned lines without hits, and the findings about them."""
    strategy, published = submitted.strategy, dict(submitted.strategy.published) if submitted.strategy else {}
    lines = strategy.lines if strategy else ()
    problems = [problem for problem in text_problems(submitted) if problem.kind is not ProblemKind.CLEANED]
    return StrategyReport(
        plan.name,
        plan.source,
        plan.strategy,
        tuple(LineHits(line.number or 1, line.text, None, published.get(line.number)) for line in lines),
        None,
        strategy.changes if strategy else (),
        tuple(_finding(plan, problem, accepted) for problem in in_press_order(problems)),
        as_text(submitted.parameters),
        "",
        (error.message,),
        error.exit_code,
    )


def _counted(plan: SearchPlan, submitted: SubmittedQuery, hits: SearchHits, counter: HitCounter) -> Iterator[Problem]:
    """What only counting shows: that the whole finds hardly anything, or a heading little without its narrower terms."""
    if plan.source == PUBMED and submitted.strategy is not None and hits.count is not None:
        yield from yield_problems(submitted.strategy, hits.count, counter.count_query)
        needed = in_use(submitted.strategy)
        lines = [line for line in submitted.strategy.lines if line.number in needed]
        yield from narrower_terms(lines, counter.count_query)


def _finding(plan: SearchPlan, problem: Problem, accepted: frozenset[str]) -> StrategyFinding:
    heading, source = RULES[problem.kind][0], rule_source(problem.kind, searched_source(plan.source).guide)
    severity = "tell" if not problem.stops else ("accepted" if problem.code in accepted else "stop")
    start, end = problem.span or (None, None)
    return StrategyFinding(
        problem.kind.value, severity, heading.value, problem.line, start, end, problem.message, problem.mend, source
    )
