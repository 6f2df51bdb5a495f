"""Measures stopping rules: runs that failed, work saved and worst recall, for each rule, set and family of orders.

    python benchmarks/stopping.py orders SETS_FOLDER ORDERS_FOLDER [--seeds 1 2 ...] [--peer-python PATH]
    python benchmarks/stopping.py judge ORDERS_FOLDER [--runs 100]
    python benchmarks/stopping.py ceilings ORDERS_FOLDER

`orders` replays each set and stores the labels in the order shown, so that rules are judged without ranking anew: `question` and `plain` are
ours with and without the question of the review, `u4` is ASReview's default, by the interpreter in which it is installed; one relevant and
one irrelevant prior are drawn by the seed. `judge` adds `weak` (noise three times as strong as the signal: a relevant record stands before
an irrelevant one in about 6 of 10 cases) and `random` orders. What is judged, and when a rule is rejected, stands in docs/stopping.md.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import mean

import numpy as np
from scipy.special import betaincinv

from prisma_tool.model.protocol.stopping import Rule, RuleName
from prisma_tool.ranking.error_budget import log_factorials
from prisma_tool.ranking.features import build
from prisma_tool.ranking.model import asked
from prisma_tool.ranking.paying import missing_for
from prisma_tool.ranking.sampling import sampled_stop, sampling_is_due
from prisma_tool.ranking.simulation.replay import Screening, replay
from prisma_tool.ranking.stopping_rules import first_stop

Labels = np.ndarray
Stop = Callable[[Labels, int], tuple[int, int]]
TARGET = 0.95
CHOSEN_ON = (
    "Bannach-Brown_2019", "Cohen_AtypicalAntipsychotics", "Cohen_CalciumChannelBlockers", "Cohen_Triptans", "Nagtegaal_2019",
    "Wallace_micro_nutrients",
)  # fmt: skip
"""The half of the sets on which parameters may be chosen; the other half only checks them."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    acts = parser.add_subparsers(dest="act", required=True)
    orders = acts.add_parser("orders")
    orders.add_argument("sets", type=Path)
    orders.add_argument("orders", type=Path)
    orders.add_argument("--seeds", type=int, nargs="+", default=list(range(1, 11)))
    orders.add_argument("--peer-python", type=Path)
    judge = acts.add_parser("judge")
    judge.add_argument("orders", type=Path)
    judge.add_argument("--runs", type=int, default=100, help="of each rule that draws, and random and weak orders of each set")
    judge.add_argument("--json", type=Path)
    ceilings = acts.add_parser("ceilings")
    ceilings.add_argument("orders", type=Path)
    given = parser.parse_args()
    {"orders": store_orders, "judge": judge_rules, "ceilings": print_ceilings}[given.act](given)


# --- orders --------------------------------------------------------------------------------------------------------------------


def store_orders(given: argparse.Namespace) -> None:
    sys.path.insert(0, str(Path(__file__).parent))
    from ranking import ask_peer, drawn_priors

    from prisma_tool.ranking.simulation.labelled_data import read_labelled

    given.orders.mkdir(exist_ok=True)
    questions = json.loads((given.sets / "questions.json").read_text(encoding="utf-8"))
    for path in sorted(given.sets.glob("*.csv.gz")):
        name, labelled = path.name.removesuffix(".csv.gz"), read_labelled(path)
        features, relevant = build([row.text for row in labelled.rows]), np.array([bool(row.relevant) for row in labelled.rows])
        for seed in given.seeds:
            priors = np.array(drawn_priors(labelled, seed))
            for family, question in (("question", questions[name]), ("plain", "")):
                shown = replay(Screening(features, asked(features, question), relevant, priors), seed)
                keep(given.orders / f"{family}__{name}__{seed}.npy", shown, priors, relevant, seed)
            if given.peer_python:
                told = ask_peer(given.peer_python, "simulate", path, seed, *priors)
                index = labelled.index()
                shown = np.array([index[row] for row in told["order"]])
                keep(given.orders / f"u4__{name}__{seed}.npy", shown, priors, relevant, seed)
            print(f"{name} {seed}", flush=True)


def keep(path: Path, shown: np.ndarray, priors: np.ndarray, relevant: np.ndarray, seed: int) -> None:
    rest = np.setdiff1d(np.arange(len(relevant)), np.concatenate([shown, priors]))
    np.random.default_rng(seed).shuffle(rest)
    np.save(path, relevant[np.concatenate([shown, rest])])


