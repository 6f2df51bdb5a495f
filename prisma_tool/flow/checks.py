"""The arithmetic of PRISMA 2020 (reference prisma2020.md, C3), in the form counting.md rule 11 gives it.

Each check computes both sides from lists counted apart, so that it can fail; its detail shows the sum.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from prisma_tool.flow.account import Account
from prisma_tool.flow.flow import Check, CheckKind, Count, Flow
from prisma_tool.screening.reports import BEFORE_SCREENING, PENDING_SCREENING, Phase, Report, Standing


def check(flow: Flow, standing: Standing, account: Account) -> tuple[Check, ...]:
    """All relations for this flow, strict ones first."""
    return (*_strict(flow, standing), *_explainable(flow), *_warnings(flow, standing, account))


def _strict(flow: Flow, standing: Standing) -> Iterator[Check]:
    identified = flow.database_results.n + flow.register_results.n
    removed = flow.duplicates.n + flow.excluded_automatic.n + flow.excluded_other.n
    left = [report for report in standing.reports if report.left]
    waiting = sum(report.phase in PENDING_SCREENING for report in left)
    yield _equal("databases = sum of databases", flow.database_results.n, _total(flow.database_specific_results.values()))
    yield _equal("registers = sum of registers", flow.register_results.n, _total(flow.register_specific_results.values()))
    yield _equal("screened + pending = identified - removed", flow.records_screened.n + waiting, identified - removed)
    yield _equal("screened = excluded + sought", flow.records_screened.n, flow.records_excluded.n + flow.dbr_sought_reports.n)
    yield from _column("databases and registers", left, flow.dbr_sought_reports, flow.dbr_notretrieved_reports, flow.dbr_assessed)
    yield _reasons("databases and registers", flow.dbr_excluded.values(), left)
    if flow.has_other_methods and flow.other_sought_reports and flow.other_notretrieved_reports and flow.other_assessed:
        other = [report for report in standing.reports if not report.left]
        columns = (flow.other_sought_reports, flow.other_notretrieved_reports, flow.other_assessed)
        yield from _column("other methods", other, *columns)
        yield _reasons("other methods", flow.other_excluded.values(), other)
    yield _entering(flow)
    yield _memberships(flow)
    yield _one_state_each(flow, standing, identified)


def _column(name: str, reports: list[Report], sought: Count, missing: Count, assessed: Count) -> Iterator[Check]:
    phases = Counter(report.phase for report in reports)
    seeking = phases[Phase.SEEKING]
    assessing = phases[Phase.ASSESSING] + phases[Phase.ASSESSMENT_CONFLICT]
    yield _equal(f"assessed + pending = sought - not retrieved ({name})", assessed.n + seeking + assessing, sought.n - missing.n)


def _reasons(name: str, lines: Iterable[Count], reports: list[Report]) -> Check:
    excluded = [report.key for report in reports if report.phase is Phase.EXCLUDED]
    keys = [key for line in lines for key in line.records]
    holds = sorted(keys) == sorted(excluded)
    return Check(
        f"one reason per excluded report ({name})",
        CheckKind.STRICT,
        holds,
        f"{len(keys)} reports under reasons, {len(excluded)} excluded",
    )


def _entering(flow: Flow) -> Check:
    assessed = flow.dbr_assessed.n + (flow.other_assessed.n if flow.other_assessed else 0)
    set_aside = _total(flow.ongoing.values()) + _total(flow.awaiting.values())
    excluded = _total(flow.dbr_excluded.values()) + _total(flow.other_excluded.values())
    return _equal("included = assessed - excluded - ongoing - awaiting", flow.new_reports.n, assessed - excluded - set_aside)


def _memberships(flow: Flow) -> Check:
    studies = flow.new_studies.studies or ()
    in_studies = {key for study in studies for key in study.records}
    stray = sorted(set(flow.new_reports.records) ^ in_studies)
    empty = [study.label for study in studies if not study.records]
    detail = f"{flow.new_reports.n} reports in {len(studies)} studies"
    if stray or empty:
        detail += f"; without a partner: {', '.join([*stray, *empty])}. Link them with `prisma-tool study link`"
    return Check("every included report has a study and every study a report", CheckKind.STRICT, not (stray or empty), detail)


def _one_state_each(flow: Flow, standing: Standing, identified: int) -> Check:
    """Relation 14: duplicates, removals, pending and final states together are the identified records, each once."""
    left = [report for report in standing.reports if report.left]
    keys = [*flow.duplicates.records, *(report.key for report in left)]
    times = Counter(keys)
    doubled = [key for key, n in times.items() if n > 1]
    listed = {*flow.database_results.records, *flow.register_results.records}
    lost = listed ^ set(times)
    holds = not doubled and not lost and len(keys) == identified
    early = sum(report.phase in BEFORE_SCREENING for report in left)
    detail = f"{identified} identified = {flow.duplicates.n} duplicates + {early} removed + {len(left) - early} reports in one state each"
    trouble = sorted({*doubled, *lost})[:5]
    return Check(
        "each record is in exactly one state",
        CheckKind.STRICT,
        holds,
        detail if holds else f"{detail}; not so: {', '.join(trouble)}. Run `prisma-tool doctor --rebuild`",
    )


def _explainable(flow: Flow) -> Iterator[Check]:
    studies, reports = flow.new_studies.n, flow.new_reports.n
    several = [study.label for study in flow.new_studies.studies or () if len(study.records) > 1]
    detail = f"{studies} studies, {reports} reports; {len(several)} studies have several reports"
    memberships = sum(len(study.records) for study in flow.new_studies.studies or ())
    if memberships > reports:
        detail += f"; {memberships - reports} times a report counts for a further study"
    yield Check("studies and reports", CheckKind.EXPLAINABLE, studies <= reports or memberships > reports, detail)


def _warnings(flow: Flow, standing: Standing, account: Account) -> Iterator[Check]:
    uncertain = standing.uncertain_pairs
    yield _none("no uncertain duplicate pairs", uncertain, "uncertain pairs of records: `prisma-tool dedupe` lists them")
    yield _none("no records wait for deduplication", flow.unmerged, "records arrived since: run `prisma-tool dedupe`")
    yield _none("nothing undelivered", account.undelivered, "ids were listed but not delivered: rerun `prisma-tool search`")
    yield _none("nothing rejected", account.rejected, "entries of imported files could not be read: see rejects/")
    yield _none("all searches complete", len(account.unfinished), f"unfinished: {', '.join(account.unfinished)}")
    if flow.has_other_methods and flow.other_sought_reports:
        found = sum(report.left is False for report in standing.reports)
        yield Check(
            "other methods: identified at least sought",
            CheckKind.WARNING,
            found >= flow.other_sought_reports.n,
            f"{found} reports identified, {flow.other_sought_reports.n} sought",
        )


def _none(name: str, n: int, words: str) -> Check:
    return Check(name, CheckKind.WARNING, n == 0, f"{n} {words}" if n else "none")


def _equal(name: str, mine: int, other: int) -> Check:
    return Check(name, CheckKind.STRICT, mine == other, f"{mine} {'=' if mine == other else 'is not'} {other}")


def _total(counts: Iterable[Count]) -> int:
    return sum(counted.n for counted in counts)
