"""From an open review to the data of its search appendix.

Owns the reading, not the words. The numbers of identified records are the flow diagram's own, so that the two cannot differ.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from prisma_tool.errors import ReviewError
from prisma_tool.flow.read import flow_at, state_to_count
from prisma_tool.flow.scope import Moment, Scope, resolve, version_named
from prisma_tool.identify.citations.question import ASKED, kept
from prisma_tool.identify.files.declared_search import Attachment, attachments, day_of_search, latest_day, reconciliations
from prisma_tool.identify.files.provenance import Provenance, shown_kind
from prisma_tool.identify.search.fetchers import SYNONYMS_USED
from prisma_tool.identify.search.run_report import SENT
from prisma_tool.identify.strategy.numbered_lines import NumberedStrategy, StrategyFault
from prisma_tool.identify.strategy.pasted.reader import read_strategy, written
from prisma_tool.identify.strategy.submitted_query import as_text
from prisma_tool.manuscript.search_appendix.data import (
    Appendix,
    DeclaredStrategy,
    ImportedFile,
    ReportedDeclaration,
    ReportedRun,
    ReportedStrategy,
    Search,
    SearchedRow,
    StrategyLine,
    VersionEvent,
    VersionSearches,
)
from prisma_tool.manuscript.search_appendix.limits import limits
from prisma_tool.manuscript.search_appendix.platform_limits import declared_limits
from prisma_tool.manuscript.search_appendix.read_deduplication import read_deduplication
from prisma_tool.manuscript.search_appendix.read_versions import identified, version_events, version_rows
from prisma_tool.manuscript.search_appendix.strategy_tests import StrategyTests, tests
from prisma_tool.model.log.contributors import listed_person
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.log.versions import BEGINNING
from prisma_tool.model.protocol.answers import ITEMS, ChecklistForm, key_of
from prisma_tool.model.protocol.declared_searches import DeclaredSearch, SearchAccount
from prisma_tool.model.protocol.live_sources import live_source
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import RecordState, RunStatus
from prisma_tool.review.open_review import Review
from prisma_tool.review.protocol.strategy_files import strategy_of
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.queues import closed_versions
from prisma_tool.store.records.record_events import ADDED, CITED
from prisma_tool.store.runs import reruns, runs
from prisma_tool.store.runs.run_comparison import SINCE
from prisma_tool.store.runs.runs import Source
from prisma_tool.version import VERSION

SERVICE_FACTS = ("apiVersion", "dataTimestamp", SYNONYMS_USED)
"""What a service says about itself, and how it was asked, that is worth citing."""


def read_appendix(review: Review, version: str = "") -> Appendix:
    """The search appendix of a review as it stands, or of the closed version of this label.

    Raises:
        PrismaError: the review's flow cannot be counted, or no such version was closed here.
    """
    scope, protocol = Scope(version=version), review.protocol
    with review.store.read() as transaction:
        when = resolve(transaction, scope)
        flow = flow_at(transaction, protocol, when, scope, listed=False)
        all_runs = _Runs.read(transaction, when.at)
        searches = tuple(_searches(all_runs, tests(transaction), protocol))
        files = tuple(_file(row, all_runs, protocol) for row in all_runs.rows if row.search is None)
        declared = tuple(_declared(review, all_runs, when.at))
        review_state = state_to_count(transaction, when.at, when.before, listed=False)
        appendix = Appendix(
            title=one_line(protocol.title),
            tool_version=VERSION,
            searches=searches,
            files=files,
            deduplication=read_deduplication(transaction, review_state, flow, when.at),
            identified=tuple(identified(flow, all_runs.sources)),
            duplicates_removed=flow.duplicates.n,
            versions=tuple(_versions(transaction, when.before)),
            interim=flow.interim,
            version=_label(transaction, version),
            declared=declared,
            never_run=() if version else _never_run(protocol, searches),
            answers=_answers(protocol),
        )
        return replace(appendix, by_version=tuple(_by_version(transaction, review, appendix, all_runs, when)))


def _never_run(protocol: Protocol, searches: Iterable[Search]) -> tuple[str, ...]:
    ran = {search.name for search in searches}
    return tuple(name for plan in protocol.searches if (name := one_line(plan.name)) not in ran)


def _answers(protocol: Protocol) -> dict[str, str]:
    """The authors' answers to the items of PRISMA-S, by number."""
    keys = {item: key_of(ChecklistForm.SEARCHES, item) for item in ITEMS[ChecklistForm.SEARCHES]}
    return {item: protocol.answers[key] for item, key in keys.items() if key in protocol.answers}


def _by_version(
    transaction: Transaction, review: Review, appendix: Appendix, all_runs: _Runs, when: Moment
) -> Iterator[VersionSearches]:
    """The versions that were closed here, oldest first, and the one that the appendix is of."""
    start = BEGINNING
    for closing in closed_versions.standing_closings(transaction, when.at, when.before):
        if not closing.source:
            flow = flow_at(transaction, review.protocol, Moment(closing.received, closing.order), Scope())
            rows = _rows(appendix, all_runs.between(start, closing.received))
            yield VersionSearches(
                one_line(closing.label), closing.received, rows, tuple(identified(flow, all_runs.sources)), flow.duplicates.n
            )
            start = closing.received
    rows = _rows(appendix, all_runs.between(start, when.at))
    yield VersionSearches(appendix.version, when.at, rows, appendix.identified, appendix.duplicates_removed)


