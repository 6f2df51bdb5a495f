"""Untouched entries of one format put together to a file of that format again.

Only what holds entries together is added: a header, a root, brackets, the definitions that entries refer to (`ties`). Invariant: each
entry's text is in the file once, unchanged; rows of tables are written with commas, whatever the file they came from had, and
with cells that a spreadsheet program would run defused, as in every table that is written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain

from prisma_tool.formats.bibtex import reader as bibtex
from prisma_tool.formats.csl import reader as csl
from prisma_tool.formats.endnote import xml_reader
from prisma_tool.formats.europepmc import reader as europepmc
from prisma_tool.formats.format_table import BY_NAME
from prisma_tool.formats.jsonl import reader as jsonl
from prisma_tool.formats.medline import reader as medline
from prisma_tool.formats.pubmed import reader as pubmed_xml
from prisma_tool.formats.registers import ctgov_reader, ctgov_xml, ictrp
from prisma_tool.formats.registry import open_entries
from prisma_tool.formats.tables import csv_reader, xlsx_reader
from prisma_tool.formats.tables.rows import cells_of
from prisma_tool.formats.tagged import ebsco_xml
from prisma_tool.formats.text.byte_source import ByteSource
from prisma_tool.formats.text.spreadsheet_cells import freed, table_lines

Joiner = Callable[[Iterable[str], Sequence[str]], Iterator[str]]
"""Entries and their ties to pieces of the file."""

SUFFIXES: Mapping[str, tuple[str, ...]] = {
    "ris": (".ris", ".txt"),
    "medline": (".nbib", ".txt"),
    "bibtex": (".bib", ".txt"),
    "endnote-xml": (".xml",),
    "pubmed-xml": (".xml",),
    "ictrp-xml": (".xml",),
    "ctgov-xml": (".xml",),
    "ctgov-json": (".json",),
    "europepmc-json": (".json",),
    "jsonl": (".jsonl", ".json"),
    "csv": (".csv",),
    "xlsx": (".csv",),
    "endnote-tagged": (".enw", ".txt"),
    "wos-tagged": (".ciw", ".isi", ".txt"),
    "ovid-tagged": (".txt",),
    "refworks-tagged": (".txt",),
    "noteexpress": (".net", ".txt"),
    "csl-json": (".json",),
    "ebsco-xml": (".xml",),
    "euctr-text": (".txt",),
}
"""The suffixes that fit each format's entries; rows of a workbook come back as CSV."""

_XML = '<?xml version="1.0" encoding="UTF-8"?>\n'
_ROOTS = {
    pubmed_xml.FORMAT: ("<PubmedArticleSet>", "</PubmedArticleSet>"),
    xml_reader.FORMAT: ("<xml><records>", "</records></xml>"),
    ebsco_xml.FORMAT: ("<records>", "</records>"),
    ictrp.FORMAT: ("<Trials_downloaded_from_ICTRP>", "</Trials_downloaded_from_ICTRP>"),
    ctgov_xml.FORMAT: ("<clinical_studies>", "</clinical_studies>"),
}


def joined(name: str, entries: Iterable[str], ties: Sequence[str] = ()) -> Iterator[str]:
    """The pieces of a file in the format `name` with these entries, in order; `ties` is what `ties_of` gave."""
    if name in _ROOTS:
        head, foot = _ROOTS[name]
        return chain((_XML, head, "\n"), (f"{entry}\n" for entry in entries), (foot, "\n"))
    return _JOINERS.get(name, _parted)(entries, ties)


def ties_of(name: str, original: ByteSource, header: Sequence[str] = ()) -> tuple[str, ...]:
    """What entries of a file need beside their own text: of a table the cells of its header, of BibTeX the file's `@string`s.

    `header` may be given where it is known. Only tables and BibTeX look at `original`.

    Raises:
        FormatError: the original is no table with known columns.
    """
    if BY_NAME[name].table:
        return tuple(header) or open_entries(original, format=name).header
    return bibtex.definitions(original) if name == bibtex.FORMAT else ()


def is_tied(name: str) -> bool:
    """True where entries of a format need more than their own text."""
    return BY_NAME[name].table or name == bibtex.FORMAT


def first_tag(name: str, entry: str) -> str:
    """The tag that begins a MEDLINE entry: a file has one for all its entries. Empty for other formats."""
    return medline.start_tag(entry) if name == medline.FORMAT else ""


def _parted(entries: Iterable[str], _ties: Sequence[str]) -> Iterator[str]:
    for number, entry in enumerate(entries):
        yield f"{'' if number == 0 else chr(10)}{entry.rstrip(chr(10))}\n"


def _defined(entries: Iterable[str], ties: Sequence[str]) -> Iterator[str]:
    """BibTeX entries may use abbreviations that their file defines elsewhere."""
    return _parted(chain(ties, entries), ())


def _bracketed(entries: Iterable[str], _ties: Sequence[str]) -> Iterator[str]:
    yield "["
    for number, entry in enumerate(entries):
        yield entry if number == 0 else f",\n{entry}"
    yield "]\n"


def _in_results(entries: Iterable[str], _ties: Sequence[str]) -> Iterator[str]:
    """Europe PMC's results stand two levels deep in an object."""
    yield '{"resultList": {"result": '
    yield from _bracketed(entries, ())
    yield "}}\n"


def _rows(entries: Iterable[str], ties: Sequence[str]) -> Iterator[str]:
    # Freed first: a cell that came in defused keeps its one apostrophe.
    return table_lines(map(freed, row) for row in chain((ties,), map(cells_of, entries)))


def _lines(entries: Iterable[str], _ties: Sequence[str]) -> Iterator[str]:
    return (f"{entry}\n" for entry in entries)


_JOINERS: Mapping[str, Joiner] = {
    ctgov_reader.FORMAT: _bracketed,
    europepmc.FORMAT: _in_results,
    csl.FORMAT: _bracketed,
    bibtex.FORMAT: _defined,
    jsonl.FORMAT: _lines,
    csv_reader.FORMAT: _rows,
    xlsx_reader.FORMAT: _rows,
}
