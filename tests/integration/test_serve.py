"""`serve`: who gets in, what the page loads, and the same application in a real browser."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import signal
import subprocess
import sys
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import aiohttp
import pytest
import requests

from prisma_tool.cli.main import run
from prisma_tool.identify.files.import_file import Import, import_file
from prisma_tool.model.log.events import EventKind
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import create_review, open_review
from prisma_tool.store.engine import event_rows

CHROMIUM = next((found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None)
SECONDS = 60
_CONTROL = 2
"""The key Ctrl, as the DevTools name it."""
_BYTES = 2
"""A frame of bytes (RFC 6455, 5.2)."""
_QUIET_SECONDS = 0.7
_ENTRY = "TY  - JOUR\nAN  - 1\nTI  - An invented title\nPY  - 2020\nER  - \n"


@pytest.fixture
def folder(review_folder: Path) -> Path:
    """A review of Ada's with one record."""
    (review_folder.parent / "one.ris").write_text(_ENTRY, encoding="utf-8")
    with open_review(review_folder, Environment(), print) as review:
        import_file(review, review_folder.parent / "one.ris", Import("Embase"))
    return review_folder


@pytest.fixture
def served(folder: Path) -> Iterator[str]:
    """The address of the review's application, whole with its key."""
    with _serving(folder) as url:
        yield url


