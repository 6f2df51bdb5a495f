"""What people did to a record beside deciding on it, as lines for the record's page: corrections, where it was found, its full text.

Pure. Invariant: every text is one harmless line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from prisma_tool.fulltext.attempts import FullText, attempt_text
from prisma_tool.model.text import one_line
from prisma_tool.store.records.records import StoredRecord

if TYPE_CHECKING:
    from prisma_tool.records.corrections import Correction

_SHOWN = 60


def extra_lines(
    held: Sequence[StoredRecord], found_in: Sequence[str], text: FullText, labels: Sequence[str] = ()
) -> list[Content]:
    """All lines about a report; none where nothing was done.

    Args:
        held: The records of the report, for what was corrected.
        found_in: The reviews or articles in which the report was found.
        text: What is known of its full text.
        labels: Its labels.
    """
    named = [Content.assemble(("Labels: ", "dim"), (", ".join(map(one_line, labels)), "bold"))] if labels else []
    return [*named, *(Content.styled(line, "dim") for line in (*_edited(held), *_found_in(found_in), *_full_text(text)))]


def _edited(held: Sequence[StoredRecord]) -> Iterator[str]:
    if not any(record.edits for record in held):
        return
    # Few records are corrected; the first that is shown need not wait for the rules of what can be.
    from prisma_tool.records.corrections import corrections_of

    corrections = corrections_of(held)
    yield from map(_correction, corrections)
    if corrections:
        yield "t shows all fields and takes corrections back."


def _correction(one: Correction) -> str:
    origin = f"from {one_line(one.origin)}, " if one.origin else ""
    was = one_line(one.was)
    source = f"{was[:_SHOWN]}…" if len(was) > _SHOWN else was or "nothing"
    has = "the source has changed it since, to" if one.changed else "the source has"
    return f"Edited: {one.field} ({origin}by {one_line(one.by)}; {has}: {source})"


def _found_in(found_in: Sequence[str]) -> Iterator[str]:
    if found_in:
        yield f"Found in {', '.join(map(one_line, found_in))}"


def _full_text(text: FullText) -> Iterator[str]:
    yield from (f"PDF: {one_line(file)} (v opens it)" for file in text.files)
    yield from (f"Attempt: {attempt_text(event)} ({one_line(event.reviewer)})" for event in text.attempts)
