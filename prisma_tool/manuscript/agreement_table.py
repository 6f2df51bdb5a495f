"""The table of agreement between reviewers, for the manuscript. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence

from prisma_tool.manuscript.document.blocks import Block, Document, Heading, Paragraph, Table
from prisma_tool.team.agreement import PairAgreement, Part

COLUMNS = ("Stage", "Reviewers", "Screened by both", "Agreed", "Kappa (95% CI)", "PABAK", "AC1")
_TITLES = {Part.ALL: "All reports", Part.PILOT: "Pilot round", Part.MAIN: "After the pilot round"}
_NOTE = (
    "On the reports that both screened, each reviewer's last vote before the other's was known. Kappa: Cohen 1960 with the large-sample "
    "interval of Fleiss, Cohen and Everitt 1969; PABAK: Byrt et al. 1993; AC1: Gwet 2008. A dash stands where a statistic is undefined."
)


def document(parts: Mapping[Part, Sequence[PairAgreement]]) -> Document:
    """A table for each part that has pairs."""
    blocks: list[Block] = []
    for part, found in parts.items():
        if found:
            blocks += [Heading(1, _TITLES[part]), Table(COLUMNS, tuple(map(_row, found)))]
    return Document("Agreement between reviewers", (*blocks, Paragraph(_NOTE)))


def _row(one: PairAgreement) -> tuple[str, ...]:
    found = one.found
    agreed = f"{found.agree} ({found.agree / found.n:.1%})" if found.n else "–"
    interval = f"{_number(found.kappa)} ({_number(found.kappa_low)} to {_number(found.kappa_high)})"
    kappa = "–" if found.kappa is None else interval
    return (one.stage.value, f"{one.a}, {one.b}", str(found.n), agreed, kappa, _number(found.pabak), _number(found.ac1))


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def as_csv(found: Sequence[PairAgreement]) -> str:
    """The pairs as a table for a spreadsheet, in full precision."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    names = ("stage", "a", "b", "n", "agree", "kappa", "kappa_low", "kappa_high", "pabak", "ac1")
    writer.writerow(names)
    for one in found:
        writer.writerow([one.stage.value, one.a, one.b, *(getattr(one.found, name) for name in names[3:])])
    return stream.getvalue()
