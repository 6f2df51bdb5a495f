"""Beside conflicts and suggested studies stands what they have in common; a value of it narrows the list, by key or by mouse."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from prisma_tool.identify.files.import_file import Import, import_file
from prisma_tool.model.record.citation import Author, Citation
from prisma_tool.model.vocabulary import SourceKind, Stage, Verdict
from prisma_tool.records.facets import with_value
from prisma_tool.records.labels import label
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import Review, create_review, open_review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.screening.queue import read_queue
from prisma_tool.studies import links
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.conflicts.screen import ConflictsScreen
from prisma_tool.tui.record_browser.facet_list import FacetList
from prisma_tool.tui.sessions.adjudication_session import AdjudicationSession
from prisma_tool.tui.sessions.study_links_session import StudyLinksSession
from prisma_tool.tui.studies.panes import ReportsPane

ReviewOf = Callable[..., Review]
TITLES, TEXTS = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
THREE = 'title = "A review"\nreviewers = ["Anna", "Ben", "Cleo"]\n[screening]\nreviewers_per_record = 2\n'
RIS = "".join(f"TY  - JOUR\nTI  - Report {n}\nPY  - 2020\nER  - \n" for n in range(5))


async def settled(pilot: Pilot[None]) -> str:
    for _ in range(4):
        await pilot.app.at_rest()  # type: ignore[attr-defined] # the application of these tests
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
    return "\n".join("".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips())


@pytest.fixture
def disputed(tmp_path: Path) -> Iterator[Review]:
    """Five reports: Anna and Ben disagree on two, Anna and Cleo on one; one waits for its second vote, one is agreed upon."""
    create_review(tmp_path / "review", text=THREE)
    (tmp_path / "embase.ris").write_text(RIS, encoding="utf-8")
    with open_review(tmp_path / "review", Environment(), print) as review:
        import_file(review, tmp_path / "embase.ris", Import("Embase"))
        vote(review)
        yield review


def vote(review: Review) -> None:
    with review.store.read() as transaction:
        keys = read_queue(transaction, TITLES, "Anna").keys
    for key, other in zip(keys, ("Ben", "Ben", "Cleo", "", "Ben"), strict=True):
        decide(review, [Decision(key, TITLES, "Anna", Verdict.INCLUDE)])
        if other:
            decide(review, [Decision(key, TITLES, other, Verdict.INCLUDE if key == keys[4] else Verdict.EXCLUDE)])
    label(review, keys[1], "pilot", "Anna")


def counts_of(pilot: Pilot[None]) -> dict[str, list[tuple[str, int]]]:
    counts = pilot.app.screen.query_one(FacetList).counts
    return {name: [(one.value, one.n) for one in values] for name, values in counts.items()}


async def test_conflicts_are_counted_by_who_disagrees_and_narrowed_by_it_and_esc_shows_all(disputed: Review) -> None:
    async with ReviewApp(disputed, "Anna", "conflicts").run_test(size=(170, 40)) as pilot:
        assert "Conflict 1 of 3" in await settled(pilot)
        assert counts_of(pilot) == {
            "voter": [("Anna", 3), ("Ben", 2), ("Cleo", 1)],
            "votes": [("exclude / include", 3)],
            "stage": [("title-abstract", 3)],
            "label": [("pilot", 1)],
            "source": [("Embase", 3)],
        }
        await pilot.press("tab", "down", "enter")
        shown = await settled(pilot)
        assert "Conflict 1 of 2" in shown
        assert 'with “voter = "Ben"”' in shown
        assert "▸ Ben" in shown
        assert counts_of(pilot)["voter"] == [("Anna", 2), ("Ben", 2)]
        await pilot.press("i")
        assert "Conflict 1 of 1" in await settled(pilot)
        await pilot.press("i")
        shown = await settled(pilot)
        assert 'No other conflict waits with “voter = "Ben"”.' in shown
        assert "No conflicts are left" not in shown
        assert "2 of 3 done" in shown, "what is left out still waits"
        await pilot.press("escape")
        assert "Conflict 1 of 1" in await settled(pilot)
        assert isinstance(pilot.app.screen, ConflictsScreen)


async def test_an_answer_in_a_narrowed_list_is_about_the_conflict_on_the_screen(disputed: Review) -> None:
    async with ReviewApp(disputed, "Anna", "conflicts").run_test(size=(170, 40)) as pilot:
        await settled(pilot)
        screen = pilot.app.screen
        assert isinstance(screen, ConflictsScreen)
        await pilot.press("tab", "down", "down", "enter")
        await settled(pilot)
        assert screen.details is not None
        about = screen.details.conflict.key
        assert {vote.reviewer for vote in screen.details.conflict.votes} == {"Anna", "Cleo"}
        await pilot.press("e")
        await settled(pilot)
        assert screen.session.answers == [(about, TITLES)]


async def test_without_room_there_are_no_facets_until_there_is(disputed: Review) -> None:
    async with ReviewApp(disputed, "Anna", "conflicts").run_test(size=(120, 34)) as pilot:
        assert "Facets" not in await settled(pilot)
        await pilot.press("tab")
        assert "160 columns" in await settled(pilot)
        await pilot.resize_terminal(170, 40)
        assert "Who disagrees" in await settled(pilot)


def test_nothing_of_a_report_that_still_waits_for_a_vote_is_counted(disputed: Review) -> None:
    session = AdjudicationSession(disputed, "Ben")
    assert sum(one.n for one in session.counts(session.items)["votes"]) == 3


def suggested(review_of: ReviewOf, deliver: Callable[..., None]) -> Review:
    """Two suggestions of two reports each, of 2020 and of 2021; a report of the second has a study."""
    review = review_of()
    papers = [
        Citation(
            title=f"Paper {n}",
            authors=(Author("Moreau"),),
            year=2020 + n // 2,
            pmid=f"9900010{n}",
            registry_numbers=(f"NCT9900000{n // 2}",),
        )
        for n in range(4)
    ]
    deliver(review, "PubMed", SourceKind.DATABASE, *papers)
    links.link(review, "Moreau", ["pubmed:99000103"], "Anna")
    return review


def test_suggestions_are_counted_by_study_source_and_year_and_each_count_is_what_is_left(
    review_of: ReviewOf, deliver: Callable[..., None]
) -> None:
    session = StudyLinksSession(suggested(review_of, deliver), "Anna")
    counts = session.counts(session.items)
    assert {name: {one.value: one.n for one in values} for name, values in counts.items()} == {
        "linked": {"has reports": 1, "none yet": 1},
        "source": {"PubMed": 2},
        "year": {"2020": 1, "2021": 1},
    }
    for field, values in counts.items():
        for value, n in values:
            narrowing = session.find(with_value("", field, value))
            assert (len(narrowing.items), narrowing.left_out) == (n, 2 - n)


async def test_suggestions_are_narrowed_by_key(review_of: ReviewOf, deliver: Callable[..., None]) -> None:
    async with ReviewApp(suggested(review_of, deliver), "Anna", "studies").run_test(size=(170, 40)) as pilot:
        assert "Suggestion 1 of 2" in await settled(pilot)
        await pilot.press("shift+tab", "enter")
        shown = await settled(pilot)
        assert "Suggestion 1 of 1" in shown
        assert "with “linked = " in shown
        assert isinstance(pilot.app.screen.focused, ReportsPane), "its keys are about the suggestion again"
        await pilot.press("escape")
        assert "Suggestion 1 of 2" in (await settled(pilot)).replace("Suggestion 2 of 2", "Suggestion 1 of 2")
