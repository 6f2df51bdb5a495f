"""Writing a flow as the file of the R package PRISMA2020: 34 rows, 8 columns, its order.

Invariant: reading the file back (`csv_in`) gives the same numbers, labels and notes, byte for byte when written again. What the package
has no row for stands as JSON in the description of the row `included`, which the package does not read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from prisma_tool.figure.exchange.r_package import BARS, COLUMNS, LIST_ROWS, NONE, ROWS, PackageRow, cell_of, plain
from prisma_tool.figure.exchange.typed_flow import LABELLED, inferred_template
from prisma_tool.figure.layout.omissions import FOOTNOTES
from prisma_tool.figure.words.labels import is_update
from prisma_tool.figure.words.options import PLAIN, FigureOptions
from prisma_tool.flow.adjustments import FIXED_LINES, REASON_LISTS
from prisma_tool.flow.as_json import date_json, participants_json, words_json
from prisma_tool.flow.flow import (
    COUNT_KEYS,
    EXTRA_LIST_KEYS,
    MA_KEYS,
    PENDING_KEYS,
    SCREENING_REASONS,
    STEP_KEYS,
    Flow,
    Template,
)
from prisma_tool.flow.notes.bound_notes import bound_footnotes
from prisma_tool.flow.notes.placeholders import filled
from prisma_tool.flow.template import OTHER_BOXES, OTHER_LISTS, PREVIOUS_BOXES, UPDATED, WITH_OTHER
from prisma_tool.formats.text.spreadsheet_cells import table_lines

EXACT = "Exact labels: "
MORE = "More for prisma-tool: "
_COUNTS = (*COUNT_KEYS, *MA_KEYS, *STEP_KEYS)
_WITHOUT_OTHER = {Template.NEW_V2: Template.NEW_V1, Template.UPDATED_V2: Template.UPDATED_V1}


def render_csv(flow: Flow, options: FigureOptions = PLAIN) -> str:
    """The file as text; lines that `options` hide are empty there, which hides them in the package's figure too, and stand with the rest."""
    return "".join(table_lines([COLUMNS, *(_cells(row, flow, options) for row in ROWS)]))


def csv_remarks(flow: Flow, options: FigureOptions = PLAIN) -> tuple[str, ...]:
    """What a user of the R package should know of the file: labels it cannot hold, and what its figure will lack."""
    versions = ("The CSV file holds all versions together; a .json file keeps each version.",) if flow.versions else ()
    return (*_changed(flow, options), *_lacking(flow), *versions)


def _cells(row: PackageRow, flow: Flow, options: FigureOptions) -> tuple[str, ...]:
    update = is_update(flow)
    n = _n(row, flow, options)
    return (
        row.data or NONE,
        row.node or NONE,
        row.box,
        row.description(update=update) + _description_addition(row, flow, options),
        _label(row, flow),
        _tooltip(row, flow, options) if row.node else NONE,
        NONE,
        n,
    )


def _label(row: PackageRow, flow: Flow) -> str:
    own = _own_label(row, flow)
    return plain(own) if own else row.text(update=is_update(flow))


def _own_label(row: PackageRow, flow: Flow) -> str:
    """What the review says in the place of the row's label; empty where that stands."""
    return filled(flow.words.labels.get(row.data, ""), flow) if row.data in LABELLED else ""


def _tooltip(row: PackageRow, flow: Flow, options: FigureOptions) -> str:
    """What the package shows while the mouse is on the box; its quotes would end there."""
    own, n = _own_label(row, flow), _n(row, flow, options)
    text = plain(own) if own else row.description(update=is_update(flow))
    if n == NONE:
        return text
    if row.data in LIST_ROWS and not n.isdecimal():
        lines = (f"{plain(label)} (n = {count})" for label, count in _lines(row.data, flow, options).items())
        return f"{text}: {' / '.join(lines)}"
    return f"{text} (n = {n})"


def _n(row: PackageRow, flow: Flow, options: FigureOptions) -> str:
    if not row.data or row.data in BARS or row.data in _absent(flow, options):
        return NONE
    if row.data in LIST_ROWS:
        lines = _lines(row.data, flow, options)
        return str(sum(lines.values())) if row.data in options.hide else cell_of(lines)
    counted = getattr(flow, row.data)
    return NONE if counted is None else str(counted.n)


def _absent(flow: Flow, options: FigureOptions) -> frozenset[str]:
    """Keys that stand in no line of the figure: hidden, in a column that the template lacks, or a list of no sources."""
    other = flow.template not in WITH_OTHER or "other" in options.hide
    previous = flow.template not in UPDATED or "previous" in options.hide
    empty = {name for name in ("database_specific_results", "register_specific_results") if not getattr(flow, name)}
    lacking = {*(OTHER_BOXES if other else ()), *(OTHER_LISTS if other else ()), *(PREVIOUS_BOXES if previous else ())}
    # Where the reasons are hidden the figure shows their sum, and so does the package.
    return frozenset((options.hide - {*REASON_LISTS}) | lacking | empty)