def _rows(appendix: Appendix, run_ids: frozenset[str]) -> tuple[SearchedRow, ...]:
    return version_rows(appendix.searches, appendix.files, appendix.declared, run_ids)


def _label(transaction: Transaction, version: str) -> str:
    """The label as it was given when the version was closed."""
    closing = version_named(closed_versions.standing_closings(transaction), version) if version else None
    return one_line(closing.label) if closing else ""


@dataclass(frozen=True, slots=True)
class _Runs:
    """All runs in the order of their start, with what is counted about them."""

    rows: list[runs.Run]
    sources: Mapping[str, Source]
    tallies: Mapping[str, Mapping[str, int]]
    kinds: Mapping[str, Mapping[str, int]]
    attached: Mapping[str, Attachment]
    imported_later: frozenset[tuple[str, date | None]]
    """Searches, each with a day, of which a file came in after the moment that is reported."""

    @classmethod
    def read(cls, transaction: Transaction, at: datetime | None) -> _Runs:
        attached, rows = attachments(transaction), runs.all_runs(transaction)
        later = {run.id for run in rows if at is not None and run.started > at}
        return cls(
            rows=[run for run in rows if run.id not in later],
            attached=attached,
            imported_later=frozenset((one.search, one.searched_on) for run, one in attached.items() if run in later),
            sources={source.slug: source for source in runs.sources(transaction)},
            tallies=reruns.state_counts(transaction),
            kinds=reruns.kinds_of_change(transaction),
        )

    def between(self, start: datetime, end: datetime | None) -> frozenset[str]:
        """The runs (ids) that began after one moment and by another; what a version made elsewhere handed over is none."""
        searched = (run for run in self.rows if not run.service.get("version"))
        return frozenset(run.id for run in searched if start < run.started and (end is None or run.started <= end))


def _searches(all_runs: _Runs, tested: StrategyTests, protocol: Protocol) -> Iterator[Search]:
    by_name: dict[str, list[runs.Run]] = {}
    for row in all_runs.rows:
        if row.search is not None:
            by_name.setdefault(row.search, []).append(row)
    for name, rows in by_name.items():
        source = all_runs.sources[rows[-1].source]
        live = live_source(source.name)
        yield Search(
            name=one_line(name),
            source=one_line(source.name),
            kind=source.kind.value,
            platform=live.reached if live else "",
            strategies=tuple(_strategies(name, rows, tested, essie=live is None or live.expressions)),
            runs=tuple(_run(row, all_runs, protocol) for row in rows),
            known=tested.known.get(name, ()),
            unfinished=runs.is_unfinished(name, rows[-1].status, protocol),
            account=next((plan.account for plan in protocol.searches if plan.name == name), SearchAccount()),
        )


def _strategies(name: str, rows: Iterable[runs.Run], tested: StrategyTests, *, essie: bool) -> Iterator[ReportedStrategy]:
    """Each wording that was run, in the order of its last run."""
    by_text: dict[str, list[runs.Run]] = {}
    for row in rows:
        earlier = by_text.pop(row.query, [])
        by_text[row.query] = [*earlier, row]
    for text, ran in by_text.items():
        counted, read = tested.counts.get((name, text)), _read(text, essie=essie)
        sent = next((sent for row in reversed(ran) if (sent := _sent(row))), "")
        meant = written(read) if read is not None and read.changes else text
        yield ReportedStrategy(
            lines=strategy_lines(text, counted.hits if counted else {}, essie=essie),
            verbatim=text,
            # An address of the register shows its limits only as the parameters that it was read as.
            limits=limits(sent if essie and sent else meant),
            first=ran[0].started,
            last=ran[-1].started,
            sent=sent,
            translation=next((row.translation for row in reversed(ran) if row.translation), ""),
            counted=counted.at if counted else None,
            whole=counted.whole if counted else None,
            changes=read.changes if read is not None else (),
            reviewed=tested.reviewed.get((name, text), ()),
        )


def _sent(row: runs.Run) -> str:
    """What the service was asked in a run of the whole strategy."""
    return as_text(row.service[SENT]) if row.service.get(SENT) and not row.service.get(SINCE) else ""


def _read(text: str, *, essie: bool) -> NumberedStrategy | None:
    """A strategy's lines; None where it was run before lines were read as they are today."""
    try:
        return read_strategy(text, essie=essie)
    except StrategyFault:
        return None


def strategy_lines(text: str, hits: Mapping[int, int | None], *, essie: bool = False) -> tuple[StrategyLine, ...]:
    """The lines of a strategy with their hits; where they have no numbers, as they stand."""
    read = _read(text, essie=essie)
    if read is None or not read.numbered:
        return tuple(StrategyLine(0, line) for line in text.split("\n"))
    return tuple(StrategyLine(line.number, line.text, hits.get(line.number)) for line in read.lines)


