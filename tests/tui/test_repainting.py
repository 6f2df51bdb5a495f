"""Wherever one walks, the terminal shows what it would show had the whole screen been sent."""

from __future__ import annotations

import os
import random
from asyncio import sleep
from collections.abc import Callable
from typing import Any

import pyte
import pytest
from textual._compositor import CompositorUpdate
from textual.drivers.headless_driver import HeadlessDriver
from textual.pilot import Pilot

from prisma_tool.model.vocabulary import Stage
from prisma_tool.review.open_review import Review
from prisma_tool.review.user_settings import Settings
from prisma_tool.tui.app import ReviewApp

ReviewOf = Callable[..., Review]
STEPS = int(os.environ.get("STEPS", "25"))
TITLES = ("日本語の題名 of a trial", "Caf\u0065\u0301 and na\u0131\u0308ve cells", "👨 Wide signs 🧪 in a title", "Plain report")
"""Letters that are wide or carry marks. The emulator draws nothing more behind a joiner, so that no title has one."""
RECORDS = "".join(
    f"TY  - JOUR\nTI  - {TITLES[n % len(TITLES)]} {n}\nAU  - Author, A\nAB  - CAR T cells in mice 漢字 e\u0301, {'words ' * (n * 9 % 150)}\nER  - \n"
    for n in range(12)
)
REASONS = "".join(f'[[reason]]\nid = "wrong-{name}"\nlabel = "Wrong {name}"\n' for name in ("population", "comparator"))
KEYS = (*"iemuEnchs/?gjkJKpx:1234567890", *("escape",) * 8, *"aß漢", "enter", "pagedown", "down", "up", "tab", "ctrl+p", "ctrl+l")
SIZES = ((80, 24), (120, 36), (61, 17), (140, 40))


class Screen:
    """A terminal emulator, and what can be seen in it."""

    def __init__(self, size: tuple[int, int]) -> None:
        self.size, self.bytes = size, 0
        self.screen = pyte.Screen(*size)
        self.stream = pyte.Stream(self.screen)
        self.stream.feed("\x1b[?7l")

    def feed(self, sent: str) -> None:
        self.bytes += len(sent.encode())
        self.stream.feed(sent)

    def seen(self) -> list[str]:
        return [" ".join(_visible(self.screen.buffer[y][x]) for x in range(self.size[0])) for y in range(self.size[1])]


def _visible(cell: Any) -> str:
    if cell.data == " " and not (cell.underscore or cell.reverse or cell.strikethrough):
        return f" /{cell.bg}"
    return "/".join(map(str, cell))


class Emulated(HeadlessDriver):
    """A driver whose terminal is an emulator."""

    terminal: Screen

    @property
    def is_headless(self) -> bool:
        return False

    def write(self, data: str) -> None:
        self.terminal.feed(data)


def emulated(review: Review, place: str, size: tuple[int, int]) -> tuple[ReviewApp, Screen]:
    """An application in a terminal emulator."""
    app = ReviewApp(review, "Anna", place, settings=Settings(verdict_pause=0))
    terminal = Screen(size)
    app.driver_class = type("Driver", (Emulated,), {"terminal": terminal})
    return app, terminal


async def settled(pilot: Pilot[Any]) -> None:
    app = pilot.app
    assert isinstance(app, ReviewApp)
    for _ in range(2):
        await pilot.pause()
        await app.at_rest()
        await app.workers.wait_for_complete()
        await app._animator.wait_until_complete()


def whole(app: ReviewApp, size: tuple[int, int]) -> list[str]:
    """What a terminal shows to which Textual sends all of the screen."""
    terminal = Screen(size)
    dirty = set(app.screen._compositor._dirty_regions)
    update = app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    app.screen._compositor._dirty_regions |= dirty
    assert isinstance(update, CompositorUpdate)
    terminal.feed(update.render_segments(app.console))
    return terminal.seen()


def compare(app: ReviewApp, terminal: Screen, step: object) -> None:
    shown, expected = terminal.seen(), whole(app, terminal.size)
    different = [y for y, (one, other) in enumerate(zip(shown, expected, strict=True)) if one != other]
    assert not different, (step, [terminal.screen.display[y] for y in different])


async def act(pilot: Pilot[Any], terminal: Screen, chance: random.Random) -> str:
    """Press a key, move or click the mouse, or change the size of the terminal."""
    kind = chance.random()
    if kind < 0.85:
        key: str = chance.choice(KEYS)
        await pilot.press(key)
        return key
    if kind < 0.95:
        at = (chance.randrange(terminal.size[0]), chance.randrange(terminal.size[1]))
        await (pilot.hover if kind < 0.9 else pilot.click)(offset=at)
        return f"mouse at {at}"
    terminal.size = chance.choice(SIZES)
    terminal.screen.resize(terminal.size[1], terminal.size[0])
    terminal.screen.erase_in_display(2)
    await pilot.resize_terminal(*terminal.size)
    await sleep(0.02)
    return f"size {terminal.size}"


@pytest.mark.parametrize("seed", range(2))
async def test_what_changed_is_sent_and_the_terminal_shows_the_whole(review_of: ReviewOf, seed: int) -> None:
    chance = random.Random(seed)
    app, terminal = emulated(review_of(RECORDS, REASONS), Stage.TITLE_ABSTRACT, SIZES[seed])
    async with app.run_test(headless=False, size=terminal.size, notifications=True, tooltips=True) as pilot:
        await settled(pilot)
        compare(app, terminal, "start")
        for _ in range(STEPS):
            done = await act(pilot, terminal, chance)
            await settled(pilot)
            compare(app, terminal, done)
    assert app.return_code in (None, 0)


async def test_a_terminal_to_which_others_wrote_is_drawn_anew(review_of: ReviewOf) -> None:
    app, terminal = emulated(review_of(RECORDS, REASONS), Stage.TITLE_ABSTRACT, (80, 24))
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        await settled(pilot)
        for mend in (app.action_draw_anew, lambda: app.app_resume_signal.publish(app)):
            terminal.feed("\x1b[5HBroadcast message from root\x1b[2;3H\x1b[K")
            mend()
            await settled(pilot)
            compare(app, terminal, mend)


async def test_a_key_that_shows_the_next_record_sends_less_than_two_kilobytes(review_of: ReviewOf) -> None:
    letters = random.Random(1)
    words = [" ".join("".join(letters.choices("aeioustrnlm", k=letters.randint(2, 11))) for _ in range(260)) for _ in range(5)]
    records = "".join(f"TY  - JOUR\nTI  - {text[:90]}\nAU  - {text[:9]}, A\nAB  - {text}\nER  - \n" for text in words)
    app, terminal = emulated(review_of(records), Stage.TITLE_ABSTRACT, (80, 24))
    async with app.run_test(headless=False, size=(80, 24)) as pilot:
        await settled(pilot)
        for key in "iemi":
            before = terminal.bytes
            await pilot.press(key)
            await settled(pilot)
            assert 1000 < terminal.bytes - before < 2000
