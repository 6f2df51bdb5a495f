"""Agreement between reviewers for the manuscript: as a table, as sentences, and for a spreadsheet. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from prisma_tool.formats.text.spreadsheet_cells import Cell, table_lines
from prisma_tool.manuscript.document.blocks import Block, Document, Heading, Paragraph, Table
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import Stage
from prisma_tool.team.agreement import (
    OverallAgreement,
    PairAgreement,
    ReportSubset,
    StageAgreement,
    overall_sentence,
    sentence,
)
from prisma_tool.team.agreement_statistics import FEWEST_FOR_INTERVAL

Parts = Mapping[ReportSubset, Sequence[StageAgreement]]
"""The agreement at each stage, over all reports and (where a pilot round was held) its parts."""

STAGE_NAMES = {Stage.TITLE_ABSTRACT: "Titles and abstracts", Stage.FULL_TEXT: "Full texts"}
"""The stages for a manuscript."""
_TITLES = {ReportSubset.ALL: "All reports", ReportSubset.PILOT: "Pilot round", ReportSubset.MAIN: "After the pilot round"}
_WHICH = {ReportSubset.PILOT: " in the pilot round", ReportSubset.MAIN: " after the pilot round"}
_GROUND = (
    "On the reports that both screened, each reviewer's vote when the second of them spoke. Left out are reports on which the second could "
    "have read the first one's vote in this tool before."
)
_SOURCES = (
    "Kappa: Cohen 1960 with the large-sample interval of Fleiss, Cohen and Everitt 1969, which is not given for fewer than "
    f"{FEWEST_FOR_INTERVAL} reports or where the ratings vary too little to estimate it; PABAK (2 Po - 1, on two categories): Byrt et al. 1993; "
    "Brennan-Prediger (on more categories): Brennan and Prediger 1981; AC1: Gwet 2008. A dash stands where a statistic is undefined."
)
_OF_ALL = "Over all reviewers: Krippendorff's alpha for nominal data, and Fleiss' kappa where every report has as many votes."
_RECORDED = (
    "As recorded: on how many of the reports a vote was not given in this tool by itself, so that nothing is known about access."
)
_CSV_NAMES = ("n", "agree", "categories", "kappa", "kappa_low", "kappa_high", "pabak", "brennan_prediger", "ac1")


def document(parts: Parts) -> Document:
    """A table for each part that has pairs, and the figures over all where three or more voted."""
    blocks: list[Block] = []
    for part, stages in parts.items():
        pairs = [pair for stage in stages for pair in stage.pairs]
        if pairs:
            blocks += [Heading(1, _TITLES[part]), _table(pairs), *map(Paragraph, _of_all(stages))]
    return Document("Agreement between reviewers", (*blocks, *map(Paragraph, _notes(parts))))


def lines(parts: Parts) -> list[str]:
    """The same in sentences."""
    result = [line for part, stages in parts.items() for stage in stages for line in _stage_lines(part, stage)]
    return result or ["No two reviewers have voted at the same stage yet."]


def _stage_lines(part: ReportSubset, stage: StageAgreement) -> Iterator[str]:
    which = _WHICH.get(part, "")
    for pair in stage.pairs:
        ground = ", of the votes as recorded" if pair.recorded else ""
        yield f"{pair.stage}{which}: {pair.a} and {pair.b}{ground}: {sentence(pair)}"
    if stage.overall is not None:
        yield f"{stage.overall.stage}{which}: {_over(stage.overall)}"
    if any(pair.agreement.n for pair in stage.pairs):
        yield f"{stage.pairs[0].stage}{which}: agreement is on {stage.pairs[0].categories}"


def _over(overall: OverallAgreement) -> str:
    ground = ", of the votes as recorded" if overall.recorded else ""
    return f"all {len(overall.reviewers)} reviewers{ground}: {overall_sentence(overall)}"


def _of_all(stages: Sequence[StageAgreement]) -> Iterator[str]:
    yield from (f"{STAGE_NAMES[stage.overall.stage]}: {_over(stage.overall)}." for stage in stages if stage.overall is not None)


def _table(pairs: Sequence[PairAgreement]) -> Table:
    """The pairs; columns in which nothing would stand are left out."""
    columns: dict[str, list[str]] = {
        "Stage": [STAGE_NAMES[pair.stage] for pair in pairs],
        "Reviewers": [f"{one_line(pair.a)}, {one_line(pair.b)}" for pair in pairs],
        "Screened by both": [str(pair.agreement.n) for pair in pairs],
        "Agreed": list(map(_agreed, pairs)),
        "Kappa (95% CI)": list(map(_kappa, pairs)),
        "PABAK": [_number(pair.agreement.pabak) for pair in pairs],
        "Brennan-Prediger": [_number(pair.agreement.brennan_prediger) for pair in pairs],
        "AC1": [_number(pair.agreement.ac1) for pair in pairs],
        "As recorded": [str(pair.recorded) for pair in pairs],
        "Left out": [str(pair.left_out.n) for pair in pairs],
    }
    empty = {"Brennan-Prediger": {"–"}, "As recorded": {"0"}}
    if any(pair.agreement.brennan_prediger is not None for pair in pairs):
        empty["PABAK"] = {"–"}
    shown = {name: cells for name, cells in columns.items() if set(cells) != empty.get(name)}
    return Table(tuple(shown), tuple(zip(*shown.values(), strict=True)))


def _agreed(pair: PairAgreement) -> str:
    agreement = pair.agreement
    return f"{agreement.agree} ({agreement.agree / agreement.n:.1%})" if agreement.n else "–"


def _kappa(pair: PairAgreement) -> str:
    agreement = pair.agreement
    if agreement.kappa_low is None or agreement.kappa_high is None:
        return _number(agreement.kappa)
    return f"{_number(agreement.kappa)} ({_number(agreement.kappa_low)} to {_number(agreement.kappa_high)})"


def _notes(parts: Parts) -> Iterator[str]:
    yield _GROUND
    stages = [stage for stage in parts[ReportSubset.ALL] if any(pair.agreement.n for pair in stage.pairs)]
    yield from (f"{STAGE_NAMES[stage.pairs[0].stage]}: agreement is on {stage.pairs[0].categories}." for stage in stages)
    yield _SOURCES
    if any(stage.overall is not None for stage in stages):
        yield _OF_ALL
    if any(pair.recorded for stage in stages for pair in stage.pairs):
        yield _RECORDED


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def as_csv(pairs: Sequence[PairAgreement]) -> str:
    """The pairs as a table for a spreadsheet, in full precision."""
    header = ("stage", "a", "b", *_CSV_NAMES, "recorded", "left_out_not_blind", "left_out_after_outcome")
    rows = ((pair.stage.value, pair.a, pair.b, *_values(pair)) for pair in pairs)
    return "".join(table_lines([header, *rows]))


def _values(pair: PairAgreement) -> tuple[Cell, ...]:
    statistics = (getattr(pair.agreement, name) for name in _CSV_NAMES)
    return (*statistics, pair.recorded, pair.left_out.not_blind, pair.left_out.after_outcome)
