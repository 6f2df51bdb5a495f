"""The options of `flow` that say how the figure looks, as one `FigureOptions` for whoever draws it."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from prisma_tool.errors import PrismaError, UsageError
from prisma_tool.figure.words.options import PRESETS, SLIDE_MM, Direction, FigureOptions, Palette, TextForm, Thousands, Wording
from prisma_tool.model.protocol.figure_words import ExtraBoxes, Language

Command = Callable[..., Any]

_OPTIONS = (
    click.option(
        "--preset", type=click.Choice(list(PRESETS)), help="Width of a journal's column in mm: one, one and a half, full."
    ),
    click.option("--width", type=float, metavar="MM", help="Any other width."),
    click.option(
        "--style",
        type=click.Choice([choice.value for choice in Palette]),
        default=Palette.COLOUR.value,
        help="Colours of the figure.",
    ),
    click.option(
        "--font", "fonts", multiple=True, type=click.Path(path_type=Path), metavar="FILE", help="A TTF or OTF that comes first."
    ),
    click.option(
        "--thousands",
        type=click.Choice([choice.value for choice in Thousands]),
        default=Thousands.NONE.value,
        help="1234567, 1,234,567...",
    ),
    click.option(
        "--text",
        type=click.Choice([choice.value for choice in TextForm]),
        default=TextForm.FONT.value,
        help="Letters of an SVG: text with its font embedded, or outlines for production.",
    ),
    click.option("--dpi", type=int, help="Resolution of png (default 300) and tiff (600)."),
    click.option(
        "--hide", multiple=True, metavar="NAME", help="Leave out a line, list, column (previous, other) or the footnotes."
    ),
    click.option(
        "--show",
        multiple=True,
        type=click.Choice([choice.value for choice in ExtraBoxes]),
        help="Boxes that PRISMA 2020 has not: titles and abstracts as two steps; screening of other methods' records.",
    ),
    click.option(
        "--wording",
        type=click.Choice([choice.value for choice in Wording]),
        default=Wording.SYSTEMATIC.value,
        help="scoping: PRISMA-ScR.",
    ),
    click.option(
        "--language",
        type=click.Choice([choice.value for choice in Language]),
        help="The figure's own wording in another language; what the review says in its own words stays.",
    ),
    click.option(
        "--layout",
        default="2020",
        metavar="2020|horizontal",
        help="The boxes of PRISMA 2020 down the page, or from left to right for a slide (254 mm wide without --width).",
    ),
    click.option("--reasons-at-screening", is_flag=True, help="Show reasons at title/abstract too, marked as an extension."),
)


def figure_options(command: Command) -> Command:
    """Adds the options to `command`, which gets them as one argument, `figure`."""

    @wraps(command)
    def with_figure(*args: Any, **named: Any) -> Any:
        values = {
            name: named.pop(name)
            for name in (
                "preset",
                "width",
                "style",
                "fonts",
                "thousands",
                "text",
                "dpi",
                "hide",
                "show",
                "wording",
                "language",
                "layout",
                "reasons_at_screening",
            )
        }
        return command(*args, figure=_figure_options(**values), **named)

    for option in reversed(_OPTIONS):
        with_figure = option(with_figure)
    return with_figure


def _figure_options(preset: str | None, width: float | None, **values: Any) -> FigureOptions:
    if preset and width is not None:
        raise UsageError("--preset and --width are both a width; give one of them.")
    horizontal = values["layout"] == Direction.HORIZONTAL
    if values["layout"] not in ("2020", "2009") and not horizontal:
        raise click.BadParameter(
            f"'{values['layout']}' is neither '2020', the layout of PRISMA 2020, nor 'horizontal'.", param_hint="'--layout'"
        )
    if values["layout"] == "2009":
        raise PrismaError(
            "The layout of 2009 is no longer drawn: it has no box for reports not retrieved or for other methods, and would print "
            "numbers nobody gave. Leave out --layout for PRISMA 2020."
        )
    return FigureOptions(
        width_mm=width if width is not None else SLIDE_MM if horizontal and not preset else PRESETS[preset or "190"],
        direction=Direction.HORIZONTAL if horizontal else Direction.VERTICAL,
        palette=Palette(values["style"]),
        fonts=tuple(values["fonts"]),
        thousands=Thousands(values["thousands"]),
        text=TextForm(values["text"]),
        dpi=values["dpi"],
        hide=frozenset(values["hide"]),
        show=frozenset(map(ExtraBoxes, values["show"])),
        wording=Wording(values["wording"]),
        language=Language(values["language"]) if values["language"] else None,
        reasons_at_screening=values["reasons_at_screening"],
    )
