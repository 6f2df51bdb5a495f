"""The table of agreement between reviewers, for the manuscript. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from prisma_tool.formats.text.spreadsheet_cells import Cell, table_lines
from prisma_tool.manuscript.document.blocks import Block, Document, Heading, Paragraph, Table
from prisma_tool.team.agreement import PairAgreement, ReportSubset

COLUMNS = ("Stage", "Reviewers", "Screened by both", "Agreed", "Kappa (95% CI)", "PABAK", "AC1", "Left out")
_TITLES = {ReportSubset.ALL: "All reports", ReportSubset.PILOT: "Pilot round", ReportSubset.MAIN: "After the pilot round"}
_NOTE = (
    "On the reports that both screened without access in this tool to each other's votes, each reviewer's vote when the second of them spoke. "
    "Left out are reports on which the second could have read the first one's vote before. Kappa: Cohen 1960 with the large-sample "
    "interval of Fleiss, Cohen and Everitt 1969; PABAK: Byrt et al. 1993; AC1: Gwet 2008. A dash stands where a statistic is undefined."
)


def document(parts: Mapping[ReportSubset, Sequence[PairAgreement]]) -> Document:
    """A table for each part that has pairs."""
    blocks: list[Block] = []
    for part, pairs in parts.items():
        if pairs:
            blocks += [Heading(1, _TITLES[part]), Table(COLUMNS, tuple(map(_row, pairs)))]
    return Document("Agreement between reviewers", (*blocks, Paragraph(_NOTE)))


def _row(pair: PairAgreement) -> tuple[str, ...]:
    agreement = pair.agreement
    agreed = f"{agreement.agree} ({agreement.agree / agreement.n:.1%})" if agreement.n else "–"
    interval = f"{_number(agreement.kappa)} ({_number(agreement.kappa_low)} to {_number(agreement.kappa_high)})"
    kappa = "–" if agreement.kappa is None else interval
    return (
        pair.stage.value,
        f"{pair.a}, {pair.b}",
        str(agreement.n),
        agreed,
        kappa,
        _number(agreement.pabak),
        _number(agreement.ac1),
        str(pair.left_out.n),
    )


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def as_csv(pairs: Sequence[PairAgreement]) -> str:
    """The pairs as a table for a spreadsheet, in full precision."""
    names = ("n", "agree", "kappa", "kappa_low", "kappa_high", "pabak", "ac1")
    header = ("stage", "a", "b", *names, "left_out_not_blind", "left_out_after_outcome")
    rows = ((pair.stage.value, pair.a, pair.b, *_values(pair, names)) for pair in pairs)
    return "".join(table_lines([header, *rows]))


def _values(pair: PairAgreement, names: Sequence[str]) -> tuple[Cell, ...]:
    statistics = (getattr(pair.agreement, name) for name in names)
    return (*statistics, pair.left_out.not_blind, pair.left_out.after_outcome)
