"""Two records as a table of their fields with what each field says about them. Pure.

Invariant: text of a record passes `one_line` and reaches `Content` as plain text; differing words are bold and underlined, so that
they stand out without colour; a value is never cut. Side by side where the width allows, else one under the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from textual.content import Content

from prisma_tool.dedupe.compare import Finding
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.text import fold, one_line
from prisma_tool.store.records.records import StoredRecord
from prisma_tool.tui.duplicates.word_difference import differing_words
from prisma_tool.tui.sessions.duplicates_session import Objection, PairDetails, PairSide
from prisma_tool.tui.widgets.record_text import QUIET, notice_lines

SIDE_BY_SIDE = 92
"""From this many columns of text on, both records have room beside each other (a terminal of 100 columns)."""
DIFFERING = "bold underline $text-warning"
_FINDING_STYLES = {
    Finding.AGREES: QUIET,
    Finding.DIFFERS: "bold",
    Finding.MISSING: "italic dim",
    Finding.CONTRADICTS: "bold reverse $text-error",
}
_LABEL_WIDTH, _FINDING_WIDTH, _GAP = 17, 13, 2
_TAG_WIDTH = 5
_ABSENT = "not given"
_RARE = frozenset(("Original title", "Type"))


@dataclass(frozen=True, slots=True)
class FieldRow:
    """A field of both records as text, and its finding; no finding where the field is not compared. `word` says more than the finding's own."""

    label: str
    a: str
    b: str
    finding: Finding | None = None
    word: str = ""


def rows(pair: PairDetails) -> list[FieldRow]:
    """Who the two records are, then their fields; fields that neither has are left out."""
    compared = [row for row in _fields(pair) if row.a or row.b]
    return [*_names(pair), *compared]


def absent(pair: PairDetails) -> list[str]:
    """The fields that neither record has, but for those that few records have."""
    return [row.label for row in _fields(pair) if not (row.a or row.b) and row.label not in _RARE]


def _names(pair: PairDetails) -> Iterator[FieldRow]:
    yield FieldRow("Record", _named(pair.a.record), _named(pair.b.record))
    if pair.a.others or pair.b.others:
        yield FieldRow("Joined already", _joined(pair.a), _joined(pair.b))
    a, b = ("; ".join(notice_lines([side.record.citation])) for side in (pair.a, pair.b))
    if a or b:
        yield FieldRow("Notices", a or "none", b or "none")


def _named(record: StoredRecord) -> str:
    return f"{one_line(record.source)} ({one_line(record.key)})"


def _joined(side: PairSide) -> str:
    return "with " + ", ".join(one_line(record.key) for record in side.others) if side.others else "with none"


def _fields(pair: PairDetails) -> Iterator[FieldRow]:
    a, b = pair.a.record.citation, pair.b.record.citation
    findings = dict(pair.comparison.findings)
    for (label, left), right in zip(_values(a).items(), _values(b).values(), strict=True):
        finding = _finding(label, left, right, findings)
        yield FieldRow(label, left, right, finding, _nearly(label, a, b) if finding is Finding.AGREES else "")


def _nearly(label: str, a: Citation, b: Citation) -> str:
    """How values that the engine lets agree are not the same, where a person would say that they are not; else nothing."""
    if label == "Authors" and _families(a) != _families(b):
        return "in part"
    return "near" if label == "Year" and a.year != b.year else ""


def _families(citation: Citation) -> set[str]:
    return {fold(author.family) for author in citation.authors}


def _values(citation: Citation) -> dict[str, str]:
    """The compared fields as text, in the order in which they are shown."""
    return {
        "Title": one_line(citation.title),
        "Original title": one_line(citation.vernacular_title),
        "Authors": "; ".join(one_line(str(author)) for author in citation.authors),
        "Year": str(citation.year or ""),
        "Journal": one_line(citation.journal or citation.journal_abbreviation),
        "Volume": one_line(citation.volume),
        "Issue": one_line(citation.issue),
        "Pages": one_line(citation.pages),
        "DOI": one_line(citation.doi),
        "PMID": one_line(citation.pmid),
        "Registry number": ", ".join(map(one_line, citation.registry_numbers)),
        "Type": ", ".join(map(one_line, citation.publication_types)),
        "Abstract": one_line(citation.abstract_text),
    }


_ENGINE_NAMES = {"Pages": "first page"}


