"""What is said of votes follows from how they came, and independence from the authors' word alone (counting rule 28)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pytest
from copied_folders import copy_folder

from prisma_tool.identify.files.import_file import Import, import_file
from prisma_tool.manuscript.methods.read import read_methods
from prisma_tool.manuscript.methods.text import sentences
from prisma_tool.model.log.events import Channel, EventKind
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.vocabulary import SourceKind, Stage, Verdict
from prisma_tool.review.copies.merge import merge
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import Review, open_review, reread
from prisma_tool.review.protocol.read import FILE_NAME
from prisma_tool.screening.adjudication import Ruling, adjudicate
from prisma_tool.screening.decision_csv import read_decisions
from prisma_tool.screening.decisions import Decision, decide, undo_last
from prisma_tool.store.projections import event_log, rebuild
from prisma_tool.team import pilot
from prisma_tool.team.independence import Declared, declared
from prisma_tool.updates.import_decisions import DecisionImportOptions, decision_importer

if TYPE_CHECKING:
    from tests.conftest import Ticking
    from tests.integration.conftest import Bench

TA, FT = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT
PAIR = {"reviewers_per_record = 1": "reviewers_per_record = 2"}
APART = "without access in this tool to each other's votes"
DECISIONS = """key,stage,reviewer,verdict,reason,note,decided_at
embase:1,title-abstract,Ann,include,,,2024-01-01
embase:1,title-abstract,Ben,include,,,2024-01-02
embase:2,title-abstract,Ann,exclude,,,2024-01-01
embase:2,title-abstract,Ben,exclude,,,2024-01-02
embase:1,full-text,Ann,include,,,2024-02-01
embase:1,full-text,Ben,include,,,2024-02-02
"""
RAYYAN = """key,title,authors,year,journal,abstract,notes
1,Alpha trial of walking for knees,"A, B",2020,J One,x,"RAYYAN-INCLUSION: {""Ann""=>""Included"", ""Ben""=>""Included""}"
2,Beta cohort of swimming and sleep,"C, D",2021,J Two,x,"RAYYAN-INCLUSION: {""Ann""=>""Excluded"", ""Ben""=>""Included""}"
"""


@pytest.fixture
def pair(make_bench: Callable[..., Bench]) -> Bench:
    bench = make_bench(reviewers=("Ann", "Ben"), toml_edits=PAIR)
    bench.given("Embase", *"123456")
    return bench


def told(review: Review, *about: str) -> list[str]:
    """The sentences in which one of these words stands."""
    return [sentence for sentence in sentences(read_methods(review)) if not about or any(word in sentence for word in about)]


def read_file(bench: Bench, text: str) -> None:
    path = bench.folder / "decisions.csv"
    path.write_text(text, encoding="utf-8")
    decide(bench.review.through(Channel.FILE), read_decisions(path, bench.review, None))


def rayyan(bench: Bench) -> None:
    path = bench.folder / "rayyan.csv"
    path.write_text(RAYYAN, encoding="utf-8")
    listener = decision_importer(bench.review, DecisionImportOptions())
    import_file(bench.review, path, Import("Rayyan set", SourceKind.DATABASE, listener=listener))


def answered(review: Review, answer: str, stage: Stage = TA) -> Review:
    """The review with an answer about independence in its review.toml."""
    path = review.folder / FILE_NAME
    path.write_text(f'{path.read_text("utf-8")}\n[answers]\n"independence:{stage.value}" = "{answer}"\n', encoding="utf-8")
    return reread(review)


def edited(review: Review, old: str, new: str) -> Review:
    """The review after somebody edited its review.toml."""
    path = review.folder / FILE_NAME
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return reread(review)


def replace_review(bench: Bench, review: Review) -> Bench:
    """The bench with its review as it is now."""
    bench.review = review
    return bench


def test_votes_of_a_file_have_the_days_that_the_file_gives_and_no_independence(pair: Bench) -> None:
    read_file(pair, DECISIONS)
    assert told(pair.review, "Votes on", "screened by Ann", "screened on", "independent") == [
        "Titles and abstracts of 2 records were screened by Ann and Ben.",
        (
            "Votes on 2 records were taken over from a file; as dated in the file, they were given between 1 January 2024 and 2 January 2024; "
            "whether they were given independently is not recorded here."
        ),
        "The full text of 1 report was screened by Ann and Ben.",
        (
            "Votes on 1 report were taken over from a file; as dated in the file, they were given between 1 February 2024 and 2 February 2024; "
            "whether they were given independently is not recorded here."
        ),
    ]
    assert not told(pair.review, APART)
    assert len(told(pair.review, "Agreement of Ann and Ben, of the votes as recorded: ")) == 2


def test_of_votes_of_a_file_without_days_it_is_not_recorded_when_they_were_given(pair: Bench) -> None:
    read_file(pair, re.sub(r"2024-\d\d-\d\d", "", "\n".join(DECISIONS.splitlines()[:5])))
    assert told(pair.review, "Votes on") == [
        "Votes on 2 records were taken over from a file; whether they were given independently, and when, is not recorded here."
    ]
    assert not told(pair.review, "3 February 2025 by Ann and Ben")


def test_of_a_file_that_dates_some_votes_both_are_said(pair: Bench) -> None:
    read_file(pair, DECISIONS.replace("2024-01-02", ""))
    assert told(pair.review, "Votes on 2 records") == [
        (
            "Votes on 2 records were taken over from a file; as dated in the file, 2 of 4 were given on 1 January 2024; whether they were "
            "given independently, and when 2 of them were given, is not recorded here."
        )
    ]


def test_a_file_may_date_its_votes_on_the_day_of_the_import(pair: Bench) -> None:
    read_file(pair, DECISIONS.replace("2024-01-01", "2025-02-03").replace("2024-01-02", "2025-02-03"))
    assert "as dated in the file, they were given on 3 February 2025; whether" in told(pair.review, "Votes on 2 records")[0]


def test_votes_of_a_rayyan_file_are_taken_over_and_nothing_more_is_claimed(pair: Bench) -> None:
    rayyan(pair)
    assert told(pair.review, "Votes on", "screened by Ann", "screened on", "Agreement of", "independent", "A further") == [
        "The title and abstract of 1 record were screened by Ann and Ben.",
        "A further 1 record has votes that differ, which nobody has settled yet.",
        "Votes on 2 records were taken over from Rayyan; whether they were given independently, and when, is not recorded here.",
        (
            "Agreement of Ann and Ben, of the votes as recorded: 1 of 2 (50.0%), kappa 0.00 (no interval for fewer than 30 reports), "
            "PABAK 0.00, AC1 0.20."
        ),
    ]


def test_where_only_one_of_two_votes_was_given_here_nothing_is_said_of_access(pair: Bench) -> None:
    pair.vote("include", "embase:1", by="Ann")
    read_file(pair, "key,stage,reviewer,verdict,reason,note,decided_at\nembase:1,title-abstract,Ben,include,,,2024-01-01\n")
    assert told(pair.review, "On 1 record, votes were given in prisma-tool on 3 February 2025.")
    assert not told(pair.review, APART)


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("", Declared.NOTHING),
        ("yes", Declared.INDEPENDENT),
        ("Yes.", Declared.INDEPENDENT),
        ("Yes, both reviewers voted independently of each other.", Declared.INDEPENDENT),
        ("All records were screened in duplicate and independently", Declared.INDEPENDENT),
        ("Two reviewers worked independently", Declared.INDEPENDENT),
        ("independent", Declared.INDEPENDENT),
        ("no", Declared.NOT_INDEPENDENT),
        ("Not independently", Declared.NOT_INDEPENDENT),
        ("They did not work independently", Declared.NOT_INDEPENDENT),
        ("No, we did not screen independently of each other.", Declared.NOT_INDEPENDENT),
        ("Partly independent", Declared.IN_THEIR_WORDS),
        ("Yes, in two rooms", Declared.IN_THEIR_WORDS),
        ("Yes, but only the first 100 records", Declared.IN_THEIR_WORDS),
        ("Partly: only the first 100 records were screened independently", Declared.IN_THEIR_WORDS),
        ("Five records were screened independently", Declared.IN_THEIR_WORDS),
        ("Half of the records were screened independently", Declared.IN_THEIR_WORDS),
        ("It is unknown whether they voted independently", Declared.IN_THEIR_WORDS),
        ("They voted independently in the pilot alone", Declared.IN_THEIR_WORDS),
        ("No reviewer saw another's vote", Declared.IN_THEIR_WORDS),
        ("No, Ben saw Ann's votes", Declared.IN_THEIR_WORDS),
        ("It is not known that they were independent", Declared.IN_THEIR_WORDS),
        ("Two reviewers were not independent", Declared.NOT_INDEPENDENT),
        ("The reviewers sat together", Declared.IN_THEIR_WORDS),
        ("nobody knows", Declared.IN_THEIR_WORDS),
        ("yesterday", Declared.IN_THEIR_WORDS),
    ],
)
def test_an_answer_on_independence_is_a_yes_a_no_or_quoted(answer: str, expected: Declared) -> None:
    answers: Mapping[str, str] = {"independence:title-abstract": answer}
    assert declared(Protocol(answers=answers), TA) is expected
    assert declared(Protocol(answers=answers), FT) is Declared.NOTHING


def test_independently_is_said_of_imported_votes_on_the_authors_word_and_marked_so(pair: Bench) -> None:
    read_file(pair, DECISIONS)
    assert told(answered(pair.review, "yes"), "independen") == [
        "As the authors declare, the reviewers screened the 2 records that two or more of them voted on independently of each other.",
        (
            "Votes on 1 report were taken over from a file; as dated in the file, they were given between 1 February 2024 and 2 February 2024; "
            "whether they were given independently is not recorded here."
        ),
    ]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("no", "As the authors declare, the reviewers did not screen independently of each other."),
        ("Only the pilot was done independently.", "On independence the authors state: “Only the pilot was done independently”."),
        ("Ann told Ben of some", "On independence the authors state: “Ann told Ben of some”."),
    ],
)
def test_another_answer_is_never_turned_into_independently(pair: Bench, answer: str, expected: str) -> None:
    read_file(pair, DECISIONS)
    text = told(answered(pair.review, answer))
    assert expected in text
    assert not [sentence for sentence in text if "independently of each other" in sentence and "not screen" not in sentence]


def test_independently_is_refused_where_a_reviewer_could_have_read_the_other_vote(pair: Bench) -> None:
    pair.vote("include", "embase:1", by="Ann")
    opened = edited(pair.review, "\nblind = true", "\nblind = false")
    decide(opened, [Decision("embase:1", TA, "Ben", Verdict.INCLUDE)])
    assert told(answered(opened, "yes"), "independen") == [
        (
            "The authors' answer that reviewers screened independently is not repeated here, as the log contradicts it: on 1 record a reviewer "
            "could have read another's vote in this tool before voting."
        )
    ]


def test_a_vote_read_from_a_file_contradicts_nothing_for_it_was_given_elsewhere(pair: Bench) -> None:
    opened = edited(pair.review, "\nblind = true", "\nblind = false")
    read_file(replace_review(pair, opened), DECISIONS)
    assert len(told(answered(opened, "yes"), "As the authors declare")) == 1


def test_a_vote_given_after_a_file_brought_the_other_one_into_the_open_contradicts(pair: Bench) -> None:
    opened = edited(pair.review, "\nblind = true", "\nblind = false")
    read_file(replace_review(pair, opened), "\n".join(DECISIONS.splitlines()[:2]))
    decide(opened, [Decision("embase:1", TA, "Ben", Verdict.INCLUDE)])
    assert told(answered(opened, "yes"), "the log contradicts it: on 1 record")


def test_which_votes_were_given_while_blinding_was_off_is_said(pair: Bench) -> None:
    pair.vote("include", "embase:1", "embase:2", by="Ann")
    opened = edited(pair.review, "\nblind = true", "\nblind = false")
    decide(opened, [Decision("embase:1", TA, "Ben", Verdict.INCLUDE)])
    blinded = edited(opened, "\nblind = false", "\nblind = true")
    decide(blinded, [Decision("embase:2", TA, "Ben", Verdict.INCLUDE)])
    assert told(blinded, "Blinding at title/abstract was lifted") == [
        "Blinding at title/abstract was lifted on 3 February 2025 (by whom is not recorded); while it was off, 1 vote on 1 record was given by Ben."
    ]


def test_a_protocol_that_was_never_blind_is_named(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(reviewers=("Ann", "Ben"), toml_edits=PAIR | {"blind = true": "blind = false"})
    bench.given("Embase", "1")
    for name in ("Ann", "Ben"):
        bench.vote("include", "embase:1", by=name)
    assert told(bench.review, "Blinding") == ["Blinding was off, so that reviewers could read each other's votes before voting."]


def test_one_reviewer_alone_is_called_one_and_no_agreement_is_spoken_of(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(reviewers=("Ann",))
    bench.given("Embase", "1")
    bench.vote("include", "embase:1", by="Ann")
    assert told(bench.review, "Of these", "Agreement", "disagreed") == ["Of these, 1 was screened by one reviewer."]


def test_a_report_that_was_adjudicated_after_its_votes_were_taken_back_has_no_votes(pair: Bench) -> None:
    for name, verdict in (("Ann", "include"), ("Ben", "exclude")):
        pair.vote(verdict, "embase:1", by=name)
    adjudicate(pair.review, Ruling("embase:1", Verdict.INCLUDE, "Ann"))
    for name in ("Ann", "Ben"):
        undo_last(pair.review, name, TA)
    assert "Of these, 1 was decided by adjudication without votes." in told(pair.review)


def test_three_reviewers_have_one_figure_over_all(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(reviewers=("Ann", "Ben", "Cleo"), toml_edits=PAIR)
    bench.given("Embase", *"1234")
    pilot.start(bench.review, TA, "Ann", 4)
    for key, verdicts in {"1": "iii", "2": "eee", "3": "iie", "4": "eei"}.items():
        for name, verdict in zip(("Ann", "Ben", "Cleo"), verdicts, strict=True):
            bench.vote({"i": "include", "e": "exclude"}[verdict], f"embase:{key}", by=name)
    assert told(bench.review, "Agreement of all", "by 3 reviewers") == [
        f"Of these, 2 were screened by 3 reviewers {APART}.",
        "Agreement of all 3 reviewers: Krippendorff's alpha 0.39, Gwet's AC1 0.33, Fleiss' kappa 0.33, on 4 reports with at least two votes.",
    ]


def test_votes_of_observers_and_adjudicators_that_a_copy_brings_are_no_screening(
    make_bench: Callable[..., Bench], clock: Ticking
) -> None:
    roles = PAIR | {'reviewers = ["Ann", "Ben"]': 'reviewers = ["Ann", "Ben"]\nadjudicators = ["Cy"]\nobservers = ["Olga"]'}
    bench = make_bench(reviewers=("Ann", "Ben"), toml_edits=roles)
    bench.given("Embase", "1")
    colleague = copy_folder(bench.review.folder, bench.review.folder.with_name("copy"))
    with open_review(colleague, Environment(), print, now=clock) as copy:
        drafts = [event_log.Draft(EventKind.DECISION, "embase:1", TA, name, {"verdict": "include"}) for name in ("Cy", "Olga")]
        with copy.store.under(Protocol()).write() as transaction:
            event_log.append(transaction, drafts)
        with copy.store.write() as transaction:
            rebuild.rebuild(transaction)
    merge(bench.review, str(colleague))
    assert not told(bench.review, "screened by Ann", "screened on")
    for name in ("Ann", "Ben"):
        bench.vote("include", "embase:1", by=name)
    assert told(bench.review, "screened by Ann", "screened on", "Of these") == [
        "The title and abstract of 1 record were screened on 3 February 2025 by Ann and Ben.",
        f"Of these, 1 was screened by two reviewers {APART}.",
    ]


def test_who_adjudicates_and_screens_counts_when_voting(make_bench: Callable[..., Bench]) -> None:
    roles = PAIR | {'reviewers = ["Ann", "Ben"]': 'reviewers = ["Ann", "Ben"]\nadjudicators = ["Ben"]'}
    bench = make_bench(reviewers=("Ann", "Ben"), toml_edits=roles)
    bench.given("Embase", "1")
    for name in ("Ann", "Ben"):
        bench.vote("include", "embase:1", by=name)
    assert told(bench.review, f"Of these, 1 was screened by two reviewers {APART}.")


def test_of_one_reviewers_votes_independence_is_no_question(make_bench: Callable[..., Bench]) -> None:
    bench = make_bench(reviewers=("Ann",))
    bench.given("Embase", "1")
    read_file(bench, "\n".join(DECISIONS.splitlines()[:2]))
    assert told(bench.review, "Votes on", "independen") == [
        "Votes on 1 record were taken over from a file; as dated in the file, they were given on 1 January 2024."
    ]


def test_votes_of_two_copies_that_were_merged_count_as_given_there(pair: Bench, clock: Ticking) -> None:
    colleague = copy_folder(pair.review.folder, pair.review.folder.with_name("copy"))
    pair.vote("include", "embase:1", by="Ann")
    with open_review(colleague, Environment(), print, now=clock) as copy:
        decide(copy, [Decision("embase:1", TA, "Ben", Verdict.INCLUDE)])
    merge(pair.review, str(colleague))
    assert told(pair.review, "Of these", "changes of mind") == [
        f"Of these, 1 was screened by two reviewers {APART}.",
        "All 2 votes, changes of mind included, were given on the command line; 1 came with a merged copy.",
    ]


def test_a_vote_that_was_taken_back_and_given_again_counts_once(pair: Bench) -> None:
    pair.vote("exclude", "embase:1", by="Ann")
    undo_last(pair.review, "Ann", TA)
    pair.vote("include", "embase:1", by="Ann")
    pair.vote("include", "embase:1", by="Ben")
    assert told(pair.review, "changes of mind", "disagreed") == [
        "The reviewers disagreed on no record.",
        "All 2 votes, changes of mind included, were given on the command line.",
    ]
