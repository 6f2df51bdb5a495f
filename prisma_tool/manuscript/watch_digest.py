"""The digest of a watch: what is new to screen, what has changed after a decision, how each search went. Pure.

Invariant: every number stands beside what it counts, and where a list is cut short it says by how much.
"""

from __future__ import annotations

from typing import Any

from prisma_tool.errors import ExitCode
from prisma_tool.identify.citations.question import CitationQuestion
from prisma_tool.identify.search.run_report import RunReport
from prisma_tool.manuscript.document.blocks import Block, Document, Heading, Paragraph, Points, Table
from prisma_tool.model.text import counted, one_line
from prisma_tool.model.utc import utc_text
from prisma_tool.updates.changes_since_decision import ChangeSinceDecision
from prisma_tool.updates.watching.citations import CitationRerun
from prisma_tool.updates.watching.watch import WatchReport

_NUMBERS = {"PubMed": "PMID", "Crossref": "DOI"}
NAMED = 5
"""Records that are named as seeds; the run in the search appendix names all."""
NOT_DONE = "not done"
_UNREACHABLE = (
    "not run again: a package that is not installed now searched its source; `prisma-tool plugins` lists those that are."
)
LISTED = 100
"""Reports that are listed by name; `prisma-tool export --set undecided` has all."""


def digest(report: WatchReport, title: str) -> Document:
    """The digest as a document."""
    blocks: list[Block] = [Paragraph(_period(report)), *_new(report), *_changes("Changed after a decision", report.changed)]
    blocks += _changes("Changed earlier and not answered", report.waiting)
    blocks += [Heading(1, "Searches"), *_searches(report), *_citations(report)]
    blocks += [Heading(1, "Retractions"), *_retractions(report)]
    return Document(f"Watch of “{one_line(title) or 'a review without a title'}”", tuple(blocks))


def _period(report: WatchReport) -> str:
    since = f"since {report.since:%Y-%m-%d %H:%M} UTC" if report.since else "for the first time"
    new, changed = counted(len(report.new), "report"), counted(len(report.changed), "change")
    done = (ExitCode.DONE, ExitCode.NEW_TO_SCREEN, ExitCode.DECIDED_CHANGED)
    part = (
        ""
        if report.exit_code in done
        else " This is not all: what follows says which searches or services did not answer to the end."
    )
    return f"Looked on {report.at:%Y-%m-%d %H:%M} UTC, {since}: {new} new to screen, {changed} about decided reports.{part}"


def _new(report: WatchReport) -> list[Block]:
    if not report.new:
        return []
    items = [f"{one.key} ({one.source}): {one.title or '(no title)'}" for one in report.new[:LISTED]]
    more = len(report.new) - LISTED
    return [Heading(1, "New to screen"), Points(tuple(items)), *([Paragraph(f"And {more} more.")] if more > 0 else [])]


def _changes(heading: str, changes: tuple[ChangeSinceDecision, ...]) -> list[Block]:
    items = [_change(one) for one in changes[:LISTED]]
    more = len(changes) - LISTED
    return [Heading(1, heading), Points(tuple(items)), *([Paragraph(f"And {more} more.")] if more > 0 else [])] if items else []


def _change(one: ChangeSinceDecision) -> str:
    """A change in a line, by its record as in `status --attention`: two sources may give one change, each in its own record of a report."""
    shown_as = "" if one.key == one.report else f" (shown as {one.report})"
    waiting = f" Waits for {', '.join(map(one_line, one.waiting))}." if one.waiting else ""
    return f"{one.key}{shown_as}: {one.kind}; {one.after} (before: {one.before}). It was {one.decided}.{waiting}"


def _searches(report: WatchReport) -> list[Block]:
    columns = ("Search", "Source", "Ended", "Reported", "New", "Seen", "Changed", "Vanished")
    blocks: list[Block] = [Table(columns, tuple(map(_row, report.searches)))] if report.searches else []
    if report.unread:
        blocks.append(Paragraph(f"{counted(report.unread, 'search', 'searches')} not begun."))
    warnings = tuple(f"{one_line(one.search)}: {warning}" for one in report.searches for warning in one.warnings)
    warnings += tuple(f"{one_line(name)}: {_UNREACHABLE}" for name in report.unreachable)
    return [*blocks, *([Points(warnings)] if warnings else [])] or [
        Paragraph("review.toml has no searches that are run from here.")
    ]


