"""The formats that records are written in, by suffix, and what each cannot carry.

Invariant: reading a written file back gives equal records, save for the fields that `NOT_CARRIED` names; a property test holds every
format to it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from prisma_tool.errors import UsageError
from prisma_tool.formats.account.export_row import Writer
from prisma_tool.formats.bibtex.writer import write_bibtex
from prisma_tool.formats.csl.writer import write_csl_json
from prisma_tool.formats.endnote.xml_writer import write_endnote_xml
from prisma_tool.formats.jsonl.writer import write_jsonl
from prisma_tool.formats.medline.writer import write_medline
from prisma_tool.formats.ris.writer import write_ris
from prisma_tool.formats.tables.csv_writer import write_csv, write_tsv
from prisma_tool.formats.tables.xlsx_writer import write_xlsx

WRITERS: Mapping[str, Writer] = {
    ".ris": write_ris,
    ".nbib": write_medline,
    ".bib": write_bibtex,
    ".xml": write_endnote_xml,
    ".csv": write_csv,
    ".tsv": write_tsv,
    ".xlsx": write_xlsx,
    ".jsonl": write_jsonl,
    ".json": write_csl_json,
}
"""Suffix to writer."""

_NOWHERE_BUT_JSONL = frozenset({"mentioned_numbers", "trial", "extra"})
_ONLY_MEDLINE = _NOWHERE_BUT_JSONL | {"links", "other_abstracts", "status", "mesh"}
_TABLES = _ONLY_MEDLINE - {"mesh"}
_BIBTEX = _ONLY_MEDLINE | {"vernacular_title", "published"}
NOT_CARRIED: Mapping[str, frozenset[str]] = {
    ".ris": _ONLY_MEDLINE,
    ".nbib": _NOWHERE_BUT_JSONL,
    ".bib": _BIBTEX,
    ".xml": _ONLY_MEDLINE,
    ".csv": _TABLES,
    ".tsv": _TABLES,
    ".xlsx": _TABLES,
    ".jsonl": frozenset(),
    ".json": _ONLY_MEDLINE,
}
"""Fields of a citation that a format has no place for. MeSH terms go out among the keywords; headings of abstracts become part of the
text, save in JSON lines and MEDLINE; `mentioned_numbers` are found again in the texts; ORCID iDs travel in JSON lines only."""


def writer_for(path: Path) -> Writer:
    """The writer that a file's suffix asks for.

    Raises:
        UsageError: none has this suffix.
    """
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise UsageError(f"{path}: records are written as {', '.join(WRITERS)}; choose one of these suffixes.")
    return writer
