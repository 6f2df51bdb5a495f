"""A document as lines of the screen: its head, then its parts, each below its mark. Pure.

Invariants: every text is clean and reaches the screen as plain text; lines cover the text in its order and leave out nothing but the blanks
at which they were broken.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from rich.cells import cell_len

from prisma_tool.fulltext.reading.document_text import DocumentText
from prisma_tool.model.text import clean, one_line
from prisma_tool.tui.sessions.report_on_screen import ReportOnScreen
from prisma_tool.tui.widgets.highlight import HighlightMatch, HighlightTerm, marks
from prisma_tool.tui.widgets.record_text import authors, change_lines, notice_lines, printed_in

LOUD, STRONG, QUIET = "loud", "strong", "quiet"


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of text that is painted in a style: one of the names above, or of `HighlightKind`."""

    start: int
    end: int
    style: str


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """A text as it is shown. `parts` are the places where its parts begin, with their marks; `body` is where the document itself begins, `problem` why there is no more of it."""

    identity: str
    title: str
    plain: str
    spans: tuple[Span, ...]
    matches: tuple[HighlightMatch, ...]
    parts: tuple[tuple[int, str], ...]
    body: int
    problem: str = ""

    def part_at(self, place: int) -> str:
        """The mark of the part in which a place lies; empty in the head."""
        index = bisect_right(self.parts, place, key=lambda part: part[0]) - 1
        return self.parts[index][1] if index >= 0 else ""


def document_page(
    identity: str, about: str, document: DocumentText, report: ReportOnScreen, wanted: Sequence[HighlightTerm]
) -> DocumentPage:
    """What the screen shows of a document."""
    head = list(_head(about, document, report))
    pieces = [*head, *_parts(document)]
    starts = [0, *accumulate(len(text) + 1 for text, _ in pieces)]
    plain = "\n".join(text for text, _ in pieces)
    body = starts[len(head)]
    matches = tuple(match for match in marks(plain, wanted) if match.start >= body)
    styled = [Span(start, start + len(text), style) for start, (text, style) in zip(starts, pieces, strict=False) if style]
    marked = [Span(match.start, match.end, match.term.lean) for match in matches]
    parts = tuple(
        (start, text.strip("— ")) for start, (text, style) in zip(starts[len(head) :], pieces[len(head) :], strict=False) if style
    )
    spans = tuple(sorted([*styled, *marked], key=lambda span: span.start))
    title = one_line(report.view.citation.title)
    return DocumentPage(identity, title, plain, spans, matches, parts, body, document.problem)


def _head(about: str, document: DocumentText, report: ReportOnScreen) -> Iterator[tuple[str, str]]:
    citation = report.view.citation
    for notice in (*change_lines(report), *notice_lines(record.citation for record in report.records)):
        yield f"! {notice}", LOUD
    yield one_line(citation.title) or "(no title)", STRONG
    yield " · ".join(filter(None, (authors(citation.authors[:1]), printed_in(citation)))), QUIET
    yield about, QUIET
    for words in filter(None, (document.problem, *document.remarks)):
        yield f"Note: {one_line(words)}.", STRONG
    yield "", ""


def _parts(document: DocumentText) -> Iterator[tuple[str, str]]:
    for part in document.parts:
        yield f"— {part.mark} —", QUIET
        yield from ((line, "") for line in clean(part.text).expandtabs(4).split("\n"))
        yield "", ""


def wrapped(plain: str, width: int) -> list[tuple[int, int]]:
    """Where each line of the screen begins and ends in the text, so that none is wider than so many cells."""
    lines: list[tuple[int, int]] = []
    begin = 0
    for paragraph in plain.split("\n"):
        lines.extend(_wrapped(paragraph, begin, max(1, width)))
        begin += len(paragraph) + 1
    return lines


def _wrapped(paragraph: str, begin: int, width: int) -> Iterator[tuple[int, int]]:
    is_narrow = paragraph.isascii()
    start = 0
    while True:
        rest = len(paragraph) - start
        if rest <= width and (is_narrow or cell_len(paragraph[start:]) <= width):
            yield begin + start, begin + len(paragraph)
            return
        end = start + width if is_narrow else _fitting(paragraph, start, width)
        blank = paragraph.rfind(" ", start + 1, end + 1)
        stop = blank if blank > start else end
        yield begin + start, begin + stop
        start = stop + 1 if blank > start else stop


def _fitting(paragraph: str, start: int, width: int) -> int:
    """Where a line that begins at `start` must end, for wide characters; at least one character stands on each line."""
    cells = 0
    for place in range(start, len(paragraph)):
        cells += cell_len(paragraph[place])
        if cells > width:
            return max(place, start + 1)
    return len(paragraph)
