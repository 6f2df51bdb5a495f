"""RIS files of any exporter, to an account of citations. Invariant: one entry or reject for each `TY  -` line and each orphan."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import partial

from prisma_tool.errors import FormatError
from prisma_tool.formats.account.account import FileAccount, Parsed, ParsedEntry, Reject
from prisma_tool.formats.ris.accession import accession
from prisma_tool.formats.ris.tag_lines import START, Piece, declared
from prisma_tool.formats.ris.tag_meanings import is_plainly_filled, ris_citation
from prisma_tool.formats.ris.tag_order import Assigned, last_entry
from prisma_tool.formats.text.byte_source import ByteSource
from prisma_tool.formats.text.decoding import Decoding, Look, decoding
from prisma_tool.formats.text.framing import Frame, framed
from prisma_tool.formats.text.tag_values import without_missing

FORMAT = "ris"


def recognises(look: Look) -> bool:
    """True where a line begins with `TY  -`."""
    return bool(declared(look.text))


def parse_ris(data: ByteSource) -> Parsed:
    """The account of a RIS file.

    Raises:
        FormatError: not text, or no line begins with `TY  -`.
    """
    return open_ris(data).whole()


def open_ris(data: ByteSource) -> FileAccount:
    """The account of a RIS file, to be read entry by entry.

    Raises:
        FormatError: here, not text; while reading, no line begins with `TY  -`.
    """
    text = decoding(data)
    account = FileAccount(FORMAT, text.encoding)
    account.pieces = _pieces(text, account)
    return account


def _pieces(text: Decoding, account: FileAccount) -> Iterator[ParsedEntry | Reject]:
    announced = 0
    assigned = Assigned(framed(_counted(text.blocks(), account), START), last_entry(text))
    for entry, orphans in assigned:
        announced += entry is not None
        account.declared += len(orphans)
        if entry:
            yield _read(entry)
        yield from map(_orphan, orphans)
    if not announced:
        raise FormatError("No RIS entry found: no line begins with “TY  -”. Export the records again as RIS.")
    account.warnings += (*text.warnings, *assigned.warnings())


def _counted(blocks: Iterable[str], account: FileAccount) -> Iterator[str]:
    for block in blocks:
        account.declared += declared(block)
        yield block


def _read(piece: Piece) -> ParsedEntry | Reject:
    fields, missing = without_missing(piece.fields)
    line, raw = piece.frame.line, piece.frame.raw.rstrip()
    if is_plainly_filled(fields):
        return ParsedEntry(partial(ris_citation, fields, missing), accession(fields), raw, line)
    citation = ris_citation(fields, missing)
    return (
        Reject(line, "no bibliographic field", raw) if citation.is_empty else ParsedEntry(citation, accession(fields), raw, line)
    )


def _orphan(frame: Frame) -> Reject:
    return Reject(frame.line, "the entry's first line (TY  -) is missing", frame.raw)
