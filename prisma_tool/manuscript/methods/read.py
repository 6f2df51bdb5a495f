"""From an open review to the facts of its methods section, for the version that the figure shows.

Each function names the events or rows that its facts rest on. Invariant: what one figure counts and what is said beside it are read in one
transaction, over the same reports and up to the same moment.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from prisma_tool.flow.flow import Count, Flow
from prisma_tool.flow.read import CountedVersion, counted_version
from prisma_tool.flow.scope import Scope, resolve, version_named
from prisma_tool.flow.screened_reports import boxes, screened_reports
from prisma_tool.fulltext.attempts import full_texts
from prisma_tool.fulltext.finding.service_answers import PUBLISHER, TextAnswer
from prisma_tool.identify.citations.question import ASKED, kept
from prisma_tool.identify.files.declared_search import attachments, day_of_search, reconciled
from prisma_tool.manuscript.methods.facts import (
    CitationRun,
    DeduplicationFacts,
    EarlierVersion,
    LivingFacts,
    MethodsFacts,
    RetrievalFacts,
    SearchedSource,
    SearchFacts,
    StoppingFacts,
    UnimportedSearch,
    VersionFacts,
)
from prisma_tool.manuscript.methods.read_orders import prioritisation
from prisma_tool.model.log.events import ENGINE, Event, EventKind
from prisma_tool.model.log.stopping_acts import StoppingAct
from prisma_tool.model.log.versions import BEGINNING, Closing
from prisma_tool.model.protocol.protocol import CITATION_SEARCH
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import DuplicateVerdict, RunStatus, SourceKind, Stage
from prisma_tool.reports.state import SOUGHT, Phase
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.projections import rebuild
from prisma_tool.store.projections.log_head import log_head
from prisma_tool.store.queues import closed_versions
from prisma_tool.store.records.record_events import CITATIONS, CITED
from prisma_tool.store.runs import runs
from prisma_tool.team.agreement import ReportSubset, StageAgreement, stage_agreements
from prisma_tool.team.screening_facts import stage_methods
from prisma_tool.version import VERSION

_BOXES = {
    SourceKind.DATABASE: "database_results",
    SourceKind.REGISTER: "register_results",
    SourceKind.WEBSITE: "website_results",
    SourceKind.ORGANISATION: "organisation_results",
    SourceKind.CITATION: "citations_results",
}
_NOT_RETRIEVED = ("dbr_notretrieved_reports", "other_notretrieved_reports")
_LEFT = frozenset(kind.value for kind in SourceKind if kind.in_left_column)


def read_methods(review: Review, version: str = "") -> MethodsFacts:
    """The facts about a closed version, or about what `flow` shows where none is named.

    Raises:
        PrismaError: there is no such version here.
    """
    scope = Scope(version=version)
    with review.store.read() as transaction:
        counted = counted_version(transaction, review.protocol, resolve(transaction, scope), scope)
        then = transaction.under(counted.rules)
        stages = [stage_methods(then, screened_reports(counted, stage)) for stage in Stage]
        when = counted.when
        cited = () if counted.rules.screening.screen_other_methods else counted.reports.cited_screened
        return MethodsFacts(
            version=_version(then, counted, version),
            searching=_searching(then, counted),
            deduplication=_deduplication(then, counted),
            stages=tuple(stage for stage in stages if stage is not None),
            retrieval=_retrieval(then, counted),
            prioritisation=prioritisation(then, counted),
            stopping=_stopping(then, counted),
            log=log_head(then, received_by=when.at, but=when.before[1] if when.before else ""),
            tool_version=VERSION,
            living=_living(then, counted),
            typed={stage: typed for stage in Stage if (typed := _typed(counted, stage))},
            cited=len(cited),
            cited_out=sum(report.phase is Phase.SCREENED_OUT for report in cited),
        )


def read_agreement(review: Review, version: str = "") -> dict[ReportSubset, list[StageAgreement]]:
    """How far reviewers agree in a version, at each stage: over all its reports; where a pilot round was held also before and after it.

    Raises:
        PrismaError: there is no such version here.
    """
    scope = Scope(version=version)
    with review.store.read() as transaction:
        counted = counted_version(transaction, review.protocol, resolve(transaction, scope), scope)
        then = transaction.under(counted.rules)
        stages = [stage_agreements(then, screened_reports(counted, stage)) for stage in Stage]
        parts = {part: [of_stage[part] for of_stage in stages] for part in ReportSubset}
    piloted = any(pair.met for stage in parts[ReportSubset.PILOT] for pair in stage.pairs)
    return parts if piloted else {ReportSubset.ALL: parts[ReportSubset.ALL]}


def _version(transaction: Transaction, counted: CountedVersion, label: str) -> VersionFacts:
    """Rests on `version` events."""
    standing = closed_versions.standing_closings(transaction)
    closing = version_named(standing, label) if label else None
    return VersionFacts(_closed(closing) if closing else None, tuple(map(_closed, counted.reports.era.closings)))


def _living(transaction: Transaction, counted: CountedVersion) -> LivingFacts:
    """Rests on [living] of the protocol and on `watch` events."""
    watches = [
        event
        for event in event_rows.not_undone(transaction, EventKind.WATCH, counted.when.at)
        if _within(counted, event.received)
    ]
    cited = sum(bool(event.payload.get(CITATIONS)) for event in watches)
    return LivingFacts(counted.rules.living, tuple(event.at for event in watches), cited)


def _typed(counted: CountedVersion, stage: Stage) -> int:
    """Rests on `adjustment` events."""
    return sum(entered.n for box in boxes(counted, stage) for entered in box.adjustments)


def _closed(closing: Closing) -> EarlierVersion:
    studies = len(closing.studies) + sum(number.n for number in closing.typed_studies)
    reports = len(closing.reports) + sum(number.n for number in closing.typed_reports)
    return EarlierVersion(one_line(closing.label), closing.at, studies, reports, bool(closing.source))


def _within(counted: CountedVersion, moment: datetime) -> bool:
    """Whether what this database stored then belongs to the version."""
    since = counted.reports.era.cut
    return (since == BEGINNING or moment > since) and (counted.when.at is None or moment <= counted.when.at)


def _searching(transaction: Transaction, counted: CountedVersion) -> SearchFacts:
    """Rests on the rows of runs, on what they delivered, and on the figure's boxes of identified records."""
    started = [run for run in runs.all_runs(transaction) if _within(counted, run.started)]
    by_source: dict[str, list[runs.Run]] = {}
    for run in started:
        if run.status == RunStatus.COMPLETE:
            by_source.setdefault(run.source, []).append(run)
    numbers = Counter(record.line for record in counted.reports.identified)
    imported = counted.reports.era.imported
    sources = [source for slug, source in counted.state.sources.items() if slug not in imported]
    latest = {run.search: run for run in started if run.search}
    days = _declared_days(transaction, started)
    return SearchFacts(
        tuple(
            _source(source, by_source.get(source.slug, []), numbers.get(source.name, 0), days)
            for source in sources
            if source.slug in by_source or numbers.get(source.name)
        ),
        _identified(counted.flow),
        sum(line.n for line in counted.flow.carried_over.values()),
        tuple(one_line(str(name)) for name, run in latest.items() if run.status != RunStatus.COMPLETE),
        tuple(citation for run in started if run.status == RunStatus.COMPLETE and (citation := _citation_run(run))),
        tuple(_unimported(transaction, counted)),
        _entered(counted.flow),
    )


