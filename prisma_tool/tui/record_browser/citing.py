"""Searching by citation from the screen: agreed to first, watched while it runs, stopped by Escape.

Invariant: nothing is sent before a person agreed; the search runs in a thread and speaks to the screen in messages only.
"""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from prisma_tool.errors import PrismaError
from prisma_tool.identify.citations.run import CitationReport
from prisma_tool.identify.run import services
from prisma_tool.model.text import one_line
from prisma_tool.sources.citations.index import CitationIndex
from prisma_tool.sources.citations.openalex import NO_KEY
from prisma_tool.tui.dialogs.confirm import ConfirmDialog
from prisma_tool.tui.dialogs.working import WorkingDialog
from prisma_tool.tui.frame.place_screen import PlaceScreen
from prisma_tool.tui.sessions.cite_task import CiteTask, cite_words

_SECONDS = 12
_HEADING = "Search by citation"


def offer_citing(screen: PlaceScreen, seeds: Sequence[str]) -> None:
    """Ask whether to search by citation from these records, or from the included reports where none is named; then do it."""
    indexes = services.citation_indexes(screen.workspace.review.environment)
    origin = ", ".join(map(one_line, seeds)) or "all included reports"
    labels = ", ".join(index.label for index in indexes.values())
    what = f"{origin} cites, and what cites it" if len(seeds) == 1 else f"{origin} cite, and what cites them"
    lines = [f"What {what}, is asked of {labels}."]
    lines += [] if "openalex" in indexes else [NO_KEY]
    lines.append("What is new is screened on title/abstract like any record of a search.")
    dialog = ConfirmDialog(_HEADING, Content("\n\n".join(lines)), "asks them")
    screen.app.push_screen(dialog, lambda agreed: _begin(screen, seeds, list(indexes.values())) if agreed else None)


def _begin(screen: PlaceScreen, seeds: Sequence[str], indexes: Sequence[CitationIndex]) -> None:
    task = CiteTask(lambda words: screen.app.call_from_thread(dialog.show, words))
    dialog = WorkingDialog(_HEADING, task.stop)
    screen.app.push_screen(dialog)
    screen.app.run_worker(lambda: _cite(screen, dialog, task, seeds, indexes), thread=True, exclusive=True, group="citing")


def _cite(
    screen: PlaceScreen, dialog: WorkingDialog, task: CiteTask, seeds: Sequence[str], indexes: Sequence[CitationIndex]
) -> None:
    try:
        report = task.run(screen.workspace.review, seeds, indexes)
    except PrismaError as error:
        screen.app.call_from_thread(_refused, screen, dialog, error)
    else:
        screen.app.call_from_thread(_ended, screen, dialog, report)


def _refused(screen: PlaceScreen, dialog: WorkingDialog, error: PrismaError) -> None:
    dialog.dismiss()
    screen.show_error("The citation search could not be done", error)


def _ended(screen: PlaceScreen, dialog: WorkingDialog, report: CitationReport) -> None:
    dialog.dismiss()
    words = " ".join([f"{cite_words(report)}.", *(report.warnings if report.exit_code else ())])
    screen.notify(one_line(words), title=_HEADING, markup=False, timeout=_SECONDS)
