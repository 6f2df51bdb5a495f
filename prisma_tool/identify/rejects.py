"""The rejects of a file as a file that can be mended and imported again: of the same format, or as CSV where it was a workbook.

Invariant: each reject's untouched text is in it once; only what holds the entries together is added, see `formats.joining`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from prisma_tool.formats import xlsx
from prisma_tool.formats.account import Reject
from prisma_tool.formats.joining import joined, ties_of


@dataclass(frozen=True, slots=True)
class Rejected:
    """The rejects of a file with what is known of it; `header` is that of a table."""

    format: str
    rejects: Sequence[Reject]
    header: tuple[str, ...] = ()


def rejects_suffix(rejected: Rejected, suffix: str) -> str:
    """The suffix of the file of rejects: the file's own, unless that names a binary format."""
    return ".csv" if rejected.format == xlsx.FORMAT else suffix


def rejects_text(rejected: Rejected, original: bytes) -> str:
    """The rejects of a file, which was read from `original`, as text."""
    raw = (reject.raw for reject in rejected.rejects)
    return "".join(joined(rejected.format, raw, ties_of(rejected.format, original, rejected.header)))
