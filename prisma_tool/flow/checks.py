"""The arithmetic of PRISMA 2020 (`arithmetic.relations`) for counted numbers, in the form that counting rule 11 (docs/counting.md) gives it.

Invariant: each check computes both sides from lists counted apart, so that it can fail; its detail shows the sum, and where a strict
one fails it says how to mend it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from prisma_tool.flow.adjustments import WITHOUT_VERSIONS
from prisma_tool.flow.arithmetic import relations
from prisma_tool.flow.arithmetic.judge import judge
from prisma_tool.flow.arithmetic.known_sources import misplaced_sources
from prisma_tool.flow.arithmetic.relations import Equality
from prisma_tool.flow.counting_input import CountingInput
from prisma_tool.flow.explained_checks import explained_checks
from prisma_tool.flow.flow import NOTHING_FOUND, Check, CheckKind, Count, Flow
from prisma_tool.flow.version_view import CountedReports
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.protocol.protocol import WITHOUT_TEXT
from prisma_tool.model.text import counted
from prisma_tool.model.vocabulary import RetrievalStatus
from prisma_tool.reports.state import BEFORE_SCREENING, PENDING_ASSESSMENT, PENDING_SCREENING, Phase, Report, ReviewState

REBUILD = "Run `prisma-tool doctor --rebuild`; if it stays, please report it"
ENTERED_TITLES = "Correct it: `prisma-tool adjust titles_excluded -N --note ...`"
PENDING_IN_COLUMN = PENDING_ASSESSMENT | {Phase.SEEKING}
"""What waits in a column between the reports sought and those assessed."""


def check(flow: Flow, basis: CountedReports, review_state: ReviewState, account: CountingInput) -> tuple[Check, ...]:
    """All relations for this flow, strict ones first."""
    return (*_strict(flow, basis), *explained_checks(flow, basis), *_warnings(flow, basis, review_state, account))


def _strict(flow: Flow, basis: CountedReports) -> Iterator[Check]:
    left = [report for report in basis.reports if report.left]
    yield from (_equal(flow, relation) for relation in relations.SOURCES)
    yield _equal(flow, relations.SCREENED, sum(report.n for report in left if report.phase in PENDING_SCREENING))
    if flow.excluded_by_human is not None and flow.excluded_by_tool is not None:
        # What was entered by hand is not divided.
        yield _equal(flow, relations.EXCLUDED_BY_WHOM, -sum(number.n for number in flow.records_excluded.adjustments))
    if flow.screening_reasons:
        yield _equal(flow, relations.SCREENING_REASONS)
    for column in relations.columns(flow):
        reports = [report for report in basis.reports if report.left is (column is relations.LEFT)]
        yield _equal(flow, column.assessed, sum(report.phase in PENDING_IN_COLUMN for report in reports))
        yield _reasons(column.name, getattr(flow, column.excluded.stated).values(), reports)
    yield _equal(flow, relations.INCLUDED, -_of_versions(flow))
    yield _memberships(flow)
    yield _one_state_each(flow, left)
    yield from _meta_analysis(flow)
    if flow.titles_excluded is not None:
        yield judge(flow, relations.TITLES, advice=f". {ENTERED_TITLES}")


def _equal(flow: Flow, relation: Equality, without_box: int = 0) -> Check:
    left, right = relation.sums(flow, without_box)
    return judge(flow, relation, without_box, advice=f". {_mend(flow, relation, right - left)}")


def _mend(flow: Flow, relation: Equality, missing: int) -> str:
    """What to do about a left side that is `missing` short: numbers entered by hand need their other end, records never do."""
    if not flow.adjustments or relation.mend is None:
        return REBUILD
    return (
        "The numbers entered by hand do not add up yet: say where these came from or what became of them too, for example with "
        f"`prisma-tool adjust {relation.mend[missing < 0]} {abs(missing):+d} --note ...`"
    )


def _reasons(name: str, lines: Iterable[Count], reports: list[Report]) -> Check:
    """The reports under the reasons are the reports excluded, each once."""
    excluded = [report.key for report in reports if report.phase is Phase.EXCLUDED]
    keys = [key for line in lines for key in line.records]
    holds = sorted(keys) == sorted(excluded)
    detail = f"{len(keys)} reports under reasons, {len(excluded)} excluded" + ("" if holds else f". {REBUILD}")
    return Check(f"one reason per excluded report ({name})", CheckKind.STRICT, holds, detail)


def _of_versions(flow: Flow) -> int:
    """Reports entered for earlier versions as a whole, which never went through boxes here."""
    return sum(number.n for number in flow.new_reports.adjustments if number.box in WITHOUT_VERSIONS)


def _memberships(flow: Flow) -> Check:
    """Over all versions where some were closed."""
    studies_box, reports_box = flow.total_studies or flow.new_studies, flow.total_reports or flow.new_reports
    studies = studies_box.studies or ()
    in_studies = {key for study in studies for key in study.records}
    stray = sorted(set(reports_box.records) ^ in_studies)
    empty = [study.label for study in studies if not study.records]
    detail = f"{len(reports_box.records)} reports in {len(studies)} studies"
    if stray or empty:
        detail += f"; without a partner: {', '.join([*stray, *empty])}. Link them with `prisma-tool study link`"
    return Check("every included report has a study and every study a report", CheckKind.STRICT, not (stray or empty), detail)


def _one_state_each(flow: Flow, left: list[Report]) -> Check:
    """Duplicates, removals, pending and final states together are the identified records, each once."""
    boxes = (flow.database_results, flow.register_results, *flow.carried_over.values())
    identified = Count.together(box for box in boxes if box is not None)
    reports, early = (sum(report.n for report in some) for some in (left, [one for one in left if one.phase in BEFORE_SCREENING]))
    if identified.unlisted or flow.duplicates.unlisted or any(not report.key for report in left):
        records, wrong = identified.members, [] if identified.members == flow.duplicates.members + reports else [_UNLISTED]
    else:
        records, wrong = _not_once(identified.records, [*flow.duplicates.records, *(report.key for report in left)])
    detail = f"{records} identified = {flow.duplicates.members} duplicates + {early} removed + {reports - early} reports in one state each"
    text = f"{detail}; not so: {', '.join(wrong)}. {REBUILD}" if wrong else detail
    return Check("each record is in exactly one state", CheckKind.STRICT, not wrong, text)


_UNLISTED = "some that were not listed"


def _not_once(identified: Iterable[str], placed: Iterable[str]) -> tuple[int, list[str]]:
    """How many keys are identified, and some that are not identified and placed once each."""
    known, there = Counter(identified), Counter(placed)
    return len(known), sorted(key for key in there.keys() | known.keys() if (there[key], known[key]) != (1, 1))[:5]


def _meta_analysis(flow: Flow) -> Iterator[Check]:
    for relation in relations.meta_analysis(flow):
        correction = -relation.difference(flow)
        yield judge(flow, relation, advice=f". Correct it: `prisma-tool adjust {relation.stated} {correction:+d} --note ...`")


def excluded_unread(reports: Iterable[Report], review_state: ReviewState) -> list[str]:
    """The keys of reports excluded at full text for what they say, although nobody said that their text was retrieved."""
    texts = {
        slot.subject
        for slot, event in review_state.state.standing.items()
        if slot.kind == EventKind.RETRIEVAL and event.text("status") == RetrievalStatus.RETRIEVED
    }
    return [
        report.key
        for report in reports
        if report.phase is Phase.EXCLUDED
        and report.reason not in WITHOUT_TEXT
        and not any(record.key in texts or record.register_entry for record in report.records)
    ]


def _warnings(flow: Flow, basis: CountedReports, review_state: ReviewState, account: CountingInput) -> Iterator[Check]:
    uncertain = review_state.uncertain_pairs
    unfinished = sum(part.n for part in (flow.pending.title_abstract, flow.pending.retrieval, flow.pending.full_text))
    waiting = max(unfinished, flow.pending.conflicts.n)
    reports = counted(waiting, "report waits", "reports wait")
    yield _zero_check(
        "nothing pending", waiting, f"{reports} for screening, retrieval, assessment or agreement: the figure is interim"
    )
    pairs = counted(uncertain, "uncertain pair")
    yield _zero_check(
        "no uncertain duplicate pairs", uncertain, f"{pairs} of records: `prisma-tool dedupe --review` asks about them"
    )
    arrived = counted(flow.unmerged, "record")
    yield _zero_check(
        "no records wait for deduplication", flow.unmerged, f"{arrived} not compared for duplicates yet: `prisma-tool dedupe`"
    )
    unread = len(excluded_unread(basis.reports, review_state))
    yield _zero_check("exclusions rest on a retrieved text", unread, _unread(unread))
    undelivered = counted(account.undelivered, "id was", "ids were")
    yield _zero_check(
        "nothing undelivered", account.undelivered, f"{undelivered} listed but not delivered: rerun `prisma-tool search`"
    )
    rejected = counted(account.rejected, "entry", "entries")
    yield _zero_check("nothing rejected", account.rejected, f"{rejected} of imported files could not be read: see rejects/")
    unfinished_runs = f"{counted(len(account.unfinished), 'search', 'searches')} not finished: {', '.join(account.unfinished)}"
    yield _zero_check("all searches complete", len(account.unfinished), unfinished_runs)
    if relations.OTHER_METHODS in relations.table(flow):
        yield judge(flow, relations.OTHER_METHODS)
    yield from misplaced_sources(flow)


def _unread(n: int) -> str:
    excluded = counted(n, "report was", "reports were")
    texts = "its text says, which is" if n == 1 else "their texts say, which are"
    return f"{excluded} excluded for what {texts} not recorded as retrieved: `prisma-tool retrieve`, or take the exclusion back"


def _zero_check(name: str, n: int, detail: str) -> Check:
    return Check(name, CheckKind.WARNING, n == 0, detail if n else NOTHING_FOUND)
