"""The relations of PRISMA 2020 (`relations`) for typed numbers, as far as numbers alone can be held against them.

Names and kinds are those of `checks`, so that what a flow's own file says of itself can be compared: a check of the file stands while
the arithmetic gives it right. Invariant: no relation is judged with a number that nobody gave.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from prisma_tool.flow.adjustments import WITHOUT_VERSIONS
from prisma_tool.flow.arithmetic import relations
from prisma_tool.flow.arithmetic.judge import judge
from prisma_tool.flow.arithmetic.known_sources import misplaced_sources
from prisma_tool.flow.arithmetic.relations import Equality, Relation, terms
from prisma_tool.flow.flow import Check, CheckKind, Count, Flow, total
from prisma_tool.flow.included import DROPPED_REPORTS, DROPPED_STUDIES
from prisma_tool.model.text import counted

_ADVICE = {
    CheckKind.STRICT: ". Correct the numbers",
    CheckKind.EXPLAINABLE: ": a footnote should explain the difference",
    CheckKind.WARNING: "",
}
_STUDIES_AND_REPORTS = ("new_studies", "new_reports", "previous_studies", "previous_reports", "total_studies", "total_reports")
"""Boxes without which there is nothing to compare; elsewhere a line that is not there is none."""


def checks(flow: Flow, stated: Sequence[Check] = (), missing: frozenset[str] = frozenset()) -> tuple[Check, ...]:
    """All relations for typed numbers; `stated` are the checks that came with them, `missing` the keys that nobody gave."""
    computed = (*_judged(flow, missing), *misplaced_sources(flow), *_pending(flow))
    if not stated:
        return computed
    names = {check.name for check in stated}
    by_name = {check.name: check for check in computed}
    return (
        *(_stated_or_computed(check, by_name.get(check.name)) for check in stated),
        *(check for check in computed if check.name not in names and not check.holds and _is_added(check, missing)),
    )


def _is_added(check: Check, missing: frozenset[str]) -> bool:
    """Whether a check that fails joins those of a file; where there are reports, a review's own file explains its studies by them."""
    return check.kind is CheckKind.STRICT or (check.name == relations.ENTERING_STUDIES.name and "new_reports" in missing)


def _stated_or_computed(stated: Check, computed: Check | None) -> Check:
    """What a file says of itself stands while its arithmetic is that of its numbers; pending work by column is known to it alone."""
    if computed is None or computed.kind is CheckKind.WARNING or arithmetic_of(stated) == arithmetic_of(computed):
        return stated
    return replace(computed, kind=stated.kind)


def arithmetic_of(check: Check) -> str:
    """The arithmetic of a detail, without the explanation or the advice behind it."""
    return check.detail.partition(";")[0].partition(". ")[0]


def _judged(flow: Flow, missing: frozenset[str]) -> Iterator[Check]:
    for relation in relations.table(flow):
        if _can_be_judged(flow, relation, missing):
            # A report that both columns found, or that belongs to a previous study, explains a difference.
            kind = CheckKind.EXPLAINABLE if relation == relations.INCLUDED else relation.kind
            judged = judge(flow, relation, _without_box(flow, relation), kind=kind, advice=_ADVICE[kind])
            yield judged if judged.holds else _explained_by_versions(flow, relation, judged)


def _explained_by_versions(flow: Flow, relation: Relation, failed: Check) -> Check:
    """A total that misses its parts by exactly what the flow says of previous studies: it holds, with that said."""
    reasons = [(n, words) for n, words in _reasons_of_total(flow, relation) if n]
    if not reasons or sum(n for n, _ in reasons) != failed.difference:
        return failed
    detail = "; ".join((relation.detail(flow), *(f"{n:+d} {words}" for n, words in reasons)))
    return Check(relation.name, relation.kind, holds=True, detail=detail)


def _reasons_of_total(flow: Flow, relation: Relation) -> Iterator[tuple[int, str]]:
    dropped = {relations.TOTAL_STUDIES.name: DROPPED_STUDIES, relations.TOTAL_REPORTS.name: DROPPED_REPORTS}.get(relation.name)
    if dropped:
        yield -flow.dropped.get(dropped, Count()).n, "no longer included"
    if relation == relations.TOTAL_REPORTS:
        yield total(flow.new_reports_of_previous_studies), "new reports of previous studies"


def _can_be_judged(flow: Flow, relation: Relation, missing: frozenset[str]) -> bool:
    """Whether every number that is compared was given."""
    compared = {key for side in (relation.stated, relation.expected) for _, key in terms(side)}
    if missing & compared & {*_STUDIES_AND_REPORTS}:
        return False
    if relation == relations.ENTERING_STUDIES:
        # Where there are reports, it is they that must have been assessed, and studies are compared with them.
        return "new_reports" in missing or flow.new_reports.n >= flow.new_studies.n > 0
    return relation not in relations.SOURCES or relation.stated not in missing


def _without_box(flow: Flow, relation: Relation) -> int:
    """What belongs to the left side of a relation and stands in no box."""
    if relation == relations.SCREENED:
        return _waiting(flow, relation, flow.pending.title_abstract.n)
    if relation in (relations.LEFT.assessed, relations.OTHER.assessed):
        return _waiting(flow, relation, flow.pending.retrieval.n + flow.pending.full_text.n)
    return -_of_versions(flow) if relation == relations.INCLUDED else 0


def _waiting(flow: Flow, relation: Relation, pending: int) -> int:
    """Pending work is not told apart by column, so any part of it may belong to the left side."""
    difference = relation.difference(flow)
    return -difference if isinstance(relation, Equality) and -pending <= difference < 0 else 0


def _of_versions(flow: Flow) -> int:
    """Numbers entered for earlier versions as a whole, which never went through boxes here."""
    if flow.previous_studies is not None:
        return 0
    return sum(number.n for number in flow.adjustments if number.box in WITHOUT_VERSIONS and number.box.endswith("reports"))


def _pending(flow: Flow) -> Iterator[Check]:
    waiting = sum(part.n for part in (flow.pending.title_abstract, flow.pending.retrieval, flow.pending.full_text))
    if waiting or flow.pending.conflicts.n:
        reports = counted(max(waiting, flow.pending.conflicts.n), "report waits", "reports wait")
        detail = f"{reports}: the figure is interim"
        yield Check("nothing pending", CheckKind.WARNING, holds=False, detail=detail)
