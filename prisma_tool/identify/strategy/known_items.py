"""The known records that a strategy is tested with: PMIDs and NCT numbers, from a citation file or any text.

Invariant: a number counts only where it is plainly meant: as the identifier of an entry, after the word PMID, in an address of PubMed,
or on a line that holds nothing but numbers. Years and pages never become PMIDs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from prisma_tool.errors import FormatError, PrismaError
from prisma_tool.file_io import read_file
from prisma_tool.formats.account.account import ParsedEntry
from prisma_tool.formats.registry import read
from prisma_tool.formats.text.decoding import decode
from prisma_tool.model.record.identifiers import normal_pmid

_NCT = re.compile(r"\bNCT\d{8}\b", re.IGNORECASE)
_NUMBERS_ONLY = re.compile(r"[\s,;|]*\d{1,8}(?:[\s,;|]+\d{1,8})*[\s,;|]*")
_NAMED_PMID = re.compile(
    r"(?:\bPMID\b\s*-?\s*:?|\bpubmed:|pubmed\.ncbi\.nlm\.nih\.gov/|/pubmed/)\s*#?(\d{1,8})(?!\d)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class KnownRecords:
    """What a strategy should find, each once, in the order of the file; `nameless` entries had neither number."""

    pmids: tuple[str, ...]
    ncts: tuple[str, ...]
    nameless: int = 0


def read_known(path: Path) -> KnownRecords:
    """The PMIDs and NCT numbers of a file.

    Raises:
        PrismaError: it cannot be read, or holds none.
    """
    data = read_file(path)
    items = known_in(data)
    if not items.pmids and not items.ncts:
        raise PrismaError(
            f"{path} holds no PMID and no NCT number; write one on each line, or give a citation file that has them."
        )
    return items


def known_in(data: bytes) -> KnownRecords:
    """The PMIDs and NCT numbers in the bytes of a file, which may hold none.

    Raises:
        FormatError: the bytes are no text.
    """
    try:
        entries = read(data).entries
    except FormatError:
        entries = ()
    named = [(entry, tuple(_pmids(entry)), tuple(_ncts(entry))) for entry in entries]
    if not any(pmids or ncts for _, pmids, ncts in named):
        return _in_text(decode(data).text)
    return KnownRecords(
        tuple(dict.fromkeys(pmid for _, pmids, _ in named for pmid in pmids)),
        tuple(dict.fromkeys(nct for *_, ncts in named for nct in ncts)),
        sum(not pmids and not ncts for _, pmids, ncts in named),
    )


def _pmids(entry: ParsedEntry) -> Iterator[str]:
    if entry.citation.pmid:
        yield entry.citation.pmid


def _ncts(entry: ParsedEntry) -> Iterator[str]:
    numbers = (entry.accession, *entry.citation.registry_numbers)
    yield from (number.upper() for number in numbers if _NCT.fullmatch(number))


def _in_text(text: str) -> KnownRecords:
    pmids: list[str] = []
    for line in text.splitlines():
        pmids += re.findall(r"\d+", line) if _NUMBERS_ONLY.fullmatch(line) else _NAMED_PMID.findall(line)
    ncts = (number.upper() for number in _NCT.findall(text))
    return KnownRecords(tuple(dict.fromkeys(filter(None, map(normal_pmid, pmids)))), tuple(dict.fromkeys(ncts)))