def stored(folder: Path) -> dict[str, dict[str, list[Labels]]]:
    """The stored orders by set and family."""
    by_set: dict[str, dict[str, list[Labels]]] = defaultdict(lambda: defaultdict(list))
    for path in sorted(folder.glob("*__*__*.npy")):
        family, name, _ = path.stem.split("__")
        by_set[name][family].append(np.load(path))
    return by_set


def invented_orders(labels: Labels, runs: int) -> Iterator[tuple[str, Labels]]:
    for seed in range(runs):
        chance = np.random.default_rng([seed, len(labels)])
        yield "random", chance.permutation(labels)
        yield "weak", labels[np.argsort(-(labels + chance.normal(0, 3, len(labels))))]


# --- rules ---------------------------------------------------------------------------------------------------------------------


def by_labels(rule: Rule) -> Stop:
    def stop(labels: Labels, _: int) -> tuple[int, int]:
        at = first_stop(rule, labels)
        return at, int(labels[:at].sum())

    return stop


def by_draws(rule: Rule) -> Stop:
    return lambda labels, seed: sampled_stop(rule, labels, seed)


def by_e_process(level: float) -> Stop:
    """The other way to a rule valid under any order: after the same switch, a product of likelihood ratios that may be looked at always.

    The alternative is a mixture: that x relevant records are left, with weight 2^-(x+1) (Waudby-Smith & Ramdas 2020 bet on such a prior).
    """

    def stop(labels: Labels, seed: int) -> tuple[int, int]:
        begin = switch(labels)
        rest, found = labels[begin:], int(labels[:begin].sum())
        drawn = rest[np.random.default_rng(seed).permutation(len(rest))]
        ends = [*(np.flatnonzero(drawn) + 1).tolist(), len(drawn) + 1]
        for hits, end in enumerate(ends):
            first = ends[hits - 1] if hits else 0
            low, high = first, end
            while low < high:
                middle = (low + high) // 2
                if e_value(len(rest), found, hits, middle) >= 1 / level:
                    high = middle
                else:
                    low = middle + 1
            if low < end:
                return begin + low, found + hits
        return len(labels), int(labels.sum())

    return stop


def e_value(left: int, found: int, hits: int, draws: int) -> float:
    logs = log_factorials(left)

    def chance(hidden: np.ndarray) -> np.ndarray:
        """Log of the probability of these draws, one by one, if so many are hidden."""
        open_after = left - draws
        possible = (hidden >= hits) & (hidden - hits <= open_after)
        some = np.where(possible, hidden, hits)
        value = (
            logs[open_after] - logs[some - hits] - logs[open_after - (some - hits)] - logs[left] + logs[some] + logs[left - some]
        )
        return np.where(possible, value, -np.inf)

    missing = missing_for(found + hits, TARGET)
    null = chance(np.arange(hits + missing, min(hits + missing + 300, left) + 1))
    if not len(null) or not np.isfinite(null.max()):
        return math.inf
    mixed = np.arange(min(60, left) + 1)
    return float(np.exp(np.logaddexp.reduce(chance(mixed) - (mixed + 1) * math.log(2)) - null.max()))


def switch(labels: Labels) -> int:
    found = run = 0
    for place, relevant in enumerate(labels.tolist()):
        if sampling_is_due(run, found, len(labels) - place, TARGET, again=False):
            return place
        found, run = found + relevant, 0 if relevant else run + 1
    return len(labels)


RULES: dict[str, tuple[Stop, float, bool]] = {
    "any-order .95": (by_draws(Rule(RuleName.ANY_ORDER, TARGET, 0.95)), 0.95, True),
    "any-order .80": (by_draws(Rule(RuleName.ANY_ORDER, TARGET, 0.8)), 0.8, True),
    "e-process .95": (by_e_process(0.05), 0.95, True),
    "e-process .80": (by_e_process(0.2), 0.8, True),
    "hypergeometric .95": (by_labels(Rule(target=TARGET, confidence=0.95)), 0.95, False),
    "hypergeometric .80": (by_labels(Rule(target=TARGET, confidence=0.8)), 0.8, False),
    "consecutive 50": (by_labels(Rule(RuleName.CONSECUTIVE, count=50)), 0.95, False),
    "consecutive 200": (by_labels(Rule(RuleName.CONSECUTIVE, count=200)), 0.95, False),
    "knee": (by_labels(Rule(RuleName.KNEE)), 0.95, False),
}
"""Each with the confidence by which it is judged, and whether it draws (so that one order gives many runs)."""


# --- judging -------------------------------------------------------------------------------------------------------------------


