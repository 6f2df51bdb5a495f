"""Citations from files of any format, with the account, and into files.

Invariant: an account balances: as many entries as the file declares were read or rejected with a reason.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from prisma_tool.api.arguments import citations_of, columns_of, content, optional_text, path_of, text_of
from prisma_tool.errors import UsageError
from prisma_tool.file_io import read_file, write_atomically
from prisma_tool.formats.account.account import Parsed, ParsedEntry
from prisma_tool.formats.account.export_row import ExportRow
from prisma_tool.model.record.citation import Citation


def read_citations(
    file: str | Path | bytes,
    *,
    format: str | None = None,  # noqa: A002 - the name that the command line has
    encoding: str | None = None,
    columns: Mapping[str, str] | None = None,
    source_column: str | None = None,
) -> Parsed:
    r"""Read the citations of a file, with the account of every entry.

    Args:
        file: Its path, or its bytes.
        format: The name of its format; without one its content decides, never its name. Formats of plug-ins count too.
        encoding: The name of its encoding; without one it is found, and a doubtful file is refused.
        columns: Of a table, fields of a citation to the headers of the columns that hold them.
        source_column: Of a table, the header of the column that says where each entry is from.

    Returns:
        `entries` (each with `citation`, `accession`, `raw`, `line`, `source`), `rejects` (each with `line`, `reason`, `raw`), `declared`, which is the
        number of both, `format`, `encoding` and `warnings`.

    Raises:
        FormatError: the file as a whole is none of a known format, or not what it should be.
        UsageError: no format or encoding has this name.
        PrismaError: the file cannot be read.

    Example:
        >>> table = b"title,year,doi\nInvented cells,2020,10.1000/a\n"
        >>> account = read_citations(table)
        >>> [entry.citation.year for entry in account.entries]
        [2020]
        >>> read_citations(b"Dear colleague, ")
        Traceback (most recent call last):
        prisma_tool.errors.FormatError: The format is not recognised. The file begins “Dear colleague,”...
    """
    from dataclasses import replace

    from prisma_tool.formats.registry import read
    from prisma_tool.formats.text.encodings.given_encoding import as_utf8, known_encoding

    name = optional_text(encoding, "encoding")
    named = known_encoding(name) if name else ""
    data = file if isinstance(file, bytes) else read_file(path_of(file, "file"))
    parsed = read(
        as_utf8(data, named) if named else data,
        format=optional_text(format, "format"),
        source_column=optional_text(source_column, "source_column"),
        columns=columns_of(columns),
    )
    return replace(parsed, encoding=named) if named else parsed


def write_citations(file: str | Path, citations: Iterable[Citation | ParsedEntry], *, source: str = "file") -> int:
    """Write citations to a file in the format of its suffix: ris, nbib, bib, xml, csv, tsv, xlsx, jsonl, json; returns how many there are.

    Args:
        file: The file, which is replaced as a whole or left as it was.
        citations: Citations, or entries as `read_citations` gives them, whose accessions are kept.
        source: Where they are from: the first part of the keys under which the file names them.

    Raises:
        UsageError: another suffix, or a text that no file can hold.
        PrismaError: the file cannot be written.

    Example:
        >>> import tempfile
        >>> with tempfile.TemporaryDirectory() as folder:
        ...     write_citations(f"{folder}/one.ris", [Citation(title="A title", year=2020)])
        ...     read_citations(f"{folder}/one.ris").entries[0].citation.title
        1
        'A title'
    """
    from prisma_tool.formats.writers import writer_for

    path = path_of(file, "file")
    writer = writer_for(path)
    rows = [_row(one, text_of(source, "source")) for one in citations_of(citations, "citations")]
    try:
        write_atomically(path, writer(rows))
    except UnicodeEncodeError as error:
        raise UsageError(
            f"{path}: a citation holds half of a surrogate pair ({error.reason}), which no file can hold."
        ) from error
    return len(rows)


def _row(one: Citation | ParsedEntry, source: str) -> ExportRow:
    from prisma_tool.model.record.keys import content_accession, record_key, slug

    citation, given = content(one), "" if isinstance(one, Citation) else one.accession
    accession = given or content_accession(citation)
    key = record_key(slug(source), accession)
    return ExportRow(key, source, accession, key, representative=True, citation=citation, title_abstract="", full_text="")
