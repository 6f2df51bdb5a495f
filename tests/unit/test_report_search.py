"""The search appendix: its numbers are the review's, its words hold whatever comes from outside, its files are stable."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from prisma_tool.cli import main
from prisma_tool.dedupe.manual import merge
from prisma_tool.dedupe.run import deduplicate
from prisma_tool.errors import ExitCode
from prisma_tool.flow.read import read_flow
from prisma_tool.identify.files.import_file import Import, import_file
from prisma_tool.manuscript.document.blocks import CodeBlock, Document, Heading, Paragraph, Points, Table
from prisma_tool.manuscript.document.docx import render_word
from prisma_tool.manuscript.document.markdown import render_markdown
from prisma_tool.manuscript.search_appendix.data import Appendix, Deduplication, ReportedRun, ReportedStrategy, Search
from prisma_tool.manuscript.search_appendix.document import document
from prisma_tool.manuscript.search_appendix.items import items
from prisma_tool.manuscript.search_appendix.limits import limits
from prisma_tool.manuscript.search_appendix.read import read_appendix, strategy_lines
from prisma_tool.manuscript.search_appendix.runs_table import COLUMNS, render_runs
from prisma_tool.manuscript.search_appendix.totals import total
from prisma_tool.manuscript.write_appendix import as_markdown
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.record.citation import Citation
from prisma_tool.model.text import one_line
from prisma_tool.model.vocabulary import RunStatus, SourceKind
from prisma_tool.review.open_review import Review
from prisma_tool.store.projections import event_log
from prisma_tool.store.records import records
from prisma_tool.store.runs import run_progress, runs

MakeReview = Callable[..., Review]
DAY = datetime(2025, 2, 3, 9, tzinfo=UTC)
NUMBERED = '1. "car t"[tiab]\n2. aml[tiab] AND english[la]\n3. #1 AND #2 AND 2015:2024[dp]'
RIS = "TY  - JOUR\nTI  - Report {n} of invented cells in adults\nAU  - Name, A\nPY  - 2021\nDO  - 10.5555/{n}\nER  - \n"


def search_run(review: Review, *pmids: int, query: str = NUMBERED, **facts: Any) -> None:
    """A complete run of the search `pubmed`, as the search command leaves it behind."""
    with review.store.write() as transaction:
        source = runs.register_source(transaction, "PubMed", SourceKind.DATABASE)
        runs.register_search(transaction, "pubmed", source.slug)
        row = runs.begin_run(transaction, source.slug, search="pubmed", query=query, operator="ada", **facts)
        found = [
            Citation(title=f"Report {n} of invented cells in adults", pmid=str(n), doi=f"10.5555/{n}", year=2021) for n in pmids
        ]
        records.store_batch(transaction, row.id, [records.Delivery("pubmed", one.pmid, one) for one in found])
        run_progress.finish(transaction, row.id, RunStatus.COMPLETE, reported=len(pmids) + len(row.undelivered))


@pytest.fixture
def review(make_review: MakeReview, tmp_path: Path) -> Review:
    """Two runs of a search and a file, with duplicates between them."""
    made = make_review()
    search_run(made, 1, 2, 3)
    search_run(made, 2, 3, 4, vanished=["pubmed:1"], undelivered=["5"], translation="[All Fields]", warnings=["Slow."])
    (tmp_path / "embase.ris").write_text("".join(RIS.format(n=n) for n in (3, 4, 9, 10)), encoding="utf-8")
    import_file(made, tmp_path / "embase.ris", Import("Embase"))
    deduplicate(made, lambda: 0.0)
    return made


def delivered(review: Review) -> dict[str, set[str]]:
    """The distinct keys that the runs delivered, by source, counted from the runs alone."""
    found: dict[str, set[str]] = {}
    with review.store.read() as transaction:
        for row in runs.all_runs(transaction):
            found.setdefault(row.source, set()).update(runs.delivered_keys(transaction, row.id))
    return found


def test_the_totals_are_those_of_the_flow_and_of_the_runs(review: Review) -> None:
    appendix, flow, keys = read_appendix(review), read_flow(review), delivered(review)
    assert (
        total(appendix)
        == sum(box.n for box in (flow.database_results, flow.register_results) if box)
        == sum(map(len, keys.values()))
        == 8
    )
    assert dict(appendix.identified[0].sources) == {"PubMed": 4, "Embase": 4}
    assert appendix.duplicates_removed == flow.duplicates.n == 2
    for search in appendix.searches:
        assert all(run.reported == run.stored + len(run.undelivered) for run in search.complete)
    assert [(run.new, run.seen, run.vanished) for run in appendix.searches[0].runs] == [(3, 0, 0), (1, 2, 1)]
    (file,) = appendix.files
    assert (file.declared, file.parsed, file.rejected, file.run.stored) == (4, 4, 0, 4)


def test_deduplication_is_told_with_its_rules_and_what_people_judged(review: Review) -> None:
    merge(review, "pubmed:1", "pubmed:2", "Ada")
    found = read_appendix(review).deduplication
    assert (found.records, found.reports, found.removed) == (8, 5, 3)
    assert found.rules == (("same", "same DOI and title", 2),)
    assert found.by_hand == (("same", 1),)
    assert [one.fresh for one in found.passes] == [8]


def test_tests_of_the_strategy_stand_beside_the_wording_that_they_were_made_with(review: Review) -> None:
    def say(**payload: Any) -> None:
        with review.store.write() as transaction:
            event_log.append(transaction, [event_log.Draft(EventKind.STRATEGY, "pubmed", payload=payload)])

    lines = [{"line": n, "text": "", "count": n * 10} for n in (1, 2, 3)]
    say(act="counted", strategy=NUMBERED, lines=lines, count=30)
    say(act="counted", strategy="another wording", lines=[], count=7)
    missed = [{"id": "77", "lost_by": [2], "in_source": True}, {"id": "88", "lost_by": [], "in_source": False}]
    say(act="known", strategy=NUMBERED, found=["1"], missed=missed, lines=[{"line": 2, "text": "aml[tiab]"}])
    (search,) = read_appendix(review).searches
    assert [(line.number, line.hits) for line in search.strategies[-1].lines] == [(1, 10), (2, 20), (3, 30)]
    text = as_markdown(read_appendix(review))
    assert "| all | the whole search | 30 |" in text
    assert "against 3 records known to be relevant: 1 found" in text
    assert "| 77 | lost by line 2: aml\\[tiab\\] |" in text
    assert "| 88 | not in this source |" in text


def test_an_earlier_wording_of_a_strategy_is_kept_with_its_days(review: Review) -> None:
    search_run(review, 2, query="shorter")
    (search,) = read_appendix(review).searches
    assert [one.verbatim for one in search.strategies] == [NUMBERED, "shorter"]
    text = as_markdown(read_appendix(review))
    assert text.index("shorter") < text.index("Earlier wording, run on 3 February 2025.") < text.index('1  "car t"[tiab]')


def test_every_item_of_prisma_s_is_answered_or_left_to_the_authors(review: Review) -> None:
    told = document(read_appendix(review))
    headings = " ".join(block.text for block in told.blocks if isinstance(block, Heading))
    left = {str(row[0]) for block in told.blocks if isinstance(block, Table) and block.columns[0] == "Item" for row in block.rows}
    assert {int(number) for number in re.findall(r"\b\d+\b", headings)} | set(map(int, left)) == set(range(1, 17))


@pytest.mark.parametrize(
    ("strategy", "found"),
    [
        ('a[ti] AND ("2010/01/01"[dp] : "3000"[dp])', [("date", '"2010/01/01"[dp] : "3000"[dp]')]),
        ("(a OR b) AND 2015:2024[Date - Publication]", [("date", "2015:2024[Date - Publication]")]),
        ('a AND "last 5 years"[dp] AND english[la]', [("date", '"last 5 years"[dp]'), ("language", "english[la]")]),
        ("a AND randomized controlled trial[pt]", [("publication type", "randomized controlled trial[pt]")]),
        ("a NOT (animals[mh] NOT humans[mh])", [("species", "animals[mh]"), ("species", "humans[mh]")]),
        ("a AND systematic[sb] AND hasabstract", [("subset or filter", "systematic[sb]"), ("availability", "hasabstract")]),
        ("a AND (free full text[sb] OR cancer[sb])", [("availability", "free full text[sb]"), ("subset or filter", "cancer[sb]")]),
        ("TITLE:a AND SRC:PPR", [("preprints", "SRC:PPR")]),
        ('TITLE:a NOT SRC:"PPR"', [("preprints", 'NOT SRC:"PPR"')]),
        ("TITLE:a AND (SRC:MED OR OPEN_ACCESS:Y)", [("part of the database", "SRC:MED"), ("availability", "OPEN_ACCESS:Y")]),
        ("1. a[ti]\n2. review[pt]\n3. #1 NOT #2", [("publication type", "review[pt]")]),
        ("query.term=a\nfilter.overallStatus=COMPLETED", [("filter.overallStatus", "COMPLETED")]),
        ("query.term=AREA[StartDate]RANGE[2010,MAX] AND x", [("date", "AREA[StartDate]RANGE[2010,MAX]")]),
        ('"car t"[tiab] OR aml[mh]', []),
    ],
)  # fmt: skip
def test_the_limits_of_a_strategy_are_read_word_for_word(strategy: str, found: list[tuple[str, str]]) -> None:
    assert [(limit.kind, limit.text) for limit in limits(strategy)] == found


@pytest.mark.parametrize(
    ("strategy", "sentence"),
    [
        ("TITLE:a AND SRC:PPR", "epmc: preprints: SRC:PPR."),
        ("TITLE:a AND PUB_TYPE:review", "epmc: no limits found in the strategy besides the filters of item 10."),
        ("TITLE:a", "epmc: no limits found in the strategy."),
    ],
)
def test_item_9_names_the_restriction_to_preprints_and_says_no_more_of_filters_than_item_10(strategy: str, sentence: str) -> None:
    reported = ReportedStrategy(strategy_lines(strategy, {}), strategy, limits(strategy), DAY, DAY)
    searches = (Search("epmc", "Europe PMC", "database", strategy, (reported,), ()),)
    assert items(Appendix("A", "0.1", searches, (), Deduplication(0, 0, 0, 0, 0), (), 0))[8].sentences == (sentence,)


TEXTS = st.text(st.characters(codec="utf-8") | st.sampled_from("`*_[]<>#|~$&!^\\-+=.:()1\n\t\"'@/"), max_size=40)


@given(TEXTS)
def test_text_from_outside_is_never_markup_in_markdown(text: str) -> None:
    shown = one_line(text)
    blocks = (
        Heading(1, f"h{text}"),
        Paragraph(text),
        Points((text,)),
        Table(("A", "B"), ((text, "x"),)),
        CodeBlock(tuple(text.split("\n"))),
    )
    parsed = MarkdownIt("commonmark").enable("table").parse(render_markdown(Document(f"t{text}", blocks)))
    told = ["".join(part.content for part in token.children or ()) for token in parsed if token.type == "inline"]
    kinds = {part.type for token in parsed if token.type == "inline" for part in token.children or ()}
    assert kinds <= {"text", "text_special"}
    visible = [one_line(one) for one in told if one]
    assert visible == [one for one in (one_line(f"t{text}"), one_line(f"h{text}"), shown, shown, "A", "B", shown, "x") if one]
    assert sum(token.type == "fence" for token in parsed) == 1


def hostile() -> Appendix:
    """An appendix in which everything that comes from outside is an attack."""
    bad = "=cmd|' /C calc'!A0 \x1b[2J<script>|```\ufffe"
    run = ReportedRun(
        "1", DAY, DAY, "complete", bad, "0.1", 1, 1, 0, 0, undelivered=(bad,), query=bad, translation=bad, warnings=(bad,)
    )
    strategy = ReportedStrategy(strategy_lines(bad, {}), bad, limits(bad), DAY, DAY, translation=bad)
    search = Search(bad, bad, "database", bad, (strategy,), (run, replace(run, id="2", started=DAY + timedelta(days=1))))
    return Appendix(bad, "0.1", (search,), (), Deduplication(1, 1, 0, 0, 0), (), 0)


def test_the_table_of_runs_has_a_row_for_each_run_and_no_cell_that_runs() -> None:
    header, *rows = csv.reader(io.StringIO(render_runs(hostile())))
    assert tuple(header) == COLUMNS
    assert [row[0] for row in rows] == ["1", "2"]
    assert all(len(row) == len(COLUMNS) and not any(cell.startswith(("=", "+", "-", "@")) for cell in row) for row in rows)
    assert "\x1b" not in render_runs(hostile())


def test_the_word_file_is_the_same_to_the_byte_and_made_of_headings_tables_and_listings() -> None:
    import docx

    made = render_word(document(hostile()))
    assert made == render_word(document(hostile()))
    with zipfile.ZipFile(io.BytesIO(made)) as container:
        assert {member.date_time for member in container.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"\x1b" not in container.read("word/document.xml")
    word = docx.Document(io.BytesIO(made))
    assert (word.core_properties.author, word.core_properties.created) == ("", datetime(2000, 1, 1, tzinfo=UTC))
    styles = [paragraph.style.name for paragraph in word.paragraphs if paragraph.style]
    assert {"Title", "Heading 1", "Heading 2", "Strategy", "List Bullet"} <= set(styles)
    runs_table = next(table for table in word.tables if table.rows[0].cells[0].text == "Run (UTC)")
    assert [row.cells[0].text for row in runs_table.rows[1:]] == ["2025-02-03 09:00", "2025-02-04 09:00"]


def test_the_command_writes_several_files_or_prints_markdown_or_json(
    review: Review, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    here = ["-C", str(review.folder), "report", "search"]
    assert main.run(here) == ExitCode.DONE
    printed = capsys.readouterr().out
    assert printed.startswith("# Search appendix: A review")
    outputs = [tmp_path / name for name in ("a.md", "a.docx", "a.csv")]
    assert main.run([*here, *(part for path in outputs for part in ("-o", str(path)))]) == ExitCode.DONE
    assert capsys.readouterr().out == ""
    assert outputs[0].read_text(encoding="utf-8") == printed
    assert main.run([*here, "--json"]) == ExitCode.DONE
    told = json.loads(capsys.readouterr().out)
    assert [run["new"] for run in told["searches"][0]["runs"]] == [3, 1]
    assert main.run([*here, "-o", str(tmp_path / "good.md"), "-o", str(tmp_path / "a.odt")]) == ExitCode.USAGE
    assert not (tmp_path / "good.md").exists()
