"""From an open review to the data of its search appendix.

Owns the reading, not the words. The numbers of identified records are the flow diagram's own, so that the two cannot differ.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from prisma_tool.dedupe.run import current_report
from prisma_tool.flow.flow import Count, Flow
from prisma_tool.flow.read import read_flow
from prisma_tool.identify.files.provenance import Provenance
from prisma_tool.identify.search.fetchers import SYNONYMS_USED
from prisma_tool.identify.search.run_report import SENT
from prisma_tool.identify.strategy.numbered_lines import NumberedStrategy, StrategyFault
from prisma_tool.identify.strategy.pasted.reader import read_strategy, written
from prisma_tool.identify.strategy.submitted_query import as_text
from prisma_tool.manuscript.search_appendix.data import (
    Appendix,
    Deduplication,
    DeduplicationPass,
    IdentifiedBox,
    ImportedFile,
    ReportedRun,
    ReportedStrategy,
    Search,
    StrategyLine,
    VersionEvent,
)
from prisma_tool.manuscript.search_appendix.limits import limits
from prisma_tool.manuscript.search_appendix.strategy_tests import StrategyTests, tests
from prisma_tool.model.log.events import ENGINE, Event, EventKind
from prisma_tool.model.protocol.live_sources import BY_SLUG
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import DuplicateVerdict, RecordState
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.records import clusters
from prisma_tool.store.runs import reruns, runs
from prisma_tool.store.runs.run_comparison import SINCE
from prisma_tool.store.runs.runs import Source
from prisma_tool.version import VERSION

SERVICE_FACTS = ("apiVersion", "dataTimestamp", SYNONYMS_USED)
"""What a service says about itself, and how it was asked, that is worth citing."""

BOXES = (
    ("databases", "database_results", "database_specific_results"),
    ("registers", "register_results", "register_specific_results"),
    ("websites", "website_results", ""),
    ("organisations", "organisation_results", ""),
    ("citation searching", "citations_results", ""),
)
"""The boxes of identified records: the words of the appendix, the flow's key, and the key of its lines."""


def read_appendix(review: Review) -> Appendix:
    """The search appendix of a review as it stands.

    Raises:
        PrismaError: the review's flow cannot be counted.
    """
    flow = read_flow(review)
    with review.store.read() as transaction:
        all_runs = _Runs.read(transaction)
        tested = tests(transaction)
        return Appendix(
            title=one_line(review.protocol.title),
            tool_version=VERSION,
            searches=tuple(_searches(all_runs, tested, review.protocol)),
            files=tuple(_file(row, all_runs) for row in all_runs.rows if row.search is None),
            deduplication=_deduplication(transaction),
            identified=tuple(_identified(flow)),
            duplicates_removed=flow.duplicates.n,
            versions=tuple(_versions(transaction)),
            interim=flow.interim,
        )


@dataclass(frozen=True, slots=True)
class _Runs:
    """All runs in the order of their start, with what is counted about them."""

    rows: list[runs.Run]
    sources: Mapping[str, Source]
    tallies: Mapping[str, Mapping[str, int]]
    kinds: Mapping[str, Mapping[str, int]]

    @classmethod
    def read(cls, transaction: Transaction) -> _Runs:
        return cls(
            rows=runs.all_runs(transaction),
            sources={source.slug: source for source in runs.sources(transaction)},
            tallies=reruns.state_counts(transaction),
            kinds=reruns.kinds_of_change(transaction),
        )


def _searches(all_runs: _Runs, tested: StrategyTests, protocol: Protocol) -> Iterator[Search]:
    by_name: dict[str, list[runs.Run]] = {}
    for row in all_runs.rows:
        if row.search is not None:
            by_name.setdefault(row.search, []).append(row)
    for name, rows in by_name.items():
        source = all_runs.sources[rows[-1].source]
        live = BY_SLUG.get(source.slug)
        yield Search(
            name=one_line(name),
            source=one_line(source.name),
            kind=source.kind.value,
            platform=live.reached if live else "",
            strategies=tuple(_strategies(name, rows, tested, essie=live is None or live.expressions)),
            runs=tuple(_run(row, all_runs) for row in rows),
            known=tested.known.get(name, ()),
            unfinished=runs.is_unfinished(name, rows[-1].status, protocol),
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


def _run(row: runs.Run, all_runs: _Runs) -> ReportedRun:
    counted = all_runs.tallies.get(row.id, {})
    new, changed = counted.get(RecordState.NEW, 0), counted.get(RecordState.CHANGED, 0)
    seen = counted.get(RecordState.SEEN, 0)
    if row.search is None:
        # An entry that a file repeats is one record; the file's account counts it again, as seen.
        seen = max(seen, (row.reported or 0) - new - changed)
    return ReportedRun(
        id=row.id,
        started=row.started,
        finished=row.finished,
        status=row.status,
        operator=one_line(row.operator),
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
    )


def _file(row: runs.Run, all_runs: _Runs) -> ImportedFile:
    source = all_runs.sources[row.source]
    declared = row.declared or 0
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
        run=_run(row, all_runs),
    )


def _identified(flow: Flow) -> Iterator[IdentifiedBox]:
    for box, key, lines in BOXES:
        counted: Count | None = getattr(flow, key)
        if counted is not None and (counted.n or lines):
            parts = getattr(flow, lines) if lines else {}
            yield IdentifiedBox(box, counted.n, tuple((one_line(label), part.n) for label, part in parts.items()))
    for label, part in flow.other_specific_results.items():
        yield IdentifiedBox(one_line(label), part.n, ())


def _deduplication(transaction: Transaction) -> Deduplication:
    report = current_report(transaction)
    passes = list(event_rows.events(transaction, kinds=[EventKind.DEDUPLICATION]))
    return Deduplication(
        records=report.records,
        reports=report.unique,
        removed=report.duplicates_removed,
        uncertain=report.uncertain,
        waiting=len(clusters.waiting_keys(transaction)),
        passes=tuple(map(_pass, passes)),
        rules=tuple(_rules(passes)),
        by_hand=tuple(_by_hand(transaction)),
    )


def _pass(event: Event) -> DeduplicationPass:
    payload = event.payload
    return DeduplicationPass(
        event.at, event.tool_version, int(payload.get("fresh", 0)), bool(payload.get("strict")), event.text("configuration")
    )


def _rules(passes: Iterable[Event]) -> Iterator[tuple[str, str, int]]:
    """(verdict, rule, pairs) over all passes and sources, the most frequent first."""
    pairs: Counter[tuple[str, str]] = Counter()
    for event in passes:
        for verdict, rule, _, n in event.payload.get("found", ()):
            pairs[str(verdict), one_line(str(rule))] += int(n)
    yield from sorted(((verdict, rule, n) for (verdict, rule), n in pairs.items()), key=lambda item: (-item[2], item[:2]))


def _by_hand(transaction: Transaction) -> Iterator[tuple[str, int]]:
    """(verdict, pairs) that people stated and that stand."""
    stated = Counter(event.text("verdict") for event in clusters.verdicts(transaction).values() if event.reviewer != ENGINE)
    yield from ((verdict.value, stated[verdict.value]) for verdict in DuplicateVerdict if stated[verdict.value])


def _versions(transaction: Transaction) -> Iterator[VersionEvent]:
    standing = {event.id for event in event_rows.not_undone(transaction, EventKind.VERSION)}
    for event in event_rows.events(transaction, kinds=[EventKind.VERSION]):
        act = event.text("act") if event.id in standing else f"{event.text('act')}, reopened later"
        yield VersionEvent(one_line(event.subject), act, event.at, one_line(event.reviewer))
