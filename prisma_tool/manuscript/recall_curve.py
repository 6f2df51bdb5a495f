"""The recall curve of a simulated screening, beside the best possible order and a random one, as SVG or PNG.

Invariant: the same labels give the same bytes; PNG is drawn with the bundled font alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path

from prisma_tool.errors import UsageError
from prisma_tool.figure.fonts.faces import BUNDLED, REGULAR
from prisma_tool.figure.render.xml_text import text
from prisma_tool.file_io import write_atomically

_WIDTH, _HEIGHT = 640, 420
_LEFT, _RIGHT, _TOP, _BOTTOM = 64, 616, 48, 360
_TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_SERIES = (("this order", "#0072B2", ""), ("best possible", "#555555", "6 4"), ("random", "#999999", "2 4"))
"""Names, colours that colour-blind people tell apart, and dashes that print tells apart."""
_STYLE = f'role="img" font-family="{BUNDLED}, Arial, Helvetica, sans-serif" font-size="12" fill="#222222"'
_MOST_POINTS = 1_000
Point = tuple[float, float]


def write_curve(path: Path, labels: Sequence[bool], title: str) -> None:
    """Draw the recall curve into a file whose suffix says how.

    Args:
        path: the file, .svg or .png.
        labels: whether each record is relevant, in the order in which the records were shown.
        title: what stands above the curve.

    Raises:
        UsageError: the suffix is neither .svg nor .png.
        PrismaError: the file cannot be written.
    """
    draw = _DRAWN.get(path.suffix.lower())
    if draw is None:
        raise UsageError(f"{path}: the recall curve is drawn as {' or '.join(_DRAWN)}.")
    write_atomically(path, draw(curve_svg(labels, title)))


def curve_svg(labels: Sequence[bool], title: str) -> str:
    """The curve as an SVG document."""
    return "\n".join([*_head(title), *_axes(), *_lines(labels), *_legend(), "</svg>", ""])


def _head(title: str) -> Iterator[str]:
    yield '<?xml version="1.0" encoding="UTF-8"?>'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" viewBox="0 0 {_WIDTH} {_HEIGHT}" {_STYLE}>'
    yield f"<title>{text(title)}</title>"
    yield f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#FFFFFF"/>'
    yield _words(_LEFT, 26, title, "start", 14)


Band = tuple[Sequence[float], Sequence[float], Sequence[float]]
"""Recall after equal steps of the records screened, from none to all: the least, the median and the most of several runs."""
_COLOURS = ("#0072B2", "#D55E00")


def band_picture(suffix: str, bands: Mapping[str, Band], title: str) -> bytes:
    """Recall curves with a band from the least to the most of several runs, one for each program.

    Raises:
        UsageError: the suffix is neither .svg nor .png.
    """
    draw = _DRAWN.get(suffix)
    if draw is None:
        raise UsageError(f"{suffix}: a recall curve is drawn as {' or '.join(_DRAWN)}.")
    return draw(band_svg(bands, title))


def band_svg(bands: Mapping[str, Band], title: str) -> str:
    """The same as an SVG document."""
    return "\n".join([*_head(title), *_axes(), *_bands(bands), "</svg>", ""])


def _bands(bands: Mapping[str, Band]) -> Iterator[str]:
    for line, ((name, (least, median, most)), colour) in enumerate(zip(bands.items(), _COLOURS, strict=False)):
        around = " ".join([*_steps(most), *reversed(list(_steps(least)))])
        yield f'<polygon points="{around}" fill="{colour}" fill-opacity="0.18"/>'
        yield f'<polyline points="{" ".join(_steps(median))}" fill="none" stroke="{colour}" stroke-width="2"/>'
        y = _BOTTOM - 42 + 18 * line
        yield f'<path d="M{_RIGHT - 230} {y}h30" stroke="{colour}" stroke-width="2"/>'
        yield _words(_RIGHT - 192, y + 4, f"{name}: median, least to most", "start")


def _steps(values: Sequence[float]) -> Iterator[str]:
    last = max(len(values) - 1, 1)
    for step, value in enumerate(values):
        x, y = _place(step / last, value)
        yield f"{x:.1f},{y:.1f}"


def _axes() -> Iterator[str]:
    for share in _TICKS:
        x, y = _place(share, share)
        yield f'<path d="M{x:.1f} {_BOTTOM}v5M{_LEFT} {y:.1f}h-5" stroke="#222222"/>'
        yield f'<path d="M{_LEFT} {y:.1f}H{_RIGHT}" stroke="#E5E5E5"/>'
        yield _words(x, _BOTTOM + 20, f"{share:.0%}", "middle")
        yield _words(_LEFT - 10, y + 4, f"{share:.0%}", "end")
    yield f'<path d="M{_LEFT} {_TOP}V{_BOTTOM}H{_RIGHT}" fill="none" stroke="#222222"/>'
    yield _words((_LEFT + _RIGHT) / 2, _HEIGHT - 14, "share of the records screened", "middle")
    yield f'<g transform="rotate(-90 18 {(_TOP + _BOTTOM) / 2})">{_words(18, (_TOP + _BOTTOM) / 2, "recall", "middle")}</g>'


def _lines(labels: Sequence[bool]) -> Iterator[str]:
    relevant = max(sum(labels), 1)
    share = relevant / max(len(labels), 1)
    curves = (_curve(labels, relevant), [(0.0, 0.0), (share, 1.0), (1.0, 1.0)], [(0.0, 0.0), (1.0, 1.0)])
    for points, (_, colour, dashes) in reversed(list(zip(curves, _SERIES, strict=True))):
        path = " ".join(f"{x:.1f},{y:.1f}" for x, y in (_place(*point) for point in points))
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"/>'


def _curve(labels: Sequence[bool], relevant: int) -> list[Point]:
    counts = list(accumulate(map(int, labels), initial=0))
    step = max(len(labels) // _MOST_POINTS, 1)
    positions = sorted({*range(0, len(counts), step), len(counts) - 1})
    return [(position / max(len(labels), 1), counts[position] / relevant) for position in positions]


def _legend() -> Iterator[str]:
    for line, (name, colour, dashes) in enumerate(_SERIES):
        y = _BOTTOM - 60 + 18 * line
        yield f'<path d="M{_RIGHT - 140} {y}h30" stroke="{colour}" stroke-width="2" stroke-dasharray="{dashes}"/>'
        yield _words(_RIGHT - 102, y + 4, name, "start")


def _place(x: float, y: float) -> Point:
    return _LEFT + x * (_RIGHT - _LEFT), _BOTTOM - y * (_BOTTOM - _TOP)


def _words(x: float, y: float, content: str, anchor: str, size: int = 12) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}" font-size="{size}">{text(content)}</text>'


def _png(svg: str) -> bytes:
    import resvg_py

    drawn = resvg_py.svg_to_bytes(
        svg_string=svg, zoom=2, skip_system_fonts=True, font_files=[str(REGULAR)], font_family=BUNDLED, sans_serif_family=BUNDLED
    )
    return bytes(drawn)


_DRAWN: dict[str, Callable[[str], bytes]] = {".svg": str.encode, ".png": _png}
