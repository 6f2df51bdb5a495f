"""The one way in: bytes of any understood format to an account. Invariant: `FORMATS` names exactly the formats that are read."""

from __future__ import annotations

from collections.abc import Mapping

from prisma_tool.errors import FormatError, UsageError
from prisma_tool.formats.account.account import FileAccount, Parsed, replayed
from prisma_tool.formats.detect import detect
from prisma_tool.formats.format_table import BY_NAME, Format
from prisma_tool.formats.plugged_formats import plugged_format
from prisma_tool.formats.tables import csv_reader
from prisma_tool.formats.text.byte_source import ByteSource
from prisma_tool.plugins.entry_points import PluginKind, announced

FORMATS: tuple[str, ...] = tuple(BY_NAME)
"""What `--format` takes."""


def read(
    data: ByteSource,
    *,
    format: str | None = None,  # noqa: A002 (the option's name)
    source_column: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> Parsed:
    """The account of a file, in the given format or the one that its content shows, with all entries in memory.

    Args:
        data: The file.
        format: The format's name; None for the one that the content shows.
        source_column: The column of a table that says where each entry is from.
        columns: For a table, fields of a citation to the headers that hold them.

    Raises:
        FormatError: the file is not what it should be, or columns are named for a file without columns.
        UsageError: no format has this name.
    """
    reader = _format_of(data, format, columns)
    options = _options(reader, source_column, columns)
    return reader.parse(data, **options)


def open_entries(
    data: ByteSource,
    *,
    format: str | None = None,  # noqa: A002 (the option's name)
    source_column: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> FileAccount:
    """The account of a file, to be read entry by entry by going through its `entries`.

    The arguments are those of `read`. Where the format allows it only a few entries are in memory at a time. What is wrong with
    the file as a whole is raised here or while reading, an account that does not balance at the end; see `FileAccount`.

    Raises:
        FormatError: as in `read`.
        UsageError: no format has this name.
    """
    reader = _format_of(data, format, columns)
    options = _options(reader, source_column, columns)
    return reader.open(data, **options) if reader.open else replayed(reader.parse(data, **options))


def _format_of(data: ByteSource, name: str | None, columns: Mapping[str, str] | None) -> Format:
    named = name or _detected(data, columns)
    reader = BY_NAME.get(named) or plugged_format(named)
    if reader is None:
        added = [plugin.name for plugin in announced(PluginKind.FORMATS)]
        raise UsageError(f"Unknown format “{named}”. Known are {', '.join((*FORMATS, *added))}.")
    return reader


def _detected(data: ByteSource, columns: Mapping[str, str] | None) -> str:
    """The format that the content shows; whoever names columns has a table, also where none of its headers is known."""
    try:
        return detect(data)
    except FormatError:
        if not columns:
            raise
        return csv_reader.FORMAT


def _options(reader: Format, source_column: str | None, columns: Mapping[str, str] | None) -> dict[str, object]:
    options: dict[str, object] = {}
    if source_column is not None:
        options["source_column"] = source_column
    if columns:
        options["columns"] = columns
    if options and not reader.table:
        option = "--source-column" if source_column is not None else "--column"
        raise FormatError(f"A named column needs a table, but this file is {reader.name}. Leave {option} out.")
    return options
