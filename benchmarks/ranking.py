"""Measures prioritised screening: quality on labelled sets, cold start, stopping, and speed and memory at scale.

    python benchmarks/ranking.py quality SETS_FOLDER [--peer-python PATH | --baseline FILE]
    python benchmarks/ranking.py cold SETS_FOLDER
    python benchmarks/ranking.py scale 5000 50000 200000 [--peer-python PATH]

SETS_FOLDER holds NAME.csv.gz (id,title,abstract,year,included) and questions.json ({NAME: review question}).
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np

from prisma_tool.ranking.simulation.labelled_data import LabelledSet, read_labelled
from prisma_tool.ranking.simulation.run import Simulated, SimulationOptions, simulate

FIGURES = ("atd", "wss95", "wss100", "recall10", "recall20", "loss")
HERE = Path(__file__).parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    acts = parser.add_subparsers(dest="act", required=True)
    for act in ("quality", "cold"):
        one = acts.add_parser(act)
        one.add_argument("sets", type=Path)
        one.add_argument("--seeds", type=int, nargs="+", default=[1, 2, 3])
        one.add_argument("--only", nargs="+", default=[])
        one.add_argument("--no-question", action="store_true")
        one.add_argument("--peer-python", type=Path)
        one.add_argument("--baseline", type=Path, help="stored figures of ASReview with the same priors")
        one.add_argument("--json", type=Path)
    scale = acts.add_parser("scale")
    scale.add_argument("sizes", type=int, nargs="+")
    scale.add_argument("--peer-python", type=Path)
    scale.add_argument("--queries", type=int, default=40)
    scale.add_argument("--labelled", type=int, default=300)
    alone = acts.add_parser("scale-one")
    alone.add_argument("texts", type=Path)
    alone.add_argument("labelled", type=int)
    alone.add_argument("queries", type=int)
    given = parser.parse_args()
    {"quality": quality, "cold": cold, "scale": at_scale, "scale-one": scale_one}[given.act](given)


def sets_in(given: argparse.Namespace) -> Iterator[tuple[str, LabelledSet, str]]:
    questions = json.loads((given.sets / "questions.json").read_text(encoding="utf-8"))
    for path in sorted(given.sets.glob("*.csv.gz")):
        name = path.name.removesuffix(".csv.gz")
        if not given.only or name in given.only:
            yield name, read_labelled(path), "" if given.no_question else questions.get(name, "")


def drawn_priors(labelled: LabelledSet, seed: int) -> tuple[int, int]:
    """One relevant and one irrelevant row, drawn by the seed among the rows of each class."""
    relevant = np.array([bool(row.relevant) for row in labelled.rows])
    rows = (np.flatnonzero(relevant == wanted) for wanted in (True, False))
    chosen = [np.random.RandomState(seed).choice(one, 1, replace=False)[0] for one in rows]
    return int(chosen[0]), int(chosen[1])


def quality(given: argparse.Namespace) -> None:
    found: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for name, labelled, question in sets_in(given):
        for seed in given.seeds:
            rows = drawn_priors(labelled, seed)
            ids = tuple(labelled.rows[row].id for row in rows)
            ours = simulate(labelled, SimulationOptions(ids, question, seed))
            found.setdefault(name, {}).setdefault("ours", []).append(told(ours))
            if given.peer_python:
                peer = ask_peer(given.peer_python, "simulate", labelled.path, seed, *rows)
                theirs = simulate(labelled, SimulationOptions(ids, order=tuple(peer["order"])))
                found[name].setdefault("peer", []).append({**told(theirs), "seconds": peer["seconds"]})
        if given.baseline:
            found[name]["peer"] = stored_figures(given.baseline, name, given.seeds)
        print_set(name, found[name])
    print_means(found)
    print_stopping(found)
    if given.json:
        given.json.write_text(json.dumps(found, indent=1), encoding="utf-8")


def stored_figures(path: Path, name: str, seeds: list[int]) -> list[dict[str, Any]]:
    runs = json.loads(path.read_text(encoding="utf-8"))["dev"][name]["runs"]
    return [{**run, "atd": run["atd_frac"], "seconds": run["wall_s"]} for run in runs if run["seed"] in seeds]


def told(done: Simulated) -> dict[str, Any]:
    rules = {name: asdict(rule) for name, rule in done.replayed.stopping.items()}
    return {**asdict(done.replayed.metrics), "seconds": done.seconds, "n": len(done.labels), "rules": rules}


def ask_peer(python: Path, *arguments: Any) -> dict[str, Any]:
    command = [str(python), str(HERE / "asreview_peer.py"), *map(str, arguments)]
    said = subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603 - our own script
    answer: dict[str, Any] = json.loads(said)
    return answer


def averaged(runs: list[dict[str, Any]], figure: str) -> float:
    return mean(run[figure] for run in runs)


def print_set(name: str, by_whom: dict[str, list[dict[str, Any]]]) -> None:
    for who, runs in by_whom.items():
        figures = "  ".join(f"{figure} {averaged(runs, figure):.4f}" for figure in (*FIGURES, "seconds"))
        print(f"{name:32} {who:5} {figures}", flush=True)


def print_means(found: dict[str, dict[str, list[dict[str, Any]]]]) -> None:
    for who in next(iter(found.values())):
        figures = "  ".join(f"{figure} {mean(averaged(one[who], figure) for one in found.values()):.4f}" for figure in FIGURES)
        print(f"{'mean over sets':32} {who:5} {figures}")
    if all(one.get("peer") for one in found.values()):
        worst = max(averaged(one["ours"], "atd") - averaged(one["peer"], "atd") for one in found.values())
        print(f"largest loss of ATD on a set: {worst:+.4f}")


def print_stopping(found: dict[str, dict[str, list[dict[str, Any]]]]) -> None:
    runs = [run for one in found.values() for run in one["ours"]]
    for rule in runs[0]["rules"]:
        recalls = [run["rules"][rule]["recall"] for run in runs]
        saved = [run["rules"][rule]["work_saved"] for run in runs]
        kept = sum(recall >= 0.95 for recall in recalls)
        print(
            f"{rule:16} recall >= .95 in {kept} of {len(runs)} runs, least {min(recalls):.3f}; "
            f"work saved {mean(saved):.3f} on average, at most {max(saved):.3f}"
        )


def cold(given: argparse.Namespace) -> None:
    """Without priors: how many records until the first relevant one."""
    by_question: dict[bool, list[float]] = {True: [], False: []}
    for name, labelled, question in sets_in(given):
        ranks = {}
        for asked in (True, False):
            runs = [simulate(labelled, SimulationOptions((), question if asked else "", seed)) for seed in given.seeds]
            ranks[asked] = mean(int(np.flatnonzero(run.labels)[0]) + 1 for run in runs)
            by_question[asked].append(ranks[asked])
        print(f"{name:32} first relevant record at {ranks[True]:.1f} with the question, {ranks[False]:.1f} by chance", flush=True)
    print(f"mean over sets: {mean(by_question[True]):.1f} with the question, {mean(by_question[False]):.1f} by chance")


# --- scale ---------------------------------------------------------------------------------------------------------------------


def at_scale(given: argparse.Namespace) -> None:
    with tempfile.TemporaryDirectory() as folder:
        for size in given.sizes:
            path = Path(folder) / f"{size}.jsonl"
            write_texts(path, size, given.labelled)
            arguments = (path, given.labelled, given.queries)
            command = [sys.executable, __file__, "scale-one", *map(str, arguments)]
            said = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603 - this script
            print_scale(size, "ours", json.loads(said.stdout))
            if given.peer_python:
                print_scale(size, "peer", ask_peer(given.peer_python, "scale", *arguments))
            path.unlink()


def print_scale(size: int, who: str, told: dict[str, Any]) -> None:
    half, most = np.percentile(told["query"], [50, 95]) * 1000
    print(
        f"{size:>8} {who:5} features and first ranking {told['build']:.1f} s; decision to new order p50 {half:.0f} ms, p95 {most:.0f} ms; "
        f"peak {told['mb']} MB",
        flush=True,
    )


def write_texts(path: Path, size: int, labelled: int) -> None:
    """Invented texts as long and as varied as real ones: words by Zipf's law, a third of each text from one of 200 subjects."""
    chance = np.random.default_rng(1)
    vocabulary = max(20_000, size // 2)
    with path.open("w", encoding="utf-8") as stream:
        for row in range(size):
            subject = int(chance.integers(200))
            common = chance.zipf(1.25, 120) % vocabulary
            own = subject * 97 + chance.zipf(1.5, 60) % 400
            words = [f"w{number}" for number in chance.permutation(np.concatenate([common, own]))]
            relevant = row % 10 == 0 if row < labelled else False
            told = {"title": " ".join(words[:14]), "abstract": " ".join(words[14:]), "relevant": bool(relevant)}
            stream.write(json.dumps(told) + "\n")


def scale_one(given: argparse.Namespace) -> None:
    import resource

    from prisma_tool.ranking.features import Text, build
    from prisma_tool.ranking.model import Labels, asked, best_first, rank

    with given.texts.open(encoding="utf-8") as stream:
        rows = ((row["title"], row["abstract"], row["relevant"]) for row in map(json.loads, stream))
        titles, abstracts, relevant = zip(*rows, strict=True)
    texts, truth = list(map(Text, titles, abstracts)), np.array(relevant)
    started = time.perf_counter()
    features = build(texts)
    question = asked(features, "w1 w2 w97")
    known = list(range(given.labelled))
    latest = rank(features, Labels(np.array(known), truth[known]), question)
    built = time.perf_counter() - started
    seconds = []
    for _ in range(given.queries):
        begun = time.perf_counter()
        latest = rank(features, Labels(np.array(known), truth[known]), question, latest)
        order = best_first(latest.scores, np.setdiff1d(np.arange(len(texts)), known), 1)
        seconds.append(time.perf_counter() - begun)
        known.append(int(order[0]))
    json.dump({"build": built, "query": seconds, "mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024}, sys.stdout)


if __name__ == "__main__":
    main()
