"""One sentence of a checklist's cell, and the command that shows what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Statement:
    """What the data say of an item; `complete` where nothing of the item is left to the authors.

    `question` is what the data themselves leave open, whatever the authors say: work that is pending. `asks` is a question to the authors
    that says more closely than the form's what is missing; the text may be empty then.
    """

    text: str
    command: str
    complete: bool = False
    question: str = ""
    asks: str = ""


def listed(words: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} {last} {words[-1]}" if words else ""


def were(n: int) -> str:
    """The verb for so many."""
    return "was" if n == 1 else "were"
