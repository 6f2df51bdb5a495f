"""What a person types to look for text: words, `prefix*`, "phrases", and `-word` for what must not be there. Pure.

Invariant: what is typed is only ever words here, folded like the text that is searched; no sign of it reaches a database's own
query language.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from prisma_tool.model.text import fold

_TERM = re.compile(r"(?P<minus>-?)(?:[\"“„”](?P<phrase>[^\"“„”]*)[\"“„”]?|(?P<word>\S+))")


@dataclass(frozen=True, slots=True)
class TextTerm:
    """Words that must follow each other; `prefix` lets the last go on, `absent` asks for texts without them."""

    words: tuple[str, ...]
    prefix: bool = False
    absent: bool = False


def text_query(typed: str) -> tuple[TextTerm, ...]:
    """The terms of what was typed, all of which a text must meet; empty where nothing but signs was typed.

    >>> text_query('CAR-T leuk* -mice')
    (TextTerm(words=('car', 't'), prefix=False, absent=False), TextTerm(words=('leuk',), prefix=True, absent=False), TextTerm(words=('mice',), prefix=False, absent=True))
    """
    terms = (_sought(match) for match in _TERM.finditer(typed))
    return tuple(term for term in terms if term.words)


def _sought(match: re.Match[str]) -> TextTerm:
    typed = match["word"] if match["phrase"] is None else match["phrase"]
    return TextTerm(tuple(fold(typed).split()), prefix=typed.rstrip().endswith("*"), absent=bool(match["minus"]))
