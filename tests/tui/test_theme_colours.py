"""In each theme every text can be read and no two verdicts look alike, with 16 million colours and with 256, for colour-blind readers too.

Contrast: WCAG 2.2, 1.4.3 and 1.4.11 (4.5 for text, 3 for signs). Colour blindness: Machado, Oliveira and Fernandes, "A Physiologically-based
Model for Simulation of Color Vision Deficiency", IEEE Transactions on Visualization and Computer Graphics 15 (2009), 1291-1298, at
severity 1, in linear RGB.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import combinations
from typing import NamedTuple

import pytest
from rich.color import Color, ColorSystem
from textual.theme import Theme

from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.screening.queue import read_queue
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.themes import COLOUR_BLIND, DARK, HIGH_CONTRAST, THEMES, usual_theme

ReviewOf = Callable[..., Review]
Vector = tuple[float, float, float]
Seen = tuple[Vector, Vector, Vector]
AS_IS: Seen = ((1, 0, 0), (0, 1, 0), (0, 0, 1))
PROTANOPIA: Seen = ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998))
DEUTERANOPIA: Seen = ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881))
TRITANOPIA: Seen = ((1.255528, -0.076749, -0.178779), (-0.078411, 0.930809, 0.147602), (0.004733, 0.691367, 0.303900))
XYZ: Seen = ((0.4124, 0.3576, 0.1805), (0.2126, 0.7152, 0.0722), (0.0193, 0.1192, 0.9505))
WHITE = (0.95047, 1.0, 1.08883)
FRAMES = set(" ─│╭╮╰╯┌┐└┘├┤┬┴╌▎")
"""What parts the screen, and says nothing."""
SIGNS = set("━▁▂▃▄▅▆▇█▸▼▲")
PLACES = ("home", "search", "title-abstract", "records", "activity", "conflicts")
"""Those whose style sheets and words use every colour that any place uses."""
APART = 20
"""A difference in CIELAB beyond which nobody takes one colour for the other; 2.3 can just be noticed."""


class Painted(NamedTuple):
    """Text as it is painted."""

    place: str
    text: str
    colour: Color
    surface: Color


def triplet(colour: Color | str, colours: ColorSystem | None) -> Vector:
    """A colour as a terminal shows it that has all colours (None), or so many."""
    shown = Color.parse(colour) if isinstance(colour, str) else colour
    red, green, blue = (shown.downgrade(colours) if colours else shown).get_truecolor()
    return (linear(red), linear(green), linear(blue))


def linear(value: int) -> float:
    share = value / 255
    return share / 12.92 if share <= 0.04045 else float(((share + 0.055) / 1.055) ** 2.4)


def seen(matrix: Seen, colour: Vector) -> Vector:
    red, green, blue = (sum(a * b for a, b in zip(row, colour, strict=True)) for row in matrix)
    return (red, green, blue)


def contrast(first: Vector, second: Vector) -> float:
    dark, light = sorted(seen(XYZ, colour)[1] for colour in (first, second))
    return (light + 0.05) / (dark + 0.05)


def difference(first: Vector, second: Vector) -> float:
    """The distance of two colours in CIELAB."""
    return float(sum((a - b) ** 2 for a, b in zip(lab(first), lab(second), strict=True)) ** 0.5)


def lab(colour: Vector) -> Vector:
    x, y, z = (root(value / white) for value, white in zip(seen(XYZ, colour), WHITE, strict=True))
    return (116 * y - 16, 500 * (x - y), 200 * (y - z))


def root(value: float) -> float:
    return float(value ** (1 / 3)) if value > 0.008856 else 7.787 * value + 16 / 116


def test_the_measures_are_those_that_are_published() -> None:
    assert contrast(triplet("#ffffff", None), triplet("#000000", None)) == pytest.approx(21, abs=0.01)
    assert contrast(triplet("#777777", None), triplet("#ffffff", None)) == pytest.approx(4.48, abs=0.01)
    assert difference(triplet("#ffffff", None), triplet("#000000", None)) == pytest.approx(100, abs=0.1)
    assert all(sum(row) == pytest.approx(1, abs=1e-5) for matrix in (PROTANOPIA, DEUTERANOPIA, TRITANOPIA) for row in matrix)


def painted(app: ReviewApp, place: str) -> Iterator[Painted]:
    for strip in app.screen._compositor.render_strips():
        for text, style, _ in strip:
            if style and style.color and style.bgcolor and not set(text) <= FRAMES:
                yield Painted(place, text.strip(), style.color, style.bgcolor)


def wanted_of(theme: Theme, one: Painted) -> float:
    """High contrast is more than is asked of every theme, but on the marked row, which must be seen as one, too."""
    is_marked = one.surface.get_truecolor().hex == theme.variables["block-cursor-background"]
    return 7 if theme is HIGH_CONTRAST and not is_marked else 4.5


def too_faint(one: Painted, wanted: float) -> list[str]:
    """With which colours a text has too little contrast."""
    least = 3 if set(one.text) <= SIGNS else wanted
    return [
        f"{one.place}: {one.text!r}, {one.colour.get_truecolor().hex} on {one.surface.get_truecolor().hex}: {ratio:.2f}"
        for colours in (None, ColorSystem.EIGHT_BIT)
        if (ratio := contrast(triplet(one.colour, colours), triplet(one.surface, colours))) < least
    ]


async def test_every_text_stands_out_from_its_surface_in_every_place_and_theme(review_of: ReviewOf) -> None:
    review = review_of(4, "[screening]\nreviewers_per_record = 2\n")
    with review.store.read() as transaction:
        keys = read_queue(transaction, Stage.TITLE_ABSTRACT, "Anna").keys
    votes = ("Anna", "include"), ("Ben", "exclude"), ("Anna", "maybe")
    decide(review, [Decision(keys[n // 2], Stage.TITLE_ABSTRACT, who, Verdict(what)) for n, (who, what) in enumerate(votes)])
    faint: list[str] = []
    async with ReviewApp(review, "Anna").run_test(size=(170, 40)) as pilot:
        for theme in THEMES:
            pilot.app.theme = theme.name
            for place in PLACES:
                pilot.app.go(place)  # type: ignore[attr-defined] # the application of this test
                await pilot.app.workers.wait_for_complete()
                await pilot.pause()
                texts = set(painted(pilot.app, f"{theme.name}, {place}"))  # type: ignore[arg-type] # likewise
                assert len(texts) > 3
                faint += [words for one in texts for words in too_faint(one, wanted_of(theme, one))]
    assert "\n".join(faint) == ""


def verdicts(theme: Theme) -> dict[str, str]:
    return {name: theme.variables[f"text-{name}"] for name in ("success", "error", "warning", "accent")}


@pytest.mark.parametrize("colours", [None, ColorSystem.EIGHT_BIT], ids=["all", "256"])
@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_verdicts_have_colours_that_nobody_confuses(theme: Theme, colours: ColorSystem | None) -> None:
    # For who sees all colours, in every theme; for whoever does not, in the one that is made for them.
    for first, second in combinations(verdicts(theme).values(), 2):
        assert difference(triplet(first, colours), triplet(second, colours)) > APART
    voted = [verdicts(theme)[name] for name in ("success", "error", "warning")]
    for matrix in (PROTANOPIA, DEUTERANOPIA, TRITANOPIA) if theme is COLOUR_BLIND else ():
        for first, second in combinations(voted, 2):
            assert difference(seen(matrix, triplet(first, colours)), seen(matrix, triplet(second, colours))) > APART


def test_a_confusion_would_be_noticed() -> None:
    green, red = (seen(DEUTERANOPIA, triplet(colour, None)) for colour in ("#87d787", "#ff8787"))
    assert difference(green, red) < APART


@pytest.mark.parametrize("theme", THEMES, ids=lambda theme: theme.name)
def test_surfaces_stay_grey_with_256_colours(theme: Theme) -> None:
    first_grey, black, white = 232, 16, 231
    for surface in (theme.background, theme.surface, theme.panel, theme.variables["block-cursor-background"]):
        assert surface is not None
        number = Color.parse(surface).downgrade(ColorSystem.EIGHT_BIT).number
        assert number is not None
        # The marked row of the light theme is a light grey of the colour cube.
        assert number >= first_grey or number in {black, white, 188}
    assert Color.parse("#242b34").downgrade(ColorSystem.EIGHT_BIT).number == 17  # navy


def test_the_marked_row_and_the_panel_can_be_told_from_the_background_with_256_colours() -> None:
    for theme in THEMES:
        marked = theme.variables["block-cursor-background"]
        shown = [
            Color.parse(one or "").downgrade(ColorSystem.EIGHT_BIT).number for one in (theme.background, theme.panel, marked)
        ]
        assert len(set(shown)) == 3, (theme.name, shown)


@pytest.mark.parametrize(("colours", "theme"), [("standard", HIGH_CONTRAST), ("256", DARK), ("truecolor", DARK), (None, DARK)])
def test_a_terminal_of_16_colours_begins_with_high_contrast(colours: str | None, theme: Theme) -> None:
    assert usual_theme(colours) is theme
