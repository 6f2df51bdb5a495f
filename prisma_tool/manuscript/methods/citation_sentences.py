"""Sentences about citation searching, after TARCiS 2024: seeds, directions, indexes, days, and numbers before and after. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_tool.manuscript.methods.facts import CitationRun
from prisma_tool.manuscript.words import day, n, names, were


def citation_sentences(runs: Iterable[CitationRun]) -> Iterator[str]:
    """Rests on the rows of the runs of `cite` that are complete; reruns of one search are told together, with what the last one led to."""
    searches: dict[tuple[tuple[str, ...], tuple[str, ...]], list[CitationRun]] = {}
    for run in runs:
        searches.setdefault((run.directions, run.indexes), []).append(run)
    for first, *reruns in searches.values():
        yield from _first(first)
        if reruns:
            yield _again(reruns)
        for index, unknown in (reruns[-1] if reruns else first).unknown_seeds.items():
            yield f"{index} did not know {unknown} of the seeds."


def _first(run: CitationRun) -> Iterator[str]:
    ways = f"{names(run.directions)} citation searching" if run.directions else "Citation searching"
    yield f"{ways[0].upper()}{ways[1:]} was done in {names(run.indexes)} on {day(run.day)} {_came(run)}."


def _again(reruns: list[CitationRun]) -> str:
    last = reruns[-1]
    if len(reruns) == 1:
        return f"It was run again on {day(last.day)} {_came(last)}."
    return f"It was run again {len(reruns)} times, the last time on {day(last.day)} {_came(last)}."


def _came(run: CitationRun) -> str:
    """From how many seeds, and to what it led."""
    known = f"; {run.known} {were(run.known)} in the review already" if run.known else ""
    return f"from {n(run.seeds, 'seed reference')}, and led to {n(run.works, 'work')}{known}"
