"""Whatever people do in whatever order: the arithmetic of PRISMA holds and every record is in exactly one place."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from prisma_tool.flow.account import Account
from prisma_tool.flow.count import count
from prisma_tool.flow.data import as_json, explanation
from prisma_tool.flow.flow import CheckKind, Flow
from prisma_tool.model.clusters import Held
from prisma_tool.model.events import ENGINE, Event, EventKind
from prisma_tool.model.protocol import Protocol, ScreeningRules
from prisma_tool.model.state import fold
from prisma_tool.model.vocabulary import SourceKind, Stage, Verdict
from prisma_tool.screening.reports import Phase, Standing, reports
from prisma_tool.store.holdings import Holding
from prisma_tool.store.runs import Source

KEYS = [f"{slug}:{number}" for slug in ("db", "reg", "web", "cite") for number in range(3)]
KINDS = {"db": SourceKind.DATABASE, "reg": SourceKind.REGISTER, "web": SourceKind.WEBSITE, "cite": SourceKind.CITATION}
SOURCES = {slug: Source(slug, slug.title(), kind, place) for place, (slug, kind) in enumerate(KINDS.items())}
START = datetime(2025, 1, 1, tzinfo=UTC)

keys = st.sampled_from(KEYS)
reviewers = st.sampled_from(["Ada", "Ben"])


@st.composite
def deeds(draw: st.DrawFn) -> tuple[str, str, str, str, dict[str, Any]]:
    """(kind, subject, stage, reviewer, payload) of something that somebody did; an undo names an earlier deed by its number."""
    kind = draw(
        st.sampled_from(
            [EventKind.DECISION] * 4
            + [EventKind.DUPLICATE] * 2
            + [EventKind.RETRIEVAL, EventKind.STUDY, EventKind.REMOVAL, EventKind.UNDO]
        )
    )
    subject, reviewer, stage = draw(keys), draw(reviewers), ""
    payload: dict[str, Any] = {}
    if kind is EventKind.DECISION:
        stage = draw(st.sampled_from(Stage))
        verdicts = list(Verdict) if stage is Stage.FULL_TEXT else [Verdict.INCLUDE, Verdict.EXCLUDE, Verdict.MAYBE]
        payload = {
            "verdict": draw(st.sampled_from(verdicts)),
            "reason": draw(st.sampled_from(["wrong-outcome", "wrong-population"])),
        }
    elif kind is EventKind.DUPLICATE:
        subject, other = sorted(draw(st.lists(keys, min_size=2, max_size=2, unique=True)))
        reviewer = draw(st.sampled_from([ENGINE, "Ada"]))
        payload = {"other": other, "verdict": draw(st.sampled_from(["same", "same", "different", "unsure"]))}
    elif kind is EventKind.RETRIEVAL:
        payload = {"status": draw(st.sampled_from(["retrieved", "not-retrieved"]))}
    elif kind is EventKind.STUDY:
        payload = {"study": draw(st.sampled_from(["A", "B"])), "linked": draw(st.booleans())}
    elif kind is EventKind.REMOVAL:
        payload = {"removed": draw(st.booleans()), "as": draw(st.sampled_from(["automation", "other"]))}
    else:
        subject = f"{draw(st.integers(0, 30)):06d}"
    return kind, subject, stage, reviewer, payload


@st.composite
def flows(draw: st.DrawFn) -> tuple[Flow, Standing]:
    done = draw(st.lists(deeds(), max_size=40))
    events = [
        Event(f"{n:06d}", kind, subject, stage, reviewer, START + timedelta(minutes=n), START, "0", payload)
        for n, (kind, subject, stage, reviewer, payload) in enumerate(done)
    ]
    rules = ScreeningRules(
        draw(st.sampled_from([1, 2])), draw(st.sampled_from(["include", "conflict"])), True, draw(st.booleans())
    )
    protocol = Protocol(screening=rules)
    held = [Held(key, KINDS[key.split(":")[0]].in_left_column, 1, SOURCES[key.split(":")[0]].position) for key in KEYS]
    state = fold(held, events, protocol)
    holdings = [Holding(key, key.split(":")[0], key.startswith("reg")) for key in KEYS]
    standing = Standing(SOURCES, tuple(reports(holdings, SOURCES, state, protocol)), state, frozenset())
    return count(standing, protocol, Account()), standing


@given(flows())
def test_all_strict_relations_hold_after_any_sequence_of_deeds(made: tuple[Flow, Standing]) -> None:
    broken = [check for check in made[0].checks if check.kind is CheckKind.STRICT and not check.holds]
    assert broken == []


@given(flows())
def test_every_record_lies_in_exactly_one_report_and_every_report_in_one_phase(made: tuple[Flow, Standing]) -> None:
    flow, standing = made
    assert sorted(record.key for report in standing.reports for record in report.records) == sorted(KEYS)
    left = Counter(report.phase for report in standing.reports if report.left)
    identified = flow.database_results.n + flow.register_results.n
    assert identified == sum(left.values()) + flow.duplicates.n
    assert flow.records_excluded.n == left[Phase.SCREENED_OUT]


@given(flows())
def test_every_printed_number_has_as_many_members(made: tuple[Flow, Standing]) -> None:
    told = as_json(made[0])
    for key, n in told["counts"].items():
        if n is not None:
            answer = explanation(made[0], key)
            assert len(answer["studies"] if "studies" in answer else set(answer["records"])) == n


@given(flows())
def test_the_pending_terms_close_the_published_arithmetic(made: tuple[Flow, Standing]) -> None:
    flow, standing = made
    counts, pending = as_json(flow)["counts"], as_json(flow)["pending"]
    other = sum(not report.left and report.phase in (Phase.SCREENING, Phase.SCREENING_CONFLICT) for report in standing.reports)
    removed = counts["duplicates"] + counts["excluded_automatic"] + counts["excluded_other"]
    identified = counts["database_results"] + counts["register_results"]
    assert counts["records_screened"] + pending["title_abstract"] - other == identified - removed
    sought = counts["dbr_sought_reports"] + counts["other_sought_reports"]
    missing = counts["dbr_notretrieved_reports"] + counts["other_notretrieved_reports"]
    assessed = counts["dbr_assessed"] + counts["other_assessed"]
    assert assessed + pending["retrieval"] + pending["full_text"] == sought - missing
    assert flow.interim == any(pending.values())
