"""The footnotes that counting.md asks for: what the template has no box for, and choices that differ from the defaults."""

from __future__ import annotations

from collections.abc import Iterator

from prisma_tool.flow.account import Account
from prisma_tool.flow.flow import Flow
from prisma_tool.model.protocol import Protocol
from prisma_tool.screening.reports import Phase, Standing


def footnotes(flow: Flow, standing: Standing, protocol: Protocol, account: Account) -> tuple[str, ...]:
    """All footnotes that apply, in the order of the boxes they speak of."""
    return (*_about_records(account), *_about_other_methods(flow, standing, protocol), *_about_choices(protocol))


def _about_records(account: Account) -> Iterator[str]:
    if account.undelivered:
        yield f"{_n(account.undelivered, 'record')} listed by a source could not be delivered and {_are(account.undelivered)} not counted."
    if account.rejected:
        yield f"{_n(account.rejected, 'entry', 'entries')} of imported files could not be read and {_are(account.rejected)} not counted."


def _about_other_methods(flow: Flow, standing: Standing, protocol: Protocol) -> Iterator[str]:
    if not flow.has_other_methods:
        return
    others = [
        (report, record)
        for report in standing.reports
        for record in report.records
        if not standing.sources[record.source].kind.in_left_column
    ]
    again = sum(record.key != report.key for report, record in others)
    if again:
        yield f"{_n(again, 'record')} from other methods {_describe(again)} a report identified already and {_are(again)} not sought again."
    if protocol.screening.screen_other_methods:
        out = sum(not report.left and report.phase is Phase.SCREENED_OUT for report in standing.reports)
        yield f"Records from other methods passed title/abstract screening; {out} of their reports were excluded there and not sought."


def _about_choices(protocol: Protocol) -> Iterator[str]:
    if protocol.screening.maybe == "conflict":
        yield "At title/abstract, 'maybe' was resolved as a conflict instead of going forward."
    if protocol.captured == "exclude":
        yield "Register entries of studies with other reports in this review were excluded as already captured."
    if protocol.seen_hits == "omit":
        yield "Hits that an earlier version of this review had screened are not counted."


def _n(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _are(number: int) -> str:
    return "is" if number == 1 else "are"


def _describe(number: int) -> str:
    return "describes" if number == 1 else "describe"
