"""The first page as text: the phases of PRISMA from top to bottom with their counts, what waits, warnings, the next action. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content

from prisma_tool.history.next_step import Overview, Step
from prisma_tool.model.vocabulary import Stage
from prisma_tool.tui.widgets.record_text import QUIET

_NEXT = {
    Step.IMPORT: "Records come by `prisma-tool import FILE --source NAME`, or by a search in review.toml.",
    Step.SEARCH: "Run the searches (2).",
    Step.DUPLICATES: "Join duplicates (3).",
    Step.TITLE_ABSTRACT: "Screen titles and abstracts (4).",
    Step.FULL_TEXT: "Retrieve and assess full texts (5).",
    Step.CONFLICTS: "Settle the conflicts (S).",
    Step.STUDIES: "Link the included reports to their studies (6).",
    Step.FLOW: "Nothing waits: look at the flow diagram (8).",
}
_LABEL_WIDTH, _COUNT_WIDTH = 20, 9


def counted(n: int, one: str, more: str = "") -> str:
    """`1 record`, `1,234 records`."""
    return f"{n:,} {one if n == 1 else more or one + 's'}"


def pipeline(found: Overview) -> Content:
    """The phases, then the warnings, then what to do next."""
    parts = [Content("\n").join(list(_phases(found))), Content("\n").join(list(_warnings(found))), _next(found)]
    return Content("\n\n").join([part for part in parts if part])


def _phases(found: Overview) -> Iterator[Content]:
    mine = found.mine
    yield _phase("Identified", found.records, f"{counted(found.surplus, 'duplicate')} among them, {found.removed:,} removed")
    yield _phase("To be screened", found.unique - found.removed, _waiting(mine[Stage.TITLE_ABSTRACT], found.to_screen))
    yield _phase("Screened out", found.screened_out, "")
    yield _phase("Full texts sought", found.sought, f"{found.seeking:,} to retrieve, {found.not_retrieved:,} not retrieved")
    yield _phase("Assessed", found.assessed, _waiting(mine[Stage.FULL_TEXT], found.to_assess + found.seeking))
    yield _phase("Excluded", found.excluded, _others(found))
    yield _phase(
        "Included", found.included, f"{counted(found.included, 'report')} of {counted(found.studies, 'study', 'studies')}"
    )


def _phase(label: str, n: int, detail: str) -> Content:
    return Content.assemble(
        (f"{label:<{_LABEL_WIDTH}}", "bold"), f"{n:>{_COUNT_WIDTH},}", (f"   {detail}" if detail else "", QUIET)
    )


def _waiting(mine: int, everybody: int) -> str:
    if not everybody and not mine:
        return "none waits"
    return f"{mine:,} {'waits' if mine == 1 else 'wait'} for you" + (f", {everybody:,} in all" if everybody != mine else "")


def _others(found: Overview) -> str:
    said = [f"{n:,} {what}" for n, what in ((found.ongoing, "ongoing"), (found.awaiting, "awaiting classification")) if n]
    return f"beside {' and '.join(said)}" if said else ""


def _warnings(found: Overview) -> Iterator[Content]:
    raised = found.attention
    told = (
        (len(raised.unfinished), "search is not complete", "searches are not complete"),
        (
            len(raised.undelivered),
            "search lacks records that its source reported",
            "searches lack records that their sources reported",
        ),
        (
            found.waiting_for_comparison,
            "record was not compared for duplicates yet",
            "records were not compared for duplicates yet",
        ),
        (found.uncertain_pairs, "pair may be duplicates and waits for a person", "pairs may be duplicates and wait for a person"),
        (len(raised.late), "late duplicate of a decided report", "late duplicates of decided reports"),
        (len(raised.raised), "decided record has changed since (2, then a)", "decided records have changed since (2, then a)"),
        (len(raised.overtaken), "corrected field was changed by its source", "corrected fields were changed by their sources"),
        (found.conflicts, "conflict between reviewers", "conflicts between reviewers"),
        (len(raised.reopening), "closed report is raised for reopening", "closed reports are raised for reopening"),
    )
    for n, one, more in told:
        if n:
            yield Content.styled(f"! {n:,} {one if n == 1 else more}", "bold $text-warning")


def _next(found: Overview) -> Content:
    step = found.next_step
    enter = "" if step is Step.IMPORT else " Enter goes there."
    return Content.assemble(("Next: ", "bold"), _NEXT[step], (enter, QUIET))
