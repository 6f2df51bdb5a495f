"""A draft of the caption: what the figure says, in two or three sentences for the manuscript.

Invariant: every number in it is a count of the flow; a figure that is not finished says so first.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from prisma_tool.figure.words import labels
from prisma_tool.figure.words.languages.caption_in import INCLUDED_KEYS, LEFT_KEYS, OTHER_KEYS, caption_in
from prisma_tool.figure.words.languages.language_table import language_table
from prisma_tool.figure.words.options import PLAIN, FigureOptions, Thousands, Wording
from prisma_tool.flow.flow import Count, Flow
from prisma_tool.flow.notes.placeholders import filled
from prisma_tool.model.protocol.figure_words import Language
from prisma_tool.model.text import counted, printable


def caption(flow: Flow, options: FigureOptions = PLAIN) -> str:
    """The caption as one paragraph, numbers written as in the figure; the review's own where it has one."""
    table = language_table(options.language_for(flow))
    if flow.words.caption:
        written = partial(labels.format_number, thousands=options.thousands)
        return printable(filled(flow.words.caption, flow, written, table.label))
    if table.language is Language.ENGLISH:
        return " ".join(_sentences(flow, options))
    return table.space.join(caption_in(table, flow, options, _title(flow, options)))


def _sentences(flow: Flow, options: FigureOptions) -> Iterator[str]:
    mark = options.thousands
    yield f"Figure 1. {_title(flow, options)}."
    if flow.interim:
        yield "Interim: the numbers will change until the pending work is done."
    own = flow.words.labels.keys()
    for keys, sentence in ((LEFT_KEYS, _of_databases(flow, mark)), (OTHER_KEYS, _of_other_methods(flow, mark))):
        # A number under words of the review's own is not said in other words.
        if sentence and not own & keys:
            yield sentence
    if not own & INCLUDED_KEYS:
        yield from _result(flow, options)


def _of_databases(flow: Flow, mark: Thousands) -> str:
    sources = ((flow.database_results, "databases"), (flow.register_results, "registers"))
    identified = " and ".join(f"{_count_of(count, 'record', mark)} from {kind}" for count, kind in sources if count is not None)
    screened, sought = _count_of(flow.records_screened, "record", mark), _count_of(flow.dbr_sought_reports, "report", mark)
    return f"Of {identified or 'no records from databases or registers'}, {screened} {_were(flow.records_screened)} screened, {sought} sought and {_digits(flow.dbr_assessed, mark)} assessed for eligibility."


def _of_other_methods(flow: Flow, mark: Thousands) -> str:
    if flow.other_sought_reports is None or flow.other_assessed is None:
        return ""
    other = f"{_count_of(flow.other_sought_reports, 'report', mark)} {_were(flow.other_sought_reports)} sought and"
    return f"By other methods, {other} {_digits(flow.other_assessed, mark)} assessed."


def _title(flow: Flow, options: FigureOptions) -> str:
    guideline, kind = ("PRISMA-ScR", "scoping") if options.wording is Wording.SCOPING else ("PRISMA 2020", "systematic")
    updated = "living " if flow.versions else "updated " if labels.is_update(flow) else ""
    return f"{guideline} flow diagram of study selection for the {updated}{kind} review"


def _result(flow: Flow, options: FigureOptions) -> Iterator[str]:
    mark = options.thousands
    new = "new " if labels.is_update(flow) else ""
    studies, reports = flow.new_studies, flow.new_reports
    if "new_studies" in options.hide:
        return
    reports_text = "" if "new_reports" in options.hide else f" ({_count_of(reports, 'report', mark)})"
    yield f"{_count_of(studies, f'{new}study', mark, f'{new}studies')}{reports_text} {_were(studies)} included."
    if flow.total_studies is not None and flow.total_reports is not None:
        total = _count_of(flow.total_studies, "study", mark, "studies")
        yield f"With the previous version, the review includes {total} ({_count_of(flow.total_reports, 'report', mark)})."


def _count_of(count: Count, one: str, mark: Thousands, many: str = "") -> str:
    return counted(count.n, one, many, mark.mark)


def _digits(count: Count, mark: Thousands) -> str:
    return labels.format_number(count.n, mark)


def _were(count: Count) -> str:
    return "was" if count.n == 1 else "were"
