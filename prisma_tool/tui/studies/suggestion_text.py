"""Suggestions and studies as text. Pure; text of a record passes `one_line` and reaches `Content` as plain text."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from prisma_tool.model.record.citation import Citation
from prisma_tool.model.text import counted, one_line
from prisma_tool.studies.links import Strength
from prisma_tool.tui.frame.settle_screen import text_page
from prisma_tool.tui.sessions.queue_cursor import Progress
from prisma_tool.tui.sessions.study_links_session import LinkableReport, LinkedStudy, SuggestionDetails
from prisma_tool.tui.widgets.record_text import QUIET, authors, printed_in
from prisma_tool.tui.widgets.verdict_look import standing

_STRENGTH = {Strength.STRONG: "strong grounds", Strength.MEDIUM: "medium grounds: look closely"}


def suggestion_text(details: SuggestionDetails) -> Content:
    """What connects the reports, how strongly, and what they would be called together."""
    suggestion = details.suggestion
    grounds = _STRENGTH.get(suggestion.strength, str(suggestion.strength))
    head = Content.assemble((one_line(suggestion.number), "bold"), f" · {grounds}")
    selected = f"{len(details.selected)} of {len(details.reports)} reports chosen"
    return head + Content(f"\n{selected}; s links them as ") + Content.styled(one_line(details.label), "bold")


def report_text(report: LinkableReport, width: int) -> Content:
    """A suggested report: whether it is selected, title, authors, where printed, why it is suggested, and where it stands."""
    box = "[x] " if report.selected else "[ ] "
    title = Content.styled(_title(report), "bold" if report.selected else QUIET)
    below = [_hanging(" " * len(box), line, width) for line in _about(report) if line]
    return Content("\n").join([_hanging(box, title, width), *below, Content("")])


def _hanging(first: str, text: Content, width: int) -> Content:
    """Text whose further lines begin below its first word."""
    lines = text.wrap(max(1, width - len(first)))
    return Content("\n").join([Content(first if n == 0 else " " * len(first)) + line for n, line in enumerate(lines)])


def _title(report: LinkableReport) -> str:
    return one_line(report.record.citation.title) or "(no title)"


def _about(report: LinkableReport) -> Iterator[Content]:
    citation = report.record.citation
    yield _quiet(" · ".join(filter(None, (authors(citation.authors), printed_in(citation), _results(citation)))))
    yield standing(report.phase) + _quiet(f" · {one_line(report.record.key)}")
    yield _quiet(one_line(report.ground))
    yield _quiet("already in " + ", ".join(map(one_line, report.studies)) if report.studies else "")


def _quiet(text: str) -> Content:
    return Content.styled(text, QUIET)


def _results(citation: Citation) -> str:
    """What a register entry says about its results; empty for a publication."""
    if not citation.is_register_entry:
        return ""
    if citation.trial is None:
        return "register entry"
    return "register entry, results posted" if citation.trial.has_results else "register entry, no results posted"


def study_head(study: LinkedStudy) -> Content:
    """A study's label and how many reports it has."""
    n = len(study.reports)
    return Content.assemble((one_line(study.label), "bold"), (f" · {n:,} {'report' if n == 1 else 'reports'}", QUIET))


def linked_text(report: LinkableReport, width: int) -> Content:
    """A report in the list of studies: key, where it stands, title."""
    key = Content.assemble(standing(report.phase), f" · {one_line(report.record.key)}")
    return Content("\n").join([_hanging("  ", key, width), _hanging("  ", Content.styled(_title(report), QUIET), width)])


def end_text(progress: Progress, linked: int) -> Content:
    """The page after the last suggestion: what was done and what comes next."""
    if progress.waiting:
        return text_page("This is the end of the list.", f"{counted(progress.waiting, 'suggestion')} left: h goes back to them.")
    heading = "All suggestions are answered." if progress.done else "No reports are suggested as one study."
    links = [f"{counted(linked, 'link')} made in this sitting. u takes back the last answer."] if progress.done else []
    return text_page(
        heading,
        *links,
        "",
        "A report that is linked to no study counts as one by itself; =, then “Link reports to a study”, joins what no suggestion names.",
        "",
        "Next: 8 draws the diagram with studies and reports. Tab shows the studies that were linked.",
    )