def _citations(report: WatchReport) -> list[Block]:
    """The citation searches, from which seeds, and what each index gave; nothing where the review has none."""
    if not report.citations:
        return []
    columns = ("From", "Directions", "Indexes", "Ended", "Works", "New", "In the review already")
    remarks = dict.fromkeys(warning for one in report.citations for warning in one.warnings)
    table = Table(columns, tuple(map(_citation_row, report.citations)))
    return [Heading(1, "Citation searches"), table, *([Points(tuple(remarks))] if remarks else [])]


def _citation_row(one: CitationRerun) -> tuple[str, ...]:
    ways, done = " and ".join(one.question.directions), one.report
    if done is None:
        return _origins(one.question), ways, "none", NOT_DONE, "", "", ""
    added = f", {one.added} of them for the first time" if one.added else ""
    came = f"{counted(done.seeds, 'seed')} ({_origins(one.question)}){added}"
    return came, ways, ", ".join(map(one_line, done.indexes)), done.status.value, *map(str, (done.works, done.new, done.known))


def _origins(question: CitationQuestion) -> str:
    """Where the seeds come from, and in how many rounds it goes on from there."""
    named, more = question.origins[:NAMED], len(question.origins) - NAMED
    rounds = f"; {question.rounds} rounds" if question.rounds > 1 else ""
    return f"{', '.join(map(one_line, named))}{f' and {more} more' if more > 0 else ''}{rounds}"


def _row(one: RunReport) -> tuple[str, ...]:
    reported = "unknown" if one.reported is None else str(one.reported)
    counts = (one.new, one.seen, one.changed, one.vanished)
    return (one_line(one.search), one_line(one.source), one.status.value, reported, *map(str, counts))


def _retractions(report: WatchReport) -> list[Block]:
    check = report.retractions
    parts = [
        f"{name} answered about {check.answered[name]} of {counted(number, _NUMBERS[name])}"
        for name, number in check.asked.items()
    ]
    blocks: list[Block] = [
        Paragraph(
            f"Of the reports that passed title/abstract screening, {' and '.join(parts)}; {counted(len(check.new), 'new notice')}."
        )
    ]
    failed = tuple(f"{name} was not asked to the end: {error.message}" for name, error in check.problems.items())
    return [*blocks, *([Points(failed)] if failed else [])]


def digest_json(report: WatchReport) -> dict[str, Any]:
    """The object of `watch --json`."""
    return {
        "at": utc_text(report.at),
        "since": utc_text(report.since) if report.since else None,
        "exit": int(report.exit_code),
        "new": [{"key": one.key, "title": one.title, "source": one.source} for one in report.new],
        "changed": [_change_json(one) for one in report.changed],
        "waiting": [_change_json(one) for one in report.waiting],
        "searches": [
            {
                "search": one.search, "source": one.source, "status": one.status.value, "reported": one.reported, "new": one.new,
                "seen": one.seen, "changed": one.changed, "vanished": one.vanished, "warnings": list(one.warnings),
            }
            for one in report.searches
        ],
        "citations": [_citation_json(one) for one in report.citations],
        "unread": report.unread,
        "unreachable": list(report.unreachable),
        "retractions": {
            "asked": dict(report.retractions.asked),
            "answered": dict(report.retractions.answered),
            "new": [{"key": event.subject, "notice": event.text("notice"), "by": event.text("by")} for event in report.retractions.new],
            "problems": {name: error.message for name, error in report.retractions.problems.items()},
        },
    }  # fmt: skip


def _citation_json(one: CitationRerun) -> dict[str, Any]:
    done = one.report
    return {
        "from": list(one.question.origins),
        "directions": list(one.question.directions),
        "rounds": one.question.rounds,
        "indexes": list(done.indexes) if done else [],
        "status": done.status.value if done else NOT_DONE,
        "seeds": done.seeds if done else 0,
        "seeds_added": one.added,
        "works": done.works if done else 0,
        "new": done.new if done else 0,
        "known": done.known if done else 0,
        "warnings": list(one.warnings),
    }


def _change_json(one: ChangeSinceDecision) -> dict[str, Any]:
    return {
        "key": one.key,
        "report": one.report,
        "kind": one.kind,
        "before": one.before,
        "after": one.after,
        "decided": one.decided,
    }
