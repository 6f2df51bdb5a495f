"""The manual in docs/ says what the program does: generated pages are current, nothing is left out, links resolve, and commands run."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from check_site import broken_links
from make_pictures import FIGURES
from make_reference import all_commands, pages

from prisma_tool.cli.main import run
from prisma_tool.errors import ExitCode, FormatError
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.protocol.live_sources import LIVE_SOURCES
from prisma_tool.plugins import entry_points
from prisma_tool.review.protocol import declared_table, publication_table, read, search_table, stopping_table
from prisma_tool.tui.frame.place_table import PLACES

ROOT = Path(__file__).parent.parent.parent
DOCS = ROOT / "docs"
PAGES = sorted(DOCS.rglob("*.md"))
TEXTS = {path: path.read_text(encoding="utf-8") for path in [*PAGES, *(ROOT / name for name in ("README.md", "CONTRIBUTING.md"))]}
FENCED = re.compile(r"^ *```.*?^ *```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
BLOCK = re.compile(r'^```(\S+)(?: title="([^"]+)")?\n(.*?)^```', re.DOTALL | re.MULTILINE)


def page(name: str) -> str:
    return TEXTS[DOCS / name]


# What is generated, and what must be complete


@pytest.mark.parametrize("name", list(pages()))
def test_a_generated_page_is_as_the_program_is(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == pages()[name], "Write it anew: python docs/make_reference.py"


def test_every_option_says_what_it_means() -> None:
    silent = [
        f"{name} {option.opts[-1]}"
        for name, command in all_commands()
        for option in command.params
        if option.param_type_name == "option" and not getattr(option, "hidden", False) and not getattr(option, "help", "")
    ]
    assert silent == []


def keys_read() -> set[tuple[str, str]]:
    live = {key for source in LIVE_SOURCES for key in source.strategy_keys}
    searches = {*declared_table.DECLARED_KEYS, *live, *search_table._RERUN_KEYS}
    tables = {
        **read._TABLES,
        "search": searches,
        "search.rerun": declared_table._RERUN_KEYS,
        "screening.stopping": stopping_table._KEYS,
        "screening.title-abstract": read._STAGE_KEYS,
        "screening.full-text": read._STAGE_KEYS,
        "authors": publication_table._AUTHOR_KEYS,
    }
    return {(table, key) for table, keys in tables.items() for key in keys}


def keys_documented() -> Iterator[tuple[str, str]]:
    table = ""
    for line in page("reference/review-toml.md").splitlines():
        if line.startswith("## "):
            table = line.removeprefix("## ")
        if key := re.match(r"\| `([^`]+)` \|", line):
            yield "" if table == "The review" else table, key[1]


def test_every_key_of_the_protocol_is_documented_and_no_other() -> None:
    assert sorted(keys_documented()) == sorted(keys_read())


def test_init_writes_or_names_every_key_of_the_rules_of_screening(tmp_path: Path) -> None:
    assert run(["init", str(tmp_path / "review"), "--title", "T"]) == 0
    written = (tmp_path / "review" / "review.toml").read_text(encoding="utf-8")
    rules = written[written.index("# Two people independently") : written.index("[register]")]
    # What differs at a stage is a table like that of the other stage, which is named.
    assert [key for key in read._TABLES["screening"] if key != "title-abstract" and not re.search(rf"\b{key}\b", rules)] == []


def test_every_kind_of_event_is_documented() -> None:
    assert re.findall(r"^\| `(\w+)` \|.*\|.*\|$", page("reference/events.md").partition("## Kinds")[2], re.MULTILINE) != []
    assert [kind for kind in EventKind if f"| `{kind}` |" not in page("reference/events.md")] == []


def test_every_exit_code_is_documented() -> None:
    assert re.findall(r"^\| (\d+) \|", page("reference/exit-codes.md"), re.MULTILINE) == [str(code.value) for code in ExitCode]


def test_every_variable_is_documented() -> None:
    source = (ROOT / "prisma_tool" / "review" / "environment.py").read_text(encoding="utf-8")
    names = set(re.findall(r'"((?:PRISMA_TOOL|NCBI|OPENALEX|UNPAYWALL)_[A-Z_]+)"', source))
    assert len(names) > 8
    assert [name for name in sorted(names) if f"| `{name}` |" not in page("reference/settings.md")] == []


@pytest.mark.parametrize("command", ["status", "flow"])
def test_every_key_of_the_json_is_documented(command: str, built_demo: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["-C", str(built_demo), command, "--json"]) == 0
    section = page("reference/json.md").partition(f"## {command}\n")[2].partition("\n## ")[0]
    printed = json.loads(capsys.readouterr().out)
    assert [key for key in printed if f"| `{key}` |" not in section] == []
    # A line that names the keys of a table names all of them, and no other.
    named = re.findall(r"`(\w+)`", next((line for line in section.splitlines() if line.startswith("| `stopping` |")), ""))[1:]
    assert sorted(named) == sorted(printed.get("stopping", {}))


# Pages and pictures


def test_every_page_stands_in_the_navigation_once() -> None:
    listed = re.findall(r"^ +- [^:]+: (\S+\.md)$", (ROOT / "mkdocs.yml").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == [path.relative_to(DOCS).as_posix() for path in PAGES]


def test_every_picture_is_drawn_by_the_script_and_shown() -> None:
    drawn = {f"{place.name}.svg" for place in PLACES} | {f"{name}.svg" for name in [*FIGURES, "figure-living"]}
    shown = {Path(target).name for text in TEXTS.values() for target in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", text)}
    assert {path.name for path in (DOCS / "pictures").iterdir()} == drawn == shown


def test_pictures_and_settings_of_the_site_load_nothing_from_elsewhere() -> None:
    loading = re.compile(r"@import|@font-face[^}]*url\(http|href=\"http|<image|url\((?:https?:)?//")
    assert [path.name for path in (DOCS / "pictures").iterdir() if loading.search(path.read_text(encoding="utf-8"))] == []
    settings = (ROOT / "mkdocs.yml").read_text(encoding="utf-8")
    assert "font: false" in settings
    assert "://" not in settings


def anchors(text: str) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", FENCED.sub("", text), re.MULTILINE)
    return {re.sub(r"[-\s]+", "-", re.sub(r"[^\w\s-]", "", heading.lower()).strip()) for heading in headings}


@pytest.mark.parametrize("path", list(TEXTS), ids=lambda path: path.name)
def test_every_link_leads_somewhere(path: Path) -> None:
    broken = []
    for link in LINK.findall(re.sub(r"`[^`\n]*`", "", FENCED.sub("", TEXTS[path]))):
        target, _, anchor = link.partition("#")
        place = (path.parent / target).resolve() if target else path
        if "://" not in link and not (place.exists() and (not anchor or anchor in anchors(place.read_text(encoding="utf-8")))):
            broken.append(link)
    assert broken == []


def test_links_of_the_built_site_lead_to_a_file_and_a_place_in_it(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "index.html").write_text(
        '<a href="deep/page.html#there">'
        "<a href=deep/page.html#gone><img src='deep/no.svg'><a href=https://elsewhere.example/x>",
        encoding="utf-8",
    )
    (tmp_path / "deep" / "page.html").write_text(
        "<h2 id=there><a href=../../outside.html><a href='..'><a href=#there>", encoding="utf-8"
    )
    (tmp_path.parent / "outside.html").touch()
    assert list(broken_links(tmp_path)) == [
        "deep/page.html: ../../outside.html",
        "index.html: deep/page.html#gone",
        "index.html: deep/no.svg",
    ]


# Commands


def with_commands() -> list[Path]:
    return [path for path in PAGES if "```console\n" in TEXTS[path]]


@pytest.mark.parametrize("path", with_commands(), ids=lambda path: path.stem)
def test_the_commands_of_a_page_run_as_they_stand(
    path: Path, tmp_path: Path, built_demo: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In one folder, from top to bottom; what stands below a command is part of what it prints."""
    monkeypatch.chdir(tmp_path)
    for language, title, content in BLOCK.findall(TEXTS[path]):
        if title:
            Path(title).parent.mkdir(exist_ok=True)
            Path(title).write_text(content, encoding="utf-8")
        if language == "console":
            for part in re.split(r"^\$ ", content, flags=re.MULTILINE)[1:]:
                command, *expected = part.splitlines()
                do(shlex.split(command), built_demo, monkeypatch)
                printed = capsys.readouterr().out
                assert [line for line in expected if line not in printed] == [], command


