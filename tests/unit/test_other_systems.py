"""What is done in another way on Windows and macOS, simulated: openers, locks, names and flags of files."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from types import ModuleType, SimpleNamespace

import pytest

from prisma_tool import plain_files
from prisma_tool.errors import PrismaError
from prisma_tool.fulltext import links
from prisma_tool.store.engine import claims

Claim = Callable[[Path], AbstractContextManager[bool]]
ADDRESS = "https://doi.org/10.1000/x"


def opened_on(system: str, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """What is started on a system instead of a viewer; on Linux nothing is to be had."""
    started: list[object] = []
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(os, "startfile", started.append, raising=False)
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(subprocess, "Popen", lambda command, **_: started.append(command))
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME"):
        monkeypatch.delenv(name, raising=False)
    return started


@pytest.mark.parametrize(("system", "expected"), [("win32", ADDRESS), ("darwin", ["/usr/bin/open", ADDRESS])])
def test_an_address_is_handed_to_the_systems_own_opener(system: str, expected: object, monkeypatch: pytest.MonkeyPatch) -> None:
    started = opened_on(system, monkeypatch)
    links.system_viewer(ADDRESS)
    assert started == [expected]


def test_inside_windows_linux_the_browser_of_windows_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    started = opened_on("linux", monkeypatch)
    with pytest.raises(PrismaError, match="No viewer can be opened"):
        links.system_viewer(ADDRESS)
    monkeypatch.setenv("WSL_DISTRO_NAME", "Debian")
    links.system_viewer(ADDRESS)
    assert started == [["/usr/bin/wslview", ADDRESS]]


def test_where_windows_knows_no_viewer_the_place_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    opened_on("win32", monkeypatch)

    def fail(target: str) -> None:
        raise OSError(1155, "No application is associated", target)

    monkeypatch.setattr(os, "startfile", fail, raising=False)
    with pytest.raises(PrismaError, match=r"No application is associated.*https://doi\.org/10\.1000/x"):
        links.system_viewer(ADDRESS)


def copy_of(module: ModuleType) -> ModuleType:
    """The module as it is when it is read under what is simulated."""
    assert module.__file__
    spec = importlib.util.spec_from_file_location(f"{module.__name__}_elsewhere", module.__file__)
    assert spec
    assert spec.loader
    made = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = made
    try:
        spec.loader.exec_module(made)
    finally:
        del sys.modules[spec.name]
    return made


@pytest.fixture
def windows_claims(monkeypatch: pytest.MonkeyPatch) -> Claim:
    """Locks of Windows, which belong to a handle and end when that is closed."""
    locked: dict[tuple[int, int], int] = {}

    def locking(handle: int, mode: int, length: int) -> None:
        file = os.fstat(handle)
        owner = locked.get((file.st_dev, file.st_ino))
        assert (mode, length) == (2, 1)
        if owner is not None and owner != handle and is_open(owner):
            raise PermissionError(13, "Permission denied")
        locked[file.st_dev, file.st_ino] = handle

    monkeypatch.setitem(sys.modules, "msvcrt", SimpleNamespace(LK_NBLCK=2, locking=locking))
    with monkeypatch.context() as simulated:
        simulated.setattr(sys, "platform", "win32")
        module = copy_of(claims)
    return module._file_claim  # type: ignore[no-any-return]


def is_open(handle: int) -> bool:
    try:
        os.fstat(handle)
    except OSError:
        return False
    return True


def test_on_windows_one_program_at_a_time_has_a_claim_and_the_file_stays(tmp_path: Path, windows_claims: Claim) -> None:
    path = tmp_path / "review.db-0.lock"
    with windows_claims(path) as first:
        with windows_claims(path) as second:
            assert (first, second) == (True, False)
        with windows_claims(path) as third:
            assert third is False
    assert path.exists()
    with windows_claims(path) as later:
        assert later is True


def test_a_name_with_a_drive_lies_below_no_folder_of_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    assert plain_files.lies_below("fulltext/pubmed:1/a.pdf", "fulltext")
    monkeypatch.setattr(plain_files, "os", SimpleNamespace(name="nt"))
    assert not plain_files.lies_below("fulltext/C:a.pdf", "fulltext")
    assert plain_files.lies_below("fulltext/a.pdf", "fulltext")
    assert not plain_files.lies_below("fulltext\\..\\a.pdf", "fulltext")


def test_where_files_have_a_text_mode_they_are_read_as_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "O_BINARY", 0x8000, raising=False)
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_DIRECTORY"):
        monkeypatch.delattr(os, name)
    assert copy_of(plain_files)._READ == os.O_RDONLY | 0x8000
