"""Whatever people do in whatever order: the arithmetic of PRISMA holds and every record is in exactly one place.

The deeds are arrivals, reruns, duplicate verdicts, decisions, rulings, retrievals, study links, removals, undos, and closing and
reopening of versions, some of which came from elsewhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from prisma_tool.figure.exchange.json_in import parse_flow_json
from prisma_tool.figure.exchange.typed_flow import flow_of
from prisma_tool.figure.words.options import PLAIN
from prisma_tool.figure.write import RENDERERS
from prisma_tool.flow.as_json import as_json, explanation
from prisma_tool.flow.count import count
from prisma_tool.flow.counting_input import CountingInput
from prisma_tool.flow.flow import CheckKind, Count, Flow
from prisma_tool.flow.version_view import CountedReports, counted_reports
from prisma_tool.model.log.clusters import ClusterMember
from prisma_tool.model.log.events import ENGINE, Event, EventKind, undone
from prisma_tool.model.log.fold import fold
from prisma_tool.model.log.versions import BEGINNING, Closing, Era, cut
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.protocol.rules import ScreeningRules
from prisma_tool.model.vocabulary import FULL_TEXT_ONLY, SourceKind, Stage, Verdict
from prisma_tool.reports.state import Phase, ReviewState, reports
from prisma_tool.store.queues.closed_versions import REOPENING_KINDS
from prisma_tool.store.records.report_rows import CountedRecord
from prisma_tool.store.runs.runs import Source
from prisma_tool.updates.close_version import frozen

KEYS = [f"{slug}:{number}" for slug, many in (("db", 4), ("reg", 2), ("web", 2), ("cite", 1)) for number in range(many)]
ELSEWHERE = ["old:0", "old:1"]
KINDS = {
    "db": SourceKind.DATABASE,
    "reg": SourceKind.REGISTER,
    "web": SourceKind.WEBSITE,
    "cite": SourceKind.CITATION,
    "old": SourceKind.DATABASE,
}
SOURCES = {slug: Source(slug, slug.title(), kind, place) for place, (slug, kind) in enumerate(KINDS.items())}
START = datetime(2025, 1, 1, tzinfo=UTC)
ARRIVE, JUDGE, CLOSE, ELSE = "arrive", "judge", "close", "elsewhere"
EXAMPLES = 25
"""Of each property: five properties walk through reviews, and the whole suite has a few minutes."""

keys = st.sampled_from([*KEYS, *ELSEWHERE])
reviewers = st.sampled_from(["Ada", "Ben"])
Deed = tuple[str, str, str, str, dict[str, Any]]


reasons = st.sampled_from(["wrong-outcome", "wrong-population"])
PAYLOADS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    JUDGE: st.fixed_dictionaries({"verdict": st.sampled_from([Verdict.INCLUDE] * 3 + [Verdict.EXCLUDE, Verdict.ONGOING])}),
    ARRIVE: st.fixed_dictionaries({"keys": st.lists(st.sampled_from(KEYS), max_size=6, unique=True)}),
    EventKind.RETRIEVAL: st.fixed_dictionaries({"status": st.sampled_from(["retrieved", "not-retrieved"])}),
    EventKind.STUDY: st.fixed_dictionaries({"study": st.sampled_from(["A", "B"]), "linked": st.booleans()}),
    EventKind.REMOVAL: st.fixed_dictionaries({"removed": st.booleans(), "as": st.sampled_from(["automation", "other"])}),
}
OFTEN = (
    [JUDGE] * 4
    + [EventKind.DECISION] * 3
    + [EventKind.STUDY] * 3
    + [EventKind.DUPLICATE, EventKind.ADJUDICATION] * 2
    + [EventKind.RETRIEVAL, EventKind.REMOVAL, EventKind.UNDO]
    + [ARRIVE, ARRIVE, CLOSE]
)


@st.composite
def deeds(draw: st.DrawFn) -> Deed:
    """(kind, subject, stage, reviewer, payload) of something that somebody did; an undo names an earlier deed by its number."""
    kind = str(draw(st.sampled_from(OFTEN)))
    if kind == EventKind.DUPLICATE:
        subject, other = sorted(draw(st.lists(keys, min_size=2, max_size=2, unique=True)))
        said = {"other": other, "verdict": draw(st.sampled_from(["same", "same", "different", "unsure"]))}
        return kind, subject, "", draw(st.sampled_from([ENGINE, "Ada"])), said
    if kind == EventKind.UNDO:
        return kind, f"{draw(st.integers(0, 40)):06d}", "", "Ada", {}
    if kind in (EventKind.DECISION, EventKind.ADJUDICATION):
        stage = draw(st.sampled_from(Stage))
        verdicts = [verdict for verdict in Verdict if stage is Stage.FULL_TEXT or verdict not in FULL_TEXT_ONLY]
        said = {"verdict": draw(st.sampled_from(verdicts)), "reason": draw(reasons)}
        return kind, draw(keys), stage, draw(reviewers), said
    return kind, draw(keys), "", draw(reviewers), draw(PAYLOADS[kind]) if kind in PAYLOADS else {}


@dataclass
class Past:
    """A review's records, log and runs, minute by minute, and the standing that they amount to at the end."""

    protocol: Protocol
    events: list[Event] = field(default_factory=list)
    arrived: dict[str, datetime] = field(default_factory=dict)
    reruns: list[tuple[datetime, list[str]]] = field(default_factory=list)

    def do(self, number: int, deed: Deed) -> None:
        kind, subject, stage, reviewer, payload = deed
        now = START + timedelta(minutes=number)
        if kind == ARRIVE:
            seen = [key for key in payload["keys"] if key in self.arrived]
            self.arrived |= {key: now for key in payload["keys"] if key not in self.arrived}
            self.reruns.append((now, seen))
        elif kind == JUDGE:
            said = {Stage.TITLE_ABSTRACT: {"verdict": "include"}, Stage.FULL_TEXT: {**payload, "reason": "wrong-outcome"}}
            for name in ("Ada", "Ben"):
                for at_stage, verdict in said.items():
                    self.store(number, EventKind.DECISION, subject, at_stage, name, verdict)
        elif kind == CLOSE:
            self.store(number, EventKind.VERSION, f"v{number}", "", "Ada", frozen(self.standing()))
        elif kind == ELSE:
            self.bring_in(number, now)
        else:
            self.store(number, kind, subject, stage, reviewer, payload)

    def store(self, number: int, kind: str, subject: str, stage: str, reviewer: str, payload: dict[str, Any]) -> None:
        """An event; the first of a deed is named after the deed's number, which an undo may name."""
        now = START + timedelta(minutes=number)
        name = f"{number:06d}"
        later = sum(event.id.startswith(name) for event in self.events)
        self.events.append(
            Event(f"{name}-{later}" if later else name, kind, subject, stage, reviewer, now, now, "0", payload, clock=number)
        )

    def bring_in(self, number: int, now: datetime) -> None:
        """A version from elsewhere: two records, the first included."""
        self.arrived |= dict.fromkeys(ELSEWHERE, now)
        for key, stage, verdict in (
            ("old:0", Stage.TITLE_ABSTRACT, "include"),
            ("old:0", Stage.FULL_TEXT, "include"),
            ("old:1", Stage.TITLE_ABSTRACT, "exclude"),
        ):
            self.store(number, EventKind.ADJUDICATION, key, stage, "elsewhere", {"verdict": verdict, "version": "elsewhere"})
        said = {"source": "old", "studies": [{"label": "A", "records": ["old:0"]}], "reports": ["old:0"]}
        self.store(number, EventKind.VERSION, "elsewhere", "", "", said)

    def standing(self) -> ReviewState:
        held = [
            ClusterMember(key, KINDS[slug].in_left_column, 1, SOURCES[slug].position)
            for key in self.arrived
            for slug in [key.split(":")[0]]
        ]
        state = fold(held, self.events, self.protocol)
        holdings = [CountedRecord(key, key.split(":")[0], key.startswith("reg")) for key in self.arrived]
        found = tuple(reports(holdings, SOURCES, state, self.protocol))
        return ReviewState(SOURCES, found, state, frozenset(), self.era(list(state.standing.values())))

    def era(self, standing: list[Event]) -> Era:
        gone = undone(event for event in self.events if event.kind == EventKind.UNDO)
        said = [event for event in self.events if event.kind == EventKind.VERSION and event.id not in gone]
        closings = tuple(Closing.of(event) for event in said)
        if not closings:
            return Era()
        start = cut(closings)
        acted: dict[str, datetime] = {}
        for event in standing:
            if event.kind in REOPENING_KINDS:
                acted[event.subject] = max(event.received, acted.get(event.subject, BEGINNING))
        fresh = frozenset(key for key, at in self.arrived.items() if at > start)
        again = frozenset(key for at, seen in self.reruns if at > start for key in seen if key not in fresh)
        return Era(closings, fresh, again, acted) if start > BEGINNING else Era(closings, acted=acted)


