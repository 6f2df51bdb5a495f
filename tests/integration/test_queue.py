"""The queue as it is read in one go agrees with the classification of every report, whatever has happened."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from standing_ready import empty_database

from prisma_tool.dedupe import manual
from prisma_tool.errors import PrismaError
from prisma_tool.fulltext.retrieval import Retrieval, retrieve
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.record.keys import CITATION_INDEXES, slug
from prisma_tool.model.vocabulary import RetrievalStatus, SourceKind, Stage, Verdict
from prisma_tool.reports.owed_votes import owed_votes
from prisma_tool.reports.state import load_review_state
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import Review, create_review, open_review
from prisma_tool.screening.decisions import Decision, decide, undo_last
from prisma_tool.screening.queue import Queue, QueueMark, current_marks, first_waiting, mark_of, queued_report, read_queue
from prisma_tool.screening.removal import RemovalRequest, RemovedAs, remove
from prisma_tool.store.queues import queues
from prisma_tool.store.records import records
from prisma_tool.store.runs import runs
from prisma_tool.team import pilot
from prisma_tool.team.assignment import AssignmentRequest, assign
from prisma_tool.team.reviewers import retire, take_again

SOURCES = (
    ("PubMed", SourceKind.DATABASE),
    ("Embase", SourceKind.DATABASE),
    ("Websites", SourceKind.WEBSITE),
    (CITATION_INDEXES, SourceKind.CITATION),
)
KEYS = [f"{slug(name)}:{number}" for name, _ in SOURCES for number in range(3)]
PEOPLE = ("Ada", "Ben")
keys, people = st.sampled_from(KEYS), st.sampled_from(PEOPLE)
DEEDS = st.lists(
    st.one_of(
        st.tuples(st.just("decide"), keys, people, st.sampled_from(Stage), st.sampled_from(Verdict)),
        st.tuples(st.just("undo"), people, st.sampled_from(Stage)),
        st.tuples(st.just("merge"), keys, keys),
        st.tuples(st.just("split"), keys),
        st.tuples(st.just("remove"), keys),
        st.tuples(st.just("put back"), keys),
        st.tuples(st.just("retrieve"), keys, st.sampled_from(RetrievalStatus)),
        st.tuples(st.just("pilot"), st.integers(1, 3)),
        st.tuples(st.just("open"), st.sampled_from(Stage)),
        st.tuples(st.just("assign"), keys, people, st.sampled_from(Stage), st.booleans()),
        st.tuples(st.just("retire"), people),
        st.tuples(st.just("return"), people),
    ),
    max_size=25,
)


def fill(review: Review) -> None:
    with review.store.write() as transaction:
        for name, kind in SOURCES:
            source = runs.register_source(transaction, name, kind)
            run = runs.begin_run(transaction, source.slug)
            deliveries = [records.Delivery(source.slug, str(n), Citation(title=f"{name} {n}")) for n in range(3)]
            records.store_batch(transaction, run.id, deliveries)


def do(review: Review, deed: tuple[Any, ...]) -> None:
    """Do it, if the rules allow it."""
    with suppress(PrismaError):
        match deed:
            case ("decide", key, person, stage, verdict):
                reason = "Wrong outcome" if (stage, verdict) == (Stage.FULL_TEXT, Verdict.EXCLUDE) else ""
                decide(review, [Decision(key, stage, person, verdict, reason)])
            case ("undo", person, stage):
                undo_last(review, person, stage)
            case ("merge", a, b):
                manual.merge(review, a, b, "Ada")
            case ("split", key):
                manual.split(review, key, "Ada")
            case (("remove" | "put back") as what, key):
                undo = what == "put back"
                remove(
                    review,
                    RemovalRequest("Ada", (key,), undo=True)
                    if undo
                    else RemovalRequest("Ada", (key,), "", RemovedAs.OTHER, "by mistake"),
                )
            case ("retrieve", key, status):
                retrieve(review, [Retrieval(key, status)], "Ada")


def arrange(review: Review, deed: tuple[Any, ...]) -> None:
    """Change who screens what, if the rules allow it."""
    with suppress(PrismaError):
        match deed:
            case ("pilot", n):
                pilot.start(review, Stage.TITLE_ABSTRACT, "Ada", n)
            case ("open", stage):
                pilot.close(review, stage, "Ada", force=True)
            case ("assign", key, person, stage, undo):
                assign(review, AssignmentRequest(stage, "Ada", person, keys=(key,), undo=undo))
            case ("retire", person):
                retire(review, person, "Ada")
            case ("return", person):
                take_again(review, person, "Ada")


def classified(review: Review, stage: Stage, reviewer: str) -> list[tuple[str, QueueMark]]:
    """Every report of the stage by the one classification that status and flow share."""
    with review.store.read() as transaction:
        own = queues.own_verdicts(transaction, stage, reviewer)
        asked = owed_votes(transaction, stage, reviewer)
        reports = load_review_state(transaction).reports
        marked = [
            (one.key, mark_of(one, own.get(one.key), stage, asked=reviewer in asked.reviewers_owing(one))) for one in reports
        ]
    return [(key, mark) for key, mark in marked if mark is not QueueMark.NOT_AT_STAGE]


def listed(queue: Queue) -> list[tuple[str, QueueMark]]:
    return list(zip(queue.keys, map(QueueMark, queue.marks), strict=True))


@settings(max_examples=25)
@given(deeds=DEEDS, quorum=st.sampled_from((1, 2)), split=st.sampled_from(("shared", "halves", "assignment")))
def test_the_queue_holds_what_the_classification_says_after_any_history(
    deeds: list[tuple[Any, ...]], quorum: int, split: str
) -> None:
    text = f'reviewers = ["Ada", "Ben"]\n[screening]\nreviewers_per_record = {quorum}\nsplit = "{split}"\n'
    with TemporaryDirectory() as folder:
        create_review(Path(folder) / "review", text=text)
        (Path(folder) / "review" / "review.db").write_bytes(empty_database())
        with open_review(Path(folder) / "review", Environment(), print) as review:
            fill(review)
            for deed in deeds:
                do(review, deed)
                arrange(review, deed)
            check(review)


def begins_at(queue: Queue, last: str) -> str | None:
    """Where somebody who looked at `last` begins, in the whole queue: there, or at the next that waits, or at the first."""
    place = queue.waiting(range(len(queue)), queue.place(last) or 0)
    place = queue.waiting(range(len(queue)), 0) if place is None else place
    return None if place is None else queue.keys[place]


def check(review: Review) -> None:
    for stage in Stage:
        expected = classified(review, stage, "Ada")
        with review.store.read() as transaction:
            queue = read_queue(transaction, stage, "Ada")
            assert listed(queue) == expected
            assert [queue.count(mark) for mark in QueueMark] == [queue.marks.count(mark) for mark in QueueMark]
            now = current_marks(transaction, stage, "Ada", KEYS)
            assert {key: mark for key, mark in now.items() if mark is not QueueMark.NOT_AT_STAGE} == dict(expected)
            for last in ("", *KEYS):
                first = first_waiting(transaction, stage, "Ada", last)
                assert first in (None, begins_at(queue, last)), (last, first)
            assert first_waiting(transaction, stage, "Ada", "") == begins_at(queue, "")
            for key, mark in expected:
                one = queued_report(transaction, stage, "Ada", key)
                assert one is not None
                assert one.waits == (mark is QueueMark.WAITS)
