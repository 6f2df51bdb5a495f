"""A method's report: many replays of one finished screening as Markdown, as a table, and as recall curves with a band.

Invariant: every number is one of the summary's; the same summary gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from prisma_tool.errors import UsageError
from prisma_tool.file_io import write_atomically
from prisma_tool.formats.text.spreadsheet_cells import Cell, table_lines
from prisma_tool.manuscript.recall_curve import band_picture
from prisma_tool.model.text import one_line

if TYPE_CHECKING:
    from prisma_tool.ranking.simulation.summary import RuleSummary, Spread, Summary


@dataclass(frozen=True, slots=True)
class SimulationReport:
    """What is reported: the set by name, how many records and relevant ones it has, and the runs of each program."""

    name: str
    records: int
    relevant: int
    programs: Mapping[str, Summary]

    @property
    def title(self) -> str:
        """The heading."""
        return f"Simulated screening of {one_line(self.name)}"


def write_report(path: Path, report: SimulationReport) -> None:
    """Write the report into a file whose suffix says how.

    Raises:
        UsageError: the suffix is none of .md, .csv, .svg and .png.
        PrismaError: the file cannot be written.
    """
    write_atomically(path, _WRITERS[require_suffix(path)](report))


def require_suffix(path: Path) -> str:
    """The suffix of a file that a report can be written into.

    Raises:
        UsageError: it is none of those.
    """
    suffix = path.suffix.lower()
    if suffix not in _WRITERS:
        raise UsageError(f"{path}: a simulation is reported as {', '.join(_WRITERS)}.")
    return suffix


def report_lines(report: SimulationReport) -> list[str]:
    """The report in lines of Markdown."""
    lines = [f"# {report.title}", "", f"{report.records} records, {report.relevant} of them relevant; priors are left out."]
    for program, summary in report.programs.items():
        lines += ["", f"## {program}, {summary.runs} {'run' if summary.runs == 1 else 'runs'}", "", *_figures(summary)]
        lines += ["", *_rules(summary)] if summary.rules else []
    return [*lines, "", _NOTE]


WORDS_ALONE = "The order of prisma-tool is replayed by words alone: sentence embeddings are not part of a simulation."
_NOTE = (
    "Quartiles are over the runs. A run kept the recall if 95 % of the relevant records were found when the rule stopped it; the rules with a "
    "confidence have 95 %. The interval of the share of runs that kept it is exact (Clopper and Pearson 1934); runs share one set, so it speaks "
    f"of this set alone. Rules that draw at random are replayed with the order as it is. {WORDS_ALONE}"
)


def _figures(summary: Summary) -> Iterator[str]:
    yield "| figure | first quartile | median | third quartile |"
    yield "|---|---|---|---|"
    for name, spread in summary.metrics.items():
        yield f"| {name} | {spread.first:.4f} | {spread.median:.4f} | {spread.third:.4f} |"


def _rules(summary: Summary) -> Iterator[str]:
    yield "| stopping rule | kept the recall | 95 % interval | work saved: median (quartiles) | worst recall |"
    yield "|---|---|---|---|---|"
    for name, rule in summary.rules.items():
        yield f"| {name}{' (advisory)' if rule.advisory else ''} | {_kept(rule)} | {_quartiles(rule.work_saved)} | {rule.worst_recall:.3f} |"


def _kept(rule: RuleSummary) -> str:
    return f"{rule.kept} of {rule.runs} | {rule.low:.3f} to {rule.high:.3f}"


def _quartiles(spread: Spread) -> str:
    return f"{spread.median:.3f} ({spread.first:.3f} to {spread.third:.3f})"


def _markdown(report: SimulationReport) -> bytes:
    return "\n".join([*report_lines(report), ""]).encode("utf-8", "replace")


_COLUMNS = (
    "program",
    "kind",
    "name",
    "runs",
    "kept",
    "low",
    "high",
    "first_quartile",
    "median",
    "third_quartile",
    "worst_recall",
)


def _csv(report: SimulationReport) -> bytes:
    rows: list[Sequence[Cell]] = [_COLUMNS]
    for program, summary in report.programs.items():
        runs = str(summary.runs)
        rows += [(program, "figure", name, runs, "", "", "", *_cells(spread), "") for name, spread in summary.metrics.items()]
        rows += [
            (program, "rule", name, runs, str(rule.kept), f"{rule.low:.4f}", f"{rule.high:.4f}", *_cells(rule.work_saved), f"{rule.worst_recall:.4f}")
            for name, rule in summary.rules.items()
        ]  # fmt: skip
    return "".join(table_lines(rows)).encode("utf-8", "replace")


def _cells(spread: Spread) -> tuple[str, str, str]:
    return f"{spread.first:.4f}", f"{spread.median:.4f}", f"{spread.third:.4f}"


def _picture(suffix: str) -> Callable[[SimulationReport], bytes]:
    def draw(report: SimulationReport) -> bytes:
        bands = {
            program: (summary.band.least.tolist(), summary.band.median.tolist(), summary.band.most.tolist())
            for program, summary in report.programs.items()
        }
        return band_picture(suffix, bands, report.title)

    return draw


_WRITERS: Mapping[str, Callable[[SimulationReport], bytes]] = {
    ".md": _markdown,
    ".csv": _csv,
    ".svg": _picture(".svg"),
    ".png": _picture(".png"),
}
