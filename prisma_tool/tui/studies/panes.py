"""The two lists of the studies screen: the reports of a suggestion, and the studies that there are.

Invariant: a list redrawn after an action keeps its mark at the same place, so that a key pressed again means the next line, not the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from prisma_tool.tui.frame.key_table import bindings_of
from prisma_tool.tui.sessions.study_links_session import LinkableReport, LinkedStudy
from prisma_tool.tui.studies.keys import ON_REPORTS, ON_STUDIES
from prisma_tool.tui.studies.suggestion_text import linked_text, report_text, study_head


class _ReportList(OptionList):
    """A list that is drawn for the width it gets."""

    def draw(self, mark: int | None) -> None:
        """Draw the lines, with the mark at one of them."""
        options = list(self.options_for(self.scrollable_content_region.width))
        self.clear_options()
        self.add_options(options)
        if mark is not None and options:
            self.highlighted = min(mark, len(options) - 1)

    def options_for(self, width: int) -> Iterator[Option]:
        """The lines of the list at a width."""
        raise NotImplementedError

    def on_resize(self) -> None:
        """Draw for the new width."""
        self.draw(self.highlighted)


class ReportsPane(_ReportList):
    """The reports of one suggestion, each selected or not."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of((ON_REPORTS,))
    reports: Sequence[LinkableReport] = ()

    def show(self, reports: Sequence[LinkableReport]) -> None:
        """Replace what is shown; toggling a report leaves the mark where it is."""
        same = [report.record.key for report in self.reports] == [report.record.key for report in reports]
        self.reports = reports
        self.draw(self.highlighted if same else 0)

    def options_for(self, width: int) -> Iterator[Option]:
        """A report each."""
        return (Option(report_text(report, width)) for report in self.reports)

    @property
    def marked(self) -> LinkableReport | None:
        """The report at the mark."""
        return self.reports[self.highlighted] if self.highlighted is not None else None


class StudiesPane(_ReportList):
    """All studies, each with its reports below it."""

    BINDINGS: ClassVar[list[BindingType]] = bindings_of((ON_STUDIES,))
    _studies_and_reports: tuple[LinkedStudy | LinkableReport, ...] = ()

    def show(self, studies: Iterable[LinkedStudy]) -> None:
        """Replace what is shown."""
        self._studies_and_reports = tuple(line for study in studies for line in _with_reports(study))
        self.draw(self.highlighted)

    def options_for(self, width: int) -> Iterator[Option]:
        """A line for each study, which cannot be marked, and for each of its reports."""
        for line in self._studies_and_reports:
            if isinstance(line, LinkedStudy):
                yield Option(study_head(line), disabled=True)
            else:
                yield Option(linked_text(line, width))

    @property
    def marked(self) -> LinkableReport | None:
        """The report at the mark; None on a study's own line."""
        line = self._studies_and_reports[self.highlighted] if self.highlighted is not None else None
        return line if isinstance(line, LinkableReport) else None


def _with_reports(study: LinkedStudy) -> tuple[LinkedStudy | LinkableReport, ...]:
    return (study, *study.reports)
