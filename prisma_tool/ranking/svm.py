"""A linear support vector machine with squared hinge loss, solved from a warm start.

It minimises  1/2 |w|^2 + 1/2 b^2 + sum_i c_i max(0, 1 - y_i (w x_i + b))^2,  the problem that liblinear solves as "L2-loss SVC".
By the representer theorem w is a sum of the examples, so the unknowns are one number per label: few, whatever the vocabulary.
Newton's method on the active examples (Keerthi & DeCoste, JMLR 6, 2005) with conjugate gradients inside; the answer to the last
set of labels is the start for the next, so that one more label costs a few products. Deterministic.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_NEWTON_STEPS = 25
_GRADIENT_STEPS = 80
_TOLERANCE = 1e-3
"""Relative residual of the inner solution; ranks do not change below it."""


def solve(examples: Any, signs: Floats, costs: Floats, start: Floats, own: Floats | None = None) -> Floats:
    """The dual coefficients of the optimum, of shape (labels,): w = examples^T result, b = sum of result.

    Args:
        examples: a matrix, sparse or not, of shape (labels, columns), the labelled rows.
        signs: +1 for relevant, -1 for irrelevant; of shape (labels,), as all that follow.
        costs: the c_i above, all > 0.
        start: an earlier result, or zeros.
        own: the squared length of what each row holds beside its columns and shares with no other row; None for nothing.
    """
    problem = _Problem(examples, signs, costs, np.zeros(len(signs), dtype=np.float32) if own is None else own)
    beta, active = start.astype(np.float32), np.zeros(len(signs), dtype=bool)
    for step in range(_NEWTON_STEPS):
        missed = signs * problem.decisions(beta) < 1
        if step and np.array_equal(missed, active):
            break
        active = missed
        beta = problem.optimum(active, beta)
    return beta


class _Problem:
    """The examples as a kernel that is never written out: one product costs two passes over their words."""

    def __init__(self, examples: Any, signs: Floats, costs: Floats, own: Floats) -> None:
        self.examples, self.transposed, self.signs, self.own = examples, examples.T, signs, own
        self.ridge = (0.5 / costs).astype(np.float32)
        products = examples * examples if isinstance(examples, np.ndarray) else examples.multiply(examples)
        squares = np.asarray(products.sum(axis=1), dtype=np.float32).ravel()
        self.diagonal = squares + own + np.float32(1) + self.ridge

    def decisions(self, beta: Floats) -> Floats:
        """The decision value w x + b of every example."""
        values: Floats = self.examples @ (self.transposed @ beta) + self.own * beta + beta.sum()
        return values

    def optimum(self, active: NDArray[np.bool_], start: Floats) -> Floats:
        """The optimum if exactly the active examples missed their margin: (K + ridge) beta = signs on them, 0 elsewhere.

        By conjugate gradients, preconditioned with the diagonal, since the classes' ridges differ by orders of magnitude.
        """
        mask = active.astype(np.float32)
        beta = start * mask
        residual = (self.signs - self.decisions(beta) - self.ridge * beta) * mask
        enough = _TOLERANCE * float(np.sqrt(mask.sum()))
        ready = residual / self.diagonal
        direction, slope = ready, float(residual @ ready)
        for _ in range(_GRADIENT_STEPS):
            if float(np.sqrt(residual @ residual)) <= enough:
                break
            image = (self.decisions(direction) + self.ridge * direction) * mask
            length = np.float32(slope / float(direction @ image))
            beta = beta + length * direction
            residual = residual - length * image
            ready = residual / self.diagonal
            slope, before = float(residual @ ready), slope
            direction = ready + np.float32(slope / before) * direction
        return beta