def _unimported(transaction: Transaction, counted: CountedVersion) -> Iterator[UnimportedSearch]:
    """Rests on the searches of the protocol and on the `strategy` events that attach files to them."""
    since = counted.reports.era.cut
    for one in reconciled(transaction, counted.rules, counted.when.at):
        if not one.files and one.searched_on is not None and (since == BEGINNING or one.searched_on > since.date()):
            yield UnimportedSearch(one_line(one.source), one.searched_on, one.hits)


def _declared_days(transaction: Transaction, imports: Iterable[runs.Run]) -> dict[str, date]:
    """The declared day of the search behind each import (by run); rests on the `strategy` events that attach, and on the protocol."""
    attached = attachments(transaction)
    days: dict[str, date] = {}
    for run in imports:
        if (attachment := attached.get(run.id)) is not None:
            search = transaction.protocol.declared_search(attachment.search)
            if (searched_on := day_of_search(search, run, attachment)) is not None:
                days[run.id] = searched_on
    return days


def _citation_run(run: runs.Run) -> CitationRun | None:
    """Rests on the row of a run of `cite`; None for any other run, and where its row is of a version that kept less."""
    facts = run.service.get(CITED)
    if not isinstance(facts, dict) or "indexes" not in facts:
        return None
    unknown = {one_line(index): len(keys) for index, keys in facts.get("unknown_seeds", {}).items()}
    ways, indexes = (tuple(map(one_line, facts.get(name, ()))) for name in ("directions", "indexes"))
    asked = kept(run.service[ASKED]) if ASKED in run.service else None
    return CitationRun(run.started, facts["seeds"], ways, indexes, run.reported or 0, facts["known"], unknown, asked)


