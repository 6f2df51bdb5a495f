"""Which files may be opened of what came from elsewhere."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from prisma_tool import plain_files
from prisma_tool.errors import PrismaError
from prisma_tool.file_io import read_file
from prisma_tool.plain_files import NotPlainFile, PlainFile, is_pdf, lies_below, listed, open_plain, read_plain


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "folder"
    (made / "inner").mkdir(parents=True)
    (made / "inner" / "file").write_bytes(b"inside")
    (tmp_path / "secret").write_bytes(b"outside")
    return made


def read(path: Path, inside: Path | None) -> bytes:
    with open_plain(path, inside=inside) as stream:
        return stream.read()


def test_a_plain_file_below_a_folder_is_opened(folder: Path) -> None:
    assert read(folder / "inner" / "file", folder) == b"inside"


@pytest.mark.posix
def test_a_link_that_the_user_named_is_followed_and_one_that_came_along_is_not(folder: Path) -> None:
    link = folder / "inner" / "link"
    link.symlink_to(folder.parent / "secret")
    assert read(link, None) == b"outside"
    with pytest.raises(NotPlainFile, match="is a link"):
        read(link, folder)


@pytest.mark.posix
def test_nothing_is_reached_through_a_link_or_by_stepping_back(folder: Path) -> None:
    (folder / "shelf").symlink_to(folder / "inner")
    folder.with_name("same").symlink_to(folder)
    for path, inside in (
        (folder / "shelf" / "file", folder),
        (folder.with_name("same") / "inner" / "file", folder.with_name("same")),
        (folder / "inner" / ".." / ".." / "secret", folder),
        (folder.parent / "secret", folder),
    ):
        with pytest.raises(NotPlainFile):
            read(path, inside)


@pytest.mark.parametrize("inside", [True, False])
@pytest.mark.posix
def test_a_pipe_is_refused_at_once_and_without_a_writer(folder: Path, inside: bool) -> None:
    os.mkfifo(folder / "pipe")
    with pytest.raises(NotPlainFile, match="device or pipe"):
        read(folder / "pipe", folder if inside else None)


@pytest.mark.posix
def test_a_device_is_refused(folder: Path) -> None:
    with pytest.raises(PrismaError, match="device or pipe"):
        read_file(Path("/dev/zero"))
    (folder / "zero").symlink_to("/dev/zero")
    with pytest.raises(PrismaError, match="device or pipe"):
        read_file(folder / "zero")


def linked(path: Path, target: Path) -> None:
    path.unlink()
    path.symlink_to(target)


def piped(path: Path, target: Path) -> None:
    del target
    path.unlink()
    os.mkfifo(path)


def moved(path: Path, target: Path) -> None:
    (path.parent.parent / "other").mkdir()
    target.rename(path.parent.parent / "other" / "file")
    path.parent.rename(path.parent.parent / "away")
    path.parent.symlink_to(path.parent.parent / "other")


@pytest.mark.parametrize("swap", [linked, piped, moved])
def test_what_is_swapped_between_the_look_and_the_opening_is_not_opened(
    folder: Path, swap: Callable[[Path, Path], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    real = plain_files._open_inside

    def swapped(path: Path, inside: Path) -> int:
        swap(path, folder.parent / "secret")
        return real(path, inside)

    monkeypatch.setattr(plain_files, "_open_inside", swapped)
    with pytest.raises(NotPlainFile):
        read(folder / "inner" / "file", folder)


def test_what_is_larger_than_it_may_be_is_not_read(folder: Path) -> None:
    with (folder / "sparse").open("wb") as stream:
        stream.truncate(1 << 40)
    with pytest.raises(PrismaError, match="holds more than 2 GB"):
        read_file(folder / "sparse")
    assert read_plain(folder / "inner" / "file", at_most=6) == b"inside"
    with pytest.raises(PrismaError, match="holds more than 5 bytes"):
        read_plain(folder / "inner" / "file", at_most=5)


@pytest.mark.posix
def test_all_that_lies_below_a_folder_is_listed_and_no_link_followed(folder: Path) -> None:
    (folder / "shelf").symlink_to(folder.parent)
    os.mkfifo(folder / "pipe")
    (folder / ".hidden").write_bytes(b"")
    (folder / "Thumbs.db").write_bytes(b"")
    assert [(str(file.path), file.problem) for file in listed(folder)] == [
        ("inner/file", ""),
        ("pipe", "is not a file (a device or pipe)"),
        ("shelf", "is a link"),
    ]
    assert [file.problem for file in listed(folder, Path("shelf"))] == ["is a link"]
    assert [file.problem for file in listed(folder, Path("pipe"))] == ["is no folder"]
    assert list(listed(folder, Path("nowhere"))) == []


@pytest.mark.parametrize(
    ("name", "lies"),
    [
        ("raw/run/a.gz", True),
        ("raw/a: b?.gz", True),
        ("raw", False),
        ("raw/", False),
        ("/raw/a", False),
        ("raw/../a", False),
        ("raw/./a", False),
        ("raw//a", False),
        ("raw/a\\..\\b", False),
        ("raw/a\nb", False),
        ("other/a", False),
        ("", False),
    ],
)
def test_a_stored_name_is_that_of_a_file_below_its_folder_or_is_refused(name: str, lies: bool) -> None:
    assert lies_below(name, "raw") is lies


def test_a_pdf_is_known_by_how_it_begins() -> None:
    assert is_pdf(b"%PDF-1.7")
    assert is_pdf(b"\xef\xbb\xbf\n%PDF-1.4")
    assert not is_pdf(b"#!/bin/sh\n" + b" " * 1024 + b"%PDF-1.7")
    assert not is_pdf(b"")


@pytest.mark.posix
def test_reading_a_pipe_that_has_a_writer_takes_nothing_from_it(folder: Path) -> None:
    os.mkfifo(folder / "pipe")
    kept = os.open(folder / "pipe", os.O_RDWR)
    try:
        writer = threading.Thread(target=os.write, args=(kept, b"kept"))
        writer.start()
        writer.join()
        with pytest.raises(NotPlainFile):
            read(folder / "pipe", folder)
        assert os.read(kept, 10) == b"kept"
    finally:
        os.close(kept)


def test_a_file_is_cut_as_its_bytes_are_and_tells_when_somebody_wrote_to_it(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"0123456789")
    with PlainFile(tmp_path / "file") as file:
        assert (len(file), file[:3], file[7:], file[8:20], file[6:2], file[:]) == (10, b"012", b"789", b"89", b"", b"0123456789")
        file.require_unchanged()
        (tmp_path / "file").write_bytes(b"0123456789 and more")
        with pytest.raises(PrismaError, match="changed while it was read"):
            file.require_unchanged()


def test_a_file_that_is_read_part_by_part_has_an_upper_bound_too(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"0123456789")
    with pytest.raises(PrismaError, match="holds more than 9 bytes"):
        PlainFile(tmp_path / "file", at_most=9)
