"""Which records are likely relevant, from the labels given so far and the review question.

Support vector machines (one for each view: two, or three with sentence vectors) are averaged in standard deviations over the unlabelled records; the question's BM25 score
is added with the weight 1 / (1 + relevant / 10), so that it leads while little is known and fades as relevant records are found.
Classes weigh as in ASReview's ELAS u4 (relevant : irrelevant = 9.8, C .11), measured there over many reviews.
Invariant: the same labels, question and start give the same scores.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prisma_tool.ranking.features import LOOKED_UP, Features, Floats
from prisma_tool.ranking.svm import solve
from prisma_tool.ranking.tokens import split

Rows = NDArray[np.intp]
Flags = NDArray[np.bool_]

_COST, _RATIO = 0.11, 9.8
_HALVED_AT = 10.0
"""Relevant records found at which the question weighs half of what it did at first."""
_PRESUMED = 100
"""Unlabelled records taken for irrelevant where relevant ones alone are known (as in Cormack & Grossman's AutoTAR, 2015)."""


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels given so far, in the order in which they were given: rows of the pool, and whether each is relevant (same shape)."""

    rows: Rows
    relevant: Flags

    @property
    def relevant_count(self) -> int:
        """How many are relevant."""
        return int(self.relevant.sum())


@dataclass(frozen=True, slots=True)
class Ranking:
    """Scores for all records of a pool, of shape (records,), higher for what is more likely relevant; and where the next ranking starts.

    `rows`, of shape (learned,), are those that were learned from, and `coefficients` for each view the solution over them (same
    shape).
    """

    scores: Floats
    weights: tuple[Floats, ...]
    """For each view what each of its columns adds to a score, of shape (columns,); empty while nothing could be learned."""
    question: float
    """The weight that the question's score had."""
    rows: Rows
    coefficients: tuple[Floats, ...]


def asked(features: Features, question: str) -> Floats:
    """How well each record answers the question: BM25 over its words, each weighed by its rarity once more; of shape (records,)."""
    words = set(split(question))
    view, columns = features.views[LOOKED_UP], features.columns[LOOKED_UP]
    weights = np.zeros(view.shape[1], dtype=np.float32)
    for column, rarity in zip(features.lookup, features.rarity, strict=True):
        if features.vocabulary[columns[column]] in words:
            weights[column] = rarity
    scores: Floats = (view @ weights) * features.scale
    return scores


def rank(features: Features, labels: Labels, question: Floats, before: Ranking | None = None, seed: int = 0) -> Ranking:
    """Scores after these labels.

    Args:
        features: the pool's features.
        labels: the labels given so far; without a relevant one only the question counts.
        question: how well each record answers the question, from `asked`.
        before: an earlier ranking from the first of these labels; it only saves time.
        seed: decides which open records stand in where only relevant ones are labelled.
    """
    open_rows = np.ones(len(features), dtype=bool)
    open_rows[labels.rows] = False
    share = 1 / (1 + labels.relevant_count / _HALVED_AT)
    scores = np.float32(share) * _standard(question, open_rows)
    taught = _taught(labels, open_rows, seed)
    if taught is None:
        return Ranking(scores, (), share, labels.rows, ())
    signs, costs = np.where(taught.relevant, np.float32(1), np.float32(-1)), _costs(taught.relevant)
    coefficients, weights = [], []
    for number, view in enumerate(features.views):
        start = _start(before, number, taught.rows)
        examples = view[taught.rows]
        solution = solve(examples, signs, costs, start, features.own[number][taught.rows])
        direction = np.asarray(examples.T @ solution, dtype=np.float32)
        raw = view @ direction
        spread = _spread(raw, open_rows) * len(features.views)
        scores = scores + _standard(raw, open_rows) / np.float32(len(features.views))
        coefficients.append(solution)
        weights.append(direction / np.float32(spread))
    return Ranking(scores, tuple(weights), share, taught.rows, tuple(coefficients))


def _taught(labels: Labels, open_rows: Flags, seed: int) -> Labels | None:
    """The labels to learn from: None without a relevant one; with relevant ones alone, some open records stand in for irrelevant."""
    if not labels.relevant_count:
        return None
    if labels.relevant_count < len(labels.rows):
        return labels
    unlabelled = np.flatnonzero(open_rows)
    drawn = np.random.default_rng(seed).permutation(unlabelled)[:_PRESUMED]
    relevant = np.concatenate([labels.relevant, np.zeros(len(drawn), dtype=bool)])
    return Labels(np.concatenate([labels.rows, drawn]), relevant)


def _start(before: Ranking | None, view: int, rows: Rows) -> Floats:
    """The coefficients to start from: those of the labels that were known before, where they came first."""
    start = np.zeros(len(rows), dtype=np.float32)
    if before is not None and before.coefficients:
        known = len(before.rows)
        if known <= len(rows) and np.array_equal(before.rows, rows[:known]):
            start[:known] = before.coefficients[view]
    return start


def _costs(relevant: Flags) -> Floats:
    """What each label costs if it is missed; the mean is C, and all relevant ones weigh 9.8 times as much as all others."""
    relevant_count, others = max(int(relevant.sum()), 1), max(int((~relevant).sum()), 1)
    weights = np.where(relevant, 1.0, relevant_count / (_RATIO * others))
    costs: Floats = (_COST * weights * len(weights) / weights.sum()).astype(np.float32)
    return costs


def _spread(scores: Floats, among: Flags) -> float:
    spread = float(scores[among].std()) if among.any() else 0.0
    return spread if spread > np.finfo(np.float32).tiny else 1.0


def _standard(scores: Floats, among: Flags) -> Floats:
    """Scores with mean 0 and standard deviation 1 over the unlabelled records."""
    middle = float(scores[among].mean()) if among.any() else 0.0
    return ((scores - np.float32(middle)) / np.float32(_spread(scores, among))).astype(np.float32)


def best_first(scores: Floats, candidates: Rows, seed: int) -> Rows:
    """The candidates (rows of the pool), highest score first; equal scores in an order that the seed decides."""
    chance = np.random.default_rng(seed).permutation(len(scores))
    return candidates[np.lexsort((chance[candidates], -scores[candidates]))]
