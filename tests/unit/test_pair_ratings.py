"""Reports on which the same was said in the same order are rated together only where that gives what each alone would get."""

from __future__ import annotations

from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.model.log.events import Channel
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.protocol.rules import StageRules
from prisma_tool.store.queues.vote_history import CastVote
from prisma_tool.team.blinding_log import BlindingLog, RulesPeriod
from prisma_tool.team.ratings import Rater, ratings_of_report

PROTOCOL = Protocol(reviewers=("Ada", "Ben", "Cem"))
LAST = 40

rules = st.builds(StageRules, reviewers_per_record=st.integers(1, 3), blind=st.booleans())
DAY = datetime(2026, 3, 1, tzinfo=UTC)
ways = st.sampled_from(
    [
        (Channel.COMMAND_LINE, ""),
        (Channel.COMMAND_LINE, ""),
        (Channel.FILE, ""),
        (Channel.FILE, "Rayyan"),
        (Channel.UNKNOWN, "Rayyan"),
    ]
)
votes = st.tuples(
    st.sampled_from(PROTOCOL.reviewers),
    st.sampled_from(["include", "exclude"]),
    st.booleans(),
    st.sampled_from([None, None, 5]),
    ways,
)


def cast_vote(  # noqa: PLR0913 - what a vote says, and where and how it was given
    report: str, name: str, verdict: str, place: int, *, back: int | None = None, blind: bool = True,
    via: Channel = Channel.COMMAND_LINE, origin: str = "",
) -> CastVote:  # fmt: skip
    """A vote at a place in the order of events, taken back so many places later."""
    taken_back = None if back is None else (place + back, "z")
    return CastVote(
        f"{report}-{place}", report, name, DAY, verdict, "1.0", (place, ""), taken_back, via, False, origin, blind, DAY
    )


@st.composite
def logs(draw: st.DrawFn) -> BlindingLog:
    """One protocol after another, the last still in force."""
    ends = [*sorted(draw(st.lists(st.integers(1, LAST), max_size=2, unique=True))), LAST + 9]
    starts = [0, *ends[:-1]]
    periods = [RulesPeriod((start, ""), (end, ""), draw(rules)) for start, end in zip(starts, ends, strict=True)]
    return BlindingLog(periods)


@st.composite
def reports(draw: st.DrawFn) -> list[list[CastVote]]:
    """Votes on several reports, each given at a place of its own; some are taken back a few places later."""
    courses = draw(st.lists(st.lists(votes, min_size=1, max_size=4), min_size=1, max_size=4))
    # The same course comes again, at other places.
    courses += courses
    places = iter(draw(st.permutations(range(1, LAST))))
    cast = []
    for number, course in enumerate(courses):
        at = sorted(next(places) for _ in course)
        cast.append(
            [
                cast_vote(str(number), name, verdict, place, back=back, blind=blind, via=via, origin=origin)
                for place, (name, verdict, blind, back, (via, origin)) in zip(at, course, strict=True)
            ]
        )
    return cast


@given(cast=reports(), log=logs())
def test_a_report_is_rated_as_if_it_were_the_only_one(cast: list[list[CastVote]], log: BlindingLog) -> None:
    rater = Rater(PROTOCOL, log)
    assert [rater.rate(course) for course in cast] == [ratings_of_report(course, PROTOCOL, log) for course in cast]


def test_reports_of_one_course_share_their_ratings_where_nobody_could_read_a_vote() -> None:
    hidden = BlindingLog([RulesPeriod((0, ""), (99, ""), StageRules(reviewers_per_record=2))])
    open_once = BlindingLog(
        [
            RulesPeriod((0, ""), (50, ""), StageRules(reviewers_per_record=2)),
            RulesPeriod((50, ""), (99, ""), StageRules(reviewers_per_record=2, blind=False)),
        ]
    )

    def course(first: int, second: int) -> list[CastVote]:
        return [cast_vote("a", "Ada", "include", first), cast_vote("a", "Ben", "exclude", second)]

    early, late = course(1, 2), course(60, 61)
    rater = Rater(PROTOCOL, hidden)
    assert rater.rate(early) is rater.rate(late)
    rater = Rater(PROTOCOL, open_once)
    assert (len(rater.rate(early).exposed), len(rater.rate(late).exposed)) == (0, 1)


def test_a_report_with_a_vote_from_a_file_shares_nothing_with_one_voted_on_here() -> None:
    rater = Rater(PROTOCOL, BlindingLog([RulesPeriod((0, ""), (99, ""), StageRules(reviewers_per_record=2))]))
    here = rater.rate([cast_vote("a", "Ada", "include", 1), cast_vote("a", "Ben", "exclude", 2)])
    read = rater.rate([cast_vote("b", "Ada", "include", 3), cast_vote("b", "Ben", "exclude", 4, via=Channel.FILE)])
    assert here.recorded == set()
    assert read.recorded == {("Ada", "Ben")}
