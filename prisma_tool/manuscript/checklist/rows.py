"""The rows of a checklist: for each item what the data say, what the authors said, and what is open.

Pure. Invariant: every row says by which of these it is filled; an answer of the authors is always marked as theirs, and "not applicable"
stands only with a reason.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from prisma_tool.manuscript.checklist.facts import ChecklistFacts
from prisma_tool.manuscript.checklist.form_items import FormItem, form_items
from prisma_tool.manuscript.checklist.statement import Statement
from prisma_tool.manuscript.checklist.statements import TOPICS
from prisma_tool.model.protocol.answers import ChecklistForm
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.text import one_line

_NOT_APPLICABLE = re.compile(r"(?:n/?a|not applicable)\b[\s:;,.–—-]*(?P<reason>.*)", re.IGNORECASE | re.DOTALL)


class RowState(StrEnum):
    """How far a row is filled."""

    FILLED = "filled"
    """From the data, and from the authors where the data do not reach."""
    PARTLY = "partly filled"
    ANSWERED = "answered by the authors"
    NOT_APPLICABLE = "not applicable"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class ChecklistRow:
    """One row.

    `sentence` is from the data and `command` shows what it rests on; `answer` is the authors'; `question` is what is still open and `how` the
    way to answer it; `page` is the place in the manuscript.
    """

    section: str
    number: str
    cue: str
    state: RowState
    sentence: str = ""
    command: str = ""
    answer: str = ""
    question: str = ""
    how: str = ""
    page: str = ""

    def as_json(self) -> dict[str, Any]:
        """As `--json` has it."""
        return {**asdict(self), "state": self.state.value}

    @property
    def cell(self) -> tuple[str, ...]:
        """What is reported, a line each: the data's sentence, the authors' statement, what is open."""
        stated = f"Authors' statement: {self.answer}" if self.answer and self.state is not RowState.NOT_APPLICABLE else ""
        absent = f"Not applicable, by the authors: {self.answer}" if self.state is RowState.NOT_APPLICABLE else ""
        shown = f"{self.sentence} [{self.command}]" if self.sentence else ""
        asked = f"OPEN: {self.question} [{self.how}]" if self.question else ""
        return tuple(part for part in (shown, stated, absent, asked) if part)


def checklist_rows(form: ChecklistForm, facts: ChecklistFacts) -> tuple[ChecklistRow, ...]:
    """The rows of a checklist, in its order."""
    return tuple(filled_row(item, TOPICS[item.topic](facts) if item.topic else None, facts.protocol) for item in form_items(form))


def filled_row(item: FormItem, statement: Statement | None, protocol: Protocol) -> ChecklistRow:
    """The row of an item, from what the data say of it and what the protocol holds of the authors' answers."""
    answer = _answer(item, protocol)
    absent = _NOT_APPLICABLE.fullmatch(answer)
    reason = absent["reason"].strip() if absent else ""
    if absent:
        answer = reason
    state = RowState.NOT_APPLICABLE if reason else _state(item, statement, answer, _missing(item, protocol))
    is_open = state in (RowState.OPEN, RowState.PARTLY)
    own = statement.question if statement else ""
    asked = own or (statement.asks if statement else "") or item.question
    question = "Why is the item not applicable?" if absent and not reason else asked
    return ChecklistRow(
        section=item.section,
        number=item.printed_number,
        cue=item.cue,
        state=state,
        sentence=statement.text if statement and not reason else "",
        command=statement.command if statement and statement.text and not reason else "",
        answer=answer,
        question=question if is_open else "",
        how=("prisma-tool status" if own else _how(item)) if is_open else "",
        page=one_line(protocol.answers.get(item.page_key, "")),
    )


def _answer(item: FormItem, protocol: Protocol) -> str:
    values = (str(getattr(protocol.publication, key)) for key in item.kept)
    return " ".join(one_line(text) for text in (*values, protocol.answers.get(item.answer_key, "")) if text)


def _missing(item: FormItem, protocol: Protocol) -> bool:
    """Whether review.toml lacks one of several keys that together answer the item, and no answer stands for it."""
    answered = item.answer_key in protocol.answers
    return not answered and not all(getattr(protocol.publication, key) for key in item.kept)


def _state(item: FormItem, statement: Statement | None, answer: str, missing: bool) -> RowState:
    if item.covers:
        # The answer was given to the item of PRISMA 2020; whether it says this too, only a reader can tell.
        return RowState.PARTLY if answer or statement else RowState.OPEN
    if statement and statement.question:
        return RowState.PARTLY
    has_text = statement is not None and bool(statement.text)
    if answer:
        full = RowState.FILLED if has_text else RowState.ANSWERED
        return RowState.PARTLY if missing else full
    if statement is None or not has_text:
        return RowState.OPEN
    return RowState.FILLED if statement.complete else RowState.PARTLY


def _how(item: FormItem) -> str:
    if item.kept:
        return "; ".join(f'{key} = "..."' for key in item.kept) + " in review.toml"
    return f'prisma-tool report answer {item.answer_key} "..."'


def state_counts(rows: Sequence[ChecklistRow]) -> Mapping[str, int]:
    """How many rows are in each state."""
    return {state.value: sum(row.state is state for row in rows) for state in RowState}
