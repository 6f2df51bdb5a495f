"""Declared searches as text: what review.toml may state, how answers are written into it, and which limits a strategy shows."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from prisma_tool.errors import ReviewError
from prisma_tool.identify.files.declared_search import Reconciliation, latest_day
from prisma_tool.manuscript.search_appendix.platform_limits import declared_limits
from prisma_tool.model.protocol.answers import near_items
from prisma_tool.model.protocol.declared_searches import DeclaredSearch, SearchDate, stated_strategy
from prisma_tool.model.vocabulary import SourceKind
from prisma_tool.review.protocol.edit_answers import with_answer
from prisma_tool.review.protocol.edit_searches import with_strategy
from prisma_tool.review.protocol.first_text import new_protocol_text
from prisma_tool.review.protocol.read import parse_protocol
from prisma_tool.review.protocol.strategy_files import LARGEST_STRATEGY, strategy_of

EMBASE = "[[search]]\nname = 'embase'\nsource = 'Embase'\n"


def declared(text: str) -> DeclaredSearch:
    (search,) = parse_protocol(EMBASE + text).declared
    return search


# --- review.toml -----------------------------------------------------------------------------------------------------------------


def test_a_search_of_any_other_source_is_declared_and_one_of_pubmed_is_run_from_here() -> None:
    protocol = parse_protocol(
        f"{EMBASE}[[search]]\nname = 'p'\nsource = 'pubmed'\nterm = 'a'\nplatform = 'PubMed.gov'\nlimits = 'x'"
    )
    assert [search.name for search in protocol.declared] == ["embase"]
    assert [(plan.name, plan.account.platform, plan.account.limits) for plan in protocol.searches] == [
        ("p", "PubMed.gov", ("x",))
    ]


def test_every_key_of_a_declared_search_is_read() -> None:
    search = declared(
        "kind = 'database'\nplatform = 'Ovid'\nstrategy = ['1. a/', '2. b.ti.']\nsearched_on = 2026-01-05\nhits = 512\n"
        "limits = ['English: x', 'None']\nfilters = 'SIGN'\nprior_work = 'A'\npeer_review = 'B'\nhow = ['c', 'd']\nseeds = ['e']\n"
        "[[search.rerun]]\nsearched_on = '2026-03-05'\nhits = 0\n"
    )
    assert (search.kind, search.account.platform, search.strategy) == (SourceKind.DATABASE, "Ovid", "1. a/\n2. b.ti.")
    assert search.dates == (SearchDate(date(2026, 1, 5), 512), SearchDate(date(2026, 3, 5), 0))
    assert (search.account.limits, search.account.filters, search.how, search.seeds) == (
        ("English: x", "None"),
        ("SIGN",),
        ("c", "d"),
        ("e",),
    )


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("term = 'a'", r"'search embase: term' belongs to a source that is searched from here, and Embase is none"),
        ("stratgy = 'a'", "'search.stratgy' is not a known key; did you mean 'strategy'"),
        ("strategy = 'a'\nstrategy_file = 'b'", "stands beside 'strategy_file'"),
        ("strategy = 7", "must be a text in quotes"),
        ("searched_on = '05/01/2026'", "must be a day, like 2026-01-31"),
        ("searched_on = '20260105'", "must be a day, like 2026-01-31"),
        ("searched_on = 2026-01-05T10:00:00", "must be a day, like 2026-01-31"),
        ("hits = -1", "must be the number of hits"),
        ("hits = true", "must be the number of hits"),
        ("kind = 'library'", "must be one of: , database"),
        ("limits = 3", "must be a list of texts"),
        ("translated_from = 'pubmed'", "must be the name of another search: there is no other"),
        ("translated_from = 'embase'", "must be the name of another search"),
        ("[[search.rerun]]\nhits = 3", "needs 'searched_on', the day of the rerun"),
        ("searched_on = 2026-01-05\n[[search.rerun]]\nsearched_on = 2026-01-05", "names a day for the second time"),
        ("[[search.rerun]]\nsearched_on = 2026-01-05\nwhen = 3", "'search.rerun.when' is not a known key"),
    ],
)
def test_what_a_declared_search_may_not_state_is_named(text: str, sentence: str) -> None:
    with pytest.raises(ReviewError, match=sentence):
        declared(text)


@pytest.mark.parametrize("path", ["/etc/passwd", "../x.txt", "a/../../x", "a//b", "C:/x", "a\\\\b", "./x", "a\\u001b.txt"])
def test_a_path_that_leads_out_of_the_folder_is_refused(path: str) -> None:
    with pytest.raises(ReviewError, match="must be a path inside the review folder"):
        declared(f'strategy_file = "{path}"')


@pytest.mark.posix
def test_a_strategy_file_is_read_and_what_is_no_text_or_lies_behind_a_link_is_said(tmp_path: Path) -> None:
    search = declared("strategy_file = 's.txt'")
    file = tmp_path / "s.txt"
    file.write_bytes(b"\xef\xbb\xbf1. a/\r\n2. b/\r\n")
    assert strategy_of(tmp_path, search) == "1. a/\n2. b/"
    file.write_bytes(b"\xff\xfe")
    with pytest.raises(ReviewError, match=r"s\.txt in the review folder is not UTF-8 text"):
        strategy_of(tmp_path, search)
    file.write_bytes(b"a" * (LARGEST_STRATEGY + 1))
    with pytest.raises(ReviewError, match="cannot be read"):
        strategy_of(tmp_path, search)
    file.unlink()
    (tmp_path / "outside").write_text("secret", encoding="utf-8")
    file.symlink_to(tmp_path / "outside")
    with pytest.raises(ReviewError, match="is a link"):
        strategy_of(tmp_path, search)


@pytest.mark.parametrize(
    ("text", "strategy"), [("TODO", ""), ("...", ""), ("  ", ""), ("to be added", ""), ("todo list.ti.", "todo list.ti.")]
)
def test_a_placeholder_is_no_strategy(text: str, strategy: str) -> None:
    assert stated_strategy(text) == strategy


def test_a_search_was_last_done_on_the_latest_day_by_then() -> None:
    search = declared("searched_on = 2026-01-05\nhits = 5\n[[search.rerun]]\nsearched_on = 2026-03-05\nhits = 2")
    assert search.latest(date(2026, 3, 4)) == SearchDate(date(2026, 1, 5), 5)
    assert search.latest(date(2026, 3, 5)) == SearchDate(date(2026, 3, 5), 2)
    assert search.latest(date(2026, 1, 4)) == SearchDate(None)
    assert (search.hits_on(date(2026, 3, 5)), search.hits_on(date(2026, 3, 6))) == (2, None)


def test_the_day_is_the_latest_anywhere_on_earth() -> None:
    assert latest_day(datetime(2026, 1, 5, 9, 59, tzinfo=UTC)) == date(2026, 1, 5)
    assert latest_day(datetime(2026, 1, 5, 10, 0, tzinfo=UTC)) == date(2026, 1, 6)


def test_a_new_review_shows_one_declared_search_as_a_comment_that_works_without_its_signs() -> None:
    text = new_protocol_text(title="", pubmed="a[ti]", ctgov="", reviewers=())
    block = text[text.index("# A search that is done elsewhere") : text.index("# A shared PostgreSQL")]
    plain = "".join(line.removeprefix("# ") for line in block.splitlines(keepends=True)[1:])
    (search,) = parse_protocol(text + plain).declared
    assert (search.name, [one.hits for one in search.dates]) == ("embase", [512, 40])


def test_a_cleaned_strategy_goes_into_its_own_search_among_declared_ones() -> None:
    text = f"{EMBASE}\n[[search]]\nname = 'p'\nsource = 'PubMed'\nterm = 'old'\n"
    changed = parse_protocol(with_strategy(text, "p", "term", "new"))
    assert changed.searches[0].parameters == {"term": "new"}


# --- hits against imports --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("hits", "entries", "files", "sentence"),
    [
        (512, 498, ("a",), "declared 512, imported 498 (14 fewer)"),
        (512, 513, ("a",), "declared 512, imported 513 (1 more)"),
        (512, 512, ("a", "b"), "declared 512, imported 512"),
        (0, 0, ("a",), "declared 0, imported 0"),
        (None, 498, ("a",), "imported 498; hits not declared"),
        (512, 0, (), "declared 512, nothing imported yet"),
        (0, 0, (), "declared 0, so there was nothing to import"),
        (None, 0, (), "hits not declared, nothing imported yet"),
    ],
)
def test_both_numbers_are_told_and_the_difference(hits: int | None, entries: int, files: tuple[str, ...], sentence: str) -> None:
    assert Reconciliation("embase", "Embase", None, hits, entries, files).sentence == sentence


# --- answers ---------------------------------------------------------------------------------------------------------------------


def test_an_answer_is_written_in_the_place_of_the_one_that_stood_there_and_comments_stay() -> None:
    text = 'title = "A"  # mine\n\n[answers]\n# asked in May\n"S:6" = "Nobody."  # by Ada\n"13a" = "x"\n'
    changed = with_answer(text, "s:6", 'Two "authors" \\ of 5')
    assert parse_protocol(changed).answers == {"s:6": 'Two "authors" \\ of 5', "13a": "x"}
    assert "# mine" in changed
    assert "# asked in May" in changed
    assert "# by Ada" in changed
    assert parse_protocol(with_answer(changed, "s:6", "")).answers == {"13a": "x"}


@pytest.mark.parametrize(
    "answer", ["one line", "two\nlines", 'ends in "', 'has """ in it\nand lines', "\ttab", "back\\slash\nline"]
)
def test_an_answer_reads_back_as_it_was_given(answer: str) -> None:
    text = with_answer('title = "A"\n[[reason]]\nlabel = "R"\n', "13a.page", answer)
    assert parse_protocol(text).answers == {"13a.page": answer.strip()}


