"""Which stretches of a reference a style puts in italics or bold: a formatter for citeproc-py, and the reading of what it wrote.

Invariant: the marks are characters for private use, which are taken out of the text of a record before.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Self

from prisma_tool.manuscript.document.styled_text import TextRun
from prisma_tool.model.text import one_line

_ITALIC, _BOLD, _END = "\ue000", "\ue001", "\ue002"
_MARKS = re.compile(f"([{_ITALIC}{_BOLD}{_END}])")

_LOOKS = ("font-style", "font-weight")


def preformat(text: object) -> str:
    """The text of a record without anything that could be taken for a mark; citeproc-py calls it so."""
    return _MARKS.sub("", str(text))


class _Marked(str):
    """A stretch between two marks."""

    __slots__ = ()
    mark = ""

    def __new__(cls, text: object) -> Self:
        return super().__new__(cls, f"{cls.mark}{text}{_END}")


class Italic(_Marked):
    """A stretch in italics."""

    __slots__ = ()
    mark = _ITALIC


class Bold(_Marked):
    """A stretch in bold."""

    __slots__ = ()
    mark = _BOLD


Oblique = Italic
Light = Underline = Superscript = Subscript = SmallCaps = str
"""What the documents do not show otherwise than other text."""


def may_mark(style: Any) -> bool:
    """Whether a style of citeproc-py puts anything in italics or bold; where none does, nothing need be formatted to find it."""
    trees = (style.root, *style.root.locales)
    return any(element.get(look, "normal") != "normal" for tree in trees for element in tree.iter() for look in _LOOKS)


def stretches(marked: str) -> Iterator[TextRun]:
    """The stretches in italics or bold, in their order."""
    begun: list[str] = []
    for piece in _MARKS.split(marked):
        if piece in (_ITALIC, _BOLD):
            begun.append(piece)
        elif piece == _END:
            begun = begun[:-1]
        elif begun and (text := one_line(piece)):
            yield TextRun(text, _ITALIC in begun, _BOLD in begun)
