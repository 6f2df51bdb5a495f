"""`simulate`: retrospective evaluation of prioritised screening on labelled sets."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, say, tell
from prisma_tool.errors import UsageError
from prisma_tool.model.text import one_line

if TYPE_CHECKING:
    from prisma_tool.manuscript.simulation_report import SimulationReport
    from prisma_tool.ranking.simulation.labelled_data import LabelledSet
    from prisma_tool.ranking.simulation.run import Simulated, SimulationOptions


@click.command("simulate")
@click.argument("files", nargs=-1, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--this", is_flag=True, help="Replay this review's own title/abstract screening instead of a file.")
@click.option("--prior", "priors", multiple=True, metavar="ID", help="A record whose label is known beforehand; may be repeated.")
@click.option("--draw-priors", is_flag=True, help="Draw one relevant and one irrelevant prior by the seed of each run.")
@click.option(
    "--question",
    metavar="TEXT",
    help="The review question, which leads until relevant records are found; with --this the review's.",
)
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True, help="Decides equal scores and random draws.")
@click.option(
    "--runs", type=click.IntRange(1, 10_000), default=1, show_default=True, help="How many runs, with seeds from --seed on."
)
@click.option("--compare", type=click.Choice(["asreview"]), help="Run ASReview too, where it is installed, with the same priors.")
@click.option(
    "--order", type=click.Path(path_type=Path), metavar="JSON", help="Measure this order (a list of ids) instead of ours."
)
@click.option(
    "--plot", type=click.Path(path_type=Path), metavar="FILE", help="Draw the recall curve of the first run: .svg or .png."
)
@click.option(
    "-o",
    "outputs",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write the report: .md, .csv, .svg or .png.",
)
@json_option
@pass_caller
def simulate_command(caller: Caller, /, files: tuple[Path, ...], as_json: bool, **options: Any) -> None:
    """Replay finished screenings (CSV with id, title, abstract, year, included; .gz too) in the order of relevance, and judge it.

    Needs no review, except with --this. The order goes by words alone, also where a protocol asks for sentence embeddings. Several files give a table. With --runs, or -o, the report says how far figures and stops vary.
    """
    _require_sense(files, options)
    sets = _own(caller, options) if options["this"] else {path: _read(path) for path in files}
    results = {path: _replays(labelled, options) for path, labelled in sets.items()}
    if options["plot"]:
        _plot(options["plot"], *results.items())
    reports = {path: _report(path, result) for path, result in results.items()} if _wants_report(options) else {}
    for target in options["outputs"]:
        _write(target, *reports.values())
    if as_json:
        by_file = {str(path): _as_json(result, reports.get(path)) for path, result in results.items()}
        means = _means([result.first for result in results.values()])
        print_json(next(iter(by_file.values())) if len(by_file) == 1 else {"files": by_file, "mean": means})
    else:
        _say(results, reports)


@dataclass(frozen=True, slots=True)
class Replays:
    """The runs of one set, and those of the program it is compared with."""

    ours: list[Simulated]
    theirs: list[Simulated]

    @property
    def first(self) -> Simulated:
        """Our first run."""
        return self.ours[0]


def _require_sense(files: tuple[Path, ...], options: dict[str, Any]) -> None:
    """Whether the options can be meant together.

    Raises:
        UsageError: they cannot.
    """
    from prisma_tool.manuscript.simulation_report import require_suffix

    if bool(files) == options["this"]:
        raise UsageError("Give the file of a finished screening, or --this for the review's own.")
    if len(files) > 1 and (options["plot"] or options["outputs"]):
        raise UsageError("--plot draws the curve, and -o writes the report, of one file.")
    if len(files) > 1 and (options["priors"] or options["order"]):
        raise UsageError("--prior and --order name records of one file; simulate several files without them, or one at a time.")
    if options["priors"] and options["draw_priors"]:
        raise UsageError("Give priors by --prior, or have them drawn by --draw-priors.")
    if options["order"] and (options["compare"] or options["runs"] > 1):
        raise UsageError("--order measures one order; leave out --runs and --compare.")
    for target in options["outputs"]:
        require_suffix(target)


def _own(caller: Caller, options: dict[str, Any]) -> dict[Path, LabelledSet]:
    from prisma_tool.screening.prioritised.own_screening import own_screening

    with caller.review() as review:
        labelled, question = own_screening(review)
    if options["question"] is None:
        options["question"] = question
    return {labelled.path: labelled}


def _read(path: Path) -> LabelledSet:
    from prisma_tool.ranking.simulation.labelled_data import read_labelled

    labelled = read_labelled(path)
    if labelled.unlabelled:
        tell(f"{path}: {labelled.unlabelled} rows without a label are left out.")
    return labelled


def _replays(labelled: LabelledSet, options: dict[str, Any]) -> Replays:
    from prisma_tool.ranking.simulation.many import options_of_runs, simulate_many
    from prisma_tool.ranking.simulation.run import SimulationOptions, read_order, simulate

    order = read_order(options["order"]) if options["order"] else None
    given = SimulationOptions(options["priors"], options["question"] or "", options["seed"], order)
    if options["runs"] == 1 and not options["draw_priors"] and not options["compare"]:
        return Replays([simulate(labelled, given, watch=_watcher(labelled.path, len(labelled.rows)))], [])
    runs = options_of_runs(labelled, given, options["runs"], draw_priors=options["draw_priors"])
    theirs = _compared(labelled, runs) if options["compare"] else []
    return Replays(simulate_many(labelled, runs, _progress("runs", len(runs))), theirs)


def _compared(labelled: LabelledSet, runs: list[SimulationOptions]) -> list[Simulated]:
    from prisma_tool.ranking.simulation.other_program import asreview_python, with_order_of_asreview
    from prisma_tool.ranking.simulation.run import simulate

    python, progress = asreview_python(), _progress("runs of ASReview", len(runs))
    done = []
    for options in runs:
        done.append(simulate(labelled, with_order_of_asreview(python, labelled, options)))
        progress(len(done))
    return done


_EVERY = 200


def _watcher(path: Path, n: int) -> Callable[[int], None]:
    """Tells on a terminal how far the replay is."""
    if not sys.stderr.isatty():
        return lambda _: None
    return lambda shown: tell(f"{path}: {shown} of {n} shown") if not shown % _EVERY else None


def _progress(what: str, n: int) -> Callable[[int], None]:
    """Tells how many runs are done: each on a terminal, else ten times in all."""
    every = 1 if sys.stderr.isatty() else max(n // 10, 1)
    return lambda done: tell(f"{done} of {n} {what} done") if not done % every or done == n else None


def _plot(plot: Path, item: tuple[Path, Replays]) -> None:
    from prisma_tool.manuscript.recall_curve import write_curve

    path, result = item
    write_curve(plot, result.first.labels.tolist(), f"Recall: {one_line(path.name)}")
    tell(f"Wrote {plot}.")


def _wants_report(options: dict[str, Any]) -> bool:
    return bool(options["runs"] > 1 or options["outputs"] or options["compare"])


def _report(path: Path, result: Replays) -> SimulationReport:
    from prisma_tool.manuscript.simulation_report import SimulationReport
    from prisma_tool.ranking.simulation.summary import summed_up

    programs = {"prisma-tool": result.ours, **({"ASReview": result.theirs} if result.theirs else {})}
    summaries = {name: summed_up([run.replayed for run in runs], [run.labels for run in runs]) for name, runs in programs.items()}
    return SimulationReport(path.name, len(result.first.labels), result.first.replayed.relevant, summaries)


def _write(target: Path, report: SimulationReport) -> None:
    from prisma_tool.manuscript.simulation_report import write_report

    write_report(target, report)
    tell(f"Wrote {target}.")


def _as_json(result: Replays, report: SimulationReport | None) -> dict[str, Any]:
    """The keys of the first run, and with a report those of all runs."""
    first = result.first.as_json()
    if report is None:
        return first
    ours, *others = (summary.as_json() for summary in report.programs.values())
    return {**first, **ours, **({"asreview": others[0]} if others else {})}


_FIGURES = ("wss95", "wss100", "recall10", "recall20", "atd", "loss")


def _means(results: list[Simulated]) -> dict[str, float | None]:
    """The mean of each figure over the files that have it."""
    values_by_name = {
        name: [value for result in results if (value := getattr(result.replayed.metrics, name)) is not None] for name in _FIGURES
    }
    return {name: sum(values) / len(values) if values else None for name, values in values_by_name.items()}


def _say(results: dict[Path, Replays], reports: dict[Path, SimulationReport]) -> None:
    from prisma_tool.manuscript.simulation_report import report_lines

    if reports:
        for report in reports.values():
            for line in report_lines(report):
                say(line)
    elif len(results) == 1:
        _say_one(next(iter(results.values())).first)
    else:
        _say_table({path: result.first for path, result in results.items()})


def _say_one(result: Simulated) -> None:
    from prisma_tool.manuscript.simulation_report import WORDS_ALONE

    say(f"{len(result.labels)} records, {result.replayed.relevant} relevant, {result.seconds:.1f} s")
    for name in _FIGURES:
        say(f"{name:10}{_figure(getattr(result.replayed.metrics, name))}")
    for name, rule in result.replayed.stopping.items():
        mark = " (advisory)" if rule.advisory else ""
        say(f"{name}{mark}: stops after {rule.stopped_at}, recall {rule.recall:.3f}, work saved {rule.work_saved:.3f}")
    tell(WORDS_ALONE)
    if any(rule.advisory for rule in result.replayed.stopping.values()):
        tell(
            "Advisory rules were measured to stop too early in some screenings, at worst with 13 % of the relevant records found."
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
