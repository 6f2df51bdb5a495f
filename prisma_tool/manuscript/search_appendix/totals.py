"""The numbers of the search appendix in words: updates, deduplication, totals (PRISMA-S items 12, 15, 16). Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from prisma_tool.manuscript.document.blocks import Block, Heading, Paragraph, Points, Table
from prisma_tool.manuscript.search_appendix.data import Appendix, Deduplication, Search
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


def update_blocks(appendix: Appendix) -> Iterator[Block]:
    """Updates: closed versions, and what each rerun brought (item 12)."""
    yield Heading(1, "Updates (PRISMA-S item 12)")
    if appendix.versions:
        columns = ("Version", "What happened", "Date (UTC)", "By")
        rows = ((mark.label, mark.act, f"{mark.at:%Y-%m-%d %H:%M}", mark.reviewer) for mark in appendix.versions)
        yield Table(columns, tuple(rows))
    reruns = [row for search in appendix.searches for row in _rerun_rows(search)]
    if not reruns:
        yield Paragraph("No search has been rerun.")
        return
    yield Paragraph(
        "Each rerun repeated the whole strategy unless a warning above says otherwise, and was compared record by record with what was "
        "there: new, seen before, changed, or vanished (found before and not any more)."
    )
    yield Table(("Search", "Rerun (UTC)", "New", "Seen", "Changed", "Vanished", "Changes by kind"), tuple(reruns))


def _rerun_rows(search: Search) -> Iterator[tuple[str, ...]]:
    for run in search.complete[1:]:
        kinds = ", ".join(f"{n} {kind}" for kind, n in sorted(run.kinds.items(), key=lambda item: (-item[1], item[0])))
        numbers = (run.new, run.seen, run.changed, run.vanished)
        yield search.name, f"{run.started:%Y-%m-%d %H:%M}", *map(str, numbers), kinds


def deduplication_blocks(appendix: Appendix) -> Iterator[Block]:
    """How duplicates were found and how many there were (item 16)."""
    deduplication = appendix.deduplication
    yield Heading(1, "Deduplication (PRISMA-S item 16)")
    if not deduplication.passes and not deduplication.by_hand:
        yield Paragraph("Records have not been deduplicated.")
        return
    yield Paragraph(METHOD)
    yield Points(tuple(_numbers(deduplication, appendix.duplicates_removed)))
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


def _numbers(deduplication: Deduplication, in_flow: int) -> Iterator[str]:
    yield f"{deduplication.records} records are {deduplication.reports} reports: {deduplication.removed} duplicates."
    yield f"Of these, {in_flow} stand in the flow diagram as duplicate records removed before screening of the present version."
    for verdict, n in deduplication.by_hand:
        yield f"{n} {'pair' if n == 1 else 'pairs'} judged by a person: {_VERDICTS[verdict]}."
    if deduplication.uncertain:
        yield f"{deduplication.uncertain} doubtful pairs still wait for a person and count as distinct."
    if deduplication.waiting:
        yield f"{deduplication.waiting} records arrived since the last pass and have not been compared yet."


def _pass_rows(deduplication: Deduplication) -> Iterator[tuple[str, ...]]:
    for run in deduplication.passes:
        way = "certain grounds only" if run.strict else "as described"
        yield f"{run.at:%Y-%m-%d %H:%M}", str(run.fresh), way, run.configuration, run.tool_version


def total_blocks(appendix: Appendix) -> Iterator[Block]:
    """Records identified, source by source, as the flow diagram counts them (item 15)."""
    yield Heading(1, "Total records (PRISMA-S item 15)")
    scope = "the present version of the review, an update," if appendix.versions else "the review"
    yield Paragraph(f"Records identified for {scope} as in the flow diagram; a record counts once per source.")
    yield Table(("Identified from", "Source", "Records"), tuple(_total_rows(appendix)))


def _total_rows(appendix: Appendix) -> Iterator[tuple[str, ...]]:
    for box in appendix.identified:
        yield from ((box.box, source, str(n)) for source, n in box.sources)
        yield box.box, "all" if box.sources else "", str(box.n)
    yield "all", "", str(total(appendix))


def total(appendix: Appendix) -> int:
    """All records identified, over all boxes."""
    return sum(box.n for box in appendix.identified)
