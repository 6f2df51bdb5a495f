"""The log as a list, and one of its entries whole. Pure, save for the widget."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from textual.content import Content

from prisma_tool.history.activity import LogEntry
from prisma_tool.model.text import clean, one_line
from prisma_tool.tui.widgets.record_text import QUIET
from prisma_tool.tui.widgets.row_list import RowList
from prisma_tool.tui.widgets.text_columns import Piece, TextColumn, headings, laid_out
from prisma_tool.tui.widgets.verdict_look import verdict_in

ROOMY = 130
"""From this many cells on, there is room for the title of the record."""
_WHEN, _SIGN = TextColumn("When", 16), TextColumn("", 1)


@dataclass(frozen=True)
class EntriesRead:
    """The entries that were read so far, the newest first; more are added at the end."""

    entries: list[LogEntry] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.entries)

    def rows(self, first: int, n: int) -> Sequence[LogEntry]:
        """The entries from a place on."""
        return self.entries[first : first + n]


class ActivityList(RowList[LogEntry]):
    """Shows entries of the log."""

    def headings(self, width: int) -> Sequence[Piece]:
        """The names of the columns."""
        return headings(columns(width), width)

    def line(self, row: LogEntry, width: int) -> Sequence[Piece]:
        """One entry."""
        return entry_line(row, width)


def columns(width: int) -> Sequence[TextColumn]:
    """The columns that a list of so many cells has."""
    return (
        (_WHEN, _SIGN, TextColumn("What was done"), TextColumn("Title", width * 2 // 5))
        if width >= ROOMY
        else (_WHEN, _SIGN, TextColumn("What was done"))
    )


def entry_line(entry: LogEntry, width: int) -> list[Piece]:
    """An entry in its columns; what was taken back or is held back is quiet."""
    style = "quiet" if entry.undone or entry.held_back else ""
    look = verdict_in(entry)
    sign = (look.sign, style or look.piece) if look else ("", "")
    pieces = [(local(entry.at), "quiet"), sign, (words_of(entry), style), (entry.title, "quiet")]
    visible_columns = columns(width)
    return laid_out(visible_columns, pieces[: len(visible_columns)], width)


def words_of(entry: LogEntry) -> str:
    """The entry's sentence, and that it was taken back."""
    return one_line(f"(taken back) {entry.words}" if entry.undone else entry.words)


def local(moment: datetime) -> str:
    """A moment in the time of the place, which sorts as it reads: `2025-02-03 14:05`."""
    return f"{moment.astimezone():%Y-%m-%d %H:%M}"


def entry_about(entry: LogEntry | None) -> Content:
    """The marked entry in full, over as many lines as it takes."""
    if entry is None:
        return Content("")
    return Content("\n").join(
        [Content.styled(words_of(entry), "bold"), *([Content.styled(one_line(entry.title), QUIET)] if entry.title else [])]
    )


def entry_text(entry: LogEntry) -> Content:
    """Everything about an entry that its viewer may see."""
    facts = [
        ("when", _exact(entry.at)),
        ("stored", _exact(entry.received) if entry.received != entry.at else ""),
        ("who", entry.reviewer),
        ("kind", entry.kind),
        ("about", entry.subject),
        ("title", entry.title),
        *entry.details,
        ("id", entry.id),
    ]
    lines = [_fact(name, value) for name, value in facts if value]
    return Content("\n").join([Content.styled(words_of(entry), "bold"), Content(""), *lines])


def _exact(moment: datetime) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S %Z}".rstrip()


def _fact(name: str, value: str) -> Content:
    text = clean(value).strip()
    apart = "\n" if "\n" in text else ""
    return Content.assemble((f"{one_line(name):<12} ", QUIET), apart, text)
