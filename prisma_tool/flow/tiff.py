"""The figure as TIFF for journals: LZW, 8 bits, no transparency, with its resolution.

Invariant: the same dots as the PNG of the same resolution; grey and line art in one channel, colour in three (reference prisma2020.md, C6).
"""

from __future__ import annotations

import io
import warnings

from prisma_tool.flow.figure import Colours, Fill, Layout
from prisma_tool.flow.png import draw_dots

PRINT_DPI = 600


def render_tiff(layout: Layout, dpi: int = PRINT_DPI) -> bytes:
    """The picture at `dpi` dots per inch.

    Raises:
        PrismaError: no font at hand has a character.
        UsageError: a resolution that makes no sense, or too high for so large a figure.
    """
    from PIL import Image

    drawn = draw_dots(layout, dpi, "TIFF")
    target = io.BytesIO()
    with warnings.catch_warnings():
        # The picture is our own and bounded already; Pillow warns of any that has more than 89 million dots.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        with Image.open(io.BytesIO(drawn)) as picture:
            flat = picture.convert("RGB" if _coloured(layout.colours) else "L")
    flat.save(target, "TIFF", compression="tiff_lzw", dpi=(dpi, dpi))
    return target.getvalue()


def _coloured(colours: Colours) -> bool:
    """True where any fill has three different parts."""
    shades = [colours.of(fill).lstrip("#") for fill in Fill]
    return any(not shade[0:2] == shade[2:4] == shade[4:6] for shade in shades)
