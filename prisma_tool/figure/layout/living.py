"""The figure of a living review: in every box, below the number of all versions, that of the base version and of each update.

The boxes and arrows stay those of PRISMA 2020. How the versions stand beside each other follows Kahale et al. 2022, one of whose forms is
the base version and each update apart, from the article's abstract; the diagram of PRISMA-LSR itself is not the model. Invariant: a number of
all versions stands above its parts, and where these do not add up to it, a note says by how much.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from prisma_tool.figure.layout.grid import Cell, Plan
from prisma_tool.figure.words.labels import BoxEntry
from prisma_tool.figure.words.languages.language_table import LanguageTable
from prisma_tool.flow.arithmetic.box_words import words_of
from prisma_tool.flow.flow import Count, Flow, VersionFlow
from prisma_tool.flow.living.balance import differences
from prisma_tool.flow.living.versions import ADDED_UP, drawn_apart, named, number_in
from prisma_tool.flow.version_view import CARRIED_OVER
from prisma_tool.model.text import printable

SOURCE = (
    "Living review: base version, updates and all versions together, after Kahale et al. 2022 (F1000Research 10:192, "
    "doi: 10.12688/f1000research.51723.3)."
)
HIDDEN = frozenset({"database_specific_results", "register_specific_results"})
"""Lists that go into note *, because the versions stand in their place."""
REASONS = "Reasons in all versions:"
_REASON_LISTS = ("dbr_excluded", "other_excluded")


def in_versions(planned: Plan, flow: Flow, table: LanguageTable) -> Plan:
    """`planned`, which is of all versions together, with the numbers of each version below them, and notes in the language of `table`."""
    shown = drawn_apart(flow.versions)
    cells = tuple(_cell(cell, flow, shown) for cell in planned.cells)
    title = planned.title.replace("systematic review", "living systematic review")
    return replace(planned, cells=cells, title=title, footnotes=(*planned.footnotes, *_notes(flow, shown, table)))


def _cell(cell: Cell, flow: Flow, shown: tuple[VersionFlow, ...]) -> Cell:
    first = cell.entries[0]
    if first.about in _REASON_LISTS:
        return replace(cell, entries=tuple(_reasons(cell, flow, shown)))
    lines = tuple(line for entry in cell.entries for line in (entry, *_parts(entry, shown)))
    return replace(cell, entries=(*lines, *(_carried_over(shown) if cell.key == "identified" else ())))


def _parts(entry: BoxEntry, shown: tuple[VersionFlow, ...]) -> Iterator[BoxEntry]:
    """The parts of a number; a zero has none, for all of them are zero."""
    parts = [(version, part) for version in shown if (part := _number(entry.key, version)) is not None]
    if entry.count is not None and (entry.count.n or any(part.n for _, part in parts)):
        yield from (_part(entry.key, version, part, entry.level + 1) for version, part in parts)


def _number(key: str, version: VersionFlow) -> Count | None:
    """A version's part of a line; None where it has none, or where the line is no sum of versions."""
    name, _, label = key.partition(":")
    if name == "other_specific_results":
        return version.flow.other_specific_results.get(label)
    return number_in(version, key) if key in ADDED_UP else None


def _carried_over(shown: tuple[VersionFlow, ...]) -> Iterator[BoxEntry]:
    """What versions took up again of those before them; over all versions none is carried over."""
    carried = [(version, part) for version in shown if (part := _sum(version.flow, "carried_over")).n]
    if carried:
        yield BoxEntry(f"{CARRIED_OVER}:", level=1)
        yield from (_part("carried_over", version, part, 2) for version, part in carried)


def _part(key: str, version: VersionFlow, part: Count, level: int) -> BoxEntry:
    return BoxEntry(printable(version.label), part, f"{key}@{version.label}", level)


def _reasons(cell: Cell, flow: Flow, shown: tuple[VersionFlow, ...]) -> Iterator[BoxEntry]:
    """A box of reasons: how many each version excluded, then the reasons of all versions (none where the list is hidden)."""
    first, *lines = cell.entries
    key = first.about
    yield replace(first, label=first.label.removesuffix(":"), count=_sum(flow, key), key=key, about="")
    for version in shown:
        if _knows_reasons(version, key):
            yield _part(key, version, _sum(version.flow, key), 1)
    yield from (BoxEntry(REASONS), *lines) if lines else ()


def _knows_reasons(version: VersionFlow, key: str) -> bool:
    """A version of which only the included studies are known has no reasons; nor has one without other methods any of these."""
    return number_in(version, "dbr_assessed" if key == "dbr_excluded" else "other_assessed") is not None


def _sum(flow: Flow, key: str) -> Count:
    return Count.together(getattr(flow, key).values())


def _label(short: str, own: str, table: LanguageTable) -> str:
    """A version's own label beside its short name, unless it says that itself; empty where it is no more than that."""
    if own.casefold() in {"", short.casefold()}:
        return ""
    return own if own.casefold().startswith(f"{short},".casefold()) else f"{short}{table.label(': ')}{own}"


def _notes(flow: Flow, shown: tuple[VersionFlow, ...], table: LanguageTable) -> Iterator[str]:
    stop, between = table.label("."), table.label("; ")
    pairs = zip(named(flow.versions), flow.versions, strict=True)
    labels = [label for short, own in pairs if (label := _label(table.sentence(short.label), printable(own.label), table))]
    if labels:
        yield f"{between.join(labels)}{stop}"
    for version in named(flow.versions):
        dropped = [f"{_small(table.label(line))} (n = {counted.n})" for line, counted in version.flow.dropped.items()]
        if dropped:
            yield printable(f"{table.sentence(version.label)}{table.label(': ')}{between.join(dropped)}{stop}")
    if len(shown) < len(flow.versions):
        yield table.sentence(f"{shown[1].label} are shown as one sum.")
    unequal = [f"{words_of(flow, key)} ({n:+d})" for key, n in differences(flow).items()]
    if unequal:
        yield table.sentence(
            "All versions together count each record and report once; they differ from the sum of the versions in: "
            f"{'; '.join(unequal)}."
        )
    yield table.label(SOURCE)


def _small(label: str) -> str:
    return f"{label[:1].lower()}{label[1:]}"
