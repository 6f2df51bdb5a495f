"""Files that a browser sends to `serve`: whole, under a safe name, within limits, for the page of this server alone; or nothing of them."""

from __future__ import annotations

import asyncio
import errno
import io
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from aiohttp import web

from prisma_tool.errors import PrismaError
from prisma_tool.review.archive import Archive
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import Review, open_review
from prisma_tool.tui import web_server
from prisma_tool.tui.uploaded_files import Upload, UploadLimits, Uploads
from prisma_tool.tui.web_server import COOKIE, Address, PageServer, Served

KEY = "the-key"
SENT_AGAIN = "The upload was cut before all of the file was here; nothing of it was kept. Send it again."


@pytest.fixture
def review(review_folder: Path) -> Iterator[Review]:
    with open_review(review_folder, Environment(), print) as opened:
        yield opened


@dataclass(frozen=True)
class Site:
    """A server on this machine."""

    port: int

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def headers(self, **others: str) -> dict[str, str]:
        """What the browser of somebody sends who opened the page with its key."""
        return {"Origin": self.origin, "Cookie": f"{COOKIE}{self.port}={KEY}", **others}

    async def send(self, name: str, data: Any, **headers: str) -> tuple[int, Any]:
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.origin}/upload", params={"name": name}, data=data, headers=self.headers(**headers)) as answer,
        ):
            is_json = answer.content_type == "application/json"
            return answer.status, await answer.json() if is_json else await answer.text()

    @asynccontextmanager
    async def sending(self, size: int, data: bytes) -> AsyncIterator[asyncio.StreamReader]:
        """Say that a file of so many bytes comes, and send some; the line is cut in the end."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        headers = [f"{name}: {value}" for name, value in self.headers().items()]
        first = ["POST /upload?name=one.ris HTTP/1.1", f"Host: 127.0.0.1:{self.port}", f"Content-Length: {size}"]
        writer.write("\r\n".join([*first, *headers, "", ""]).encode() + data)
        try:
            yield reader
        finally:
            writer.close()
            await writer.wait_closed()


@asynccontextmanager
async def serving(review: Review, limits: UploadLimits | None = None) -> AsyncIterator[Site]:
    uploads = Uploads(review, limits)
    runner = web.AppRunner(PageServer(Served("true", "A review", uploads), Address("127.0.0.1", 0, KEY), 0).application())
    await runner.setup()
    try:
        listener = web.TCPSite(runner, "127.0.0.1", 0)
        await listener.start()
        yield Site(runner.addresses[0][1])
    finally:
        await runner.cleanup()


def kept(review: Review) -> dict[str, bytes]:
    """All that lies in the two folders, hidden files too."""
    folders = (review.folder / "uploads", review.folder / "fulltext" / "inbox")
    files = [file for folder in folders if folder.is_dir() for file in folder.iterdir()]
    return {str(file.relative_to(review.folder)): file.read_bytes() for file in files}


async def test_a_file_arrives_whole_and_none_takes_the_place_of_another(review: Review) -> None:
    large = os.urandom(3 << 20)
    async with serving(review) as site:
        first = await site.send("it's an export.ris", io.BytesIO(large))
        assert first == (
            200,
            {"name": "it's an export.ris", "dropped": f"file://{review.folder}/uploads/it%27s%20an%20export.ris"},
        )
        status, second = await site.send("it's an export.ris", b"TY  - JOUR")
        assert (status, second["name"]) == (200, "it's an export (2).ris")
        assert (await site.send("empty.ris", b""))[0] == 200
    assert kept(review) == {
        "uploads/it's an export.ris": large,
        "uploads/it's an export (2).ris": b"TY  - JOUR",
        "uploads/empty.ris": b"",
    }


@pytest.mark.parametrize(
    ("name", "lies"),
    [
        ("../../review.toml", "_.._review.toml"),
        ("C:\\Users\\Ada\\one.ris", "C_Users_Ada_one.ris"),
        ("/etc/passwd", "_etc_passwd"),
        ("con.ris", "_con.ris"),
        ("a\x00b\x1b]0;evil\x07\r\n.ris", "ab.ris"),
        ("..", "file"),
        ("", "file"),
        ("-rf.ris", "-rf.ris"),
        (".hidden.ris", "hidden.ris"),
        ("~$paper.ris", "_~$paper.ris"),
        ("Thumbs.db", "_Thumbs.db"),
        ("é" * 300 + ".ris", "é" * 90 + ".ris"),
    ],
)
def test_whatever_a_file_was_called_it_stays_in_its_folder_under_a_name_of_every_system(
    review: Review, name: str, lies: str
) -> None:
    with Uploads(review).taking(name, 1) as upload:
        upload.write(b"x")
        assert upload.keep() == review.folder / "uploads" / lies
    assert kept(review) == {f"uploads/{lies}": b"x"}


@pytest.mark.parametrize(
    ("first", "second", "lies"),
    [
        ("One.ris", "one.ris", "one (2).ris"),
        ("caf\u00e9.ris", "cafe\u0301.ris", "cafe\u0301 (2).ris"),
        ("one.ris", "one.nbib", "one.nbib"),
    ],
)
def test_no_two_files_have_names_that_another_system_takes_for_one(review: Review, first: str, second: str, lies: str) -> None:
    assert [sent_here(review, name).name for name in (first, second)] == [first, lies]


def sent_here(review: Review, name: str) -> Path:
    with Uploads(review).taking(name, 0) as upload:
        return upload.keep()


def test_a_document_comes_to_rest_in_an_inbox_on_another_disk(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    rename = Path.replace

    def between_disks(path: Path, target: Path) -> Path:
        if path.parent != target.parent:
            raise OSError(errno.EXDEV, "Invalid cross-device link")
        return rename(path, target)

    monkeypatch.setattr(Path, "replace", between_disks)
    assert sent_here(review, "one.pdf") == review.folder / "fulltext" / "inbox" / "one.pdf"
    assert kept(review) == {"fulltext/inbox/one.pdf": b""}


def test_nothing_stays_of_a_file_that_cannot_be_brought_to_its_place(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, target: Path) -> Path:
        raise OSError(errno.ENOSPC, "No space left on device", str(path), None, str(target))

    monkeypatch.setattr(Path, "replace", full)
    assert "No space left on device" in problem(lambda: sent_here(review, "one.pdf"))
    assert kept(review) == {}


async def test_a_document_comes_to_rest_in_the_inbox_whether_its_name_or_its_content_shows_it(review: Review) -> None:
    async with serving(review) as site:
        for name, data in (("paper.PDF", b"<html>"), ("download", b"\n%PDF-1.7 text"), ("one.ris", b"TY  - JOUR")):
            assert (await site.send(name, data))[0] == 200
    assert sorted(kept(review)) == ["fulltext/inbox/download", "fulltext/inbox/paper.PDF", "uploads/one.ris"]


async def test_only_the_page_of_this_server_sends_files(review: Review) -> None:
    async with serving(review) as site, aiohttp.ClientSession() as session:

        async def status(**headers: str | None) -> int:
            given = {name: value for name, value in {**site.headers(), **headers}.items() if value is not None}
            async with session.post(f"{site.origin}/upload?name=one.ris", data=b"x", headers=given) as answer:
                return answer.status

        for origin in (
            None,
            "null",
            "http://review.example",
            "http://127.0.0.1:1",
            site.origin.replace("127.0.0.1", "localhost"),
        ):
            assert await status(Origin=origin) == 403
        assert await status(Cookie=None) == 403
        assert await status(Cookie=f"{COOKIE}{site.port}=guess") == 403
        assert await status(Host=f"review.example:{site.port}", Origin=f"http://review.example:{site.port}") == 403
        assert kept(review) == {}
        assert await status() == 200


async def test_a_key_of_bytes_that_are_no_text_opens_nothing_and_breaks_nothing(review: Review) -> None:
    async with serving(review) as site:
        reader, writer = await asyncio.open_connection("127.0.0.1", site.port)
        cookie = f"Cookie: {COOKIE}{site.port}=".encode() + b"\xff"
        writer.write(b"GET / HTTP/1.1\r\nHost: localhost\r\n" + cookie + b"\r\n\r\n")
        assert b" 403 Forbidden" in await reader.readline()
        writer.close()
        await writer.wait_closed()


@pytest.mark.parametrize("headers", [{"Content-Encoding": "gzip"}, {"Transfer-Encoding": "chunked"}])
async def test_a_file_comes_as_it_is_and_says_its_length(review: Review, headers: dict[str, str]) -> None:
    async def parts() -> AsyncIterator[bytes]:
        yield b"x"

    async with serving(review) as site:
        data: Any = parts() if "Transfer-Encoding" in headers else b"x"
        status, words = await site.send("one.ris", data, **{} if "Transfer-Encoding" in headers else headers)
    assert (status, words) == (411, "A file is sent as it is, with its length.")
    assert kept(review) == {}


async def test_nothing_stays_of_an_upload_that_is_cut(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    arrived, loop, write = asyncio.Event(), asyncio.get_running_loop(), Upload.write

    def noted(upload: Upload, data: bytes) -> None:
        write(upload, data)
        loop.call_soon_threadsafe(arrived.set)

    monkeypatch.setattr(Upload, "write", noted)
    async with serving(review) as site, site.sending(1_000, b"TY  - JOUR"):
        await arrived.wait()
        assert len(kept(review)) == 1
    assert kept(review) == {}


async def test_an_upload_that_brings_nothing_more_is_given_up(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_server, "IDLE_SECONDS", 0.05)
    async with serving(review) as site, site.sending(1_000, b"TY  - JOUR") as reader:
        answer = await reader.readuntil(b"Send it again.")
        assert answer.startswith(b"HTTP/1.1 400 ")
        assert SENT_AGAIN.encode() in answer
        assert kept(review) == {}


async def test_a_page_that_sends_more_than_it_announced_is_refused(review: Review) -> None:
    async with serving(review) as site, site.sending(4, b"TY  - more of it\r\n\r\n") as reader:
        assert b" 400 Bad Request" in await reader.readline()
    assert kept(review) == {}


def test_a_file_of_another_length_than_announced_is_not_kept(review: Review) -> None:
    with Uploads(review).taking("one.ris", 4) as upload:
        upload.write(b"abc")
        assert problem(upload.keep) == "Only 3 of 4 bytes of one.ris came; nothing of it was kept. Send it again."
    with Uploads(review).taking("one.ris", 4) as upload:
        upload.write(b"abc")
        assert problem(lambda: upload.write(b"de")) == (
            "More came of one.ris than was announced; nothing of it was kept. Send it again."
        )
    assert kept(review) == {}


MB = 1 << 20


@pytest.mark.parametrize(
    ("limits", "size", "words"),
    [
        (UploadLimits(file_bytes=2 * MB), 2 * MB, ""),
        (UploadLimits(file_bytes=2 * MB), 2 * MB + 1, "one.ris has 2 MB; a file has 2 MB at most"),
        (UploadLimits(total_bytes=3 * MB), 2 * MB - 1, ""),
        (UploadLimits(total_bytes=3 * MB), 2 * MB, "There is no room for one.ris"),
        (UploadLimits(files=3), 1, ""),
        (UploadLimits(files=2), 1, "There is no room for one.ris"),
    ],
)
def test_room_is_limited_for_each_file_and_for_all_that_lies_there(
    review: Review, limits: UploadLimits, size: int, words: str
) -> None:
    (review.folder / "uploads").mkdir()
    (review.folder / "uploads" / "before.ris").write_bytes(b"x" * MB)
    (review.folder / "fulltext" / "inbox").mkdir(parents=True)
    (review.folder / "fulltext" / "inbox" / "before.pdf").write_bytes(b"x")
    refused = problem(lambda: begun(Uploads(review, limits), size))
    assert refused.startswith(words)
    assert bool(refused) == bool(words)


def begun(uploads: Uploads, size: int) -> None:
    with uploads.taking("one.ris", size):
        pass


def problem(command: Callable[[], object]) -> str:
    try:
        command()
    except PrismaError as error:
        return error.message
    return ""


def test_files_that_are_under_way_count_and_no_more_than_a_few_come_at_once(review: Review) -> None:
    uploads = Uploads(review, UploadLimits(total_bytes=10, at_once=2))
    with uploads.taking("a", 6):
        assert "There is no room for one.ris" in problem(lambda: begun(uploads, 5))
        with uploads.taking("b", 4):
            assert problem(lambda: begun(uploads, 0)) == "2 other files are being sent; send one.ris again when they are through."
        assert problem(lambda: begun(uploads, 4)) == ""


async def test_a_review_that_is_only_looked_at_takes_nothing(review: Review) -> None:
    store = replace(review.store, only_read="Nothing can be changed here.", current=None)
    looked_at = replace(review, store=store, archive=Archive(store, review.protocol_text(), review.folder))
    async with serving(looked_at) as site:
        words = "This review can only be looked at; nothing can be uploaded to it."
        assert await site.send("one.ris", b"x") == (409, {"problem": words})
        async with aiohttp.ClientSession() as session, session.get(f"{site.origin}/?key={KEY}") as answer:
            assert f'data-refusal="{words}"' in await answer.text()
    assert kept(review) == {}


async def test_no_file_goes_through_a_link_to_another_folder(review: Review, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    (review.folder / "uploads").symlink_to(tmp_path / "elsewhere")
    async with serving(review) as site:
        status, said = await site.send("one.ris", b"x")
    assert (status, "is a link" in said["problem"]) == (409, True)
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_what_a_killed_server_left_is_removed_after_a_day(review: Review) -> None:
    folder = review.folder / "uploads"
    folder.mkdir()
    for name, age in ((".old.part", 86_401), (".new.part", 86_400), ("kept.ris", 86_401)):
        (folder / name).write_bytes(b"x")
        os.utime(folder / name, (1_000_000 - age,) * 2)
    Uploads(review).clear(now=1_000_000)
    assert sorted(kept(review)) == ["uploads/.new.part", "uploads/kept.ris"]


async def test_the_page_runs_scripts_of_its_own_alone_and_none_that_stands_in_it(review: Review) -> None:
    async with serving(review) as site, aiohttp.ClientSession() as session:
        async with session.get(f"{site.origin}/?key={KEY}") as answer:
            page, policy = await answer.text(), answer.headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy
        assert "<script>" not in page
        for name in web_server.SCRIPTS:
            async with session.get(f"{site.origin}/{name}", headers=site.headers()) as answer:
                assert answer.status == 200
            assert f'src="/{name}"' in page
