"""Relations that may differ for good reasons, each with its explanation computed.

Invariant: a relation holds when the explanation accounts for the whole difference.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_tool.flow.arithmetic.explain_difference import hints
from prisma_tool.flow.arithmetic.relations import SOUGHT, STUDIES_AND_REPORTS, TOTAL_REPORTS, TOTAL_STUDIES, Equality
from prisma_tool.flow.flow import Check, Count, Flow, total
from prisma_tool.flow.included import DROPPED_REPORTS, DROPPED_STUDIES
from prisma_tool.flow.version_view import CountedReports


def explained_checks(flow: Flow, basis: CountedReports) -> Iterator[Check]:
    """The explainable relations of this flow."""
    yield _sought(flow)
    yield _studies_and_reports(flow)
    if flow.previous_studies is not None and flow.total_studies is not None:
        yield _total_studies(flow, flow.previous_studies, flow.total_studies)
    if flow.previous_reports is not None and flow.total_reports is not None:
        yield _total_reports(flow, basis, flow.previous_reports, flow.total_reports)


def _explained(flow: Flow, relation: Equality, difference: int, reasons: Iterable[tuple[int, str]]) -> Check:
    """`difference` is by how much one printed side misses the other, `reasons` what accounts for that."""
    counted = [(n, words) for n, words in reasons if n]
    unexplained = difference - sum(n for n, _ in counted)
    parts = [f"{n:+d} {words}" for n, words in counted] + ([f"{unexplained:+d} without an explanation"] if unexplained else [])
    missed = relation.difference(flow) if unexplained else 0
    detail = "; ".join([relation.detail(flow), *parts])
    return Check(relation.name, relation.kind, not unexplained, detail, missed, hints(flow, relation, missed))


def _sought(flow: Flow) -> Check:
    """One screened record stands for one report here, so only numbers entered by hand may differ."""
    by_hand = _by_hand(flow.records_screened) - _by_hand(flow.records_excluded) - _by_hand(flow.dbr_sought_reports)
    expected, sought = SOUGHT.sums(flow)
    return _explained(flow, SOUGHT, expected - sought, [(by_hand, "entered by hand")])


def _studies_and_reports(flow: Flow) -> Check:
    """There are more studies than reports only where one report covers several studies."""
    box, reports_box = flow.total_studies or flow.new_studies, flow.total_reports or flow.new_reports
    studies = box.studies or ()
    several = sum(len(study.records) > 1 for study in studies)
    again = sum(len(study.records) for study in studies) - len(reports_box.records)
    detail = (
        f"{box.n} studies, {reports_box.n} reports; {several} {'study has' if several == 1 else 'studies have'} several reports"
    )
    if again:
        detail += f"; {'once' if again == 1 else f'{again} times'} a report counts for a further study"
    by_hand = _by_hand(box) - _by_hand(reports_box)
    if by_hand > 0:
        detail += f"; {by_hand} more studies than reports were entered by hand"
    holds = box.n <= reports_box.n or again > 0 or by_hand > 0
    return Check(STUDIES_AND_REPORTS.name, STUDIES_AND_REPORTS.kind, holds, detail, 0 if holds else box.n - reports_box.n)


def _total_studies(flow: Flow, previous: Count, whole: Count) -> Check:
    """Of the previous studies some may be dropped, and links may have joined or divided others since (counting rule 22)."""
    dropped = _line(flow, DROPPED_STUDIES)
    unchanged, remaining = len(previous.studies or ()) - dropped, len(whole.studies or ()) - len(flow.new_studies.studies or ())
    reasons = [
        (-dropped, "no longer included"),
        (remaining - unchanged, "because links have joined or divided previous studies since"),
        (_own(whole, "total_studies"), "entered by hand for the total"),
    ]
    parts, total_studies = TOTAL_STUDIES.sums(flow)
    return _explained(flow, TOTAL_STUDIES, total_studies - parts, reasons)


def _total_reports(flow: Flow, basis: CountedReports, previous: Count, whole: Count) -> Check:
    """New reports of previous studies are in the total only; reports may be dropped, and late duplicates join previous ones."""
    dropped = _line(flow, DROPPED_REPORTS)
    unchanged = sum(key in basis.previously_included for key in whole.records)
    reasons = [
        (total(flow.new_reports_of_previous_studies), "new reports of previous studies"),
        (-dropped, "no longer included"),
        (unchanged + dropped - len(previous.records), "because previous reports were joined as duplicates or parted since"),
        (_own(whole, "total_reports"), "entered by hand for the total"),
    ]
    parts, total_reports = TOTAL_REPORTS.sums(flow)
    return _explained(flow, TOTAL_REPORTS, total_reports - parts, reasons)


def _line(flow: Flow, label: str) -> int:
    return flow.dropped[label].n if label in flow.dropped else 0


def _by_hand(counted: Count) -> int:
    return sum(number.n for number in counted.adjustments)


def _own(counted: Count, box: str) -> int:
    return sum(number.n for number in counted.adjustments if number.box == box)
