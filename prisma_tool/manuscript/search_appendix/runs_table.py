"""The citable table of runs: one row for each execution of a search and each imported file, as CSV.

Invariant: the columns are a contract; new ones are added at the end. No cell runs as a formula.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from prisma_tool.formats.text.spreadsheet_cells import table_lines
from prisma_tool.manuscript.search_appendix.data import Appendix, ImportedFile, ReportedRun, Search
from prisma_tool.model.text import clean

COLUMNS = (
    "run",
    "search_or_file",
    "source",
    "kind",
    "platform",
    "started_utc",
    "finished_utc",
    "status",
    "reported",
    "stored",
    "new",
    "seen",
    "changed",
    "vanished",
    "not_delivered",
    "rejected",
    "strategy",
    "translation",
    "warnings",
    "api_version",
    "data_timestamp",
    "format",
    "sha256",
    "operator",
    "tool_version",
    "records_since",
    "declared_search",
    "searched_on",
    "declared_hits",
)


def render_runs(appendix: Appendix) -> str:
    """The table, in the order in which the runs started."""
    hits = {(one.name, time.searched_on): time.hits for one in appendix.declared for time in one.times}
    rows = [
        *_searched(appendix.searches),
        *(_imported(file, hits.get((file.search, file.searched_on))) for file in appendix.files),
    ]
    ordered = sorted(rows, key=lambda row: (row["started_utc"], row["run"]))
    cells = ([clean(row.get(column, "")) for column in COLUMNS] for row in ordered)
    return "".join(table_lines([COLUMNS, *cells]))


def _searched(searches: tuple[Search, ...]) -> Iterator[dict[str, str]]:
    for search in searches:
        for run in search.runs:
            yield {
                **_run(run),
                "search_or_file": search.name,
                "source": search.source,
                "kind": search.kind,
                "platform": search.platform,
                "rejected": "",
            }


def _imported(file: ImportedFile, hits: int | None) -> dict[str, str]:
    return {
        **_run(file.run),
        "search_or_file": file.name,
        "source": file.source,
        "kind": file.kind,
        "platform": file.platform,
        "rejected": str(file.rejected),
        "format": file.format,
        "sha256": file.sha256,
        "declared_search": file.search,
        "searched_on": str(file.searched_on or ""),
        "declared_hits": "" if hits is None else str(hits),
    }


def _run(run: ReportedRun) -> dict[str, str]:
    return {
        "run": run.id,
        "started_utc": _moment(run.started),
        "finished_utc": _moment(run.finished),
        "status": run.status,
        "reported": "" if run.reported is None else str(run.reported),
        "stored": str(run.stored),
        "new": str(run.new),
        "seen": str(run.seen),
        "changed": str(run.changed),
        "vanished": str(run.vanished),
        "not_delivered": " ".join(run.undelivered),
        "strategy": run.query,
        "translation": run.translation,
        "warnings": " | ".join(run.warnings),
        "api_version": run.service.get("apiVersion", ""),
        "data_timestamp": run.service.get("dataTimestamp", ""),
        "operator": run.operator,
        "tool_version": run.tool_version,
        "records_since": run.since,
    }


def _moment(moment: datetime | None) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}" if moment else ""
