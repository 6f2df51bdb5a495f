"""The README's commands are real: those of the walk-through are run, those of the first screen are what CI runs."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from prisma_tool.cli.main import COMMANDS, run

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
WALK = next(block for block in BLOCKS if "flow --check" in block)


def test_the_walk_through_runs_as_it_stands(tmp_path: Path, built_demo: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    first, *others = WALK.strip().splitlines()
    assert first == f"prisma-tool demo {built_demo.name}"
    shutil.copytree(built_demo, built_demo.name)
    for line in others:
        program, *arguments = shlex.split(line)
        assert program == "prisma-tool"
        assert run(arguments) == 0, line
    assert {path.name for path in tmp_path.iterdir()} == {
        "worked-example", "my-review", "figure.svg", "figure.png", "appendix.md", "figure.pdf", "records.csv",
    }  # fmt: skip


def test_every_command_stands_in_the_readme() -> None:
    assert [name for name in COMMANDS if f"`{name}" not in README] == []


def test_the_first_commands_are_those_that_ci_runs() -> None:
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert "pip install -c constraints.txt -e '.[test]' && .venv/bin/prisma-tool demo" in BLOCKS[0]
    assert "pip install -c constraints.txt -e '.[test]' && .venv/bin/pytest" in BLOCKS[1]
    assert "-c constraints.txt -e '.[test]'" in ci


def test_constraints_hold_names_and_versions_only() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pattern = re.compile(r"[a-z0-9-]+==[0-9][\w.]*( ; [\w .<>='!]+)?")
    assert [line for line in lines if not pattern.fullmatch(line)] == []


def test_no_lock_file_or_address_of_a_registry_is_committed() -> None:
    assert not (ROOT / "uv.lock").exists()
