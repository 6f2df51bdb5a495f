"""How many relevant records there may be in all: a bound that holds at every look of a whole screening at once.

A gap begins with `known` relevant records and `left` open ones, and goes on while none of the next is relevant. Were there x more
relevant ones among them, n records would bring none with a probability of at most C(left - x, n) / C(left, n), if they are drawn at
random or come in an order that is never worse. The gap speaks against x where that falls to `level` x `share_of(x)`. Each relevant
record begins a gap with another x, and the shares of all x sum to 1; so the true total is ever spoken against with a probability of at most
`level`, however often one looks. Totals under which the recall would have been good enough are never spoken against, which leaves more to
spend on the others. docs/stopping.md has the derivation.
Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from prisma_tool.model.protocol.stopping import Sampled
from prisma_tool.ranking.error_budget import log_factorials

Flags = NDArray[np.bool_]
Doubles = NDArray[np.float64]
Counts = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Gap:
    """Records without a relevant one: what was `known` and `left` when they began, and how many they are."""

    known: int
    left: int
    length: int


def gaps_of(labels: Flags, pool: int, known: int = 0) -> Iterator[Gap]:
    """The gaps of a screening: one before the first relevant record, one after each.

    Args:
        labels: whether each screened record is relevant, of shape (screened,), in the order shown.
        pool: how many records there are, screened and unscreened together.
        known: how many relevant records were known before; they are no part of the pool.
    """
    ends = [*np.flatnonzero(labels).tolist(), len(labels)]
    begin = 0
    for met, end in enumerate(ends, known):
        yield Gap(met, pool - begin, end - begin)
        begin = end + 1


def gaps_drawn(stretches: Sequence[Sampled]) -> Iterator[Gap]:
    """The gaps of what was drawn at random.

    A stretch that proves nothing stands as one whose first draw was relevant: what came before it spoke of other reports, and what begins
    with as many relevant ones has no error of its own to spend.
    """
    most_known, gaps = -1, list[Gap]()
    for stretch in stretches:
        if stretch.relevant and stretch.draws == 1:
            gaps.clear()
        elif stretch.known > most_known:
            gaps.append(Gap(stretch.known, stretch.left, stretch.draws - stretch.relevant))
        most_known = max(most_known, stretch.known)
    yield from gaps


def most_missing(gaps: Iterable[Gap], known: int, left: int, target: float, level: float) -> int:
    """The most relevant records that may be missing.

    Args:
        gaps: all gaps so far; one that speaks against what is known by now was wrong, and is left out.
        known: how many relevant records are known.
        left: how many records are open.
        target: the recall (0 to 1) that is good enough.
        level: the probability that any of the bounds of a screening is too low.
    """
    most = known + left
    for gap in gaps if left else ():
        if _against(gap, np.array([most]), target, level)[0]:
            plausible = np.flatnonzero(~_against(gap, np.arange(known, most), target, level))
            most = known + int(plausible[-1]) if len(plausible) else most
    return most - known


def _against(gap: Gap, totals: Counts, target: float, level: float) -> Flags:
    """Whether a gap speaks against each of these totals, none of which is below what is known by now."""
    hidden = totals - gap.known
    least = _missing_if_too_low(totals, target)
    counted = (hidden >= least) & (hidden > 0)
    allowed = level * share_of(np.maximum(hidden, 1), least)
    possible = hidden <= gap.left - gap.length
    return counted & (~possible | (_log_none_within(gap, np.where(possible, hidden, 0)) <= np.log(allowed)))


def _missing_if_too_low(totals: Counts, target: float) -> Counts:
    """The least number of relevant records that are missing where recall is below the target with so many in all."""
    too_few: Counts = np.ceil(totals * target - 1e-9).astype(np.intp) - 1
    return totals - too_few


def share_of(hidden: Counts, least: Counts) -> Doubles:
    """The share of the error that is spent on the gap in which so many are hidden; over all from `least` on they sum to 1."""
    spread: Doubles = 2.0 * least * (least + 1) / (hidden * (hidden + 1.0) * (hidden + 2.0))
    return spread


def _log_none_within(gap: Gap, hidden: Counts) -> Doubles:
    logs, after = log_factorials(gap.left), gap.left - gap.length
    chances: Doubles = logs[after] - logs[after - hidden] - logs[gap.left] + logs[gap.left - hidden]
    return chances
