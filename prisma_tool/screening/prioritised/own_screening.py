"""This review's own title/abstract screening as a labelled set, so that it can be replayed like any other.

Invariant: only finished outcomes are in it, those that everybody may know (counting rule 25).
"""

from __future__ import annotations

from pathlib import Path

from prisma_tool.errors import DecisionError
from prisma_tool.ranking.features import Text
from prisma_tool.ranking.simulation.labelled_data import LabelledRow, LabelledSet
from prisma_tool.review.open_review import Review
from prisma_tool.screening.prioritised.label_sequence import viewpoint
from prisma_tool.screening.prioritised.ranked_queue import question_of
from prisma_tool.store.records import records


def own_screening(review: Review) -> tuple[LabelledSet, str]:
    """The screened reports with their outcomes, and the question of the review.

    Raises:
        DecisionError: nothing was screened yet, or nothing relevant was found.
    """
    with review.store.read() as transaction:
        view = viewpoint(transaction, "")
        outcomes = {**view.earlier, **{label.key: label.relevant for label in view.labels}}
        stored = records.records_by_key(transaction, outcomes)
        question = question_of(transaction.protocol)
    if not any(outcomes.values()):
        raise DecisionError("Nothing relevant was found at title/abstract yet, so there is no screening to replay.")
    rows = (
        LabelledRow(
            key, Text(stored[key].citation.title, stored[key].citation.abstract_text, stored[key].citation.year), relevant, line
        )
        for line, (key, relevant) in enumerate(outcomes.items(), 1)
        if key in stored
    )
    return LabelledSet(Path("this review"), tuple(rows), view.left), question
