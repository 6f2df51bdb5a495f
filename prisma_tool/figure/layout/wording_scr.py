"""The words of a scoping review: PRISMA-ScR speaks of sources of evidence where PRISMA 2020 speaks of reports and studies.

PRISMA-ScR has no diagram of its own; its item 14 asks for the numbers of sources of evidence screened, assessed for eligibility and
included, with reasons, ideally in a flow diagram (Tricco et al., Ann Intern Med 2018;169:467-73). Invariant: only the template's own
labels are changed, never a label of the review.
"""

from __future__ import annotations

from dataclasses import replace

from prisma_tool.figure.layout.grid import Cell, Header, Plan
from prisma_tool.figure.words.labels import BoxEntry

SOURCE = "Reporting: Tricco AC, et al. Ann Intern Med 2018;169:467-73. doi: 10.7326/M18-0850 (PRISMA-ScR, item 14)."
_EVIDENCE = "Sources of evidence"
_LABELS = {
    "Records screened": f"{_EVIDENCE} screened",
    "Records excluded": f"{_EVIDENCE} excluded",
    "Reports sought for retrieval": f"{_EVIDENCE} sought for retrieval",
    "Reports not retrieved": f"{_EVIDENCE} not retrieved",
    "Reports assessed for eligibility": f"{_EVIDENCE} assessed for eligibility",
    "Reports excluded": f"{_EVIDENCE} excluded",
    "Reports excluded:": f"{_EVIDENCE} excluded:",
    "Studies included in review": f"{_EVIDENCE} included in review",
    "Reports of included studies": "Reports of included sources of evidence",
    "New studies included in review": "New sources of evidence included in review",
    "Reports of new included studies": "Reports of new included sources of evidence",
    "Studies included in previous version of review": f"{_EVIDENCE} included in previous version of review",
    "Reports of studies included in previous version of review": "Reports of these sources of evidence",
    "Total studies included in review": "Total sources of evidence included in review",
    "Reports of total included studies": "Reports of total included sources of evidence",
}
_HEADERS = (("studies via", "sources of evidence via"), ("Previous studies", "Previous sources of evidence"))


def in_scoping_words(plan: Plan) -> Plan:
    """`plan` as a scoping review words it."""
    title = plan.title.replace("PRISMA 2020", "PRISMA-ScR").replace("systematic review", "scoping review")
    cells = tuple(_cell(cell) for cell in plan.cells)
    headers = tuple(_header(header) for header in plan.headers)
    return replace(plan, cells=cells, headers=headers, title=title, footnotes=(*plan.footnotes, SOURCE))


def _cell(cell: Cell) -> Cell:
    return replace(cell, entries=tuple(_entry(entry) for entry in cell.entries))


def _entry(entry: BoxEntry) -> BoxEntry:
    """A label of the review itself stands in a list, whose keys hold a colon."""
    return entry if ":" in entry.key else replace(entry, label=_LABELS.get(entry.label, entry.label))


def _header(header: Header) -> Header:
    text = header.text
    for studies, sources in _HEADERS:
        text = text.replace(studies, sources)
    return replace(header, text=text)
