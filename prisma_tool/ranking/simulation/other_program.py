"""The order in which ASReview would have shown the records, where it is installed: asked of it in a process of its own.

Invariant: what it gets are titles, abstracts and labels in a temporary file; what it gives are row numbers, measured by our own code.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import shutil
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path

from prisma_tool.errors import PrismaError, UsageError
from prisma_tool.ranking.simulation.labelled_data import LabelledSet, places_of
from prisma_tool.ranking.simulation.run import SimulationOptions

_MISSING = (
    "ASReview is not installed here: there is no `asreview` program on the PATH, and this Python has no such package. "
    "`pip install asreview` brings it; then ask again."
)
_SCRIPT = """
import json, sys, warnings
warnings.simplefilter("ignore")
import numpy as np, pandas as pd
from asreview.learner import ActiveLearningCycle
from asreview.models.models import get_ai_config
from asreview.simulation.simulate import Simulate
path, seed, *priors = sys.argv[1:]
np.random.seed(int(seed))
table = pd.read_csv(path, dtype=str, keep_default_na=False)
cycle = ActiveLearningCycle.from_meta(get_ai_config("elas_u4")["value"])
simulation = Simulate(table[["title", "abstract"]], table["included"].astype(int), [cycle], print_progress=False)
simulation.label([int(prior) for prior in priors])
simulation.review()
json.dump([int(row) for row in simulation._results["record_id"]], sys.stdout)
"""
"""What runs under ASReview's own interpreter: its default model, as its simulation mode runs it."""
_LONGEST = 3600


def asreview_python() -> str:
    """The interpreter in which ASReview is installed.

    Raises:
        UsageError: there is none.
    """
    if importlib.util.find_spec("asreview") is not None:
        return sys.executable
    program = shutil.which("asreview")
    beside = Path(program).resolve().parent / "python" if program else None
    if beside is None or not beside.exists():
        raise UsageError(_MISSING)
    return str(beside)


def with_order_of_asreview(python: str, labelled: LabelledSet, options: SimulationOptions) -> SimulationOptions:
    """The options, with the order in which ASReview shows the records with the same priors and seed.

    Raises:
        UsageError: no priors are given; ASReview needs a relevant and an irrelevant one.
        PrismaError: ASReview fails.
    """
    priors = places_of(labelled, options.priors, "--prior")
    if {labelled.rows[row].relevant for row in priors} != {True, False}:
        raise UsageError("--compare asreview needs a relevant and an irrelevant prior: say --draw-priors, or --prior twice.")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "set.csv"
        _write(path, labelled)
        shown = _asked(python, [str(path), str(options.seed), *map(str, priors)])
    known = set(priors)
    return replace(options, order=tuple(labelled.rows[row].id for row in shown if row not in known))


def _write(path: Path, labelled: LabelledSet) -> None:
    with path.open("w", encoding="utf-8", errors="replace", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(["title", "abstract", "included"])
        rows.writerows([row.text.title, row.text.abstract, int(bool(row.relevant))] for row in labelled.rows)


def _asked(python: str, arguments: list[str]) -> list[int]:
    command = [python, "-c", _SCRIPT, *arguments]
    try:
        done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=_LONGEST)  # noqa: S603 - our own script
        return [int(row) for row in json.loads(done.stdout)]
    except subprocess.CalledProcessError as error:
        last = (error.stderr or "").strip().splitlines()[-1:] or ["no message"]
        raise PrismaError(f"ASReview failed: {last[0][:200]}") from error
    except (subprocess.TimeoutExpired, ValueError, TypeError) as error:
        raise PrismaError(f"ASReview did not answer with an order ({type(error).__name__}).") from error
