"""What is sent to the terminal is the least that makes it look as if all had been sent; a terminal emulator judges."""

from __future__ import annotations

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import ColorSystem
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import LayoutUpdate
from textual.geometry import Region
from textual.strip import Strip

from prisma_tool.tui.terminal.appearance import Appearance, appearance_of, change, of_blank, shows_blank
from prisma_tool.tui.terminal.shown_cells import PaintedStrip, ShownCells

WIDTH, HEIGHT = 20, 3
SIZE = (WIDTH, HEIGHT)
COLOURS = ColorSystem.TRUECOLOR
RED, BOLD, BLUE = Style.parse("red"), Style.parse("bold red"), Style.parse("on blue")


def painted(picture: ShownCells, *pieces: PaintedStrip) -> str:
    return picture.paint(pieces, SIZE, COLOURS)


def strip(*parts: tuple[str, Style] | str) -> Strip:
    return Strip([Segment(part) if isinstance(part, str) else Segment(*part) for part in parts])


class Terminal:
    """A terminal emulator, and what can be seen in it."""

    def __init__(self) -> None:
        self.screen = pyte.Screen(WIDTH, HEIGHT)
        self.stream = pyte.Stream(self.screen)
        self.stream.feed("\x1b[?7l")

    def seen(self, sent: str) -> list[list[tuple[object, ...]]]:
        self.stream.feed(sent)
        return [[visible(self.screen.buffer[y][x]) for x in range(WIDTH)] for y in range(HEIGHT)]


def as_textual_sends_it(strips: list[Strip]) -> str:
    return LayoutUpdate([[one] for one in strips], Region(0, 0, WIDTH, HEIGHT)).render_segments(Console(color_system="truecolor"))


def visible(cell: pyte.screens.Char) -> tuple[object, ...]:
    if cell.data == " " and not (cell.underscore or cell.reverse or cell.strikethrough):
        return (" ", cell.bg)
    return tuple(cell)


# Named cases


def test_what_is_shown_already_is_not_sent_again() -> None:
    picture = ShownCells()
    assert "hello" in painted(picture, PaintedStrip(0, 0, strip("hello")))
    assert painted(picture, PaintedStrip(0, 0, strip("hello"))) == ""


def test_of_a_line_the_changed_run_is_sent() -> None:
    picture = ShownCells()
    painted(picture, PaintedStrip(1, 0, strip("Record 2 of 1000")))
    assert painted(picture, PaintedStrip(1, 0, strip("Record 3 of 1000"))) == "\x1b[2;8H3"


def test_a_colour_is_sent_where_it_begins_and_not_again() -> None:
    sent = painted(ShownCells(), PaintedStrip(0, 0, strip(("a", RED), ("b", RED))), PaintedStrip(1, 0, strip(("c", RED))))
    assert sent == "\x1b[1H\x1b[31mab\x1b[2Hc\x1b[m"


def test_a_space_needs_no_colour_of_letters() -> None:
    sent = painted(ShownCells(), PaintedStrip(0, 0, strip(("a", RED), " ", ("b", RED))))
    assert sent == "\x1b[1H\x1b[31ma b\x1b[m"


def test_a_few_unchanged_cells_are_written_and_many_are_jumped_over() -> None:
    picture = ShownCells()
    painted(picture, PaintedStrip(0, 0, strip("a....b.....c")))
    assert painted(picture, PaintedStrip(0, 0, strip("x....y.....z"))) == "\x1b[1Hx....y\x1b[5Cz"


def test_a_terminal_of_another_size_or_with_foreign_text_is_painted_whole() -> None:
    picture = ShownCells()
    piece = PaintedStrip(0, 0, strip("hello"))
    painted(picture, piece)
    assert "hello" in picture.paint([piece], (WIDTH + 1, HEIGHT), COLOURS)
    picture.forget()
    assert "hello" in picture.paint([piece], (WIDTH + 1, HEIGHT), COLOURS)


def test_a_line_with_a_letter_of_uncertain_width_is_sent_whole_and_what_follows_it_is_placed() -> None:
    picture = ShownCells()
    painted(picture, PaintedStrip(0, 0, strip(("日本", RED), "abc")))
    assert painted(picture, PaintedStrip(0, 0, strip(("日本", RED), "abd"))) == "\x1b[1H\x1b[31m日本\x1b[1;5H\x1b[mabd"


def test_an_accent_in_another_colour_stays_with_its_letter() -> None:
    sent = painted(ShownCells(), PaintedStrip(0, 0, strip("e", ("\u0301", RED), "f")))
    assert sent == "\x1b[1He\u0301\x1b[1;2Hf"
    sent = painted(ShownCells(), PaintedStrip(0, 0, strip("日本", ("\u0301", RED), "f")))
    assert sent == "\x1b[1H日本\u0301\x1b[1;5Hf"


