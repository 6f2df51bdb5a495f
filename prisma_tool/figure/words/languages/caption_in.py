"""The draft of a caption in another language than English, in sentences that read the same for any number.

Invariant: it says what the English caption says, and a number under words of the review's own is not said in other words.
"""

from __future__ import annotations

from collections.abc import Iterator

from prisma_tool.figure.words.labels import format_number
from prisma_tool.figure.words.languages.language_table import LanguageTable
from prisma_tool.figure.words.options import FigureOptions
from prisma_tool.flow.flow import Count, Flow

LEFT_KEYS = frozenset({"database_results", "register_results", "records_screened", "dbr_sought_reports", "dbr_assessed"})
OTHER_KEYS = frozenset({"other_sought_reports", "other_assessed"})
INCLUDED_KEYS = frozenset({"new_studies", "new_reports", "total_studies", "total_reports"})
"""The counts of each sentence, whose labels may be the review's own."""


def caption_in(table: LanguageTable, flow: Flow, options: FigureOptions, title: str) -> Iterator[str]:
    """The sentences of the caption in the language of `table`; `title` is the English one."""
    own = flow.words.labels.keys()
    yield table.caption("figure", title=table.label(title))
    if flow.interim:
        yield table.caption("interim")
    if not own & LEFT_KEYS:
        yield table.caption("databases", identified=_identified(table, flow, options), **_left(flow, options))
    if not own & OTHER_KEYS and flow.other_sought_reports is not None and flow.other_assessed is not None:
        sought, assessed = (_digits(count, options) for count in (flow.other_sought_reports, flow.other_assessed))
        yield table.caption("other", sought=sought, assessed=assessed)
    if not own & INCLUDED_KEYS and "new_studies" not in options.hide:
        yield from _included(table, flow, options)


def _identified(table: LanguageTable, flow: Flow, options: FigureOptions) -> str:
    sources = (("databases", flow.database_results), ("registers", flow.register_results))
    counted = [
        table.caption("identified", n=_digits(count, options), source=table.label(kind))
        for kind, count in sources
        if count is not None
    ]
    return table.label(", ").join(counted) or _digits(Count(), options)


def _left(flow: Flow, options: FigureOptions) -> dict[str, str]:
    counts = {"screened": flow.records_screened, "sought": flow.dbr_sought_reports, "assessed": flow.dbr_assessed}
    return {name: _digits(count, options) for name, count in counts.items()}


def _included(table: LanguageTable, flow: Flow, options: FigureOptions) -> Iterator[str]:
    studies, reports = _digits(flow.new_studies, options), _digits(flow.new_reports, options)
    if "new_reports" in options.hide:
        yield table.caption("studies", studies=studies)
    else:
        yield table.caption("studies_and_reports", studies=studies, reports=reports)
    if flow.total_studies is not None and flow.total_reports is not None:
        total_studies, total_reports = (_digits(count, options) for count in (flow.total_studies, flow.total_reports))
        yield table.caption("total", studies=total_studies, reports=total_reports)


def _digits(count: Count, options: FigureOptions) -> str:
    return format_number(count.n, options.thousands)
