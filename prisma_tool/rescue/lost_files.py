"""The files that a rescued review names and has not, though no record depends on them: untouched answers and documents.

Invariant: nothing is changed here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from prisma_tool.model.log.events import EventKind
from prisma_tool.model.text import one_line
from prisma_tool.plain_files import is_plain_file
from prisma_tool.rescue.raw_records import unreadable_answers
from prisma_tool.store.engine import event_rows
from prisma_tool.store.engine.database import Transaction
from prisma_tool.store.runs import runs


def lost_files(transaction: Transaction, folder: Path, whole_runs: Collection[str]) -> Iterator[str]:
    """What lacks, in a line for each kind of file.

    Args:
        transaction: reads the new review.
        folder: the new review's folder.
        whole_runs: the ids of the runs whose records were there without their answers; what others lack was said when these were read.
    """
    whole = [run for run in runs.all_runs(transaction) if run.id in whole_runs]
    yield from _line("untouched answers", [problem for run in whole for problem in unreadable_answers(folder, run)])
    documents = {event.text("file") for event in event_rows.events(transaction, kinds=[EventKind.RETRIEVAL])} - {""}
    lost = sorted(name for name in documents if not is_plain_file(folder / name))
    yield from _line("documents", [f"{one_line(name)} is missing" for name in lost])


def _line(what: str, problems: list[str]) -> Iterator[str]:
    if problems:
        yield f"{len(problems)} {what}: {problems[0]}" + (", ..." if len(problems) > 1 else "")
