"""Whether sentence embeddings help beside the words and the question, set by set.

    python benchmarks/embeddings.py encode SETS_FOLDER VECTORS_FOLDER [--only NAME ...]     # where the extra `embeddings` is installed
    python benchmarks/embeddings.py compare SETS_FOLDER VECTORS_FOLDER [--seeds 1 2 3]

`encode` keeps one vector for each record; `compare` replays each set that has them with and without the third view that `rank` uses.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path

import numpy as np

from prisma_tool.ranking.features import build, with_vectors
from prisma_tool.ranking.model import asked
from prisma_tool.ranking.sentence_encoder import load_encoder
from prisma_tool.ranking.simulation.labelled_data import LabelledSet, read_labelled
from prisma_tool.ranking.simulation.metrics import measured
from prisma_tool.ranking.simulation.replay import Screening, replay

FIGURES = ("atd", "recall10", "wss95")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("act", choices=["encode", "compare"])
    parser.add_argument("sets", type=Path)
    parser.add_argument("vectors", type=Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    parser.add_argument("--only", nargs="+", default=[])
    given = parser.parse_args()
    given.vectors.mkdir(exist_ok=True)
    {"encode": encode, "compare": compare}[given.act](given)


def encode(given: argparse.Namespace) -> None:
    encoder = load_encoder()
    for path in sorted(given.sets.glob("*.csv.gz"), key=lambda path: path.stat().st_size):
        name = path.name.removesuffix(".csv.gz")
        if given.only and name not in given.only:
            continue
        texts = [f"{row.text.title}. {row.text.abstract}" for row in read_labelled(path).rows]
        started = time.process_time()
        np.savez(given.vectors / f"{name}.npz", v=encoder.vectors(texts))
        print(f"{name:30} {1000 * (time.process_time() - started) / len(texts):.1f} s of CPU for 1,000", flush=True)


def compare(given: argparse.Namespace) -> None:
    sys.path.insert(0, str(Path(__file__).parent))
    from ranking import drawn_priors

    questions = json.loads((given.sets / "questions.json").read_text(encoding="utf-8"))
    for path in sorted(given.vectors.glob("*.npz")):
        labelled = read_labelled(given.sets / f"{path.stem}.csv.gz")
        words = build([row.text for row in labelled.rows])
        priors = {seed: np.array(drawn_priors(labelled, seed)) for seed in given.seeds}
        for label, pool in (("words", words), ("and meaning", with_vectors(words, np.load(path)["v"]))):
            question = asked(pool, questions[path.stem])
            runs = [
                replayed(labelled, Screening(pool, question, relevant_of(labelled), priors[seed]), seed) for seed in given.seeds
            ]
            figures = " ".join(f"{name} {np.mean([run[name] for run in runs]):.4f}" for name in FIGURES)
            print(f"{path.stem:30} {label:13} {figures}", flush=True)


def relevant_of(labelled: LabelledSet) -> np.ndarray:
    return np.array([bool(row.relevant) for row in labelled.rows])


def replayed(labelled: LabelledSet, screening: Screening, seed: int) -> dict[str, float]:
    shown = replay(screening, seed)
    rest = np.setdiff1d(np.arange(len(labelled.rows)), np.concatenate([shown, screening.priors]))
    figures = measured(screening.relevant[np.concatenate([shown, rest]).astype(np.intp)])
    return {name: getattr(figures, name) for name in FIGURES}


if __name__ == "__main__":
    main()
