"""The first page as text: the phases of PRISMA from top to bottom with their counts, what waits, warnings, the next action. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from textual.content import Content

from prisma_tool.history.overview import Overview, Step
from prisma_tool.identify.citations.question import command_again
from prisma_tool.model.protocol.protocol import CITATION_SEARCH
from prisma_tool.model.text import counted, one_line
from prisma_tool.model.vocabulary import Stage
from prisma_tool.tui.widgets.record_text import QUIET

_NEXT = {
    Step.IMPORT: "Import the files that databases exported (+), or write a search into review.toml (9).",
    Step.SEARCH: "Run the searches (2).",
    Step.DUPLICATES: "Join duplicates (3).",
    Step.TITLE_ABSTRACT: "Screen titles and abstracts (4).",
    Step.FULL_TEXT: "Retrieve and assess full texts (5).",
    Step.CONFLICTS: "Settle the conflicts (S).",
    Step.STUDIES: "Link the included reports to their studies (6).",
    Step.FLOW: "Nothing waits: look at the flow diagram (8).",
}
_LABEL_WIDTH, _COUNT_WIDTH = 20, 9


@dataclass(frozen=True, slots=True)
class JoinsToLookAt:
    """Joined pairs that are least certain and that the reviewer has not seen yet; `until` is when the newest came to be (`Event.order`)."""

    least_certain: int
    by_earlier_rules: int
    until: int


NO_JOINS = JoinsToLookAt(0, 0, 0)


def pipeline(overview: Overview, joins: JoinsToLookAt = NO_JOINS) -> Content:
    """The phases, then the warnings, then what to do next, then what may be put away."""
    parts = [
        Content("\n").join(list(_phases(overview))),
        Content("\n").join(list(_warnings(overview))),
        _next(overview),
        _joins(joins),
    ]
    return Content("\n\n").join([part for part in parts if part])


def _joins(joins: JoinsToLookAt) -> Content:
    if not joins.least_certain:
        return Content("")
    n = joins.least_certain
    earlier = f", {joins.by_earlier_rules:,} of them by earlier rules" if joins.by_earlier_rules else ""
    sentence = f"{counted(n, 'joined pair')} {'is' if n == 1 else 'are'} least certain{earlier}."
    return Content.assemble(sentence, (" 3, then Tab, shows them; x puts this note away.", QUIET))


def _phases(overview: Overview) -> Iterator[Content]:
    mine, unique = overview.mine, overview.unique - overview.removed
    yield _phase("Identified", overview.records, _taken_out(overview))
    yield _phase(
        "To screen",
        overview.to_screen,
        f"of {unique:,}{_yours(mine[Stage.TITLE_ABSTRACT], overview.to_screen)}" if unique else "",
    )
    yield _phase("Screened out", overview.screened_out, "")
    yield _phase(
        "Full texts sought", overview.sought, _some((overview.seeking, "to retrieve"), (overview.not_retrieved, "not retrieved"))
    )
    waiting = overview.to_assess + overview.seeking
    yield _phase(
        "Assessed", overview.assessed, f"{waiting:,} to assess{_yours(mine[Stage.FULL_TEXT], waiting)}" if waiting else ""
    )
    yield _phase("Excluded", overview.excluded, _others(overview))
    yield _phase(
        "Included", overview.included, f"of {counted(overview.studies, 'study', 'studies')}" if overview.included else ""
    )


def _phase(label: str, n: int, detail: str) -> Content:
    """A line; where there is nothing yet it is dim."""
    number = f"{n:>{_COUNT_WIDTH},}"
    if not n and not detail:
        return Content.styled(f"{label:<{_LABEL_WIDTH}}{number}", QUIET)
    return Content.assemble((f"{label:<{_LABEL_WIDTH}}", "bold"), number, (f"   {detail}" if detail else "", QUIET))


def _taken_out(overview: Overview) -> str:
    joined = f"{counted(overview.surplus, 'duplicate')} joined" if overview.surplus else ""
    removed = f"{overview.removed:,} removed before screening" if overview.removed else ""
    return ", ".join(filter(None, (joined, removed)))


def _some(*counts: tuple[int, str]) -> str:
    """Those of the counts that are not zero."""
    return ", ".join(f"{n:,} {what}" for n, what in counts if n)


def _yours(mine: int, everybody: int) -> str:
    """How much of what waits is the reviewer's; nothing where all or none of it is."""
    if not everybody:
        return ""
    return "" if mine == everybody else f", {mine:,} by you"


def _others(overview: Overview) -> str:
    others = [f"{n:,} {what}" for n, what in ((overview.ongoing, "ongoing"), (overview.awaiting, "awaiting classification")) if n]
    return f"beside {' and '.join(others)}" if others else ""


def _warnings(overview: Overview) -> Iterator[Content]:
    open_items = overview.open_items
    by_citation = [state for state in open_items.unfinished if state.search == CITATION_SEARCH]
    not_given = [number for state in open_items.undelivered if state.search == CITATION_SEARCH for number in state.undelivered]
    of_protocol = len(open_items.unfinished) - len(by_citation)
    warnings = (
        (of_protocol, "search is not complete", "searches are not complete", "2, then R, goes on with it"),
        *(
            (
                1,
                "citation search is not complete",
                "",
                f"`{one_line(command_again(state.search, state.service))}` goes on with it",
            )
            for state in by_citation
        ),
        (
            sum(state.search != CITATION_SEARCH for state in open_items.undelivered),
            "search lacks records that its source reported",
            "searches lack records that their sources reported",
            "2 shows which, R asks again",
        ),
        (
            len(not_given),
            "work is named by a citation index that does not give it",
            "works are named by citation indexes that do not give them",
            "`prisma-tool status --attention` lists them",
        ),
        (
            overview.waiting_for_comparison,
            "record was not compared for duplicates yet",
            "records were not compared for duplicates yet",
            "3, then R, compares",
        ),
        (
            overview.uncertain_pairs,
            "pair may be duplicates and waits for a person",
            "pairs may be duplicates and wait for a person",
            "3, then s or d, settles each",
        ),
        (
            len(open_items.late_duplicates),
            "late duplicate of a decided report",
            "late duplicates of decided reports",
            "7, then K, lists duplicates; all votes are kept",
        ),
        (
            len(open_items.changes),
            "decided record has changed since",
            "decided records have changed since",
            "2, then !, lists them",
        ),
        (
            len(open_items.superseded_corrections),
            "corrected field was changed by its source",
            "corrected fields were changed by their sources",
            "your corrections stand",
        ),
        (overview.conflicts, "conflict between reviewers", "conflicts between reviewers", "S settles them"),
        (
            len(open_items.reopening),
            "closed report is raised for reopening",
            "closed reports are raised for reopening",
            "deciding on it reopens it",
        ),
        (
            len(open_items.future_events),
            "event lies in the future by this computer's clock",
            "events lie in the future by this computer's clock",
            "check the clock of this computer",
        ),
    )
    for n, singular, plural, way in warnings:
        if n:
            yield Content.assemble(
                (f"! {n:,} {singular if n == 1 else plural}", "bold $text-warning"), (f"  {way}" if way else "", QUIET)
            )


def _next(overview: Overview) -> Content:
    step = overview.next_step
    enter = " Enter asks for them." if step is Step.IMPORT else " Enter goes there."
    return Content.assemble(("Next: ", "bold"), _NEXT[step], (enter, QUIET))