def test_taking_out_an_answer_that_is_not_there_changes_nothing() -> None:
    assert with_answer('title = "A"\n', "s:6", "") == 'title = "A"\n'


@pytest.mark.parametrize(
    ("text", "near"),
    [("13", "13a"), ("s:17", "s:7"), ("S:1", "s:1"), ("independense:full-text", "independence:full-text"), ("qqq", None)],
)
def test_items_near_one_that_there_is_not_are_proposed(text: str, near: str | None) -> None:
    assert near in near_items(text) if near else near_items(text) == ()


# --- limits of other platforms ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("platform", "strategy", "limits"),
    [
        ("Ovid", '1. exp leukemia/\n2. limit 1 to (english language and yr="2010 -Current")', ['limit 1 to (english language and yr="2010 -Current")']),
        ("Ovid", "1. a.ti.\n2. english.lg.\n3. 2010.yr.\n4. exp animals/ not humans/", ["english.lg.", "2010.yr.", "exp animals/", "humans/"]),
        ("Ovid", "1. speed limit.ti,ab.\n2. exp leukemia/", []),
        ("Embase.com", "#1 AND [english]/lim AND [2010-2020]/py", ["[english]/lim", "[2010-2020]/py"]),
        ("Embase.com", "'leukemia'/exp AND aspirin:ti,ab", []),
        ("EBSCOhost", "S3 Limiters - English Language", ["Limiters - English Language"]),
        ("Scopus", 'TITLE(a) AND PUBYEAR > 2010 AND ( LIMIT-TO ( LANGUAGE,"English" ) )', ['LIMIT-TO ( LANGUAGE,"English" )', "PUBYEAR > 2010"]),
        ("Scopus", "TITLE-ABS-KEY(a limit)", []),
        ("Web of Science Core Collection", "TS=(a) AND LA=(English)", ["LA=(English)"]),
        ("PubMed", "a[ti] AND english[la]", ["english[la]"]),
        ("Europe PMC", "TITLE:a AND SRC:PPR", ["SRC:PPR"]),
    ],
)  # fmt: skip
def test_limits_are_read_by_the_marks_of_each_platform(platform: str, strategy: str, limits: list[str]) -> None:
    found = declared_limits(strategy, platform, "Any")
    assert found is not None
    assert [limit.text for limit in found] == limits


def test_of_a_platform_whose_syntax_is_not_known_nothing_is_said() -> None:
    assert declared_limits("a AND english", "PsycNet", "PsycInfo") is None
    assert declared_limits("a AND LIMIT-TO ( x )", "", "Scopus") is not None
