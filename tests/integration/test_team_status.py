"""`status` and `doctor` tell where a team stands and whether its database is reachable, migrated and sound."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from prisma_tool.cli.main import run
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import open_review
from prisma_tool.team.reviewers import retire

if TYPE_CHECKING:
    from tests.integration.conftest import Bench

PAIR = {"reviewers_per_record = 1": "reviewers_per_record = 2"}


@pytest.fixture
def pair(make_bench: Callable[..., Bench]) -> Bench:
    bench = make_bench(reviewers=("Ada", "Ben"), toml_edits=PAIR)
    bench.given("Embase", "1", "2")
    bench.dedupe()
    bench.vote("include", "embase:1", by="Ada")
    return bench


def told(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> Any:
    capsys.readouterr()
    assert run(list(arguments)) == code
    return json.loads(capsys.readouterr().out)


def test_the_status_tells_who_waits_for_whom_and_how_far_they_agree(pair: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    here = ["-C", str(pair.review.folder)]
    team = told(capsys, *here, "status", "--json")["team"]["title-abstract"]
    assert team["waiting"] == [{"voted": "Ada", "waits_for": "Ben", "n": 1}]
    pair.vote("include", "embase:1", by="Ben")
    pair.vote("exclude", "embase:2", by="Ben")
    assert run([*here, "status"]) == 0
    said = capsys.readouterr().out
    assert "title-abstract: 1 screened by Ben wait for Ada" in said
    assert "agreement at title-abstract: Ada and Ben: 1 of 1 (100.0%), kappa undefined" in said


def test_doctor_names_the_database_its_schema_and_what_is_stranded(pair: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    here = ["-C", str(pair.review.folder)]
    checks = {one["name"]: one for one in told(capsys, *here, "doctor", "--json")["checks"]}
    assert checks["database reachable"]["detail"].startswith("SQLite 3.")
    assert checks["database migrated"]["detail"].startswith("schema 0")
    assert checks["every open report waits for somebody"]["holds"]
    retire(pair.review, "Ben", "Ada")
    checks = {one["name"]: one for one in told(capsys, *here, "doctor", "--json", code=4)["checks"]}
    assert checks["every open report waits for somebody"]["detail"] == "1 at title-abstract wait for a reviewer who is not there"


def test_doctor_says_so_where_the_database_cannot_be_reached(
    review_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRISMA_TOOL_DATABASE", "postgresql://ada:s3cret@127.0.0.1:1/reviews")
    (check,) = told(capsys, "-C", str(review_folder), "doctor", "--json", code=4)["checks"]
    assert (check["name"], check["holds"]) == ("database reachable", False)
    assert "does not answer" in check["detail"]
    assert "s3cret" not in check["detail"]


def test_a_database_on_a_network_drive_is_warned_about_whenever_it_is_opened(review_folder: Path) -> None:
    heard: list[str] = []
    mounts = [f"server:/export {review_folder} nfs4 rw 0 0"]
    with open_review(review_folder, Environment(), heard.append, mounts=lambda: mounts):
        assert len(heard) == 1
        assert "network drive (nfs4)" in heard[0]


@pytest.mark.postgres
def test_doctor_names_a_server_without_its_password(
    postgres_url: str, review_folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PRISMA_TOOL_DATABASE", postgres_url.replace("postgres@", "postgres:s3cret@"))
    checks = {one["name"]: one["detail"] for one in told(capsys, "-C", str(review_folder), "doctor", "--json")["checks"]}
    assert checks["database reachable"].startswith("PostgreSQL ")
    assert "s3cret" not in str(checks)
