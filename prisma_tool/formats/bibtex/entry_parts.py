"""BibTeX cut into its parts as the text arrives: entries, `@string`, `@comment` and the like.

A part begins at `@type{` where a line or another part's closing brace comes before. Invariants: every character belongs to exactly one
part; what a comment or an abstract quotes within its braces begins none.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

NO_ENTRY = frozenset({"string", "comment", "preamble", "xdata", "control"})
"""Types of what is no entry."""
_START = re.compile(r"@[ \t]*([A-Za-z][\w-]*)\s*[{(]")
_FURTHEST = {"comment": 500, "entry": 3}
"""Over how many beginnings a closing brace is looked for."""


@dataclass(frozen=True, slots=True)
class EntryPart:
    """One part: its type in lower case, the line on which it begins, its text, and how many beginnings of entries that only quotes.

    What stands before the first beginning has no type.
    """

    kind: str
    line: int
    raw: str
    quoted: int = 0

    @property
    def depth(self) -> int:
        """How many braces are opened more often than closed."""
        return self.raw.count("{") - self.raw.count("}")


def entry_blocks(blocks: Iterable[str]) -> Iterator[str]:
    """The same text, cut where a part may begin alone; the blocks that come end behind a closing brace."""
    waiting = list[str]()
    for block in blocks:
        cut = _last_beginning(block)
        if cut >= 0:
            yield "".join((*waiting, block[:cut]))
            waiting.clear()
        waiting.append(block[max(cut, 0) :])
    yield "".join(waiting)


def _last_beginning(block: str) -> int:
    place = block.rfind("@")
    while place >= 0 and not _stands_first(block, place):
        place = block.rfind("@", 0, place)
    return place


def _stands_first(text: str, place: int) -> bool:
    """True where nothing but blanks stands before `place` in its line, or the end of another entry."""
    before = place - 1
    while before >= 0 and text[before] in " \t":
        before -= 1
    return before < 0 or text[before] in "\n})"


def parts_of(blocks: Iterable[str]) -> Iterator[EntryPart]:
    """What stands before the first part (often nothing), then the parts; `blocks` are those that `entry_blocks` takes."""
    parts = _Ahead(_begun(entry_blocks(blocks)))
    yield from islice(parts, 1)
    for part in parts:
        more = _swallowed(part, parts)
        inner = list(islice(parts, more))
        quoted = sum(one.kind not in NO_ENTRY for one in inner)
        yield EntryPart(part.kind, part.line, "".join(one.raw for one in (part, *inner)), quoted) if inner else part


def _begun(blocks: Iterable[str]) -> Iterator[EntryPart]:
    kind, line, waiting = "", 1, list[str]()
    for block in blocks:
        begin = 0
        for match in _START.finditer(block):
            if not _stands_first(block, match.start()):
                continue
            part = EntryPart(kind, line, "".join((*waiting, block[begin : match.start()])))
            yield part
            waiting.clear()
            kind, line, begin = match[1].lower(), line + part.raw.count("\n"), match.start()
        waiting.append(block[begin:])
    yield EntryPart(kind, line, "".join(waiting))


def _swallowed(part: EntryPart, parts: _Ahead) -> int:
    """How many of the next parts belong to this one: as many as its open braces need to be closed, none if they never are."""
    depth = part.depth
    if depth <= 0:
        return 0
    furthest = _FURTHEST["comment" if part.kind in NO_ENTRY else "entry"]
    for more, one in enumerate(parts.ahead(furthest), 1):
        depth += one.depth
        if depth <= 0:
            return more if depth == 0 and one.depth < 0 else 0
    return 0


class _Ahead:
    """Parts one by one, with a look at those that come."""

    def __init__(self, parts: Iterator[EntryPart]) -> None:
        self._parts = parts
        self._waiting = deque[EntryPart]()

    def __iter__(self) -> Iterator[EntryPart]:
        return self

    def __next__(self) -> EntryPart:
        return self._waiting.popleft() if self._waiting else next(self._parts)

    def ahead(self, most: int) -> Iterator[EntryPart]:
        """The next parts, which stay where they are."""
        yield from islice(self._waiting, most)
        for part in islice(self._parts, max(most - len(self._waiting), 0)):
            self._waiting.append(part)
            yield part
