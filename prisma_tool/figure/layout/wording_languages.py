"""The figure in another language than English.

Invariant: only words of the template and of the program change, never a label of the review (a reason, the name of a source) and never a number.
"""

from __future__ import annotations

from dataclasses import replace

from prisma_tool.figure.layout.grid import Cell, Plan, PrismaPhase
from prisma_tool.figure.words.labels import UNLABELLED, BoxEntry
from prisma_tool.figure.words.languages.language_table import LanguageTable
from prisma_tool.flow.adjustments import FIXED_LINES, NO_REASON, UNNAMED
from prisma_tool.flow.version_view import CARRIED_OVER
from prisma_tool.model.protocol.figure_words import Language

_OF_THE_PROGRAM = frozenset({UNLABELLED, NO_REASON, UNNAMED, CARRIED_OVER, *FIXED_LINES.values()})
"""Lines of lists that are no words of the review."""


def in_language(plan: Plan, table: LanguageTable) -> Plan:
    """`plan` in the words of a language."""
    if table.language is Language.ENGLISH:
        return plan
    return replace(
        plan,
        cells=tuple(_cell(cell, table) for cell in plan.cells),
        headers=tuple(replace(header, text=table.label(header.text)) for header in plan.headers),
        stamp=tuple(_entry(entry, table) for entry in plan.stamp),
        title=table.sentence(plan.title),
        phases={phase: table.label(phase.value) for phase in PrismaPhase},
    )


def _cell(cell: Cell, table: LanguageTable) -> Cell:
    return replace(cell, entries=tuple(_entry(entry, table) for entry in cell.entries))


def _entry(entry: BoxEntry, table: LanguageTable) -> BoxEntry:
    of_the_review = ":" in entry.key and not entry.key.startswith("pending:") and entry.label not in _OF_THE_PROGRAM
    label = table.sentence(entry.label) if _names_version(entry) else entry.label if of_the_review else table.label(entry.label)
    return replace(entry, label=label, after=table.sentence(entry.after) if entry.after else entry.after)


def _names_version(entry: BoxEntry) -> bool:
    """Whether a line is a version's part of the number above it, under the name that the program gives the version."""
    return entry.key.endswith(f"@{entry.label}")
