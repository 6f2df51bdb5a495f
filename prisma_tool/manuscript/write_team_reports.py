"""The reports about the team, agreement and methods, as data and in files; the suffix of a file says how it is written."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from prisma_tool.errors import UsageError
from prisma_tool.file_io import write_atomically
from prisma_tool.manuscript import agreement_table
from prisma_tool.manuscript.agreement_table import Parts
from prisma_tool.manuscript.document.blocks import Document
from prisma_tool.manuscript.document.docx import render_word
from prisma_tool.manuscript.document.markdown import render_markdown
from prisma_tool.manuscript.methods import text
from prisma_tool.manuscript.methods.facts import MethodsFacts
from prisma_tool.model.utc import utc_text
from prisma_tool.team.agreement import ReportSubset, overall_json, pair_json
from prisma_tool.team.screening_facts import StageMethods

Writers = Mapping[str, Callable[[], bytes]]


def agreement_writers(parts: Parts) -> Writers:
    """What writes the agreement, by suffix; .csv is the table of pairs over all reports."""
    return {
        **_writers(agreement_table.document(parts)),
        ".txt": "\n".join([*agreement_table.lines(parts), ""]).encode,
        ".csv": lambda: agreement_table.as_csv([pair for stage in parts[ReportSubset.ALL] for pair in stage.pairs]).encode(),
    }


def methods_writers(facts: MethodsFacts) -> Writers:
    """What writes the methods section, by suffix."""
    return {**_writers(text.document(facts)), ".txt": f"{text.plain_text(facts)}\n".encode}


def methods_json(facts: MethodsFacts) -> dict[str, Any]:
    """The object of `report methods --json`."""
    return {
        "version": facts.version.closed.label if facts.version.closed else None,
        "sentences": text.sentences(facts),
        "sections": [{"heading": section.heading, "sentences": section.sentences} for section in text.sections(facts)],
        "stages": {stage.stage.value: _stage_json(stage) for stage in facts.stages},
        "unscreened": facts.stopping.unscreened,
        **asdict(facts.log),
    }


def _stage_json(stage: StageMethods) -> dict[str, Any]:
    return {
        "reports": stage.reports,
        "by_one": stage.by_people.get(1, 0),
        "by_two": stage.by_people.get(2, 0),
        "by_more": sum(count for n, count in stage.by_people.items() if n > 2),  # noqa: PLR2004 - one, two, more
        "by_tools": stage.by_tools,
        "unvoted": stage.unvoted,
        "earlier": stage.earlier,
        "disputed": stage.disputed,
        "begun": stage.begun,
        "reviewers": list(stage.people),
        "first": utc_text(stage.first) if stage.first else None,
        "last": utc_text(stage.last) if stage.last else None,
        "tool_versions": list(stage.tool_versions),
        "blind": stage.blind,
        "disagreements": stage.disagreements.as_json(),
        "without_access": {str(n): count for n, count in stage.without_access.items()},
        "imported": [part.as_json() for part in stage.imported],
        "independence": asdict(stage.independence),
        "blinding": [{**one.change.as_json(), "votes_since": one.votes, "reports_since": one.reports} for one in stage.blinding],
        "votes": stage.votes.as_json(),
        "agreement": [pair_json(pair) for pair in stage.agreement.pairs if pair.met],
        "overall": overall_json(stage.agreement.overall) if stage.agreement.overall else None,
        "pilot": stage.pilot,
    }


def _writers(document: Document) -> dict[str, Callable[[], bytes]]:
    return {".md": lambda: render_markdown(document).encode(), ".docx": lambda: render_word(document)}


def write(writers: Writers, paths: Sequence[Path], what: str) -> None:
    """Write to each of `paths`; nothing is written before all are made.

    Raises:
        UsageError: no writer has this suffix.
        PrismaError: a file cannot be written.
    """
    unknown = [path for path in paths if path.suffix.lower() not in writers]
    if unknown:
        raise UsageError(f"{unknown[0]}: {what} is written as {', '.join(writers)}; choose one of these suffixes.")
    made = [(path, writers[path.suffix.lower()]()) for path in paths]
    for path, data in made:
        write_atomically(path, data)
