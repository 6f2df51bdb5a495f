"""Flows from files of numbers: the R package's CSV, or JSON."""

from __future__ import annotations

from pathlib import Path

from prisma_tool.errors import UsageError
from prisma_tool.figure.exchange.csv_in import parse_flow_csv
from prisma_tool.figure.exchange.json_in import parse_flow_json
from prisma_tool.figure.exchange.typed_flow import TypedFlow, flow_of
from prisma_tool.figure.exchange.typed_versions import all_versions, living_flow_of
from prisma_tool.file_io import read_file
from prisma_tool.flow.flow import Template
from prisma_tool.model.text import one_line


def from_csv(path: Path, template: Template | None = None) -> TypedFlow:
    """The flow in a CSV file as the R package PRISMA2020 reads it.

    Raises:
        PrismaError: the file cannot be read, or does not hold the numbers of a flow; the sentence names the line.
        UsageError: the template asked for has no boxes for numbers that are there.
    """
    return flow_of(parse_flow_csv(read_file(path), one_line(path.name)), template)


def from_json(path: Path, template: Template | None = None, *, living: bool = False) -> TypedFlow:
    """The flow in a JSON file as `flow --json` writes it, or a shorter one; errors as in `from_csv`.

    Versions of a living review are drawn as such unless `template` asks for all of them as one; `living` insists on them.
    """
    return json_of(read_file(path), one_line(path.name), template, living=living)


def json_of(data: bytes, origin: str = "The flow", template: Template | None = None, *, living: bool = False) -> TypedFlow:
    """The flow in the bytes of such a file, which messages call `origin`."""
    numbers = parse_flow_json(data, origin)
    if living and not numbers.versions:
        raise UsageError(f'{numbers.origin} has no "versions", a list with the counts of each version of a living review.')
    return living_flow_of(numbers) if numbers.versions and template is None else flow_of(all_versions(numbers), template)
