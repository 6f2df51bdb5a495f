"""`rank` in a review: what it learns from and what it must not, and stopping with its place in the figure (counting rules 10, 25)."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from invented_pool import invented, write_set

from prisma_tool.cli.main import run
from prisma_tool.errors import DecisionError
from prisma_tool.flow.as_json import as_json as flow_told
from prisma_tool.flow.read import read_flow
from prisma_tool.flow.scope import moment
from prisma_tool.identify.files.import_file import Import, import_file
from prisma_tool.manuscript.methods.read import read_methods
from prisma_tool.manuscript.methods.text import sentences as methods_sentences
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.protocol.stopping import Rule, RuleName
from prisma_tool.model.vocabulary import SourceKind, Stage, Verdict
from prisma_tool.ranking import sentence_encoder
from prisma_tool.ranking.sentence_encoder import WIDTH
from prisma_tool.ranking.stopping_rules import p_target
from prisma_tool.reports.state import load_review_state
from prisma_tool.review.archive import Archive
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import Review, open_review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.screening.prioritised import meaning
from prisma_tool.screening.prioritised.label_sequence import viewpoint
from prisma_tool.screening.prioritised.prior_knowledge import forget, learn_from
from prisma_tool.screening.prioritised.queue_order import OrderName, choose_order
from prisma_tool.screening.prioritised.rank_report import explain_rank, explanation_lines, rank_report
from prisma_tool.screening.prioritised.ranked_queue import RankExplanation, prepare, queue_of
from prisma_tool.screening.prioritised.stopping import reopen, set_rule, stop
from prisma_tool.screening.prioritised.stopping_lines import stopping_risk_lines
from prisma_tool.screening.prioritised.stopping_risk import stopping_risk
from prisma_tool.store.engine import event_rows
from prisma_tool.store.projections import event_log
from prisma_tool.team.pilot import start
from prisma_tool.tui.screening.stopping_text import why_text
from prisma_tool.tui.sessions.relevance_session import RelevanceSession
from prisma_tool.updates.close_version import close

N, RELEVANT = 60, 8
PAIRS = {"reviewers_per_record = 1": "reviewers_per_record = 2"}


@pytest.fixture
def truth() -> dict[str, bool]:
    _, labels = invented(N, RELEVANT)
    return {f"embase:r{place}": label for place, label in enumerate(labels)}


@pytest.fixture
def filled(make_review: Callable[..., Review], tmp_path: Path) -> Callable[..., Review]:
    """Makes reviews of the invented pool."""
    texts, labels = invented(N, RELEVANT)
    path = write_set(tmp_path / "pool.csv", texts, labels, label="column")

    def make(**how: Any) -> Review:
        made = make_review(**how)
        import_file(made, path, Import("Embase"))
        return made

    return make


def vote(review: Review, truth: dict[str, bool], keys: Iterable[str], reviewer: str = "Ada", *, wrong: bool = False) -> None:
    verdicts = {True: Verdict.INCLUDE, False: Verdict.EXCLUDE}
    decide(review, [Decision(key, Stage.TITLE_ABSTRACT, reviewer, verdicts[truth[key] is not wrong]) for key in keys])


def sorted_by_truth(truth: dict[str, bool]) -> list[str]:
    return sorted(truth, key=lambda key: not truth[key])


def told(capsys: pytest.CaptureFixture[str], folder: Path, *arguments: str) -> dict[str, Any]:
    capsys.readouterr()
    assert run(["-C", str(folder), *arguments, "--json"]) == 0
    said: dict[str, Any] = json.loads(capsys.readouterr().out)
    return said


# --- the order -----------------------------------------------------------------------------------------------------------------


def test_the_order_is_a_permutation_of_what_waits_and_the_same_every_time(
    filled: Callable[..., Review], truth: dict[str, bool], capsys: pytest.CaptureFixture[str]
) -> None:
    review = filled()
    keys = sorted_by_truth(truth)
    vote(review, truth, [*keys[:3], *keys[-5:]])
    first = told(capsys, review.folder, "rank")
    assert sorted(first["order"]) == sorted(set(truth) - {*keys[:3], *keys[-5:]})
    assert sum(truth[key] for key in first["order"][:5]) >= 4
    assert "scores" not in first
    assert first["learned_from"] == {"screened": 8, "relevant": 3, "earlier_versions": 0, "known_records": 0, "embeddings": None}
    assert list((review.folder / "cache").glob("ranking-*.npz"))
    assert told(capsys, review.folder, "rank") == first


class ByLabel:
    """An encoder that knows which of the invented titles are relevant."""

    def __init__(self) -> None:
        texts, labels = invented(N, RELEVANT)
        self.relevant = {text.title for text, label in zip(texts, labels, strict=True) if label}

    def vectors(self, texts: Sequence[str]) -> Any:
        rows = np.zeros((len(texts), WIDTH), dtype=np.float32)
        rows[range(len(texts)), [int(text.partition(". ")[0] in self.relevant) for text in texts]] = 1
        return rows


def test_where_the_protocol_asks_for_it_the_meaning_of_the_records_is_read_once_and_said(
    filled: Callable[..., Review], truth: dict[str, bool], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    review = filled(toml_edits={"embeddings = false": "embeddings = true"})
    keys = sorted_by_truth(truth)
    vote(review, truth, [*keys[:3], *keys[-5:]])
    monkeypatch.setattr(sentence_encoder, "find_spec", lambda _name: None)
    assert run(["-C", str(review.folder), "rank"]) == 2
    assert "pip install 'prisma-tool[embeddings]'" in capsys.readouterr().err
    monkeypatch.setattr(meaning, "load_encoder", ByLabel)
    first = told(capsys, review.folder, "rank")
    assert sum(truth[key] for key in first["order"][:5]) >= 4
    assert first["learned_from"]["embeddings"] == "all-MiniLM-L6-v2"
    # What was encoded is kept: nothing needs to be installed to read it.
    monkeypatch.undo()
    assert run(["-C", str(review.folder), "rank"]) == 0
    assert "by the meaning of titles and abstracts (all-MiniLM-L6-v2)" in capsys.readouterr().out


def only_to_look_at(review: Review) -> Review:
    store = replace(review.store, only_read="Nothing can be changed here.", current=None)
    return replace(review, store=store, archive=Archive(store, review.protocol_text(), review.folder))


def test_where_nothing_can_be_stored_the_order_goes_by_words_and_says_so(filled: Callable[..., Review]) -> None:
    review = filled(toml_edits={"embeddings = false": "embeddings = true"})
    looked_at = only_to_look_at(review)
    assert list(meaning.encode_review(looked_at)) == []
    lines = rank_report(looked_at, "Ada").lines(1, scores=False)
    assert any(line.startswith("Ranked by words alone: the protocol asks for the meaning") for line in lines)


def test_an_archive_whose_cache_was_left_behind_is_arranged_by_words(
    filled: Callable[..., Review],
) -> None:
    review = filled(toml_edits={"embeddings = false": "embeddings = true"})
    choose_order(review, "Ada", OrderName.RELEVANCE, "all-MiniLM-L6-v2")
    session = RelevanceSession(only_to_look_at(review), "Ada")
    session.resume()
    assert len(session.learn().keys) == N


@pytest.mark.filterwarnings("error")
def test_in_an_empty_review_no_meaning_is_read_and_none_is_claimed(
    make_review: Callable[..., Review], capsys: pytest.CaptureFixture[str]
) -> None:
    review = make_review(toml_edits={"embeddings = false": "embeddings = true"})
    assert told(capsys, review.folder, "rank")["learned_from"]["embeddings"] is None
    assert run(["-C", str(review.folder), "rank"]) == 0
    printed = capsys.readouterr().out
    assert "meaning" not in printed
    assert "to pay" not in printed, "with no report at all nothing can be said of how many are relevant"


def test_a_damaged_or_unwritable_cache_costs_time_and_nothing_else(filled: Callable[..., Review]) -> None:
    review = filled()
    first = rank_report(review, "Ada").queue.keys
    for path in (review.folder / "cache").glob("ranking-*.npz"):
        path.write_bytes(path.read_bytes()[:200])
    assert rank_report(review, "Ada").queue.keys == first
    for path in (review.folder / "cache").iterdir():
        path.unlink()
    (review.folder / "cache").rmdir()
    (review.folder / "cache").write_text("in the way", encoding="utf-8")
    assert rank_report(review, "Ada").queue.keys == first


def test_a_changed_text_is_read_anew(filled: Callable[..., Review]) -> None:
    review = filled()
    with review.store.read() as transaction:
        before = prepare(transaction, review.folder / "cache")
    with review.store.write() as transaction:
        event_log.append(
            transaction,
            [event_log.Draft(EventKind.EDIT, "embase:r0", reviewer="Ada", payload={"field": "title", "value": "Zebra zebra"})],
        )
    with review.store.read() as transaction:
        after = prepare(transaction, review.folder / "cache")
    assert "zebra" in after.features.vocabulary
    assert "zebra" not in before.features.vocabulary


def test_in_blind_pairs_each_model_learns_from_its_reviewer_alone(filled: Callable[..., Review], truth: dict[str, bool]) -> None:
    review = filled(reviewers=("Ada", "Grace"), toml_edits=PAIRS)
    keys = sorted_by_truth(truth)
    vote(review, truth, [*keys[:3], *keys[-5:]], "Ada")
    before = rank_report(review, "Ada").as_json(scores=True)
    vote(review, truth, keys[4:40], "Grace", wrong=True)
    assert rank_report(review, "Ada").as_json(scores=True) == before


def test_without_blinding_a_model_learns_from_finished_outcomes(filled: Callable[..., Review], truth: dict[str, bool]) -> None:
    review = filled(reviewers=("Ada", "Grace"))
    keys = sorted_by_truth(truth)
    vote(review, truth, [*keys[:3], *keys[-5:]], "Grace")
    found = rank_report(review, "Ada")
    assert (len(found.seen.labels), found.seen.relevant) == (8, 3)


def test_known_records_start_the_model_and_are_counted_nowhere(
    filled: Callable[..., Review], truth: dict[str, bool], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    review = filled()
    texts, labels = invented(40, 10, seed=9)
    export = write_set(tmp_path / "asreview.csv", texts, labels, label="asreview_label")
    found = told(capsys, review.folder, "rank", "--prior", str(export))
    assert found["learned_from"]["known_records"] == 40
    assert sum(truth[key] for key in found["order"][:8]) >= 6
    assert told(capsys, review.folder, "rank", "--prior", str(export))["learned_from"]["known_records"] == 40
    assert told(capsys, review.folder, "status")["identified"] == N
    assert told(capsys, review.folder, "rank", "--forget-priors") == {"forgotten": 1}
    assert told(capsys, review.folder, "rank")["learned_from"]["known_records"] == 0


def test_known_relevant_records_come_in_any_citation_format(filled: Callable[..., Review], tmp_path: Path) -> None:
    review = filled()
    (tmp_path / "known.ris").write_text(
        "TY  - JOUR\nTI  - Statin trial of cholesterol\nAB  - randomised placebo lipid\nER  - \n", encoding="utf-8"
    )
    learned = learn_from(review, [tmp_path / "known.ris"], "Ada")[0]
    assert (learned.relevant, learned.irrelevant, learned.already) == (1, 0, False)
    assert forget(review, "Ada") == 1


def test_decisions_of_a_closed_version_start_the_model(
    filled: Callable[..., Review], truth: dict[str, bool], tmp_path: Path
) -> None:
    review = filled(reviewers=("Ada", "Grace"))
    vote(review, truth, truth, "Ada")
    close(review, "2025", "Ada", {}, force=True)
    texts, labels = invented(30, 5, seed=3)
    import_file(review, write_set(tmp_path / "new.csv", texts, labels, label="column"), Import("Scopus"))
    found = rank_report(review, "Grace")
    new = {f"scopus:r{place}": label for place, label in enumerate(labels)}
    assert sorted(found.queue.keys) == sorted(new)
    assert not found.seen.labels
    assert len(found.seen.earlier) == N
    assert sum(new[key] for key in found.queue.keys[:5]) >= 3


def test_why_names_the_words_that_weigh_most(filled: Callable[..., Review], truth: dict[str, bool]) -> None:
    review = filled()
    keys = sorted_by_truth(truth)
    assert explain_rank(review, "Ada", keys[0])["words"] == []
    vote(review, truth, [*keys[:4], *keys[-6:]])
    words = {one["word"] for one in explain_rank(review, "Ada", keys[5])["words"] if one["weight"] > 0}
    assert words & {"statin", "cholesterol", "lipid", "randomised", "placebo", "cardiovascular", "ldl", "trial"}
    with pytest.raises(DecisionError, match="no record embase:nothing"):
        explain_rank(review, "Ada", "embase:nothing")


def test_without_a_question_no_report_is_said_to_answer_it_better_or_worse(filled: Callable[..., Review]) -> None:
    told = explanation_lines(explain_rank(filled(), "Ada", "embase:r1"))
    assert told[0] == "embase:r1: nothing relevant is known yet, chance alone decides"
    assert "says nothing about it" in told[1]
    shown = why_text(OrderName.RELEVANCE, RankExplanation((), 0.0, 0.5), by_chance=False).plain
    assert "says nothing about it" in shown
    assert "than the average" not in shown


def test_the_export_holds_labels_and_order_as_other_programs_read_them(
    filled: Callable[..., Review], truth: dict[str, bool], tmp_path: Path
) -> None:
    review = filled()
    keys = sorted_by_truth(truth)
    vote(review, truth, [*keys[:3], *keys[-3:]])
    found = rank_report(review, "Ada", tmp_path / "ranked.csv")
    rows = list(csv.DictReader((tmp_path / "ranked.csv").read_text(encoding="utf-8").splitlines()))
    assert [row["key"] for row in rows if row["rank"]] == list(found.queue.keys)
    assert {row["key"]: row["included"] for row in rows if row["included"]} == {
        key: str(int(truth[key])) for key in [*keys[:3], *keys[-3:]]
    }


def test_records_drawn_by_chance_are_mixed_in_as_often_as_the_protocol_says(
    filled: Callable[..., Review], truth: dict[str, bool]
) -> None:
    review = filled()
    with review.store.read() as transaction:
        pool, seen = prepare(transaction, review.folder / "cache"), viewpoint(transaction, "Ada")
    half = queue_of(pool, seen, 1, 0.5)
    assert sorted(half.keys) == sorted(truth)
    assert 15 <= len(half.drawn) <= 45
    assert not queue_of(pool, seen, 1, 0.0).drawn


# --- stopping ------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def ready(filled: Callable[..., Review], truth: dict[str, bool]) -> tuple[Review, list[str]]:
    """A review in which the rule holds, and the keys that nobody voted on."""
    review = filled()
    keys = sorted_by_truth(truth)
    vote(review, truth, keys[:-2])
    return review, keys[-2:]


def test_stopping_marks_the_unscreened_and_the_figure_tells_rule_and_date(
    ready: tuple[Review, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    review, left = ready
    done = stop(review, "Ada")
    assert sorted(done.reports) == sorted(left)
    assert done.stopping_risk.p is not None
    assert done.stopping_risk.p < 0.05
    flow = flow_told(read_flow(review))
    assert flow["counts"]["excluded_automatic"] == 2
    assert flow["counts"]["records_screened"] == N - 2
    assert flow["pending"]["title_abstract"] == 0
    assert [note for note in flow["footnotes"] if "left unscreened" in note and "2025-02-03" in note and "recall of 0.95" in note]
    explained = told(capsys, review.folder, "flow", "--explain", "excluded_automatic")
    assert sorted(explained["records"]) == sorted(left)
    methods = told(capsys, review.folder, "report", "methods")
    assert methods["unscreened"] == 2
    assert any("by a rule (hypergeometric" in sentence for sentence in methods["sentences"])
    assert run(["-C", str(review.folder), "flow", "--check"]) == 0
    assert run(["-C", str(review.folder), "doctor"]) == 0
    assert told(capsys, review.folder, "status")["stopping"]["stopped"] == "2025-02-03"
    with pytest.raises(DecisionError, match="--reopen"):
        vote(review, dict.fromkeys(left, False), left)


def test_reopening_takes_up_again_exactly_what_was_set_aside(ready: tuple[Review, list[str]]) -> None:
    review, left = ready
    before = flow_told(read_flow(review))
    stopped = moment("2025-02-03")
    stop(review, "Ada")
    assert sorted(reopen(review, "Ada")) == sorted(left)
    assert flow_told(read_flow(review)) == before
    assert flow_told(read_flow(review, stopped))["counts"] == before["counts"]
    with pytest.raises(DecisionError, match="not stopped"):
        reopen(review, "Ada")


def test_an_earlier_moment_shows_the_review_before_it_was_stopped(ready: tuple[Review, list[str]]) -> None:
    review, _ = ready
    before = review.store.now()
    stop(review, "Ada")
    assert flow_told(read_flow(review, before))["counts"]["excluded_automatic"] == 0
    assert flow_told(read_flow(review, before))["pending"]["title_abstract"] == 2


def test_screening_is_not_stopped_before_the_rule_holds_unless_somebody_insists(
    filled: Callable[..., Review], truth: dict[str, bool]
) -> None:
    review = filled()
    with pytest.raises(DecisionError, match="Nothing was screened yet"):
        stop(review, "Ada")
    vote(review, truth, sorted_by_truth(truth)[:20])
    with pytest.raises(DecisionError, match="does not hold yet"):
        stop(review, "Ada")
    assert len(stop(review, "Ada", anyway=True, check=True).reports) == N - 20
    assert flow_told(read_flow(review))["counts"]["excluded_automatic"] == 0
    assert "did not hold yet" in stop(review, "Ada", anyway=True).words
    assert any("did not hold yet" in note for note in flow_told(read_flow(review))["footnotes"])


def test_records_with_one_vote_of_two_are_finished_first(filled: Callable[..., Review], truth: dict[str, bool]) -> None:
    review = filled(reviewers=("Ada", "Grace"), toml_edits=PAIRS)
    keys = sorted_by_truth(truth)
    vote(review, truth, keys[:-2], "Ada")
    vote(review, truth, keys[:-3], "Grace")
    with pytest.raises(DecisionError, match=f"1 report has one vote of two and must be finished first: {keys[-3]}"):
        stop(review, "Ada")
    vote(review, truth, [keys[-3]], "Grace")
    assert len(stop(review, "Ada").reports) == 2


def test_records_of_other_methods_stay_to_be_screened(ready: tuple[Review, list[str]], tmp_path: Path) -> None:
    review, left = ready
    (tmp_path / "web.csv").write_text("accession,title\nW1,Web page\n", encoding="utf-8")
    import_file(review, tmp_path / "web.csv", Import("A website", SourceKind.WEBSITE))
    assert sorted(stop(review, "Ada").reports) == sorted(left)


def test_a_vote_that_a_copy_brings_later_counts_more_than_the_stop(ready: tuple[Review, list[str]]) -> None:
    review, left = ready
    stop(review, "Ada")
    with review.store.write() as transaction:
        payload = {"verdict": "exclude", "reason": "", "note": ""}
        event_log.append(transaction, [event_log.Draft(EventKind.DECISION, left[0], Stage.TITLE_ABSTRACT, "Ada", payload)])
    assert flow_told(read_flow(review))["counts"]["excluded_automatic"] == 1
    assert " on 3 February 2025); 1 record was left unscreened" in " ".join(methods_sentences(read_methods(review)))
    with review.store.read() as transaction:
        assert {left[0]} == {label.key for label in viewpoint(transaction, "Ada").labels} & set(left)
        assert all(
            report.key != left[0] or report.phase == "excluded at title/abstract"
            for report in load_review_state(transaction).reports
        )


def test_a_rule_is_written_into_the_protocol_as_an_event_and_a_late_one_is_told(
    ready: tuple[Review, list[str]], clock: Callable[[], Any]
) -> None:
    review, _ = ready
    text = (review.folder / "review.toml").read_text(encoding="utf-8")
    assert set_rule(review, Rule(RuleName.CONSECUTIVE, count=30), "Ada")
    edited = (review.folder / "review.toml").read_text(encoding="utf-8")
    assert 'rule = "consecutive"' in edited
    assert "# recall that must be reached" in edited
    assert edited.count("\n") <= text.count("\n") + 1
    with open_review(review.folder, review.environment, print, now=clock) as again:
        assert again.protocol.screening.stopping == Rule(RuleName.CONSECUTIVE, count=30)
        with again.store.read() as transaction:
            acts = [event.text("act") for event in event_rows.events(transaction, kinds=[EventKind.STOPPING])]
            assert acts == ["rule"]
            assert stopping_risk(transaction, "Ada").rule.is_advisory
        assert "set or changed after screening had begun" in stop(again, "Ada").words


def test_what_is_known_in_a_blind_pair_stays_with_whom_it_belongs_to(
    filled: Callable[..., Review], truth: dict[str, bool], capsys: pytest.CaptureFixture[str]
) -> None:
    review = filled(reviewers=("Ada", "Grace"), toml_edits=PAIRS)
    keys = sorted_by_truth(truth)
    vote(review, truth, keys[:10], "Grace")
    assert told(capsys, review.folder, "status", "--reviewer", "Ada")["stopping"]["screened"] == 0
    assert told(capsys, review.folder, "status")["stopping"]["screened"] == 0
    assert told(capsys, review.folder, "status", "--reviewer", "Grace")["stopping"]["found"] == RELEVANT


def test_a_vote_that_is_given_again_or_changed_does_not_show_the_report_anew(
    filled: Callable[..., Review], truth: dict[str, bool]
) -> None:
    review, met = filled(), sorted_by_truth(truth)
    relevant, others = met[:RELEVANT], met[RELEVANT:]
    vote(review, truth, [*others[:20], *relevant])
    with review.store.read() as transaction:
        before = stopping_risk(transaction, "Ada")
    vote(review, truth, others[:20])
    vote(review, truth, others[:1], wrong=True)
    vote(review, truth, others[:1])
    with review.store.read() as transaction:
        after = stopping_risk(transaction, "Ada")
        labels = viewpoint(transaction, "Ada").labels
    assert [label.key for label in labels] == [*others[:20], *relevant]
    assert before == after
    assert before.consecutive == 0


def test_votes_of_a_file_stand_in_the_order_in_which_they_were_given(
    filled: Callable[..., Review], truth: dict[str, bool], tmp_path: Path
) -> None:
    review, keys = filled(), sorted_by_truth(truth)[:20]
    # The relevant ones stand first in the table and came last: sorted by verdict it would show a long run without one at its end.
    rows = [f"{key},{'include' if truth[key] else 'exclude'},2025-01-01T10:{59 - line:02}:00Z" for line, key in enumerate(keys)]
    table = tmp_path / "votes.csv"
    table.write_text("\n".join(["key,verdict,decided_at", *rows, ""]), encoding="utf-8")
    assert run(["-C", str(review.folder), "decide", "--from", str(table)]) == 0
    with review.store.read() as transaction:
        seen = viewpoint(transaction, "Ada")
        assert stopping_risk(transaction, "Ada").consecutive == 0
    assert [label.key for label in seen.labels] == keys[::-1]


def test_what_was_screened_before_others_were_added_says_nothing_of_them(
    filled: Callable[..., Review], truth: dict[str, bool], tmp_path: Path
) -> None:
    review, met = filled(), sorted_by_truth(truth)
    vote(review, truth, met[: RELEVANT + 40])
    with review.store.read() as transaction:
        before = stopping_risk(transaction, "Ada")
    texts, labels = invented(30, 4, seed=9)
    import_file(review, write_set(tmp_path / "more.csv", texts, labels, label="column"), Import("Scopus"))
    with review.store.read() as transaction:
        added = stopping_risk(transaction, "Ada")
        new = [key for key in viewpoint(transaction, "Ada").open if key.startswith("scopus")]
    anew = p_target(before.rule, np.zeros(0, dtype=bool), 12 + 30, RELEVANT)
    assert (before.before, added.before) == (0, RELEVANT + 40)
    assert before.p is not None
    assert added.p == anew == 1 > before.p
    assert added.most_missing == added.left == 42 > before.most_missing
    words = "reports were added after 48 had been screened, and the test begins there"
    assert words in stopping_risk_lines(added)
    assert words in stop(review, "Ada", anyway=True, check=True).words
    vote(review, dict.fromkeys(new, False), new[1:])
    with review.store.read() as transaction:
        drawn = stopping_risk(transaction, "Ada")
    assert drawn.p == p_target(before.rule, np.zeros(29, dtype=bool), 42, RELEVANT)
    vote(review, {new[0]: True}, new[:1])
    with review.store.read() as transaction:
        again = stopping_risk(transaction, "Ada")
    assert (again.p, again.before, again.most_missing) == (before.p, 0, before.most_missing), (
        "those that were added are all screened"
    )


@pytest.mark.parametrize("rule", [Rule(RuleName.CONSECUTIVE, count=10), Rule(RuleName.KNEE), Rule()])
def test_footnote_and_lines_name_what_the_bound_takes_for_granted_and_that_the_rule_came_late(
    filled: Callable[..., Review], truth: dict[str, bool], rule: Rule
) -> None:
    review = filled()
    vote(review, truth, sorted_by_truth(truth)[:50])
    late = replace(rule, confidence=0.8)
    set_rule(review, late, "Ada")
    with open_review(review.folder, Environment(), print) as reopened:
        words = stop(reopened, "Ada", anyway=True, check=True).words
        with reopened.store.read() as transaction:
            risk = stopping_risk(transaction, "Ada")
    assert words.count("the order was never worse than random") == 1
    assert "the rule was set or changed after screening had begun" in words
    assert "the rule was set or changed after screening had begun" in stopping_risk_lines(risk)
    assert risk.as_json()["set_late"] is True


def test_a_pilot_round_leaves_the_rest_to_be_screened_in_what_a_stop_would_risk(
    filled: Callable[..., Review], truth: dict[str, bool]
) -> None:
    review = filled(reviewers=("Ada", "Grace"), toml_edits=PAIRS)
    pilot = start(review, Stage.TITLE_ABSTRACT, "Ada", n=5)
    vote(review, truth, pilot.payload["keys"], "Ada")
    with review.store.read() as transaction:
        now = stopping_risk(transaction, "Ada")
    assert (now.screened, now.left) == (5, N - 5)


def test_recall_is_estimated_from_what_was_drawn_by_chance(filled: Callable[..., Review], truth: dict[str, bool]) -> None:
    review = filled()
    keys = sorted_by_truth(truth)
    vote(review, truth, keys[:30])
    with review.store.write() as transaction:
        payload = {"order": "relevance", "why": "chance", "open": 31, "found": RELEVANT}
        event_log.append(
            transaction, [event_log.Draft(EventKind.ORDER, key, Stage.TITLE_ABSTRACT, "Ada", payload) for key in keys[20:30]]
        )
    with review.store.read() as transaction:
        found = stopping_risk(transaction, "Ada").recall
    assert found is not None
    assert (found.estimate, found.draws) == (1.0, 10)
    assert found.low < 1


@pytest.mark.postgres
def test_ranking_stopping_and_reopening_work_in_postgresql_too(
    filled: Callable[..., Review], truth: dict[str, bool], postgres_url: str
) -> None:
    review = filled(environment=Environment(database=postgres_url))
    keys = sorted_by_truth(truth)
    vote(review, truth, keys[:-2])
    assert sorted(rank_report(review, "Ada").queue.keys) == sorted(keys[-2:])
    assert len(stop(review, "Ada").reports) == 2
    assert flow_told(read_flow(review))["counts"]["excluded_automatic"] == 2
    assert len(reopen(review, "Ada")) == 2


def test_the_commands_stop_reopen_and_set_a_rule_in_words_and_json(
    ready: tuple[Review, list[str]], capsys: pytest.CaptureFixture[str]
) -> None:
    review, left = ready
    here = ["-C", str(review.folder), "rank"]
    assert told(capsys, review.folder, "rank", "--stop", "--check")["stored"] is False
    stopped = told(capsys, review.folder, "rank", "--stop")
    assert (stopped["set_aside"], sorted(stopped["reports"])) == (2, sorted(left))
    assert (
        "recall is at least 88 %: at most 1 relevant report may be missing (confidence 0.95 over all looks)" in stopped["methods"]
    )
    assert "at most 1 relevant report may be missing (confidence 0.95 over all looks)" in stopped["words"], (
        "the footnote says the same"
    )
    assert run([*here]) == 0
    assert "screening was stopped on" in capsys.readouterr().out
    assert told(capsys, review.folder, "rank", "--reopen")["reopened"] == 2
    assert run([*here, "--stop"]) == 0
    assert "2 unscreened reports marked as ineligible" in capsys.readouterr().out
    assert run([*here, "--reopen"]) == 0
    rule = told(capsys, review.folder, "rank", "--rule", "hypergeometric", "--target", "0.9")
    assert (rule["target"], rule["advisory"], rule["late"]) == (0.9, False, True)
    assert run([*here, "--rule", "knee"]) == 0
    assert "advisory only" in capsys.readouterr().err
    assert run([*here, "--why", left[0]]) == 0
    assert "the words that weigh most" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--stop", "--reopen"], "at a time"),
        (["--target", "0.9"], "belong to --rule"),
        (["--anyway"], "belong to --stop"),
    ],
)
def test_what_cannot_be_meant_together_is_said(
    arguments: list[str], sentence: str, review_folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["-C", str(review_folder), "rank", *arguments]) == 2
    assert sentence in capsys.readouterr().err


def test_an_empty_review_has_nothing_to_rank(review_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, review_folder, "rank")["order"] == []
    assert run(["-C", str(review_folder), "rank"]) == 0


def test_this_reviews_own_screening_can_be_replayed(
    filled: Callable[..., Review], truth: dict[str, bool], capsys: pytest.CaptureFixture[str]
) -> None:
    review = filled()
    assert run(["-C", str(review.folder), "simulate", "--this"]) == 1
    assert "no screening to replay" in capsys.readouterr().err
    keys = sorted_by_truth(truth)
    vote(review, truth, [*keys[:6], *keys[-30:]])
    said = told(capsys, review.folder, "simulate", "--this", "--runs", "2", "--draw-priors")
    assert (said["n"], said["included"], said["runs"]) == (34, 5, 2)
    assert set(said["order"]) <= {*keys[:6], *keys[-30:]}
