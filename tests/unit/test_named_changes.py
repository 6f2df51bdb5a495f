"""The lists of benchmarks/named_changes speak of the project as it is."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).parents[2]
LISTS = sorted((PROJECT / "benchmarks" / "named_changes").glob("*.toml"))


@pytest.mark.parametrize("path", LISTS, ids=lambda path: path.stem)
def test_each_named_change_can_still_be_made(path: Path) -> None:
    entries = tomllib.loads(path.read_text("utf-8"))["change"]
    assert len({entry["name"] for entry in entries}) == len(entries) > 0
    for entry in entries:
        assert set(entry) == {"name", "file", "old", "new", "tests"}, entry["name"]
        assert (PROJECT / entry["file"]).read_text("utf-8").count(entry["old"]) == 1, entry["name"]
        assert entry["old"] != entry["new"], entry["name"]
        assert entry["tests"], entry["name"]
        assert all((PROJECT / test.partition("::")[0]).is_file() for test in entry["tests"]), entry["name"]


def test_there_are_lists() -> None:
    assert LISTS
