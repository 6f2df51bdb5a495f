"""RIS text as tags and values. Every value survives; what a tag means is decided in `formats.ris.tag_meanings`.

Entries begin at `TY  -` lines. A title, author or abstract after `ER  -` without a new TY is an orphan: an entry that lost its
beginning. Other tags there belong to the entry before (Ovid adds some after its end). How an entry writes its first line (indented,
lower case, one blank or none, a dash for the hyphen) shows how its other tags are written. A single blank before the hyphen is
otherwise accepted for known tags only: "NF - kappa B" is running text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from prisma_tool.formats.text.framing import Frame, places
from prisma_tool.formats.text.tag_values import Fields, Pair, tidied_pairs

_SMALL_TYPES = (
    "abst|advs|aggr|ancient|art|bill|blog|book|case|chap|chart|clswk|comp|conf|cpaper|ctlg|data|dbase|dict|ebook|echap|edbook|ejour|elec"
    "|encyc|equa|figure|gen|govdoc|grant|hear|icomm|inpr|jfull|jour|legal|manscpt|map|mgzn|mpct|multi|music|news|pamp|pat|pcomm|rprt"
    "|ser|slide|sound|stand|stat|std|thes|unbill|unpb|vide|video|web"
)
"""The types of RIS, for files in small letters."""
START = re.compile(
    r"\n(?=[^\w\n]{0,24}TY(?:[^\S\n]+[-–—]|[-–—](?!\d))"
    rf"|ty[^\S\n]+[-–—][^\S\n]*(?:{_SMALL_TYPES})[^\S\n]*(?:\n|$))"
)
"""See `framing.framed`."""
_WIDEST = 24
"""How many signs may stand before TY: blanks of an indented file, marks of a quoting mail."""
_FIRST = re.compile(r"(\W{0,24})(TY|ty)([^\S\n]*)([-–—])[^\S\n]*(.*)")
_TAG = re.compile(r"\s{0,4}([A-Z][A-Z0-9]|(?:PMC?ID|DOI|IS[SB]N|URL)(?=\s\s))(\s{1,4})-(?:\s+(.*)|)$")
_LONG = {"PMID": "PM", "PMCID": "C2", "DOI": "DO", "ISSN": "SN", "ISBN": "SN", "URL": "UR"}
"""Longer tags, which PsycNET and others mix in, to those that RIS has for them."""
_TIGHT = re.compile(r"([A-Z][A-Z0-9])  -(\S.*)$")
_PAIRS = re.compile(r"\n([A-Z][A-Z0-9])  - (.*)")
_KNOWN = re.compile(
    r"A[1-4BDNU]|BT|C[1-8ANPTY]|D[ABIOP]|E[DPRT]|I[DS]|J[129AFIO]|KW|L[1-4ABK]|M[1-3]|N[12V]|OP|P[BMTY]|R[NP]|S[ENPTV]|T[1-3AITY]"
    r"|U[1-5RT]|V[LO]|Y[12]"
)
_OPENING = frozenset({"TI", "T1", "AU", "A1", "AB", "N2", "PY", "Y1"})
_SMALL_NAMES = frozenset(_SMALL_TYPES.split("|"))
_HYPHENS = frozenset("-–—")
_ENDS = frozenset({"ER  -", "ER  - ", "ER -", "ER"})


@dataclass(frozen=True, slots=True)
class Piece:
    """One entry's tags, tidied; `orphans` hold the text after its end that belongs to entries without a beginning."""

    frame: Frame
    fields: Fields
    orphans: tuple[Frame, ...] = ()


@dataclass(frozen=True, slots=True)
class TagStyle:
    """How an entry that is not written as usual writes its tags."""

    prefix: str
    pattern: re.Pattern[str]


def declared(text: str) -> int:
    """How many entries the text announces: places where a line begins with TY and a hyphen, apart from the cutting."""
    count = sum(_announces(text, place) for place in places(text, "TY"))
    small = [place + 1 for place in places(text, "\nty")] + ([0] if text.startswith("ty") else [])
    return count + sum(_announces_in_small(text, place) for place in small)


def _announces(text: str, place: int) -> bool:
    if text.startswith("\nTY  - ", place - 1):
        return True
    before = text[text.rfind("\n", 0, place) + 1 : place]
    if before and (len(before) > _WIDEST or any(sign.isalnum() or sign == "_" for sign in before)):
        return False
    after = _rest(text, place)
    rest = after.lstrip()
    return rest[:1] in _HYPHENS and (len(rest) < len(after) or not rest[1:2].isdecimal())


def _announces_in_small(text: str, place: int) -> bool:
    """A word in small letters is a tag only where nothing but a type follows: wrapped text may well begin "ty - "."""
    after = _rest(text, place)
    rest = after.strip()
    return after[:1].isspace() and rest[:1] in _HYPHENS and rest[1:].strip() in _SMALL_NAMES


def _rest(text: str, place: int) -> str:
    """What follows TY on its line; a line's first part is enough."""
    end = text.find("\n", place)
    return text[place + 2 : end if end >= 0 else len(text)]


