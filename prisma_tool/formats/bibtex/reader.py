"""BibTeX and BibLaTeX files of any exporter, to an account of citations.

Where the text is cut says `entry_parts`. Invariants: one entry or reject for each beginning and for each orphan (fields that lost
their first line); of a large file one entry is in memory at a time, and what entries refer to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import islice

from prisma_tool.errors import FormatError
from prisma_tool.formats.account.account import FileAccount, Parsed, ParsedEntry, Reject
from prisma_tool.formats.bibtex.entry_body import Body, Unreadable, field_names, read_body, read_strings
from prisma_tool.formats.bibtex.entry_parts import NO_ENTRY, EntryPart, entry_blocks, parts_of
from prisma_tool.formats.bibtex.fields import accession, bibtex_citation, is_plainly_filled
from prisma_tool.formats.tables.csv_reader import recognises as is_table
from prisma_tool.formats.text.byte_source import ByteSource
from prisma_tool.formats.text.decoding import Decoding, Look, decoding

FORMAT = "bibtex"
_ENTRY_LINE = re.compile(
    r"^\s*@\s*(?!(?:string|comment|preamble|xdata|control)\s*[{(])[A-Za-z][\w-]*\s*[{(]", re.MULTILINE | re.IGNORECASE
)
_COMMENTED = re.compile(r"^[ \t]*%+[ \t]*@[ \t]*(?!(?:string|comment|preamble)\b)[A-Za-z]+[ \t]*\{", re.MULTILINE | re.IGNORECASE)
_TAG_LINE = re.compile(r"^\W{0,4}(?:[A-Z][A-Z0-9]{1,3} {0,4}-|%[0-9A-Z] |(?:FN|PT|VR) )", re.MULTILINE)
_REFERENCE = re.compile(r"\b(?:crossref|xdata)\s*=\s*[{\"]([^}\"]*)")
_DEFINES = re.compile(r"@[ \t]*(?:string|xdata)\s*[{(]", re.IGNORECASE)
_OPENING = frozenset({"title", "author", "abstract", "doi"})
_CLOSING_LINE = re.compile(r"(?<=\n[})]\n)")
_SHOWN = 5


@dataclass(slots=True)
class _Library:
    """What entries may refer to without having it themselves, and the lines of parts that could not be read."""

    strings: dict[str, str] = field(default_factory=dict)
    parents: dict[str, dict[str, str]] = field(default_factory=dict)
    strays: list[int] = field(default_factory=list)
    unread: list[int] = field(default_factory=list)


@dataclass(slots=True)
class _Survey:
    """What a first pass over the file's blocks shows; `referred` are the keys of entries that others take fields from."""

    declared: int = 0
    commented: int = 0
    defines: bool = False
    referred: set[str] = field(default_factory=set)

    def take(self, block: str) -> None:
        """Go on with a block, which begins where an entry may."""
        self.declared += declared(block)
        self.commented += len(_COMMENTED.findall(block)) if "%" in block else 0
        self.defines = self.defines or _DEFINES.search(block) is not None
        lowered = block.lower()
        if "crossref" in lowered or "xdata" in lowered:
            self.referred |= {name.strip() for names in _REFERENCE.findall(lowered) for name in names.split(",")}


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

    Definitions may stand behind the entries that use them, hence a file is gone through more than once, in blocks.

    Raises:
        FormatError: not text, or no line begins with `@type{`.
    """
    text = decoding(data)
    survey = _survey(text)
    if not survey.declared:
        raise FormatError(
            "No BibTeX entry found: no line begins with “@article{” or the like. Export the records again as BibTeX."
        )
    account = FileAccount(FORMAT, text.encoding, declared=survey.declared)
    account.pieces = _pieces(text, _library(text, survey), account)
    if survey.commented:
        account.warnings.append(f"{survey.commented} entries are commented out with a percent sign and were not read.")
    return account


def _survey(text: Decoding) -> _Survey:
    survey = _Survey()
    for block in entry_blocks(text.again().blocks("}")):
        survey.take(block)
    return survey


def declared(text: str) -> int:
    """How many entries the text announces, by their first lines, apart from the cutting."""
    count = 0
    before, *parts = ("\n" + text).split("@")
    for part in parts:
        name = re.match(r"[ \t]*([A-Za-z][\w-]*)\s*[{(]", part)
        ended = before.rstrip(" \t")[-1:] in {"\n", "}", ")"}
        count += bool(name and ended and name[1].lower() not in NO_ENTRY)
        before = part
    return count


def definitions(data: ByteSource) -> tuple[str, ...]:
    """The parts of a file that its entries may refer to without being in them: `@string` and `@xdata`, untouched.

    Raises:
        FormatError: not text.
    """
    text = decoding(data)
    survey = _survey(text)
    if not survey.defines:
        return ()
    library = _library(text, survey)
    parts = [(part.raw, _body(part, library)) for part in _entries(text) if part.kind in {"string", "xdata"}]
    return tuple((raw[: body.end] if isinstance(body, Body) else raw).strip() for raw, body in parts)


def _entries(text: Decoding) -> Iterator[EntryPart]:
    """The parts of the file behind what stands before the first, in a pass of its own."""
    return islice(parts_of(text.again().blocks("}")), 1, None)


def _library(text: Decoding, survey: _Survey) -> _Library:
    library = _Library()
    if survey.defines:
        for part in _entries(text):
            if part.kind == "string":
                library.strings |= _strings(part, library)
    if survey.referred:
        _collect_parents(text, library, survey.referred)
    return library


def _strings(part: EntryPart, library: _Library) -> dict[str, str]:
    try:
        return read_strings(part.raw, library.strings)
    except Unreadable:
        library.unread.append(part.line)
        return {}


def _collect_parents(text: Decoding, library: _Library, keys: set[str]) -> None:
    for part in _entries(text):
        body = _body(part, library)
        if isinstance(body, Body) and body.key.lower() in keys:
            fields = dict(body.fields)
            library.parents[body.key.lower()] = fields | ({"booktitle": fields["title"]} if "title" in fields else {})


def _body(part: EntryPart, library: _Library) -> Body | str:
    try:
        return read_body(part.raw, library.strings)
    except Unreadable as problem:
        return str(problem)


def _pieces(text: Decoding, library: _Library, account: FileAccount) -> Iterator[ParsedEntry | Reject]:
    parts = parts_of(text.blocks("}"))
    for before in islice(parts, 1):
        yield from _orphans(before.line, before.raw, account)
    for part in parts:
        account.declared -= part.quoted
        body = _body(part, library)
        if part.kind not in NO_ENTRY:
            yield _read(part, body, library)
        if isinstance(body, Body):
            yield from _orphans(part.line + part.raw.count("\n", 0, body.end), part.raw[body.end :], account)
    account.warnings += text.warnings
    account.warnings += _warnings(
        "not closed or hold text that belongs to no field; what could be read was taken", library.strays
    )
    account.warnings += _warnings("no entries and could not be read", library.unread)


def _warnings(what: str, places: Sequence[int]) -> list[str]:
    if not places:
        return []
    some = ", ".join(map(str, places[:_SHOWN])) + (", …" if len(places) > _SHOWN else "")
    return [f"Parts that begin in line {some} are {what}."]


def _read(frame: EntryPart, body: Body | str, library: _Library) -> ParsedEntry | Reject:
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


def _orphans(line: int, text: str, account: FileAccount) -> Iterator[Reject]:
    """Fields that stand outside any entry: what is left of one that lost its first line. Other text between entries is a comment."""
    if "=" not in text:
        return
    for piece in _CLOSING_LINE.split(text):
        if not _OPENING.isdisjoint(field_names(piece)):
            account.declared += 1
            skipped = len(piece) - len(piece.lstrip())
            yield Reject(line + piece.count("\n", 0, skipped), "the entry's first line (@type{key,) is missing", piece.strip())
        line += piece.count("\n")
