"""The relations of PRISMA 2020 that numbers alone can be held against (reference prisma2020.md, C3).

Names and kinds are those of `checks`, so that what a flow's own file says of itself can be compared: a check of the file stands while
the arithmetic gives it right. Invariant: no relation is judged with a number that nobody gave.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prisma_tool.flow.adjustments import SUM_OF, WITHOUT_VERSIONS
from prisma_tool.flow.flow import Check, CheckKind, Count, Flow, total

_MEND = "Correct the numbers"
_EXPLAIN = "a footnote should explain the difference"


def checks(flow: Flow, told: Sequence[Check] = (), missing: frozenset[str] = frozenset()) -> tuple[Check, ...]:
    """All relations for typed numbers; `told` are the checks that came with them, `missing` the keys that nobody gave."""
    mine = (*_strict(flow, missing), *_explainable(flow, missing), *_warnings(flow))
    if not told:
        return mine
    names = {one.name for one in told}
    by_name = {one.name: one for one in mine}
    return (
        *(_standing(one, by_name.get(one.name)) for one in told),
        *(one for one in mine if one.name not in names and not one.holds and one.kind is CheckKind.STRICT),
    )


def _standing(told: Check, mine: Check | None) -> Check:
    """What a file says of itself stands while its arithmetic is that of its numbers; pending work by column is known to it alone."""
    if mine is None or mine.kind is CheckKind.WARNING or _sum(told) == _sum(mine):
        return told
    return Check(told.name, told.kind, mine.holds, mine.detail)


def _sum(check: Check) -> str:
    """The arithmetic of a detail, without the explanation or the advice behind it."""
    return check.detail.partition(";")[0].partition(". ")[0]


def _strict(flow: Flow, missing: frozenset[str]) -> Iterator[Check]:
    yield from _sources(flow, missing)
    yield _screened(flow)
    columns = (flow.dbr_sought_reports, flow.dbr_notretrieved_reports, flow.dbr_assessed)
    yield from _column(flow, "databases and registers", columns, total(flow.dbr_excluded))
    yield _part("records excluded are records screened", flow.records_excluded.n, flow.records_screened.n, "screened")
    if flow.has_other_methods and flow.other_sought_reports and flow.other_notretrieved_reports and flow.other_assessed:
        columns = (flow.other_sought_reports, flow.other_notretrieved_reports, flow.other_assessed)
        yield from _column(flow, "other methods", columns, total(flow.other_excluded))
    yield from _meta_analysis(flow, missing)


def _meta_analysis(flow: Flow, missing: frozenset[str]) -> Iterator[Check]:
    """Relation 15."""
    boxes = (
        ("studies", flow.total_studies_ma, flow.total_studies or flow.new_studies),
        ("reports", flow.total_reports_ma, flow.total_reports or flow.new_reports),
    )
    for what, pooled, whole in boxes:
        if pooled is not None and f"new_{what}" not in missing:
            yield _part(f"{what} in the meta-analysis are included {what}", pooled.n, whole.n, "included")


def _sources(flow: Flow, missing: frozenset[str]) -> Iterator[Check]:
    """Relation 1, where the sources are listed."""
    for lines, box in SUM_OF.items():
        name = box.split("_", maxsplit=1)[0] + "s"
        listed = getattr(flow, lines)
        if listed and box not in missing:
            yield _equal(f"{name} = sum of {name}", getattr(flow, box).n, total(listed))


def _screened(flow: Flow) -> Check:
    """Relation 2."""
    identified = flow.database_results.n + flow.register_results.n
    removed = flow.duplicates.n + flow.excluded_automatic.n + flow.excluded_other.n
    name = "screened + pending = identified - removed"
    return _with_pending(name, flow.records_screened.n, identified - removed, flow.pending.title_abstract.n)


def _column(flow: Flow, name: str, columns: tuple[Count, Count, Count], excluded: int) -> Iterator[Check]:
    """Relation 5, and as much of 6 as numbers show."""
    sought, missing, assessed = columns
    waiting = flow.pending.retrieval.n + flow.pending.full_text.n
    yield _with_pending(f"assessed + pending = sought - not retrieved ({name})", assessed.n, sought.n - missing.n, waiting)
    yield _part(f"reports excluded are reports assessed ({name})", excluded, assessed.n, "assessed")


def _with_pending(name: str, n: int, expected: int, waiting: int) -> Check:
    """Pending work is not told apart by column, so any part of it may belong here."""
    return _equal(name, expected if n < expected <= n + waiting else n, expected)


def _equal(name: str, mine: int, other: int) -> Check:
    holds = mine == other
    return Check(name, CheckKind.STRICT, holds, f"{mine} = {other}" if holds else f"{mine} is not {other}. {_MEND}")


def _part(name: str, part: int, whole: int, what: str) -> Check:
    detail = f"{part} of {whole} {what}"
    return Check(name, CheckKind.STRICT, part <= whole, detail if part <= whole else f"{detail}. {_MEND}")


def _explainable(flow: Flow, missing: frozenset[str]) -> Iterator[Check]:
    screened, excluded, sought = flow.records_screened.n, flow.records_excluded.n, flow.dbr_sought_reports.n
    left = f"{screened} screened - {excluded} excluded"
    yield _same("sought = screened - excluded", left, screened - excluded, f"{sought} sought", sought)
    if "new_reports" not in missing:
        yield _entering(flow)
    yield from _studies_and_reports(flow, missing)
    yield from _totals(flow, missing)


def _same(name: str, left: str, n: int, right: str, expected: int) -> Check:
    """Relations 4, 10 and 11: differences are possible, but somebody must say why."""
    detail = f"{left} = {right}" if n == expected else f"{left} is not {right}; {expected - n:+d}: {_EXPLAIN}"
    return Check(name, CheckKind.EXPLAINABLE, n == expected, detail)


def _entering(flow: Flow) -> Check:
    """Relation 7; a report that both columns found, or that belongs to a previous study, explains a difference."""
    assessed = flow.dbr_assessed.n + (flow.other_assessed.n if flow.other_assessed else 0)
    out = total(flow.dbr_excluded) + total(flow.other_excluded) + total(flow.ongoing) + total(flow.awaiting)
    entering = flow.new_reports.n + total(flow.new_reports_of_previous_studies) - _of_versions(flow)
    holds = entering == assessed - out
    detail = f"{entering} = {assessed - out}" if holds else f"{entering} is not {assessed - out}; {_EXPLAIN}"
    return Check("included = assessed - excluded - ongoing - awaiting", CheckKind.EXPLAINABLE, holds, detail)


def _of_versions(flow: Flow) -> int:
    """Numbers entered for earlier versions as a whole, which never went through boxes here."""
    if flow.previous_studies is not None:
        return 0
    return sum(one.n for one in flow.adjustments if one.box in WITHOUT_VERSIONS and one.box.endswith("reports"))


def _studies_and_reports(flow: Flow, missing: frozenset[str]) -> Iterator[Check]:
    """Relation 8."""
    studies, reports = flow.total_studies or flow.new_studies, flow.total_reports or flow.new_reports
    if (flow.total_studies is None) is (flow.total_reports is None) and "new_reports" not in missing:
        detail = f"{studies.n} studies, {reports.n} reports"
        yield Check("studies and reports", CheckKind.EXPLAINABLE, studies.n <= reports.n, detail)


def _totals(flow: Flow, missing: frozenset[str]) -> Iterator[Check]:
    boxes = (
        ("studies", flow.previous_studies, flow.new_studies, flow.total_studies),
        ("reports", flow.previous_reports, flow.new_reports, flow.total_reports),
    )
    for what, previous, new, whole in boxes:
        if previous is not None and whole is not None and f"new_{what}" not in missing:
            left = f"{previous.n} previous + {new.n} new"
            yield _same(f"total {what} = previous + new", left, previous.n + new.n, f"{whole.n} in total", whole.n)


def _warnings(flow: Flow) -> Iterator[Check]:
    waiting = sum(part.n for part in (flow.pending.title_abstract, flow.pending.retrieval, flow.pending.full_text))
    if waiting or flow.pending.conflicts.n:
        detail = f"{max(waiting, flow.pending.conflicts.n)} reports wait: the figure is interim"
        yield Check("nothing pending", CheckKind.WARNING, holds=False, detail=detail)
    if flow.has_other_methods and flow.other_sought_reports:
        boxes = (flow.website_results, flow.organisation_results, flow.citations_results, *flow.other_specific_results.values())
        found = sum(counted.n for counted in boxes if counted)
        detail = f"{found} records identified, {flow.other_sought_reports.n} reports sought"
        name = "other methods: identified at least sought"
        yield Check(name, CheckKind.WARNING, found >= flow.other_sought_reports.n, detail)
