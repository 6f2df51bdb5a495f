"""The promised Python interface: its examples are true, it is cheap to import, and every name of it is documented."""

from __future__ import annotations

import ast
import doctest
import importlib
import pkgutil
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from numpy import int64

from prisma_tool import api
from prisma_tool.api import frames, plugins
from prisma_tool.cli.main import run

DOCS = Path(__file__).parents[2] / "docs"
FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
RIS = b"TY  - JOUR\nAN  - L1\nTI  - Invented cells\nAU  - Ash, A\nAU  - Elm, B\nPY  - 2020\nER  - \n\nTY  - JOUR\nER  - \n"
NUMBERS: dict[str, dict[str, Any]] = {
    "counts": {
        "database_results": 120,
        "duplicates": 20,
        "records_screened": 100,
        "records_excluded": 90,
        "dbr_sought_reports": 10,
        "dbr_notretrieved_reports": 1,
        "dbr_assessed": 9,
        "new_studies": 4,
        "new_reports": 4,
    },
    "lists": {"dbr_excluded": {"Wrong population": 5}},
}


@pytest.mark.parametrize("module", [module.name for module in pkgutil.iter_modules(api.__path__)])
def test_the_examples_of_each_module_are_true(module: str) -> None:
    assert doctest.testmod(importlib.import_module(f"prisma_tool.api.{module}"), optionflags=FLAGS).failed == 0


def test_the_example_of_the_whole_is_true() -> None:
    result = doctest.testmod(api, optionflags=FLAGS)
    assert result.attempted > 2
    assert result.failed == 0


def test_importing_it_loads_neither_the_application_nor_a_database() -> None:
    heavy = {"textual", "sqlalchemy", "requests", "numpy", "scipy", "alembic", "rapidfuzz", "reportlab", "PIL", "openpyxl"}
    script = f"import sys, prisma_tool.api; print(sorted(set(sys.modules) & {heavy!r}))"
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.strip() == "[]"


def test_every_promised_name_is_there_and_in_the_documentation() -> None:
    for module, page in ((api, "api.md"), (plugins, "plugins.md")):
        text = (DOCS / page).read_text(encoding="utf-8")
        for name in module.__all__:
            assert getattr(module, name) is not None
            assert f"`{name}`" in text, f"{page} does not say what {name} is"
            assert f"\n### {name}\n" in (DOCS / "reference" / "python.md").read_text(encoding="utf-8")


def test_an_account_tells_entries_and_rejects_of_any_format() -> None:
    account = api.read_citations(RIS)
    assert (account.format, account.declared, len(account.entries), len(account.rejects)) == ("ris", 2, 1, 1)


def test_a_named_encoding_decides(tmp_path: Path) -> None:
    file = tmp_path / "latin.csv"
    file.write_bytes("title,year\nÜber Zellen,2020\n".encode("cp1252"))
    account = api.read_citations(file, encoding="cp1252")
    assert (account.entries[0].citation.title, account.encoding) == ("Über Zellen", "cp1252")


@pytest.mark.parametrize("suffix", ["ris", "nbib", "bib", "xml", "csv", "xlsx", "jsonl", "json"])
def test_what_is_written_is_read_again(suffix: str, tmp_path: Path) -> None:
    entries = api.read_citations(RIS).entries
    assert api.write_citations(tmp_path / f"out.{suffix}", entries, source="Embase") == 1
    again = api.read_citations(tmp_path / f"out.{suffix}").entries[0].citation
    assert (again.title, again.year, len(again.authors)) == ("Invented cells", 2020, 2)


def test_a_suffix_that_nothing_writes_is_refused(tmp_path: Path) -> None:
    with pytest.raises(api.UsageError, match="choose one of these suffixes"):
        api.write_citations(tmp_path / "out.doc", [])


ONE = api.LabelledRecord("1", "Cells", "", included=True)
NUMBERS_OF_FLOW: Any = api.flow_from_json(NUMBERS)
A_DEVICE = "/dev/null"
untyped: Any = api
"""The module for calls that a type checker would refuse already."""


