"""The one way in: bytes of any understood format to an account. Invariant: `FORMATS` names exactly the formats that `read` takes."""

from __future__ import annotations

from collections.abc import Callable

from prisma_tool.errors import FormatError, UsageError
from prisma_tool.formats import ctgov_json, medline, pubmed_xml, ris, table
from prisma_tool.formats.account import Parsed
from prisma_tool.formats.ctgov_json import parse_studies
from prisma_tool.formats.detect import detect

_PARSERS: dict[str, Callable[[bytes], Parsed]] = {
    ris.FORMAT: ris.parse_ris,
    medline.FORMAT: medline.parse_medline,
    pubmed_xml.FORMAT: pubmed_xml.parse_pubmed_xml,
    ctgov_json.FORMAT: lambda data: parse_studies(data).parsed,
    table.FORMAT: table.parse_table,
}
FORMATS: tuple[str, ...] = tuple(_PARSERS)
"""What `--format` takes."""


def read(data: bytes, *, format: str | None = None, source_column: str | None = None) -> Parsed:  # noqa: A002 (the option's name)
    """The account of a file, in the given format or the one that its content shows.

    `source_column` names the column of a table that says where each entry is from.

    Raises:
        FormatError: the file is not what it should be, or `source_column` is given for a file without columns.
        UsageError: no format has this name.
    """
    name = format or detect(data)
    if name not in _PARSERS:
        raise UsageError(f"Unknown format “{name}”. Known are {', '.join(FORMATS)}.")
    if source_column is None:
        return _PARSERS[name](data)
    if name != table.FORMAT:
        raise FormatError(f"A source column needs a table, but this file is {name}. Leave --source-column out.")
    return table.parse_table(data, source_column=source_column)
