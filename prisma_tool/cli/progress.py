"""How searches get on, on stderr: a bar per search on a terminal, a line now and then elsewhere, nothing when told to be quiet.

Invariant: nothing here reaches stdout, and no control character reaches the terminal, whatever a search is called.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from prisma_tool.cli.context import tell
from prisma_tool.model.text import one_line

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from prisma_tool.identify.run.progress import Listener

LINE_SECONDS = 10.0
"""How often a search that takes long says a line where there is no bar."""


@contextmanager
def progress(*, quiet: bool) -> Iterator[Listener]:
    """A listener for `run_searches`, fit for where stderr goes; bars are taken down when the searches end."""
    if quiet:
        yield Quiet()
    elif sys.stderr.isatty():
        with _bars() as bars:
            yield Bars(bars)
    else:
        yield Lines(tell, time.monotonic)


class Quiet:
    """Says nothing at all."""

    def tell(self, text: str) -> None:
        """Say nothing."""

    def advance(self, search: str, done: int, total: int | None) -> None:
        """Say nothing."""

    def cancelled(self) -> bool:
        """Never: Ctrl-C is heard by the search itself."""
        return False


@dataclass(slots=True)
class Lines(Quiet):
    """A line for each step, and every `LINE_SECONDS` one that says how far a search is, how fast, and what remains."""

    say: Callable[[str], None]
    clock: Callable[[], float]
    _begun: dict[str, tuple[float, int]] = field(default_factory=dict)
    _last_line_at: float = 0.0

    def tell(self, text: str) -> None:
        """Say it."""
        self.say(text)

    def advance(self, search: str, done: int, total: int | None) -> None:
        """Say it if the last such line is a while ago."""
        now = self.clock()
        if search not in self._begun:
            self._begun[search], self._last_line_at = (now, done), now
        if now - self._last_line_at >= LINE_SECONDS:
            self._last_line_at = now
            began, first = self._begun[search]
            self.say(f"{search}: {_rate_text(done, total, (done - first) / (now - began))}")


def _rate_text(done: int, total: int | None, rate: float) -> str:
    parts = [f"{done:,} records" if total is None else f"{done:,} of {total:,} records"]
    if rate > 0:
        parts.append(f"{rate:,.0f} a second")
    if rate > 0 and total is not None:
        parts.append(f"about {_duration((total - done) / rate)} left")
    return ", ".join(parts)


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s" if minutes else f"{rest} s"


@dataclass(slots=True)
class Bars(Quiet):
    """A bar for each search; narration stands above the bars."""

    bars: Progress
    _tasks: dict[str, TaskID] = field(default_factory=dict)

    def tell(self, text: str) -> None:
        """Print it above the bars."""
        self.bars.console.print(one_line(text), markup=False, highlight=False, soft_wrap=True)

    def advance(self, search: str, done: int, total: int | None) -> None:
        """Draw the bar."""
        if search not in self._tasks:
            # What was there before this session says nothing about its speed, so it is no part of the rate.
            self._tasks[search] = self.bars.add_task(one_line(search), total=total, completed=done)
        self.bars.update(self._tasks[search], completed=done, total=total)


def _bars() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Rate(ProgressColumn):
        """Records a second."""

        def render(self, task: Task) -> Text:
            return Text(f"{task.speed:,.0f}/s" if task.speed else "")

    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), Rate(), TimeRemainingColumn())
    return Progress(*columns, console=Console(stderr=True))
