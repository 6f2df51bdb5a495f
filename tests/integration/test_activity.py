"""The log in words, page by page, and taking back a decision from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from prisma_tool.dedupe import manual
from prisma_tool.dedupe.run import deduplicate
from prisma_tool.errors import DecisionError
from prisma_tool.fulltext.retrieval import Retrieval, retrieve
from prisma_tool.history.activity import LogEntry, LogFilter, log_page, undo
from prisma_tool.history.event_sentences import sentence
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.vocabulary import RetrievalStatus, Stage, Verdict
from prisma_tool.reports.state import Phase, reports_of
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, add_note, decide
from prisma_tool.store.engine import event_rows

TITLES = Stage.TITLE_ABSTRACT
EVERYTHING = LogFilter()


@pytest.fixture
def review(make_review: Callable[..., Review], deliver: Callable[..., object]) -> Review:
    made = make_review(reviewers=("Ada", "Ben"))
    deliver(made.store, *((str(n), Citation(title=f"Invented [bold]{n}[/bold]")) for n in range(1, 6)))
    return made


def vote(review: Review, n: int, who: str = "Ada", verdict: Verdict = Verdict.EXCLUDE) -> Event:
    return decide(review, [Decision(f"embase:{n}", TITLES, who, verdict, "Wrong population" if verdict == "exclude" else "")])[0]


def entries(review: Review, viewer: str = "Ada", narrowed: LogFilter = EVERYTHING) -> tuple[LogEntry, ...]:
    return log_page(review, viewer, narrowed, 1_000).entries


def told(review: Review, viewer: str = "Ada", narrowed: LogFilter = EVERYTHING) -> list[str]:
    return [entry.words for entry in entries(review, viewer, narrowed)]


def test_what_was_done_reads_as_people_say_it_the_newest_first(review: Review) -> None:
    vote(review, 1)
    add_note(review, "embase:1", "unclear [dose]\nand route", "Ada")
    manual.merge(review, "embase:1", "embase:2", "Ada")
    vote(review, 3, verdict=Verdict.INCLUDE)
    retrieve(review, [Retrieval("embase:3", RetrievalStatus.NOT_RETRIEVED, note="asked")], "Ada")
    assert told(review)[:5] == [
        "Ada marked the full text of embase:3 as not retrieved: asked",
        "Ada included embase:3 at title/abstract",
        "Ada joined embase:1 and embase:2",
        "Ada noted on embase:1: unclear [dose] and route",
        "Ada excluded embase:1 (Wrong population) at title/abstract",
    ]
    assert entries(review)[1].title == "Invented [bold]3[/bold]"
    assert any("noted a changed protocol" in words for words in told(review))
    assert any(entry.kind == "import" for entry in entries(review))


@pytest.mark.parametrize("kind", [*EventKind, "from a later version"])
def test_every_kind_of_event_has_words_whatever_its_payload(kind: str) -> None:
    when = datetime(2025, 2, 3, tzinfo=UTC)
    event = Event("id", kind, "embase:1", "", "Ada", when, when, "1", {})
    words = sentence(event, Protocol())
    assert words.startswith("Ada ")
    assert "\x1b" not in sentence(
        Event("id", kind, "\x1b[31mred", "", "A\nda", when, when, "1", {"text": "\x1b]0;x\x07"}), Protocol()
    )
    assert len(words) > len("Ada ")
    assert "{" not in sentence(event, Protocol(), held_back=True)


def test_pages_join_without_a_gap_or_an_overlap_and_runs_stand_where_they_began(review: Review) -> None:
    for n in (1, 2, 3, 4, 5):
        vote(review, n)
    whole = [entry.id for entry in entries(review)]
    pieces: list[str] = []
    since = None
    while True:
        part = log_page(review, "Ada", EVERYTHING, 2, since)
        pieces += [entry.id for entry in part.entries]
        since = part.further
        if since is None:
            break
    assert pieces == whole
    assert len(whole) == len(set(whole)) == 7, "five decisions, the protocol and the import"


@contextmanager
def statements(review: Review) -> Iterator[list[str]]:
    sent: list[str] = []

    def note(*arguments: object) -> None:
        sent.append(str(arguments[2]))

    sa.event.listen(review.store.engine, "before_cursor_execute", note)
    yield sent
    sa.event.remove(review.store.engine, "before_cursor_execute", note)


def test_the_log_is_read_backwards_from_a_number_and_no_further_than_a_page(review: Review) -> None:
    for n in (1, 2, 3):
        vote(review, n)
    first = log_page(review, "Ada", EVERYTHING, 2)
    with statements(review) as sent:
        log_page(review, "Ada", EVERYTHING, 2, first.further)
    (reading,) = [one for one in sent if "FROM event" in one and "ORDER BY event.number DESC" in one]
    assert "event.number <" in reading
    assert "LIMIT" in reading
    with review.store.read() as transaction:
        plan = transaction.session.execute(
            sa.text("EXPLAIN QUERY PLAN SELECT * FROM event WHERE number < 3 ORDER BY number DESC LIMIT 2")
        ).all()
    assert "USING INDEX ix_event_number" in str(plan)


def test_what_one_run_of_deduplication_joined_is_one_entry_with_all_its_pairs(
    make_review: Callable[..., Review], deliver: Callable[..., object]
) -> None:
    made = make_review(reviewers=("Ada",))
    twice = [
        (f"{n}{side}", Citation(title=f"Invented paper {n}", doi=f"10.5555/{n}", year=2020)) for n in range(3) for side in "ab"
    ]
    deliver(made.store, *twice)
    deduplicate(made, lambda: 0.0)
    (joined,) = entries(made, "Ada", LogFilter(kind="duplicate"))
    assert joined.words == "deduplication joined 3 pairs"
    assert sorted(value for _, value in joined.details) == [f"deduplication joined embase:{n}a and embase:{n}b" for n in range(3)]
    with pytest.raises(DecisionError):
        undo(made, joined.id, "Ada")
    (alone,) = entries(made, "Ada", LogFilter(kind="duplicate", key="embase:1a"))
    assert alone.words.startswith("deduplication joined embase:1a and embase:1b")


def test_entries_are_narrowed_to_a_person_a_kind_and_a_record_with_those_joined_with_it(review: Review) -> None:
    vote(review, 1)
    vote(review, 2, "Ben")
    manual.merge(review, "embase:1", "embase:2", "Ben")
    undo(review, entries(review, narrowed=LogFilter(kind="decision", key="embase:1"))[1].id, "Ada")
    assert {entry.reviewer for entry in entries(review, narrowed=LogFilter(reviewer="Ben"))} == {"Ben"}
    assert {entry.kind for entry in entries(review, narrowed=LogFilter(kind="duplicate"))} == {"duplicate"}
    assert [entry.kind for entry in entries(review, narrowed=LogFilter(kind="import"))] == ["import"]
    about = entries(review, narrowed=LogFilter(key="embase:2"))
    assert [entry.kind for entry in about] == ["undo", "duplicate", "decision", "decision"]
    assert entries(review, narrowed=LogFilter(key="embase:4")) == ()
    with pytest.raises(DecisionError, match="no record nonsense"):
        entries(review, narrowed=LogFilter(key="nonsense"))


def test_anothers_vote_is_told_without_its_verdict_until_the_viewer_has_voted(review: Review) -> None:
    ballot = vote(review, 1, "Ben")
    add_note(review, "embase:1", "surely out", "Ben")
    undo(review, ballot.id, "Ben")
    vote(review, 1, "Ben")
    shown = entries(review)
    assert [entry.words for entry in shown][:4] == [
        "Ben voted on embase:1 at title/abstract (shown once you have voted)",
        "Ben took back a vote or note on embase:1",
        "Ben wrote a note on embase:1 at title/abstract (shown once you have voted)",
        "Ben voted on embase:1 at title/abstract (shown once you have voted)",
    ]
    assert all(entry.details == () for entry in shown[:4])
    assert "Wrong population" not in str(shown[:4])
    assert "wrong-population" not in str(shown[:4])
    vote(review, 1)
    assert "Ben took back: excluded embase:1 (Wrong population) at title/abstract" in told(review)
    assert "Ben noted on embase:1: surely out" in told(review)


def test_a_decision_is_taken_back_by_its_reviewer_alone_and_once(review: Review) -> None:
    first = vote(review, 1)
    with pytest.raises(DecisionError, match="Ada's decision"):
        undo(review, first.id, "Ben")
    undo(review, first.id, "Ada")
    assert told(review)[0] == "Ada took back: excluded embase:1 (Wrong population) at title/abstract"
    assert [entry.undone for entry in entries(review)][:2] == [False, True]
    with review.store.read() as transaction:
        assert reports_of(transaction, ["embase:1"])["embase:1"].phase is Phase.SCREENING
        undos = list(event_rows.events(transaction, kinds=[EventKind.UNDO]))
    assert [event.subject for event in undos] == [first.id]
    with pytest.raises(DecisionError, match="already"):
        undo(review, first.id, "Ada")


def test_what_is_no_decision_or_was_replaced_is_not_taken_back_here(review: Review) -> None:
    first = vote(review, 1)
    vote(review, 1, verdict=Verdict.INCLUDE)
    with pytest.raises(DecisionError, match="later decision"):
        undo(review, first.id, "Ada")
    add_note(review, "embase:1", "mine", "Ada")
    with pytest.raises(DecisionError, match="Only decisions"):
        undo(review, entries(review)[0].id, "Ada")
    with pytest.raises(DecisionError, match="no event"):
        undo(review, "nonsense", "Ada")


def test_what_one_act_did_to_many_records_is_one_entry_and_what_two_acts_did_are_two(review: Review) -> None:
    both = [Retrieval(f"embase:{n}", RetrievalStatus.NOT_RETRIEVED, note="asked") for n in (1, 2)]
    for n in (1, 2, 3):
        vote(review, n, verdict=Verdict.INCLUDE)
    retrieve(review, both, "Ada")
    retrieve(review, [Retrieval("embase:3", RetrievalStatus.NOT_RETRIEVED, note="asked")], "Ada")
    newest, before, *_ = entries(review)
    assert newest.words == "Ada marked the full text of embase:3 as not retrieved: asked"
    assert (before.words, before.n, before.subject) == ("Ada marked the full text of 2 records as not retrieved: asked", 2, "")
    assert [value for name, value in before.details if name == "record"] == [
        f"embase:{n} Invented [bold]{n}[/bold]" for n in (2, 1)
    ]
    about_one = told(review, narrowed=LogFilter(key="embase:1"))
    assert about_one[0] == "Ada marked the full text of embase:1 as not retrieved: asked"
