"""The figure inside a page: the same SVG as elsewhere, in which every number is a link to the list of what stands behind it.

Invariant: numbers are met by the keyboard in the order in which the boxes are read, each named by its whole line and not only by the
last part of it that happens to stand beside the number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from xml.etree import ElementTree as ET

from defusedxml.ElementTree import fromstring

from prisma_tool.figure.fonts.units import MM_PER_POINT
from prisma_tool.figure.layout.grid import Plan
from prisma_tool.figure.layout.shapes import Box, Layout, TextLine
from prisma_tool.figure.render.svg import render_svg
from prisma_tool.figure.words.labels import BoxEntry
from prisma_tool.figure.words.languages.language_table import LanguageTable
from prisma_tool.figure.words.languages.page_words import CLICK, LIST
from prisma_tool.figure.words.line_breaking import NO_BREAK

_SVG = "{http://www.w3.org/2000/svg}"
_CAP = 0.72
"""Height of a capital letter in em, near enough for the area around a line."""


@dataclass(frozen=True, slots=True)
class LinkedNumber:
    """A number of the figure: its entry, and where its "(n = 17)" stands: the box, and the place of the line in it."""

    number: int
    entry: BoxEntry
    box: Box
    line: int

    @property
    def name(self) -> str:
        """The whole line, such as "Records screened (n = 17)"."""
        return self.entry.text.replace(NO_BREAK, " ")

    @property
    def link_id(self) -> str:
        """The id of the number in the figure."""
        return f"number-{self.number}"

    @property
    def list_id(self) -> str:
        """The id of its list."""
        return f"list-{self.number}"


def numbers(planned: Plan, layout: Layout) -> tuple[LinkedNumber, ...]:
    """All numbers of the figure, in reading order."""
    entries = {cell.key: cell.entries for cell in planned.cells} | {"interim": planned.stamp}
    counted = [
        (entry, box, line)
        for box in layout.boxes
        for entry, line in zip(entries[box.key], _counted_lines(box.lines), strict=True)
        if entry.count is not None
    ]
    return tuple(LinkedNumber(number, *parts) for number, parts in enumerate(counted, start=1))


def _counted_lines(lines: tuple[TextLine, ...]) -> Iterator[int]:
    """Where the count of each statement stands, else its last line."""
    starts = [index for index, line in enumerate(lines) if line.paragraph]
    for start, end in pairwise([*starts, len(lines)]):
        yield next((index for index in range(start, end) if lines[index].key), end - 1)


def linked_svg(layout: Layout, links: tuple[LinkedNumber, ...], table: LanguageTable) -> tuple[str, tuple[str, ...]]:
    """The SVG for a page of HTML in the language of `table`, and the texts of the styles that it brings along (for the page's security policy)."""
    root = fromstring(render_svg(layout))
    # Inside an image no link can be reached; a group is read part by part.
    root.set("role", "group")
    boxes = {group.get("data-box"): group for group in root.iter(f"{_SVG}g") if group.get("data-box")}
    for number in links:
        _link(boxes[number.box.key], number, layout, table)
    for element in root.iter():
        element.tag = element.tag.removeprefix(_SVG)
    styles = tuple(element.text or "" for element in root.iter("style"))
    return ET.tostring(root, encoding="unicode"), styles


def _link(group: ET.Element, linked: LinkedNumber, layout: Layout, table: LanguageTable) -> None:
    texts = [child for child in group if child.tag in {f"{_SVG}text", "a"}]
    text = texts[linked.line]
    label = f"{linked.name}{table.label(': ')}{table.label(LIST)}"
    attributes = {"class": "number", "id": linked.link_id, "href": f"#{linked.list_id}", "aria-label": label}
    link = ET.Element("a", attributes)
    ET.SubElement(link, "title").text = f"{linked.name}{table.label(': ')}{table.label(CLICK)}"
    ET.SubElement(link, "rect", _area(linked, layout))
    group[list(group).index(text)] = link
    link.append(text)
    text.tail = None


def _area(number: LinkedNumber, layout: Layout) -> dict[str, str]:
    """What can be clicked: the whole line of the box."""
    line = number.box.lines[number.line]
    top = line.y - (layout.leading + _CAP * line.size_pt * MM_PER_POINT) / 2
    lengths = {"x": number.box.x + 0.4, "y": top, "width": number.box.width - 0.8, "height": layout.leading}
    return {"class": "area", "rx": "0.6", **{name: f"{value:.3f}" for name, value in lengths.items()}}
