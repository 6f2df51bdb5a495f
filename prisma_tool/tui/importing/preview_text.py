"""What an import would bring, as text: the account, what is to be looked at, the first records. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from prisma_tool.identify.files.declared_search import sentence_of
from prisma_tool.identify.files.import_file import FileReport
from prisma_tool.identify.files.preview import RecordPreview
from prisma_tool.model.text import counted, one_line
from prisma_tool.tui.widgets.record_text import QUIET

_REJECTS_SHOWN = 3
_WARNING = "bold $text-warning"


def preview_text(report: FileReport) -> Content:
    """All that should be seen before a file is stored."""
    parts = [_lines(_account(report)), _lines(_to_look_at(report)), _lines(map(_record, report.preview))]
    return Content("\n\n").join([part for part in parts if part])


def _lines(lines: Iterator[Content]) -> Content:
    return Content("\n").join(list(lines))


def _account(report: FileReport) -> Iterator[Content]:
    yield Content(
        f"{report.declared:,} declared = {report.parsed:,} read + {len(report.rejected):,} rejected; "
        f"{report.new:,} new, {report.seen:,} seen before, {report.changed:,} changed"
    )
    shown = f", shows {one_line(report.platform)}" if report.platform else ""
    yield Content.styled(f"{report.format}, {report.encoding}; counted as {report.kind}{shown}", QUIET)
    yield from (Content.styled(one_line(line), QUIET) for line in (*map(sentence_of, report.searches), *report.search_notes))


def _to_look_at(report: FileReport) -> Iterator[Content]:
    if report.known_file:
        yield Content.styled("This file was imported before; nothing would be added.", _WARNING)
    for line, reason in report.rejected[:_REJECTS_SHOWN]:
        yield Content.styled(f"rejected, line {line:,}: {one_line(reason)}", _WARNING)
    for sentence in (*report.warnings, *(finding.sentence for finding in report.findings)):
        yield Content.styled(f"! {one_line(sentence)}", _WARNING)
    if report.earlier_work is not None:
        yield from map(Content, votes_lines(report))
    elif report.speaking:
        yield Content(
            f"{counted(report.speaking, 'entry carries', 'entries carry')} decisions of reviewers; “Votes” above takes them over."
        )


def votes_lines(report: FileReport) -> list[str]:
    """What the votes in a file come to."""
    work = report.earlier_work
    people = f" by {', '.join(work.reviewers)}" if work.reviewers else ""
    lines = [
        f"{counted(work.decisions, 'decision')}{people}, {counted(work.labels, 'label')}, {counted(work.notes, 'note')}; {work.standing:,} were here before",
        f"{work.implied:,} includes at title/abstract, which decisions at full text imply" if work.implied else "",
        f"{work.kept:,} decisions differ from those made here later or by hand, which stand" if work.kept else "",
        *(f"“{reason}” ({n:,}) is no reason of this review; it is kept as a note" for reason, n in work.noted_reasons.items()),
        *work.problems,
    ]
    return [one_line(line) for line in lines if line]


def _record(record: RecordPreview) -> Content:
    author = f"{one_line(record.authors[0])}{' and others' if len(record.authors) > 1 else ''}" if record.authors else "no author"
    about = ", ".join(filter(None, (author, str(record.year or "no year"), one_line(record.journal))))
    known = " · here already" if record.known else ""
    return Content.assemble((one_line(record.title) or "(no title)", "bold"), "\n", (f"  {about}{known}", QUIET))