@pytest.fixture(scope="module")
def looked_at(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The same of a review that several tests look at, and none changes."""
    folder = tmp_path_factory.mktemp("looked_at")
    create_review(folder / "review", reviewers=("Ada",))
    with _serving(folder / "review", HOME=str(folder), XDG_CONFIG_HOME=str(folder)) as url:
        yield url


@contextmanager
def _serving(folder: Path, **surroundings: str) -> Iterator[str]:
    command = [sys.executable, "-m", "prisma_tool", "-C", str(folder), "serve", "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env={**os.environ, **surroundings}) as process:
        assert process.stderr is not None
        try:
            told = process.stderr.readline()
            found = re.search(r"http://127\.0\.0\.1:\d+/\?key=\S+", told)
            assert found, told
            yield found.group(0)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(SECONDS)


def bare(url: str) -> str:
    return url.split("?", maxsplit=1)[0]


def port_of(url: str) -> str:
    return bare(url).rsplit(":", maxsplit=1)[1].strip("/")


def test_only_who_knows_the_key_gets_in_and_no_page_of_another_origin(looked_at: str) -> None:
    def status(url: str, **headers: str) -> int:
        return requests.get(url, headers=headers, timeout=SECONDS).status_code

    assert status(looked_at) == 200
    assert status(bare(looked_at)) == 403
    assert status(f"{bare(looked_at)}?key=guess") == 403
    assert status(f"{bare(looked_at)}static/js/textual.js") == 403
    assert status(looked_at, Host="review.example") == 403
    assert status(looked_at, Origin="http://review.example") == 403
    assert status(f"{bare(looked_at)}ws", Cookie=f"prisma_tool_key_{port_of(looked_at)}=guess") == 403


@pytest.mark.parametrize("host", ["[::1", "]", "[x]", "a b", "127.0.0.1:port", "user@127.0.0.1", "localhost/../", ""])
def test_a_host_that_is_no_name_is_a_bad_request_and_an_origin_that_is_none_is_another(looked_at: str, host: str) -> None:
    answer = requests.get(looked_at, headers={"Host": host}, timeout=SECONDS)
    assert (answer.status_code, answer.text) == (400, "This is not how a host is named in a request.")
    assert requests.get(looked_at, headers={"Origin": f"http://{host}"}, timeout=SECONDS).status_code == 403


def test_two_reviews_of_one_host_keep_their_visitors_apart(served: str, folder: Path) -> None:
    visitor = requests.Session()
    with _serving(folder) as other:
        for url in (served, other):
            assert visitor.get(url, timeout=SECONDS).status_code == 200
        for url in (served, other):
            assert visitor.get(f"{bare(url)}static/js/textual.js", timeout=SECONDS).status_code == 200
    assert sorted(visitor.cookies.keys()) == sorted(f"prisma_tool_key_{port_of(url)}" for url in (served, other))


def test_the_page_loads_nothing_from_elsewhere(looked_at: str) -> None:
    session = requests.Session()
    answer = session.get(looked_at, timeout=SECONDS)
    assert set(re.findall(r"(?:https?|wss?)://([^/\"]+)", answer.text)) == {bare(looked_at).split("/")[2]}
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")
    assert session.get(f"{bare(looked_at)}static/js/textual.js", timeout=SECONDS).status_code == 200


def test_a_port_that_is_taken_is_told_and_other_machines_are_warned_about(
    served: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    port = port_of(served)
    assert run(["-C", str(folder), "serve", "--port", port]) == 1
    assert "choose another --port" in capsys.readouterr().err
    assert run(["-C", str(folder), "serve", "--host", "192.0.2.1", "--port", "0"]) == 1
    assert "Warning: every machine that reaches 192.0.2.1" in capsys.readouterr().err


@pytest.mark.desktop
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")
def test_a_browser_shows_the_application_its_keys_decide_and_a_dropped_file_arrives(
    served: str, folder: Path, tmp_path: Path
) -> None:
    dropped = tmp_path / "two.ris"
    dropped.write_text(_ENTRY, encoding="utf-8")
    asked = asyncio.run(_visit(served, tmp_path, {"4": "An invented title", "i": "✓ include"}, dropped))
    assert {address.split("/")[2] for address in asked if "://" in address} == {bare(served).split("/")[2]}
    with open_review(folder, Environment(), print) as review, review.store.read() as transaction:
        (vote,) = event_rows.events(transaction, kinds=[EventKind.DECISION])
    assert (vote.reviewer, vote.text("verdict")) == ("Ada", "include")
    assert (folder / "uploads" / "two.ris").read_bytes() == dropped.read_bytes()


async def _visit(url: str, place: Path, keys: dict[str, str], dropped: Path) -> list[str]:
    """Open the page, press keys, each until the application has drawn some words, drop a file, leave, and wait until it has ended.

    Answers with all addresses that were asked for.
    """
    flags = [
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--remote-debugging-port=0",
        "--disable-dev-shm-usage",
    ]
    environment = {**os.environ, "HOME": str(place)}
    process = await asyncio.create_subprocess_exec(
        str(CHROMIUM),
        *flags,
        f"--user-data-dir={place / 'profile'}",
        "about:blank",
        stderr=asyncio.subprocess.PIPE,
        env=environment,
    )
    try:
        async with asyncio.timeout(SECONDS), aiohttp.ClientSession() as session:
            devtools = await _devtools(process)
            async with session.get(f"http://{devtools}/json/list") as answer:
                pages: list[dict[str, Any]] = await answer.json(content_type=None)
            socket = next(page["webSocketDebuggerUrl"] for page in pages if page["type"] == "page")
            async with session.ws_connect(socket) as connection:
                return await _in_page(_Page(connection), url, keys, dropped)
    finally:
        process.kill()
        await process.wait()


async def _devtools(process: asyncio.subprocess.Process) -> str:
    assert process.stderr is not None
    async for line in process.stderr:
        found = re.search(rb"DevTools listening on ws://([^/]+)/", line)
        if found:
            return found.group(1).decode()
    raise AssertionError("Chromium did not start")


async def _in_page(page: _Page, url: str, keys: dict[str, str], dropped: Path) -> list[str]:
    await page.call("Network.enable")
    await page.call("Page.enable")
    await page.call("Page.navigate", url=url)
    await page.until_class("-first-byte")
    for key, words in keys.items():
        # A key that is sent before the place is shown, or has stood for a moment, does nothing there.
        await page.until_quiet()
        await page.call("Input.dispatchKeyEvent", type="keyDown", text=key, key=key)
        await page.call("Input.dispatchKeyEvent", type="keyUp", key=key)
        await page.until_drawn(words)
    file = {"items": [], "files": [str(dropped)], "dragOperationsMask": 1}
    for kind in ("dragEnter", "dragOver", "drop"):
        await page.call("Input.dispatchDragEvent", type=kind, x=100, y=100, data=file)
    await page.until("document.querySelector('#said').textContent === '1 file is here; see above'")
    await page.call("Input.dispatchKeyEvent", type="rawKeyDown", key="q", windowsVirtualKeyCode=ord("Q"), modifiers=_CONTROL)
    await page.until_class("-closed")
    return page.asked


class _Page:
    """A page of the browser, by Chromium's DevTools protocol."""

    def __init__(self, connection: aiohttp.ClientWebSocketResponse) -> None:
        self.connection, self.calls, self.asked, self.drawn = connection, 0, list[str](), ""

    async def call(self, method: str, **parameters: Any) -> Any:
        self.calls += 1
        await self.connection.send_json({"id": self.calls, "method": method, "params": parameters})
        while True:
            told = await self._next()
            if told.get("id") == self.calls:
                return told.get("result", told)

    async def _next(self) -> Any:
        told = await self.connection.receive_json()
        if told.get("method") == "Network.requestWillBeSent":
            self.asked.append(told["params"]["request"]["url"])
        elif told.get("method") == "Network.webSocketFrameReceived" and told["params"]["response"]["opcode"] == _BYTES:
            self.drawn += b64decode(told["params"]["response"]["payloadData"]).decode(errors="ignore")
        return told

    async def until_quiet(self) -> None:
        """Wait until nothing more comes to the page: the application has drawn what it had to."""
        with suppress(TimeoutError):
            while True:
                async with asyncio.timeout(_QUIET_SECONDS):
                    await self._next()

    async def until_drawn(self, words: str) -> None:
        """Wait until the terminal was sent some words."""
        while words not in self.drawn:
            await self._next()

    async def until_class(self, name: str) -> None:
        """Wait until the page's body has a class."""
        await self.until(f"document.body && document.body.classList.contains('{name}')")

    async def until(self, condition: str) -> None:
        """Wait until a condition of JavaScript holds in the page."""
        script = f"""new Promise(done => {{
            const look = () => {condition} && done(true);
            new MutationObserver(look).observe(document, {{subtree: true, childList: true, characterData: true, attributes: true}});
            look();
        }})"""
        while True:
            told = await self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
            if told.get("result", {}).get("value"):
                return
