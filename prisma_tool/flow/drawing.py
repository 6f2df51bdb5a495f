"""Writing a flow into a file; the suffix says how. Byte-identical for an identical flow."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from prisma_tool.errors import UsageError
from prisma_tool.flow.data import as_json
from prisma_tool.flow.flow import Flow
from prisma_tool.review.files import write_atomically

TEXT_WIDTH = 100


def _svg(flow: Flow) -> bytes:
    from prisma_tool.flow.layout import lay_out
    from prisma_tool.flow.svg import render_svg

    return render_svg(lay_out(flow)).encode()


def _png(flow: Flow) -> bytes:
    from prisma_tool.flow.layout import lay_out
    from prisma_tool.flow.png import render_png

    return render_png(lay_out(flow))


def _pdf(flow: Flow) -> bytes:
    from prisma_tool.flow.layout import lay_out
    from prisma_tool.flow.pdf import render_pdf

    return render_pdf(lay_out(flow))


def _txt(flow: Flow) -> bytes:
    from prisma_tool.flow.terminal import render_text

    return render_text(flow, width=TEXT_WIDTH).encode()


def _json(flow: Flow) -> bytes:
    return (json.dumps(as_json(flow), ensure_ascii=False, indent=2) + "\n").encode()


RENDERERS: Mapping[str, Callable[[Flow], bytes]] = {".svg": _svg, ".png": _png, ".pdf": _pdf, ".txt": _txt, ".json": _json}
"""One renderer per suffix; adding an output is adding a line here."""


def draw(flow: Flow, paths: Sequence[Path]) -> None:
    """Write the flow to each of `paths`; nothing is written before all are drawn.

    Raises:
        UsageError: no renderer has this suffix.
        PrismaError: a file cannot be written, or the font lacks a character (the sentence names it).
    """
    drawn = [(path, _renderer(path)(flow)) for path in paths]
    for path, data in drawn:
        write_atomically(path, data)


def _renderer(path: Path) -> Callable[[Flow], bytes]:
    renderer = RENDERERS.get(path.suffix.lower())
    if renderer is None:
        raise UsageError(f"{path}: figures are written as {', '.join(RENDERERS)}; choose one of these suffixes.")
    return renderer
