"""Sentences about citation searching, after TARCiS 2024: seeds, directions, indexes, days, and numbers before and after. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_tool.manuscript.methods.facts import CitationRun
from prisma_tool.manuscript.words import day, n, names, were


def citation_sentences(runs: Iterable[CitationRun]) -> Iterator[str]:
    """Rests on the rows of the runs of `cite` that are complete."""
    for run in runs:
        ways = f"{names(run.directions)} citation searching" if run.directions else "Citation searching"
        seeds = n(run.seeds, "seed reference")
        known = f"; {run.known} {were(run.known)} in the review already" if run.known else ""
        yield f"{ways[0].upper()}{ways[1:]} was done in {names(run.indexes)} on {day(run.day)} from {seeds}, and led to {n(run.works, 'work')}{known}."
        for index, unknown in run.unknown_seeds.items():
            yield f"{index} did not know {unknown} of the seeds."
