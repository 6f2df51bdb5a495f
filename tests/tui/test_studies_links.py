"""The suggestions below the studies screen: what a link stores, what it settles, and how it is taken back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from prisma_tool.errors import DecisionError, StoreError
from prisma_tool.model.record.citation import Author, Citation, Section, Trial
from prisma_tool.model.vocabulary import SourceKind, Stage, Verdict
from prisma_tool.reports.state import Phase
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, decide
from prisma_tool.store.records.records import StoredRecord
from prisma_tool.studies import links
from prisma_tool.studies.links import Strength, Suggestion
from prisma_tool.tui.sessions.study_links_session import LinkableReport, StudyLinksSession, proposed_label
from prisma_tool.tui.studies.suggestion_text import end_text, report_text

ReviewOf = Callable[..., Review]
Deliver = Callable[..., None]
FIRST, SECOND = "NCT99000001", "NCT99000002"


def paper(pmid: str, *numbers: str, year: int = 2021, mentioned: tuple[str, ...] = ()) -> Citation:
    name = Author(f"Moreau{pmid}", "A")
    return Citation(
        title=f"Paper [{pmid}]", authors=(name,), year=year, pmid=pmid, registry_numbers=numbers, mentioned_numbers=mentioned
    )


@pytest.fixture
def session(review_of: ReviewOf, deliver: Deliver) -> StudyLinksSession:
    """Two reports that share both numbers, one more for the first, and a pair on medium grounds."""
    review = review_of()
    papers = [
        paper("1", FIRST, SECOND, year=2022),
        paper("2", FIRST, SECOND),
        paper("3", FIRST),
        paper("4", mentioned=("NCT99000009",)),
        paper("5", mentioned=("NCT99000009",)),
    ]
    deliver(review, "PubMed", SourceKind.DATABASE, *papers)
    return StudyLinksSession(review, "Anna")


def test_a_link_takes_the_chosen_reports_and_drops_what_it_settles(session: StudyLinksSession) -> None:
    assert [one.strength for one in session.items] == [Strength.STRONG, Strength.STRONG, Strength.MEDIUM]
    session.toggle("pubmed:3")
    details = session.read()
    assert details is not None
    assert details.label == "Moreau2 2021 (NCT99000001)"
    assert session.link(details, " My   study ") == 2
    assert links.keys_by_study(session.review) == {"My study": ["pubmed:1", "pubmed:2"]}
    assert [one.number for one in session.items] == ["NCT99000009"]
    assert (session.linked, session.progress().waiting) == (2, 1)
    assert StudyLinksSession(session.review, "Ben").items[0].number == FIRST


def test_undo_takes_back_the_links_and_keeps_those_of_before(session: StudyLinksSession) -> None:
    links.link(session.review, "Earlier", ["pubmed:1"], "Ben")
    session.reload()
    details = session.read()
    assert details is not None
    assert details.label == "Earlier"
    session.link(details, "Another")
    assert session.undo() == FIRST
    assert links.keys_by_study(session.review) == {"Earlier": ["pubmed:1"]}
    assert session.current is not None
    assert session.current.number == FIRST
    assert session.undo() == ""


def test_reports_that_are_in_the_study_already_are_not_linked_twice(session: StudyLinksSession) -> None:
    links.link(session.review, "Known", ["pubmed:1"], "Ben")
    details = session.read()
    assert details is not None
    assert session.link(details, "Known") == 2
    session.undo()
    assert links.keys_by_study(session.review) == {"Known": ["pubmed:1"]}


def test_a_suggestion_left_aside_stays_away_for_this_sitting_only(session: StudyLinksSession) -> None:
    for _ in range(3):
        session.leave()
    assert session.current is None
    assert "All suggestions are answered." in end_text(session.progress(), session.linked).plain
    session.undo()
    assert session.current is not None
    assert len(StudyLinksSession(session.review, "Anna").items) == 3


def test_a_report_taken_out_of_its_studies_comes_back_with_undo(session: StudyLinksSession) -> None:
    links.link_all(session.review, [("One", "pubmed:4"), ("Two", "pubmed:4")], "Ben")
    assert session.unlink("pubmed:4") == ["One", "Two"]
    assert session.studies() == []
    assert session.undo() == "pubmed:4"
    assert {study.label: [one.record.key for one in study.reports] for study in session.studies()} == {
        "One": ["pubmed:4"],
        "Two": ["pubmed:4"],
    }


def test_a_refused_link_changes_nothing(session: StudyLinksSession) -> None:
    details, before = session.read(), list(session.items)
    assert details is not None
    with pytest.raises(DecisionError, match="label"):
        session.link(details, "  ")
    for name in ("review.db-wal", "review.db-shm"):
        (session.review.folder / name).unlink(missing_ok=True)
    (session.review.folder / "review.db").write_bytes(b"no database" * 1000)
    with pytest.raises(StoreError):
        session.link(details, "Study")
    assert (session.items, session.linked) == (before, 0)


def linkable(citation: Citation, *known: str) -> LinkableReport:
    return LinkableReport(StoredRecord("k:1", "PubMed", "1", "k:1", citation), Phase.INCLUDED, known, "registry number")


def test_the_proposed_label_prefers_a_study_that_exists_then_the_earliest_signed_publication() -> None:
    suggestion = Suggestion(FIRST, (), Strength.STRONG, ())
    entry = linkable(Citation(authors=(Author("Sponsor"),), year=2010, trial=Trial()))
    unsigned, late, early = linkable(Citation(year=2001)), linkable(paper("1", year=2020)), linkable(paper("2", year=2015))
    assert proposed_label(suggestion, [entry, unsigned, late, early]) == f"Moreau2 2015 ({FIRST})"
    assert proposed_label(replace(suggestion, number="Moreau2 2015"), [late, early]) == "Moreau2 2015"
    assert proposed_label(suggestion, [entry, unsigned]) == FIRST
    assert proposed_label(suggestion, [early, linkable(paper("3"), "Known study")]) == "Known study"


def test_a_report_tells_where_it_stands_why_it_is_suggested_and_whether_it_has_results() -> None:
    entry = Citation(title="An [entry]", registry_numbers=(FIRST,), abstract=(Section("", "x"),), trial=Trial(has_results=False))
    text = report_text(linkable(entry, "Known"), 40).plain
    for part in ("[x] An [entry]", "✓ included · k:1", "registry number", "no results posted", "already in Known"):
        assert part in text
    assert max(map(len, text.splitlines())) <= 40


def screened(session: StudyLinksSession, pmid: str, verdict: Verdict, stage: Stage = Stage.TITLE_ABSTRACT) -> None:
    reason = "wrong-outcome" if stage is Stage.FULL_TEXT and verdict is Verdict.EXCLUDE else ""
    decide(session.review, [Decision(f"pubmed:{pmid}", stage, "Anna", verdict, reason)])


def test_excluded_reports_are_not_suggested_nor_is_what_is_left_of_a_pair_without_them(session: StudyLinksSession) -> None:
    screened(session, "3", Verdict.EXCLUDE)
    screened(session, "5", Verdict.EXCLUDE)
    session.reload()
    assert [one.number for one in session.items] == [FIRST, SECOND]
    details = session.read()
    assert details is not None
    assert [report.record.key for report in details.reports] == ["pubmed:1", "pubmed:2"]


def test_suggestions_with_an_included_report_come_first_and_so_does_the_report(session: StudyLinksSession) -> None:
    for stage in (Stage.TITLE_ABSTRACT, Stage.FULL_TEXT):
        screened(session, "5", Verdict.INCLUDE, stage)
    session.reload()
    assert [one.number for one in session.items] == ["NCT99000009", FIRST, SECOND]
    session.position = 0
    details = session.read()
    assert details is not None
    assert [report.record.key for report in details.reports] == ["pubmed:5", "pubmed:4"]


def test_a_suggestion_is_settled_once_all_its_reports_that_are_not_excluded_are_in_one_study(session: StudyLinksSession) -> None:
    links.link_all(session.review, [("A study", "pubmed:1"), ("Another", "pubmed:2")], "Anna")
    session.reload()
    assert [one.number for one in session.items] == [FIRST, SECOND, "NCT99000009"]
    links.link_all(session.review, [("A study", "pubmed:2")], "Anna")
    screened(session, "3", Verdict.EXCLUDE)
    session.reload()
    assert [one.number for one in session.items] == ["NCT99000009"]
