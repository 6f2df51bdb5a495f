"""Whether the bundled font can draw a figure; asked by every output that has no other font to fall back on."""

from __future__ import annotations

from prisma_tool.errors import PrismaError
from prisma_tool.flow import metrics
from prisma_tool.flow.figure import Layout


def missing_glyphs(layout: Layout) -> tuple[str, ...]:
    """The characters in the figure that the bundled font lacks, each once."""
    return metrics.missing_glyphs("".join(line.text for line in layout.lines))


def require_glyphs(layout: Layout, form: str) -> None:
    """Refuses to draw boxes instead of letters: PrismaError when the font lacks a character of a label; `form` e.g. "PNG"."""
    missing = missing_glyphs(layout)
    if missing:
        named = ", ".join(f"{character} (U+{ord(character):04X})" for character in missing[:10])
        more = f" and {len(missing) - 10} more" if len(missing) > 10 else ""  # noqa: PLR2004 # as many as the sentence names
        raise PrismaError(
            f"The bundled font cannot draw {named}{more}, so no {form} was written. "
            "Write the figure as SVG, which uses the reader's fonts, or change the labels."
        )
