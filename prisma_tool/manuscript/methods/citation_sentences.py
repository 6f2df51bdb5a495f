"""Sentences about citation searching, after TARCiS 2024: seeds, directions, indexes, days, and numbers before and after. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from prisma_tool.identify.citations.question import repeats
from prisma_tool.manuscript.methods.facts import CitationRun
from prisma_tool.manuscript.words import day, n, names, were


def citation_sentences(runs: Iterable[CitationRun]) -> Iterator[str]:
    """Rests on the rows of the runs of `cite` that are complete; reruns of one search are told together, with what the last one led to."""
    searches: list[list[CitationRun]] = []
    for run in runs:
        repeated = next((search for search in searches if _repeats(run, search[0])), None)
        if repeated is None:
            searches.append([run])
        else:
            repeated.append(run)
    for first, *reruns in searches:
        yield from _first(first)
        if reruns:
            yield _again(first, reruns)
        for index, unknown in (reruns[-1] if reruns else first).unknown_seeds.items():
            yield f"{index} did not know {unknown} of the seeds."


def _repeats(run: CitationRun, other: CitationRun) -> bool:
    return run.asked is not None and other.asked is not None and repeats(run.asked, other.asked)


def _first(run: CitationRun) -> Iterator[str]:
    ways = f"{names(run.directions)} citation searching" if run.directions else "Citation searching"
    yield f"{ways[0].upper()}{ways[1:]} was done in {names(run.indexes)} on {day(run.day)} {_came(run)}."


def _again(first: CitationRun, reruns: list[CitationRun]) -> str:
    last = reruns[-1]
    times = f" {len(reruns)} times, the last time" if len(reruns) > 1 else ""
    where = "" if last.indexes == first.indexes else f" in {names(last.indexes)}"
    return f"It was run again{times}{where} on {day(last.day)} {_came(last)}."


def _came(run: CitationRun) -> str:
    """From how many seeds, and to what it led."""
    known = f"; {run.known} {were(run.known)} in the review already" if run.known else ""
    return f"from {n(run.seeds, 'seed reference')}, and led to {n(run.works, 'work')}{known}"


def cited_sentence(screened: int, excluded: int) -> str:
    """Rests on the outcomes of the reports that citation indexes alone led to (counting rule 13)."""
    out = f"{excluded} of them {were(excluded)} excluded" if excluded else "none of them was excluded"
    return f"Among these records, {screened} {were(screened)} found by citation searching alone and screened before being sought; {out}."
