"""The footnotes that the counting rules (docs/counting.md) ask for: what the template has no box for, and choices that differ from the defaults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import partial

from prisma_tool.flow.adjustments import FIXED_LINES, AdjustableBox
from prisma_tool.flow.arithmetic.box_words import WORDS
from prisma_tool.flow.counting_input import CountingInput
from prisma_tool.flow.flow import Adjustment, Flow, total
from prisma_tool.flow.included import DROPPED_REPORTS, DROPPED_STUDIES
from prisma_tool.flow.notes.placeholders import listed
from prisma_tool.flow.notes.register_arm import register_arm
from prisma_tool.flow.version_view import CARRIED_OVER, CountedReports
from prisma_tool.model.protocol.figure_words import EXCLUDED
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.text import counted
from prisma_tool.reports.state import Phase, Report

_n = partial(counted, thousands="")
"""Numbers as the boxes of the figure print them."""


def footnotes(flow: Flow, basis: CountedReports, protocol: Protocol, account: CountingInput) -> tuple[str, ...]:
    """All footnotes that apply, in the order of the boxes they speak of; one that begins with ** belongs to that mark.

    What the protocol says in a note of its own on the same box is not said again.
    """
    noted = flow.words.notes
    registers = "" if {EXCLUDED, "register_results"} & noted.keys() else register_arm(basis, account)
    return (
        *(() if EXCLUDED in noted else _about_exclusions(flow, protocol)),
        *([registers] if registers else ()),
        *_about_stopping(basis, account),
        *_about_records(account),
        *_about_seen_hits(basis, protocol),
        *_about_other_methods(flow, basis, protocol),
        *_about_versions(flow, basis),
        *_about_choices(protocol, stated=bool(registers) or EXCLUDED in noted),
        *(_about_number(number) for number in flow.adjustments),
    )


def _about_exclusions(flow: Flow, protocol: Protocol) -> Iterator[str]:
    """Footnote ** of the template: how many records people excluded, and how many automation tools."""
    excluded = flow.records_excluded.n
    unknown = sum(number.n for number in flow.records_excluded.adjustments)
    tool = flow.excluded_by_tool.n if flow.excluded_by_tool else 0
    rest = f"; by whom is not recorded for {unknown}" if unknown else ""
    if not excluded or unknown == excluded:
        return
    if tool:
        by_tools = f"of which {tool} by automation tools ({listed(protocol.tools)})"
        yield f"** {_n(excluded, 'record')} {_were(excluded)} excluded, {by_tools}{rest}."
    elif unknown:
        yield f"** {excluded - unknown} of {_n(excluded, 'record')} {_were(excluded - unknown)} excluded by human reviewers{rest}."
    elif excluded == 1:
        yield "** The record was excluded by a human reviewer."
    else:
        yield f"** All {excluded} records were excluded by human reviewers."


def _about_stopping(basis: CountedReports, account: CountingInput) -> Iterator[str]:
    """Counting rule 10: what a prioritised screening left unscreened, for each stop with its rule and date."""
    stops = Counter(_stop_of(report, account) for report in basis.reports if report.phase is Phase.REMOVED_AUTOMATIC)
    for stop, n in stops.items():
        if stop:
            yield (
                f"{_n(n, 'record')} marked as ineligible by automation tools {_were(n)} left unscreened when screening was "
                f"stopped {stop}."
            )


def _stop_of(report: Report, account: CountingInput) -> str:
    return next((account.stopped[record.key] for record in report.records if record.key in account.stopped), "")


def _about_records(account: CountingInput) -> Iterator[str]:
    if account.undelivered:
        yield f"{_n(account.undelivered, 'record')} listed by a source could not be delivered and {_are(account.undelivered)} not counted."
    if account.rejected:
        yield f"{_n(account.rejected, 'entry', 'entries')} of imported files could not be read and {_are(account.rejected)} not counted."


def _about_seen_hits(basis: CountedReports, protocol: Protocol) -> Iterator[str]:
    """Counting rule 2, and new records of reports that an earlier version closed."""
    if basis.era.previous is None:
        return
    counted_keys = basis.counted_keys
    surplus = [record for record in basis.identified if record.kind.in_left_column and record.key not in counted_keys]
    again = sum(record.known for record in surplus)
    if again:
        yield f"{_n(len(surplus), 'duplicate record')} removed, of which {again} {_were(again)} already screened for the previous version."
    closed = {record.key for report in basis.closed for record in report.records}
    joined = sum(record.key in closed and not record.known for record in surplus)
    if joined:
        counts = "counts as a duplicate" if joined == 1 else "count as duplicates"
        yield f"{_n(joined, 'new record')} {_describe(joined)} a report that the previous version had screened and {counts}."
    if protocol.seen_hits == "omit":
        yield "Hits that an earlier version of this review had screened are not counted."


def _about_other_methods(flow: Flow, basis: CountedReports, protocol: Protocol) -> Iterator[str]:
    if not flow.has_other_methods:
        return
    again = basis.surplus(left=False).members
    if again:
        yield f"{_n(again, 'record')} from other methods {_describe(again)} a report identified already and {_are(again)} not sought again."
    if protocol.screening.screen_other_methods:
        out = sum(not report.left and report.phase is Phase.SCREENED_OUT for report in basis.reports)
        yield f"Records from other methods passed title/abstract screening; {_n(out, 'report')} of them {_were(out)} excluded there and not sought."
        return
    if any(report.only_cited and not report.left for report in basis.reports):
        screened = basis.cited_screened
        out = sum(report.phase is Phase.SCREENED_OUT for report in screened)
        yield (
            f"Records from citation indexes were screened on title/abstract before they were sought: {_n(len(screened), 'report')} so far, of which "
            f"{out} {_were(out)} excluded there."
        )


def _about_versions(flow: Flow, basis: CountedReports) -> Iterator[str]:
    """Counting rules 21 and 22: what an update's template has no line for."""
    for name in basis.handed_over:
        yield f"{name}: a version made elsewhere; only the records that it handed over are counted, as identified and screened."
    if basis.era.previous is None:
        return
    if basis.era.previous.source:
        yield f"The previous version ({basis.era.previous.label}) was made elsewhere; its records are not counted as identified."
    carried = sum(record.line == CARRIED_OVER for record in basis.identified)
    if carried:
        yield f"{CARRIED_OVER}: {_n(carried, 'report')} of an earlier version {_were(carried)} taken up again without a new hit."
    further = total(flow.new_reports_of_previous_studies)
    if further:
        names = "; ".join(f"{label}: {line.n}" for label, line in flow.new_reports_of_previous_studies.items())
        yield f"{_n(further, 'new report')} of previous studies {_are(further)} in the total only ({names})."
    for label, many in ((DROPPED_STUDIES, "studies"), (DROPPED_REPORTS, "reports")):
        if label in flow.dropped:
            n = flow.dropped[label].n
            singular = {"studies": "study", "reports": "report"}[many]
            yield f"{_n(n, singular, many)} of the previous version {_are(n)} no longer included."


def _about_choices(protocol: Protocol, *, stated: bool) -> Iterator[str]:
    """Choices that differ from the defaults; `stated` where another note says what became of register entries."""
    if protocol.screening.maybe == "conflict":
        yield "At title/abstract, 'maybe' was resolved as a conflict instead of going forward."
    if protocol.captured == "exclude" and not stated:
        yield "Register entries of studies with other reports in this review were excluded as already captured."


def _about_number(number: Adjustment) -> str:
    target = AdjustableBox.of(number.box)
    words = WORDS.get(target.name, "") if target.name not in FIXED_LINES else ""
    what = " ".join(part for part in (words, target.label) if part)
    return f"{number.n:+d} {what} entered by hand: {number.note}"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _were(number: int) -> str:
    return "was" if number == 1 else "were"


def _describe(number: int) -> str:
    return "describes" if number == 1 else "describe"
