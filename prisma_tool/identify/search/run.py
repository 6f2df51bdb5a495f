"""Running the protocol's searches: checked, resumable, reconciled, each batch durable before the next is asked for.

Invariants: a run that is `complete` has `reported == stored + undelivered`; anything else is `incomplete` (the same command resumes
it), `failed` or `refused` (by the strategy checks, with nothing fetched), never "0 hits"; an earlier run is never changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from prisma_tool.errors import Interrupted, PrismaError, SearchRefused
from prisma_tool.identify.run.progress import Listener, SearchStopped
from prisma_tool.identify.run.raw_answers import RawFolder
from prisma_tool.identify.run.services import Services
from prisma_tool.identify.search.execution import Execution
from prisma_tool.identify.search.fetchers import fetcher_of
from prisma_tool.identify.search.run_report import SENT, RunReport, report_of
from prisma_tool.identify.strategy.guard.acceptance import TRANSLATION, StrategyCheck, StrategyRefused
from prisma_tool.identify.strategy.numbered_lines import StrategyFault
from prisma_tool.identify.strategy.submitted_query import SubmittedQuery, limited_from, prepare_query, since
from prisma_tool.model.protocol.live_sources import searched_source
from prisma_tool.model.protocol.protocol import Protocol, SearchPlan
from prisma_tool.model.record.keys import slug
from prisma_tool.model.vocabulary import RunStatus
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.claims import claimed
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.runs import run_progress, runs
from prisma_tool.store.runs.run_comparison import SINCE, expected_keys


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """How searches are run: accept what the strategy checks object to, or search everything where the protocol limits reruns."""

    accept: bool = False
    whole: bool = False


AS_USUAL = SearchOptions()
HALTED = "halted"
"""In a run's `service`: what last stopped it before its end."""


def run_searches(
    review: Review, plans: Sequence[SearchPlan], services: Services, listener: Listener, options: SearchOptions = AS_USUAL
) -> Iterator[RunReport]:
    """Run these searches one after the other; each ends in a report, also where it fails.

    One that the person who waits stopped (Ctrl-C, `cancelled`) ends as incomplete, and those after it are not begun. One that another
    living program runs is left alone and reported as incomplete.

    Raises:
        StoreError: the database cannot be read or written.
        PrismaError: an answer cannot be kept in the review's folder.
    """
    for plan in plans:
        with claimed(review.store, f"search {plan.name}") as ours:
            result = _run_search(review, plan, services, listener, options) if ours else (_run_elsewhere(review, plan), False)
        report, stopped = result
        yield report
        if stopped:
            return


def _run_search(
    review: Review, plan: SearchPlan, services: Services, listener: Listener, options: SearchOptions
) -> tuple[RunReport, bool]:
    run_id, resumed = _begin(review, plan, options)
    listener.tell(f"{plan.name}: {'resuming' if resumed else 'searching'} {plan.source} ...")
    execution = Execution(review, run_id, slug(plan.source), RawFolder(review.folder, run_id), listener)
    transport = fetcher_of(plan.source).transport(services)
    started, sent = services.clock(), transport.requests_sent
    status, problem, stopped = RunStatus.COMPLETE, "", False
    try:
        _check_and_fetch(execution, plan, services, options)
    except (StrategyFault, StrategyRefused) as error:
        status, problem = RunStatus.REFUSED, error.message
    except SearchRefused as error:
        status, problem = RunStatus.FAILED, error.message
    except Interrupted as error:
        status, problem, stopped = RunStatus.INCOMPLETE, error.message, isinstance(error, SearchStopped)
    except KeyboardInterrupt:
        status, problem, stopped = RunStatus.INCOMPLETE, SearchStopped().message, True
    spent = (transport.requests_sent - sent, services.clock() - started)
    return _end(execution, plan, status, problem, spent), stopped


def _check_and_fetch(execution: Execution, plan: SearchPlan, services: Services, options: SearchOptions) -> None:
    """Let the strategy pass its checks, then fetch.

    Raises:
        StrategyFault: its lines cannot be made into one query.
        StrategyRefused: a check stops it.
        SearchRefused: the service does.
        Interrupted: unfinished; the same command goes on.
    """
    submitted = prepare_query(plan)
    service = _fix_parameters(execution, plan, submitted, options)
    check = StrategyCheck(
        execution.review,
        execution.run_id,
        submitted,
        execution.listener,
        options.accept,
        count_line=lambda query: services.pubmed.count(query).count,
    )
    check.check_text()
    if service.get(SINCE):
        # PubMed's words about the dates would hide a change of its words about the strategy: it is asked about that alone.
        if TRANSLATION not in service:
            check.check_translation(services.pubmed.count(submitted.parameters["term"]))
    else:
        execution.check = check.check_translation
    fetch_all(execution, replace(plan, parameters=service[SENT]), services)


def _fix_parameters(execution: Execution, plan: SearchPlan, submitted: SubmittedQuery, options: SearchOptions) -> dict[str, Any]:
    """What the run's `service` says is sent; a resumed run goes on with the question that it began with."""
    with execution.review.store.write() as transaction:
        service = runs.run(transaction, execution.run_id).service
        if SENT in service:
            return dict(service)
        day, note = limited_from(transaction, plan, whole=options.whole)
        facts = {SENT: since(submitted.parameters, day), **({SINCE: day} if day else {})}
        run_progress.add_service_facts(transaction, execution.run_id, facts)
        if note:
            run_progress.add_warnings(transaction, execution.run_id, [note])
        return {**service, **facts}


