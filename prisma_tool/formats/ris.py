"""RIS files of any exporter, to an account of citations. Invariant: one entry or reject for each `TY  -` line and each orphan."""

from __future__ import annotations

from prisma_tool.errors import FormatError
from prisma_tool.formats.account import Entry, Parsed, Reject
from prisma_tool.formats.decode import decode
from prisma_tool.formats.framing import Frame
from prisma_tool.formats.ris_fields import accession, ris_citation
from prisma_tool.formats.ris_tags import Piece, declared, pieces, preamble

FORMAT = "ris"


def parse_ris(data: bytes) -> Parsed:
    """The account of a RIS file.

    Raises:
        FormatError: not text, or no line begins with `TY  -`.
    """
    decoded = decode(data)
    announced = declared(decoded.text)
    if not announced:
        raise FormatError("No RIS entry found: no line begins with “TY  -”. Export the records again as RIS.")
    found = pieces(decoded.text)
    orphans = [one for one in (preamble(decoded.text), *(piece.orphan for piece in found)) if one]
    read = [_read(piece) for piece in found]
    rejects = [one for one in read if isinstance(one, Reject)] + [_orphaned(one) for one in orphans]
    return Parsed(
        format=FORMAT,
        entries=tuple(one for one in read if isinstance(one, Entry)),
        rejects=tuple(sorted(rejects, key=lambda reject: reject.line)),
        declared=announced + len(orphans),
        encoding=decoded.encoding,
        warnings=decoded.warnings,
    )


def _read(piece: Piece) -> Entry | Reject:
    citation = ris_citation(piece.pairs)
    if citation.is_empty:
        return Reject(piece.frame.line, "no bibliographic field", piece.frame.raw)
    return Entry(citation, accession=accession(piece.pairs, citation), raw=piece.frame.raw, line=piece.frame.line)


def _orphaned(frame: Frame) -> Reject:
    return Reject(frame.line, "the entry's first line (TY  -) is missing", frame.raw)
