"""The relations of PRISMA 2020 (`relations`) for typed numbers, as far as numbers alone can be held against them.

Names and kinds are those of `checks`, so that what a flow's own file says of itself can be compared: a check of the file stands while
the arithmetic gives it right. Invariant: no relation is judged with a number that nobody gave.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from prisma_tool.flow import relations
from prisma_tool.flow.adjustments import WITHOUT_VERSIONS
from prisma_tool.flow.flow import Check, CheckKind, Flow
from prisma_tool.flow.relations import Equality

_MEND = ". Correct the numbers"
_EXPLAIN = "a footnote should explain the difference"


def checks(flow: Flow, stated: Sequence[Check] = (), missing: frozenset[str] = frozenset()) -> tuple[Check, ...]:
    """All relations for typed numbers; `told` are the checks that came with them, `missing` the keys that nobody gave."""
    computed = (*_strict(flow, missing), *_explainable(flow, missing), *_warnings(flow))
    if not stated:
        return computed
    names = {check.name for check in stated}
    by_name = {check.name: check for check in computed}
    return (
        *(_stated_or_computed(check, by_name.get(check.name)) for check in stated),
        *(check for check in computed if check.name not in names and not check.holds and check.kind is CheckKind.STRICT),
    )


def _stated_or_computed(stated: Check, computed: Check | None) -> Check:
    """What a file says of itself stands while its arithmetic is that of its numbers; pending work by column is known to it alone."""
    if computed is None or computed.kind is CheckKind.WARNING or _sum(stated) == _sum(computed):
        return stated
    return Check(stated.name, stated.kind, computed.holds, computed.detail)


def _sum(check: Check) -> str:
    """The arithmetic of a detail, without the explanation or the advice behind it."""
    return check.detail.partition(";")[0].partition(". ")[0]


def _strict(flow: Flow, missing: frozenset[str]) -> Iterator[Check]:
    for relation in relations.SOURCES:
        if getattr(flow, relation.right) and relation.left not in missing:
            yield relation.check(flow, advice=_MEND)
    yield _with_pending(flow, relations.SCREENED, flow.pending.title_abstract.n)
    for column in relations.columns(flow):
        yield _with_pending(flow, column.assessed, flow.pending.retrieval.n + flow.pending.full_text.n)
        yield column.excluded.check(flow, _MEND)
        if column is relations.LEFT:
            yield relations.RECORDS_EXCLUDED.check(flow, _MEND)
    for part in relations.META_ANALYSIS:
        if getattr(flow, part.part) is not None and part.whole[-1] not in missing:
            yield part.check(flow, _MEND)


def _with_pending(flow: Flow, relation: Equality, pending: int) -> Check:
    """Pending work is not told apart by column, so any part of it may belong to the left side."""
    left, right = relation.sums(flow)
    return relation.check(flow, right - left if left < right <= left + pending else 0, advice=_MEND)


def _explainable(flow: Flow, missing: frozenset[str]) -> Iterator[Check]:
    """Differences are possible, but somebody must say why."""
    yield _same(flow, relations.SOUGHT)
    if "new_reports" not in missing:
        # A report that both columns found, or that belongs to a previous study, explains a difference.
        kind = CheckKind.EXPLAINABLE
        yield relations.INCLUDED.check(flow, -_of_versions(flow), kind=kind, advice=f"; {_EXPLAIN}")
    yield from _studies_and_reports(flow, missing)
    if flow.previous_studies is not None and flow.total_studies is not None and "new_studies" not in missing:
        yield _same(flow, relations.TOTAL_STUDIES)
    if flow.previous_reports is not None and flow.total_reports is not None and "new_reports" not in missing:
        yield _same(flow, relations.TOTAL_REPORTS)


def _same(flow: Flow, relation: Equality) -> Check:
    left, right = relation.sums(flow)
    return relation.check(flow, advice=f"; {right - left:+d}: {_EXPLAIN}")


def _of_versions(flow: Flow) -> int:
    """Numbers entered for earlier versions as a whole, which never went through boxes here."""
    if flow.previous_studies is not None:
        return 0
    return sum(number.n for number in flow.adjustments if number.box in WITHOUT_VERSIONS and number.box.endswith("reports"))


def _studies_and_reports(flow: Flow, missing: frozenset[str]) -> Iterator[Check]:
    """More studies than reports need an explanation."""
    studies, reports = flow.total_studies or flow.new_studies, flow.total_reports or flow.new_reports
    if (flow.total_studies is None) is (flow.total_reports is None) and "new_reports" not in missing:
        detail = f"{studies.n} studies, {reports.n} reports"
        yield Check("studies and reports", CheckKind.EXPLAINABLE, studies.n <= reports.n, detail)


def _warnings(flow: Flow) -> Iterator[Check]:
    waiting = sum(part.n for part in (flow.pending.title_abstract, flow.pending.retrieval, flow.pending.full_text))
    if waiting or flow.pending.conflicts.n:
        detail = f"{max(waiting, flow.pending.conflicts.n)} reports wait: the figure is interim"
        yield Check("nothing pending", CheckKind.WARNING, holds=False, detail=detail)
    yield from relations.other_methods(flow)
