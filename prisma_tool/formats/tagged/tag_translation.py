"""What the older tagged formats have in common: their tags are translated into RIS's, so that all are understood by one set of rules.

Invariant: a tag without a translation is kept under its own name beside the citation (`also`), never dropped.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import partial
from typing import Protocol

from prisma_tool.errors import FormatError
from prisma_tool.formats.account.account import FileAccount, ParsedEntry, Reject
from prisma_tool.formats.ris.accession import accession
from prisma_tool.formats.ris.tag_meanings import is_plainly_filled, ris_citation
from prisma_tool.formats.text.decoding import Decoding
from prisma_tool.formats.text.framing import Frame, framed
from prisma_tool.formats.text.html_text import readable_text
from prisma_tool.formats.text.tag_values import Pair, tidied_pairs, without_missing

Count = Callable[[str], int]


class FrameReader(Protocol):
    """How a format reads one frame: the entry first, then whatever else is in it; of an orphaned frame only the rest."""

    def __call__(self, frame: Frame, *, orphaned: bool) -> Iterable[ParsedEntry | Reject]: ...  # noqa: D102 - the class says it


def opened(name: str, text: Decoding, start: re.Pattern[str], declared: Count, read: FrameReader) -> FileAccount:
    """An account that is read frame by frame: `declared` counts the entries of a block, `read` gives what a frame holds.

    The first frame stands before the first entry and is given as orphaned. A reject without a beginning of its own is declared as well.
    """
    account = FileAccount(name, text.encoding)
    account.pieces = _pieces(account, text, start, declared, read)
    return account


def _pieces(
    account: FileAccount, text: Decoding, start: re.Pattern[str], declared: Count, read: FrameReader
) -> Iterator[ParsedEntry | Reject]:
    for number, frame in enumerate(framed(_counted(account, text, declared), start)):
        pieces = list(read(frame, orphaned=not number))
        account.declared += len(pieces) - (number > 0)
        yield from pieces
    if not account.declared:
        raise FormatError(f"No {account.format} entry found. Export the records again, or name another format with --format.")
    account.warnings += text.warnings


def _counted(account: FileAccount, text: Decoding, declared: Count) -> Iterator[str]:
    for block in text.blocks():
        account.declared += declared(block)
        yield block


def tagged_lines(raw: str, tag: re.Pattern[str], ends: Collection[str] = ()) -> list[Pair]:
    """The tags (the pattern's first group) with their values (its second); a line without a tag goes on with the value before it.

    An empty value under one of `ends` ends the entry.
    """
    fields: list[tuple[str, list[str]]] = []
    for row in raw.split("\n"):
        match = tag.match(row)
        if match and match[1] in ends and not (match[2] or "").strip():
            break
        if match:
            fields.append((match[1], [match[2] or ""]))
        elif fields and row.strip():
            fields[-1][1].append(row.strip())
    return [(name, "\n".join(values)) for name, values in fields]


def translated(pairs: Iterable[Pair], names: Mapping[str, str]) -> tuple[list[Pair], tuple[Pair, ...]]:
    """The pairs whose tags RIS has a name for, under that name, and the others."""
    known, others = [], []
    for tag, value in pairs:
        if tag in names:
            known.append((names[tag], value))
        elif text := readable_text(value):
            others.append((tag, text))
    return known, tuple(dict.fromkeys(others))


def entry(frame: Frame, pairs: Iterable[Pair], also: tuple[Pair, ...]) -> ParsedEntry | Reject:
    """The entry with these RIS tags."""
    fields, missing = without_missing(tidied_pairs(pairs))
    raw = frame.raw.rstrip()
    also = (*missing, *also)
    if is_plainly_filled(fields):
        return ParsedEntry(partial(ris_citation, fields, also), accession(fields), raw, frame.line)
    citation = ris_citation(fields, also)
    if citation.is_empty:
        return Reject(frame.line, "no bibliographic field", raw)
    return ParsedEntry(citation, accession(fields), raw, frame.line)