@st.composite
def pasts(draw: st.DrawFn) -> Past:
    """Up to three chapters of deeds, each begun by arrivals and most of them closed; the first may follow a version from elsewhere."""
    rules = ScreeningRules(
        draw(st.sampled_from([1, 2])), draw(st.sampled_from(["include", "conflict"])), True, draw(st.booleans())
    )
    past = Past(Protocol(screening=rules, seen_hits=draw(st.sampled_from(["removed", "omit"]))))
    plot: list[Deed] = [(ELSE, "", "", "", {})] if draw(st.integers(0, 3)) == 0 else []
    for _ in range(draw(st.integers(1, 3))):
        plot.append((ARRIVE, "", "", "", {"keys": draw(st.lists(st.sampled_from(KEYS), min_size=3, max_size=6, unique=True))}))
        plot += draw(st.lists(deeds(), max_size=12))
        plot += [(CLOSE, "", "", "", {})] if draw(st.booleans()) else []
    for number, deed in enumerate(plot):
        past.do(number, deed)
    return past


def counted(past: Past, *, cumulative: bool = False) -> tuple[Flow, CountedReports]:
    standing = past.standing()
    return count(standing, past.protocol, CountingInput(), cumulative=cumulative), counted_reports(
        standing, past.protocol, cumulative=cumulative
    )


