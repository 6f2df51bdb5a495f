"""What a stretch of a Word document says, and whether it holds anything that belongs to its authors by its kind. Pure.

Invariant: how words are parted into runs, and which white space stands between them, makes no difference, for every program does that
in its own way; text that a tracked change deleted is no text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

_TRACKED = frozenset({"w:ins", "w:del", "w:moveFrom", "w:moveTo"})
_COMMENTS = frozenset({"w:commentRangeStart", "w:commentRangeEnd", "w:commentReference"})
_NOTES = frozenset({"w:footnoteReference", "w:endnoteReference"})
_SPACES = frozenset({"w:tab", "w:br", "w:cr", "w:p", "w:tc"})
_OWN_BOOKMARK = re.compile(r"pt[be]_.*|_GoBack|_Hlk\d+|_Toc\d+|__RefHeading__.*")
"""Bookmarks of ours, where a cursor was or something was copied from, and what a table of contents points to: it is made anew anyway."""


@dataclass(frozen=True, slots=True)
class FragmentFacts:
    """The text, that of it which stands between the bookmarks of a part, and what forbids to replace it."""

    text: str
    within_marks: str
    obstacle: str


@dataclass(slots=True)
class _FragmentReading:
    text: list[str] = field(default_factory=list)
    obstacles: dict[str, None] = field(default_factory=dict)
    begin: int = 0
    end: int | None = None
    _is_text: bool = False
    _controls: int = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._is_text = name.rpartition(":")[2] == "t"
        if name in _SPACES:
            self.text.append(" ")
        elif name == "wp:docPr":
            self.text.append(f" [{attributes.get('descr', '')}] ")
        elif name in {"w:object", "w:pict"}:
            self.text.append(" [object] ")
        elif name == "w:bookmarkStart":
            self._bookmark(attributes.get("w:name", ""))
        self._look(name)

    def _look(self, name: str) -> None:
        if name in _TRACKED or name.endswith(("PrChange", "CellIns", "CellDel")):
            self._keep_for("it holds tracked changes; accept or reject them first")
        elif name in _COMMENTS:
            self._keep_for("it holds a comment; resolve and delete it first")
        elif name in _NOTES:
            self._keep_for("it holds a footnote or endnote of yours")
        elif name == "w:altChunk":
            self._keep_for("it holds another document")

    def _bookmark(self, name: str) -> None:
        if name.startswith("ptb_"):
            self.begin = len(self.text)
        elif name.startswith("pte_"):
            self.end = len(self.text)
        elif not _OWN_BOOKMARK.fullmatch(name):
            self._keep_for("a bookmark or cross-reference of yours points into it")

    def _keep_for(self, words: str) -> None:
        self.obstacles[words] = None

    def finish(self, _: str) -> None:
        self._is_text = False

    def characters(self, text: str) -> None:
        if self._is_text:
            self.text.append(text)


def fragment_facts(xml: bytes) -> FragmentFacts:
    """The facts of a stretch of well-formed XML, whose prefixes are those that Word and LibreOffice write."""
    reading = _FragmentReading()
    parser = expat.ParserCreate("utf-8")
    parser.StartElementHandler, parser.EndElementHandler = reading.start, reading.finish
    parser.CharacterDataHandler = reading.characters
    parser.Parse(b"<all>" + xml + b"</all>", True)
    within = reading.text[reading.begin : reading.end]
    return FragmentFacts(_joined(reading.text), _joined(within), "; ".join(reading.obstacles))


def _joined(parts: list[str]) -> str:
    return " ".join("".join(parts).split())
