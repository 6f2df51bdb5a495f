"""Runs ASReview's default model on a labelled set; executed by the interpreter in which it is installed, imports nothing of ours.

`python asreview_peer.py simulate SET.csv.gz SEED PRIOR PRIOR` prints {"order": [ids], "seconds", "version"}; rows are counted from 0.
`python asreview_peer.py scale TEXTS.jsonl LABELLED QUERIES` times one learner on texts with a label: vectorising and the first fit, then
label after label until a ranked list; it prints {"build", "query": [seconds], "mb", "version"}.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Any


def main() -> None:
    warnings.simplefilter("ignore")
    act, path, *rest = sys.argv[1:]
    told = _simulated(Path(path), *map(int, rest)) if act == "simulate" else _scaled(Path(path), *map(int, rest))
    json.dump({**told, "version": version("asreview")}, sys.stdout)


def _cycle() -> Any:
    from asreview.learner import ActiveLearningCycle
    from asreview.models.models import get_ai_config

    return ActiveLearningCycle.from_meta(get_ai_config("elas_u4")["value"])


def _simulated(path: Path, seed: int, *priors: int) -> dict[str, Any]:
    import numpy as np
    import pandas as pd
    from asreview.simulation.simulate import Simulate

    np.random.seed(seed)  # noqa: NPY002 - liblinear's order of coordinates follows it
    table = pd.read_csv(path, dtype=str, keep_default_na=False)
    texts, labels = table[["title", "abstract"]], table["included"].astype(int)
    started = time.perf_counter()
    simulation = Simulate(texts, labels, [_cycle()], print_progress=False)
    simulation.label(list(priors))
    simulation.review()
    shown = [int(row) for row in simulation._results["record_id"]]  # noqa: SLF001 - its own way of telling the order
    return {"order": [table["id"][row] for row in shown if row not in priors], "seconds": time.perf_counter() - started}


def _scaled(path: Path, labelled: int, queries: int) -> dict[str, Any]:
    import numpy as np
    import pandas as pd

    with path.open(encoding="utf-8") as stream:
        rows = ((row["title"], row["abstract"], row["relevant"]) for row in map(json.loads, stream))
        titles, abstracts, relevant = zip(*rows, strict=True)
    table, labels = pd.DataFrame({"title": titles, "abstract": abstracts}), np.array(relevant)
    started = time.perf_counter()
    cycle = _cycle()
    features = cycle.transform(table)
    known = list(range(labelled))
    cycle.fit(features[known], labels[known])
    built = time.perf_counter() - started
    seconds = []
    for _ in range(queries):
        begun = time.perf_counter()
        cycle.fit(features[known], labels[known])
        pool = np.setdiff1d(np.arange(len(labels)), known)
        ranked = pool[cycle.rank(features[pool])]
        seconds.append(time.perf_counter() - begun)
        known.append(int(ranked[0]))
    return {"build": built, "query": seconds, "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}


if __name__ == "__main__":
    main()
