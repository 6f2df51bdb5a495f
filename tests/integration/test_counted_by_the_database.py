"""What the database counts is what comes out report by report, whatever happened."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import pytest
from histories import History, Memory, Step, steps
from hypothesis import HealthCheck, given, settings

from prisma_tool.errors import PrismaError
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.vocabulary import Stage
from prisma_tool.reports.counted_state import load_counted_state
from prisma_tool.reports.owed_votes import is_open, owed_votes
from prisma_tool.reports.state import Report, ReviewState, load_review_state
from prisma_tool.screening.adjudication import conflict_stage
from prisma_tool.screening.decisions import undo_last
from prisma_tool.store.engine.database import Store, Transaction
from prisma_tool.store.records import report_rows
from prisma_tool.team.ratings import pair_ratings
from prisma_tool.team.reviewers import people
from prisma_tool.team.shared_ratings import shared_ratings
from prisma_tool.team.stage_reports import standing_reports, votes_on

if TYPE_CHECKING:
    from tests.integration.conftest import Bench

PAIR = {"reviewers_per_record = 1": "reviewers_per_record = 2"}
CHANGES = ("include", "exclude", "maybe")


def tally(reports: Iterable[Report]) -> Counter[Any]:
    """How many reports there are of each kind, by all that is said of them without naming them."""
    kinds: Counter[Any] = Counter()
    for report in reports:
        said = (
            report.left,
            report.phase,
            report.title_abstract,
            report.full_text,
            report.reason,
            report.reasons_differ,
            report.studies,
        )
        kinds[said, report.only_cited] += report.n
    return kinds


def assert_counted_as_listed(transaction: Transaction) -> None:
    listed = load_review_state(transaction)
    for assessed in (False, True):
        assert_counted_as(load_counted_state(transaction, assessed=assessed), listed)
    assert_conflicts_are_asked_for(transaction, listed)
    for stage in Stage:
        assert_work_is_counted(transaction, listed, stage)


def assert_conflicts_are_asked_for(transaction: Transaction, listed: ReviewState) -> None:
    report_by_key = {report.key: report for report in listed.reports}
    asked = [report_by_key[key] for key in report_rows.clusters_in_conflict(transaction)]
    in_conflict = [report for report in listed.reports if conflict_stage(report) is not None]
    assert [report for report in asked if conflict_stage(report) is not None] == in_conflict


def assert_work_is_counted(transaction: Transaction, listed: ReviewState, stage: Stage) -> None:
    open_reports = [report for report in listed.reports if is_open(report, stage)]
    owed = owed_votes(transaction, stage)
    persons, work = people(transaction)
    assert work[stage].open == len(open_reports)
    assert work[stage].begun == sum(report.key in owed.voters for report in open_reports)
    assert work[stage].stranded == sum(map(owed.stranded, open_reports))
    assert work[stage].pilot == sum(report.key in (owed.pilot or ()) for report in open_reports)
    wanted = Counter(name for report in open_reports for name in owed.reviewers_owing(report))
    assert {person.name: person.owes[stage] for person in persons} == {person.name: wanted[person.name] for person in persons}
    missing = sum(bool(owed.reviewers_owing(report)) for report in open_reports if report.key in owed.voters)
    assert sum(work[stage].waiting.values()) == missing


def assert_counted_as(counted: ReviewState, listed: ReviewState) -> None:
    assert tally(counted.reports) == tally(listed.reports)
    assert counted.record_number == listed.record_number
    assert counted.uncertain_pairs == listed.uncertain_pairs
    assert counted.totals is not None
    assert sum(counted.totals.surplus.values()) == listed.record_number - len(listed.reports)
    named = [report.key for report in counted.reports if report.key]
    assert named == [report.key for report in listed.reports if report.key in named]


def shared_as_single(transaction: Transaction, stage: Stage) -> bool:
    """Whether the ratings were counted by the database; if so, they are those of the reports one by one."""
    shared = shared_ratings(transaction, stage)
    if shared is None:
        return False
    reports = standing_reports(transaction, stage)
    votes = votes_on(transaction, reports)
    single = pair_ratings(transaction, reports, votes.cast)
    assert sorted(repr(rated) for rated, n in shared.rated for _ in range(n)) == sorted(map(repr, single.values()))
    assert shared.voters == votes.voters
    return True


def assert_counted(past: History, happened: list[Step]) -> None:
    for step in happened:
        past.happen(step)
    with past.store.read() as transaction:
        assert_counted_as_listed(transaction)
        for stage in Stage:
            shared_as_single(transaction, stage)


@settings(max_examples=50)
@given(happened=steps(6))
def test_reports_are_counted_as_they_are_listed_after_any_history(in_memory: Memory, happened: list[Step]) -> None:
    assert_counted(in_memory.begun(), happened)


@pytest.mark.parametrize("database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(happened=steps(12))
def test_reports_are_counted_as_they_are_listed_on_postgresql(store: Store, happened: list[Step]) -> None:
    past = History(store)
    past.begin()
    assert_counted(past, happened)


@pytest.fixture
def pair(make_bench: Callable[..., Bench]) -> Bench:
    bench = make_bench(reviewers=("Ada", "Ben", "Cem"), toml_edits=PAIR)
    bench.given("Embase", *map(str, range(12)))
    bench.dedupe()
    return bench


@pytest.mark.parametrize("seed", range(2))
def test_ratings_that_many_reports_share_are_those_of_each(pair: Bench, seed: int) -> None:
    draw = random.Random(seed)
    for _ in range(60):
        name = draw.choice(("Ada", "Ben"))
        pair.vote(draw.choice(CHANGES), f"embase:{draw.randrange(12)}", by=name)
        if draw.random() < 0.1:
            with suppress(PrismaError):
                undo_last(pair.review, name, Stage.TITLE_ABSTRACT)
    with pair.review.store.read() as transaction:
        assert shared_as_single(transaction, Stage.TITLE_ABSTRACT)
        assert shared_as_single(transaction, Stage.FULL_TEXT)
        assert_counted_as_listed(transaction)


def test_a_report_that_was_taken_out_after_one_vote_waits_for_nobody(pair: Bench) -> None:
    for key in ("embase:1", "embase:2"):
        pair.vote("include", key, by="Ada")
    pair.stated(EventKind.REMOVAL, "embase:1", removed=True)
    with pair.review.store.read() as transaction:
        assert_counted_as_listed(transaction)
        _, work = people(transaction)
    assert (work[Stage.TITLE_ABSTRACT].open, work[Stage.TITLE_ABSTRACT].begun) == (11, 1)


def test_ratings_are_not_shared_where_a_third_person_could_have_known_the_outcome(pair: Bench) -> None:
    for key in ("embase:1", "embase:2"):
        for name in ("Ada", "Ben", "Cem"):
            pair.vote("include", key, by=name)
    with pair.review.store.read() as transaction:
        assert not shared_as_single(transaction, Stage.TITLE_ABSTRACT)
