"""The README fits on one screen, and its two set-up commands are real: CI runs the one for the tests, and the other's installation."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
CI = (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_it_is_one_screen() -> None:
    assert len(README.splitlines()) <= 60
    assert README.count("![") == 1


def test_the_first_command_is_for_users_and_brings_no_test_tools() -> None:
    assert BLOCKS[0].endswith("pip install -c constraints.txt . && .venv/bin/prisma-tool demo\n")
    assert '"$workplace/plain/bin/pip" install --quiet -c constraints.txt' in CI


def test_the_second_command_is_what_ci_runs() -> None:
    assert BLOCKS[1].endswith("pip install -c constraints.txt -e '.[test]' && .venv/bin/pytest\n")
    assert "-c constraints.txt -e '.[test]'" in CI
    assert len(BLOCKS) == 2


def test_constraints_hold_names_and_versions_only() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pattern = re.compile(r"[a-z0-9-]+==[0-9][\w.]*( ; [\w .<>='!]+)?")
    assert [line for line in lines if not pattern.fullmatch(line)] == []


def test_no_lock_file_or_address_of_a_registry_is_committed() -> None:
    assert not (ROOT / "uv.lock").exists()