def judge_rules(given: argparse.Namespace) -> None:
    table: dict[str, dict[str, dict[str, list[tuple[float, float]]]]] = {}
    for name, families in stored(given.orders).items():
        any_order = next(iter(families.values()))[0]
        orders = {**families, "random": [], "weak": []}
        for family, labels in invented_orders(any_order, given.runs):
            orders[family].append(labels)
        for rule, (stop, _, draws) in RULES.items():
            for family, many in orders.items():
                again = max(given.runs // len(many), 1) if draws else 1
                runs = [outcome(stop, labels, seed) for labels in many for seed in range(again)]
                table.setdefault(rule, {}).setdefault(family, {})[name] = runs
        print(f"{name} done", file=sys.stderr, flush=True)
    print_table(table)
    if given.json:
        given.json.write_text(json.dumps(table), encoding="utf-8")


def outcome(stop: Stop, labels: Labels, seed: int) -> tuple[float, float]:
    """Recall and work saved."""
    at, found = stop(labels, seed)
    return found / int(labels.sum()), 1 - at / len(labels)


def lower_limit(failed: int, runs: int) -> float:
    """The exact lower 95 % limit (Clopper-Pearson, one-sided) of a failure rate."""
    return float(betaincinv(failed, runs - failed + 1, 0.05)) if failed else 0.0


def print_table(table: dict[str, dict[str, dict[str, list[tuple[float, float]]]]]) -> None:
    print(
        f"{'rule':20} {'orders':9} {'sets':>4} {'rejected':>8} {'worst set failed':>18} {'saved':>6} {'half 2':>6} {'worst recall':>12}"
    )
    for rule, families in table.items():
        level = 1 - RULES[rule][1]
        for family, sets in families.items():
            failed = {name: sum(recall < TARGET - 1e-9 for recall, _ in runs) for name, runs in sets.items()}
            rejected = sum(lower_limit(failed[name], len(runs)) > level for name, runs in sets.items())
            worst = max(sets, key=lambda name: failed[name] / len(sets[name]))
            saved = {name: mean(work for _, work in runs) for name, runs in sets.items()}
            checked = mean(work for name, work in saved.items() if name not in CHOSEN_ON)
            least = min(recall for runs in sets.values() for recall, _ in runs)
            share = f"{failed[worst]} of {len(sets[worst])}"
            print(
                f"{rule:20} {family:9} {len(sets):>4} {rejected:>8} {share:>18} {mean(saved.values()):>6.3f} {checked:>6.3f} {least:>12.3f}"
            )


# --- ceilings ------------------------------------------------------------------------------------------------------------------


def ceiling(labels: Labels, level: float) -> tuple[int, float, float, float]:
    """k, hindsight saving h, h x level^(1/k), and the sharper ceiling of docs/stopping.md."""
    total, ranks = int(labels.sum()), np.flatnonzero(labels) + 1
    hindsight = 1 - ranks[math.ceil(TARGET * total - 1e-9) - 1] / len(labels)
    k = missing_for(total, TARGET)
    shares = np.linspace(0.001, 1, 1000)
    sharper = 0.0
    for found in range(total // 2, total + 1):
        begin = int(ranks[found - 1]) if found else 0
        more = np.floor(((1 - TARGET) * total - (total - found) * shares) / TARGET + 1e-9) + 1
        possible = shares[(more > 0) & (shares ** np.maximum(more, 1) <= level)]
        sharper = max(sharper, (1 - begin / len(labels)) * float(possible.max(initial=0)))
    return k, float(hindsight), float(hindsight * level ** (1 / k)), sharper


def print_ceilings(given: argparse.Namespace) -> None:
    for confidence in (0.95, 0.8):
        level, rows = round(1 - confidence, 9), []
        rule = Rule(RuleName.ANY_ORDER, TARGET, confidence)
        print(f"confidence {confidence}: set, relevant, k, hindsight h, ceiling, sharper ceiling, saved by any-order")
        for name, families in stored(given.orders).items():
            orders = families["question"]
            figures = np.mean([ceiling(labels, level) for labels in orders], axis=0)
            saved = mean(outcome(by_draws(rule), labels, seed)[1] for labels in orders for seed in range(10))
            rows.append((*figures[1:], saved))
            print(
                f"{name:30} {int(orders[0].sum()):>4} {figures[0]:>3.0f} " + " ".join(f"{value:.3f}" for value in rows[-1]),
                flush=True,
            )
        means = np.mean(rows, axis=0)
        print(f"{'mean':30}          " + " ".join(f"{value:.3f}" for value in means))
        print(f"saved, of the ceiling {means[3] / means[1]:.2f}, of the sharper one {means[3] / means[2]:.2f}")


if __name__ == "__main__":
    main()
