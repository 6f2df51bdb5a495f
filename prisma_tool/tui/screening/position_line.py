"""The line above a record: its place in the list, the reviewer's own verdict, and at full text what became of the retrieval. Pure."""

from __future__ import annotations

from textual.content import Content

from prisma_tool.model.log.events import Event
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.reports.owed_votes import is_open
from prisma_tool.reports.state import Phase
from prisma_tool.screening.queue import QueuedReport
from prisma_tool.tui.sessions.report_on_screen import ReportOnScreen
from prisma_tool.tui.sessions.screening_session import ScreeningSession
from prisma_tool.tui.widgets.record_text import QUIET, day
from prisma_tool.tui.widgets.verdict_look import OF_VERDICT, look_of

_GIVEN = {
    Verdict.INCLUDE: "included",
    Verdict.EXCLUDE: "excluded",
    Verdict.MAYBE: "maybe",
    Verdict.ONGOING: "ongoing",
    Verdict.AWAITING: "awaiting classification",
}


def position_line(session: ScreeningSession, shown: ReportOnScreen | None) -> Content:
    """The line for what is shown; empty after the last record."""
    if shown is None:
        return Content("")
    place = f"Record {session.position + 1:,} of {len(session.path):,}{_narrowed(session)}"
    parts = [(place, QUIET), (_vote(shown.item, session.protocol, session.stage), _vote_style(shown.item))]
    if session.stage is Stage.FULL_TEXT:
        parts.append((_retrieval(shown), ""))
    return Content(" · ").join([Content.styled(text, style) for text, style in parts])


def _narrowed(session: ScreeningSession) -> str:
    """What the queue is narrowed to, so that nobody takes a part for the whole."""
    return f" with “{one_line(session.filter.typed)}”" if session.filter else ""


def _vote_style(item: QueuedReport) -> str:
    return f"bold {look_of(item.vote.text('verdict')).style}" if item.vote else ""


def _vote(item: QueuedReport, protocol: Protocol, stage: Stage) -> str:
    if item.vote is not None:
        return f"{look_of(item.vote.text('verdict')).sign} You: {verdict_text(item.vote, protocol)}, {day(item.vote)}"
    if item.waits:
        return "to decide"
    if is_open(item.report, stage):
        return "in another's share, or after the pilot round; you may still decide"
    missing = item.report.phase is Phase.NOT_RETRIEVED
    return "press p once you have it" if missing else "settled by others; you may still decide"


def given_text(vote: Event, protocol: Protocol, title: str) -> str:
    """What is said of a vote that was stored: `✗ excluded (Wrong population), stored · Its title`."""
    verdict = Verdict(vote.text("verdict"))
    reason = one_line(protocol.reason_label(vote.text("reason")))
    what = f"{OF_VERDICT[verdict].sign} {_GIVEN[verdict]}{f' ({reason})' if reason else ''}, stored"
    return f"{what} · {one_line(title)}" if title else what


def taken_back_text(vote: Event, protocol: Protocol) -> str:
    """What is said of a vote that was taken back: `✗ taken back: exclude (Wrong population) of 3 Feb 2025`."""
    return f"{look_of(vote.text('verdict')).sign} taken back: {verdict_text(vote, protocol)} of {day(vote)}"


def verdict_text(vote: Event, protocol: Protocol) -> str:
    """A vote as people say it: `exclude (Wrong population)`."""
    reason = one_line(protocol.reason_label(vote.text("reason")))
    return f"{one_line(vote.text('verdict'))} ({reason})" if reason else one_line(vote.text("verdict"))


def status_text(status: str) -> str:
    """A retrieval status as people say it: `not retrieved`."""
    return one_line(status).replace("-", " ")


def retrieval_text(shown: ReportOnScreen) -> str:
    """What was last said about the full text: `not retrieved, 3 Feb 2025 (authors asked)`; empty where nothing was."""
    event = shown.retrieval
    if event is None:
        return ""
    note = f" ({one_line(event.text('note'))})" if event.text("note") else ""
    return f"{status_text(event.text('status'))}, {day(event)}{note}"


def _retrieval(shown: ReportOnScreen) -> str:
    if event := retrieval_text(shown):
        return event
    if shown.records[0].citation.is_register_entry:
        return "register entry, needs no retrieval"
    # Nobody has said so, and whether others have voted without saying so is not for this reviewer to see.
    return "full text: not yet (p)" if shown.item.vote is None else "full text: not recorded (p)"
