"""The words of a review's own for boxes, where they depart from those of PRISMA 2020.

Invariant: a label stands at the number it was given for and nowhere else, and a mark that the template's label bears (**) stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from prisma_tool.figure.layout.grid import Cell, Plan
from prisma_tool.figure.words.labels import UNLABELLED, BoxEntry, printable

_LISTS = {"reports_excluded": "dbr_excluded", "other_reports_excluded": "other_excluded"}
"""Boxes whose first entry is the title of a list."""
_MARK = "**"


def in_own_words(plan: Plan, labels: Mapping[str, str]) -> Plan:
    """`plan` with the labels that the review gives, by the key of a count or of a list of reasons."""
    return replace(plan, cells=tuple(_cell(cell, labels) for cell in plan.cells)) if labels else plan


def _cell(cell: Cell, labels: Mapping[str, str]) -> Cell:
    first, *rest = cell.entries
    key = _LISTS.get(cell.key, first.key)
    return replace(cell, entries=(_entry(first, key, labels), *(_entry(entry, entry.key, labels) for entry in rest)))


def _entry(entry: BoxEntry, key: str, labels: Mapping[str, str]) -> BoxEntry:
    if key not in labels:
        return entry
    own = (printable(labels[key]) or UNLABELLED).rstrip(":*")
    end = (_MARK if entry.label.endswith(_MARK) else "") + (":" if entry.label.endswith(":") else "")
    return replace(entry, label=own + end)
