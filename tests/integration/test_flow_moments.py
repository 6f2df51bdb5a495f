"""`flow` at a moment, at the end of a run, of a version, over all versions, under a template, and the difference of two flows."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from prisma_tool.cli.main import run
from prisma_tool.model.vocabulary import SourceKind
from prisma_tool.store.runs import runs

if TYPE_CHECKING:
    from tests.integration.conftest import Bench

Told = Callable[..., Any]


@pytest.fixture
def flow(bench: Bench, capfd: pytest.CaptureFixture[str]) -> Told:
    """Runs `flow` with arguments: the JSON that it prints where --json is among them, else exit code and both outputs."""

    def called(*arguments: str) -> Any:
        code = run(["-C", str(bench.review.folder), "flow", *arguments])
        told = capfd.readouterr()
        return json.loads(told.out) if "--json" in arguments and code == 0 else (code, told.out, told.err)

    return called


@pytest.fixture
def updated(bench: Bench) -> Bench:
    """Version 2023 with one exclusion, and an update that found a second record."""
    bench.given("Embase", "1")
    bench.dedupe()
    bench.vote("exclude", "embase:1")
    bench.close("2023")
    bench.given("Embase", "1", "2")
    bench.dedupe()
    bench.vote("exclude", "embase:2")
    return bench


def run_ids(bench: Bench) -> list[str]:
    with bench.review.store.read() as transaction:
        return [one.id for one in runs.all_runs(transaction)]


def test_the_flow_of_a_run_is_as_it_stood_when_that_run_ended(updated: Bench, flow: Told) -> None:
    first, second = run_ids(updated)
    assert flow("--run", first, "--json")["counts"]["records_excluded"] == 0
    at_second = flow("--run", second, "--json")
    assert (at_second["template"], at_second["counts"]["database_results"]) == ("updated-v1", 2)
    assert at_second["pending"]["title_abstract"] == 1
    assert flow("--run", "ffffffff", "--json")[0] == 1


def test_figures_of_a_version_are_byte_identical_later(updated: Bench, flow: Told, tmp_path: Path) -> None:
    suffixes = (".svg", ".txt", ".json")
    first = [str(tmp_path / f"first{suffix}") for suffix in suffixes]
    later = [str(tmp_path / f"later{suffix}") for suffix in suffixes]
    assert flow("--version", "2023", *(part for path in first for part in ("-o", path)))[0] == 0
    updated.vote("include", "embase:1")
    updated.given("Scopus", "1", "9")
    updated.dedupe()
    assert flow("--version", "2023", *(part for path in later for part in ("-o", path)))[0] == 0
    assert [Path(path).read_bytes() for path in first] == [Path(path).read_bytes() for path in later]


def test_a_record_that_changed_later_does_not_change_who_stood_for_its_report_then(bench: Bench) -> None:
    bench.given("ICTRP", "1", kind=SourceKind.REGISTER, title="The same title of a trial, {}")
    bench.given("Embase", "1", title="The same title of a trial, {}")
    bench.dedupe()
    then, before = bench.review.store.now(), bench.told()
    keys = bench.flow().pending.title_abstract.records
    path = bench.folder / "fuller.csv"
    path.write_text(
        'accession,title,authors,year,journal,abstract,doi,pmid,volume\n1,"The same title of a trial, 1 in 1 and 1","Author1, A",'
        "2020,Journal 1,A longer text,10.1/x,123,7\n",
        encoding="utf-8",
    )
    other = {"embase:1": "ICTRP", "ictrp:1": "Embase"}[keys[0]]
    bench.given_file(path, other, SourceKind.REGISTER if other == "ICTRP" else SourceKind.DATABASE)
    assert bench.told(at=then) == before
    assert bench.flow(at=then).pending.title_abstract.records == keys


def test_a_template_can_be_chosen_unless_it_would_hide_data(updated: Bench, flow: Told) -> None:
    for template, refused in (("new-v1", "no boxes for previous studies"), ("new-v2", "use updated-v2, or --cumulative")):
        code, out, err = flow("--template", template, "--json")
        assert (code, out) == (2, "")
        assert refused in err
    assert flow("--template", "updated-v2", "--json")["template"] == "updated-v2"
    assert flow("--cumulative", "--template", "new-v2", "--json")["counts"]["website_results"] is None


def test_a_template_without_the_column_of_other_methods_is_refused_where_there_are_some(bench: Bench, flow: Told) -> None:
    bench.given("WHO", "1", kind=SourceKind.WEBSITE)
    assert "no column for other methods" in flow("--template", "new-v1")[2]
    assert flow("--template", "updated-v2", "--json")["counts"]["previous_studies"] == 0


def test_the_difference_of_two_flows_names_boxes_and_records(updated: Bench, flow: Told) -> None:
    changes = {one["box"]: one for one in flow("diff", run_ids(updated)[1], "now", "--json")["changes"]}
    assert changes["records_excluded"] == {
        "box": "records_excluded",
        "before": 0,
        "after": 1,
        "moved": 1,
        "came": ["embase:2"],
        "went": [],
    }
    assert changes["pending:title_abstract"]["went"] == ["embase:2"]
    assert set(changes) == {"records_screened", "records_excluded", "pending:title_abstract"}
    assert flow("diff", "now", "now")[1] == "Nothing moved.\n"
    assert "duplicates: 0 -> 1 (+1)\n  + embase:1\n" in flow("diff", "2023", "now")[1]


def test_files_are_compared_without_a_review(
    updated: Bench, flow: Told, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    assert flow("--version", "2023", "-o", str(old))[0] == flow("-o", str(new))[0] == 0
    assert run(["-C", "/", "flow", "diff", str(old), str(new), "--json"]) == 0
    changes = {one["box"]: one for one in json.loads(capfd.readouterr().out)["changes"]}
    assert (changes["database_results"]["moved"], changes["database_results"]["came"]) == (1, None)
    assert changes["previous_studies"]["before"] is None


def test_a_file_that_is_no_flow_is_refused(flow: Told, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    for text in ("{}", "[]", '{"counts": {"a": "x"}, "lists": {}, "pending": {}}', "no json", "[" * 100_000):
        path.write_text(text, encoding="utf-8")
        code, _, err = flow("diff", str(path), "now")
        assert code == 1
        assert err.startswith(f"prisma-tool: {path} ")


def test_a_name_that_stands_for_nothing_is_a_usage_error(updated: Bench, flow: Told) -> None:
    code, _, err = flow("diff", "yesterday", "now")
    assert code == 2
    assert "is none of: a closed version (2023), a date" in err
    assert "Choose one of --at, --version and --run" in flow("--at", "2025-01-01", "--version", "2023")[2]


def test_closing_listing_and_reopening_are_told_in_words_and_json(bench: Bench, capfd: pytest.CaptureFixture[str]) -> None:
    bench.given("Embase", "1")
    bench.dedupe()
    bench.judged("embase:1", "include")
    at = ["-C", str(bench.review.folder), "version"]
    assert run([*at, "close", "2023"]) == run([*at, "list"]) == 0
    assert capfd.readouterr().out.splitlines()[0] == "Closed the version 2023: 1 study, 1 report included."
    assert run([*at, "list", "--json"]) == 0
    told = json.loads(capfd.readouterr().out)["versions"]
    assert [(one["label"], one["made"], one["studies"], one["carried_over"]) for one in told] == [("2023", "here", 1, 0)]
    assert run([*at, "reopen", "--json"]) == 0
    assert json.loads(capfd.readouterr().out) == {"reopened": "2023"}
    assert run([*at, "close", " "]) == 1
