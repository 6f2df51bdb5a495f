"""Printed lines as paragraphs: a column of print is narrower or wider than a terminal. Pure.

Invariant: no letter of the text is lost or made up; of signs, only the hyphens at which lines were broken.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from prisma_tool.fulltext.reading.document_text import DocumentText, TextPart

FULL_LINE = 0.7
"""Of the longest usual line: a line that is shorter ends its paragraph, for print fills its lines."""
_USUAL = 0.9
"""The share of lines that are no longer than a usual one; titles and tables run over the column."""
_WORD = re.compile(r"\w+")
_AT_BREAK = re.compile(r"\w+[-‐\xad][ \t]*\n[ \t]*\w+")
_BROKEN = re.compile(r"(\w+)[-‐\xad]$")
_NEXT = re.compile(r"^([^\W\d_]\w*)")


def laid_out(document: DocumentText) -> DocumentText:
    """The same document with its lines joined to paragraphs."""
    words = {word.casefold() for part in document.parts for word in _WORD.findall(_AT_BREAK.sub(" ", part.text))}
    parts = tuple(TextPart(part.mark, _paragraphs(part.text, words)) for part in document.parts)
    return DocumentText(parts, document.problem, document.remarks)


def _paragraphs(text: str, words: set[str]) -> str:
    lines = [" ".join(line.split()) for line in text.split("\n")]
    full = FULL_LINE * _usual_length(lines)
    out: list[list[str]] = []
    goes_on = False
    for line in lines:
        if goes_on and line:
            last = out[-1].pop()
            out[-1] += _joined(last, line, words)
        elif line or (out and out[-1] != [""]):
            out.append([line])
        goes_on = bool(line) and len(line) >= full
    return "\n".join("".join(pieces) for pieces in out).strip()


def _usual_length(lines: Iterable[str]) -> int:
    lengths = sorted(len(line) for line in lines if line)
    return lengths[int(_USUAL * (len(lengths) - 1))] if lengths else 0


def _joined(before: str, line: str, words: set[str]) -> tuple[str, str]:
    """Two lines as pieces of one; a hyphen at the break stays where the text has both parts as words, or the next begins with a capital."""
    broken, following = _BROKEN.search(before), _NEXT.search(line)
    if broken is None or following is None:
        return f"{before} ", line
    first, second = broken[1].casefold(), following[1]
    is_kept = not second[0].islower() or (first in words and second in words and first + second.casefold() not in words)
    return before if is_kept else before[:-1], line
