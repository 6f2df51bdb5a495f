"""What is held back from a viewer until the viewer has voted (counting rule 25)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from histories import LATE, History, Memory

from prisma_tool.dedupe import manual
from prisma_tool.model.log.events import Event, EventKind
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.protocol.rules import ScreeningRules, StageRules
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.vocabulary import Stage, Verdict
from prisma_tool.reports import blinding
from prisma_tool.reports.blinding import held_back, readable, readable_notes
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, add_note, decide, undo_last
from prisma_tool.store.engine import event_rows
from prisma_tool.store.projections.event_log import Draft

MakeReview = Callable[..., Review]
TITLES, TEXTS = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT


@pytest.fixture
def review(make_review: MakeReview, deliver: Callable[..., object]) -> Review:
    made = make_review(reviewers=("Ada", "Ben"))
    deliver(made.store, *((str(n), Citation(title=f"Invented {n}")) for n in (1, 2)))
    return made


def vote(review: Review, who: str, stage: Stage = TITLES, verdict: Verdict = Verdict.INCLUDE, key: str = "embase:1") -> None:
    decide(review, [Decision(key, stage, who, verdict)])


def hidden(review: Review, viewer: str = "Ada") -> list[str]:
    with review.store.read() as transaction:
        log = list(event_rows.events(transaction))
        held = held_back(transaction, viewer, log)
    return [f"{event.kind} {event.stage}".strip() for event in log if event.id in held]


def test_anothers_vote_and_note_are_held_back_until_one_has_voted(review: Review) -> None:
    vote(review, "Ben")
    add_note(review, "embase:1", "clearly in", "Ben", TITLES)
    assert hidden(review) == ["decision title-abstract", "note title-abstract"]
    vote(review, "Ada", key="embase:2")
    assert hidden(review) == ["decision title-abstract", "note title-abstract"], "a vote on another record opens nothing"
    vote(review, "Ada")
    assert hidden(review) == []
    assert hidden(review, "Ben") == ["decision title-abstract"], "of the record on which only Ada voted"


def test_a_vote_that_was_taken_back_hides_again(review: Review) -> None:
    vote(review, "Ben")
    vote(review, "Ada")
    undo_last(review, "Ada", TITLES)
    assert hidden(review) == ["decision title-abstract"]


def test_a_vote_on_a_duplicate_counts_for_the_whole_report(review: Review) -> None:
    vote(review, "Ben")
    vote(review, "Ada", key="embase:2")
    manual.merge(review, "embase:1", "embase:2", "Ada")
    assert hidden(review) == []


def test_at_full_text_votes_are_held_back_anew_and_notes_with_them(review: Review) -> None:
    vote(review, "Ada")
    vote(review, "Ben")
    vote(review, "Ben", TEXTS)
    add_note(review, "embase:1", "wonderful", "Ben")
    assert hidden(review) == ["decision full-text", "note full-text"]


def test_nothing_is_held_back_where_screening_is_open(make_review: MakeReview, deliver: Callable[..., object]) -> None:
    review = make_review(reviewers=("Ada", "Ben"), toml_edits={"blind = true": "blind = false"})
    deliver(review.store, ("1", Citation(title="Invented")))
    vote(review, "Ben")
    assert hidden(review) == []


def test_only_votes_and_notes_are_ever_held_back(review: Review) -> None:
    manual.merge(review, "embase:1", "embase:2", "Ben")
    vote(review, "Ben")
    assert {kind.split(" ", maxsplit=1)[0] for kind in hidden(review)} <= {EventKind.DECISION, EventKind.NOTE}


# --- kind of event, stage and viewer: who reads what ---------------------------------------------------------------------------

VIEWERS = {
    "Ben": "the author",
    "Ada": "has voted",
    "Dan": "has not voted",
    "Cem": "settles conflicts",
    "": "nobody in particular",
}
EVERYBODY = set(VIEWERS)
READ = {
    "decision title-abstract on a report that both decided on": {"Ben", "Ada", "Cem", ""},
    "decision title-abstract on a report in conflict": {"Ben", "Ada", "Cem", ""},
    "decision title-abstract on a report that Ada has not seen": {"Ben"},
    "decision full-text on a report that both decided on": {"Ben"},
    "decision title-abstract on a report that is unknown": {"Ben"},
    "note title-abstract on a report that both decided on": {"Ben", "Ada", "Cem", ""},
    "note full-text on a report that both decided on": {"Ben"},
    "note (no stage) on a report that both decided on": {"Ben"},
    "note (no stage) on a report in conflict": {"Ben", "Ada", "Cem", ""},
    "note full-text on a report in conflict": {"Ben"},
    "note (no stage) on a report that Ada has not seen": {"Ben"},
    "order title-abstract on a report that both decided on": {"Ben"},
    "order full-text on a report that both decided on": {"Ben"},
    "order (no stage) on a report that both decided on": {"Ben"},
    "retrieval (no stage) on a report that Ada has not seen": EVERYBODY,
    "adjudication title-abstract on a report in conflict": EVERYBODY,
    "removal (no stage) on a report that is unknown": EVERYBODY,
}
"""Of what Ben did, who reads it where both stages are blind. The report that both decided on waits for Ada's vote at full text."""
REPORTS = {
    "that both decided on": "pubmed:0",
    "in conflict": "embase:0",
    "that Ada has not seen": "website:0",
    "that is unknown": LATE,
}


