"""What a rerun changes about decided records is raised to the reviewers, and never decided again by the tool."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from prisma_tool.cli import main
from prisma_tool.dedupe.manual import merge
from prisma_tool.errors import DecisionError, ExitCode
from prisma_tool.history.activity import LogFilter, log_page
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.record.citation import Citation, Link, Section, Trial
from prisma_tool.model.vocabulary import RunStatus, SourceKind, Stage, Verdict
from prisma_tool.reports.state import load_review_state
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, decide, undo_last
from prisma_tool.store.engine.database import Store
from prisma_tool.store.engine.schema import VersionRow
from prisma_tool.store.projections import event_log
from prisma_tool.store.records import records
from prisma_tool.store.runs import run_progress, runs
from prisma_tool.updates.acknowledgement import acknowledge, changes_about, open_items
from prisma_tool.updates.changes_since_decision import ChangeSinceDecision

PLAIN = Citation(title="Invented trial of CAR T cells", pmid="1", abstract=(Section("", "Ten patients."),))
RETRACTED = replace(PLAIN, links=(Link("RetractionIn", "99", "J Inv. 2025;1:1"),))
ENTRY = Citation(title="Invented register entry", registry_numbers=("NCT00000001",), trial=Trial(status="COMPLETED"))
POSTED = replace(ENTRY, trial=Trial(status="COMPLETED", has_results=True, results_posted="2025-02-01"))
KINDS = {"PubMed": SourceKind.DATABASE, "ClinicalTrials.gov": SourceKind.REGISTER, "Embase": SourceKind.DATABASE}
MakeReview = Callable[..., Review]
Deliver = Callable[..., records.StoredBatch]
TITLE_ABSTRACT = Stage.TITLE_ABSTRACT


@pytest.fixture
def review(make_review: MakeReview) -> Review:
    """Two reviewers, one decision each."""
    return make_review(reviewers=("Ada", "Ben"))


def run(review: Review, *citations: Citation, source: str = "PubMed", vanished: tuple[str, ...] = (), query: str = "q") -> None:
    """A complete run of the one search of a source, as the search command leaves it behind."""
    with review.store.write() as transaction:
        known = runs.register_source(transaction, source, KINDS[source])
        runs.register_search(transaction, known.slug, known.slug)
        row = runs.begin_run(transaction, known.slug, search=known.slug, query=query)
        records.store_batch(transaction, row.id, [records.Delivery(known.slug, one.pmid or one.nct, one) for one in citations])
        run_progress.finish(transaction, row.id, RunStatus.COMPLETE, vanished=list(vanished))


def vote(review: Review, key: str, verdict: Verdict = Verdict.INCLUDE, reviewer: str = "Ada") -> None:
    decide(review, [Decision(key, TITLE_ABSTRACT, reviewer, verdict)])


def raised(review: Review) -> list[ChangeSinceDecision]:
    with review.store.read() as transaction:
        return list(open_items(transaction).changes)


def told(review: Review) -> list[tuple[str, str, tuple[str, ...]]]:
    return [(one.key, one.kind, one.waiting) for one in raised(review)]


@pytest.mark.parametrize(
    ("key", "before", "after", "kind", "words"),
    [
        ("pubmed:1", PLAIN, RETRACTED, "retracted", ("no notice", "RetractionIn J Inv. 2025;1:1 PMID 99")),
        (
            "pubmed:1", PLAIN, replace(PLAIN, links=(Link("ExpressionOfConcernIn", "98"),)), "expression of concern",
            ("no notice", "ExpressionOfConcernIn PMID 98"),
        ),
        ("pubmed:1", PLAIN, replace(PLAIN, links=(Link("ErratumIn"),)), "erratum", ("no notice", "ErratumIn")),
        ("pubmed:1", replace(PLAIN, abstract=()), PLAIN, "abstract arrived", ("no abstract", "2 words")),
        (
            "pubmed:1", PLAIN, replace(PLAIN, title="Another\x1b[2J title"), "title changed",
            ("Invented trial of CAR T cells", "Another title"),
        ),
        ("ctgov:NCT00000001", ENTRY, POSTED, "results posted", ("no results", "posted 2025-02-01")),
    ],
)  # fmt: skip
def test_what_changed_about_a_decided_record_is_raised_with_what_was_known_before_and_after(
    review: Review, key: str, before: Citation, after: Citation, kind: str, words: tuple[str, str]
) -> None:
    source = "ClinicalTrials.gov" if before.trial else "PubMed"
    run(review, before, source=source)
    vote(review, key, Verdict.EXCLUDE)
    run(review, after, source=source)
    (one,) = raised(review)
    assert (one.key, one.kind, (one.before, one.after), one.waiting) == (key, kind, words, ("Ada",))
    assert one.decided == "excluded at title/abstract"
    with review.store.read() as transaction:
        assert load_review_state(transaction).reports[0].phase == "excluded at title/abstract"


def test_what_changed_before_anybody_decided_is_not_raised(review: Review) -> None:
    run(review, PLAIN)
    run(review, RETRACTED)
    assert raised(review) == []
    vote(review, "pubmed:1")
    assert raised(review) == []


def test_a_vanished_record_is_raised_until_it_is_found_again(review: Review) -> None:
    other = replace(PLAIN, pmid="2", title="Another invented trial")
    run(review, PLAIN, other)
    vote(review, "pubmed:1")
    run(review, other, vanished=("pubmed:1",))
    assert told(review) == [("pubmed:1", "vanished", ("Ada",))]
    assert raised(review)[0].after == "not found since"
    run(review, other, query="narrower")
    assert told(review) == [("pubmed:1", "vanished", ("Ada",))]
    run(review, PLAIN, other)
    assert raised(review) == []
    run(review, other, vanished=("pubmed:1",), query="narrower")
    assert raised(review)[0].after == "not found since; the strategy of pubmed had changed"


def test_each_reviewer_who_had_decided_answers_by_acknowledging_or_by_deciding_anew(review: Review) -> None:
    run(review, PLAIN)
    vote(review, "pubmed:1")
    vote(review, "pubmed:1", reviewer="Ben")
    run(review, RETRACTED)
    assert told(review) == [("pubmed:1", "retracted", ("Ada", "Ben"))]
    acknowledge(review, ["pubmed:1"], "Ada")
    assert told(review) == [("pubmed:1", "retracted", ("Ben",))]
    vote(review, "pubmed:1", Verdict.EXCLUDE, "Ben")
    assert raised(review) == []
    undo_last(review, "Ben", TITLE_ABSTRACT)
    assert told(review) == [("pubmed:1", "retracted", ("Ben",))]
    run(review, replace(RETRACTED, title="Retracted: invented trial of CAR T cells"))
    assert told(review) == [("pubmed:1", "retracted", ("Ben",)), ("pubmed:1", "title changed", ("Ada", "Ben"))]


def test_a_ruling_since_the_change_settles_it_and_one_before_it_is_raised_to_anybody(review: Review) -> None:
    def rule(verdict: str) -> None:
        with review.store.write() as transaction:
            event_log.append(
                transaction,
                [event_log.Draft(EventKind.ADJUDICATION, "pubmed:1", TITLE_ABSTRACT, "Ada", {"verdict": verdict})],
            )

    run(review, PLAIN)
    rule("include")
    run(review, RETRACTED)
    assert told(review) == [("pubmed:1", "retracted", ())]
    rule("exclude")
    assert raised(review) == []


def test_a_change_is_raised_on_the_whole_report_whichever_of_its_records_was_decided_on(review: Review) -> None:
    run(review, PLAIN)
    run(review, PLAIN, source="Embase")
    vote(review, "embase:1")
    merge(review, "pubmed:1", "embase:1", "Ada")
    run(review, RETRACTED)
    (one,) = raised(review)
    assert (one.key, one.report) == ("pubmed:1", "pubmed:1")
    with review.store.read() as transaction:
        assert changes_about(transaction, ["embase:1", "pubmed:1"]) == [one]
    acknowledge(review, ["embase:1"], "Ada")
    assert raised(review) == []


def test_the_retraction_of_a_late_duplicate_is_raised_though_the_record_itself_needs_no_look(review: Review) -> None:
    run(review, PLAIN)
    vote(review, "pubmed:1")
    run(review, RETRACTED, source="Embase")
    merge(review, "pubmed:1", "embase:1", "Ada")
    with review.store.read() as transaction:
        found = open_items(transaction)
        assert changes_about(transaction, ["pubmed:1", "embase:1"]) == list(found.changes)
    assert found.late_duplicates == ()
    assert [(one.key, one.kind) for one in found.changes] == [("embase:1", "retracted")]


@pytest.mark.parametrize(
    ("decided", "late", "listed"),
    [
        ({"pmid": "1", "doi": "10.1/a"}, {"pmid": "1"}, False),
        ({"pmid": "1", "doi": "10.1/a"}, {"doi": "10.1/a"}, False),
        # A DOI that a whole supplement shares says nothing where the PMIDs differ.
        ({"pmid": "1", "doi": "10.1/a"}, {"pmid": "2", "doi": "10.1/a"}, True),
        ({"pmid": "1"}, {"doi": "10.1/a"}, True),
        ({"pmid": "1"}, {}, True),
        # Many articles name the registration of one trial.
        ({"registry_numbers": ("NCT00000001",)}, {"registry_numbers": ("NCT00000001",)}, True),
    ],
)
def test_a_late_record_needs_a_look_unless_its_pmid_or_doi_was_there_when_the_report_was_decided(
    store: Store, deliver: Deliver, decided: dict[str, Any], late: dict[str, Any], listed: bool
) -> None:
    deliver(store, ("1", Citation(title="A trial", **decided)), source="PubMed")
    vote_on(store, "pubmed:1")
    deliver(store, ("9", Citation(title="A trial", **late)))
    join(store, "embase:9", "pubmed:1")
    with store.read() as transaction:
        assert open_items(transaction).late_duplicates == ((("embase:9", "pubmed:1"),) if listed else ())


def test_a_late_record_that_was_voted_on_itself_needs_a_look_whatever_its_numbers(store: Store, deliver: Deliver) -> None:
    deliver(store, ("1", PLAIN), source="PubMed")
    deliver(store, ("1", PLAIN))
    vote_on(store, "pubmed:1")
    vote_on(store, "embase:1")
    join(store, "embase:1", "pubmed:1")
    with store.read() as transaction:
        assert [key for key, _ in open_items(transaction).late_duplicates] == ["embase:1"]


def test_a_late_duplicate_is_acknowledged_and_waits_no_more_until_another_one_comes(review: Review) -> None:
    run(review, PLAIN)
    vote(review, "pubmed:1")
    run(review, replace(PLAIN, pmid="", doi=""), source="Embase")
    late = late_keys(review)[0]
    merge(review, late, "pubmed:1", "Ada")
    assert late_duplicates(review) == [late]
    acknowledge(review, [late], "Ada")
    assert late_duplicates(review) == []
    with pytest.raises(DecisionError, match="Nothing about"):
        acknowledge(review, ["pubmed:1"], "Ada")
    run(review, replace(PLAIN, pmid="", doi="", title="Another one"), source="Embase")
    other = next(key for key in late_keys(review) if key != late)
    merge(review, other, "pubmed:1", "Ada")
    assert late_duplicates(review) == [other]
    acknowledge(review, ["pubmed:1"], "Ada")
    assert late_duplicates(review) == []
    words = [entry.words for entry in log_page(review, "Ada", LogFilter(kind="acknowledgement"), 9).entries]
    assert words == [
        f"Ada kept the decision on {key}, having seen that this record joined its report late" for key in (other, late)
    ]


def late_keys(review: Review) -> list[str]:
    with review.store.read() as transaction:
        return [record.key for record in records.all_records(transaction) if record.key.startswith("embase:")]


def late_duplicates(review: Review) -> list[str]:
    with review.store.read() as transaction:
        return [key for key, _ in open_items(transaction).late_duplicates]


def vote_on(store: Store, key: str) -> None:
    with store.write() as transaction:
        vote = event_log.Draft(EventKind.DECISION, key, TITLE_ABSTRACT, "Ada", {"verdict": "include"})
        event_log.append(transaction, [vote])


def join(store: Store, key: str, other: str) -> None:
    with store.write() as transaction:
        joined = {"other": other, "verdict": "same", "reason": "by hand"}
        event_log.append(transaction, [event_log.Draft(EventKind.DUPLICATE, key, reviewer="Ada", payload=joined)])


def test_what_a_tool_decided_is_raised_to_anybody(make_review: MakeReview) -> None:
    review = make_review(toml_edits={'reviewers = ["Ada"]': 'reviewers = ["Ada", "Robot"]\ntools = ["Robot"]'})
    run(review, PLAIN)
    vote(review, "pubmed:1", Verdict.EXCLUDE, "Robot")
    run(review, RETRACTED)
    assert told(review) == [("pubmed:1", "retracted", ())]
    acknowledge(review, ["pubmed:1"], "Ada")
    assert raised(review) == []


def test_both_databases_tell_the_same_about_a_changed_report_with_a_late_copy(store: Store, deliver: Deliver) -> None:
    deliver(store, ("1", PLAIN), source="PubMed")
    vote_on(store, "pubmed:1")
    deliver(store, ("1", RETRACTED), source="PubMed")
    deliver(store, ("1", replace(PLAIN, pmid="")))
    join(store, "embase:1", "pubmed:1")
    with store.read() as transaction:
        found = open_items(transaction)
    assert [(one.key, one.kind, one.waiting) for one in found.changes] == [("pubmed:1", "retracted", ("Ada",))]
    assert [key for key, _ in found.late_duplicates] == ["embase:1"]


def test_an_answer_that_only_a_newer_parser_understands_is_raised_where_it_is_grave(review: Review) -> None:
    run(review, PLAIN)
    vote(review, "pubmed:1")
    run(review, replace(RETRACTED, title="Read otherwise by a newer parser"))
    with review.store.write() as transaction:
        version = transaction.session.get_one(VersionRow, ("pubmed:1", 2))
        version.changes = ["reparsed", *version.changes]
    assert told(review) == [("pubmed:1", "retracted", ("Ada",))]


def test_acknowledging_what_is_not_raised_is_refused_and_stores_nothing(review: Review) -> None:
    run(review, PLAIN, replace(PLAIN, pmid="2", title="Another invented trial"))
    vote(review, "pubmed:1")
    run(review, RETRACTED)
    with pytest.raises(DecisionError, match="Nothing about pubmed:2 waits"):
        acknowledge(review, ["pubmed:1", "pubmed:2"], "Ada")
    assert told(review) == [("pubmed:1", "retracted", ("Ada",))]


def test_a_refused_search_that_was_renamed_or_given_up_no_longer_waits_for_anybody(
    make_review: MakeReview, capsys: pytest.CaptureFixture[str]
) -> None:
    review = make_review(pubmed="kites", toml_edits={'name = "pubmed"': 'name = "my kites"'})
    with review.store.write() as transaction:
        source = runs.register_source(transaction, "PubMed", SourceKind.DATABASE)
        for name in ("my kites", "its former name"):
            runs.register_search(transaction, name, source.slug)
            refused = runs.begin_run(transaction, source.slug, search=name)
            run_progress.finish(transaction, refused.id, RunStatus.REFUSED)
    here = ["-C", str(review.folder)]
    assert main.run([*here, "status"]) == ExitCode.DONE
    assert "search not finished: my kites (refused); `prisma-tool search 'my kites'` says why" in capsys.readouterr().out
    assert main.run([*here, "doctor"]) == ExitCode.CHECK_FAILED
    assert main.run([*here, "flow", "--json"]) == ExitCode.DONE
    assert main.run([*here, "report", "search"]) == ExitCode.DONE
    said = capsys.readouterr().out
    assert "my kites is refused: run `prisma-tool search 'my kites'`" in said
    assert "1 search not finished: my kites" in said
    assert "latest run of these searches is not complete: my kites." in said
    with review.store.read() as transaction:
        assert [state.search for state in open_items(transaction).unfinished] == ["my kites"]


def test_status_tells_what_waits_and_takes_the_acknowledgement(review: Review, capsys: pytest.CaptureFixture[str]) -> None:
    run(review, PLAIN)
    vote(review, "pubmed:1")
    run(review, RETRACTED)
    with review.store.write() as transaction:
        runs.register_search(transaction, "second", "pubmed")
        second = runs.begin_run(transaction, "pubmed", search="second", undelivered=["7", "8"])
        run_progress.finish(transaction, second.id, RunStatus.INCOMPLETE)
    here = ["-C", str(review.folder), "status"]
    assert main.run(here) == ExitCode.DONE
    said = capsys.readouterr().out
    assert "changed since decided: 1 (1 retracted); `prisma-tool status --attention` lists them" in said
    assert "search not finished: second (incomplete); review.toml no longer has it, put it back there to finish it" in said
    assert "not delivered: 2 of second" in said
    assert main.run([*here, "--attention"]) == ExitCode.DONE
    assert "pubmed:1: retracted on 2025-02-03: no notice -> RetractionIn J Inv. 2025;1:1 PMID 99;" in capsys.readouterr().out
    assert main.run([*here, "--acknowledge", "pubmed:1", "--reviewer", "Ada", "--json"]) == ExitCode.DONE
    found = json.loads(capsys.readouterr().out)["attention"]
    assert found["raised"] == []
    assert found["unfinished"] == [{"search": "second", "status": "incomplete"}]
    assert found["undelivered"] == [{"search": "second", "ids": ["7", "8"]}]
