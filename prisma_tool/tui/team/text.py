"""The team as text: who has done how much, who waits for whom, the pace, the agreement. Pure.

Invariant: it tells who voted and how many times, never how (counting rule 25, docs/counting.md); names are plain text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from textual.content import Content

from prisma_tool.history.pace import RecentPace
from prisma_tool.model.text import counted, one_line
from prisma_tool.model.vocabulary import Stage
from prisma_tool.team.agreement import sentence
from prisma_tool.team.reviewers import Person, StageWork
from prisma_tool.team.team_status import TeamStatus
from prisma_tool.tui.widgets.progress_line import STAGE_NAMES
from prisma_tool.tui.widgets.record_text import QUIET
from prisma_tool.tui.widgets.text_columns import fitted

_NAME = 24
_HEADS = ("titles", "to do", "texts", "to do", "7 days", "last")
_WIDTHS = (8, 7, 7, 7, 8, 12)


def team_text(status: TeamStatus, pace: Mapping[str, RecentPace]) -> Content:
    """The whole page."""
    parts = [
        _block("People", _people(status, pace)),
        *(_block(STAGE_NAMES[stage], _work(work)) for stage, work in status.work.items()),
    ]
    return Content("\n\n").join([*parts, _block("Agreement", _agreement(status))])


def _block(heading: str, lines: Iterator[Content]) -> Content:
    return Content("\n").join([Content.styled(heading, "bold"), *lines])


def _people(status: TeamStatus, pace: Mapping[str, RecentPace]) -> Iterator[Content]:
    heads = "".join(f"{name:>{width}}" for name, width in zip(_HEADS, _WIDTHS, strict=True))
    yield Content.styled(f"{'':<{_NAME}}{heads}", QUIET)
    for person in status.people:
        yield _person(person, pace.get(person.name))


def _person(person: Person, lately: RecentPace | None) -> Content:
    numbers = [f"{n:,}" for stage in Stage for n in (person.voted[stage], person.owes[stage])]
    texts = [*numbers, f"{lately.decisions:,}" if lately else "0", f"{lately.last:%Y-%m-%d}" if lately else "never"]
    cells = "".join(f"{text:>{width}}" for text, width in zip(texts, _WIDTHS, strict=True))
    return Content.styled(f"{fitted(_named(person), _NAME)}{cells}", "" if person.active else QUIET)


def _named(person: Person) -> str:
    if not person.active:
        return f"{person.name} (has left)"
    others = [role for role in person.roles if role != "reviewer"]
    return f"{person.name} ({', '.join(others)})" if others else person.name


def _work(work: StageWork) -> Iterator[Content]:
    yield Content(f"{counted(work.open, 'report')} open, {work.begun:,} of them with a vote")
    if work.pilot:
        yield Content.styled(f"A pilot round is under way: {work.pilot:,} of its reports are open", "bold")
    for (voted, owes), n in work.waiting.items():
        yield Content(f"{n:,} screened by {one_line(voted)} wait for {one_line(owes)}")
    if work.unassigned:
        yield Content.styled(f"{work.unassigned:,} still have to be assigned: =, then Assign evenly", "bold $text-warning")
    if work.stranded:
        yield Content.styled(
            f"{work.stranded:,} wait for a reviewer who is not there: 9, then Enter, adds one", "bold $text-warning"
        )


def _agreement(status: TeamStatus) -> Iterator[Content]:
    met = [pair for pair in status.agreement if pair.met]
    for pair in met:
        agreement = sentence(pair)
        yield Content(f"{STAGE_NAMES[pair.stage]}: {one_line(pair.a)} and {one_line(pair.b)}: {agreement}")
    if not met:
        yield Content.styled("No report was screened by two yet.", QUIET)
