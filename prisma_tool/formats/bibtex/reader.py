"""BibTeX and BibLaTeX files of any exporter, to an account of citations.

Entries are cut at `@type{` where a line or another entry's closing brace comes before; `@string`, `@comment`, `@preamble` and
`@xdata` are none. Invariants: one entry or reject for each beginning and for each orphan (fields that lost their first line); what
a comment or an abstract quotes within its braces is no entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial

from prisma_tool.errors import FormatError
from prisma_tool.formats.account.account import FileAccount, Parsed, ParsedEntry, Reject
from prisma_tool.formats.bibtex.entry_body import Body, Unreadable, field_names, read_body, read_strings
from prisma_tool.formats.bibtex.fields import accession, bibtex_citation, is_plainly_filled
from prisma_tool.formats.tables.csv_reader import recognises as is_table
from prisma_tool.formats.text.byte_source import ByteSource
from prisma_tool.formats.text.decoding import Look, decode
from prisma_tool.formats.text.framing import Frame

FORMAT = "bibtex"
_START = re.compile(r"@[ \t]*([A-Za-z][\w-]*)\s*[{(]")
_ENTRY_LINE = re.compile(
    r"^\s*@\s*(?!(?:string|comment|preamble|xdata|control)\s*[{(])[A-Za-z][\w-]*\s*[{(]", re.MULTILINE | re.IGNORECASE
)
_COMMENTED = re.compile(r"^[ \t]*%+[ \t]*@[ \t]*(?!(?:string|comment|preamble)\b)[A-Za-z]+[ \t]*\{", re.MULTILINE | re.IGNORECASE)
_TAG_LINE = re.compile(r"^\W{0,4}(?:[A-Z][A-Z0-9]{1,3} {0,4}-|%[0-9A-Z] |(?:FN|PT|VR) )", re.MULTILINE)
_REFERENCE = re.compile(r"\b(?:crossref|xdata)\s*=\s*[{\"]([^}\"]*)")
_DEFINES = re.compile(r"@[ \t]*(?:string|xdata)\s*[{(]", re.IGNORECASE)
_NO_ENTRY = frozenset({"string", "comment", "preamble", "xdata", "control"})
_OPENING = frozenset({"title", "author", "abstract", "doi"})
_FURTHEST = {"comment": 500, "entry": 3}
"""Over how many beginnings a closing brace is looked for."""
_CLOSING_LINE = re.compile(r"(?<=\n[})]\n)")
_SHOWN = 5


@dataclass(slots=True)
class _Library:
    """The cut text: frames by kind, and what entries may refer to."""

    frames: list[tuple[str, Frame]]
    strings: dict[str, str] = field(default_factory=dict)
    parents: dict[str, dict[str, str]] = field(default_factory=dict)
    embedded: int = 0
    strays: list[int] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)


def recognises(look: Look) -> bool:
    """True where an entry begins with its type and opening brace, and nothing before it shows another format that only quotes one."""
    if look.opening in {"<", "[", "{"}:
        return False
    match = _ENTRY_LINE.search(look.text)
    before = look.text[: match.start()] if match else ""
    return bool(match) and not _TAG_LINE.search(before) and not is_table(Look(before.encode()))


def parse_bibtex(data: ByteSource) -> Parsed:
    """The account of a BibTeX file with all entries in memory.

    Raises:
        FormatError: not text, or no line begins with `@type{`.
    """
    return open_bibtex(data).whole()


def open_bibtex(data: ByteSource) -> FileAccount:
    """The account of a BibTeX file, to be read entry by entry.

    Raises:
        FormatError: not text, or no line begins with `@type{`.
    """
    decoded = decode(data)
    if not _ENTRY_LINE.search(decoded.text):
        raise FormatError(
            "No BibTeX entry found: no line begins with “@article{” or the like. Export the records again as BibTeX."
        )
    library = _library(decoded.text)
    account = FileAccount(
        FORMAT, decoded.encoding, declared=declared(decoded.text) - library.embedded, warnings=list(decoded.warnings)
    )
    account.pieces = _pieces(library, decoded.text, account)
    hidden = len(_COMMENTED.findall(decoded.text))
    if hidden:
        account.warnings.append(f"{hidden} entries are commented out with a percent sign and were not read.")
    return account


def declared(text: str) -> int:
    """How many entries the text announces, by their first lines, apart from the cutting."""
    count = 0
    before, *parts = ("\n" + text).split("@")
    for part in parts:
        name = re.match(r"[ \t]*([A-Za-z][\w-]*)\s*[{(]", part)
        ended = before.rstrip(" \t")[-1:] in {"\n", "}", ")"}
        count += bool(name and ended and name[1].lower() not in _NO_ENTRY)
        before = part
    return count


def definitions(text: str) -> tuple[str, ...]:
    """The parts of a file that its entries may refer to without being in them: `@string` and `@xdata`, untouched."""
    if not _DEFINES.search(text):
        return ()
    library = _library(text)
    parts = [(frame.raw, _body(frame, library)) for kind, frame in library.frames if kind in {"string", "xdata"}]
    return tuple((raw[: body.end] if isinstance(body, Body) else raw).strip() for raw, body in parts)


def _library(text: str) -> _Library:
    library = _Library(_frames(text))
    library.frames, library.embedded = _joined(library.frames)
    for kind, frame in library.frames:
        if kind == "string":
            library.strings |= _strings(frame, library)
    lowered = text.lower()
    if "crossref" in lowered or "xdata" in lowered:
        keys = {name.strip() for names in _REFERENCE.findall(lowered) for name in names.split(",")}
        _collect_parents(library, keys)
    return library


def _frames(text: str) -> list[tuple[str, Frame]]:
    begins = [(match.start(), match[1].lower()) for match in _START.finditer(text) if _stands_first(text, match.start())]
    ends = [*(begin for begin, _ in begins), len(text)][1:]
    frames, line, counted = [], 1, 0
    for (begin, kind), end in zip(begins, ends, strict=True):
        line += text.count("\n", counted, begin)
        counted = begin
        frames.append((kind, Frame(line, text[begin:end])))
    return frames


def _stands_first(text: str, place: int) -> bool:
    """True where nothing but blanks stands before `place` in its line, or the end of another entry."""
    before = place - 1
    while before >= 0 and text[before] in " \t":
        before -= 1
    return before < 0 or text[before] in "\n})"


def _joined(frames: Sequence[tuple[str, Frame]]) -> tuple[list[tuple[str, Frame]], int]:
    """The frames, those that an earlier one quotes within its braces joined to it, and how many of these looked like entries."""
    joined: list[tuple[str, Frame]] = []
    embedded = place = 0
    while place < len(frames):
        kind, frame = frames[place]
        more = _quoted(frames, place)
        if more:
            raw = "".join(one.raw for _, one in frames[place : place + more + 1])
            embedded += sum(one not in _NO_ENTRY for one, _ in frames[place + 1 : place + more + 1])
            frame = Frame(frame.line, raw)
        joined.append((kind, frame))
        place += more + 1
    return joined, embedded


def _quoted(frames: Sequence[tuple[str, Frame]], place: int) -> int:
    """How many of the next frames belong to this one: as many as its open braces need to be closed, none if they never are."""
    kind, frame = frames[place]
    depth = frame.raw.count("{") - frame.raw.count("}")
    if depth <= 0:
        return 0
    furthest = _FURTHEST["comment" if kind in _NO_ENTRY else "entry"]
    for more, (_, one) in enumerate(frames[place + 1 : place + 1 + furthest], 1):
        change = one.raw.count("{") - one.raw.count("}")
        depth += change
        if depth <= 0:
            return more if depth == 0 and change < 0 else 0
    return 0


def _strings(frame: Frame, library: _Library) -> dict[str, str]:
    try:
        return read_strings(frame.raw, library.strings)
    except Unreadable:
        library.unread.append(frame.line)
        return {}


def _collect_parents(library: _Library, keys: set[str]) -> None:
    for _, frame in library.frames:
        body = _body(frame, library)
        if isinstance(body, Body) and body.key.lower() in keys:
            fields = dict(body.fields)
            library.parents[body.key.lower()] = fields | ({"booktitle": fields["title"]} if "title" in fields else {})


def _body(frame: Frame, library: _Library) -> Body | str:
    try:
        return read_body(frame.raw, library.strings)
    except Unreadable as problem:
        return str(problem)


def _pieces(library: _Library, text: str, account: FileAccount) -> Iterator[ParsedEntry | Reject]:
    begin = text.find(library.frames[0][1].raw) if library.frames else len(text)
    yield from _orphans(Frame(1, text[:begin]), account)
    for kind, frame in library.frames:
        body = _body(frame, library)
        if kind not in _NO_ENTRY:
            yield _read(frame, body, library)
        if isinstance(body, Body):
            yield from _orphans(Frame(frame.line + frame.raw.count("\n", 0, body.end), frame.raw[body.end :]), account)
    account.warnings += _warnings(
        "not closed or hold text that belongs to no field; what could be read was taken", library.strays
    )
    account.warnings += _warnings("no entries and could not be read", library.unread)


def _warnings(what: str, places: Sequence[int]) -> list[str]:
    if not places:
        return []
    some = ", ".join(map(str, places[:_SHOWN])) + (", …" if len(places) > _SHOWN else "")
    return [f"Parts that begin in line {some} are {what}."]


def _read(frame: Frame, body: Body | str, library: _Library) -> ParsedEntry | Reject:
    if isinstance(body, str):
        return Reject(frame.line, body, frame.raw.strip())
    if body.stray:
        library.strays.append(frame.line)
    raw = frame.raw[: body.end].strip()
    inherited = _inherited(body, library)
    if is_plainly_filled(body):
        return ParsedEntry(partial(bibtex_citation, body, inherited), accession(body, inherited), raw, frame.line)
    citation = bibtex_citation(body, inherited)
    if citation.is_empty:
        return Reject(frame.line, "no bibliographic field", raw)
    return ParsedEntry(citation, accession(body, inherited), raw, frame.line)


def _inherited(body: Body, library: _Library) -> dict[str, str]:
    if not library.parents:
        return {}
    names = [name for field, value in body.fields if field in {"crossref", "xdata"} for name in value.split(",")]
    fields: dict[str, str] = {}
    for name in names:
        fields = library.parents.get(name.strip().lower(), {}) | fields
    return fields


def _orphans(after: Frame, account: FileAccount) -> Iterator[Reject]:
    """Fields that stand outside any entry: what is left of one that lost its first line. Other text between entries is a comment."""
    if "=" not in after.raw:
        return
    line = after.line
    for piece in _CLOSING_LINE.split(after.raw):
        if not _OPENING.isdisjoint(field_names(piece)):
            account.declared += 1
            skipped = len(piece) - len(piece.lstrip())
            yield Reject(line + piece.count("\n", 0, skipped), "the entry's first line (@type{key,) is missing", piece.strip())
        line += piece.count("\n")
