"""Simulating on files: from a labelled set to figures, and orders of other programs measured by the same yardstick.

Invariant: ids go out as they stand in the file; priors are part of neither order nor figures.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from prisma_tool.errors import FormatError
from prisma_tool.file_io import read_file
from prisma_tool.ranking.features import build
from prisma_tool.ranking.model import Flags, Rows, asked
from prisma_tool.ranking.simulation.labelled_data import LabelledSet, places_of
from prisma_tool.ranking.simulation.replay import Replayed, Screening, judged, replay


@dataclass(frozen=True, slots=True)
class SimulationOptions:
    """How to replay: ids of records known beforehand, the review question, the seed of every chance; or an order to measure instead."""

    priors: tuple[str, ...] = ()
    question: str = ""
    seed: int = 0
    order: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class Simulated:
    """A replayed screening in the ids of its file; `labels` are those of the whole pool in the order shown."""

    ids: tuple[str, ...]
    labels: Flags
    replayed: Replayed
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """The keys of `simulate --json`."""
        replayed = self.replayed
        return {
            "n": len(self.labels),
            "included": replayed.relevant,
            **asdict(replayed.metrics),
            "order": list(self.ids),
            "stopping": {name: result.as_json() for name, result in replayed.stopping.items()},
            "seconds": round(self.seconds, 3),
        }


def simulate(
    labelled: LabelledSet,
    options: SimulationOptions,
    clock: Callable[[], float] = time.perf_counter,
    watch: Callable[[int], None] = lambda _: None,
) -> Simulated:
    """Replay a finished screening, or measure a given order of it.

    Raises:
        UsageError: a prior or an id of the order that the file does not have, or that is given twice.
    """
    begun = clock()
    relevant = np.array([bool(row.relevant) for row in labelled.rows], dtype=bool)
    priors = np.array(places_of(labelled, options.priors, "--prior"), dtype=np.intp)
    pool = np.setdiff1d(np.arange(len(relevant)), priors)
    order = (
        _replayed(labelled, relevant, priors, options, watch)
        if options.order is None
        else _given_order(labelled, options.order, priors)
    )
    replayed = judged(order, relevant, pool, options.seed)
    ids = tuple(labelled.rows[row].id for row in order)
    return Simulated(ids, relevant[replayed.order], replayed, clock() - begun)


def _replayed(
    labelled: LabelledSet, relevant: Flags, priors: Rows, options: SimulationOptions, watch: Callable[[int], None]
) -> Rows:
    features = build([row.text for row in labelled.rows])
    screening = Screening(features, asked(features, options.question), relevant, priors)
    return replay(screening, options.seed, watch)


def _given_order(labelled: LabelledSet, ids: Sequence[str], priors: Rows) -> Rows:
    order = np.array(places_of(labelled, ids, "--order"), dtype=np.intp)
    return order[~np.isin(order, priors)]


def read_order(path: Path) -> tuple[str, ...]:
    """The ids of an order: a JSON list, or an object with the key `order`, as `simulate --json` prints it.

    Raises:
        FormatError: it is something else.
    """
    try:
        data = json.loads(read_file(path).decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise FormatError(f"{path} is not JSON ({error}).") from error
    ids = data.get("order") if isinstance(data, dict) else data
    if not isinstance(ids, list) or not all(
        isinstance(record_id, str | int) and not isinstance(record_id, bool) for record_id in ids
    ):
        raise FormatError(f"{path} must hold a list of ids, or an object with the list as 'order'.")
    return tuple(str(record_id) for record_id in ids)
