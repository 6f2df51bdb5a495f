"""MEDLINE text (.nbib files of PubMed, PMC, ERIC and Ovid MEDLINE), to an account of citations.

Entries are cut at the tag that begins them, not at empty lines: those are missing between some entries and stand inside others.
Invariant: one entry or reject for each beginning and each orphan.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache, partial

from prisma_tool.errors import FormatError
from prisma_tool.formats.account.account import FileAccount, Parsed, ParsedEntry, Reject
from prisma_tool.formats.medline.fields import accession, is_plainly_filled, medline_citation
from prisma_tool.formats.medline.tags import tags
from prisma_tool.formats.text.byte_source import ByteSource
from prisma_tool.formats.text.decoding import Decoding, Look, decoding
from prisma_tool.formats.text.framing import Frame, framed, places

FORMAT = "medline"
_LINE = re.compile(r"^([A-Z]{2,4}) *- ?", re.MULTILINE)
_STARTS = ("PMID", "PMC", "OWN", "UI")
_ONCE = re.compile(r"^(?:OWN |STAT|TI  |JT  |DP  )-", re.MULTILINE)
_BREAK = re.compile(r"(?<=\n)\n(?=[A-Z]{2,4} *-)")
_OWNED = re.compile(r"\n\nOWN *- NOTNLM")
"""Begins an entry without PMID: one that is not the National Library of Medicine's."""
_HEAD = 1 << 18
"""How many bytes show by which tag the entries begin."""


def recognises(look: Look) -> bool:
    """True where lines begin with MEDLINE tags, of which one begins the entries."""
    return bool(start_tag(look.text))


def start_tag(text: str) -> str:
    """The tag that begins the entries: the file's first if it is known as one, else PMID; empty where the text is not MEDLINE."""
    tags = _LINE.findall(text)
    counted = {tag: tags.count(tag) for tag in _STARTS}
    if counted["PMID"] and not (tags[0] == "PMC" and counted["PMC"] >= counted["PMID"]):
        return "PMID"
    return tags[0] if tags and tags[0] in _STARTS else ""


def parse_medline(data: ByteSource) -> Parsed:
    """The account of a MEDLINE text.

    Raises:
        FormatError: not text, or nothing that begins a MEDLINE entry.
    """
    return open_medline(data).whole()


def open_medline(data: ByteSource) -> FileAccount:
    """The account of a MEDLINE text, to be read entry by entry.

    Raises:
        FormatError: as `parse_medline`.
    """
    tag = start_tag(Look(data[:_HEAD]).text) or start_tag(Look(data[:]).text)
    if not tag:
        raise FormatError("No MEDLINE entry found: no line begins with “PMID-”. Export the records again in PubMed format.")
    text = decoding(data)
    account = FileAccount(FORMAT, text.encoding)
    account.pieces = _pieces(text, tag, account)
    return account


def _pieces(text: Decoding, tag: str, account: FileAccount) -> Iterator[ParsedEntry | Reject]:
    for number, frame in enumerate(_frames(text, tag, account)):
        parts = _parts(frame)
        if number:
            yield _read(parts.pop(0))
        for orphan in filter(None, map(_tagged, parts)):
            account.declared += 1
            yield Reject(orphan.line, f"the entry's first line ({tag}-) is missing", orphan.raw)
    account.warnings += text.warnings


@lru_cache(maxsize=len(_STARTS))
def _start(tag: str) -> re.Pattern[str]:
    also = "|OWN *- NOTNLM" if tag == "PMID" else ""
    return re.compile(rf"\n(?={tag} *-{also})")


def _frames(text: Decoding, tag: str, account: FileAccount) -> Iterator[Frame]:
    """The frames; the owner's line begins an entry only after an empty line, where no PMID does."""
    waiting = None
    for frame in framed(_counted(text.blocks(), tag, account), _start(tag)):
        if waiting and frame.raw.startswith("OWN") and tag == "PMID" and not f"\n\n{waiting.raw}".endswith("\n\n"):
            waiting = Frame(waiting.line, waiting.raw + frame.raw)
            continue
        if waiting:
            yield waiting
        waiting = frame
    if waiting:
        yield waiting


def _counted(blocks: Iterable[str], tag: str, account: FileAccount) -> Iterator[str]:
    before = "\n\n"
    for block in blocks:
        account.declared += sum(_announces(block, place, tag) for place in places(block, tag))
        if tag == "PMID":
            account.declared += len(_OWNED.findall(f"{before}{block}"))
        before = f"{before}{block[-2:]}"[-2:]
        yield block


def _announces(text: str, place: int, tag: str) -> bool:
    rest = text[place + len(tag) : place + len(tag) + 100].lstrip(" ")
    return rest.startswith("-") and (not place or text[place - 1] == "\n")


def _parts(frame: Frame) -> list[Frame]:
    """The frame, cut at an empty line after which a field comes again that an entry has once: an entry that lost its beginning."""
    if "\n\n" not in frame.raw.rstrip():
        return [frame]
    for gap in _BREAK.finditer(frame.raw):
        before, after = frame.raw[: gap.start()], frame.raw[gap.end() :]
        if set(_ONCE.findall(before)) & set(_ONCE.findall(after)):
            line = frame.line + frame.raw.count("\n", 0, gap.end())
            return [Frame(frame.line, before), *_parts(Frame(line, after))]
    return [frame]


def _tagged(frame: Frame) -> Frame | None:
    """The frame from its first line with a tag, if there is one."""
    first = _LINE.search(frame.raw)
    if not first:
        return None
    return Frame(frame.line + frame.raw.count("\n", 0, first.start()), frame.raw[first.start() :].rstrip())


def _read(frame: Frame) -> ParsedEntry | Reject:
    record, raw = tags(frame.raw), frame.raw.rstrip()
    if is_plainly_filled(record):
        return ParsedEntry(partial(medline_citation, record), accession(record), raw, frame.line)
    citation = medline_citation(record)
    if citation.is_empty:
        return Reject(frame.line, "no bibliographic field", raw)
    return ParsedEntry(citation, accession(record), raw, frame.line)
