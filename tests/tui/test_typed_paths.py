"""Paths that people type: what can be none is refused in a sentence, wherever it is typed."""

from __future__ import annotations

from pathlib import Path

import pytest

from prisma_tool.errors import UsageError
from prisma_tool.tui.dialogs.folder_files import beginning_with, completed, dropped_files
from prisma_tool.tui.dialogs.typed_paths import path_typed
from prisma_tool.tui.forms.target_file import typed_path
from prisma_tool.tui.start.start_forms import new_review_form, open_form

NONE = ("a\x00b", "a\x1b]0;evil\x07b", "~nobody-is-called-so/x", "0" * 256, "é" * 128, "x/" * 2001)


@pytest.mark.parametrize("typed", NONE)
def test_what_can_be_no_path_is_refused_and_neither_completed_nor_taken_for_a_dropped_file(typed: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError):
        path_typed(typed, tmp_path)
    with pytest.raises(UsageError):
        typed_path(typed, "the file", tmp_path)
    with pytest.raises(UsageError):
        open_form(tmp_path).perform({"folder": typed})
    assert beginning_with(typed, tmp_path) == []
    assert completed(typed, tmp_path) == typed
    assert dropped_files(typed, tmp_path) == ()


@pytest.mark.parametrize("typed", ["0" * 255, "é" * 127, "Screenshot 3\u202fPM.pdf", " with blanks ", "../up", "/else"])
def test_unusual_names_are_names(typed: str, tmp_path: Path) -> None:
    assert path_typed(typed, tmp_path) == tmp_path / typed.strip()


def folder_for(here: Path, title: str) -> Path:
    values = dict.fromkeys(("others", "pubmed", "ctgov", "sources", "folder"), "")
    return Path(new_review_form(here, "", print).perform({**values, "title": title, "reviewer": "Ada"})).relative_to(here)


def test_a_folder_is_named_after_the_title_in_whole_words_however_long_and_strange_that_is(tmp_path: Path) -> None:
    assert folder_for(tmp_path, "A/../b: [bold]") == Path("a-b-bold")
    assert folder_for(tmp_path, "///") == Path("review")
    assert folder_for(tmp_path, "日本") == Path("日本")
    assert folder_for(tmp_path, "word " * 100) == Path("-".join(["word"] * 16))
    assert len(folder_for(tmp_path, "x" * 3000).name) == 80
    assert len(folder_for(tmp_path, "日" * 300).name.encode()) == 78
