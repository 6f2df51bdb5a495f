"""The page: every number lists what stands behind it, nothing leaves it, and it can be used without a mouse and without eyes."""

from __future__ import annotations

import json
import re
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import requests
from figure_flows import COUNT, many, usual

from prisma_tool.cli.main import run
from prisma_tool.figure.layout.layout import lay_out
from prisma_tool.figure.layout.shapes import Fill
from prisma_tool.figure.render.html import render_html
from prisma_tool.figure.render.html_style import DARK, FIGURE_LINK, FOCUS, LIGHT
from prisma_tool.figure.words.options import PLAIN, FigureOptions, Thousands
from prisma_tool.figure.words.record_lines import RecordLine, address
from prisma_tool.flow.flow import Adjustment, Count, Flow, Pending, Study, Template

HOSTILE = "</title><script>fetch('http://evil.example')</script><img src=x onerror=alert(1)>\" onclick=\"x\x1b[2J"
KEYS = ("pubmed:34531250", "ctgov:NCT03971799", "embase:L2012345")
STUDIES = (Study("Moreau 2019", KEYS[:2]), Study(KEYS[2], KEYS[2:]))
FLOW = replace(
    usual(Template.UPDATED_V2),
    database_results=Count(KEYS),
    register_results=Count(),
    records_screened=Count(KEYS, (Adjustment(4, "a search of 2019"),)),
    new_studies=Count(KEYS, studies=STUDIES),
    dbr_excluded={HOSTILE: Count(KEYS[:2])},
    pending=Pending(title_abstract=Count(KEYS[:1])),
    unmerged=2,
)
RECORDS = {KEYS[0]: RecordLine(HOSTILE, 2021, "PubMed", "https://pubmed.ncbi.nlm.nih.gov/34531250/")}


class Page(HTMLParser):
    """A page taken apart: its tags with their attributes in order, and its texts with the tags around them."""

    VOID = frozenset({"meta", "link", "rect", "polyline", "polygon"})

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.texts: list[str] = []
        self.open: list[str] = []
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] != "style":
            self.texts.append(data)

    def named(self, tag: str, **wanted: str) -> list[dict[str, str]]:
        return [
            found
            for name, found in self.tags
            if name == tag and all(found.get(key.rstrip("_")) == value for key, value in wanted.items())
        ]


def page(flow: Flow = FLOW, options: FigureOptions = PLAIN) -> Page:
    return Page(render_html(flow, options, RECORDS))


def test_whatever_a_title_or_label_holds_arrives_as_text() -> None:
    source = render_html(FLOW, PLAIN, RECORDS)
    found = Page(source)
    assert not {"script", "img", "iframe", "object", "form"} & {tag for tag, _ in found.tags}
    assert not [name for _, attributes in found.tags for name in attributes if name.startswith("on") or name == "style"]
    assert "\x1b" not in source
    assert any("<script>fetch('http://evil.example')</script>" in text for text in found.texts)


def test_nothing_is_loaded_from_anywhere_and_the_policy_forbids_it() -> None:
    found = page()
    [policy] = found.named("meta", http_equiv="Content-Security-Policy") or [
        attributes for tag, attributes in found.tags if attributes.get("http-equiv") == "Content-Security-Policy"
    ]
    assert policy["content"].startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy["content"]
    sources = [value for _, attributes in found.tags for name, value in attributes.items() if name in {"src", "srcset", "data"}]
    links = [attributes["href"] for tag, attributes in found.tags if tag == "link"]
    assert (sources, links) == ([], ["data:,"])
    outside = {attributes["href"] for attributes in found.named("a") if not attributes["href"].startswith("#")}
    assert outside == {"https://pubmed.ncbi.nlm.nih.gov/34531250/", "https://clinicaltrials.gov/study/NCT03971799"}


@pytest.mark.parametrize("key", ["pubmed:1 onclick=x", "ctgov:NCT1", "ctgov:javascript:alert(1)", "embase:L1", "pubmed:", "x"])
def test_an_address_is_made_of_a_known_identifier_only(key: str) -> None:
    assert address(key) == ""


