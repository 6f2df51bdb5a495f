"""Why a record stands where it stands: the words that weigh most in its score.

Pure. Invariant: the weights of all words, and of the meaning where sentence vectors are used, together are the model's part of the score, up to a constant for all records.
"""

from __future__ import annotations

from dataclasses import dataclass

from prisma_tool.ranking.features import Features, Floats
from prisma_tool.ranking.model import Ranking

MEANING = "meaning of title and abstract as a whole"
"""Names what sentence vectors, whose columns stand for no words, add to a score."""


@dataclass(frozen=True, slots=True)
class Weight:
    """A word, a pair of words or a measure, and what it adds to a record's score (negative where it speaks against it)."""

    word: str
    weight: float


def weights(features: Features, ranking: Ranking, row: int, most: int = 12) -> list[Weight]:
    """The words of a record that weigh most, the heaviest first; nothing while nothing could be learned.

    Args:
        features: the pool's features.
        ranking: a ranking made with them.
        row: the record's row in the pool.
        most: how many words at most.
    """
    by_word: dict[str, float] = {}
    for view, codes, direction in zip(features.views, features.columns, ranking.weights, strict=False):
        begin, end = view.indptr[row], view.indptr[row + 1]
        for column, value in zip(view.indices[begin:end], view.data[begin:end], strict=True):
            name = features.name(int(codes[column]))
            by_word[name] = by_word.get(name, 0.0) + float(value * direction[column])
    for view, direction in zip(features.views[len(features.columns) :], ranking.weights[len(features.columns) :], strict=False):
        by_word[MEANING] = float(view[row] @ direction)
    heaviest = sorted(by_word.items(), key=lambda item: (-abs(item[1]), item[0]))[:most]
    return [Weight(word, weight) for word, weight in heaviest if weight]


def answers(question: Floats, row: int) -> float:
    """How much better a record answers the question than the average record, in standard deviations.

    Args:
        question: for each record of the pool how well it answers the question, of shape (records,).
        row: the record's row.
    """
    spread = float(question.std())
    return (float(question[row]) - float(question.mean())) / spread if spread else 0.0