def _source(source: runs.Source, delivered: Iterable[runs.Run], identified: int, days: Mapping[str, date]) -> SearchedSource:
    listed = list(delivered)
    brought = [run.started for run in listed if run.search is None]
    files = [run for run in listed if run.search is None and run.file_sha256]
    return SearchedSource(
        one_line(source.name),
        source.kind.value,
        identified,
        tuple(run.started for run in listed if run.search is not None),
        tuple(brought),
        len(files),
        tuple(sorted({days[run.id] for run in listed if run.id in days})),
        sum(run.id not in days for run in files),
        any(run.search == CITATION_SEARCH for run in listed),
    )


def _identified(flow: Flow) -> dict[str, int]:
    """The figure's numbers of identified records, by kind of source; a kind without a box has none."""
    by_box: dict[str, Count | None] = {kind.value: getattr(flow, box) for kind, box in _BOXES.items()}
    boxes_of_kinds = {kind: counted.n for kind, counted in by_box.items() if counted is not None}
    other = sum(counted.n for counted in flow.other_specific_results.values())
    return {kind: number for kind, number in boxes_of_kinds.items() if number or kind in _LEFT} | (
        {SourceKind.OTHER.value: other} if other else {}
    )


def _entered(flow: Flow) -> int:
    """How many of the identified records were entered by hand; rests on `adjustment` events."""
    counts = [*(getattr(flow, box) for box in _BOXES.values()), *flow.other_specific_results.values()]
    return sum(adjustment.n for count in counts if count is not None for adjustment in count.adjustments)


def _deduplication(transaction: Transaction, counted: CountedVersion) -> DeduplicationFacts:
    """Rests on `deduplication` events, on the `duplicate` events that stand, and on the figure's box of duplicates."""
    passes = [
        event
        for event in event_rows.events(transaction, kinds=[EventKind.DEDUPLICATION], received_by=counted.when.at)
        if _within(counted, event.received) and "fresh" in event.payload
    ]
    standing = rebuild.standing_pairs(transaction, counted.when.at)
    verdicts = [event for event in standing if _within(counted, event.received)]
    same = [event for event in verdicts if event.text("verdict") == DuplicateVerdict.SAME]
    people = Counter(event.reviewer for event in same if event.reviewer != ENGINE)
    apart = [event for event in verdicts if event.text("verdict") == DuplicateVerdict.DIFFERENT and event.reviewer != ENGINE]
    known = {record.key for record in counted.reports.identified if record.known}
    return DeduplicationFacts(
        passes=tuple(event.at for event in passes),
        tool_versions=tuple(sorted({event.tool_version for event in passes})),
        strict=sum(bool(event.payload.get("strict")) for event in passes),
        by_rule=sum(event.reviewer == ENGINE for event in same),
        by_person=dict(sorted(people.items())),
        kept_apart=len(apart),
        waiting=counted.state.uncertain_pairs,
        unmerged=counted.flow.unmerged,
        removed=counted.flow.duplicates.n,
        known=len(known & set(counted.flow.duplicates.records)),
    )


