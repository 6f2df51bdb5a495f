"""The numbers of the search appendix in words: deduplication and totals (PRISMA-S items 15 and 16). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from prisma_tool.manuscript.document.blocks import Block, Heading, Paragraph, Points, Table
from prisma_tool.manuscript.search_appendix.data import Appendix, Deduplication, IdentifiedBox
from prisma_tool.model.vocabulary import DuplicateVerdict

METHOD = (
    "Records were compared in pairs that share an identifier, a title, two rare words of the title, or year, volume and first page. A "
    "pair was joined where identifiers agree (PMID, register number, DOI with a like title), or where the title agrees and authors, "
    "year, journal, volume and first page do not speak against it. Contradicting identifiers, different numbers in titles, a register "
    "entry beside a publication, and a notice beside the paper that it is about were not joined. Doubtful pairs were left to a person. "
    "Nothing was deleted: every join names its rule and can be undone."
)
_VERDICTS: Mapping[str, str] = {
    DuplicateVerdict.SAME: "joined",
    DuplicateVerdict.UNSURE: "left to a person",
    DuplicateVerdict.DIFFERENT: "kept apart",
}


def deduplication_blocks(appendix: Appendix) -> Iterator[Block]:
    """How duplicates were found and how many there were (item 16)."""
    deduplication = appendix.deduplication
    yield Heading(1, "Deduplication (PRISMA-S item 16)")
    if not deduplication.passes and not deduplication.by_hand:
        yield Paragraph("Records have not been deduplicated.")
        return
    # Nothing was compared by rule where only people judged.
    yield Paragraph(METHOD if deduplication.passes else "Pairs of records were judged by people alone.")
    yield Points(tuple(_numbers(deduplication, _scope(appendix))))
    if deduplication.rules:
        yield Paragraph(
            "Pairs judged by rule, over all passes. A report with three records has up to three pairs, so pairs do not add up to records."
        )
        yield Table(
            ("Rule", "Pairs", "Result"),
            tuple((rule, str(n), _VERDICTS.get(verdict, verdict)) for verdict, rule, n in deduplication.rules),
        )
    if deduplication.passes:
        yield Table(("Pass (UTC)", "Records new to it", "Way", "Configuration", "prisma-tool"), tuple(_pass_rows(deduplication)))


def _numbers(deduplication: Deduplication, scope: str) -> Iterator[str]:
    yield f"{deduplication.records} records are {deduplication.reports} reports: {deduplication.removed} duplicates."
    yield from _in_flow(deduplication, scope)
    for verdict, n in deduplication.by_hand:
        yield f"{n} {'pair' if n == 1 else 'pairs'} judged by a person: {_VERDICTS[verdict]}."
    if deduplication.uncertain:
        yield f"{deduplication.uncertain} doubtful pairs still wait for a person and count as distinct."
    if deduplication.waiting:
        yield f"{deduplication.waiting} records arrived since the last pass and have not been compared yet."


def _in_flow(deduplication: Deduplication, scope: str) -> Iterator[str]:
    """Which records stand in the box of duplicates, by what they are."""
    if deduplication.in_flow:
        verb = "stands" if deduplication.in_flow == 1 else "stand"
        yield f"Of these duplicates, {deduplication.in_flow} {verb} in the flow diagram of {scope} as removed before screening."
    elif deduplication.removed:
        yield f"None of these duplicates stands in the flow diagram of {scope}."
    if deduplication.found_again:
        yield (
            f"The flow diagram of {scope} also counts {deduplication.found_again} among the duplicates removed that an earlier version had "
            "screened and that were found again."
        )
    if deduplication.entered:
        yield f"The flow diagram of {scope} also counts {deduplication.entered} that were entered by hand."


def _pass_rows(deduplication: Deduplication) -> Iterator[tuple[str, ...]]:
    for run in deduplication.passes:
        way = "certain grounds only" if run.strict else "as described"
        yield f"{run.at:%Y-%m-%d %H:%M}", str(run.fresh), way, run.configuration, run.tool_version


def _scope(appendix: Appendix) -> str:
    """Of which flow diagram the numbers are."""
    if appendix.version:
        return f"version {appendix.version}"
    return "the version under way" if len(appendix.by_version) > 1 else "the review"


def total_blocks(appendix: Appendix) -> Iterator[Block]:
    """Records identified, source by source, as the flow diagram counts them, version by version (item 15)."""
    yield Heading(1, "Total records (PRISMA-S item 15)")
    yield Paragraph(f"Records identified for {_scope(appendix)} as in the flow diagram; a record counts once per source.")
    yield Table(_TOTAL_COLUMNS, tuple(_total_rows(appendix.identified)))
    for version in appendix.by_version[:-1]:
        yield Paragraph(f"Records identified for version {version.label}, as in the flow diagram of that version.")
        yield Table(_TOTAL_COLUMNS, tuple(_total_rows(version.identified)))


_TOTAL_COLUMNS = ("Identified from", "Source", "Records")


def _total_rows(identified: Sequence[IdentifiedBox]) -> Iterator[tuple[str, ...]]:
    for box in identified:
        yield from ((box.box, source, str(n)) for source, n in box.sources)
        yield box.box, "all" if box.sources else "", str(box.n)
    yield "all", "", str(sum(box.n for box in identified))


def total(appendix: Appendix) -> int:
    """All records identified, over all boxes."""
    return sum(box.n for box in appendix.identified)