def piece(frame: Frame) -> Piece:
    """The entry in a frame that begins with a TY line."""
    raw = frame.raw
    end = raw.find("\nER  -")
    # Nearly every entry is written as the specification says, one line a tag; such are read at once.
    if end > 0 and raw.startswith("TY  - ") and not raw[end + 6 :].strip():
        pairs = _PAIRS.findall(raw, 0, end)
        if len(pairs) == raw.count("\n", 0, end):
            pairs.insert(0, ("TY", raw[6 : raw.find("\n")]))
            return Piece(frame, tidied_pairs(pairs))
    return _unusual_piece(frame)


def _unusual_piece(frame: Frame) -> Piece:
    rows = frame.raw.split("\n")
    pairs, end = _pairs(rows)
    after = rows[end + 1 :]
    orphans = orphaned("\n".join(after), frame.line + end + 1) if any(after) else ()
    if orphans:
        return Piece(Frame(frame.line, "\n".join(rows[: end + 1])), tidied_pairs(pairs), orphans)
    added = [pair for pair in map(_pair, after) if pair]
    return Piece(frame, tidied_pairs((*pairs, *added)))


def orphaned(text: str, line: int) -> tuple[Frame, ...]:
    """The entries without a beginning in a text: what an end closes, and content; headers and links between entries hold neither."""
    orphans, rows = [], []
    for number, row in enumerate(text.split("\n")):
        rows.append((line + number, row))
        if is_end(row):
            orphans.append(_tagged(rows, closed=True))
            rows = []
    return tuple(frame for frame in (*orphans, _tagged(rows, closed=False)) if frame)


def _tagged(rows: list[tuple[int, str]], *, closed: bool) -> Frame | None:
    tags = [(place, pair[0]) for place, (_, row) in enumerate(rows) if (pair := _pair(row))]
    if not tags or (not closed and _OPENING.isdisjoint(tag for _, tag in tags)):
        return None
    first = tags[0][0]
    return Frame(rows[first][0], "\n".join(row for _, row in rows[first:]).rstrip())


def _pairs(rows: list[str]) -> tuple[list[Pair], int]:
    """The tags of an entry, and the number of the row that ends it. Lines without a tag go on with the value before them."""
    kind, style = _style(rows[0])
    tags, values = ["TY"], [[kind]]
    end = len(rows)
    for number in range(1, len(rows)):
        tag, value = _unusual(rows[number], style)
        if tag == "ER":
            end = number
            break
        if tag:
            tags.append(tag)
            values.append([value])
        elif value.strip():
            values[-1].append(value)
    return [(tag, "\n".join(parts)) for tag, parts in zip(tags, values, strict=True)], end


def _unusual(row: str, style: TagStyle | None) -> Pair:
    """The tag and value of a line; ER with an empty value for an entry's end, no tag for running text."""
    if is_end(row, style):
        return "ER", ""
    return _pair(row, style) or ("", row)


def _style(row: str) -> tuple[str, TagStyle | None]:
    """The type in an entry's first line, and how it writes tags where that is not the usual way."""
    if row.startswith("TY  - "):
        return row[6:].strip(), None
    match = _FIRST.match(row)
    if not match:
        return "", None
    prefix, word, blanks, dash, kind = match.groups()
    usual = not prefix and word == "TY" and dash == "-" and len(blanks) > 0
    return kind.strip(), None if usual else TagStyle(prefix, _pattern(word, dash, tight=not blanks))


@lru_cache(maxsize=32)
def _pattern(word: str, dash: str, *, tight: bool) -> re.Pattern[str]:
    letters = "[A-Z][A-Z0-9]" if word.isupper() else "[A-Za-z][A-Za-z0-9]"
    return re.compile(rf"\s{{0,4}}({letters})(\s{{{0 if tight else 1},4}})[{dash}-](?:\s*(.*)|)$")


def is_end(row: str, style: TagStyle | None = None) -> bool:
    """True for the line that ends an entry."""
    if row in _ENDS:
        return True
    match = _match(row, style)
    return bool(match) and match[1].upper() == "ER" and not (match[3] or "").strip()  # type: ignore[index]  # mypy sees no narrowing


def _pair(row: str, style: TagStyle | None = None) -> Pair | None:
    """The tag and value of a line, or None for running text; ER with a value ends nothing and is running text."""
    match = _match(row, style)
    if not match:
        tight = _TIGHT.match(row)
        return (tight[1], tight[2]) if tight and _KNOWN.fullmatch(tight[1]) else None
    tag, value = _LONG.get(match[1], match[1].upper()), match[3] or ""
    if not (len(match[2]) > 1 or _KNOWN.fullmatch(tag)) or tag == "ER":
        return None
    return tag, value


def _match(row: str, style: TagStyle | None) -> re.Match[str] | None:
    if style is None:
        return _TAG.match(row)
    return style.pattern.match(row.removeprefix(style.prefix)) or _TAG.match(row)


def tagged(row: str) -> bool:
    """True for a line that would be read as a tag, or as the end of an entry."""
    return _pair(row) is not None or is_end(row)


def tag_of(row: str) -> str:
    """The tag of a line, empty for running text and the end of an entry."""
    pair = _pair(row)
    return pair[0] if pair else ""


def end_of(rows: list[str]) -> int:
    """The number of the row that ends the entry whose TY line is the first row; the number of rows where none does."""
    _, style = _style(rows[0])
    return next((number for number, row in enumerate(rows) if number and is_end(row, style)), len(rows))
