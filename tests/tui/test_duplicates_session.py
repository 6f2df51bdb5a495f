"""The list of uncertain pairs below the screen: what an answer stores, what it settles along the way, and how it is taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from prisma_tool.dedupe import manual
from prisma_tool.dedupe.run import deduplicate
from prisma_tool.errors import PrismaError, StoreError
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import Review, open_review
from prisma_tool.tui.duplicates.clusters_dialog import member_text
from prisma_tool.tui.duplicates.pair_text import summary
from prisma_tool.tui.duplicates.screen import end_text
from prisma_tool.tui.sessions.duplicates_session import DIFFERENT, SAME, SPLIT, DuplicatesSession
from prisma_tool.tui.sessions.queue_cursor import Progress

ReviewOf = Callable[..., Review]
PAPER = "TY  - JOUR\nTI  - {title}\nAU  - Moreau, Anna\nJF  - Blood\nPY  - 2021\nVL  - {volume}\nSP  - {page}\n{more}ER  - \n"
TITLES = ("Bridging therapy before cell infusion in adults", "Late relapse after transplantation in older people")


def paper(title: int, page: int, volume: int = 5, more: str = "") -> str:
    return PAPER.format(title=TITLES[title], page=page, volume=volume, more=more)


TWO_PAIRS = paper(0, 11) + paper(0, 211) + paper(1, 31) + paper(1, 431)
TWO_AGAINST_ONE = paper(0, 11) + paper(0, 211) + paper(0, 211, more="AB  - Twenty patients.\n")


@pytest.fixture
def pairs_of(review_of: ReviewOf) -> Iterator[Callable[[str], DuplicatesSession]]:
    """The uncertain pairs of RIS text, in a review whose clock goes on by a second whenever it is asked."""
    seconds = count()
    with ExitStack() as stack:

        def make(ris: str) -> DuplicatesSession:
            folder: Path = review_of(ris).folder
            clock = lambda: datetime(2025, 2, 3, 13, tzinfo=UTC) + timedelta(seconds=next(seconds))  # noqa: E731
            review = stack.enter_context(open_review(folder, Environment(), print, now=clock))
            deduplicate(review, lambda: 0.0)
            return DuplicatesSession(review, "Anna")

        yield make


def test_an_answer_is_stored_at_once_and_the_next_pair_takes_its_place(pairs_of: Callable[[str], DuplicatesSession]) -> None:
    pairs = pairs_of(TWO_PAIRS)
    first, second = pairs.items
    pairs.same()
    assert manual.explain(pairs.review, first.a)[0] == sorted((first.a, first.b))
    assert pairs.current == second
    pairs.different()
    assert pairs.current is None
    assert DuplicatesSession(pairs.review, "Ben").items == []
    assert pairs.answered == {SAME: 1, DIFFERENT: 1}
    assert pairs.progress().percent == 100


def test_undo_goes_back_to_the_pair_and_beyond_the_present_sitting(pairs_of: Callable[[str], DuplicatesSession]) -> None:
    pairs = pairs_of(TWO_PAIRS)
    first, second = pairs.items
    pairs.same()
    again = DuplicatesSession(pairs.review, "Anna")
    again.different()
    again.undo()
    assert again.current == second
    again.undo()
    assert again.current == first
    assert again.undo() == []


def test_one_answer_settles_all_pairs_that_ask_about_the_same_two_reports(pairs_of: Callable[[str], DuplicatesSession]) -> None:
    pairs = pairs_of(TWO_AGAINST_ONE)
    asked = list(pairs.items)
    assert len(asked) > 1
    pairs.different()
    assert pairs.items == []
    pairs.undo()
    assert pairs.items == asked
    pairs.same()
    assert pairs.items == []
    pairs.undo()
    assert pairs.items == asked


def test_a_skipped_pair_comes_again_after_the_end_of_the_list(pairs_of: Callable[[str], DuplicatesSession]) -> None:
    pairs = pairs_of(TWO_PAIRS)
    pairs.skip()
    pairs.same()
    assert pairs.current is None
    ended = end_text(pairs.progress(), pairs.answered, pairs.deduplication()).plain
    assert "1 pair left for later" in ended
    pairs.skip()
    assert pairs.position == 0
    assert pairs.current is not None


def test_before_a_comparison_nothing_is_said_to_be_settled(pairs_of: Callable[[str], DuplicatesSession]) -> None:
    pairs = pairs_of(TWO_PAIRS)
    assert pairs.not_compared() == 0
    nothing_left = Progress(0, 0, {}, 0, 0)
    ended = end_text(nothing_left, {}, pairs.deduplication(), 1).plain
    assert "1 record has not been compared for duplicates yet: press R." in ended
    assert "No pair waits" not in ended
    assert "No pair waits" in end_text(nothing_left, {}, pairs.deduplication()).plain


def test_a_record_taken_out_of_its_cluster_stands_alone_until_that_is_undone(
    pairs_of: Callable[[str], DuplicatesSession],
) -> None:
    pairs = pairs_of(TWO_AGAINST_ONE)
    joined = next(member for member in pairs.members() if not member.alone)
    assert "same as" in member_text(joined).plain
    assert len(pairs.split(joined.record.key)) == 1
    assert manual.explain(pairs.review, joined.record.key)[0] == [joined.record.key]
    assert pairs.answered == {SPLIT: 1}
    pairs.undo()
    assert len(manual.explain(pairs.review, joined.record.key)[0]) == 2


def test_a_pair_is_shown_with_its_contents_and_the_records_joined_to_them(pairs_of: Callable[[str], DuplicatesSession]) -> None:
    pair = pairs_of(TWO_AGAINST_ONE).read()
    assert pair is not None
    assert {pair.a.record.citation.title, pair.b.record.citation.title} == {TITLES[0]}
    assert sorted((len(pair.a.others), len(pair.b.others))) == [0, 1]
    assert dict(pair.comparison.findings)["first page"] == "differs"
    assert pair.reason.startswith("same title and author")


def test_same_is_warned_of_where_it_would_join_records_that_contradict_each_other(
    pairs_of: Callable[[str], DuplicatesSession],
) -> None:
    doi = "DO  - 10.5555/{}\n".format
    pair = pairs_of(paper(0, 11, more=doi("a")) + paper(0, 211) + paper(0, 211, more=doi("b"))).read()
    assert pair is not None
    assert [objection.rule for objection in pair.against] == ["different identifiers"]
    assert "! Same would also join" in summary(pair).plain


def test_a_database_that_fails_leaves_list_and_place_as_they_were(pairs_of: Callable[[str], DuplicatesSession]) -> None:
    pairs = pairs_of(TWO_PAIRS)
    before = list(pairs.items)
    for name in ("review.db-wal", "review.db-shm"):
        (pairs.review.folder / name).unlink(missing_ok=True)
    (pairs.review.folder / "review.db").write_bytes(b"no database" * 1000)
    for action in (pairs.same, pairs.different, pairs.undo):
        with pytest.raises(StoreError):
            action()
    with pytest.raises(PrismaError):
        pairs.split(before[0].a)
    assert (pairs.items, pairs.position, pairs.answered) == (before, 0, {})
