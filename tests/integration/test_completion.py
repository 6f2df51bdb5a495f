"""Completing commands in a shell: what `completion` prints is what a shell can use."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from prisma_tool.cli.completion import answer
from prisma_tool.cli.main import cli, run


def asked(words: str, place: int) -> list[str]:
    surroundings = os.environ | {"_PRISMA_TOOL_COMPLETE": "zsh_complete", "COMP_WORDS": words, "COMP_CWORD": str(place)}
    done = subprocess.run(
        [sys.executable, "-m", "prisma_tool"], env=surroundings, capture_output=True, text=True, check=True, timeout=60
    )
    return done.stdout.splitlines()[1::3]


def test_commands_options_and_choices_are_completed() -> None:
    assert asked("prisma-tool sta", 1) == ["status"]
    assert asked("prisma-tool -C elsewhere report che", 4) == ["checklist"]
    assert "--explain" in asked("prisma-tool flow --e", 2)
    assert asked("prisma-tool flow --language p", 3) == ["pt"]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_lines_of_each_shell_ask_this_program(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["completion", shell]) == 0
    assert f"_PRISMA_TOOL_COMPLETE={shell}_complete" in capsys.readouterr().out


def test_bash_completes_by_those_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(["completion", "bash"])
    script = tmp_path / "lines.sh"
    script.write_text(capsys.readouterr().out, encoding="utf-8")
    program = tmp_path / "prisma-tool"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m prisma_tool "$@"\n', encoding="utf-8")
    program.chmod(0o755)
    line = f'. {script}; COMP_WORDS=(prisma-tool sim); COMP_CWORD=1; _prisma_tool_completion {program}; echo "${{COMPREPLY[*]}}"'
    bash = shutil.which("bash")
    assert bash is not None
    done = subprocess.run([bash, "-c", line], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.strip() == "simulate"


def test_completing_names_of_commands_imports_none() -> None:
    with cli.make_context("prisma-tool", [], resilient_parsing=True) as context:
        assert [item.value for item in cli.shell_complete(context, "re")][:3] == ["remove", "reviewer", "retrieve"]


@pytest.mark.parametrize(
    "variables", [{}, {"COMP_WORDS": "prisma-tool sta", "COMP_CWORD": "x"}, {"COMP_WORDS": "prisma-tool sta"}]
)
def test_a_question_that_no_shell_asks_gets_no_words(
    variables: dict[str, str], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("COMP_WORDS", "COMP_CWORD"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert answer(cli, "bash_complete") == 1
    assert capfd.readouterr() == ("", "")
