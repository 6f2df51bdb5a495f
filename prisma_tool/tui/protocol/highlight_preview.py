"""What words to highlight would mark: how many records have each, and one record with its marks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from textual.content import Content

from prisma_tool.model.text import clean, one_line
from prisma_tool.review.open_review import Review
from prisma_tool.store.records import records
from prisma_tool.tui.widgets.highlight import HighlightTerm, marks
from prisma_tool.tui.widgets.record_text import QUIET, STYLES

_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Sample:
    """Titles with their abstracts."""

    texts: tuple[str, ...]

    @classmethod
    def of(cls, review: Review) -> Sample:
        """The first records of a review that have an abstract.

        Raises:
            StoreError: they cannot be read.
        """
        with review.store.read() as transaction:
            citations = (record.citation for record in records.all_records(transaction))
            described = (one for one in citations if one.abstract)
            return cls(tuple(_text(one.title, [part.text for part in one.abstract]) for one in islice(described, _LOOKED_AT)))


def _text(title: str, abstract: Sequence[str]) -> str:
    return "\n".join([one_line(title), *map(clean, abstract)])


def highlight_preview(sample: Sample, wanted: Sequence[HighlightTerm]) -> Content:
    """How many records have each word, then the first record that has any, else the first."""
    if not sample.texts:
        return Content.styled("There is no record with an abstract to try the words on yet.", QUIET)
    counts = Content("  ").join(_count(sample, term) for term in wanted)
    heading = Content.styled(f"Of the first {len(sample.texts):,} records with an abstract:", QUIET)
    shown = next((text for text in sample.texts if marks(text, wanted)), sample.texts[0])
    return Content("\n\n").join([Content("\n").join([heading, counts]), _marked(shown, wanted)])


def _count(sample: Sample, term: HighlightTerm) -> Content:
    n = sum(bool(term.pattern.search(text)) for text in sample.texts)
    return Content.assemble((one_line(term.text), STYLES[term.lean]), f" {n:,}")


def _marked(text: str, wanted: Sequence[HighlightTerm]) -> Content:
    content = Content(text)
    for mark in marks(text, wanted):
        content = content.stylize(STYLES[mark.term.lean], mark.start, mark.end)
    return content
