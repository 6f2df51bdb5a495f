"""The list of records: a line for each, as wide as the terminal; what has no room there is said below about the marked one.

Invariant: whatever a record holds, its columns stand where the headings are.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from prisma_tool.model.text import printable
from prisma_tool.records.browse import BrowseRow
from prisma_tool.reports.state import Phase
from prisma_tool.tui.widgets.record_text import QUIET
from prisma_tool.tui.widgets.row_list import RowList
from prisma_tool.tui.widgets.text_columns import Piece, TextColumn, fitted, headings, laid_out, shortened
from prisma_tool.tui.widgets.verdict_look import OF_PHASE, standing

ROOMY = 150
"""From this many cells on, there is room for the source, the whole standing and the labels."""
_NARROW = (
    TextColumn("Key", 17),
    TextColumn("Year", 4),
    TextColumn("Author", 9),
    TextColumn("Title"),
    TextColumn("Stands", 15),
    TextColumn("×", 3),
)
_WIDE = (
    TextColumn("Key", 22),
    TextColumn("Year", 4),
    TextColumn("First author", 16),
    TextColumn("Title"),
    TextColumn("Source", 16),
    TextColumn("Where it stands", 32),
    TextColumn("Report", 9),
    TextColumn("Labels", 14),
)
SHORT = {
    Phase.REMOVED_AUTOMATIC: "removed",
    Phase.REMOVED_OTHER: "removed",
    Phase.SCREENING: "to screen",
    Phase.SCREENING_CONFLICT: "conflict",
    Phase.SCREENED_OUT: "excluded t/a",
    Phase.SEEKING: "to retrieve",
    Phase.NOT_RETRIEVED: "not retrieved",
    Phase.ASSESSING: "to assess",
    Phase.ASSESSMENT_CONFLICT: "conflict",
    Phase.EXCLUDED: "excluded f/t",
    Phase.ONGOING: "ongoing",
    Phase.AWAITING: "awaiting",
    Phase.INCLUDED: "included",
}


class RecordList(RowList[BrowseRow]):
    """Shows records of a catalogue. `explained` gives what a row says in `why` the room of the other columns."""

    def __init__(self, *, explained: bool = False, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self.explained = explained

    def headings(self, width: int) -> Sequence[Piece]:
        """The names of the columns."""
        return headings(columns(width, explained=self.explained), width)

    def line(self, row: BrowseRow, width: int) -> Sequence[Piece]:
        """One record."""
        return record_line(row, width, explained=self.explained)


def columns(width: int, *, explained: bool = False) -> Sequence[TextColumn]:
    """The columns that a list of so many cells has."""
    if explained:
        return (
            _WIDE[0] if width >= ROOMY else _NARROW[0],
            _NARROW[1],
            TextColumn("Title"),
            TextColumn("Why", max(20, width * 2 // 5)),
        )
    return _WIDE if width >= ROOMY else _NARROW


def record_line(row: BrowseRow, width: int, *, explained: bool = False) -> list[Piece]:
    """A record in its columns; one that was joined with another is quiet."""
    quiet, look = "" if row.stands_for_itself else "quiet", OF_PHASE[row.phase]
    visible_columns = columns(width, explained=explained)
    key, year = (shortened(row.key, visible_columns[0].width), "quiet"), (str(row.year or ""), quiet)
    title, author = (row.title or "(no title)", quiet), (row.author, quiet)
    if explained:
        pieces = [key, year, title, (row.why, "")]
    elif width >= ROOMY:
        stands = (
            f"{look.sign} {SHORT[row.phase]}: {row.reason}" if row.reason else f"{look.sign} {row.phase.value}",
            quiet or look.piece,
        )
        pieces = [key, year, author, title, (row.source, quiet), stands, (_report(row), quiet), (", ".join(row.labels), "strong")]
    else:
        pieces = [key, year, author, title, (f"{look.sign} {SHORT[row.phase]}", quiet or look.piece), (_times(row), quiet)]
    return laid_out(visible_columns, pieces, width)


def _stands(row: BrowseRow) -> str:
    return f"{row.phase.value}: {row.reason}" if row.reason else row.phase.value


def _report(row: BrowseRow) -> str:
    if not row.stands_for_itself:
        return "duplicate"
    return f"{row.records} records" if row.records > 1 else ""


def _times(row: BrowseRow) -> str:
    if not row.stands_for_itself:
        return "dup"
    return f"×{row.records}" if row.records > 1 else ""


def about(row: BrowseRow | None, width: int) -> Content:
    """Two lines on the marked record: its title, and all that the columns may have cut."""
    if row is None:
        return Content("\n")
    facts = [
        row.source,
        f"duplicate of {row.shown_for}" if not row.stands_for_itself else "",
        f"{row.records} records" if row.records > 1 else "",
        f"labels: {', '.join(row.labels)}" if row.labels else "",
    ]
    quiet = [Content.styled(printable(fact), QUIET) for fact in facts if fact]
    stands = Content.styled(printable(row.why), QUIET) if row.why else standing(row.phase, _stands(row))
    details = Content.styled(" · ", QUIET).join([Content.styled(printable(row.key), QUIET), stands, *quiet])
    title = fitted(row.title or "(no title)", width).rstrip()
    return Content.assemble((title, "bold"), "\n", details.truncate(max(0, width), ellipsis=True))
