"""The figure as PNG, drawn from the SVG with the bundled font only, so that every machine gives the same picture.

Invariant: the file says how large it is (pHYs), so that it is placed at the layout's width in millimetres.
"""

from __future__ import annotations

import struct
import zlib

from prisma_tool.errors import UsageError
from prisma_tool.flow.figure import Layout
from prisma_tool.flow.glyphs import require_glyphs
from prisma_tool.flow.metrics import BOLD, REGULAR
from prisma_tool.flow.svg import render_svg

BUNDLED = "Liberation Sans"
LOWEST_DPI, HIGHEST_DPI = 36, 2400
_MM_PER_INCH = 25.4
_AFTER_HEADER = 33
"""Where the second chunk begins: 8 bytes of signature and 25 of IHDR, both of fixed length (PNG specification, 5.2 and 11.2.2)."""


def render_png(layout: Layout, dpi: int = 300) -> bytes:
    """The picture at `dpi` dots per inch.

    Raises PrismaError where the bundled font lacks a character, UsageError for a resolution that makes no sense.
    """
    import resvg_py

    if not LOWEST_DPI <= dpi <= HIGHEST_DPI:
        raise UsageError(f"{dpi} dpi is not between {LOWEST_DPI} and {HIGHEST_DPI}; journals ask for 300, 600, 1000 or 1200.")
    require_glyphs(layout, "PNG")
    drawn = resvg_py.svg_to_bytes(
        svg_string=render_svg(layout, f"'{BUNDLED}'"),
        dpi=dpi,
        background="#ffffff",
        skip_system_fonts=True,
        font_files=[str(REGULAR), str(BOLD)],
        font_family=BUNDLED,
        sans_serif_family=BUNDLED,
    )
    return with_resolution(bytes(drawn), dpi)


def with_resolution(png: bytes, dpi: int) -> bytes:
    """`png` with a pHYs chunk of `dpi` dots per inch right behind its header (PNG specification, 11.3.4.3)."""
    per_metre = round(dpi * 1000 / _MM_PER_INCH)
    body = b"pHYs" + struct.pack(">IIB", per_metre, per_metre, 1)
    chunk = struct.pack(">I", len(body) - 4) + body + struct.pack(">I", zlib.crc32(body))
    return png[:_AFTER_HEADER] + chunk + png[_AFTER_HEADER:]
