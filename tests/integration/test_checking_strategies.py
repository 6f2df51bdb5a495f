"""Checking, mending and translating strategies from the shell, against the stand-in servers."""

from __future__ import annotations

import json
import time
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from quick_services import quick_europepmc
from standin_ctgov import CtgovStandIn
from standin_pubmed import PubmedStandIn

from prisma_tool.cli.main import run
from prisma_tool.errors import Interrupted
from prisma_tool.identify.run import services as services_module
from prisma_tool.identify.run.services import Services
from prisma_tool.review.environment import Environment
from prisma_tool.sources.ctgov import ClinicalTrials
from prisma_tool.sources.pubmed import PubMed
from prisma_tool.sources.transport import Throttle, Transport

PASTED = '#3 #1 AND #2 12\n#2 aspirin[tiab] 40\n#1 "kites"[tiab] 30'
CLEANED = '#1 "kites"[tiab]\n#2 aspirin[tiab]\n#3 #1 AND #2'
Shell = Callable[..., tuple[int, str, str]]


def article(pmid: int, title: str) -> bytes:
    return (
        f'<PubmedArticle><MedlineCitation><PMID Version="1">{pmid}</PMID><Article><ArticleTitle>{title}</ArticleTitle>'
        "</Article></MedlineCitation></PubmedArticle>"
    ).encode()


