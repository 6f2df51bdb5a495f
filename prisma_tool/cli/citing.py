"""`cite`: citation searching by indexes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from typing import TYPE_CHECKING

import click

from prisma_tool.cli.context import Caller, json_option, pass_caller, print_json, say, tell
from prisma_tool.errors import PrismaError
from prisma_tool.model.text import counted

if TYPE_CHECKING:
    from prisma_tool.identify.citations.run import CitationReport
    from prisma_tool.review.open_review import Review

_MOST_ROUNDS = 5


@click.command("cite")
@click.option("--backward", is_flag=True, help="Only what the seeds cite. Without this and --forward: both.")
@click.option("--forward", is_flag=True, help="Only what cites the seeds.")
@click.option(
    "--from", "origins", multiple=True, metavar="SET|KEY", help="Seeds: a record, or a set such as included (the default)."
)
@click.option(
    "--index",
    "names",
    multiple=True,
    metavar="I",
    help="Which indexes to ask: europepmc, openalex, crossref, or one that a plug-in adds; repeat it. Without: all.",
)
@click.option(
    "--rounds", type=click.IntRange(1, _MOST_ROUNDS), default=1, help="Go on from what was found, so many rounds in all."
)
@json_option
@pass_caller
def cite_command(
    caller: Caller, backward: bool, forward: bool, origins: tuple[str, ...], names: tuple[str, ...], rounds: int, as_json: bool
) -> int:
    """Find what the included reports cite and what cites them, in several indexes at once.

    What is found counts as identified by citation searching and is screened on title/abstract before it is sought. Run it again when more
    reports are included, or before you publish: what was found before is known then. OpenAlex wants a key in OPENALEX_API_KEY.
    """
    from prisma_tool.identify.citations.index_choice import chosen_indexes
    from prisma_tool.identify.citations.question import CitationQuestion
    from prisma_tool.identify.citations.run import cite
    from prisma_tool.identify.run.progress import Narrator
    from prisma_tool.sources.citations.index import CitationDirection
    from prisma_tool.sources.citations.openalex import CHOOSE

    wanted = {CitationDirection.BACKWARD: backward, CitationDirection.FORWARD: forward}
    directions = tuple(way for way, chosen in wanted.items() if chosen) or tuple(CitationDirection)
    with caller.review() as review:
        question = CitationQuestion(_seeds(review, origins), directions, rounds, origins, names)
        choice = chosen_indexes(review.environment, names)
        for sentence in choice.left_out:
            tell(f"{sentence} {CHOOSE}")
        report = cite(review, question, choice.indexes, Narrator(tell))
        if as_json:
            print_json(asdict(report))
        else:
            for line in _lines(report):
                say(line)
        return report.exit_code


def _seeds(review: Review, origins: tuple[str, ...]) -> tuple[str, ...]:
    from prisma_tool.records.citation_seeds import seed_keys

    with review.store.read() as transaction:
        keys = seed_keys(transaction, origins)
    if origins and not keys:
        raise PrismaError(f"No report is in the set '{origins[0]}', so there is no seed; name another set, or a record.")
    return keys


def _lines(report: CitationReport) -> Iterable[str]:
    ways = " and ".join(report.directions)
    yield f"Citation searching, {ways}, from {counted(report.seeds, 'seed')} in {', '.join(report.indexes)}: {report.status}"
    if report.status == "complete":
        yield f"  {counted(report.works, 'work')} found: {report.new} new, {report.known} in the review already"
    for key, counts in report.per_seed.items():
        yield f"  {key}: {', '.join(f'{number} {way}' for way, number in counts.items())}"
    for warning in report.warnings:
        yield f"  warning: {warning}"
    if report.undelivered:
        yield f"  named but not given by an index: {', '.join(report.undelivered)}"
    if report.status == "complete" and report.works:
        yield "Next: prisma-tool dedupe, then screen"
    elif report.status != "complete":
        yield "Run the same command again: what was answered is kept, and it goes on from there."