def replaced(**fields: Any) -> list[api.LabelledRecord]:
    return [replace(ONE, **fields)]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: untyped.read_citations(5), TypeError, "file must be a path, and is of the type int"),
        (lambda: untyped.read_citations(bytearray(RIS)), TypeError, "file must be a path"),
        (lambda: untyped.read_citations("a\0b"), api.UsageError, "null character"),
        (lambda: untyped.read_citations(RIS, format=b"ris"), TypeError, "format must be a text"),
        (lambda: untyped.read_citations(RIS, format="nonsense"), api.UsageError, "Unknown format"),
        (lambda: untyped.read_citations(RIS, encoding=5), TypeError, "encoding must be a text"),
        (lambda: untyped.read_citations(RIS, encoding="nonsense"), api.UsageError, "is not an encoding"),
        (lambda: untyped.read_citations(RIS, encoding="utf-16"), api.FormatError, "not in utf-16"),
        (lambda: untyped.read_citations(RIS, columns="title"), TypeError, "columns must be a mapping"),
        (lambda: untyped.read_citations(RIS, columns={"title": 5}), TypeError, "columns must be a mapping"),
        (lambda: untyped.read_citations(RIS, source_column=5), TypeError, "source_column must be a text"),
        (lambda: untyped.read_citations(b"Dear colleague, "), api.FormatError, "not recognised"),
        (lambda: untyped.read_citations("/no/such/file"), api.PrismaError, "does not exist"),
        (lambda: untyped.read_citations("/"), api.PrismaError, "is a folder"),
        (lambda: untyped.read_citations(A_DEVICE), api.PrismaError, "is not a file"),
        (lambda: untyped.write_citations(None, []), TypeError, "file must be a path"),
        (lambda: untyped.write_citations("/no/such/out.ris", []), api.PrismaError, "does not exist"),
        (lambda: untyped.write_citations("out.ris", [5]), TypeError, "citations, item 0 must be one of Citation or ParsedEntry"),
        (lambda: untyped.write_citations("out.ris", untyped.Citation()), TypeError, "citations must be several of Citation"),
        (
            lambda: untyped.write_citations("out.ris", [untyped.Citation(), untyped.Citation(year="2020")]),
            TypeError,
            "item 1: year is '2020'",
        ),
        (lambda: untyped.write_citations("out.ris", [untyped.Citation()], source=None), TypeError, "source must be a text"),
        (lambda: untyped.write_citations("out.csv", [untyped.Citation(title="\ud800")]), api.UsageError, "surrogate"),
        (lambda: untyped.deduplicate(None), TypeError, "citations must be several of"),
        (lambda: untyped.deduplicate("title"), TypeError, "citations must be several of"),
        (lambda: untyped.deduplicate([untyped.Citation(authors=("Ash, A",))]), TypeError, "item 0: authors is"),
        (lambda: untyped.flow_from_csv(b"x"), TypeError, "file must be a path"),
        (lambda: untyped.flow_from_csv("/no/such/file"), api.PrismaError, "does not exist"),
        (lambda: untyped.flow_from_json([]), TypeError, "file must be a path"),
        (lambda: untyped.flow_from_json({"counts": {"records_screened": {1}}}), TypeError, "here is {1}"),
        (lambda: untyped.flow_from_json({"counts": {"records_screened": -1}}), api.PrismaError, "is not a count"),
        (
            lambda: untyped.flow_from_json({"counts": {**NUMBERS["counts"], "nonsense": 1}}),
            api.PrismaError,
            "there is no 'nonsense'",
        ),
        (lambda: NUMBERS_OF_FLOW.explain(5), TypeError, "key must be a text"),
        (lambda: NUMBERS_OF_FLOW.explain("nonsense"), api.UsageError, "There is no box"),
        (lambda: NUMBERS_OF_FLOW.draw(["out.svg"]), TypeError, "files must be a path"),
        (lambda: NUMBERS_OF_FLOW.draw("out.svg", width_mm="190"), TypeError, "width_mm must be a number"),
        (lambda: NUMBERS_OF_FLOW.draw("out.svg", width_mm=float("nan")), api.UsageError, "between 80 and 500"),
        (lambda: NUMBERS_OF_FLOW.draw("out.svg", hide="previous"), TypeError, "hide must be several of str"),
        (lambda: NUMBERS_OF_FLOW.draw("out.svg", hide=["nonsense"]), api.UsageError, "cannot be hidden"),
        (lambda: NUMBERS_OF_FLOW.draw("out.nonsense"), api.UsageError, "choose one of these suffixes"),
        (lambda: NUMBERS_OF_FLOW.draw("/no/such/out.svg"), api.PrismaError, "does not exist"),
        (lambda: untyped.simulate(5), TypeError, "labelled must be several of LabelledRecord"),
        (lambda: untyped.simulate([5]), TypeError, "labelled, item 0 must be one of LabelledRecord"),
        (lambda: untyped.simulate(replaced(title=None)), TypeError, "item 0: title must be a text"),
        (lambda: untyped.simulate(replaced(included="no")), TypeError, "included must be True or False"),
        (lambda: untyped.simulate(replaced(year=2020.5)), TypeError, "year must be a whole number"),
        (lambda: untyped.simulate([ONE], priors="1"), TypeError, "priors must be several of str"),
        (lambda: untyped.simulate([ONE], priors=["9"]), api.UsageError, "no record with the id 9"),
        (lambda: untyped.simulate([ONE], question=None), TypeError, "question must be a text"),
        (lambda: untyped.simulate([ONE], seed="x"), TypeError, "seed must be a whole number"),
        (lambda: untyped.simulate([ONE], seed=-1), api.UsageError, "seed: -1 is negative"),
        (lambda: untyped.simulate([ONE, ONE]), api.FormatError, "ids must differ"),
        (lambda: untyped.simulate("/no/such/file"), api.PrismaError, "does not exist"),
        (lambda: untyped.as_rows(untyped.Citation()), TypeError, "items must be several of"),
        (lambda: untyped.as_rows(["x"]), TypeError, "items, item 0 must be one of"),
        (lambda: untyped.open_review(5).__enter__(), TypeError, "folder must be a path"),
        (lambda: untyped.open_review("a\0b").__enter__(), api.UsageError, "null character"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_the_documented_error_and_nothing_is_written(
    call: Callable[[], object], error: type[Exception], words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(error, match=re.escape(words)):
        call()
    assert not list(tmp_path.iterdir())


def test_duplicates_are_found_among_entries_as_they_were_read() -> None:
    assert api.deduplicate(iter([*api.read_citations(RIS).entries] * 2)).labels == (0, 0)


def test_whole_numbers_of_other_libraries_are_numbers_of_a_flow() -> None:
    counts = {**NUMBERS["counts"], "dbr_assessed": int64(9)}
    assert api.flow_from_json({**NUMBERS, "counts": counts}).counts["dbr_assessed"] == 9


def test_the_page_goes_from_a_file_to_a_frame_and_a_figure_in_ten_statements(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page's own lines, with a stand-in for the part of pandas that they use."""
    (block,) = re.findall(r'```python title="reports.py"\n(.*?)```', (DOCS / "api.md").read_text(encoding="utf-8"), re.DOTALL)
    assert len(ast.parse(block).body) <= 10
    library = SimpleNamespace(DataFrame=FrameOfReports)
    monkeypatch.setattr(frames, "import_module", lambda _: library)
    monkeypatch.chdir(tmp_path)
    Path("records.ris").write_bytes(RIS.replace(b"TY  - JOUR\nER  - \n", RIS.split(b"\n\n")[0] + b"\n"))
    names: dict[str, Any] = {}
    exec(block, names)
    assert names["found"].labels == (0, 0)
    assert len(names["reports"]) == 1
    assert Path("flow.svg").stat().st_size > 0 < Path("flow.png").stat().st_size


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("api") / "review"
    assert run(["init", str(made), "--title", "Cells", "--reviewer", "Ada"]) == 0
    (made.parent / "two.ris").write_bytes(RIS.replace(b"TY  - JOUR\nER", b"TY  - JOUR\nAN  - L2\nTI  - Other cells\nER"))
    assert run(["-C", str(made), "import", str(made.parent / "two.ris"), "--source", "Embase"]) == 0
    assert run(["-C", str(made), "dedupe"]) == 0
    assert run(["-C", str(made), "decide", "embase:L1", "include", "--note", "fits"]) == 0
    return made


def test_a_review_is_read_as_data(folder: Path) -> None:
    with api.open_review(folder) as review:
        assert (review.title, review.reviewers, review.folder, review.only_read) == ("Cells", ("Ada",), folder, False)
        by_key = {record.key: record for record in review.records()}
        assert {key: record.title_abstract for key, record in by_key.items()} == {"embase:L1": "include", "embase:L2": "pending"}
        assert [record.key for record in review.records(where="year >= 2020")] == ["embase:L1"]
        assert [record.key for record in review.records("unique", where="year >= 2021")] == []
        (decision,) = review.decisions()
        assert (decision.key, decision.stage, decision.reviewer, decision.verdict, decision.note) == (
            "embase:L1",
            "title-abstract",
            "Ada",
            "include",
            "fits",
        )
        with pytest.raises(api.UsageError, match="nonsense"):
            review.records("nonsense")


def test_the_numbers_of_a_review_list_their_records_and_are_drawn(folder: Path, tmp_path: Path) -> None:
    with api.open_review(folder) as review:
        flow = review.flow()
    assert flow.counts["database_results"] == 2
    assert flow.explain("records_screened")["records"] == ["embase:L1"]
    flow.draw(tmp_path / "flow.svg", tmp_path / "flow.json", width_mm=140)
    assert (tmp_path / "flow.svg").read_bytes().startswith(b"<")
    assert api.flow_from_json(tmp_path / "flow.json").counts == flow.counts


def test_numbers_alone_are_a_flow_too_and_say_what_does_not_add_up(tmp_path: Path) -> None:
    assert api.flow_from_json(NUMBERS).failed_checks == []
    wrong = {**NUMBERS, "counts": {**NUMBERS["counts"], "records_screened": 101}}
    assert any("101" in sentence for sentence in api.flow_from_json(wrong).failed_checks)
    api.flow_from_json(NUMBERS).draw(tmp_path / "flow.csv")
    assert api.flow_from_csv(tmp_path / "flow.csv").counts["records_screened"] == 100
    with pytest.raises(api.PrismaError):
        api.flow_from_json({"counts": {}})


def test_a_simulation_takes_a_file_or_records(tmp_path: Path) -> None:
    rows = [api.LabelledRecord(str(n), f"Cells {n}" if n < 4 else f"Teeth {n}", "", n < 4) for n in range(30)]
    table = tmp_path / "set.csv"
    lines = [f"{row.id},{row.title},,{int(row.included)}" for row in rows]
    table.write_text("\n".join(["id,title,abstract,included", *lines]), encoding="utf-8")
    one, other = api.simulate(rows, seed=3), api.simulate(table, seed=3)
    assert {**one, "seconds": 0} == {**other, "seconds": 0}
    with pytest.raises(api.FormatError, match="the records holds no labelled record"):
        api.simulate([])


def test_rows_have_the_same_columns_whatever_they_hold() -> None:
    empty, full = api.Citation(), api.read_citations(RIS).entries[0].citation
    first, second = api.as_rows([empty, full])
    assert first.keys() == second.keys()
    assert second["authors"] == "Ash, A; Elm, B"
    (entry,) = api.as_rows(api.read_citations(RIS).entries)
    assert entry == {"accession": "L1", "line": 1, **second}


@pytest.mark.parametrize(("name", "convert"), [("pandas", api.to_pandas), ("polars", api.to_polars)])
def test_a_library_that_is_not_installed_is_named(name: str, convert: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(api.UsageError, match=f"{name} is not installed; .* pip install {name}"):
        convert([api.Citation(title="A title")])


class Frame(list[dict[str, Any]]):
    """What the tests take for a data frame of pandas."""

    columns: tuple[str, ...] = ()
    types: dict[str, str] | None = None

    def __init__(self, rows: list[dict[str, Any]], **_: Any) -> None:
        super().__init__(rows)
        self.columns = tuple(rows[0]) if rows else ()

    def astype(self, types: dict[str, str]) -> Frame:
        self.types = types
        return self


class FrameOfReports(Frame):
    """One that takes a column and gives rows by their places."""

    def __setitem__(self, name: Any, values: Any) -> None:
        assert len(values) == len(self)

    @property
    def iloc(self) -> Any:
        return _Rows(self)


class _Rows:
    def __init__(self, rows: list[dict[str, Any]]) -> None:
        self.rows = rows

    def __getitem__(self, places: list[int]) -> list[dict[str, Any]]:
        return [self.rows[place] for place in places]


def test_frames_hold_the_rows_and_numbers_their_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    library = SimpleNamespace(DataFrame=Frame, Int64="Int64")
    monkeypatch.setattr(frames, "import_module", lambda _: library)
    frame = api.to_pandas([api.Citation(title="A title", year=2020)])
    assert (frame[0]["title"], frame.types) == ("A title", {"year": "Int64"})
    numbers = api.to_pandas({"records_screened": 3, "previous_studies": None})
    assert (numbers[0], numbers.types) == ({"key": "records_screened", "value": 3}, {"value": "Int64"})
    assert api.to_pandas({"words": "text"}).types is None
    assert api.to_polars([api.Citation(title="A title")])[0]["title"] == "A title"


def test_the_notebook_shows_a_review_from_its_records_to_a_simulation(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The demo's review takes long to make; the script shows any."""
    assert run(["-C", str(folder), "decide", "embase:L2", "exclude"]) == 0
    script = DOCS / "examples" / "demo_review.py"
    monkeypatch.setattr(sys, "argv", [str(script), str(folder)])
    capsys.readouterr()
    exec(compile(script.read_text(encoding="utf-8"), str(script), "exec"), {"__name__": "__main__"})
    said = capsys.readouterr().out
    assert "2 records, 2 reports, 2 decisions" in said
    assert "1 of 2 were included" in said
