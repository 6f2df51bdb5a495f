"""Replaying a finished screening many times, with another seed and other priors each time, on all cores.

Invariant: the same set, options and number of runs give the same replays, on however many cores.
"""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace

import numpy as np

from prisma_tool.errors import UsageError
from prisma_tool.ranking.simulation.labelled_data import LabelledSet
from prisma_tool.ranking.simulation.run import Simulated, SimulationOptions, simulate

_FEW = 4
"""Up to so many runs starting further processes costs more than it saves."""


def options_of_runs(
    labelled: LabelledSet, options: SimulationOptions, runs: int, *, draw_priors: bool
) -> list[SimulationOptions]:
    """The options of each run: the seeds from the given one on, and for each seed its priors.

    Raises:
        UsageError: priors are to be drawn from a set that has only relevant or only irrelevant records.
    """
    seeds = range(options.seed, options.seed + runs)
    return [replace(options, seed=seed, priors=drawn_priors(labelled, seed) if draw_priors else options.priors) for seed in seeds]


def drawn_priors(labelled: LabelledSet, seed: int) -> tuple[str, str]:
    """The ids of one relevant and one irrelevant record, drawn by a seed.

    Raises:
        UsageError: the set lacks one of the two.
    """
    chance = np.random.default_rng(seed)
    rows = {wanted: [row.id for row in labelled.rows if row.relevant is wanted] for wanted in (True, False)}
    if not all(rows.values()):
        raise UsageError(f"{labelled.path} has no relevant or no irrelevant record to draw as a prior; leave out --draw-priors.")
    relevant, irrelevant = (ids[int(chance.integers(len(ids)))] for ids in rows.values())
    return relevant, irrelevant


def simulate_many(
    labelled: LabelledSet, options: Sequence[SimulationOptions], watch: Callable[[int], None] = lambda _: None
) -> list[Simulated]:
    """A replay for each of the options, in their order. `watch` is told how many are done."""
    done = []
    for result in _in_turn(labelled, options) if len(options) <= _FEW else _side_by_side(labelled, options):
        done.append(result)
        watch(len(done))
    return done


def _in_turn(labelled: LabelledSet, options: Sequence[SimulationOptions]) -> Iterator[Simulated]:
    return (simulate(labelled, one) for one in options)


def _side_by_side(labelled: LabelledSet, options: Sequence[SimulationOptions]) -> Iterator[Simulated]:
    cores = min(os.cpu_count() or 1, len(options))
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(cores, context, initializer=_receive, initargs=(labelled,)) as pool:
        yield from pool.map(_replay, options)


_RECEIVED: list[LabelledSet] = []
"""In a process that replays: the set, which is handed over once."""


def _receive(labelled: LabelledSet) -> None:
    _RECEIVED[:] = [labelled]


def _replay(options: SimulationOptions) -> Simulated:
    return simulate(_RECEIVED[0], options)
