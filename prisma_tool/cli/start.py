"""`init`, `demo` and the start screen: how a review begins."""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from prisma_tool.cli.context import Caller, pass_caller, say, tell
from prisma_tool.errors import PrismaError, ReviewError, UsageError


@click.command("init")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="DIR")
@click.option("--title", default="", metavar="T", help="The review's title.")
@click.option("--pubmed", default="", metavar="QUERY", help="A PubMed strategy, as the first search.")
@click.option(
    "--pubmed-file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="FILE",
    help="A file with a PubMed strategy, as the first search: numbered lines, PubMed's history (CSV), a table, as people have it.",
)
@click.option("--ctgov", default="", metavar="QUERY", help="A ClinicalTrials.gov query.term, or an address of its search.")
@click.option("--reviewer", "reviewers", multiple=True, metavar="NAME", help="A reviewer; repeat for several.")
@click.option("--source", "sources", multiple=True, metavar="NAME", help="A source searched elsewhere, such as Embase; repeat.")
@pass_caller
def init_command(
    caller: Caller,
    folder: Path,
    title: str,
    pubmed: str,
    pubmed_file: Path | None,
    ctgov: str,
    reviewers: tuple[str, ...],
    sources: tuple[str, ...],
) -> None:
    """Start a review in a new folder DIR, with a protocol that works as it stands."""
    from prisma_tool.identify.strategy.strategy_file import read_strategy_file
    from prisma_tool.review.open_review import create_review, open_review

    if not str(folder).strip(" ."):
        raise UsageError("Name the folder that is to hold the review.")
    if pubmed and pubmed_file:
        raise UsageError("--pubmed and --pubmed-file do not go together; give one of them.")
    pubmed = read_strategy_file(pubmed_file) if pubmed_file else pubmed
    target = caller.folder / folder
    create_review(target, title=title, pubmed=pubmed, ctgov=ctgov, reviewers=reviewers, sources=sources)
    with open_review(target, caller.environment(), tell):
        quoted = shlex.quote(str(target))
        first = "search" if pubmed or ctgov else "import FILE --source NAME"
        say(f"Created the review {target}. Edit {target / 'review.toml'}, then run: prisma-tool -C {quoted} {first}")
        if not reviewers:
            tell('Nobody is named yet: write reviewers = ["Your Name"] into review.toml before screening.')


@click.command("demo")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), metavar="[DIR]", default=Path("prisma-demo"))
@pass_caller
def demo_command(caller: Caller, folder: Path) -> None:
    """Build a complete worked review in DIR (./prisma-demo), offline; all its records are invented."""
    from prisma_tool.demo.build import build_demo

    build_demo(caller.folder / folder, caller.environment(), tell, say)


def start_application(caller: Caller) -> None:
    """Outside a review: ask which one to open, or make one, and open it; why one cannot be opened is told where one chooses."""
    from prisma_tool.tui.start.start_app import StartApp

    trouble = ""
    while True:
        here, reviewer = caller.folder.absolute(), caller.environment().reviewer
        start = StartApp(here, caller.recent(), partial(_build_demo, caller), caller.settings(), reviewer, trouble)
        start.run()
        if start.chosen is None:
            return
        try:
            open_here(replace(caller, folder=start.chosen, variables=_as_reviewer(caller, start.made_by)))
        except PrismaError as error:
            trouble = error.message
        else:
            return


def _as_reviewer(caller: Caller, name: str) -> Mapping[str, str]:
    """The surroundings of somebody who has just given a name; of nobody in particular where there is none."""
    return {**caller.variables, "PRISMA_TOOL_REVIEWER": name} if name else caller.variables


def _build_demo(caller: Caller, folder: Path, tell: Callable[[str], None]) -> None:
    """The demo for somebody who sees it in the application, and needs no drawing of it before."""
    from prisma_tool.demo.build import build_demo

    build_demo(folder, caller.environment(), tell, lambda _: None)


def open_here(caller: Caller) -> None:
    """Open the application at the review around the folder; where its review.toml is broken, show the line until it is mended or left."""
    from prisma_tool.cli.screening import open_application

    while True:
        try:
            open_application(caller)
        except ReviewError:
            if not _mended(caller):
                raise
        else:
            return


def _mended(caller: Caller) -> bool:
    """Show what is wrong with review.toml; whether the person wants the review to be opened again."""
    from prisma_tool.review.open_review import find_review
    from prisma_tool.tui.start.broken_protocol import BrokenProtocolApp, broken_protocol

    folder = find_review(caller.folder.absolute())
    broken = broken_protocol(folder)
    if broken is None:
        return False
    shown = BrokenProtocolApp(folder, *broken, caller.settings())
    shown.run()
    return shown.tries_again