def told(label: str) -> Draft:
    """What Ben does, as the table words it."""
    words, report = label.split(" on a report ")
    kind, stage = words.split(" ", maxsplit=1)
    key, where = REPORTS[report], "" if stage == "(no stage)" else stage
    said = {"verdict": "include"} if kind in ("decision", "adjudication") else {}
    return Draft(EventKind(kind), key, where, "Ben", said)


def protocol(*blind: Stage, reviewers: tuple[str, ...] = ("Ada", "Ben", "Dan")) -> Protocol:
    """Two of these reviewers decide on each report, and these stages are blind."""
    stages = {stage: StageRules(2, blind=stage in blind) for stage in Stage}
    return Protocol(reviewers=reviewers, adjudicators=("Cem",), screening=ScreeningRules(2, stages=stages))


def given(in_memory: Memory, rules: Protocol) -> History:
    past = in_memory.begun()
    past.store = past.store.under(rules)
    for key, verdict in (("pubmed:0", "include"), ("embase:0", "exclude")):
        past.append(Draft(EventKind.DECISION, key, TITLES, "Ada", {"verdict": verdict}))
    return past


def readers(past: History, event: Event) -> set[str]:
    """Who reads an event; it must be held back from all others, unless it is an undo, of which one asks for what it takes back."""
    found = set()
    with past.store.read() as transaction:
        for viewer in VIEWERS:
            log = list(event_rows.events(transaction))
            reads = event in list(readable(transaction, viewer, log))
            assert reads == (event.id not in held_back(transaction, viewer, log)) or event.kind == EventKind.UNDO
            found |= {viewer} if reads else set()
    return found


@pytest.mark.parametrize("label", READ)
def test_who_reads_what_while_both_stages_are_blind(in_memory: Memory, label: str) -> None:
    past = given(in_memory, protocol(TITLES, TEXTS))
    past.append(*(told(other) for other in READ if other.startswith("decision") and other != label))
    past.append(told(label))
    asked = past.log[-1]
    assert readers(past, asked) == READ[label]
    # An undo of an undo puts back what stood, so that both undos are read by whom the event itself is.
    past.undo(-1)
    past.undo(-1)
    assert [readers(past, event) for event in past.log[-3:]] == [READ[label]] * 3


@pytest.mark.parametrize("label", READ)
def test_everybody_reads_everything_where_no_stage_is_blind(in_memory: Memory, label: str) -> None:
    past = given(in_memory, protocol())
    past.append(told(label))
    assert readers(past, past.log[-1]) == EVERYBODY


@pytest.mark.parametrize(
    ("stage", "blind", "held"),
    [
        (TITLES, TITLES, True),
        (TITLES, TEXTS, False),
        (TEXTS, TEXTS, True),
        (TEXTS, TITLES, False),
        ("", TITLES, True),
        ("", TEXTS, True),
    ],
)
def test_an_order_of_the_queue_is_held_back_where_its_stage_is_blind_or_may_be(
    in_memory: Memory, stage: str, blind: Stage, *, held: bool
) -> None:
    past = given(in_memory, protocol(blind))
    past.append(Draft(EventKind.ORDER, "", stage, "Ben", {"act": "switched"}))
    assert readers(past, past.log[-1]) == ({"Ben"} if held else EVERYBODY)


@pytest.mark.parametrize(("blind", "read"), [(TITLES, {"decision full-text"}), (TEXTS, {"decision title-abstract"})])
def test_votes_are_held_back_at_the_blind_stage_alone(in_memory: Memory, blind: Stage, read: set[str]) -> None:
    past = given(in_memory, protocol(blind))
    past.append(*(Draft(EventKind.DECISION, "website:0", stage, "Ben", {"verdict": "include"}) for stage in Stage))
    found = {f"{event.kind} {event.stage}" for event in past.log[-2:] if "Dan" in readers(past, event)}
    assert found == read


def test_where_no_reviewers_are_listed_whoever_has_a_name_may_still_vote(in_memory: Memory) -> None:
    past = given(in_memory, protocol(TITLES, TEXTS, reviewers=()))
    past.append(Draft(EventKind.DECISION, "pubmed:0", TITLES, "Ben", {"verdict": "include"}))
    assert readers(past, past.log[-1]) == {"Ben", "Ada", ""}


def test_a_long_log_is_read_in_portions_and_in_order(in_memory: Memory, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blinding, "PORTION", 2)
    past = given(in_memory, protocol(TITLES, TEXTS))
    past.append(*map(told, READ))
    with past.store.read() as transaction:
        log = list(event_rows.events(transaction, newest_first=True))
        assert list(readable(transaction, "Ben", log)) == log
        seen = {event.id for event in readable(transaction, "Dan", log)}
        assert seen == {event.id for event in log} - held_back(transaction, "Dan", log)
    assert len(seen) == 3


def test_of_the_notes_on_a_record_those_held_back_are_counted(in_memory: Memory) -> None:
    past = given(in_memory, protocol(TITLES, TEXTS))
    notes = [("Ben", TITLES), ("Ben", TEXTS), ("Ada", TEXTS), ("Ben", TITLES)]
    past.append(*(Draft(EventKind.NOTE, "pubmed:0", stage, who, {"text": who}) for who, stage in notes))
    past.undo(-1)
    with past.store.read() as transaction:
        seen, hidden = readable_notes(transaction, "Ada", ["pubmed:0"])
    assert [(note.reviewer, note.stage) for note in seen] == [("Ben", TITLES), ("Ada", TEXTS)]
    assert hidden == 1
