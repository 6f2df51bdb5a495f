"""What every parser returns: an account that must balance. Invariant: `declared == entries + rejects`, always.

`declared` is counted apart from the parsing, by a simpler rule, so that an entry that slips through is noticed. `FileAccount` is read
entry by entry and never holds them all; `Parsed` is the same with everything in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from prisma_tool.errors import FormatError
from prisma_tool.model.record.citation import Citation


class ParsedEntry:
    """One entry that could be read.

    `accession` is the source's own identifier, unchanged, or empty; `raw` the entry as it stood; `line` where it began (from 1);
    `source` the source that the entry itself names (tables with a source column), else empty. `citation` may be given as what makes
    it, for formats of large files: whoever only counts or compares entries does not pay for it. It is made once, at first sight.
    """

    __slots__ = ("_citation", "accession", "line", "raw", "source")

    def __init__(
        self, citation: Citation | Callable[[], Citation], accession: str = "", raw: str = "", line: int = 0, source: str = ""
    ) -> None:
        self._citation = citation
        self.accession = accession
        self.raw = raw
        self.line = line
        self.source = source

    @property
    def citation(self) -> Citation:
        """The content."""
        if not isinstance(self._citation, Citation):
            self._citation = self._citation()
        return self._citation

    def _values(self) -> tuple[object, ...]:
        return self.citation, self.accession, self.raw, self.line, self.source

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ParsedEntry) and self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self._values())

    def __repr__(self) -> str:
        return f"{type(self).__name__}{self._values()!r}"


@dataclass(frozen=True, slots=True)
class Reject:
    """One entry that could not be read or has no bibliographic field: where it began, why, and the untouched text."""

    line: int
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file's or answer's account.

    Of a table also its `header`, the `mapping` of fields to headers that it was read by, and the `platform` that its headers show.
    """

    format: str
    entries: tuple[ParsedEntry, ...]
    rejects: tuple[Reject, ...]
    declared: int
    encoding: str = "utf-8"
    warnings: tuple[str, ...] = ()
    header: tuple[str, ...] = ()
    mapping: tuple[tuple[str, str], ...] = ()
    platform: str = ""

    def __post_init__(self) -> None:
        require_balance(self.format, self.declared, len(self.entries) + len(self.rejects))


@dataclass(slots=True)
class FileAccount:
    """A file's account while it is being read. `entries` may be gone through once.

    `rejects`, `declared`, `parsed` and `warnings` are complete when `entries` has ended; its last step raises FormatError where the
    account does not balance, so whoever stores entries as they come must not commit before the end. `pieces` is for parsers: what
    they read, in the order of the file; they set `declared` and `warnings` before it ends.
    """

    format: str
    encoding: str = "utf-8"
    pieces: Iterator[ParsedEntry | Reject] = field(default_factory=lambda: iter(()))
    declared: int = 0
    parsed: int = 0
    rejects: list[Reject] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    header: tuple[str, ...] = ()
    mapping: tuple[tuple[str, str], ...] = ()
    platform: str = ""

    @property
    def entries(self) -> Iterator[ParsedEntry]:
        """The entries, one by one, as the file is read.

        Raises:
            FormatError: at the end, if the account does not balance.
        """
        for piece in self.pieces:
            if isinstance(piece, Reject):
                self.rejects.append(piece)
            else:
                self.parsed += 1
                yield piece
        require_balance(self.format, self.declared, self.parsed + len(self.rejects))

    def whole(self) -> Parsed:
        """Everything that is left to read, in memory."""
        entries = tuple(self.entries)
        rejects = tuple(sorted(self.rejects, key=lambda reject: reject.line))
        warnings = tuple(self.warnings)
        return Parsed(
            self.format, entries, rejects, self.declared, self.encoding, warnings, self.header, self.mapping, self.platform
        )


def replayed(parsed: Parsed) -> FileAccount:
    """An account for going through what is in memory already."""
    pieces: Iterator[ParsedEntry | Reject] = iter((*parsed.entries, *parsed.rejects))
    return FileAccount(
        parsed.format,
        parsed.encoding,
        pieces,
        parsed.declared,
        warnings=list(parsed.warnings),
        header=parsed.header,
        mapping=parsed.mapping,
        platform=parsed.platform,
    )


def require_balance(name: str, declared: int, accounted: int) -> None:
    """Check an account.

    Args:
        name: The format, for the message.
        declared: How many entries the text says that it has.
        accounted: How many entries were parsed or rejected.

    Raises:
        FormatError: the text declares more or fewer entries than were found.
    """
    if accounted != declared:
        raise FormatError(
            f"The {name} text declares {declared} entries but {accounted} were accounted for; "
            "nothing was stored. Please report this file."
        )