@settings(max_examples=EXAMPLES)
@given(pasts(), st.booleans())
def test_strict_relations_hold_and_differences_are_explained_after_any_sequence_of_deeds(past: Past, cumulative: bool) -> None:
    flow, _ = counted(past, cumulative=cumulative)
    assert [one for one in flow.checks if one.kind is not CheckKind.WARNING and not one.holds] == []
    for key, n in as_json(flow)["counts"].items():
        if n is not None:
            answer = explanation(flow, key)
            assert len(answer["studies"] if "studies" in answer else set(answer["records"])) == n


@settings(max_examples=EXAMPLES)
@given(pasts())
def test_every_record_lies_in_exactly_one_report_and_every_report_in_one_place(past: Past) -> None:
    flow, seen = counted(past)
    assert sorted(record.key for report in seen.all_reports for record in report.records) == sorted(past.arrived)
    left = Counter(report.phase for report in seen.reports if report.left)
    identified = sum(box.n for box in (flow.database_results, flow.register_results, *flow.carried_over.values()) if box)
    assert identified == sum(left.values()) + flow.duplicates.n
    assert flow.records_excluded.n == left[Phase.SCREENED_OUT]
    told = Counter(one.key for one in seen.identified)
    assert set(told.values()) <= {1}
    assert all(told[report.key] == 1 for report in seen.reports)
    included = sorted(report.key for report in seen.all_reports if report.phase is Phase.INCLUDED)
    further = [key for line in flow.new_reports_of_previous_studies.values() for key in line.records]
    kept = [key for key in included if key in seen.previously_included]
    assert sorted([*flow.new_reports.records, *further, *kept]) == included


@settings(max_examples=EXAMPLES)
@given(pasts(), st.lists(deeds(), max_size=15))
def test_what_a_version_froze_is_what_the_next_calls_previous_for_ever(past: Past, later: list[Deed]) -> None:
    base, _ = counted(past)
    # A report taken up again is counted under the hit that raised it; the close names its representative.
    cluster_of = past.standing().state.cluster_of
    past.do(500, (CLOSE, "", "", "", {}))
    # An undo could reopen the version itself, which is another thing.
    for number, deed in enumerate([deed for deed in later if deed[0] not in (EventKind.UNDO, CLOSE)], start=501):
        past.do(number, deed)
    flow, _ = counted(past)
    assert members(flow.previous_reports, cluster_of) == members(base.total_reports or base.new_reports, cluster_of)
    assert members(flow.previous_studies, cluster_of) == members(base.total_studies or base.new_studies, cluster_of)


def members(box: Count | None, cluster_of: Mapping[str, str]) -> list[Any]:
    assert box is not None
    if box.studies is None:
        return sorted(cluster_of[key] for key in box.records)
    return sorted((cluster_of.get(one.label, one.label), sorted(cluster_of[key] for key in one.records)) for one in box.studies)


@settings(max_examples=EXAMPLES)
@given(pasts())
def test_the_pending_terms_close_the_published_arithmetic(past: Past) -> None:
    flow, seen = counted(past)
    counts, pending = as_json(flow)["counts"], as_json(flow)["pending"]
    other = sum(not report.left and report.phase in (Phase.SCREENING, Phase.SCREENING_CONFLICT) for report in seen.reports)
    removed = counts["duplicates"] + counts["excluded_automatic"] + counts["excluded_other"]
    carried_over = sum(as_json(flow)["lists"].get("carried_over", {}).values())
    identified = (counts["database_results"] or 0) + (counts["register_results"] or 0) + carried_over
    assert counts["records_screened"] + pending["title_abstract"] - other == identified - removed
    sought = counts["dbr_sought_reports"] + (counts["other_sought_reports"] or 0)
    missing = counts["dbr_notretrieved_reports"] + (counts["other_notretrieved_reports"] or 0)
    assessed = counts["dbr_assessed"] + (counts["other_assessed"] or 0)
    assert assessed + pending["retrieval"] + pending["full_text"] == sought - missing
    assert flow.interim == any(pending.values())


@settings(max_examples=EXAMPLES)
@given(pasts(), st.booleans())
def test_the_flow_of_a_review_as_json_reads_back_to_the_same_bytes_with_its_checks(past: Past, cumulative: bool) -> None:
    flow, _ = counted(past, cumulative=cumulative)
    first = RENDERERS[".json"](flow, PLAIN)
    assert RENDERERS[".json"](flow_of(parse_flow_json(first, "flow.json")).flow, PLAIN) == first
