"""What the caller of a figure should know that the figure itself does not say.

Invariant: a remark never stops a figure; whatever would make it wrong is an error of the renderer.
"""

from __future__ import annotations

from collections.abc import Iterator

from prisma_tool.figure.layout.extra_boxes import unknown_boxes
from prisma_tool.figure.layout.layout import TALLEST_MM, lay_out
from prisma_tool.figure.layout.marking import unplaced_notes
from prisma_tool.figure.layout.omissions import FOOTNOTES, omitted_entries
from prisma_tool.figure.layout.shapes import Layout
from prisma_tool.figure.layout.templates_2020 import full_plan, plan
from prisma_tool.figure.render import docx, pptx
from prisma_tool.figure.render.glyph_coverage import list_missing, missing_glyphs
from prisma_tool.figure.words.languages.language_table import language_table
from prisma_tool.figure.words.options import FigureOptions
from prisma_tool.flow.flow import Flow


def remarks(flow: Flow, options: FigureOptions, suffixes: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """Sentences for standard error about this figure: its height, what it leaves out, letters that the reader's fonts must have.

    `suffixes` are the outputs that were written, such as ".docx".
    """
    layout = lay_out(flow, options)
    return (
        *_height(layout, "dbr_excluded" if flow.versions else "database_specific_results"),
        *_pages(layout, suffixes),
        *_left_out(flow, options),
        *_unplaced(flow, options),
        *_letters(layout),
    )


def _height(layout: Layout, list_to_hide: str) -> Iterator[str]:
    if layout.height > TALLEST_MM:
        yield (
            f"The figure is {layout.width:.0f} x {layout.height:.0f} mm; journals take heights up to about {TALLEST_MM:.0f} mm. "
            f"Make it wider, or hide lists, for example with --hide {list_to_hide}."
        )


def _pages(layout: Layout, suffixes: frozenset[str]) -> Iterator[str]:
    limits = {".docx": ("A page of Word", docx.TALLEST_MM), ".pptx": ("A slide", pptx.TALLEST_MM)}
    for suffix in sorted(suffixes & limits.keys()):
        page, tallest = limits[suffix]
        if layout.height > tallest:
            yield f"{page} has room for {tallest:.0f} mm of height, so the {suffix} figure was made wider than {layout.width:.0f} mm."


def _left_out(flow: Flow, options: FigureOptions) -> Iterator[str]:
    omitted = [
        entry for entry in omitted_entries(full_plan(flow, options), options.hide) if entry.count is not None and entry.count.n
    ]
    if omitted:
        names = "; ".join(entry.text.replace("\u00a0", " ") for entry in omitted[:5])
        more = f" and {len(omitted) - 5} more lines" if len(omitted) > 5 else ""  # noqa: PLR2004 # as many as the sentence names
        yield f"The figure hides counts that are not zero, so its numbers may not add up for a reader: {names}{more}."


def _unplaced(flow: Flow, options: FigureOptions) -> Iterator[str]:
    keys = () if FOOTNOTES in options.hide else unplaced_notes(plan(flow, options), flow)
    if keys:
        yield f"The figure has no line for the notes on {', '.join(keys)}, so these were left out."


def content_remarks(flow: Flow, options: FigureOptions) -> Iterator[str]:
    """What holds for a figure in whatever form: whose translation its words are, which sentences have none, which boxes are missing."""
    yield from unknown_boxes(flow, options)
    table = language_table(options.language_for(flow))
    if table.unreviewed:
        checked = f" ({table.published})" if table.published else ""
        part = f"{len(table.unreviewed)} strings of it" if table.reviewed else "translated by this project,"
        yield (
            f"The wording in {table.name}: {part} not yet checked against a published translation of PRISMA 2020{checked}. Have it read by "
            "somebody who writes in this language; [flow.labels] replaces a label."
        )
    strange = () if FOOTNOTES in options.hide else [note for note in flow.footnotes if not table.knows(note)]
    if strange:
        yield f"Notes without words in {table.name} stand as they were written: {'; '.join(strange)}"


def _letters(layout: Layout) -> Iterator[str]:
    missing = missing_glyphs(layout)
    if missing:
        yield f"No font at hand has {list_missing(missing)}; a reader sees these letters only with a font that has them."
