"""What the store keeps beside the log is what the log says, whatever happens and in whatever order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prisma_tool.errors import DecisionError
from prisma_tool.model.log.corrections import payload
from prisma_tool.model.log.events import ENGINE, Event, EventKind
from prisma_tool.model.log.team import Membership, PilotState
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.protocol.rules import ScreeningRules
from prisma_tool.model.record.citation import Citation, Section
from prisma_tool.model.vocabulary import DuplicateVerdict, RetrievalStatus, SourceKind, Stage, Verdict
from prisma_tool.store.engine.database import Store
from prisma_tool.store.engine.schema import Base, OutcomeRow
from prisma_tool.store.projections import event_log, rebuild, update
from prisma_tool.store.projections.event_log import Draft
from prisma_tool.store.records import clusters
from prisma_tool.store.records.records import Taken

Deliver = Callable[..., Taken]
SOURCES = (("PubMed", SourceKind.DATABASE), ("Embase", SourceKind.DATABASE), ("Website", SourceKind.WEBSITE))
KEYS = [f"{source.lower()}:{number}" for number in range(3) for source, _ in SOURCES]

keys = st.sampled_from(KEYS)
people = st.sampled_from(["Ada", "Ben"])
stages = st.sampled_from([stage.value for stage in Stage])
reasons = st.sampled_from(["", "wrong-outcome", "wrong-population", "renamed-away"])
ages = st.integers(0, 100)


def drafts(
    kind: EventKind, payload: st.SearchStrategy[dict[str, Any]], **others: st.SearchStrategy[str]
) -> st.SearchStrategy[Any]:
    return st.builds(Draft, kind=st.just(kind), subject=keys, payload=payload, **others)


def verdicts_about_pairs(a: str, b: str, by: str, verdict: str) -> Draft:
    first, second = sorted((a, b))
    return Draft(EventKind.DUPLICATE, first, reviewer=by, payload={"other": second, "verdict": verdict})


votes = st.fixed_dictionaries({"verdict": st.sampled_from([verdict.value for verdict in Verdict]), "reason": reasons})
pairs = st.builds(
    verdicts_about_pairs,
    keys,
    keys,
    st.sampled_from([ENGINE, "Ada", "Ben"]),
    st.sampled_from([verdict.value for verdict in DuplicateVerdict]),
).filter(lambda draft: draft.subject != draft.payload["other"])
said = st.one_of(
    drafts(EventKind.DECISION, votes, stage=stages, reviewer=people),
    drafts(EventKind.ADJUDICATION, votes, stage=stages, reviewer=people),
    pairs,
    pairs,
    drafts(EventKind.RETRIEVAL, st.fixed_dictionaries({"status": st.sampled_from([status.value for status in RetrievalStatus])})),
    drafts(EventKind.STUDY, st.fixed_dictionaries({"study": st.sampled_from(["S1", "S2"]), "linked": st.booleans()})),
    drafts(EventKind.REMOVAL, st.fixed_dictionaries({"removed": st.booleans()})),
    drafts(EventKind.EDIT, st.sampled_from([payload("abstract", (Section("", "Pasted"),), ()), payload("title", "", "Report")])),
    st.builds(Draft, kind=st.just(EventKind.REASON), subject=reasons, payload=st.fixed_dictionaries({"into": reasons})),
    st.builds(Draft, st.just(EventKind.REVIEWER), people, payload=st.fixed_dictionaries({"state": st.sampled_from(Membership)})),
    st.builds(
        Draft,
        st.just(EventKind.PILOT),
        stage=stages,
        payload=st.fixed_dictionaries(
            {
                "act": st.sampled_from(PilotState),
                "keys": st.lists(keys, max_size=3),
                "reviewers": st.lists(people, unique=True),
            }
        ),
    ),
)


@dataclass(frozen=True)
class Say:
    """Events stored together, each done so many seconds before it is stored."""

    drafts: list[tuple[Draft, int]]


@dataclass(frozen=True)
class TakeBack:
    """Undo of some event of the log, an undo included."""

    number: int


@dataclass(frozen=True)
class Rule:
    """Another protocol from now on."""

    reviewers: int
    maybe: str


@dataclass(frozen=True)
class Arrive:
    """A record arrives, or arrives anew with an abstract."""

    key: int
    abstract: bool


steps = st.lists(
    st.one_of(
        st.builds(Say, st.lists(st.tuples(said, ages), min_size=1, max_size=4)),
        st.builds(Say, st.lists(st.tuples(said, ages), min_size=1, max_size=4)),
        st.builds(TakeBack, st.integers(0, 50)),
        st.builds(Rule, st.integers(1, 2), st.sampled_from(["include", "conflict"])),
        st.builds(Arrive, st.integers(0, len(KEYS) - 1), st.booleans()),
    ),
    min_size=1,
    max_size=12,
)


@dataclass
class History:
    """A store that the steps happen to."""

    store: Store
    deliver: Deliver
    log: list[Event] = field(default_factory=list)

    def begin(self) -> None:
        with self.store.engine.begin() as connection:
            for table in reversed(Base.metadata.sorted_tables):
                connection.execute(table.delete())
        for place, (source, kind) in enumerate(SOURCES):
            present = range(place, len(KEYS) - 2, len(SOURCES))
            entries = [(str(n // len(SOURCES)), Citation(title=f"Report {n}")) for n in present]
            self.deliver(self.store, *entries, source=source, kind=kind)

    def arrive(self, number: int, *, abstract: bool) -> None:
        source, kind = SOURCES[number % len(SOURCES)]
        text = (Section("", "Text"),) if abstract else ()
        entry = (str(number // len(SOURCES)), Citation(title=f"Report {number}", abstract=text))
        self.deliver(self.store, entry, source=source, kind=kind)

    def append(self, drafts: list[Draft]) -> None:
        with self.store.write() as transaction:
            self.log += event_log.append(transaction, drafts)

    def happen(self, step: Say | TakeBack | Rule | Arrive) -> None:
        match step:
            case Say(drafts):
                now = self.store.now()
                aged = [(draft, now - timedelta(seconds=age)) for draft, age in drafts]
                self.append([Draft(d.kind, d.subject, d.stage, d.reviewer, d.payload, at) for d, at in aged])
            case TakeBack(number) if self.log:
                self.append([Draft(EventKind.UNDO, self.log[number % len(self.log)].id, reviewer="Ada")])
            case Rule(reviewers, maybe):
                rules = ScreeningRules(reviewers_per_record=reviewers, maybe=maybe)
                self.store = self.store.under(Protocol(screening=rules))
                self.append([Draft(EventKind.PROTOCOL, payload={"text": f"{reviewers} {maybe}", "sha256": ""})])
            case Arrive(key, abstract):
                self.arrive(key, abstract=abstract)

    def differences(self) -> list[str]:
        with self.store.read() as transaction:
            return rebuild.differences(transaction)


def kept_equals_rebuilt(store: Store, deliver: Deliver, happened: list[Any]) -> None:
    past = History(store, deliver)
    past.begin()
    for step in happened:
        past.happen(step)
        assert past.differences() == []
    with past.store.write() as transaction:
        kept = rebuild.kept_state(transaction)
        rebuild.rebuild(transaction)
        assert rebuild.kept_state(transaction) == kept


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(happened=steps)
def test_kept_equals_rebuilt_after_any_history(store: Store, deliver: Deliver, happened: list[Any]) -> None:
    kept_equals_rebuilt(store, deliver, happened)


@pytest.mark.parametrize("database_url", [pytest.param("postgres", marks=pytest.mark.postgres)], indirect=True)
@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(happened=steps)
def test_kept_equals_rebuilt_after_any_history_on_postgresql(store: Store, deliver: Deliver, happened: list[Any]) -> None:
    kept_equals_rebuilt(store, deliver, happened)


def decision(key: str, verdict: str, reviewer: str = "Ada") -> Draft:
    return Draft(EventKind.DECISION, key, Stage.TITLE_ABSTRACT, reviewer, {"verdict": verdict})


@pytest.fixture
def past(store: Store, deliver: Deliver) -> History:
    past = History(store, deliver)
    past.begin()
    return past


def cluster_names(past: History) -> dict[str, str]:
    with past.store.read() as transaction:
        return update.clusters_of(transaction, ["pubmed:0", "embase:0"])


def outcome_of(past: History, key: str) -> str:
    with past.store.read() as transaction:
        row = transaction.session.get(OutcomeRow, (key, Stage.TITLE_ABSTRACT))
        return row.state if row else ""


def test_the_differences_name_what_is_kept_wrongly_and_a_rebuild_mends_it(past: History) -> None:
    past.append([decision("pubmed:0", "include")])
    with past.store.write() as transaction:
        transaction.session.get_one(OutcomeRow, ("pubmed:0", Stage.TITLE_ABSTRACT)).state = "exclude"
    (difference,) = past.differences()
    assert "outcome of ('pubmed:0'" in difference
    with past.store.write() as transaction:
        rebuild.rebuild(transaction)
    assert past.differences() == []
    assert outcome_of(past, "pubmed:0") == "include"


def test_undo_gives_back_the_vote_before_it_and_undoing_the_undo_takes_it_again(past: History) -> None:
    past.append([decision("pubmed:0", "exclude")])
    past.append([decision("pubmed:0", "include")])
    past.append([Draft(EventKind.UNDO, past.log[1].id)])
    assert outcome_of(past, "pubmed:0") == "exclude"
    past.append([Draft(EventKind.UNDO, past.log[2].id)])
    assert outcome_of(past, "pubmed:0") == "include"


def test_an_undo_of_nothing_is_refused_and_not_stored(past: History) -> None:
    with pytest.raises(DecisionError, match="no event nonsense"):
        past.append([decision("pubmed:0", "include"), Draft(EventKind.UNDO, "nonsense")])
    assert outcome_of(past, "pubmed:0") == ""


def test_a_split_gives_each_vote_back_to_its_key(past: History) -> None:
    past.append([decision("pubmed:0", "include")])
    past.append([verdicts_about_pairs("pubmed:0", "embase:0", "Ada", "same"), decision("embase:0", "exclude", "Ben")])
    assert len(set(cluster_names(past).values())) == 1
    past.append([verdicts_about_pairs("pubmed:0", "embase:0", "Ada", "different")])
    assert cluster_names(past) == {"pubmed:0": "pubmed:0", "embase:0": "embase:0"}
    assert (outcome_of(past, "pubmed:0"), outcome_of(past, "embase:0")) == ("include", "exclude")


def test_a_record_that_gains_an_abstract_comes_to_stand_for_its_cluster_with_all_votes(past: History) -> None:
    past.append([verdicts_about_pairs("pubmed:0", "embase:0", ENGINE, "same"), decision("pubmed:0", "include")])
    assert set(cluster_names(past).values()) == {"pubmed:0"}
    past.arrive(1, abstract=True)
    assert set(cluster_names(past).values()) == {"embase:0"}
    assert (outcome_of(past, "pubmed:0"), outcome_of(past, "embase:0")) == ("", "include")


def test_a_pair_waits_for_a_person_until_it_is_joined_otherwise(past: History) -> None:
    def waiting() -> list[str]:
        with past.store.read() as transaction:
            return [event.subject for event in clusters.uncertain(transaction)]

    past.append([verdicts_about_pairs("pubmed:0", "embase:0", ENGINE, "unsure")])
    assert waiting() == ["embase:0"]
    past.append([verdicts_about_pairs("pubmed:0", "website:0", "Ada", "same")])
    past.append([verdicts_about_pairs("embase:0", "website:0", "Ada", "same")])
    assert waiting() == []


def test_a_verdict_and_a_vote_about_a_record_that_arrives_later_count_from_its_arrival(past: History) -> None:
    past.append([verdicts_about_pairs("embase:2", "pubmed:0", "Ada", "same"), decision("embase:2", "include")])
    past.arrive(KEYS.index("embase:2"), abstract=False)
    assert past.differences() == []
    assert outcome_of(past, "pubmed:0") == "include"