def _finding(label: str, a: str, b: str, findings: dict[str, Finding]) -> Finding:
    """What the engine found; where it did not compare two values that are there, whether they are alike."""
    name = _ENGINE_NAMES.get(label, label)
    finding = findings.get(name, findings.get(name[:1].lower() + name[1:], Finding.MISSING))
    if finding is not Finding.MISSING or not (a and b):
        return finding
    return Finding.AGREES if fold(a) == fold(b) else Finding.DIFFERS


def rule_of(reason: str) -> str:
    """The engine's rule without the brackets behind it, which list the findings of all fields."""
    sentence = one_line(reason)
    return sentence.rpartition(" (")[0] or sentence


def summary(pair: PairDetails) -> Content:
    """Why the pair is asked about (what the engine lists in brackets stands in the table), and what else "same" would join."""
    why, reason = ("Joined: ", one_line(pair.reason)) if pair.joined else ("Why it is asked: ", rule_of(pair.reason))
    text = Content.assemble((why, QUIET), (reason, "bold"))
    if pair.a.record.citation.title and pair.b.record.citation.title:
        text += Content.styled(f" · titles {pair.comparison.likeness:.0f} % alike", QUIET)
    return text + _warning(pair.against)


def _warning(against: tuple[Objection, ...]) -> Content:
    if not against:
        return Content("")
    first, more = against[0], f", and {len(against) - 1} more such pairs" if len(against) > 1 else ""
    joined = f"{one_line(first.a)} and {one_line(first.b)}: {first.rule}{more}"
    return Content.assemble("\n", ("! Same would also join ", "bold $text-error"), joined)


def pair_text(pair: PairDetails, width: int) -> Content:
    """The whole table in so many columns."""
    lines = _beside(rows(pair), width) if width >= SIDE_BY_SIDE else _below(rows(pair), width)
    missing = absent(pair)
    note = [Content(""), Content.styled(f"Neither record gives: {', '.join(missing)}.", QUIET)] if missing else []
    return Content("\n").join([*lines, *note])


def _beside(table: list[FieldRow], width: int) -> Iterator[Content]:
    room = (width - _LABEL_WIDTH - _FINDING_WIDTH - _GAP) // 2
    yield _joined_cells(
        [Content(""), Content(""), Content.styled("A", "bold reverse"), Content.styled("B", "bold reverse")], room
    )
    for row in table:
        left, right = (value.wrap(room) for value in _marked(row))
        for n in range(max(len(left), len(right))):
            yield _joined_cells([*_head(row, n), _line(left, n), _line(right, n)], room)


def _below(table: list[FieldRow], width: int) -> Iterator[Content]:
    room = max(10, width - _LABEL_WIDTH - _FINDING_WIDTH - _TAG_WIDTH)
    for row in table:
        n = 0
        for tag, value in _stacked(row):
            for position, line in enumerate(value.wrap(room)):
                label, finding = _head(row, n)
                mark = Content.styled(tag if position == 0 else "", "bold")
                yield _padded(label, _LABEL_WIDTH) + _padded(finding, _FINDING_WIDTH) + _padded(mark, _TAG_WIDTH) + line
                n += 1


def _stacked(row: FieldRow) -> Iterator[tuple[str, Content]]:
    """Both values under each other; the same value stands once."""
    left, right = _marked(row)
    if row.a == row.b:
        yield "A=B", left
    else:
        yield "A", left
        yield "B", right


def _head(row: FieldRow, n: int) -> tuple[Content, Content]:
    if n or row.finding is None:
        return Content.styled("" if n else row.label, QUIET), Content("")
    return Content(row.label), Content.styled(row.word or row.finding.value, _FINDING_STYLES[row.finding])


def _marked(row: FieldRow) -> tuple[Content, Content]:
    if not (row.a and row.b) or row.finding is None:
        return _value(row.a), _value(row.b)
    left, right = Content(row.a), Content(row.b)
    here, there = differing_words(row.a, row.b)
    for start, end in here:
        left = left.stylize(DIFFERING, start, end)
    for start, end in there:
        right = right.stylize(DIFFERING, start, end)
    return left, right


def _value(text: str) -> Content:
    return Content(text) if text else Content.styled(_ABSENT, "italic dim")


def _line(lines: list[Content], n: int) -> Content:
    return lines[n] if n < len(lines) else Content("")


def _joined_cells(cells: list[Content], room: int) -> Content:
    label, finding, left, right = cells
    return _padded(label, _LABEL_WIDTH) + _padded(finding, _FINDING_WIDTH) + _padded(left, room + _GAP) + right


def _padded(cell: Content, width: int) -> Content:
    """The cell filled up with plain blanks, so that no underline runs on into them."""
    return cell + Content(" " * max(0, width - cell.cell_length))