def _retrieval(transaction: Transaction, counted: CountedVersion) -> RetrievalFacts:
    """Rests on the figure's boxes of retrieval, and on `effort` events."""
    report_of = {
        record.key: report.key for report in counted.reports.reports if report.phase in SOUGHT for record in report.records
    }
    efforts = [
        event
        for event in event_rows.not_undone(transaction, EventKind.EFFORT, counted.when.at)
        if event.subject in report_of and _within(counted, event.received)
    ]
    flow = counted.flow
    return RetrievalFacts(
        sought=_sum(flow, "dbr_sought_reports", "other_sought_reports"),
        not_retrieved=_sum(flow, *_NOT_RETRIEVED),
        waiting=flow.pending.retrieval.n,
        attempts=dict(sorted(Counter(event.text("means") for event in efforts).items())),
        attempted_reports=len({report_of[event.subject] for event in efforts}),
        services=_services(efforts, report_of),
        by_services=len({report_of[one.subject] for one in efforts if one.text("answer") == TextAnswer.RETRIEVED}),
        noted=_noted(transaction, counted),
    )


def _noted(transaction: Transaction, counted: CountedVersion) -> int:
    """How many of the reports not retrieved have a note with that, as the table of them shows it."""
    boxes_of: Iterator[Count | None] = (getattr(counted.flow, box) for box in _NOT_RETRIEVED)
    missing = {key for box in boxes_of if box is not None for key in box.records}
    members = {one.key: [record.key for record in one.records] for one in counted.reports.reports if one.key in missing}
    return sum(bool(text.note.strip()) for text in full_texts(transaction, members).values()) if members else 0


def _services(efforts: Iterable[Event], report_of: Mapping[str, str]) -> dict[str, int]:
    """Of how many reports each service was asked; the page of a publisher is asked nothing."""
    pairs = {(one.text("service"), report_of[one.subject]) for one in efforts if one.text("service") not in ("", PUBLISHER)}
    return dict(Counter(one_line(service) for service, _ in sorted(pairs)))


def _sum(flow: Flow, *boxes: str) -> int:
    counts: Iterator[Count | None] = (getattr(flow, box) for box in boxes)
    return sum(counted.n for counted in counts if counted is not None)


def _stopping(transaction: Transaction, counted: CountedVersion) -> StoppingFacts:
    """Rests on `removal` events that name a stop, and on `stopping` events."""
    stops = {
        slot.subject: event
        for slot, event in counted.state.state.standing.items()
        if slot.kind == EventKind.REMOVAL and event.payload.get("removed") and event.payload.get("stop")
    }
    # A report that was joined with a screened one, or on which a copy brought a vote, is counted where that vote puts it.
    removed = [report for report in counted.reports.reports if report.phase is Phase.REMOVED_AUTOMATIC]
    of_reports = [own for report in removed if (own := [stops[one.key] for one in report.records if one.key in stops])]
    acts = [
        event
        for event in event_rows.not_undone(transaction, EventKind.STOPPING, counted.when.at)
        if _within(counted, event.received)
    ]
    reopened = tuple(event.at for event in acts if event.text("act") == StoppingAct.REOPENED)
    return StoppingFacts(
        len(of_reports),
        tuple(sorted({_rule(event) for own in of_reports for event in own})),
        reopened,
    )


def _rule(stop: Event) -> str:
    """The words in which the rule was kept, with the day."""
    return f"{one_line(stop.text('rule'))}; on {stop.at.day} {stop.at:%B %Y}"
