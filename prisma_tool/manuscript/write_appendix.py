"""Writing the search appendix into files; the suffix says how. The same review gives the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

from prisma_tool.errors import UsageError
from prisma_tool.file_io import write_atomically
from prisma_tool.manuscript.document.docx import render_word
from prisma_tool.manuscript.document.markdown import render_markdown
from prisma_tool.manuscript.search_appendix.data import Appendix
from prisma_tool.manuscript.search_appendix.document import document
from prisma_tool.manuscript.search_appendix.items import items
from prisma_tool.manuscript.search_appendix.runs_table import render_runs
from prisma_tool.model.utc import utc_text


def as_markdown(appendix: Appendix) -> str:
    """The appendix as Markdown."""
    return render_markdown(document(appendix))


def as_json(appendix: Appendix) -> dict[str, Any]:
    """The appendix as plain data; times are ISO 8601, UTC."""
    plain = asdict(appendix, dict_factory=_plain)
    return {**plain, "items": [{**asdict(item), "open": item.is_open} for item in items(appendix)]}


_JSON_NAMES = {"retrieved": "found"}
"""Fields that other programs know by another name."""


def _plain(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    return {_JSON_NAMES.get(name, name): _value(value) for name, value in pairs}


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, list | tuple):
        return [_value(part) for part in value]
    return value.isoformat() if isinstance(value, date) else value


WRITERS: Mapping[str, Callable[[Appendix], bytes]] = {
    ".md": lambda appendix: as_markdown(appendix).encode(),
    ".docx": lambda appendix: render_word(document(appendix)),
    ".csv": lambda appendix: render_runs(appendix).encode(),
}
"""One writer for each suffix; .csv is the table of runs."""


def write(appendix: Appendix, paths: Sequence[Path]) -> None:
    """Write the appendix to each of `paths`; nothing is written before all are made.

    Raises:
        UsageError: no writer has this suffix.
        PrismaError: a file cannot be written.
    """
    made = [(path, _writer(path)(appendix)) for path in paths]
    for path, data in made:
        write_atomically(path, data)


def _writer(path: Path) -> Callable[[Appendix], bytes]:
    writer = WRITERS.get(path.suffix.lower())
    if writer is None:
        raise UsageError(f"{path}: the search appendix is written as {', '.join(WRITERS)}; choose one of these suffixes.")
    return writer
