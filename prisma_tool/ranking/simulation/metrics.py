"""How well an order put relevant records first.

The definitions are those of the papers named below, so that figures compare with those of other tools. Pure. Invariant: labels come in the order in which records were shown, all records of the pool among them, priors not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Metrics:
    """The figures of one order; all are None where the pool holds no relevant record.

    `wss95`, `wss100`: work saved over sampling at 95 % and 100 % recall (Cohen et al., JAMIA 13, 2006); `recall10`, `recall20`: share of the
    relevant among the first 10 % and 20 %; `atd`: average time to discovery, the mean rank of the relevant as a share of the pool;
    `loss`: the area above the recall curve between the best (0) and the worst (1) possible order.
    """

    wss95: float | None = None
    wss100: float | None = None
    recall10: float | None = None
    recall20: float | None = None
    atd: float | None = None
    loss: float | None = None


def measured(labels: Flags) -> Metrics:
    """The figures of an order; `labels`, of shape (pool,), says of each record in the order shown whether it is relevant."""
    ranks = np.flatnonzero(labels) + 1
    if not len(ranks):
        return Metrics()
    pool = len(labels)
    return Metrics(
        wss95=work_saved(ranks, pool, 0.95),
        wss100=work_saved(ranks, pool, 1.0),
        recall10=recall_within(ranks, pool, 0.1),
        recall20=recall_within(ranks, pool, 0.2),
        atd=float(ranks.mean() / pool),
        loss=_loss(labels, len(ranks)),
    )


_ROUNDING = 1e-9
"""Keeps .95 x 20 at 19 and .1 x 30 at 3 whatever their binary form."""


def work_saved(ranks: NDArray[np.intp], pool: int, recall: float) -> float:
    """WSS: 1 - rank / pool - (1 - recall), with the rank of the relevant record that completes the recall.

    Args:
        ranks: the ranks of the relevant records from 1, rising.
        pool: how many records there are.
        recall: the recall to be reached, 0 to 1.
    """
    needed = math.ceil(recall * len(ranks) - _ROUNDING)
    return float(recall - ranks[needed - 1] / pool)


def recall_within(ranks: NDArray[np.intp], pool: int, share: float) -> float:
    """The share (0 to 1) of the relevant that stands among the first floor(share x pool) records.

    Args:
        ranks: the ranks of the relevant records from 1.
        pool: how many records there are.
        share: the part of the pool that was shown, 0 to 1.
    """
    return float(np.mean(ranks <= math.floor(share * pool + _ROUNDING)))


def _loss(labels: Flags, relevant: int) -> float:
    area, pool = int(np.cumsum(labels).sum()), len(labels)
    best = pool * relevant - relevant * (relevant - 1) // 2
    worst = relevant * (relevant + 1) // 2
    return (best - area) / (best - worst) if best > worst else 0.0