def test_nothing_that_steers_a_terminal_is_sent_as_text() -> None:
    sent = painted(ShownCells(), PaintedStrip(0, 0, strip("a\x1b]0;title\x07b\x9bc\r\n\td")))
    assert sent == "\x1b[1Ha]0;titlebcd"


def test_what_reaches_beyond_the_terminal_is_cut() -> None:
    sent = painted(
        ShownCells(),
        PaintedStrip(0, WIDTH - 2, strip("abcd")),
        PaintedStrip(0, WIDTH + 2, strip("x")),
        PaintedStrip(HEIGHT, 0, strip("y")),
    )
    assert sent == f"\x1b[1;{WIDTH - 1}Hab"


@pytest.mark.parametrize(
    ("before", "after", "sent"),
    [
        (Appearance(), Appearance(foreground="31"), "\x1b[31m"),
        (Appearance(frozenset("1"), "31"), Appearance(foreground="31"), "\x1b[22m"),
        (Appearance(frozenset("13"), "31"), Appearance(frozenset("1"), "31"), "\x1b[23;1m"),
        (Appearance(frozenset("12"), "31"), Appearance(frozenset("2"), "31"), "\x1b[22;2m"),
        (Appearance(frozenset("1"), "31", "44"), Appearance(), "\x1b[m"),
        (Appearance(foreground="31", background="44"), Appearance(foreground="32"), "\x1b[32;49m"),
        (Appearance(link="id=1;https://example.org"), Appearance(), "\x1b]8;;\x1b\\"),
        (Appearance(), Appearance(link="id=1;https://example.org"), "\x1b]8;id=1;https://example.org\x1b\\"),
    ],
)
def test_from_look_to_look_what_differs_is_sent(before: Appearance, after: Appearance, sent: str) -> None:
    assert change(before, after) == sent


@pytest.mark.parametrize(
    ("style", "look"),
    [
        ("bold #010203 on #040506", Appearance(frozenset("1"), "38;2;1;2;3", "48;2;4;5;6")),
        ("color(200) on color(3)", Appearance(foreground="38;5;200", background="43")),
        ("underline bright_red on bright_blue", Appearance(frozenset("4"), "91", "104")),
        ("default on default", Appearance()),
        ("strike overline underline2", Appearance(frozenset({"9", "53", "21"}))),
    ],
)
def test_a_style_is_taken_apart(style: str, look: Appearance) -> None:
    assert appearance_of(Style.parse(style), COLOURS) == look


def test_of_a_space_only_the_background_is_seen_unless_it_is_underlined() -> None:
    assert of_blank(Appearance(frozenset("1"), "31", "44")) == Appearance(background="44")
    assert of_blank(Appearance(frozenset("4"), "31", "44")) == Appearance(frozenset("4"), "31", "44")
    assert shows_blank(Appearance(foreground="31", background="44"), Appearance(background="44"))
    assert not shows_blank(Appearance(frozenset("7"), "31", "44"), Appearance(background="44"))


# Any pictures

LETTERS = st.text(st.sampled_from("ab  ébö日本e\u0301·━"), max_size=8)
STYLES = st.sampled_from(
    [
        Style.parse(words)
        for words in ("none", "red", "bold red", "on blue", "reverse", "underline green on blue", "bold", "italic")
    ]
)
STRIPS = st.lists(st.tuples(LETTERS, STYLES), max_size=6).map(lambda parts: strip("x", *parts).adjust_cell_length(WIDTH))
"""An accent stands on a letter: one that begins a line goes, in a terminal, to the end of the line above."""
PICTURES = st.lists(STRIPS, min_size=HEIGHT, max_size=HEIGHT)


@given(st.lists(st.tuples(PICTURES, st.sets(st.integers(0, HEIGHT - 1))), min_size=1, max_size=5))
def test_what_was_sent_in_parts_looks_like_what_is_sent_whole(pictures: list[tuple[list[Strip], set[int]]]) -> None:
    picture, terminal = ShownCells(), Terminal()
    shown = [strip(" " * WIDTH)] * HEIGHT
    for strips, lines in pictures:
        shown = [strips[y] if y in lines else shown[y] for y in range(HEIGHT)]
        seen = terminal.seen(painted(picture, *[PaintedStrip(y, 0, strips[y]) for y in sorted(lines)]))
        assert seen == Terminal().seen(as_textual_sends_it(shown))
