"""Records, decisions, citations and entries as flat rows, and as data frames of pandas and polars, where those are installed.

Invariant: a row has the same columns whatever it holds, so that frames of several calls fit each other.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from importlib import import_module
from typing import Any

from prisma_tool.api.arguments import items_of
from prisma_tool.api.review import ReviewDecision, ReviewRecord
from prisma_tool.errors import UsageError
from prisma_tool.formats.account.account import ParsedEntry
from prisma_tool.model.record.citation import Citation

Row = ReviewRecord | ReviewDecision | ParsedEntry | Citation

_PLACE = ("key", "source", "accession", "cluster", "representative", "title_abstract", "full_text", "reason")


def as_rows(items: Iterable[Row]) -> list[dict[str, Any]]:
    """Each item as a flat row.

    Of a citation: `title`, `authors` (joined by semicolons), `year` (a number or None), `journal`, `volume`, `issue`, `pages`, `doi`, `pmid`,
    `registry_numbers` (joined by semicolons), `abstract`. Of an entry that, and `accession` and `line`; of a record that, and its fields; a decision has
    its own fields alone.

    Example:
        >>> rows = as_rows([Citation(title="A title", year=2020)])
        >>> rows[0]["title"], rows[0]["year"], rows[0]["authors"]
        ('A title', 2020, '')
    """
    return [_row(item) for item in items_of(items, "items", (ReviewRecord, ReviewDecision, ParsedEntry, Citation))]


def _row(item: Row) -> dict[str, Any]:
    if isinstance(item, ReviewDecision):
        return asdict(item)
    if isinstance(item, ReviewRecord):
        place = {name: getattr(item, name) for name in _PLACE}
        return {**place, "labels": "; ".join(item.labels), **_of_citation(item.citation)}
    if isinstance(item, ParsedEntry):
        return {"accession": item.accession, "line": item.line, **_of_citation(item.citation)}
    return _of_citation(item)


def _of_citation(citation: Citation) -> dict[str, Any]:
    return {
        "title": citation.title,
        "authors": "; ".join(map(str, citation.authors)),
        "year": citation.year,
        "journal": citation.journal,
        "volume": citation.volume,
        "issue": citation.issue,
        "pages": citation.pages,
        "doi": citation.doi,
        "pmid": citation.pmid,
        "registry_numbers": "; ".join(citation.registry_numbers),
        "abstract": citation.abstract_text,
    }


def to_pandas(items: Iterable[Row] | Mapping[str, Any]) -> Any:
    """A `pandas.DataFrame` of rows as `as_rows` gives them; of a mapping, such as a flow's counts, one with the columns `key` and `value`.

    `year` and the counts are of the type `Int64`, which has missing values.

    Raises:
        UsageError: pandas is not installed.
    """
    pandas = _library("pandas")
    rows = _rows(items)
    frame, whole = pandas.DataFrame(rows), _whole_numbers(rows)
    return frame.astype(dict.fromkeys(whole, "Int64")) if whole else frame


def to_polars(items: Iterable[Row] | Mapping[str, Any]) -> Any:
    """A `polars.DataFrame`, likewise; `year` and the counts are of the type `Int64`.

    Raises:
        UsageError: polars is not installed.
    """
    polars = _library("polars")
    rows = _rows(items)
    return polars.DataFrame(rows, schema_overrides=dict.fromkeys(_whole_numbers(rows), polars.Int64), infer_schema_length=None)


def _whole_numbers(rows: list[dict[str, Any]]) -> list[str]:
    """Those of the columns `year` and `value` that hold whole numbers, of which some may be missing."""
    names = [name for name in ("year", "value") if rows and name in rows[0]]
    return [name for name in names if all(row[name] is None or isinstance(row[name], int) for row in rows)]


def _rows(items: Iterable[Row] | Mapping[str, Any]) -> list[dict[str, Any]]:
    if isinstance(items, Mapping):
        return [{"key": key, "value": value} for key, value in items.items()]
    return as_rows(items)


def _library(name: str) -> Any:
    try:
        return import_module(name)
    except ImportError as error:
        raise UsageError(f"{name} is not installed; install it beside prisma-tool: pip install {name}.") from error