@pytest.mark.parametrize(
    "options", [PLAIN, FigureOptions(width_mm=80, thousands=Thousands.COMMA, hide=frozenset({"dbr_excluded"}))]
)
@pytest.mark.parametrize("flow", [FLOW, *map(usual, Template)], ids=["mixed", *Template])
def test_every_number_is_a_named_link_to_a_list_of_its_own_in_reading_order(flow: Flow, options: FigureOptions) -> None:
    found = page(flow, options)
    links = found.named("a", class_="number")
    counted = [line for box in lay_out(flow, options).boxes for line in box.lines if COUNT.search(line.text)]
    assert len(links) > 15
    assert len(links) == len(counted)
    for place, (link, line) in enumerate(zip(links, counted, strict=True), start=1):
        assert (link["id"], link["href"]) == (f"number-{place}", f"#list-{place}")
        assert COUNT.findall(line.text)[-1] in link["aria-label"]
    ids = [attributes["id"] for _, attributes in found.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    pointed = [word for _, a in found.tags for name in ("aria-labelledby",) if name in a for word in a[name].split()]
    assert {*pointed, *(link["href"][1:] for link in links)} <= set(ids)


def test_the_page_has_headings_in_order_a_caption_footnotes_checks_and_the_figure_in_words() -> None:
    source = render_html(FLOW, PLAIN, RECORDS)
    found = Page(source)
    levels = [int(tag[1]) for tag, _ in found.tags if re.fullmatch(r"h[1-6]", tag)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert found.named("html", lang="en")
    assert found.named("svg", role="group")
    for words in ("Figure 1. PRISMA 2020", "Adapted from: Page MJ", "The figure in words", "INTERIM"):
        assert words in source


def luminance(colour: str) -> float:
    parts = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, bright = sorted((luminance(one), luminance(other)))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_words_stand_out_from_their_ground(colours: dict[str, str]) -> None:
    for ground in ("ground", "panel"):
        assert all(contrast(colours[ink], colours[ground]) >= 4.5 for ink in ("ink", "quiet", "link", "bad"))
        assert contrast(colours["line"], colours[ground]) >= 3
    assert all(contrast(FIGURE_LINK, fill) >= 4.5 for fill in (Fill.WHITE, Fill.GREY, Fill.STAMP))
    assert all(contrast(FOCUS, fill) >= 3 for fill in (Fill.WHITE, Fill.GREY, Fill.STAMP))


# --- in a browser --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Browser:
    """A session of headless Chromium, driven over the WebDriver protocol."""

    session: str

    def do(self, command: str, **said: Any) -> Any:
        answer = requests.post(f"{self.session}/{command}", json=said, timeout=60)
        return answer.json()["value"]

    def js(self, script: str) -> Any:
        return self.do("execute/sync", script=script, args=[])

    def press(self, keys: str) -> None:
        strokes = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self.do("actions", actions=[{"type": "key", "id": "keyboard", "actions": strokes}])

    def click(self, selector: str) -> None:
        [[element]] = [list(self.do("element", using="css selector", value=selector).values())]
        assert self.do(f"element/{element}/click") is None

    def requested(self) -> set[str]:
        """The schemes of everything that was asked for."""
        told = [json.loads(entry["message"])["message"] for entry in self.do("se/log", type="performance")]
        asked = [one["params"]["request"]["url"] for one in told if one["method"] == "Network.requestWillBeSent"]
        return {url.partition(":")[0] for url in asked}


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    driver, chromium = shutil.which("chromedriver"), shutil.which("chromium") or shutil.which("google-chrome")
    if not driver or not chromium:
        pytest.skip("Chromium and chromedriver are not installed")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    profile = tmp_path_factory.mktemp("chromium")
    flags = ("headless", "no-sandbox", "disable-gpu", "disable-background-networking", "no-first-run", f"user-data-dir={profile}")
    wanted = {
        "goog:chromeOptions": {"binary": chromium, "args": [f"--{flag}" for flag in flags]},
        "goog:loggingPrefs": {"performance": "ALL"},
    }
    process = subprocess.Popen([driver, f"--port={port}"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    try:
        assert process.stdout is not None
        next(line for line in process.stdout if "started successfully" in line)
        address_of = f"http://127.0.0.1:{port}/session"
        begun = requests.post(address_of, json={"capabilities": {"alwaysMatch": wanted}}, timeout=120).json()["value"]
        session = f"{address_of}/{begun['sessionId']}"
        yield Browser(session)
        requests.delete(session, timeout=60)
    finally:
        process.terminate()
        process.communicate(timeout=30)


VISIBLE = """
const shown = [...document.querySelectorAll('.list')].filter(list => list.offsetParent !== null);
return shown.map(list => ({
  name: list.querySelector('h3').textContent,
  members: list.querySelectorAll('.members > li').length,
  byHand: [...list.querySelectorAll('.by-hand > li')].reduce((sum, line) => sum + parseInt(line.textContent), 0),
}));
"""


@pytest.mark.desktop
def test_a_click_on_each_number_shows_exactly_that_many_and_no_request_leaves_the_page(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "flow.html"
    file.write_text(render_html(FLOW, PLAIN, RECORDS), encoding="utf-8")
    browser.do("url", url=file.as_uri())
    numbers = browser.js("return document.querySelectorAll('a.number').length")
    assert numbers > 25
    for place in range(1, numbers + 1):
        browser.click(f"#number-{place}")
        [shown] = browser.js(VISIBLE)
        assert shown["members"] + shown["byHand"] == int(re.findall(r"\(n = (\d+)\)", shown["name"])[-1])
    assert browser.requested() <= {"file", "data", "chrome"}  # the last is the browser's own first page
    assert browser.js("return document.querySelector('style').sheet !== null")


@pytest.mark.desktop
def test_the_keyboard_reaches_every_number_in_order_opens_its_list_and_comes_back(browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "flow.html"
    file.write_text(render_html(FLOW, PLAIN, RECORDS), encoding="utf-8")
    browser.do("url", url=file.as_uri())
    browser.press("\ue004\ue004")
    focused = "return document.activeElement.id"
    numbers = browser.js("return document.querySelectorAll('a.number').length")
    met = []
    for _ in range(numbers):
        met.append(browser.js(focused))
        browser.press("\ue004")
    assert met == [f"number-{place}" for place in range(1, numbers + 1)]
    browser.js("document.getElementById('number-3').focus()")
    assert browser.js("return getComputedStyle(document.activeElement.querySelector('.area')).strokeWidth") != "0px"
    browser.press("\ue007")
    assert browser.js(focused) == "list-3"
    browser.press("\ue004\ue007")
    assert browser.js("return location.hash") == "#number-3"
    browser.press("\ue004")
    assert browser.js(focused) == "number-4"


def test_the_command_fills_in_the_titles_of_the_review(
    review_folder: Path, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    source, page_file = tmp_path / "export.ris", tmp_path / "flow.html"
    source.write_text("TY  - JOUR\nTI  - Wound care at <5 & >9 degrees\nPY  - 2019\nDO  - 10.1000/x(1)y\nAN  - L1\nER  - \n")
    assert run(["-C", str(review_folder), "import", str(source), "--source", "Embase"]) == 0
    assert run(["-C", str(review_folder), "flow", "-o", str(page_file)]) == 0
    told = page_file.read_text()
    assert "Wound care at &lt;5 &amp; &gt;9 degrees (2019)" in told
    assert 'href="https://doi.org/10.1000/x%281%29y"' in told
    assert page_file.name in capfd.readouterr().err


def test_a_count_that_is_only_typed_says_so() -> None:
    assert "Entered by hand, without records here" in render_html(Flow(Template.NEW_V1, records_screened=many(3)))
