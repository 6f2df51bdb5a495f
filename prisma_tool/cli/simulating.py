"""`simulate`: retrospective evaluation of prioritised screening on labelled sets."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from prisma_tool.cli.context import json_option, print_json, say, tell
from prisma_tool.errors import UsageError
from prisma_tool.model.text import one_line

if TYPE_CHECKING:
    from prisma_tool.ranking.simulation.run import Simulated, SimulationOptions


@click.command("simulate")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--prior", "priors", multiple=True, metavar="ID", help="A record whose label is known beforehand; may be repeated.")
@click.option("--question", default="", metavar="TEXT", help="The review question, which leads until relevant records are found.")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Decides between equal scores.")
@click.option(
    "--order", type=click.Path(path_type=Path), metavar="JSON", help="Measure this order (a list of ids) instead of ours."
)
@click.option("--plot", type=click.Path(path_type=Path), metavar="FILE", help="Draw the recall curve: .svg or .png.")
@json_option
def simulate_command(
    files: tuple[Path, ...],
    priors: tuple[str, ...],
    question: str,
    seed: int,
    order: Path | None,
    plot: Path | None,
    as_json: bool,
) -> None:
    """Replay finished screenings (CSV with id, title, abstract, year, included; .gz too) in the order of relevance, and judge it.

    Needs no review. Several files give a table.
    """
    from prisma_tool.ranking.simulation.run import SimulationOptions, read_order, require_one_file

    options = SimulationOptions(priors, question, seed, read_order(order) if order else None)
    require_one_file(options, len(files))
    if plot and len(files) > 1:
        raise UsageError("--plot draws the curve of one file.")
    results = {path: _simulate(path, options) for path in files}
    if plot:
        _plot(plot, *results.items())
    if as_json:
        by_file = {str(path): result.as_json() for path, result in results.items()}
        print_json(
            next(iter(by_file.values())) if len(by_file) == 1 else {"files": by_file, "mean": _means(list(results.values()))}
        )
    elif len(results) == 1:
        _say_one(next(iter(results.values())))
    else:
        _say_table(results)


def _simulate(path: Path, options: SimulationOptions) -> Simulated:
    from prisma_tool.ranking.simulation.labelled_data import read_labelled
    from prisma_tool.ranking.simulation.run import simulate

    labelled = read_labelled(path)
    if labelled.unlabelled:
        tell(f"{path}: {labelled.unlabelled} rows without a label are left out.")
    return simulate(labelled, options, watch=_watcher(path, len(labelled.rows)))


_EVERY = 200


def _watcher(path: Path, n: int) -> Callable[[int], None]:
    """Tells on a terminal how far the replay is."""
    if not sys.stderr.isatty():
        return lambda _: None
    return lambda shown: tell(f"{path}: {shown} of {n} shown") if not shown % _EVERY else None


def _plot(plot: Path, item: tuple[Path, Simulated]) -> None:
    from prisma_tool.manuscript.recall_curve import write_curve

    path, result = item
    write_curve(plot, result.labels.tolist(), f"Recall: {one_line(path.name)}")
    tell(f"Wrote {plot}.")


_FIGURES = ("wss95", "wss100", "recall10", "recall20", "atd", "loss")


def _means(results: list[Simulated]) -> dict[str, float | None]:
    """The mean of each figure over the files that have it."""
    values_by_name = {
        name: [value for result in results if (value := getattr(result.replayed.metrics, name)) is not None] for name in _FIGURES
    }
    return {name: sum(values) / len(values) if values else None for name, values in values_by_name.items()}


def _say_one(result: Simulated) -> None:
    say(f"{len(result.labels)} records, {result.replayed.relevant} relevant, {result.seconds:.1f} s")
    for name in _FIGURES:
        say(f"{name:10}{_figure(getattr(result.replayed.metrics, name))}")
    for name, rule in result.replayed.stopping.items():
        mark = " (advisory)" if rule.advisory else ""
        say(f"{name}{mark}: stops after {rule.stopped_at}, recall {rule.recall:.3f}, work saved {rule.work_saved:.3f}")
    if any(rule.advisory for rule in result.replayed.stopping.values()):
        tell(
            "Advisory rules were measured to stop too early in some screenings, at worst with 14 % of the relevant records found."
        )


def _say_table(results: dict[Path, Simulated]) -> None:
    width = max(len(one_line(path.name)) for path in results)
    say(f"{'':{width}} {'n':>7} {'incl.':>6} " + " ".join(f"{name:>8}" for name in _FIGURES))
    for path, result in results.items():
        figures = " ".join(f"{_figure(getattr(result.replayed.metrics, name)):>8}" for name in _FIGURES)
        say(f"{one_line(path.name):{width}} {len(result.labels):>7} {result.replayed.relevant:>6} {figures}")
    means = " ".join(f"{_figure(value):>8}" for value in _means(list(results.values())).values())
    say(f"{'mean':{width}} {'':>7} {'':>6} {means}")


def _figure(value: float | None) -> str:
    return "-" if value is None else f"{value:.4f}"