def _run(row: runs.Run, all_runs: _Runs, protocol: Protocol) -> ReportedRun:
    counted = all_runs.tallies.get(row.id, {})
    new, changed = counted.get(RecordState.NEW, 0), counted.get(RecordState.CHANGED, 0)
    seen = counted.get(RecordState.SEEN, 0)
    if row.search is None:
        # An entry that a file repeats is one record; the file's account counts it again, as seen.
        seen = max(seen, (row.reported or 0) - new - changed)
    known = row.service.get(CITED, {}).get("known")
    if known is not None:
        # A work that the review had under another source is a record of its own among those of the indexes, and no new work.
        fresh = max(0, min(new, new + seen + changed - int(known)))
        new, seen = fresh, seen + new - fresh
    return ReportedRun(
        id=row.id,
        started=row.started,
        finished=row.finished,
        status=row.status,
        operator=one_line(listed_person(protocol, row.operator)),
        tool_version=row.tool_version,
        reported=row.reported if row.search is not None else row.declared,
        new=new,
        seen=seen,
        changed=changed,
        vanished=len(row.vanished),
        undelivered=tuple(one_line(str(one)) for one in row.undelivered),
        kinds=all_runs.kinds.get(row.id, {}),
        query=row.query,
        since=one_line(str(row.service.get(SINCE, ""))),
        translation=row.translation,
        warnings=tuple(one_line(str(one)) for one in row.warnings),
        service={one_line(str(name)): one_line(str(value)) for name, value in row.service.items() if name in SERVICE_FACTS},
        asked=kept(row.service[ASKED]) if ASKED in row.service else None,
    )


def _file(row: runs.Run, all_runs: _Runs, protocol: Protocol) -> ImportedFile:
    source = all_runs.sources[row.source]
    declared = row.declared or 0
    attachment = all_runs.attached.get(row.id)
    return ImportedFile(
        name=one_line(row.file_name),
        source=one_line(source.name),
        kind=source.kind.value,
        platform=one_line(str(Provenance(str(row.service.get("database", "")), str(row.service.get("platform", ""))))),
        format=row.format,
        encoding=row.encoding,
        sha256=row.file_sha256,
        declared=declared,
        parsed=declared - len(row.rejected),
        rejected=len(row.rejected),
        run=_run(row, all_runs, protocol),
        search=one_line(attachment.search) if attachment else "",
        searched_on=day_of_search(protocol.declared_search(attachment.search), row, attachment) if attachment else None,
        found_in=one_line(str(row.service.get(ADDED, {}).get("from", ""))),
    )


def _declared(review: Review, all_runs: _Runs, at: datetime | None) -> Iterator[ReportedDeclaration]:
    complete = [row for row in all_runs.rows if row.status == RunStatus.COMPLETE]
    times = [
        time
        for time in reconciliations(review.protocol, complete, all_runs.attached, latest_day(at) if at else None)
        # What was done by the day of a version, and came in only later, is of a later version.
        if time.files or (time.search, time.searched_on) not in all_runs.imported_later
    ]
    for search in review.protocol.declared:
        strategy, problem = _stated_strategy(review, search)
        source = all_runs.sources.get(search.slug)
        mine = tuple(time for time in times if time.search == search.name)
        if at is not None and not mine:
            # Nothing shows that it belonged to the version.
            continue
        yield ReportedDeclaration(
            name=search.name,
            source=search.source,
            kind=source.kind.value if source else (search.kind or shown_kind(search.source, Provenance())).value,
            account=search.account,
            strategies=tuple(_declared_strategies(search, strategy, complete, all_runs.attached)),
            times=mine,
            translated_from=search.translated_from,
            how=search.how,
            seeds=search.seeds,
            problem=problem,
        )


def _stated_strategy(review: Review, search: DeclaredSearch) -> tuple[str, str]:
    try:
        return strategy_of(review.folder, search), ""
    except ReviewError as error:
        return "", error.message


def _declared_strategies(
    search: DeclaredSearch, current: str, complete: Iterable[runs.Run], attached: Mapping[str, Attachment]
) -> Iterator[DeclaredStrategy]:
    """Each wording that stood at an import, with the days of its searches, and the one in use last."""
    days: dict[str, dict[date | None, None]] = {}
    for row in complete:
        one = attached.get(row.id)
        if one and one.search == search.name and one.strategy:
            days.setdefault(one.strategy, {})[day_of_search(search, row, one)] = None
    if current:
        days[current] = days.pop(current, {})
    for text, on in days.items():
        yield DeclaredStrategy(text, tuple(on), declared_limits(text, search.account.platform, search.source))


def _versions(transaction: Transaction, until: tuple[int, str] | None) -> Iterator[VersionEvent]:
    standing = {event.id for event in event_rows.not_undone(transaction, EventKind.VERSION)}
    for event in version_events(transaction, until):
        act = event.text("act") if event.id in standing else f"{event.text('act')}, reopened later"
        yield VersionEvent(one_line(event.subject), act, event.at, one_line(event.reviewer))
