"""Text of which stretches are in italics or bold, such as a reference in a journal's style.

It is a text like any other, so that whoever knows no styles writes its letters. Invariant: its runs, joined, are the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Self


@dataclass(frozen=True, slots=True)
class TextRun:
    """A stretch of text that looks alike."""

    text: str
    italic: bool = False
    bold: bool = False


class StyledText(str):
    """A text with its runs."""

    __slots__ = ("runs",)

    runs: tuple[TextRun, ...]

    def __new__(cls, runs: Iterable[TextRun]) -> Self:
        """The text of these runs."""
        listed = tuple(runs)
        made = super().__new__(cls, "".join(run.text for run in listed))
        made.runs = listed
        return made


def styled(text: str, stretches: Iterable[TextRun]) -> str:
    """A text with those stretches in their look that are met in it in this order; others stay as they are."""
    looks = [(False, False)] * len(text)
    at = 0
    for stretch in stretches:
        place = text.find(stretch.text, at) if stretch.text.strip() else -1
        if place >= 0:
            at = place + len(stretch.text)
            looks[place:at] = [(stretch.italic, stretch.bold)] * len(stretch.text)
    return StyledText(_runs(text, looks)) if any(map(any, looks)) else text


def _runs(text: str, looks: list[tuple[bool, bool]]) -> Iterator[TextRun]:
    for look, letters in groupby(zip(looks, text, strict=True), key=lambda pair: pair[0]):
        yield TextRun("".join(letter for _, letter in letters), *look)
