"""`flow --from-csv` and `--from-json`: figures of numbers that somebody typed, without a review."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from prisma_tool.cli.context import tell
from prisma_tool.errors import UsageError

if TYPE_CHECKING:
    from prisma_tool.flow.flow import Flow
    from prisma_tool.flow.options import FigureOptions


def refuse_moments(options: Mapping[str, object]) -> None:
    """A file of numbers has no past.

    Raises:
        UsageError: one of the options that name a moment of a review was given.
    """
    given = [name for name, value in options.items() if value]
    if given:
        raise UsageError(
            f"{given[0]} is for the flow of a review; --from-csv and --from-json take the numbers of a file as they are."
        )


def typed_flow(csv: Path | None, json: Path | None, template: str | None, figure: FigureOptions) -> tuple[Flow, FigureOptions]:
    """The flow of a file and the figure's options, with what the file leaves empty hidden; what there is to know is told.

    Raises:
        UsageError: both files were named, or the template has no boxes for numbers that are there.
        PrismaError: the file cannot be understood.
    """
    from prisma_tool.flow.flow import Template
    from prisma_tool.flow.typed_files import from_csv, from_json

    if csv and json:
        raise UsageError("--from-csv and --from-json are both a flow; give one of them.")
    wanted = Template(template) if template else None
    read = from_csv(csv, wanted) if csv else from_json(json, wanted) if json else None
    if read is None:
        raise UsageError("Name a file with --from-csv or --from-json.")
    for note in read.notes:
        tell(note)
    return read.flow, replace(figure, hide=figure.hide | read.hide)