@pytest.fixture
def _asked_here(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The commands ask stand-ins and wait for nothing: 120 articles on kites, 120 on aspirin, 2 on both."""
    titles = {n: ("Kites" if n <= 120 else "Aspirin") for n in range(1, 241)} | {
        500: "Kites and aspirin",
        501: "Aspirin for kites",
    }
    studies = [{"protocolSection": {"identificationModule": {"nctId": "NCT00000101", "briefTitle": "Kites and aspirin"}}}]
    articles = {pmid: article(pmid, title) for pmid, title in titles.items()}
    with PubmedStandIn(articles, rate_limited=False) as pubmed, CtgovStandIn(studies) as ctgov, requests.Session() as session:

        def hurry(seconds: float) -> None:
            del seconds

        def services(environment: Environment) -> Services:
            lines = [Transport(name, session, Throttle(0, time.monotonic, hurry), time.monotonic, hurry) for name in ("P", "C")]
            return Services(PubMed(lines[0], pubmed.url), ClinicalTrials(lines[1], ctgov.url), quick_europepmc(), time.monotonic)

        monkeypatch.setattr(services_module, "services", services)
        yield


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Run a command on a review whose PubMed strategy was pasted from a file; gives code, stdout and stderr."""
    (tmp_path / "strategy.txt").write_text(PASTED, encoding="utf-8")
    assert run(["init", str(tmp_path / "review"), "--reviewer", "Ann", "--pubmed-file", str(tmp_path / "strategy.txt")]) == 0

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        code = run(["-C", str(tmp_path / "review"), *arguments])
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return call


def term(folder: Path) -> str:
    return str(tomllib.loads((folder / "review.toml").read_text(encoding="utf-8"))["search"][0]["term"])


@pytest.mark.usefixtures("_asked_here")
def test_a_check_shows_each_lines_hits_today_beside_the_published_ones(shell: Shell) -> None:
    code, out, _ = shell("search", "--check", "--json")
    (report,) = json.loads(out)["searches"]
    assert [(line["text"], line["count"], line["published"]) for line in report["cleaned"]] == [
        ('"kites"[tiab]', 122, 30),
        ("aspirin[tiab]", 122, 40),
        ("#1 AND #2", 2, 12),
    ]
    assert "the lines stood newest first and were turned round" in report["changes"]
    assert set(report) >= {
        "search",
        "source",
        "strategy",
        "cleaned",
        "count",
        "changes",
        "findings",
        "sent",
        "translation",
        "warnings",
    }
    assert all(
        set(finding) == {"rule", "severity", "heading", "line", "start", "end", "message", "mend", "source"}
        for finding in report["findings"]
    )
    stops = [finding for finding in report["findings"] if finding["severity"] == "stop"]
    assert [finding["rule"] for finding in stops] == ["hardly a hit"]
    assert code == 4


@pytest.mark.usefixtures("_asked_here")
def test_people_read_the_check_as_lines_with_carets_under_the_words(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "review" / "review.toml").write_text(
        'title = "x"\n[[search]]\nname = "pubmed"\nsource = "PubMed"\nterm = "(kites[tiab] OR aspirin[tiab] toys[tiab]) AND a[ti]"\n',
        encoding="utf-8",
    )
    code, out, _ = shell("search", "--check")
    lines = out.splitlines()
    at = next(n for n, line in enumerate(lines) if set(line.strip()) == {"^"})
    assert lines[at - 1][lines[at].index("^") : lines[at].rindex("^") + 1] == "toys[tiab]"
    assert "STOPS" in out
    assert "One finding stops this search." in out
    assert code == 4


@pytest.mark.usefixtures("_asked_here")
def test_a_run_that_finds_hardly_anything_waits_for_a_word_and_then_stands(shell: Shell) -> None:
    code, out, _ = shell("search", "--json")
    (report,) = json.loads(out)["runs"]
    assert (code, report["status"], report["stored"]) == (1, "refused", 0)
    assert any("single lines find many (line 1 122, line 2 122)" in warning for warning in report["warnings"])
    code, out, _ = shell("search", "--accept", "--json")
    (report,) = json.loads(out)["runs"]
    assert (code, report["status"], report["stored"]) == (0, "complete", 2)
    assert any("were turned round" in warning for warning in report["warnings"])
    assert shell("search")[0] == 0


@pytest.mark.usefixtures("_asked_here")
def test_a_finding_says_what_could_be_written_instead(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "review" / "review.toml").write_text(
        'title = "x"\n[[search]]\nname = "p"\nsource = "PubMed"\n'
        'term = "(kites[tilab] OR aspirin[tiab] toys[tiab]) NOT animals[mh] AND 472"\n',
        encoding="utf-8",
    )
    (report,) = json.loads(shell("search", "--check", "--json")[1])["searches"]
    mends = {finding["rule"]: finding["mend"] for finding in report["findings"] if finding["mend"]}
    assert mends == {
        "unknown field": "[tiab]",
        "operands side by side": "OR toys[tiab]",
        "animals": "(animals[mh] NOT humans[mh])",
        "bare number": "#472",
    }


@pytest.mark.usefixtures("_asked_here")
def test_known_records_are_tested_with_the_check(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "known.txt").write_text("500\n17\n", encoding="utf-8")
    _, out, _ = shell("search", "--check", "--known", str(tmp_path / "known.txt"), "--json")
    (report,) = json.loads(out)["searches"]
    assert report["known"]["found"] == ["500"]
    assert report["known"]["missed"] == [{"id": "17", "lost_by": [2], "in_source": True}]


def test_mending_writes_the_cleaned_lines_and_keeps_the_original_as_a_comment(shell: Shell, tmp_path: Path) -> None:
    before = (tmp_path / "review" / "review.toml").read_text(encoding="utf-8")
    code, out, _ = shell("search", "--check", "--fix")
    assert (code, term(tmp_path / "review")) == (0, CLEANED)
    after = (tmp_path / "review" / "review.toml").read_text(encoding="utf-8")
    assert all(f"# {line}\n" in after for line in PASTED.splitlines())
    assert before.partition("term = ")[0] == after.partition("# The strategy as it was pasted:")[0]
    assert before.partition("# A shared")[2] == after.partition("# A shared")[2] != ""
    assert CLEANED.splitlines()[2] in out
    assert "nothing was changed" in shell("search", "--check", "--fix")[1]
    assert (tmp_path / "review" / "review.toml").read_text(encoding="utf-8") == after


@pytest.mark.parametrize(
    "text",
    [
        'title = "x"\n[[search]]\nname = "p"\nsource = "PubMed"\n  term = """\n#2 #1 OR b[ti]\n#1 a[ti]\n"""\nupdate = "whole"\n',
        "title = 'x'\nsearch = [{name = 'p', source = 'PubMed', term = '''#2 #1 OR b[ti]\n#1 a[ti]'''}]\n",
    ],
)
def test_mending_changes_nothing_else_or_says_that_it_cannot(shell: Shell, tmp_path: Path, text: str) -> None:
    (tmp_path / "review" / "review.toml").write_text(text, encoding="utf-8")
    code, _, err = shell("search", "--check", "--fix")
    after = (tmp_path / "review" / "review.toml").read_text(encoding="utf-8")
    if code:
        assert after == text
        assert "write the cleaned strategy of p into it yourself" in err
    else:
        assert tomllib.loads(after)["search"][0]["term"] == "#1 a[ti]\n#2 #1 OR b[ti]"
        assert ('update = "whole"' in after) == ('update = "whole"' in text)


@pytest.mark.usefixtures("_asked_here")
def test_an_address_of_the_register_is_searched_as_it_shows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    address = "https://clinicaltrials.gov/search?term=kites&page=2&viewType=Table"
    assert run(["init", str(tmp_path / "review"), "--reviewer", "Ann", "--ctgov", address]) == 0
    capsys.readouterr()
    assert run(["-C", str(tmp_path / "review"), "search", "--json"]) == 0
    (report,) = json.loads(capsys.readouterr().out)["runs"]
    assert report["stored"] == 1
    assert any("Read from the address: query.term = kites" in warning for warning in report["warnings"])
    assert any("only says how the page looks: page, viewType" in warning for warning in report["warnings"])


@pytest.mark.usefixtures("_asked_here")
def test_a_check_shows_what_each_part_of_an_address_of_the_register_finds(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    address = "https://clinicaltrials.gov/search?cond=kites&intr=aspirin&aggFilters=status:com&start=2015-01-01_"
    assert run(["init", str(tmp_path / "review"), "--reviewer", "Ann", "--ctgov", address]) == 0
    capsys.readouterr()
    run(["-C", str(tmp_path / "review"), "search", "--check", "--json"])
    (report,) = json.loads(capsys.readouterr().out)["searches"]
    assert [line["text"] for line in report["cleaned"]] == ["query.cond: kites", "query.intr: aspirin"]
    assert any("aggFilters = status:com" in change for change in report["changes"])
    assert [finding["rule"] for finding in report["findings"]] == ["studies without the field"]
    run(["-C", str(tmp_path / "review"), "search"])
    capsys.readouterr()
    run(["-C", str(tmp_path / "review"), "report", "search"])
    appendix = capsys.readouterr().out
    assert "| aggFilters | status:com |" in appendix
    assert "No limit or filter stands in this strategy" not in appendix


@pytest.mark.usefixtures("_asked_here")
def test_the_translation_is_that_of_the_whole_also_where_headings_are_counted(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "review" / "review.toml").write_text(
        'title = "x"\nreviewers = ["Ann"]\n[[search]]\nname = "pubmed"\nsource = "PubMed"\n'
        'term = "kites[tiab] OR Neoplasms[mh:noexp]"\n',
        encoding="utf-8",
    )
    _, out, _ = shell("search", "--check", "--json")
    (report,) = json.loads(out)["searches"]
    assert "kites" in report["translation"].lower()


def test_a_translation_says_that_it_is_untested(shell: Shell) -> None:
    code, out, err = shell("search", "--translate", "ovid-medline")
    assert (code, out.splitlines()[1:]) == (0, ["1. kites.ti,ab.", "2. aspirin.ti,ab.", "3. 1 and 2"])
    assert "not tested on MEDLINE on Ovid" in err
    data: dict[str, Any] = json.loads(shell("search", "--translate", "embase", "--json")[1])
    assert data["searches"][0]["tested"] is False


@pytest.mark.parametrize(
    ("content", "sentence"),
    [(b"\xff\xfa\x00", "is not UTF-8 text"), (b" \n", "holds no text"), (b"a" * 1_000_001, "is too large for a search strategy")],
)
def test_a_file_that_is_no_strategy_starts_no_review(
    tmp_path: Path, content: bytes, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "strategy").write_bytes(content)
    assert run(["init", str(tmp_path / "review"), "--pubmed-file", str(tmp_path / "strategy")]) == 1
    assert sentence in capsys.readouterr().err
    assert not (tmp_path / "review").exists()


@pytest.mark.parametrize("options", [("--fix",), ("--check", "--count")])
def test_options_that_contradict_each_other_are_refused(shell: Shell, options: tuple[str, ...]) -> None:
    assert shell("search", *options)[0] == 2


@pytest.mark.usefixtures("_asked_here")
def test_a_colleagues_answers_stand_in_the_appendix_of_exactly_that_strategy(shell: Shell, tmp_path: Path) -> None:
    assert shell("search", "--press", "2", "All operators fit.", "--by", "Lea Librarian")[0] == 0
    assert shell("search", "--press", "limits", "None is used.")[0] == 0
    assert shell("search", "--press", "Boolean", "Line 3 could use OR.", "--by", "Lea Librarian")[0] == 0
    assert shell("search", "--accept")[0] == 0
    _, appendix, _ = shell("report", "search", "-o", str(tmp_path / "appendix.md"))
    appendix = (tmp_path / "appendix.md").read_text(encoding="utf-8")
    assert "| Boolean and proximity operators | Lea Librarian |" in appendix
    assert "Line 3 could use OR." in appendix
    assert "All operators fit." not in appendix
    assert "| Limits and filters | not named |" in appendix
    assert "#3 #1 AND #2 12\n#2 aspirin[tiab] 40" in appendix
    assert "the lines stood newest first and were turned round" in appendix
    assert "3  #1 AND #2" in appendix
    text = (tmp_path / "review" / "review.toml").read_text(encoding="utf-8")
    (tmp_path / "review" / "review.toml").write_text(text.replace("kites", "kite"), encoding="utf-8")
    shell("search", "--accept")
    shell("report", "search", "-o", str(tmp_path / "later.md"))
    current, _, earlier = (tmp_path / "later.md").read_text(encoding="utf-8").partition("Earlier wording")
    assert "Lea Librarian" not in current
    assert "Lea Librarian" in earlier


@pytest.mark.parametrize("options", [("--press", "7", "x"), ("--press", "s", "x"), ("--press", "1", " "), ("--by", "Lea")])
def test_an_answer_without_a_heading_or_a_word_is_refused(shell: Shell, options: tuple[str, ...]) -> None:
    assert shell("search", *options)[0] == 2


@pytest.mark.usefixtures("_asked_here")
def test_without_an_answer_the_lines_and_the_findings_about_them_are_shown_all_the_same(
    shell: Shell, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refusing(*_: object) -> None:
        raise Interrupted("no connection")

    monkeypatch.setattr("prisma_tool.identify.strategy.hits.HitCounter.hits", refusing)
    text = (tmp_path / "review" / "review.toml").read_text(encoding="utf-8")
    (tmp_path / "review" / "review.toml").write_text(text.replace("aspirin[tiab] 40", "aspirin[tilab] 40"), encoding="utf-8")
    code, out, _ = shell("search", "--check", "--json")
    (report,) = json.loads(out)["searches"]
    assert code == Interrupted.exit_code
    assert [(line["count"], line["published"]) for line in report["cleaned"]] == [(None, 30), (None, 40), (None, 12)]
    assert [finding["rule"] for finding in report["findings"] if finding["severity"] == "stop"] == ["unknown field"]
    assert "Not checked against the service. One finding stops this search." in shell("search", "--check")[1]
