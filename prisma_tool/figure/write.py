"""Writing a flow into a file; the suffix says how. Byte-identical for an identical flow and identical options.

Adding an output is adding a line to `RENDERERS`: a suffix and a function of the flow and the options. Renderers that draw ask
`layout.lay_out(flow, options)` for the figure; those that write data need the flow alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from prisma_tool.errors import UsageError
from prisma_tool.figure.plugged_renderers import plugged_renderer
from prisma_tool.figure.words.options import PLAIN, FigureOptions, TextForm
from prisma_tool.file_io import write_atomically
from prisma_tool.flow.as_json import file_json
from prisma_tool.flow.flow import Flow
from prisma_tool.plugins.entry_points import PluginKind, announced

if TYPE_CHECKING:
    from prisma_tool.figure.words.record_lines import Records

TEXT_WIDTH = 100

Renderer = Callable[[Flow, FigureOptions], bytes]


def _svg(flow: Flow, options: FigureOptions) -> bytes:
    from prisma_tool.figure.layout.layout import lay_out
    from prisma_tool.figure.render.svg import render_outlined_svg, render_svg

    layout = lay_out(flow, options)
    return (render_outlined_svg(layout) if options.text is TextForm.PATHS else render_svg(layout)).encode()


def _png(flow: Flow, options: FigureOptions) -> bytes:
    from prisma_tool.figure.layout.layout import lay_out
    from prisma_tool.figure.render.png import SCREEN_DPI, render_png

    return render_png(lay_out(flow, options), options.dpi or SCREEN_DPI)


def _tiff(flow: Flow, options: FigureOptions) -> bytes:
    from prisma_tool.figure.layout.layout import lay_out
    from prisma_tool.figure.render.png import PRINT_DPI, render_tiff

    return render_tiff(lay_out(flow, options), options.dpi or PRINT_DPI)


def _pdf(flow: Flow, options: FigureOptions) -> bytes:
    from prisma_tool.figure.layout.layout import lay_out
    from prisma_tool.figure.render.pdf import render_pdf

    return render_pdf(lay_out(flow, options))


def _eps(flow: Flow, options: FigureOptions) -> bytes:
    from prisma_tool.figure.layout.layout import lay_out
    from prisma_tool.figure.render.eps import render_eps

    return render_eps(lay_out(flow, options))


def _docx(flow: Flow, options: FigureOptions) -> bytes:
    from prisma_tool.figure.layout.layout import lay_out_within
    from prisma_tool.figure.render.docx import TALLEST_MM, render_docx
    from prisma_tool.figure.words.caption import caption

    return render_docx(lay_out_within(flow, options, TALLEST_MM), caption(flow, options))


def _pptx(flow: Flow, options: FigureOptions) -> bytes:
    from prisma_tool.figure.layout.layout import lay_out_within
    from prisma_tool.figure.render.pptx import TALLEST_MM, render_pptx
    from prisma_tool.figure.words.caption import caption

    return render_pptx(lay_out_within(flow, options, TALLEST_MM), caption(flow, options))


def _txt(flow: Flow, options: FigureOptions) -> bytes:
    from prisma_tool.figure.render.terminal import render_text

    return render_text(flow, TEXT_WIDTH, options).encode()


def _json(flow: Flow, options: FigureOptions) -> bytes:
    data = file_json(flow, reasons_at_screening=options.reasons_at_screening)
    return (json.dumps(data, ensure_ascii=False, indent=2) + "\n").encode()


def _html(flow: Flow, options: FigureOptions, records: Records | None = None) -> bytes:
    from prisma_tool.figure.render.html import render_html

    return render_html(flow, options, records).encode()


def _csv(flow: Flow, options: FigureOptions) -> bytes:
    from prisma_tool.figure.exchange.csv_out import render_csv

    return render_csv(flow, options).encode()


def _md(flow: Flow, options: FigureOptions) -> bytes:
    from prisma_tool.figure.render.markdown import render_markdown

    return render_markdown(flow, options).encode()


RENDERERS: Mapping[str, Renderer] = {
    ".svg": _svg,
    ".pdf": _pdf,
    ".png": _png,
    ".tiff": _tiff,
    ".tif": _tiff,
    ".eps": _eps,
    ".docx": _docx,
    ".pptx": _pptx,
    ".txt": _txt,
    ".json": _json,
    ".html": _html,
    ".csv": _csv,
    ".md": _md,
}
"""One renderer per suffix; adding an output is adding a line here."""

DATA = frozenset({".txt", ".json", ".csv", ".md"})
"""Outputs that are no printed figure: no remark on its size applies to them."""
WITHOUT_WORDS = frozenset({".json", ".csv"})
"""Outputs that are the same in whatever language a figure is drawn."""


def draw(
    flow: Flow,
    paths: Sequence[Path],
    options: FigureOptions = PLAIN,
    records: Records | None = None,
    notes: Path | None = None,
) -> tuple[str, ...]:
    """Write the flow to each of `paths`; nothing is written before all are drawn. Gives what the caller should know of the figure.

    Args:
        flow: the flow.
        paths: files to write; the suffix of each says how (`RENDERERS`).
        options: the choices for the figure.
        records: the words for the records behind the numbers, for outputs that list them (`needs_records`); None lists keys.
        notes: a file of their own for caption and footnotes (.txt or .md), if they are wanted.

    Raises:
        UsageError: no renderer has this suffix, an option does not fit this flow, or the notes would take the place of a figure.
        PrismaError: a file cannot be written, or no font at hand has a character (the sentence names it).
    """
    drawn = [(path, _renderer(path, records)(flow, options)) for path in paths]
    if notes is not None:
        drawn.append((notes, _notes(flow, notes, paths, options)))
    for path, data in drawn:
        write_atomically(path, data)
    suffixes = frozenset(path.suffix.lower() for path in paths)
    pictures = (suffixes - DATA) & RENDERERS.keys()
    return (
        *(content_remarks(flow, options) if suffixes - WITHOUT_WORDS else ()),
        *(_remarks(flow, options, pictures) if pictures else ()),
        *(_csv_remarks(flow, options) if ".csv" in suffixes else ()),
    )


def _notes(flow: Flow, path: Path, figures: Sequence[Path], options: FigureOptions) -> bytes:
    if path.resolve() in {figure.resolve() for figure in figures}:
        raise UsageError(f"{path}: the notes would take the place of the figure; name another file for them.")
    from prisma_tool.figure.render.notes_text import render_notes

    return render_notes(flow, path, options)


def needs_records(paths: Sequence[Path]) -> bool:
    """True where an output lists the records behind the numbers."""
    return any(path.suffix.lower() == ".html" for path in paths)


def _renderer(path: Path, records: Records | None) -> Renderer:
    if needs_records([path]):
        return partial(_html, records=records)
    suffix = path.suffix.lower()
    renderer = RENDERERS.get(suffix) or plugged_renderer(suffix, frozenset(RENDERERS))
    if renderer is None:
        added = (f".{plugin.name}" for plugin in announced(PluginKind.RENDERERS))
        raise UsageError(f"{path}: figures are written as {', '.join((*RENDERERS, *added))}; choose one of these suffixes.")
    return renderer


def _remarks(flow: Flow, options: FigureOptions, suffixes: frozenset[str]) -> tuple[str, ...]:
    from prisma_tool.figure.warnings import remarks

    return remarks(flow, options, suffixes)


def content_remarks(flow: Flow, options: FigureOptions = PLAIN) -> tuple[str, ...]:
    """What to know of the words and boxes of a figure, in whatever form it is shown."""
    from prisma_tool.figure import warnings

    return tuple(warnings.content_remarks(flow, options))


def _csv_remarks(flow: Flow, options: FigureOptions) -> tuple[str, ...]:
    from prisma_tool.figure.exchange.csv_out import csv_remarks

    return csv_remarks(flow, options)
