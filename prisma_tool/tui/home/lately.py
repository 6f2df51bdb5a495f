"""Who decided how much this week, and what was done last. Pure.

Invariant: it tells how many decisions were made and never how (counting rule 25); what was done is what Activity shows its viewer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from textual.content import Content

from prisma_tool.history.activity import LogEntry
from prisma_tool.history.pace import RecentPace
from prisma_tool.model.text import counted, one_line
from prisma_tool.tui.widgets.record_text import QUIET
from prisma_tool.tui.widgets.text_columns import fitted
from prisma_tool.tui.widgets.verdict_look import verdict_in

_BAR, _NUMBER = 12, 7
_SIGN = 2


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


def log_text(entries: Sequence[LogEntry], now: datetime, width: int) -> Content:
    """The latest entries of the log, a line each, by the hour on the day of `now` and by the day before."""
    return Content("\n").join(list(_entries(entries, now, width)))


def _entries(entries: Sequence[LogEntry], now: datetime, width: int) -> Iterator[Content]:
    moments = [_when(entry.at, now) for entry in entries]
    before = max(map(len, moments), default=0) + 1
    for entry, when in zip(entries, moments, strict=True):
        words = fitted(_words(entry), max(10, width - before - _SIGN)).rstrip()
        look = verdict_in(entry)
        sign = (f"{look.sign} ", look.style) if look else "  "
        yield Content.assemble((f"{when:<{before}}", QUIET), sign, words)


def _words(entry: LogEntry) -> str:
    """What was done, and to what: by its title where it has one, for a key says little and takes its room."""
    title = one_line(entry.title)
    if title and entry.subject in entry.words:
        return one_line(entry.words.replace(entry.subject, f"“{title}”", 1))
    return one_line(entry.words) + (f" · {title}" if title else "")


def _when(at: datetime, now: datetime) -> str:
    local, today = at.astimezone(), now.astimezone()
    if local.date() == today.date():
        return f"{local:%H:%M}"
    return f"{local.day} {local:%b}" if local.year == today.year else f"{local.day} {local:%b %Y}"
