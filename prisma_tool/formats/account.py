"""What every parser returns: an account that must balance. Invariant: `declared == len(entries) + len(rejects)`, always.

`declared` is counted apart from the parsing, by a simpler rule, so that an entry that slips through is noticed.
"""

from __future__ import annotations

from dataclasses import dataclass

from prisma_tool.errors import FormatError
from prisma_tool.model.citation import Citation


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry that could be read.

    `accession` is the source's own identifier, unchanged, or empty; `raw` the entry as it stood; `line` where it began (from 1);
    `source` the source that the entry itself names (tables with a source column), else empty.
    """

    citation: Citation
    accession: str = ""
    raw: str = ""
    line: int = 0
    source: str = ""


@dataclass(frozen=True, slots=True)
class Reject:
    """One entry that could not be read or has no bibliographic field: where it began, why, and the untouched text."""

    line: int
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file's or answer's account."""

    format: str
    entries: tuple[Entry, ...]
    rejects: tuple[Reject, ...]
    declared: int
    encoding: str = "utf-8"
    warnings: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        found = len(self.entries) + len(self.rejects)
        if found != self.declared:
            raise FormatError(
                f"The {self.format} text declares {self.declared} entries but {found} were accounted for; "
                "nothing was stored. Please report this file."
            )
