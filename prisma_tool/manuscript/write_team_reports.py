"""Reading the reports about the team, agreement and methods, from a review, and writing them into files by their suffix."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from prisma_tool.errors import UsageError
from prisma_tool.file_io import write_atomically
from prisma_tool.manuscript import agreement_table, methods_text
from prisma_tool.manuscript.document.blocks import Document
from prisma_tool.manuscript.document.docx import render_word
from prisma_tool.manuscript.document.markdown import render_markdown
from prisma_tool.model.utc import utc_text
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine.log_contents import LogHead, log_head
from prisma_tool.team import agreement as agreeing
from prisma_tool.team.agreement import PairAgreement, ReportSubset, pair_json
from prisma_tool.team.screening_facts import StageMethods, Unscreened, left_unscreened
from prisma_tool.team.screening_facts import methods as facts
from prisma_tool.version import VERSION

Pairs = Mapping[ReportSubset, Sequence[PairAgreement]]
Writers = Mapping[str, Callable[[], bytes]]


def read_agreement(review: Review) -> Pairs:
    """The agreement over all reports; where a pilot round was held also before and after it."""
    with review.store.read() as transaction:
        pairs = {part: agreeing.agreements(transaction, part) for part in ReportSubset}
    piloted = any(pair.met for pair in pairs[ReportSubset.PILOT])
    return pairs if piloted else {ReportSubset.ALL: pairs[ReportSubset.ALL]}


def agreement_writers(pairs: Pairs) -> Writers:
    """What writes the agreement, by suffix."""
    return {**_writers(agreement_table.document(pairs)), ".csv": lambda: agreement_table.as_csv(pairs[ReportSubset.ALL]).encode()}


def read_methods(review: Review) -> tuple[list[StageMethods], Unscreened, LogHead]:
    """The facts about each stage, how many records a stopping rule left unscreened, and the head of the log that says so."""
    with review.store.read() as transaction:
        return facts(transaction), left_unscreened(transaction), log_head(transaction)


def methods_sentences(stages: Sequence[StageMethods], unscreened: Unscreened, log: LogHead) -> list[str]:
    """The sentences of the methods section."""
    return methods_text.sentences(stages, unscreened, VERSION, log)


def methods_writers(stages: Sequence[StageMethods], unscreened: Unscreened, log: LogHead) -> Writers:
    """What writes the methods section, by suffix."""
    text = "\n".join([*methods_sentences(stages, unscreened, log), ""])
    return {**_writers(methods_text.document(stages, unscreened, VERSION, log)), ".txt": text.encode}


def methods_json(stages: Sequence[StageMethods], unscreened: Unscreened, log: LogHead) -> dict[str, Any]:
    """The object of `report methods --json`."""
    by_stage = {stage.stage.value: _stage_json(stage) for stage in stages}
    sentences = methods_sentences(stages, unscreened, log)
    return {"sentences": sentences, "stages": by_stage, "unscreened": unscreened.n, **asdict(log)}


def _stage_json(stage: StageMethods) -> dict[str, Any]:
    return {
        "reports": stage.reports,
        "by_one": stage.by_people.get(1, 0),
        "by_two": stage.by_people.get(2, 0),
        "by_more": sum(count for n, count in stage.by_people.items() if n > 2),  # noqa: PLR2004 - one, two, more
        "by_tools": stage.by_tools,
        "begun": stage.begun,
        "reviewers": list(stage.people),
        "first": utc_text(stage.first) if stage.first else None,
        "last": utc_text(stage.last) if stage.last else None,
        "tool_versions": list(stage.tool_versions),
        "blind": stage.blind,
        "disagreements": stage.disagreements.as_json(),
        "without_access": {str(n): count for n, count in stage.without_access.items()},
        "blinding": [change.as_json() for change in stage.blinding],
        "votes": stage.votes.as_json(),
        "agreement": [pair_json(pair) for pair in stage.agreement],
        "pilot": stage.pilot,
    }


def _writers(document: Document) -> Writers:
    return {".md": lambda: render_markdown(document).encode(), ".docx": lambda: render_word(document)}


def write(writers: Writers, paths: Sequence[Path], what: str) -> None:
    """Write to each of `paths`; nothing is written before all are made.

    Raises:
        UsageError: no writer has this suffix.
        PrismaError: a file cannot be written.
    """
    unknown = [path for path in paths if path.suffix.lower() not in writers]
    if unknown:
        raise UsageError(f"{unknown[0]}: {what} is written as {', '.join(writers)}; choose one of these suffixes.")
    made = [(path, writers[path.suffix.lower()]()) for path in paths]
    for path, data in made:
        write_atomically(path, data)
