"""The words that a review has for its own figure: other labels, and the notes below it with their marks.

Invariant: every mark in a box has its note, and every numbered or starred note its mark; a note on a line that is not in the figure is
left out with it (`unplaced_notes` names such notes).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import partial

from prisma_tool.figure.layout.grid import Cell, Plan
from prisma_tool.figure.layout.omissions import FOOTNOTES
from prisma_tool.figure.words.labels import IDENTIFIED_FROM, SOURCE, BoxEntry, colon_of, format_number
from prisma_tool.figure.words.languages.language_table import LanguageTable, language_table
from prisma_tool.figure.words.options import FigureOptions
from prisma_tool.flow.flow import Flow, Lines
from prisma_tool.flow.notes.bound_notes import notes_on, unmarked_footnotes
from prisma_tool.flow.notes.placeholders import filled
from prisma_tool.model.protocol.figure_words import EXCLUDED, MARKED_BY_TEMPLATE, SOURCES
from prisma_tool.model.text import printable

EXTENSION_MARK = "†"
EXTENSION = f"{EXTENSION_MARK} Extension of the PRISMA 2020 template."
_DIGITS = "º¹²³⁴⁵⁶⁷⁸⁹"
_RAISED = str.maketrans("0123456789", _DIGITS)
"""Common fonts, the bundled one among them, have no raised zero; the ordinal sign looks like it."""

MARKS = f"*{EXTENSION_MARK},{_DIGITS}"
"""All characters of marks."""


def in_own_words(planned: Plan, flow: Flow, options: FigureOptions) -> Plan:
    """`planned` with the labels and the alternative text that the review has for it."""
    fill = partial(
        filled,
        flow=flow,
        written=partial(format_number, thousands=options.thousands),
        translated=language_table(options.language_for(flow)).label,
    )
    own = {key: printable(fill(label)) for key, label in flow.words.labels.items()}
    cells = tuple(
        replace(cell, entries=tuple(_renamed(entry, own) for entry in cell.entries)) if own else cell for cell in planned.cells
    )
    return replace(planned, cells=cells, alt=printable(fill(flow.words.alt)))


def _renamed(entry: BoxEntry, own: dict[str, str]) -> BoxEntry:
    # Colon and marks are not the label's own: the line has them or not.
    label = (own.get(entry.key) or own.get(entry.about, "")).rstrip(":* ")
    return replace(entry, label=label + colon_of(entry.label)) if label else entry


def marked(planned: Plan, flow: Flow, options: FigureOptions) -> Plan:
    """`planned` with the notes below it, and their marks in its boxes; without either where the footnotes are hidden."""
    if FOOTNOTES in options.hide:
        return replace(planned, footnotes=())
    marking = _Marking(flow, options)
    cells = tuple(marking.cell(cell) for cell in planned.cells)
    sources = map(marking.table.label, (SOURCE, *planned.footnotes))
    notes = () if options.notes_outside else (*marking.notes(), *sources)
    return replace(planned, cells=cells, footnotes=notes)


def unplaced_notes(planned: Plan, flow: Flow) -> tuple[str, ...]:
    """The keys of the review's own notes whose box or line is not in the figure."""
    names = {name for cell in planned.cells for entry in cell.entries for name in entry.names}
    return tuple(key for key in flow.words.notes if key not in names)


@dataclass
class _Marking:
    """Goes through the boxes in reading order and gives out marks; what was marked by then is in `used` and `numbered`."""

    flow: Flow
    options: FigureOptions
    used: set[str] = field(default_factory=set)
    numbered: list[str] = field(default_factory=list)
    table: LanguageTable = field(init=False)
    by_template: dict[str, tuple[str, ...]] = field(init=False)
    """The notes on the template's own marks, by the key that names their place."""

    def __post_init__(self) -> None:
        names = frozenset({*self.flow.database_specific_results, *self.flow.register_specific_results})
        self.table = replace(language_table(self.options.language_for(self.flow)), names=names)
        self.by_template = {key: self._on(key, mark) for key, mark in MARKED_BY_TEMPLATE.items()}
        self.by_template[SOURCES] = self.by_template[SOURCES] or tuple(_hidden_sources(self.flow, self.options, self.table))

    def cell(self, cell: Cell) -> Cell:
        """The box with marks."""
        return replace(cell, entries=tuple(_with_marks(entry, list(self._marks(entry))) for entry in cell.entries))

    def notes(self) -> tuple[str, ...]:
        """The notes for all marks that were given out, then those that have none."""
        starred = (note for key, notes in self.by_template.items() if key in self.used for note in notes)
        extension = (self.table.label(EXTENSION),) if EXTENSION_MARK in self.used else ()
        others = map(self.table.sentence, unmarked_footnotes(self.flow))
        return tuple(map(printable, (*starred, *extension, *self.numbered, *others)))

    def _on(self, key: str, mark: str) -> tuple[str, ...]:
        """The notes on a mark of the template: the review's own as they are, those of counting in the figure's language."""
        notes = notes_on(mark, self.flow, self._filled)
        return notes if key in self.flow.words.notes else tuple(map(self.table.sentence, notes))

    def _marks(self, entry: BoxEntry) -> Iterator[str]:
        for key in (SOURCES, EXCLUDED):
            if entry.about == key and self.by_template[key]:
                self.used.add(key)
                yield MARKED_BY_TEMPLATE[key]
        if entry.extension:
            self.used.add(EXTENSION_MARK)
            yield EXTENSION_MARK
        for name in entry.names:
            if name in self.flow.words.notes and name not in MARKED_BY_TEMPLATE and name not in self.used:
                self.used.add(name)
                mark = str(len(self.numbered) + 1).translate(_RAISED)
                self.numbered.append(f"{mark} {self._filled(self.flow.words.notes[name])}")
                yield mark

    def _filled(self, note: str) -> str:
        written = partial(format_number, thousands=self.options.thousands)
        return filled(note, self.flow, written, self.table.label)


def _with_marks(entry: BoxEntry, marks: list[str]) -> BoxEntry:
    """The marks stand behind the label, before the colon of a list; behind the whole where words may follow the count."""
    if not marks:
        return entry
    raised = [mark for mark in marks if mark[0] not in "*†"]
    text = "".join(mark for mark in marks if mark not in raised) + ",".join(raised)
    if entry.after is not None:
        return replace(entry, after=entry.after + text)
    stem = entry.label.removesuffix(colon_of(entry.label))
    return replace(entry, label=stem + text + entry.label[len(stem) :])


def _hidden_sources(flow: Flow, options: FigureOptions, table: LanguageTable) -> Iterator[str]:
    """Note * of the template where the sources are known but do not stand in the box."""
    kinds = {"database_specific_results": "databases", "register_specific_results": "registers"}
    colon = colon_of(table.label(IDENTIFIED_FROM))
    parts = [
        f"{table.label(words)}{colon} {_sources(getattr(flow, key), options)}"
        for key, words in kinds.items()
        if key in options.hide and getattr(flow, key)
    ]
    if parts:
        text = "; ".join(parts)
        yield f"* {text[0].upper()}{text[1:]}."


def _sources(lines: Lines, options: FigureOptions) -> str:
    return ", ".join(f"{label} (n = {format_number(count.n, options.thousands)})" for label, count in lines.items())
