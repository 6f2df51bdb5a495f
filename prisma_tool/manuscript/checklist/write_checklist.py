"""A checklist as a document, a spreadsheet and plain data.

Invariant: the statement is cited in each, and a reader sees which cells the data fill and which the authors do.
"""

from __future__ import annotations

from prisma_tool.manuscript.checklist.facts import ChecklistFacts, read_facts
from prisma_tool.manuscript.checklist.form_items import NAMES, NOTES, STATEMENTS
from prisma_tool.manuscript.checklist.rows import ChecklistRow, checklist_rows, state_counts
from prisma_tool.manuscript.document.blocks import Block, Document, Paragraph, Table
from prisma_tool.manuscript.tables.review_table import ReviewTable, scope_sentence
from prisma_tool.model.protocol.answers import ChecklistForm, key_of
from prisma_tool.model.text import one_line
from prisma_tool.review.open_review import Review
from prisma_tool.version import VERSION

_COLUMNS = ("Section", "Item", "About", "Reported", "Place")
_SHARES = (12, 7, 21, 50, 10)
_CSV_COLUMNS = (
    "section",
    "item",
    "about",
    "state",
    "from_the_data",
    "command",
    "authors_statement",
    "open_question",
    "how_to_answer",
    "place",
)
_LEGEND = (
    "What the item is about is put in words of our own; the wording that counts is that of the statement: {statement}. Sentences in "
    "“Reported” were made by prisma-tool {version} from the review's own records; behind each stands the command that shows what it "
    "rests on. What the authors stated is marked as theirs, and what nobody has stated yet as OPEN."
)


def read_checklist(review: Review, form: ChecklistForm, version: str = "") -> ReviewTable:
    """A checklist of the review as it stands, or of a closed version.

    Raises:
        PrismaError: no such version, or the flow cannot be counted.
    """
    facts = read_facts(review, version)
    return _table(form, facts, checklist_rows(form, facts))


def _table(form: ChecklistForm, facts: ChecklistFacts, rows: tuple[ChecklistRow, ...]) -> ReviewTable:
    counts = state_counts(rows)
    data = {
        "form": form.value,
        "statement": STATEMENTS[form],
        "version": facts.version,
        "interim": facts.flow.interim,
        "counts": counts,
        "items": [row.as_json() for row in rows],
    }
    return ReviewTable(
        document=_document(form, facts, rows),
        header=_CSV_COLUMNS,
        rows=tuple(map(_csv_row, rows)),
        data=data,
        printed=_printed(form, facts, rows),
        hints=tuple(_hints(form, rows)),
    )


def _document(form: ChecklistForm, facts: ChecklistFacts, rows: tuple[ChecklistRow, ...]) -> Document:
    title = one_line(facts.rules.title)
    blocks: list[Block] = [Paragraph(_LEGEND.format(statement=STATEMENTS[form], version=VERSION))]
    blocks += [Paragraph(NOTES[form])] if form in NOTES else []
    blocks += [Paragraph(scope_sentence(facts.flow, facts.version)), Paragraph(_counts_sentence(rows))]
    table = Table(_COLUMNS, tuple((row.section, row.number, row.cue, row.cell, row.page) for row in rows), _SHARES)
    return Document(f"{NAMES[form]}: {title}" if title else NAMES[form], (*blocks, table), landscape=True)


def _printed(form: ChecklistForm, facts: ChecklistFacts, rows: tuple[ChecklistRow, ...]) -> str:
    """The checklist for a terminal: an item a paragraph."""
    opening = [
        NAMES[form],
        f"{STATEMENTS[form]}.",
        *([NOTES[form]] if form in NOTES else []),
        scope_sentence(facts.flow, facts.version),
    ]
    return "\n".join([*opening, *(f"\n{_printed_row(row)}" for row in rows)])


def _printed_row(row: ChecklistRow) -> str:
    place = f" ({row.page})" if row.page else ""
    return "\n".join([f"{row.number}  {row.cue}: {row.state}{place}", *(f"    {one_line(line)}" for line in row.cell)])


def _counts_sentence(rows: tuple[ChecklistRow, ...]) -> str:
    parts = [f"{n} {state}" for state, n in state_counts(rows).items() if n]
    return f"Of {len(rows)} rows: {', '.join(parts)}."


def _csv_row(row: ChecklistRow) -> tuple[str, ...]:
    return (
        row.section, row.number, row.cue, row.state.value, row.sentence, row.command, row.answer, row.question, row.how, row.page
    )  # fmt: skip


def _hints(form: ChecklistForm, rows: tuple[ChecklistRow, ...]) -> list[str]:
    first = next((row.how for row in rows if row.question), "")
    place = f'prisma-tool report answer {key_of(form, "1", page=True)} "p. 1"' if form is not ChecklistForm.LIVING else ""
    hints = [_counts_sentence(rows)]
    hints += [f"Open questions are answered in the review, for instance: {first}"] if first else []
    return [*hints, f"The place in the manuscript: {place}"] if place and not all(row.page for row in rows) else hints
