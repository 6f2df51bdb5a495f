"""The arithmetic of PRISMA 2020 (reference prisma2020.md, C3), in the form counting.md rule 11 gives it.

Each check computes both sides from lists counted apart, so that it can fail; its detail shows the sum, and where a strict one fails
it says how to mend it. The numbers of C3 stand in the functions' words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from prisma_tool.flow.adjustments import WITHOUT_VERSIONS
from prisma_tool.flow.counting_input import Account
from prisma_tool.flow.explained_checks import explainable
from prisma_tool.flow.flow import Check, CheckKind, Count, Flow, total
from prisma_tool.flow.version_view import View
from prisma_tool.reports.state import BEFORE_SCREENING, PENDING_SCREENING, Phase, Report, Standing

REBUILD = "Run `prisma-tool doctor --rebuild`; if it stays, please report it"


def check(flow: Flow, seen: View, standing: Standing, account: Account) -> tuple[Check, ...]:
    """All relations for this flow, strict ones first."""
    return (*_strict(flow, seen), *explainable(flow, seen), *_warnings(flow, seen, standing, account))


def _strict(flow: Flow, seen: View) -> Iterator[Check]:
    left = [report for report in seen.reports if report.left]
    yield from _identified(flow, left)
    if flow.excluded_by_human is not None and flow.excluded_by_tool is not None:
        yield _by_whom(flow, flow.excluded_by_human.n + flow.excluded_by_tool.n)
    columns = (flow.dbr_sought_reports, flow.dbr_notretrieved_reports, flow.dbr_assessed)
    yield _column(flow, "databases and registers", left, columns)
    yield _reasons("databases and registers", flow.dbr_excluded.values(), left)
    if flow.has_other_methods and flow.other_sought_reports and flow.other_notretrieved_reports and flow.other_assessed:
        other = [report for report in seen.reports if not report.left]
        columns = (flow.other_sought_reports, flow.other_notretrieved_reports, flow.other_assessed)
        yield _column(flow, "other methods", other, columns)
        yield _reasons("other methods", flow.other_excluded.values(), other)
    yield _entering(flow)
    yield _memberships(flow)
    yield _one_state_each(flow, left)
    yield from _meta_analysis(flow)


def _identified(flow: Flow, left: list[Report]) -> Iterator[Check]:
    """Relations 1 and 2."""
    identified = flow.database_results.n + flow.register_results.n
    removed = flow.duplicates.n + flow.excluded_automatic.n + flow.excluded_other.n
    screened = flow.records_screened.n + sum(report.phase in PENDING_SCREENING for report in left)
    databases, registers = total(flow.database_specific_results), total(flow.register_specific_results)
    yield _equal("databases = sum of databases", flow.database_results.n, databases, REBUILD)
    yield _equal("registers = sum of registers", flow.register_results.n, registers, REBUILD)
    mend = _mend(flow, identified - removed - screened, "records_screened", "database_results:NAME")
    yield _equal("screened + pending = identified - removed", screened, identified - removed, mend)


def _by_whom(flow: Flow, by_both: int) -> Check:
    """Relation 3; what was entered by hand is not divided."""
    by_hand = sum(number.n for number in flow.records_excluded.adjustments)
    return _equal("excluded = excluded by human + by tool", flow.records_excluded.n - by_hand, by_both, REBUILD)


def _column(flow: Flow, name: str, reports: list[Report], columns: tuple[Count, Count, Count]) -> Check:
    """Relation 5."""
    sought, missing, assessed = columns
    phases = Counter(report.phase for report in reports)
    waiting = phases[Phase.SEEKING] + phases[Phase.ASSESSING] + phases[Phase.ASSESSMENT_CONFLICT]
    prefix = "other" if name == "other methods" else "dbr"
    mend = _mend(flow, sought.n - missing.n - assessed.n - waiting, f"{prefix}_assessed", f"{prefix}_sought_reports")
    return _equal(f"assessed + pending = sought - not retrieved ({name})", assessed.n + waiting, sought.n - missing.n, mend)


def _reasons(name: str, lines: Iterable[Count], reports: list[Report]) -> Check:
    """Relation 6."""
    excluded = [report.key for report in reports if report.phase is Phase.EXCLUDED]
    keys = [key for line in lines for key in line.records]
    holds = sorted(keys) == sorted(excluded)
    detail = f"{len(keys)} reports under reasons, {len(excluded)} excluded" + ("" if holds else f". {REBUILD}")
    return Check(f"one reason per excluded report ({name})", CheckKind.STRICT, holds, detail)


def _entering(flow: Flow) -> Check:
    """Relation 7."""
    assessed = flow.dbr_assessed.n + (flow.other_assessed.n if flow.other_assessed else 0)
    set_aside = total(flow.ongoing) + total(flow.awaiting)
    out = total(flow.dbr_excluded) + total(flow.other_excluded) + set_aside
    # What was entered for earlier versions as a whole never went through boxes here.
    whole = sum(number.n for number in flow.new_reports.adjustments if number.box in WITHOUT_VERSIONS)
    entering = flow.new_reports.n - whole + total(flow.new_reports_of_previous_studies)
    mend = _mend(flow, assessed - out - entering, "new_reports", "dbr_assessed")
    return _equal("included = assessed - excluded - ongoing - awaiting", entering, assessed - out, mend)


def _memberships(flow: Flow) -> Check:
    """Relation 8, over all versions where some were closed."""
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
    """Relation 14: duplicates, removals, pending and final states together are the identified records, each once."""
    times = Counter([*flow.duplicates.records, *(report.key for report in left)])
    listed = Counter([*flow.database_results.records, *flow.register_results.records])
    wrong = sorted(key for key in times.keys() | listed.keys() if (times[key], listed[key]) != (1, 1))[:5]
    early = sum(report.phase in BEFORE_SCREENING for report in left)
    detail = (
        f"{len(listed)} identified = {len(flow.duplicates.records)} duplicates + {early} removed + "
        f"{len(left) - early} reports in one state each"
    )
    told = f"{detail}; not so: {', '.join(wrong)}. {REBUILD}" if wrong else detail
    return Check("each record is in exactly one state", CheckKind.STRICT, not wrong, told)


def _meta_analysis(flow: Flow) -> Iterator[Check]:
    """Relation 15."""
    pairs = (
        ("studies", flow.total_studies_ma, flow.total_studies or flow.new_studies),
        ("reports", flow.total_reports_ma, flow.total_reports or flow.new_reports),
    )
    for what, pooled, included in pairs:
        if pooled is not None:
            holds = pooled.n <= included.n
            mend = "" if holds else f". Correct it: `prisma-tool adjust total_{what}_ma {included.n - pooled.n:+d} --note ...`"
            detail = f"{pooled.n} of {included.n} included{mend}"
            yield Check(f"{what} in the meta-analysis are included {what}", CheckKind.STRICT, holds, detail)


def _warnings(flow: Flow, seen: View, standing: Standing, account: Account) -> Iterator[Check]:
    uncertain = standing.uncertain_pairs
    open_ones = sum(part.n for part in (flow.pending.title_abstract, flow.pending.retrieval, flow.pending.full_text))
    waiting = max(open_ones, flow.pending.conflicts.n)
    yield _none(
        "nothing pending", waiting, "reports wait for screening, retrieval, assessment or agreement: the figure is interim"
    )
    yield _none("no uncertain duplicate pairs", uncertain, "uncertain pairs of records: `prisma-tool dedupe` lists them")
    yield _none("no records wait for deduplication", flow.unmerged, "records arrived since: run `prisma-tool dedupe`")
    yield _none("nothing undelivered", account.undelivered, "ids were listed but not delivered: rerun `prisma-tool search`")
    yield _none("nothing rejected", account.rejected, "entries of imported files could not be read: see rejects/")
    yield _none("all searches complete", len(account.unfinished), f"unfinished: {', '.join(account.unfinished)}")
    if flow.has_other_methods and flow.other_sought_reports:
        yield _other_methods(flow, seen, flow.other_sought_reports)


def _other_methods(flow: Flow, seen: View, sought: Count) -> Check:
    """Relation 9."""
    boxes = (flow.website_results, flow.organisation_results, flow.citations_results, *flow.other_specific_results.values())
    by_hand = sum(number.n for counted in boxes if counted for number in counted.adjustments)
    found = sum(not one.kind.in_left_column for one in seen.identified) + by_hand
    detail = f"{found} records identified, {sought.n} reports sought"
    return Check("other methods: identified at least sought", CheckKind.WARNING, found >= sought.n, detail)


def _none(name: str, n: int, words: str) -> Check:
    return Check(name, CheckKind.WARNING, n == 0, f"{n} {words}" if n else "none")


def _equal(name: str, mine: int, other: int, mend: str) -> Check:
    holds = mine == other
    return Check(name, CheckKind.STRICT, holds, f"{mine} = {other}" if holds else f"{mine} is not {other}. {mend}")


def _mend(flow: Flow, missing: int, end: str, start: str) -> str:
    """What to do about a sum whose left side is `missing` short: numbers entered by hand need their other end, records never do.

    `end` is the box where more would close the gap, `start` the one where more would if there are too many.
    """
    if not flow.adjustments or not missing:
        return REBUILD
    box = end if missing > 0 else start
    return (
        "The numbers entered by hand do not add up yet: say where these came from or what became of them too, for example with "
        f"`prisma-tool adjust {box} {abs(missing):+d} --note ...`"
    )