def _run_elsewhere(review: Review, plan: SearchPlan) -> RunReport:
    """The report on a search that another living program runs at this moment: its run is left alone."""
    with review.store.read() as transaction:
        last = runs.last_run(transaction, plan.name, RunStatus)
        so_far = report_of(transaction, last.id, plan) if last else None
    warning = f"The search '{plan.name}' is being run by another program at this moment. Run the same command when that is done."
    if so_far is None:
        so_far = RunReport(plan.name, plan.source, RunStatus.RUNNING, None, 0, 0, 0, 0, 0, 0, (), (), plan.strategy, "", 0, 0.0)
    return replace(so_far, status=RunStatus.INCOMPLETE, warnings=(*so_far.warnings, warning))


def _begin(review: Review, plan: SearchPlan, options: SearchOptions) -> tuple[str, bool]:
    """The run to work on: the unfinished one of the same strategy, else a new one."""
    with review.store.write() as transaction:
        source = runs.register_source(transaction, plan.source, searched_source(plan.source).kind)
        runs.register_search(transaction, plan.name, source.slug)
        last = runs.last_run(transaction, plan.name, RunStatus)
        if last is not None and _goes_on(last, plan, options):
            # What stopped it then is no word about the run that goes on.
            halted = last.service.get(HALTED)
            run_progress.resume(transaction, last.id, [warning for warning in last.warnings if warning != halted])
            return last.id, True
        fresh = runs.begin_run(transaction, source.slug, search=plan.name, query=plan.strategy, operator=review.operator)
        return fresh.id, False


def _goes_on(last: runs.Run, plan: SearchPlan, options: SearchOptions) -> bool:
    unfinished = last.status in (RunStatus.RUNNING, RunStatus.INCOMPLETE) and last.query == plan.strategy
    return unfinished and not (options.whole and last.service.get(SINCE))


def _end(execution: Execution, plan: SearchPlan, status: RunStatus, problem: str, spent: tuple[int, float]) -> RunReport:
    with execution.review.store.write() as transaction:
        run = runs.run(transaction, execution.run_id)
        requests, seconds = run.requests + spent[0], round(run.seconds + spent[1], 3)
        if problem:
            run_progress.add_warnings(transaction, run.id, [problem])
        if status is RunStatus.INCOMPLETE:
            run_progress.add_service_facts(transaction, run.id, {HALTED: problem})
        if status is RunStatus.COMPLETE:
            status = _reconcile(transaction, run, plan)
        run_progress.finish(transaction, run.id, status, requests=requests, seconds=seconds)
        return report_of(transaction, run.id, plan)


def _reconcile(transaction: Transaction, run: runs.Run, plan: SearchPlan) -> RunStatus:
    """Compare what the service reported with what is stored; name what was not delivered and what has vanished."""
    if not is_complete(transaction, run, plan):
        return RunStatus.INCOMPLETE
    if not run.service.get(SINCE):
        missed = expected_keys(transaction, plan.name) - runs.delivered_keys(transaction, run.id)
        run_progress.set_vanished(transaction, run.id, missed)
    return RunStatus.COMPLETE


def selected_plans(protocol: Protocol, names: Sequence[str]) -> list[SearchPlan]:
    """The searches of these names in the order of review.toml, or all where no name is given.

    Raises:
        PrismaError: there is no search that is run from here, or none of that name.
    """
    plans = protocol.searches
    declared = next((search for search in protocol.declared if search.name in names), None)
    if declared is not None:
        raise PrismaError(
            f"{declared.name} is a declared search of {declared.source}, which is not searched from here: "
            f"import its files with `prisma-tool import FILE --search '{declared.name}'`. "
            "If a package searched it, install that again; `prisma-tool plugins` lists those that are there."
        )
    if not plans:
        raise PrismaError(
            "review.toml has no search that is run from here: add a [[search]] table (name, source, term) and run this again."
        )
    unknown = [name for name in names if name not in {plan.name for plan in plans}]
    if unknown:
        listed = ", ".join(plan.name for plan in plans)
        raise PrismaError(f"There is no search '{unknown[0]}' in review.toml; its searches are: {listed}.")
    return [plan for plan in plans if not names or plan.name in names]


def fetch_all(execution: Execution, plan: SearchPlan, services: Services) -> None:
    """Fetch what the run of this search still lacks.

    Raises:
        SearchRefused: the service will not answer this question.
        Interrupted: the service fails, or the person who waits stopped the search; the same command goes on.
    """
    fetcher_of(plan.source).fetch(execution, plan, services)


def is_complete(transaction: Transaction, run: runs.Run, plan: SearchPlan) -> bool:
    """True where the run holds all that the service reported; names what was not delivered, and tells growth and shortfall.

    The checkpoint of a complete run is empty: nothing is left to go on with.
    """
    if not fetcher_of(plan.source).is_complete(transaction, run):
        return False
    run_progress.set_checkpoint(transaction, run.id, {})
    return True
