"""The authors' answers: keeping one in review.toml, and which questions of the search appendix are open.

Invariant: what is shown as kept was read from the file after it was written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prisma_tool.errors import ReviewError
from prisma_tool.manuscript.search_appendix.items import items
from prisma_tool.manuscript.search_appendix.read import read_appendix
from prisma_tool.model.protocol.answers import HOW_ITEMS_ARE_WRITTEN, ChecklistForm, item_key, key_of, near_items
from prisma_tool.model.text import clean, one_line
from prisma_tool.review.open_review import Review, note_found, reread
from prisma_tool.review.protocol.edit_answers import with_answer
from prisma_tool.review.protocol.file import protocol_text, write_protocol
from prisma_tool.review.protocol_log import ProtocolAct


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that an answer to this item would close."""

    item: str
    about: str
    question: str


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """What stands for an item after it was written; empty where the answer was taken out. `before` stood there earlier."""

    item: str
    answer: str
    before: str


def keep_answer(review: Review, item: str, answer: str) -> KeptAnswer:
    """Keep an answer in review.toml; an empty one takes out what stands there.

    Raises:
        ReviewError: there is no such item, or review.toml cannot be edited here; nothing was changed.
    """
    key = item_key(item)
    if key is None:
        near = near_items(item)
        proposed = f" Near it: {', '.join(near)}." if near else ""
        raise ReviewError(f"There is no item '{one_line(item)}': {HOW_ITEMS_ARE_WRITTEN}.{proposed}")
    text = protocol_text(review.folder)
    changed = with_answer(text, key, clean(answer))
    before = review.protocol.answers.get(key, "")
    if changed != text:
        note_found(review, text)
        write_protocol(review.folder, changed)
    return KeptAnswer(key, reread(review, ProtocolAct.CHANGED).protocol.answers.get(key, ""), before)


def open_questions(review: Review) -> tuple[OpenQuestion, ...]:
    """The questions of the search appendix that nobody has answered, in the order of PRISMA-S.

    Raises:
        PrismaError: the review's flow cannot be counted.
    """
    return tuple(
        OpenQuestion(key_of(ChecklistForm.SEARCHES, item.number), item.about, item.question)
        for item in items(read_appendix(review))
        if item.is_open
    )


def kept_answers(review: Review) -> Mapping[str, str]:
    """All answers that review.toml keeps, by item, whatever the checklist."""
    return dict(review.protocol.answers)
