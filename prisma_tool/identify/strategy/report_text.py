"""The report on a strategy in words: its lines with their hits then and today, what was read otherwise, the findings with carets.

Pure. Every sentence says what the check proves, and no more.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from prisma_tool.identify.strategy.guard.problems import folded
from prisma_tool.identify.strategy.hits import LineHits
from prisma_tool.identify.strategy.strategy_check import StrategyFinding, StrategyReport

_WIDTH = 100
_UNDER = 70
"""How much of a line is shown above its carets."""


def report_lines(report: StrategyReport) -> Iterator[str]:
    """The lines in which a report is read, in a terminal and on a page of the application."""
    yield f"{report.search} ({report.source}): {_shown(report.count)} hits today"
    if report.cleaned:
        yield from _cleaned(report.cleaned)
    if report.changes:
        yield "  Read otherwise than it was pasted:"
        yield from (f"    {change}" for change in folded(report.changes))
    for heading, findings in groupby(report.findings, key=lambda finding: finding.heading):
        yield f"  {heading}"
        for finding in findings:
            yield from _finding_lines(finding, report.cleaned)
    if report.translation:
        yield f"  Translation by {report.source}: {report.translation}"
    yield from (f"  warning: {warning}" for warning in report.warnings)
    yield f"  {_verdict(report)}"


def _verdict(report: StrategyReport) -> str:
    """What the check proves, and no more."""
    stops = sum(finding.severity == "stop" for finding in report.findings)
    unanswered = "Not checked against the service. " if report.count is None and report.warnings else ""
    if stops:
        many = f"{stops} findings stop this search until they are mended or accepted."
        return unanswered + (many if stops > 1 else "One finding stops this search.")
    if unanswered:
        return unanswered.strip()
    return "Nothing stops this search; whether it finds what it should, --known FILE tests."


def _shown(value: int | None) -> str:
    return "unknown" if value is None else str(value)


def _cleaned(lines: Sequence[LineHits]) -> Iterator[str]:
    published = any(line.published is not None for line in lines)
    widths = [
        max(len(_shown(count)) for count in column) for column in ([row.count for row in lines], [row.published for row in lines])
    ]
    yield f"  {'line':>4}  {'today':>{max(widths[0], 5)}}" + (f"  {'then':>{max(widths[1], 4)}}" if published else "")
    for line in lines:
        then = f"  {'' if line.published is None else line.published:>{max(widths[1], 4)}}" if published else ""
        yield f"  {line.line:>4}  {_shown(line.count):>{max(widths[0], 5)}}{then}  {_cut(line.text)}"


def _cut(text: str) -> str:
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 3]}..."


def _finding_lines(finding: StrategyFinding, lines: Sequence[LineHits]) -> Iterator[str]:
    mark = {"stop": "STOPS", "accepted": "accepted", "tell": "note"}[finding.severity]
    yield f"    {mark}: {finding.message} [{finding.source}]"
    text = next((line.text for line in lines if line.line == (finding.line or 1)), "")
    if text and finding.start is not None and finding.end is not None:
        yield from _carets(text, finding.start, finding.end)


def _carets(text: str, start: int, end: int) -> Iterator[str]:
    """The text around a place, with carets below it."""
    left = max(0, start - (_UNDER - min(end - start, _UNDER)) // 2)
    piece = text[left : left + _UNDER]
    yield f"      {piece}"
    yield f"      {' ' * (start - left)}{'^' * max(1, min(end, left + _UNDER) - start)}"
