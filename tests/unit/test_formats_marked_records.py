"""Whatever the format and the order of its tags, what belongs to one record is never read into another, and nothing is lost."""

from __future__ import annotations

import importlib.util
import random
import sys
from pathlib import Path
from types import ModuleType

from hypothesis import example, given
from hypothesis import strategies as st

from prisma_tool.formats.registry import read


def _marked_files() -> ModuleType:
    path = Path(__file__).parents[2] / "benchmarks" / "marked_files.py"
    spec = importlib.util.spec_from_file_location("marked_files", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


marked_files = _marked_files()


@given(st.sampled_from(sorted(marked_files.FORMATS)), st.integers(0, 1_000_000))
@example("ris", 30)
@example("ris", 78)
def test_each_records_own_marks_stay_in_it(name: str, seed: int) -> None:
    file = marked_files.marked(name, random.Random(seed))
    parsed = read(file.text.encode())

    assert parsed.format == name
    assert marked_files.misplaced(file, parsed.entries) == []


def test_marks_of_two_records_in_one_and_a_lost_mark_are_noticed() -> None:
    file = marked_files.MarkedFile("", 2, frozenset({("001", "a"), ("002", "a"), ("002", "b")}))
    entries = read(b"TY  - JOUR\nTI  - zq001aqz zq002aqz\nER  - \n").entries

    assert [trouble.partition(" ")[0] for trouble in marked_files.misplaced(file, entries)] == ["one", "2", "nowhere"]
