"""The words and the JSON of `search --count`, `--known` and `--replay`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prisma_tool.cli.context import print_json, say, tell
from prisma_tool.errors import ExitCode, worst
from prisma_tool.identify.run import services
from prisma_tool.identify.run.progress import Narrator
from prisma_tool.identify.search.replay import ReplayReport
from prisma_tool.identify.search.replay import replay as replay_runs
from prisma_tool.identify.strategy.hits import SearchHits, count_hits
from prisma_tool.identify.strategy.known_item_test import KnownReport, try_known
from prisma_tool.identify.strategy.known_items import read_known

if TYPE_CHECKING:
    from prisma_tool.model.protocol.protocol import SearchPlan
    from prisma_tool.review.open_review import Review

_WIDTH = 90


def count(review: Review, plans: Sequence[SearchPlan], *, as_json: bool) -> int:
    """Hits per line and in all; the exit code."""
    reports = list(count_hits(review, plans, services.services(review.environment), Narrator(tell)))
    lines = (line for hits in reports for line in _hits_lines(hits))
    return _show("searches", [_hits_data(hits) for hits in reports], lines, reports, as_json)


def _hits_data(hits: SearchHits) -> dict[str, Any]:
    return {name: value for name, value in asdict(hits).items() if name != "exit_code"}


def _hits_lines(hits: SearchHits) -> Iterator[str]:
    yield f"{hits.search} ({hits.source}): {_number(hits.count)} hits"
    width = max((len(_number(line.count)) for line in hits.lines), default=0)
    for line in hits.lines:
        yield f"  {line.line:>3}  {_number(line.count):>{width}}  {_shortened(line.text)}"
    if hits.count == 0:
        yield "  WARNING: this search finds nothing at all. Check the strategy."
    yield from (f"  warning: {warning}" for warning in hits.warnings)


def _number(value: int | None) -> str:
    return "unknown" if value is None else f"{value}"


def _shortened(text: str) -> str:
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 3]}..."


def find_known(review: Review, plans: Sequence[SearchPlan], path: Path, *, as_json: bool) -> int:
    """Which known records each search finds and misses; the exit code."""
    items = read_known(path)
    if items.nameless:
        tell(f"{path.name}: {items.nameless} entries have neither PMID nor NCT number and were left out.")
    reports = list(try_known(review, plans, services.services(review.environment), Narrator(tell), items))
    lines = (line for report in reports for line in known_lines(report))
    return _show("searches", [known_data(report) for report in reports], lines, reports, as_json)


def known_data(report: KnownReport) -> dict[str, Any]:
    """The JSON of a test with known records."""
    lines = [{"line": line.number, "text": line.text} for line in report.lines]
    data = {"search": report.search, "source": report.source, "found": report.matches}
    return {**data, "missed": [asdict(missed) for missed in report.missed], "lines": lines, "warnings": report.warnings}


def known_lines(report: KnownReport) -> Iterator[str]:
    """The words of a test with known records."""
    looked_for = len(report.matches) + len(report.missed)
    if report.exit_code is not ExitCode.DONE:
        yield f"{report.search} ({report.source}): not tested"
    elif not looked_for:
        yield f"{report.search} ({report.source}): no known records of this source"
    else:
        yield f"{report.search} ({report.source}): finds {len(report.matches)} of {looked_for} known records"
    texts = {line.number: line.text for line in report.lines}
    for missed in report.missed:
        yield f"  misses {missed.id}: {_reason(missed.lost_by, texts) if missed.in_source else f'not in {report.source}'}"
    yield from (f"  warning: {warning}" for warning in report.warnings)


def _reason(lost_by: Sequence[int], texts: dict[int, str]) -> str:
    return (
        "; ".join(f"lost by line {number}: {_shortened(texts[number])}" for number in lost_by) or "lost by the search as a whole"
    )


def replay(review: Review, plans: Sequence[SearchPlan], *, as_json: bool) -> int:
    """Read the kept answers again; the exit code."""
    reports = list(replay_runs(review, plans, Narrator(tell)))
    lines = (line for report in reports for line in _replay_lines(report))
    return _show("replays", [asdict(report) for report in reports], lines, reports, as_json)


def _replay_lines(report: ReplayReport) -> Iterator[str]:
    if report.run:
        kinds = ", ".join(f"{n} {kind}" for kind, n in report.changes.items())
        yield (
            f"{report.search} ({report.source}): {report.answers} kept answers, {len(report.damaged)} damaged; {report.records} "
            f"records read, {report.reparsed} read otherwise today{f' ({kinds})' if kinds else ''}"
        )
    yield from (f"  {problem}; put it back from a copy of the folder" for problem in report.damaged)
    yield from (f"  warning: {warning}" for warning in report.warnings)


def _show(
    name: str,
    data: list[dict[str, Any]],
    lines: Iterable[str],
    reports: Sequence[SearchHits | KnownReport | ReplayReport],
    as_json: bool,
) -> int:
    """Print one kind of reports; the exit code."""
    for report in reports:
        if as_json and report.exit_code is not ExitCode.DONE and report.warnings:
            tell(f"{report.search}: {report.warnings[-1]}")
    if as_json:
        print_json({name: data})
    else:
        for line in lines:
            say(line)
    return worst([report.exit_code for report in reports])
