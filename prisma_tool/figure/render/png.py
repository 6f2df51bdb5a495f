"""The figure as PNG, drawn from the SVG with the fonts at hand only, so that every machine gives the same picture.

Invariant: the file says how large it is (pHYs), so that it is placed at the layout's width in millimetres.
"""

from __future__ import annotations

import io
import struct
import warnings
import zlib
from typing import TYPE_CHECKING

from prisma_tool.errors import UsageError
from prisma_tool.figure.fonts.faces import BOLD, BUNDLED, REGULAR
from prisma_tool.figure.layout.shapes import Colours, Fill, Layout
from prisma_tool.figure.render.glyph_coverage import fonts_of, require_glyphs
from prisma_tool.figure.render.svg import render_svg
from prisma_tool.figure.words.options import HIGHEST_DPI, LOWEST_DPI

if TYPE_CHECKING:
    from PIL import Image

SCREEN_DPI = 300
MOST_DOTS = 170_000_000
"""Largest picture: some 700 MB while it is drawn, and as large as common programs open without complaint."""
_MM_PER_INCH = 25.4
_AFTER_HEADER = 33
"""Where the second chunk begins: 8 bytes of signature and 25 of IHDR, both of fixed length (PNG specification, 5.2 and 11.2.2)."""


def render_png(layout: Layout, dpi: int = SCREEN_DPI) -> bytes:
    """The picture at `dpi` dots per inch.

    Raises:
        PrismaError: no font at hand has a character.
        UsageError: a resolution that makes no sense, or too high for so large a figure.
    """
    target = io.BytesIO()
    _flat(draw_dots(layout, dpi, "PNG"), layout).save(target, "PNG")
    return with_resolution(target.getvalue(), dpi)


def _flat(drawn: bytes, layout: Layout) -> Image.Image:
    """The picture without transparency, for which journals have no use; in greys where the figure has no colours."""
    from PIL import Image

    with warnings.catch_warnings():
        # The picture is our own and bounded already; Pillow warns of any that has more than 89 million dots.
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        with Image.open(io.BytesIO(drawn)) as picture:
            return picture.convert("RGB" if _coloured(layout.colours) else "L")


def draw_dots(layout: Layout, dpi: int, form: str) -> bytes:
    """The picture as PNG data that does not say its resolution; `form` names the output in an error.

    Raises:
        PrismaError: no font at hand has a character.
        UsageError: a resolution that makes no sense, or too high for so large a figure.
    """
    import resvg_py

    _require_size(layout, dpi)
    require_glyphs(layout, form)
    added = [str(face.path) for face in fonts_of(layout).added]
    drawn = resvg_py.svg_to_bytes(
        svg_string=render_svg(layout, f"'{BUNDLED}'", embed=False),
        dpi=dpi,
        background="#ffffff",
        skip_system_fonts=True,
        font_files=[*added, str(REGULAR), str(BOLD)],
        font_family=BUNDLED,
        sans_serif_family=BUNDLED,
    )
    return bytes(drawn)


def _require_size(layout: Layout, dpi: int) -> None:
    if not LOWEST_DPI <= dpi <= HIGHEST_DPI:
        raise UsageError(f"{dpi} dpi is not between {LOWEST_DPI} and {HIGHEST_DPI}; journals ask for 300, 600, 1000 or 1200.")
    dots = layout.width * layout.height * (dpi / _MM_PER_INCH) ** 2
    if dots > MOST_DOTS:
        raise UsageError(
            f"At {dpi} dpi this figure of {layout.width:.0f} x {layout.height:.0f} mm has {dots / 1e6:.0f} million dots; at most "
            f"{MOST_DOTS / 1e6:.0f} million are drawn. Choose a lower --dpi, or write PDF or EPS, which have no dots."
        )


def with_resolution(png: bytes, dpi: int) -> bytes:
    """`png` with a pHYs chunk of `dpi` dots per inch right behind its header (PNG specification, 11.3.4.3)."""
    per_metre = round(dpi * 1000 / _MM_PER_INCH)
    body = b"pHYs" + struct.pack(">IIB", per_metre, per_metre, 1)
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return png[:_AFTER_HEADER] + chunk + png[_AFTER_HEADER:]


PRINT_DPI = 600


def render_tiff(layout: Layout, dpi: int = PRINT_DPI) -> bytes:
    """The picture at `dpi` dots per inch.

    Raises:
        PrismaError: no font at hand has a character.
        UsageError: a resolution that makes no sense, or too high for so large a figure.
    """
    target = io.BytesIO()
    _flat(draw_dots(layout, dpi, "TIFF"), layout).save(target, "TIFF", compression="tiff_lzw", dpi=(dpi, dpi))
    return target.getvalue()


def _coloured(colours: Colours) -> bool:
    """True where any fill has three different parts."""
    shades = [colours.of(fill).lstrip("#") for fill in Fill]
    return any(not shade[0:2] == shade[2:4] == shade[4:6] for shade in shades)
