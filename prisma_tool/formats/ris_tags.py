"""RIS text as tags and values. Every value survives; whether a tag means anything is decided elsewhere.

Entries begin at `TY  -` lines. A title, author or abstract after `ER  -` without a new TY is an orphan: an entry that lost its
beginning. Other tags there belong to the entry before (Ovid adds some after its end).
Exporters differ in blanks around the hyphen, so a single blank is accepted for known tags only: "NF - kappa B" is running text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from prisma_tool.formats.framing import Frame, frames

START = re.compile(r"^[^\w\n]*TY[^\S\n]*-", re.MULTILINE)
_TAG = re.compile(r"\s{0,4}([A-Z][A-Z0-9])(\s{1,4})-(?:\s+(.*)|)$")
_TAG_AT_START = re.compile(r"\W*(TY)(\s*)-\s*(.*)$")
_END = re.compile(r"\s{0,4}ER\s{0,4}-\s*$")
_KNOWN = re.compile(
    r"A[1-4BDNU]|BT|C[1-8ANPTY]|D[ABIOP]|E[DPRT]|I[DS]|J[129AFIO]|KW|L[1-4ABK]|M[1-3]|N[12V]|OP|P[BMTY]|R[NP]|S[ENPTV]|T[1-3AITY]"
    r"|U[1-5RT]|V[LO]|Y[12]"
)
_OPENING = frozenset({"TI", "T1", "AU", "A1", "AB", "N2", "PY", "Y1"})

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Piece:
    """One entry's tags in order; `orphan` holds the text after its end that belongs to an entry without a beginning."""

    frame: Frame
    pairs: tuple[Pair, ...]
    orphan: Frame | None = None


def declared(text: str) -> int:
    """How many entries the text announces, counted line by line, apart from the cutting."""
    heads = (re.sub(r"^\W+", "", row) for row in text.split("\n") if "TY" in row)
    return sum(head.startswith("TY") and head[2:].lstrip().startswith("-") for head in heads)


def pieces(text: str) -> tuple[Piece, ...]:
    """The entries of a RIS text."""
    return tuple(map(_piece, frames(text, START)))


def preamble(text: str) -> Frame | None:
    """Tagged text before the first entry: the end of an entry whose beginning was cut off."""
    first = START.search(text)
    return _tagged(text[: first.start()] if first else text, 1)


def _piece(frame: Frame) -> Piece:
    rows = frame.raw.split("\n")
    end = next((number for number, row in enumerate(rows) if _END.match(row)), len(rows))
    pairs, after = _pairs(rows[:end]), rows[end + 1 :]
    orphan = _tagged("\n".join(after), frame.line + end + 1)
    if orphan:
        return Piece(Frame(frame.line, "\n".join(rows[: end + 1])), pairs, orphan)
    added = ((found[1], (found[3] or "").strip()) for found in map(tagged, after) if found)
    return Piece(Frame(frame.line, frame.raw.rstrip()), (*pairs, *added))


def _tagged(text: str, line: int) -> Frame | None:
    """The text from its first line with a tag, if it holds an entry's content; headers and links between entries hold none."""
    rows = text.split("\n")
    tags = [(number, found[1]) for number, row in enumerate(rows) if (found := tagged(row)) and found[1] != "ER"]
    if _OPENING.isdisjoint(tag for _, tag in tags):
        return None
    return Frame(line + tags[0][0], "\n".join(rows[tags[0][0] :]).rstrip())


def _pairs(rows: list[str]) -> tuple[Pair, ...]:
    pairs: list[tuple[str, list[str]]] = []
    for number, row in enumerate(rows):
        found = _TAG_AT_START.match(row) if not number else tagged(row)
        if found:
            pairs.append((found[1], [found[3] or ""]))
        elif row.strip():
            pairs[-1][1].append(row)
    return tuple((tag, "\n".join(values).strip()) for tag, values in pairs)


def tagged(row: str) -> re.Match[str] | None:
    """The tag (group 1) and value (group 3) of a line, or None for running text."""
    found = _TAG.match(row)
    return found if found and (len(found[2]) > 1 or _KNOWN.fullmatch(found[1])) and not _is_text_after_end(found) else None


def _is_text_after_end(found: re.Match[str]) -> bool:
    """ER with a value ends nothing: it is a line of running text."""
    return found[1] == "ER" and bool(found[3])
