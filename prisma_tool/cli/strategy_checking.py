"""The words and the JSON of `search --check`, and `--fix`, which writes the cleaned lines into review.toml."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prisma_tool.cli.context import print_json, say, tell
from prisma_tool.cli.strategies import known_data, known_lines
from prisma_tool.errors import ExitCode, worst
from prisma_tool.identify.run.progress import Narrator
from prisma_tool.identify.run.services import services
from prisma_tool.identify.strategy.hits import LineHits
from prisma_tool.identify.strategy.known_item_test import KnownReport, try_known
from prisma_tool.identify.strategy.known_items import read_known
from prisma_tool.identify.strategy.pasted.reader import written
from prisma_tool.identify.strategy.strategy_check import StrategyFinding, StrategyReport, check_strategies
from prisma_tool.identify.strategy.submitted_query import prepare_query
from prisma_tool.review.protocol.edit_searches import set_strategy
from prisma_tool.review.protocol.read import FILE_NAME

if TYPE_CHECKING:
    from prisma_tool.model.protocol.protocol import SearchPlan
    from prisma_tool.review.open_review import Review

_WIDTH = 100
_UNDER = 70
"""How much of a line is shown above its carets."""


def check(review: Review, plans: Sequence[SearchPlan], known: Path | None, *, as_json: bool) -> int:
    """Check these searches, with known records where a file of them is given; the exit code is 4 where something stops one of them."""
    items = read_known(known) if known else None
    service = services(review.environment)
    reports = list(check_strategies(review, plans, service, Narrator(tell)))
    sound = [plan for plan, report in zip(plans, reports, strict=True) if report.cleaned]
    tested = list(try_known(review, sound, service, Narrator(tell), items)) if items else []
    if as_json:
        print_json({"searches": [_data(report, tested) for report in reports]})
    else:
        for report in reports:
            for line in (*_lines(report), *(line for one in tested if one.search == report.search for line in known_lines(one))):
                say(line)
    return worst([*(report.exit_code for report in reports), *(report.exit_code for report in tested)])


def fix_searches(review: Review, plans: Sequence[SearchPlan]) -> int:
    """Write the cleaned lines of these searches into review.toml, and say what now stands there."""
    for plan in plans:
        submitted = prepare_query(plan)
        strategy = submitted.strategy
        if strategy is None or not strategy.changes:
            say(f"{plan.name}: stands as it would be searched; nothing was changed.")
            continue
        set_strategy(review.folder, plan.name, submitted.line_parameter, written(strategy))
        say(f"{plan.name}: {FILE_NAME} now holds the cleaned strategy, the original above it as a comment:")
        for line in written(strategy).splitlines():
            say(f"  {line}")
    return ExitCode.DONE


def _data(report: StrategyReport, tested: Sequence[KnownReport]) -> dict[str, Any]:
    data = {name: value for name, value in asdict(report).items() if name != "exit_code"}
    known = next((known_data(known) for known in tested if known.search == report.search), None)
    return {**data, "known": known} if known else data


def _lines(report: StrategyReport) -> Iterator[str]:
    yield f"{report.search} ({report.source}): {_shown(report.count)} hits today"
    if report.cleaned:
        yield from _cleaned(report.cleaned)
    if report.changes:
        yield "  Read otherwise than it was pasted:"
        yield from (f"    {change}" for change in report.changes)
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
    if report.warnings and not report.findings:
        return "Not checked against the service."
    if stops:
        return (
            f"{stops} findings stop this search until they are mended or accepted."
            if stops > 1
            else "One finding stops this search."
        )
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
