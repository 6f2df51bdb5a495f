"""Plug-ins of other packages: the example adds one of each kind, and a broken one is named and left out."""

from __future__ import annotations

import json
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

import pytest

from prisma_tool.cli.main import run
from prisma_tool.errors import FormatError, SearchRefused
from prisma_tool.formats import registry
from prisma_tool.formats.plugged_formats import FormatPlugin
from prisma_tool.model.protocol.source_plugins import SourcePlugin, SourceRequest
from prisma_tool.model.vocabulary import SourceKind
from prisma_tool.plugins import entry_points
from prisma_tool.plugins.entry_points import BrokenPlugin, PluginKind, PluginWarning, announced, load
from prisma_tool.sources.plugged_source import PluggedSource
from prisma_tool.sources.transport import Transport

EXAMPLE = Path(__file__).parents[1] / "data" / "example_plugin"
LIST = (
    "READ 2021 | Ash, A | A title of a work | 10.1000/x\nREAD without parts\nREAD 2020 | Elm, B | Another title | 10.1000/cites\n"
)
WORKS = [{"id": "7", "title": "First of the archive"}, {"id": "8", "title": "Second of the archive"}]


def installed(site: Path, code: str, points: str, monkeypatch: pytest.MonkeyPatch, package: str = "prisma-example") -> None:
    """A package on the path with what an installation writes beside it."""
    name = package.replace("-", "_")
    (site / f"{name}.py").write_text(code, encoding="utf-8")
    info = site / f"{name}-1.2.dist-info"
    info.mkdir(parents=True)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.2\n", encoding="utf-8")
    (info / "entry_points.txt").write_text(points, encoding="utf-8")
    if str(site) not in sys.path:
        monkeypatch.syspath_prepend(str(site))


