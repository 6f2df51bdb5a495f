"""The most that a rule which ranks, switches once and draws the rest at random could save, were it told what no rule can know.

    python benchmarks/stopping_in_hindsight.py ORDERS_FOLDER [--seeds 1 2 3]

It is told how many relevant records are left at each moment, switches at the best one, and then uses the best test there is: of all ways to
go on or stop by the draws, randomised ones too, the one that saves most among those that err with at most 1 - confidence, whatever the
number of relevant records is. That is a linear program. What is left at the switch counts as 100 units, which favours the test a little.
"""

from __future__ import annotations

import argparse
from math import comb
from pathlib import Path

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import coo_matrix
from stopping import TARGET, Labels, ceiling

from prisma_tool.ranking.paying import missing_for

UNITS = 100
_MORE_TOTALS = 25
"""So many numbers of hidden records beyond the least that matters are held to the level; a test that keeps it there keeps it beyond."""

State = tuple[int, int]
"""How many draws, and how many of them were relevant."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("orders", type=Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1])
    given = parser.parse_args()
    names = sorted({path.stem.split("__")[1] for path in given.orders.glob("question__*.npy")})
    for confidence in (0.95, 0.8):
        level, rows = round(1 - confidence, 9), []
        print(f"confidence {confidence}: set, ceiling, most in hindsight")
        for name in names:
            orders = [np.load(given.orders / f"question__{name}__{seed}.npy") for seed in given.seeds]
            rows.append(np.mean([(ceiling(labels, level)[2], most_saved(labels, level)) for labels in orders], axis=0))
            print(f"{name:30} {rows[-1][0]:.3f} {rows[-1][1]:.3f}", flush=True)
        means = np.mean(rows, axis=0)
        print(f"{'mean':30} {means[0]:.3f} {means[1]:.3f}: {means[1] / means[0]:.2f} of the mean ceiling")


def most_saved(labels: Labels, level: float) -> float:
    """The largest share saved over all moments right after a relevant record at which at most 10 % of the relevant ones (or 3) are left."""
    ranks, pool = np.flatnonzero(labels) + 1, len(labels)
    most_left = max(3, int(0.1 * len(ranks)))
    return float(
        max(saved_by_draws(len(ranks) - left, left, level) * (pool - ranks[-left - 1]) / pool for left in range(most_left + 1))
    )


def saved_by_draws(known: int, left: int, level: float) -> float:
    """The largest mean share of the units left undrawn if `left` of them are relevant, with the error at most `level` for any number.

    Draws in each order are equally likely, so of all ways to a state the same share stops there: a share for each state, and one that
    goes on, are what is looked for.
    """
    states = [(draws, hits) for draws in range(UNITS + 1) for hits in range(min(draws, left + 1) + 1)]
    saved = np.array([chance(left, state) * (UNITS - state[0]) / UNITS for state in states])
    least = missing_for(known, TARGET)
    errors = [
        [chance(hidden, state) * (missing_for(known + state[1], TARGET) + state[1] <= hidden) for state in states]
        for hidden in range(least, least + left + _MORE_TOTALS)
    ]
    going_on = np.zeros(len(states))
    flow, entering = arrivals(states)
    best = linprog(
        np.concatenate([-saved, going_on]),
        A_ub=np.hstack([np.array(errors), np.zeros((len(errors), len(states)))]),
        b_ub=np.full(len(errors), level),
        A_eq=flow,
        b_eq=entering,
        bounds=(0, 1),
        method="highs",
    )
    return float(-best.fun)


def chance(hidden: int, state: State) -> float:
    """The probability of so many relevant draws if so many units are relevant."""
    draws, hits = state
    if not 0 <= hidden - hits <= UNITS - draws:
        return 0.0
    return comb(draws, hits) * comb(UNITS - draws, hidden - hits) / comb(UNITS, hidden)


def arrivals(states: list[State]) -> tuple[coo_matrix, np.ndarray]:
    """What stops in a state and what goes on are together what went on before it: the equations, and who enters where."""
    place = {state: number for number, state in enumerate(states)}
    entries = []
    for (draws, hits), row in place.items():
        entries += [(row, row, 1.0), (row, len(states) + row, 1.0)]
        for before in ((draws - 1, hits), (draws - 1, hits - 1)):
            if before in place:
                share = comb(*before) / comb(draws, hits)
                entries.append((row, len(states) + place[before], -share))
    rows, columns, values = zip(*entries, strict=True)
    shape = (len(states), 2 * len(states))
    return coo_matrix((values, (rows, columns)), shape=shape).tocsr(), np.array([1.0] + [0.0] * (len(states) - 1))


if __name__ == "__main__":
    main()
