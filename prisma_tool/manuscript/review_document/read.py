"""Everything that a manuscript is made of, read from a review."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from prisma_tool.figure.layout.layout import describe, lay_out_within
from prisma_tool.figure.layout.templates_2020 import plan
from prisma_tool.figure.render.markdown import render_markdown
from prisma_tool.figure.render.png import render_png
from prisma_tool.figure.words.caption import caption
from prisma_tool.figure.words.options import FigureOptions
from prisma_tool.flow.flow import Flow
from prisma_tool.manuscript import agreement_table
from prisma_tool.manuscript.checklist.facts import ChecklistFacts, read_facts
from prisma_tool.manuscript.checklist.form_items import STATEMENTS
from prisma_tool.manuscript.checklist.rows import checklist_rows
from prisma_tool.manuscript.checklist.write_checklist import checklist_table
from prisma_tool.manuscript.document.blocks import Document, Picture
from prisma_tool.manuscript.methods.read import read_agreement, read_methods
from prisma_tool.manuscript.methods.text import sections
from prisma_tool.manuscript.review_document.outline import ManuscriptSources, manuscript
from prisma_tool.manuscript.review_document.parts import Manuscript, ManuscriptSettings
from prisma_tool.manuscript.search_appendix.document import document as search_document
from prisma_tool.manuscript.tables.excluded import excluded_table
from prisma_tool.manuscript.tables.not_retrieved import not_retrieved_table
from prisma_tool.manuscript.tables.study_tables import included_studies, included_table, ongoing_table
from prisma_tool.model.protocol.answers import ChecklistForm
from prisma_tool.model.text import one_line
from prisma_tool.review.open_review import Review
from prisma_tool.store.queues.closed_versions import standing_closings

_WIDEST_MM, _TALLEST_MM = 170.0, 225.0
"""What an upright page of A4 has room for, with the caption below."""
_CHECKLISTS = {ChecklistForm.PRISMA_2020: "prisma", ChecklistForm.ABSTRACTS: "abstracts", ChecklistForm.SEARCHES: "searches"}
"""The appended checklists, and how their parts are called."""
_DPI = 300
_HEADING = re.compile(r"^#+ ", re.MULTILINE)


def version_labels(review: Review) -> tuple[str, ...]:
    """The labels that a manuscript may speak of, the review as it stands (empty) first."""
    with review.store.read() as transaction:
        return ("", *(closing.label for closing in standing_closings(transaction)))


def read_manuscript(review: Review, viewer: str, settings: ManuscriptSettings) -> Manuscript:
    """The manuscript of the review as it stands, or of a closed version.

    Raises:
        PrismaError: no such version, the flow cannot be counted, or the citation style cannot be used.
    """
    facts = read_facts(review, settings.version)
    version, style = settings.version, settings.style
    sources = ManuscriptSources(
        title=one_line(facts.rules.title),
        authors=facts.protocol.publication.authors,
        rows={row.number: row for row in checklist_rows(ChecklistForm.PRISMA_2020, facts)},
        abstract=checklist_rows(ChecklistForm.ABSTRACTS, facts),
        methods=tuple(sections(read_methods(review, version))),
        figure=_figure(facts.flow),
        caption=caption(facts.flow, _options()),
        studies=tuple(included_studies(review, version, style)),
        statements=tuple(dict.fromkeys(STATEMENTS[form] for form in _CHECKLISTS)),
        appendices=dict(_appendices(review, viewer, facts, style)),
    )
    return manuscript(sources, settings)


def _options() -> FigureOptions:
    return FigureOptions(width_mm=_WIDEST_MM)


def _figure(flow: Flow) -> Picture:
    """The flow diagram as a picture that fits a page; a figure that is too high for its width is drawn wider, and shown smaller."""
    layout = lay_out_within(flow, _options(), _TALLEST_MM)
    shown = min(_WIDEST_MM, layout.width, layout.width * _TALLEST_MM / layout.height)
    words = describe(plan(flow, _options()))
    return Picture(render_png(layout, _DPI), layout.alt_text or words, shown / 10, _as_markdown(flow))


def _as_markdown(flow: Flow) -> str:
    """The figure's own Markdown, its headings below those of the manuscript."""
    return _HEADING.sub("#### ", render_markdown(flow, replace(_options(), notes_outside=False)))


def _appendices(review: Review, viewer: str, facts: ChecklistFacts, style: str) -> Iterator[tuple[str, Document]]:
    version = facts.version
    yield "appendix.search", search_document(facts.appendix)
    yield "appendix.included", included_table(review, version, style).document
    yield "appendix.excluded", excluded_table(review, viewer, version, style).document
    yield "appendix.unretrieved", not_retrieved_table(review, version, style).document
    yield "appendix.ongoing", ongoing_table(review, version, style).document
    yield "appendix.agreement", agreement_table.document(read_agreement(review, version))
    for form, name in _CHECKLISTS.items():
        yield f"checklists.{name}", checklist_table(form, facts).document
