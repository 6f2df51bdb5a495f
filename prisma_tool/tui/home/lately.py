"""Who decided how much this week, and what was done last. Pure.

Invariant: it tells how many decisions were made and never how (counting rule 25); what was done is what Activity shows its viewer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from textual.content import Content

from prisma_tool.history.activity import LogEntry
from prisma_tool.history.pace import RecentPace
from prisma_tool.model.text import counted, one_line
from prisma_tool.tui.widgets.record_text import QUIET
from prisma_tool.tui.widgets.text_columns import fitted
from prisma_tool.tui.widgets.verdict_look import verdict_in
from prisma_tool.tui.words.phrases import moment

_BAR, _NUMBER = 12, 7
_WHEN, _SIGN = 18, 2


def week_text(pace: Mapping[str, RecentPace], names: Iterable[str], width: int) -> Content:
    """A line for everybody who takes part: decisions of the last seven days with a bar, and when the last of all was."""
    everybody = list(dict.fromkeys([*names, *pace]))
    most = max((one.decisions for one in pace.values()), default=0)
    lines = [_person(name, pace.get(name), most, width) for name in everybody]
    return Content("\n").join(lines) if lines else Content.styled("Nobody has decided yet.", QUIET)


def _person(name: str, lately: RecentPace | None, most: int, width: int) -> Content:
    n = lately.decisions if lately else 0
    last = f"last on {lately.last.astimezone():%Y-%m-%d}" if lately else "no decision yet"
    filled = -(-_BAR * n // most) if most else 0
    bar = ("━" * filled, "$text-accent"), ("╌" * (_BAR - filled), QUIET)
    name_width = max(8, min(20, width - _BAR - _NUMBER - len(last) - 4))
    return Content.assemble(fitted(name, name_width), f"{n:>{_NUMBER},} ", *bar, (f"  {last}", QUIET))


def week_heading(pace: Mapping[str, RecentPace]) -> str:
    """`This week: 12 decisions`."""
    return f"This week: {counted(sum(one.decisions for one in pace.values()), 'decision')}"


def log_text(entries: Sequence[LogEntry], width: int) -> Content:
    """The latest entries of the log, a line each."""
    return Content("\n").join(list(_entries(entries, width)))


def _entries(entries: Sequence[LogEntry], width: int) -> Iterator[Content]:
    for entry in entries:
        title = f" · {one_line(entry.title)}" if entry.title else ""
        words = fitted(f"{one_line(entry.words)}{title}", max(10, width - _WHEN - _SIGN)).rstrip()
        look = verdict_in(entry)
        sign = (f"{look.sign} ", look.style) if look else "  "
        yield Content.assemble((f"{moment(entry.at):<{_WHEN}}", QUIET), sign, words)
