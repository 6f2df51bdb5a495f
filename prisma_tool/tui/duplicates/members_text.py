"""A record of a cluster with the verdicts that put it there, as text. Pure."""

from __future__ import annotations

from textual.content import Content

from prisma_tool.model.log.events import ENGINE, Event
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import DuplicateVerdict
from prisma_tool.tui.duplicates.pair_text import rule_of
from prisma_tool.tui.sessions.duplicates_session import Member
from prisma_tool.tui.widgets.record_text import QUIET, printed_in

_WORDS = {
    DuplicateVerdict.SAME: "same as",
    DuplicateVerdict.DIFFERENT: "different from",
    DuplicateVerdict.UNSURE: "perhaps the same as",
}


def member_text(member: Member) -> Content:
    """Key and source, title, where it was printed, and every standing verdict about it."""
    record = member.record
    shown = ", shown for its cluster" if record.is_representative and not member.alone else ""
    head = Content.assemble((one_line(record.key), "bold"), f" · {one_line(record.source)}{shown}")
    lines = [one_line(record.citation.title) or "(no title)", printed_in(record.citation)]
    told = [Content.styled(f"  {verdict_text(event, record.key)}", QUIET) for event in member.verdicts]
    return Content("\n").join([head, *(Content(f"  {line}") for line in lines if line), *told])


def verdict_text(event: Event, key: str) -> str:
    """A verdict about `key` in words: `same as pubmed:1: same DOI and title`; a person's carries the name."""
    other = event.text("other") if event.subject == key else event.subject
    words = _WORDS.get(DuplicateVerdict(event.text("verdict")), event.text("verdict"))
    why = rule_of(event.text("reason")) if event.reviewer == ENGINE else f"said {event.reviewer}"
    return one_line(f"{words} {other}: {why}")
