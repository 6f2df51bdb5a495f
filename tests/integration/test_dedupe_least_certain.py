"""The least certain joined pairs of a review: which they are, what leaves the list, and what changed rules call in question."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from msgspec.structs import replace

from prisma_tool.cli.main import run as command
from prisma_tool.dedupe import manual
from prisma_tool.dedupe.joined.least_certain import LeastCertain, least_certain, listed_since
from prisma_tool.dedupe.run import DedupeReport, deduplicate, last_findings
from prisma_tool.errors import DecisionError
from prisma_tool.history.event_sentences import sentence
from prisma_tool.model.log.admission import problem
from prisma_tool.model.log.events import ENGINE, EventKind
from prisma_tool.model.record.citation import Author, Citation
from prisma_tool.model.vocabulary import DuplicateVerdict, SourceKind
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine import event_rows
from prisma_tool.store.projections import event_log
from prisma_tool.store.records import clusters, records
from prisma_tool.store.runs import runs

MakeReview = Callable[..., Review]
PAPER = Citation(
    title="Bridging therapy before an infusion of cells in adults",
    authors=(Author("Moreau", "A"), Author("Tanaka", "B")),
    year=2021,
    journal="Journal of Invention",
)
PLACED = replace(PAPER, volume="5", issue="2", pages="11-19")
HIP = replace(PLACED, title="Early mobilisation after replacement of the hip in older adults", pages="S12")
KNEE = replace(HIP, title="Early mobilisation after replacement of the knee in older adults")
SAME = {
    "verdict": "same",
    "reason": "same page and author, title cut or spelt otherwise (title differs; title likeness 93 of 100)",
}


@pytest.fixture
def held(make_review: MakeReview) -> Callable[..., Review]:
    """A review that holds a record of each citation, `embase:1` and on, deduplicated unless said otherwise."""

    def hold(*citations: Citation, compared: bool = True) -> Review:
        review = make_review()
        deliver(review, 1, *citations)
        if compared:
            deduplicate(review, lambda: 0.0)
        return review

    return hold


def deliver(review: Review, first: int, *citations: Citation) -> None:
    with review.store.write() as transaction:
        source = runs.register_source(transaction, "Embase", SourceKind.DATABASE).slug
        run = runs.begin_run(transaction, source)
        batch = [records.Delivery(source, str(number), citation) for number, citation in enumerate(citations, first)]
        records.store_batch(transaction, run.id, batch)


def listed(review: Review) -> list[LeastCertain]:
    with review.store.read() as transaction:
        return least_certain(transaction)


def keys(review: Review) -> list[tuple[str, str]]:
    return [(pair.a, pair.b) for pair in listed(review)]


def run(review: Review) -> DedupeReport:
    return deduplicate(review, lambda: 0.0)


@pytest.fixture
def by_earlier_rules(held: Callable[..., Review]) -> Review:
    """Hip and knee stand joined by a pass whose configuration is not the present one."""
    review = held(HIP, KNEE, compared=False)
    with review.store.write() as transaction:
        until = clusters.latest_arrival(transaction)
        assert until is not None
        findings = {"title": "differs", "authors": "agrees", "year": "agrees", "first page": "agrees"}
        verdict = {"other": "embase:2", "findings": findings, **SAME}
        passed = {"configuration": "earlier", "compared_until": until.isoformat(), "found": [["same", "rule", "Embase", 1]]}
        event_log.append(
            transaction,
            [
                event_log.Draft(EventKind.DUPLICATE, "embase:1", reviewer=ENGINE, payload=verdict),
                event_log.Draft(EventKind.DEDUPLICATION, payload=passed),
            ],
        )
    return review


def test_a_join_without_a_page_or_an_identifier_is_listed_and_a_paper_in_its_place_is_not(held: Callable[..., Review]) -> None:
    other = replace(PLACED, title="Late relapse after a transplantation in older people")
    review = held(PAPER, PAPER, other, other)
    assert keys(review) == [("embase:1", "embase:2")]
    (pair,) = listed(review)
    assert "certainty 70 of 100: title, authors, year, journal agree" in pair.explanation
    assert (run(review).least_certain, run(review).joined_before_would_ask) == (1, 0)


def test_a_pair_that_better_backed_pairs_bring_together_is_not_listed(held: Callable[..., Review]) -> None:
    with_doi, with_both = replace(PAPER, doi="10.5555/a"), replace(PAPER, doi="10.5555/a", pmid="99000001")
    review = held(with_doi, with_both, replace(PAPER, pmid="99000001"))
    assert manual.explain(review, "embase:1")[0] == ["embase:1", "embase:2", "embase:3"]
    assert keys(review) == []


def test_what_a_person_confirmed_leaves_the_list_and_comes_back_with_undo(held: Callable[..., Review]) -> None:
    review = held(PAPER, PAPER)
    manual.confirm(review, "embase:1", "embase:2", "Ada")
    assert keys(review) == []
    assert manual.explain(review, "embase:1")[0] == ["embase:1", "embase:2"]
    manual.undo_last(review, "Ada")
    assert keys(review) == [("embase:1", "embase:2")]


def test_what_a_person_separated_leaves_the_list_and_stays_apart(held: Callable[..., Review]) -> None:
    review = held(PAPER, PAPER)
    manual.not_duplicate(review, "embase:1", "embase:2", "Ada")
    assert keys(review) == []
    run(review)
    assert manual.explain(review, "embase:1")[0] == ["embase:1"]


def test_the_join_of_records_that_are_apart_cannot_be_confirmed(held: Callable[..., Review]) -> None:
    review = held(PAPER, PAPER)
    manual.not_duplicate(review, "embase:1", "embase:2", "Ada")
    with pytest.raises(DecisionError, match="not together any more"):
        manual.confirm(review, "embase:1", "embase:2", "Ada")


def test_the_list_after_a_moment_holds_what_was_joined_since(held: Callable[..., Review]) -> None:
    review = held(PAPER, PAPER)
    seen = listed(review)[0].since
    later = replace(PAPER, title="Late relapse after a transplantation in older people")
    with review.store.read() as transaction:
        assert len(listed_since(transaction, 0)) == 1
        assert listed_since(transaction, seen) == []
    deliver(review, 3, later, later)
    run(review)
    with review.store.read() as transaction:
        assert [(pair.a, pair.b) for pair in listed_since(transaction, seen)] == [("embase:3", "embase:4")]


def test_what_earlier_rules_joined_and_the_present_ones_would_not_is_listed_first_and_stays_joined(
    by_earlier_rules: Review,
) -> None:
    report = run(by_earlier_rules)
    assert (report.joined_before_would_ask, report.duplicates_removed) == (1, 1)
    (pair,) = listed(by_earlier_rules)
    assert pair.explanation.startswith("joined by earlier rules (same page and author, title cut or spelt otherwise); ")
    assert "would not be joined now: " in pair.explanation
    deliver(by_earlier_rules, 3, PAPER, PAPER)
    report = run(by_earlier_rules)
    assert (report.least_certain, report.joined_before_would_ask) == (2, 1)
    assert keys(by_earlier_rules) == [("embase:1", "embase:2"), ("embase:3", "embase:4")]


def test_new_records_and_changed_rules_are_one_pass(by_earlier_rules: Review) -> None:
    deliver(by_earlier_rules, 3, PAPER, PAPER)
    report = run(by_earlier_rules)
    assert (report.least_certain, report.joined_before_would_ask, report.duplicates_removed) == (2, 1, 2)
    with by_earlier_rules.store.read() as transaction:
        passes = list(event_rows.events(transaction, kinds=[EventKind.DEDUPLICATION]))
        assert len(passes) == 2
        assert clusters.waiting_keys(transaction) == set()


def test_the_pairs_are_judged_anew_once_for_each_change_of_the_rules(by_earlier_rules: Review) -> None:
    for _ in range(3):
        assert run(by_earlier_rules).joined_before_would_ask == 1
    with by_earlier_rules.store.read() as transaction:
        passes = list(event_rows.events(transaction, kinds=[EventKind.DEDUPLICATION]))
        assert len(passes) == 2
        assert last_findings(transaction) == [("same", "rule", "Embase", 1)]
        assert not problem(passes[-1])
        assert sentence(passes[-1], by_earlier_rules.protocol).endswith("by changed rules; 1 would not be joined now")


def test_a_persons_word_on_a_pair_of_earlier_rules_is_not_asked_for_again(by_earlier_rules: Review) -> None:
    manual.confirm(by_earlier_rules, "embase:1", "embase:2", "Ada")
    report = run(by_earlier_rules)
    assert (report.least_certain, report.joined_before_would_ask) == (0, 0)


def test_a_pair_that_the_present_rules_join_too_is_only_listed_for_what_backs_it(held: Callable[..., Review]) -> None:
    review = held(PAPER, PAPER)
    with review.store.write() as transaction:
        until = {"configuration": "earlier", "compared_until": clusters.compared_until(transaction).isoformat()}  # type: ignore[union-attr]
        event_log.append(transaction, [event_log.Draft(EventKind.DEDUPLICATION, payload=until)])
    assert run(review).joined_before_would_ask == 0
    assert [pair.would_ask for pair in listed(review)] == [""]


def test_dedupe_says_that_there_are_such_pairs_and_explain_says_why(
    by_earlier_rules: Review, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = str(by_earlier_rules.folder)
    assert command(["-C", folder, "dedupe"]) == 0
    sentences = capsys.readouterr().out
    assert "1 pair joined before would now be asked: `prisma-tool dedupe --review`, then Tab. Nothing was undone." in sentences
    assert "1 joined pair is least certain: `prisma-tool dedupe --review`, then Tab, shows it." in sentences
    assert command(["-C", folder, "dedupe", "--json"]) == 0
    counts = json.loads(capsys.readouterr().out)
    assert (counts["least_certain"], counts["joined_before_would_ask"]) == (1, 1)
    assert command(["-C", folder, "dedupe", "--explain", "embase:2"]) == 0
    assert "least certain: embase:1 and embase:2: joined by earlier rules" in capsys.readouterr().out
    assert command(["-C", folder, "dedupe", "--explain", "embase:2", "--json"]) == 0
    (pair,) = json.loads(capsys.readouterr().out)["least_certain"]
    assert (pair["a"], pair["b"]) == ("embase:1", "embase:2")
    assert {"field": "authors", "finding": "agrees", "points": 20} in pair["parts"]


def test_the_verdict_of_the_pair_is_still_the_engines(by_earlier_rules: Review) -> None:
    run(by_earlier_rules)
    with by_earlier_rules.store.read() as transaction:
        (verdict,) = clusters.verdicts_about(transaction, "embase:1")
    assert (verdict.reviewer, verdict.text("verdict")) == (ENGINE, DuplicateVerdict.SAME)