@pytest.fixture(autouse=True)
def forgotten(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What was loaded by one test is unknown to the next."""
    entry_points.usable.cache_clear()
    yield
    entry_points.usable.cache_clear()
    for name in [name for name in sys.modules if name.startswith(("prisma_example", "broken_"))]:
        del sys.modules[name]


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path / "site"
    site.mkdir()
    code, points = ((EXAMPLE / name).read_text(encoding="utf-8") for name in ("prisma_example.py", "entry_points.txt"))
    installed(site, code, points, monkeypatch)


@pytest.fixture
def broken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = tmp_path / "site"
    site.mkdir(exist_ok=True)
    points = "[prisma_tool.formats]\nabsent = broken_one:NONE\nris = broken_one:RIS\nnumber = broken_one:NUMBER\n"
    code = "from prisma_tool.api.plugins import FormatPlugin\nNUMBER = 7\nRIS = FormatPlugin('ours', lambda _: True, lambda _: None)\n"
    installed(site, code, points, monkeypatch, "broken-one")


@pytest.fixture
def archive(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A stand-in of the example's source: a page a record. Gives the queries that it was asked."""
    asked: list[str] = []

    class Archive(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            values = parse_qs(urlsplit(self.path).query)
            place = int(values["from"][0])
            asked.append(values["q"][0])
            following = str(place + 1) if place + 1 < len(WORKS) else ""
            body = json.dumps({"total": len(WORKS), "next": following, "works": WORKS[place : place + 1]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments: Any) -> None:
            del arguments

    with ThreadingHTTPServer(("127.0.0.1", 0), Archive) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        monkeypatch.setenv("EXAMPLE_ARCHIVE_URL", f"http://127.0.0.1:{server.server_port}")
        yield asked
        server.shutdown()


def said(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> tuple[str, str]:
    capsys.readouterr()
    assert run(list(arguments)) == code, capsys.readouterr()
    streams = capsys.readouterr()
    return streams.out, streams.err


@pytest.mark.usefixtures("example")
def test_plugins_are_listed_without_importing_any(capsys: pytest.CaptureFixture[str]) -> None:
    listed = json.loads(said(capsys, "plugins", "--json")[0])["plugins"]
    assert [(each["kind"], each["name"]) for each in listed] == [
        ("formats", "reading-list"),
        ("sources", "example-archive"),
        ("renderers", "lines"),
        ("citation_indexes", "example-index"),
    ]
    assert {(each["package"], each["version"], each["problem"]) for each in listed} == {("prisma-example", "1.2", "")}
    assert "prisma_example" not in sys.modules


@pytest.mark.usefixtures("example", "broken")
def test_a_check_loads_each_and_says_what_is_wrong(capsys: pytest.CaptureFixture[str]) -> None:
    out = said(capsys, "plugins", "--check", code=4)[0]
    problems = dict(line.split("  cannot be used: ") for line in out.splitlines() if "cannot be used" in line)
    assert problems == {
        "formats  absent  broken-one 1.2": "broken_one:NONE cannot be imported: AttributeError: module 'broken_one' has no attribute 'NONE'",
        "formats  number  broken-one 1.2": "broken_one:NUMBER is no FormatPlugin",
        "formats  ris  broken-one 1.2": "its name is that of something built in, which stays what it is",
    }


def test_without_any_that_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, "plugins")[0] == "No installed package adds anything.\n"


@pytest.mark.usefixtures("example")
def test_a_format_is_recognised_imported_and_accounted_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    review, file = tmp_path / "review", tmp_path / "list.txt"
    file.write_text(LIST, encoding="utf-8")
    assert run(["init", str(review), "--reviewer", "Ada"]) == 0
    account = json.loads(said(capsys, "-C", str(review), "import", str(file), "--source", "Colleague", "--json")[0])["files"][0]
    assert (account["format"], account["declared"], account["parsed"], account["new"]) == ("reading-list", 3, 2, 2)
    assert account["rejected"] == [{"line": 2, "reason": "a work has four parts"}]


@pytest.mark.usefixtures("example", "broken")
def test_a_broken_one_is_named_once_and_the_others_are_used(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "list.txt"
    file.write_text(LIST, encoding="utf-8")
    narration = said(capsys, "dedupe", "--files", str(file), "-o", str(tmp_path / "out.ris"))[1]
    assert narration.count("The formats plug-in 'absent' (broken-one 1.2) is left out: broken_one:NONE cannot be imported") == 1
    assert "Another title" in (tmp_path / "out.ris").read_text(encoding="utf-8")


@pytest.mark.usefixtures("broken")
def test_the_name_of_a_built_in_format_cannot_be_taken() -> None:
    assert registry.read(b"TY  - JOUR\nTI  - A title\nER  - \n").format == "ris"
    with pytest.raises(BrokenPlugin, match="built in"):
        load(PluginKind.FORMATS, "ris", FormatPlugin, frozenset(registry.FORMATS))


@pytest.mark.parametrize(
    ("parse", "complaint"),
    [
        ("lambda data: None", "gave no account but NoneType"),
        ("lambda data: 1 / 0", "failed: ZeroDivisionError"),
        ("lambda data: Parsed('x', (ParsedEntry(Citation(title=7)),), (), 1)", r"number 1\) that is no sound entry"),
        ("lambda data: Parsed('x', (ParsedEntry(Citation(title='a\\x1b[2J')),), (), 1)", r"number 1\) that is no sound entry"),
        ("lambda data: Parsed('x', (ParsedEntry(Citation(title='a'), accession=5),), (), 1)", "no sound entry"),
        ("lambda data: Parsed('x', (), (Reject('1', 'why', ''),), 1)", "no sound entry or reject"),
        ("lambda data: Parsed('x', (), (), 2)", "2"),
        ("lambda data: sys.exit(0)", "failed: SystemExit: 0"),
        ("lambda data: Parsed('x', (ParsedEntry(lambda: 1 / 0),), (), 1)", "failed: ZeroDivisionError"),
        ("lambda data: Parsed('x', (ParsedEntry(lambda: sys.exit()),), (), 1)", "failed: SystemExit"),
        ("lambda data: Parsed('x', (ParsedEntry(Citation(title='a'), 'L\\x1b[2J'),), (), 1)", "no sound entry"),
        ("lambda data: Parsed('x', (ParsedEntry(Citation(title='a'), source='S\\x00'),), (), 1)", "no sound entry"),
        ("lambda data: Parsed('x', (ParsedEntry(Citation(title='a'), raw='\\ud800'),), (), 1)", "no sound entry"),
        ("lambda data: Parsed('x', (ParsedEntry(Citation(title='a', year=0)),), (), 1)", "no sound entry"),
        ("lambda data: Parsed('x', (ParsedEntry(Citation(title='a', year=10_000)),), (), 1)", "no sound entry"),
        ("lambda data: Parsed('x', (), (Reject(1, 'why', '\\ud800'),), 1)", "no sound entry or reject"),
        ("lambda data: Parsed('x', [], (), 0)", "does not hold what its types say"),
        ("lambda data: Parsed('x', (), (), 0, warnings=5)", "does not hold what its types say"),
        ("lambda data: Parsed('x', (), (), 0, encoding=5)", "does not hold what its types say"),
        ("lambda data: Parsed('x', (), (), 0, header=(5,))", "does not hold what its types say"),
        ("lambda data: Parsed('x', (), (), 0, mapping=(('title',),))", "does not hold what its types say"),
        ("lambda data: raised(FormatError(5))", "failed: FormatError: 5"),
        ("lambda data: raised(ValueError('a\\x1b[2J\\nb' * 400))", r"failed: ValueError: a \[2J b[^\x1b\n]*\.\.\.\."),
        ("lambda data: raised(Speechless())", "failed: Speechless\\."),
    ],
)
def test_what_a_format_gives_is_checked(parse: str, complaint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "import sys\nfrom prisma_tool.api import Citation\n"
        "from prisma_tool.api.plugins import FormatError, FormatPlugin, Parsed, ParsedEntry, Reject\n"
        "def raised(error):\n    raise error\n"
        "class Speechless(Exception):\n    def __str__(self):\n        raise ValueError\n"
        f"BAD = FormatPlugin('bad', lambda text: text.startswith('BAD'), {parse})\n"
    )
    installed(tmp_path, code, "[prisma_tool.formats]\nbad = broken_two:BAD\n", monkeypatch, "broken-two")
    with pytest.raises(FormatError, match=complaint):
        registry.read(b"BAD lines")


@pytest.mark.parametrize("year", [1, 9_999])
def test_a_year_of_one_to_four_digits_is_sound(year: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "from prisma_tool.api import Citation\nfrom prisma_tool.api.plugins import FormatPlugin, Parsed, ParsedEntry\n"
        f"ONE = Parsed('x', (ParsedEntry(Citation(title='a', year={year})),), (), 1)\n"
        "DATED = FormatPlugin('dated', lambda text: text.startswith('DATED'), lambda data: ONE)\n"
    )
    installed(tmp_path, code, "[prisma_tool.formats]\ndated = broken_two:DATED\n", monkeypatch, "broken-two")
    assert registry.read(b"DATED lines").entries[0].citation.year == year


def test_a_recogniser_that_fails_leaves_its_format_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code = (
        "from prisma_tool.api.plugins import FormatPlugin\nBAD = FormatPlugin('bad', lambda text: text.no, lambda data: None)\n"
    )
    installed(tmp_path, code, "[prisma_tool.formats]\nbad = broken_three:BAD\n", monkeypatch, "broken-three")
    with pytest.warns(PluginWarning, match="'bad' failed"), pytest.raises(FormatError, match="not recognised"):
        registry.read(b"BAD lines")


@pytest.mark.parametrize(
    ("code", "problem"),
    [
        ("import sys; sys.exit(3)", "cannot be imported: SystemExit: 3"),
        ("BAD = FormatPlugin(5, len, len)", "its title is not what a FormatPlugin has there"),
        ("BAD = FormatPlugin('a\\x1b[2J', len, len)", "its title is not what a FormatPlugin has there"),
        ("BAD = FormatPlugin('bad', 'text', len)", "its recognises is not what a FormatPlugin has there"),
        ("BAD = FormatPlugin('bad', len, None)", "its parse is not what a FormatPlugin has there"),
    ],
)
def test_a_format_that_cannot_be_one_is_not_loaded(
    code: str, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(
        tmp_path,
        f"from prisma_tool.api.plugins import FormatPlugin\n{code}\n",
        "[prisma_tool.formats]\nbad = broken_six:BAD\n",
        monkeypatch,
        "broken-six",
    )
    with pytest.raises(BrokenPlugin, match=problem):
        load(PluginKind.FORMATS, "bad", FormatPlugin, frozenset())


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        ("'Broken Archive', SourceKind.DATABASE, len, len, 'by hand', per_second=0", "its per_second"),
        ("'Broken Archive', 'database', len, len, 'by hand'", "its kind"),
        ("'Another Archive', SourceKind.DATABASE, len, len, 'by hand'", "its entry point must be called 'another-archive'"),
    ],
)
def test_a_source_that_cannot_be_one_is_not_loaded(
    arguments: str, problem: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (
        "from prisma_tool.api import SourceKind\nfrom prisma_tool.api.plugins import SourcePlugin\n"
        f"BAD = SourcePlugin({arguments})\n"
    )
    installed(tmp_path, code, "[prisma_tool.sources]\nbroken-archive = broken_seven:BAD\n", monkeypatch, "broken-seven")
    with pytest.raises(BrokenPlugin, match=problem):
        load(PluginKind.SOURCES, "broken-archive", SourcePlugin, frozenset())


@pytest.mark.usefixtures("example")
@pytest.mark.parametrize(
    "points", [b"[prisma_tool.formats]\nbad\xff = broken_eight:BAD\n", b"[prisma_tool.formats]\nno target\n"]
)
def test_damaged_metadata_of_one_package_leave_out_that_package_alone(
    points: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry_points._warn_of_damage.cache_clear()
    installed(tmp_path, "", "", monkeypatch, "broken-eight")
    (tmp_path / "broken_eight-1.2.dist-info" / "entry_points.txt").write_bytes(points)
    with pytest.warns(PluginWarning, match="'broken-eight' adds cannot be read") as warned:
        names = [plugin.name for plugin in (*announced(PluginKind.FORMATS), *announced(PluginKind.FORMATS))]
    assert names == ["reading-list", "reading-list"]
    assert len(warned) == 1


def test_a_package_without_metadata_is_named_by_what_it_announces(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for package in ("broken-nine", "broken-ten"):
        installed(tmp_path, "", f"[prisma_tool.formats]\ntwice = {package.replace('-', '_')}:X\n", monkeypatch, package)
    (tmp_path / "broken_nine-1.2.dist-info" / "METADATA").unlink()
    listed = said(capsys, "plugins")[0].splitlines()
    assert listed == ["formats  twice  broken_nine:X", "formats  twice  broken-ten 1.2"]


def test_a_name_that_cannot_be_typed_is_no_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    installed(tmp_path, "X = 7", "[prisma_tool.formats]\nr\x07is = broken_one:X\n", monkeypatch, "broken-one")
    with pytest.raises(BrokenPlugin, match="control characters"):
        load(PluginKind.FORMATS, "r\x07is", FormatPlugin, frozenset())


def test_what_a_plugin_prints_is_no_data(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code = (
        "from prisma_tool.api.plugins import FormatPlugin, Parsed\nprint('imported')\n"
        "def parse(data):\n    print('parsed')\n    return Parsed('loud', (), (), 0)\n"
        "LOUD = FormatPlugin('loud', lambda text: print('recognised') is None, parse)\n"
    )
    installed(tmp_path, code, "[prisma_tool.formats]\nloud = broken_one:LOUD\n", monkeypatch, "broken-one")
    assert registry.read(b"anything").format == "loud"
    streams = capsys.readouterr()
    assert streams.out == ""
    assert {"imported", "recognised", "parsed"} <= set(streams.err.split())


@pytest.mark.parametrize(
    ("request_of", "complaint"),
    [
        (lambda *_: sys.exit(0), "failed: SystemExit: 0"),
        (lambda *_: SourceRequest(cast("str", 5), {}), "made no request"),
        (lambda *_: SourceRequest("https://a.invalid", cast("dict[str, str]", [5])), "made no request"),
        (lambda *_: SourceRequest("https://a.invalid", cast("dict[str, str]", {"q": 5})), "made no request"),
        (lambda *_: SourceRequest("https://[", {}), "names no https address"),
        (lambda *_: SourceRequest("http://a.invalid", {}), "names no https address"),
        (lambda *_: SourceRequest("file:///etc/passwd", {}), "names no https address"),
    ],
)
def test_a_request_that_is_none_is_not_sent(request_of: Callable[[str, str], SourceRequest], complaint: str) -> None:
    plugin = SourcePlugin("Broken Archive", SourceKind.DATABASE, request_of, len, "by hand")
    with pytest.raises(SearchRefused, match=complaint):
        PluggedSource(plugin, cast("Transport", None)).count({"strategy": "cells"})


def test_two_packages_of_one_name_are_both_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("broken-four", "broken-five"):
        points = f"[prisma_tool.formats]\ntwice = {package.replace('-', '_')}:X\n"
        installed(tmp_path, "X = 1\n", points, monkeypatch, package)
    assert [plugin.package for plugin in announced(PluginKind.FORMATS)] == ["broken-five", "broken-four"]
    with pytest.raises(BrokenPlugin, match="several packages announce this name: broken-five, broken-four"):
        load(PluginKind.FORMATS, "twice", FormatPlugin, frozenset())


@pytest.fixture
def review(tmp_path: Path) -> Path:
    folder = tmp_path / "review"
    assert run(["init", str(folder), "--reviewer", "Ada"]) == 0
    with (folder / "review.toml").open("a", encoding="utf-8") as stream:
        stream.write('\n[[search]]\nname = "archive"\nsource = "Example Archive"\nstrategy = "cells"\n')
    return folder


@pytest.mark.usefixtures("example")
def test_a_source_is_searched_page_by_page_and_read_again(
    review: Path, archive: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    (report,) = json.loads(said(capsys, "-C", str(review), "search", "archive", "--json")[0])["runs"]
    assert (report["status"], report["reported"], report["fetched"], report["new"]) == ("complete", 2, 2, 2)
    assert set(archive) == {"cells"}
    (report,) = json.loads(said(capsys, "-C", str(review), "search", "archive", "--json")[0])["runs"]
    assert (report["status"], report["new"], report["seen"]) == ("complete", 0, 2)
    (replayed,) = json.loads(said(capsys, "-C", str(review), "search", "archive", "--replay", "--json")[0])["replays"]
    assert (replayed["answers"], replayed["records"], replayed["damaged"]) == (2, 2, [])


@pytest.mark.usefixtures("example", "archive")
def test_a_source_counts_and_refuses_what_its_plugin_remarks(review: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert "2 hits" in said(capsys, "-C", str(review), "search", "archive", "--count")[0]
    toml = review / "review.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace('"cells"', '"cell*"'), encoding="utf-8")
    out, _ = said(capsys, "-C", str(review), "search", "archive", "--json", code=1)
    assert json.loads(out)["runs"][0]["status"] == "refused"
    said(capsys, "-C", str(review), "search", "archive", "--accept")


def test_without_the_package_the_review_opens_and_the_search_is_a_declared_one(
    review: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    said(capsys, "-C", str(review), "status")
    sentence = said(capsys, "-C", str(review), "search", "archive", code=1)[1]
    assert "archive is a declared search of Example Archive" in sentence
    assert "If a package searched it, install that again; `prisma-tool plugins`" in sentence


@pytest.mark.usefixtures("example")
def test_a_search_with_a_date_and_hits_of_its_own_stays_a_declared_one(
    review: Path, archive: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with (review / "review.toml").open("a", encoding="utf-8") as stream:
        stream.write("searched_on = 2025-02-03\nhits = 5\n")
    said(capsys, "-C", str(review), "search", "archive", code=1)
    assert archive == []


@pytest.mark.usefixtures("example")
def test_a_renderer_draws_files_of_its_suffix(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    numbers = tmp_path / "numbers.json"
    counts = {
        "records_screened": 9,
        "records_excluded": 4,
        "database_results": 9,
        "duplicates": 0,
        "dbr_sought_reports": 5,
        "dbr_notretrieved_reports": 0,
        "dbr_assessed": 5,
    }
    numbers.write_text(json.dumps({"counts": {**counts, "new_studies": 5, "new_reports": 5}}), encoding="utf-8")
    said(capsys, "flow", "--from-json", str(numbers), "-o", str(tmp_path / "out.lines"))
    assert "records_screened = 9\n" in (tmp_path / "out.lines").read_text(encoding="utf-8")
    assert ".lines" in said(capsys, "flow", "--from-json", str(numbers), "-o", str(tmp_path / "out.what"), code=2)[1]


@pytest.mark.usefixtures("example")
def test_a_citation_index_is_asked_by_its_name(tmp_path: Path, review: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "list.txt"
    file.write_text(LIST, encoding="utf-8")
    assert run(["-C", str(review), "import", str(file), "--source", "Colleague"]) == 0
    keys = [line.split(",")[0] for line in exported(review, tmp_path, capsys) if "Another title" in line]
    asked = ["cite", "--backward", "--from", keys[0], "--index", "example-index", "--json"]
    report = json.loads(said(capsys, "-C", str(review), *asked)[0])
    assert (report["status"], report["new"], report["indexes"]) == ("complete", 1, ["Example Index"])
    assert "example-index" in said(capsys, "-C", str(review), "cite", "--index", "no-such", "--from", keys[0], code=2)[1]


def exported(review: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> list[str]:
    said(capsys, "-C", str(review), "export", "-o", str(tmp_path / "all.csv"))
    return (tmp_path / "all.csv").read_text(encoding="utf-8-sig").splitlines()
