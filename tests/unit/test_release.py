"""What a release says of itself agrees in all its files."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from prisma_tool.version import VERSION

ROOT = Path(__file__).parents[2]


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def test_the_version_is_the_same_everywhere() -> None:
    assert re.findall(r"^version: (.+)$", text("CITATION.cff"), re.MULTILINE) == [VERSION]
    assert json.loads(text("codemeta.json"))["version"] == VERSION
    assert re.search(rf"^## {re.escape(VERSION)}\b", text("CHANGELOG.md"), re.MULTILINE)


def test_title_keywords_and_licence_are_the_same_everywhere() -> None:
    project, meta = tomllib.loads(text("pyproject.toml"))["project"], json.loads(text("codemeta.json"))
    assert meta["name"] == project["name"]
    assert meta["keywords"] == project["keywords"]
    assert meta["license"].endswith("/" + project["license"])
    assert f"license: {project['license']}\n" in text("CITATION.cff")


def test_no_home_is_claimed_before_there_is_one() -> None:
    assert "urls" not in tomllib.loads(text("pyproject.toml"))["project"]
    assert "repository-code" not in text("CITATION.cff")


def test_the_workflow_runs_what_developers_run_with_actions_of_a_full_version() -> None:
    workflow = text(".github/workflows/ci.yml")
    used = re.findall(r"uses: (\S+)", workflow)
    assert used
    assert [action for action in used if not re.fullmatch(r"[\w-]+/[\w-]+@v\d+\.\d+\.\d+", action)] == []
    assert "run: .ci/run\n" in workflow
    assert {"macos-latest", "windows-latest"} <= set(re.findall(r"[\w-]+-latest", workflow))