def do(words: list[str], built_demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    match words:
        case ["cp", "-r", source, target]:
            shutil.copytree(source, target)
        case ["prisma-tool", "demo", folder]:
            shutil.copytree(built_demo, folder)
        case ["pip", "install", folder]:
            install(Path(folder), monkeypatch)
        case ["prisma-tool", *arguments]:
            assert run(arguments) == 0, shlex.join(arguments)
        case _:
            pytest.fail(f"no command of these pages: {shlex.join(words)}")


def install(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package as `pip install` leaves it: its modules on the path, and beside them what it announces."""
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    info = folder / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    about = f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n"
    (info / "METADATA").write_text(about, encoding="utf-8")
    points = "".join(
        f"[{group}]\n" + "".join(f"{name} = {place}\n" for name, place in named.items())
        for group, named in project["entry-points"].items()
    )
    (info / "entry_points.txt").write_text(points, encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder.resolve()))
    entry_points.usable.cache_clear()


@pytest.fixture(autouse=True)
def without_plugins() -> Iterator[None]:
    """What a page installs is unknown to the next."""
    yield
    entry_points.usable.cache_clear()
    sys.modules.pop("prisma_medx", None)


def test_the_source_of_the_plugin_page_reads_the_pages_of_an_answer() -> None:
    (code,) = [content for _, title, content in BLOCK.findall(page("plugins.md")) if title.endswith(".py")]
    names: dict[str, Any] = {}
    exec(compile(code, "plugins.md", "exec"), names)
    source = names["ARCHIVE"]
    assert source.request("cells", "2").parameters == {"q": "cells", "from": "2"}
    read = source.read(b"MEDX 3 2\r\n== 7\r\nTITLE A title\r\n== 8\r\nYEAR 2020\r\n")
    assert (read.total, read.next_token, [entry.accession for entry in read.parsed.entries]) == (3, "2", ["7"])
    assert [reject.reason for reject in read.parsed.rejects] == ["a record has a TITLE"]
    assert source.read(b"MEDX 3\n").next_token == ""
    with pytest.raises(FormatError):
        source.read(b"<html>")