def _lines(name: str, flow: Flow, options: FigureOptions) -> Mapping[str, int]:
    return {label: counted.n for label, counted in getattr(flow, name).items() if f"{name}:{label}" not in options.hide}


def _description_addition(row: PackageRow, flow: Flow, options: FigureOptions) -> str:
    """What the description adds for our own reader."""
    if row.data == "included":
        more = _more(flow, options)
        return f". {MORE}{json.dumps(more, ensure_ascii=False)}" if more else ""
    if row.data not in LIST_ROWS or row.data in options.hide or row.data in _absent(flow, options):
        return ""
    labels = list(_lines(row.data, flow, options))
    changed = [plain(label) for label in labels] != labels
    return f". {EXACT}{json.dumps(labels, ensure_ascii=False)}" if changed else ""


def _more(flow: Flow, options: FigureOptions) -> dict[str, Any]:
    """What the package has no row for, under the keys of `flow --json`."""
    extra = [name for name in EXTRA_LIST_KEYS if name not in OTHER_LISTS or flow.template in WITH_OTHER]
    names = (*FIXED_LINES, *extra, *([SCREENING_REASONS] if options.reasons_at_screening else []))
    lists = {name: {label: counted.n for label, counted in getattr(flow, name).items()} for name in names}
    pending = {key: getattr(flow.pending, key).n for key in PENDING_KEYS}
    absent = _absent(flow, options)
    more = {
        "template": _unseen_template(flow),
        "counts": {key: counted.n for key in STEP_KEYS if key not in absent and (counted := getattr(flow, key)) is not None},
        "lists": {name: lines for name, lines in lists.items() if lines},
        "pending": pending if any(pending.values()) else {},
        "unmerged": flow.unmerged,
        "adjustments": [{"box": number.box, "n": number.n, "note": number.note} for number in flow.adjustments],
        "footnotes": list(bound_footnotes(flow)),
        **words_json(flow),
        **date_json(flow),
        "participants": participants_json(flow.participants) if flow.participants else {},
        "hidden": _hidden(flow, options),
    }
    return {key: value for key, value in more.items() if value}


def _hidden(flow: Flow, options: FigureOptions) -> dict[str, Any]:
    """What the figure hides and the arithmetic needs all the same, and the names under which it is hidden."""
    names = sorted(options.hide - {*REASON_LISTS, FOOTNOTES})
    absent = _absent(flow, options) - _absent(flow, PLAIN)
    counts = {key: counted.n for key in _COUNTS if key in absent and (counted := getattr(flow, key)) is not None}
    lists = {name: _hidden_lines(name, flow, options, whole=name in absent) for name in LIST_ROWS}
    parts = {"names": names, "counts": counts, "lists": {name: lines for name, lines in lists.items() if lines}}
    return {part: value for part, value in parts.items() if value}


def _hidden_lines(name: str, flow: Flow, options: FigureOptions, *, whole: bool) -> dict[str, int]:
    if name in options.hide and name in REASON_LISTS:
        return {}
    lines = {label: counted.n for label, counted in getattr(flow, name).items()}
    return {label: n for label, n in lines.items() if whole or f"{name}:{label}" in options.hide}


def _unseen_template(flow: Flow) -> str:
    """The template, where the numbers of the file ask for another: columns of zeros, an update without a previous number.

    Zeros of a meta-analysis would be taken for untouched where no template is stated.
    """
    absent = _absent(flow, PLAIN)
    counts = {key: counted.n for key in COUNT_KEYS if key not in absent and (counted := getattr(flow, key)) is not None}
    lists = {name: _lines(name, flow, PLAIN) for name in OTHER_LISTS if name not in absent}
    without_other = all(getattr(flow, box) is None for box in OTHER_BOXES)
    shown = _WITHOUT_OTHER.get(flow.template, flow.template) if without_other else flow.template
    pooled = [counted.n for key in MA_KEYS if (counted := getattr(flow, key)) is not None]
    if pooled and not any(pooled):
        return shown.value
    return "" if inferred_template(counts, lists) is shown else shown.value


def _changed(flow: Flow, options: FigureOptions) -> Iterator[str]:
    labels = [label for name in LIST_ROWS for label in _lines(name, flow, options)]
    changed = [label for label in labels if plain(label) != label]
    if changed:
        first = changed[0]
        more = f" and {len(changed) - 1} more" if len(changed) > 1 else ""
        yield (
            f'The R package cannot read commas, semicolons or quotes in labels: "{first}" stands as "{plain(first)}"{more}; '
            "the exact labels stand in the description column, where --from-csv finds them."
        )


def _lacking(flow: Flow) -> Iterator[str]:
    names = {
        "ongoing": "ongoing studies",
        "awaiting": "studies awaiting classification",
        "carried_over": "reports carried over",
        "other_specific_results": "other methods with labels of their own",
    }
    lacking = (
        [words for name, words in names.items() if getattr(flow, name)]
        + (["participants"] if flow.participants else [])
        + (["pending work"] if flow.interim else [])
    )
    if lacking:
        yield f"The R package has no row for {' and '.join(lacking)}: its figure will not show them, --from-csv does."
