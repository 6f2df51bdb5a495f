"""A review whose database is a PostgreSQL server, from the shell."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from prisma_tool.cli.main import run
from prisma_tool.store.engine.database import Store

ENTRY = "TY  - JOUR\nAN  - {0}\nTI  - An invented title about {1} and nothing else\nAU  - Author, A\nPY  - 2020\nER  - \n"


@pytest.mark.postgres
def test_a_review_runs_on_postgresql_as_on_sqlite(
    postgres_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PRISMA_TOOL_DATABASE", postgres_url)
    folder, ris = tmp_path / "review", tmp_path / "two.ris"
    ris.write_text(ENTRY.format("L1", "alpha") + ENTRY.format("L2", "omega"), encoding="utf-8")
    here = ["-C", str(folder)]
    assert run(["init", str(folder), "--reviewer", "Ada"]) == 0
    for name in ("Embase", "Scopus"):
        assert run([*here, "import", str(ris), "--source", name]) == 0
    assert run([*here, "dedupe"]) == 0
    assert run([*here, "decide", "scopus:L1", "include"]) == 0
    assert run([*here, "decide", "embase:L2", "exclude"]) == 0
    assert run([*here, "decide", "embase:L1", "include", "--stage", "full-text"]) == 0
    assert run([*here, "doctor"]) == 0
    capsys.readouterr()
    assert run([*here, "flow", "--json"]) == 0
    flow = json.loads(capsys.readouterr().out)
    assert (flow["counts"]["duplicates"], flow["counts"]["new_studies"], flow["interim"]) == (2, 1, False)
    assert all(check["holds"] for check in flow["checks"] if check["kind"] == "strict")
    assert not (folder / "review.db").exists()


@pytest.mark.postgres
def test_a_record_of_too_many_words_moves_with_its_review(
    postgres_url: str, review_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ris, here = tmp_path / "large.ris", ["-C", str(review_folder)]
    words = " ".join(f"word{number:06}" for number in range(90_000))
    ris.write_text(
        ENTRY.format("L1", "alpha").replace("PY  -", f"AB  - {words}\nPY  -") + ENTRY.format("L2", "omega"), encoding="utf-8"
    )
    assert run([*here, "import", str(ris), "--source", "Embase"]) == 0
    assert "warning: embase:L1 holds more words than can be indexed" in capsys.readouterr().out
    assert run([*here, "move", postgres_url]) == 0
    assert run([*here, "import", str(ris), "--source", "Scopus"]) == 0
    assert "warning: scopus:L1 holds more words than can be indexed" in capsys.readouterr().out
    assert run([*here, "doctor"]) == 0


@pytest.mark.postgres
def test_a_reader_that_stops_early_leaves_no_cursor_open_on_the_server(
    postgres_url: str, open_database: Callable[..., Store]
) -> None:
    with open_database(postgres_url).read() as transaction:
        stopped = iter(transaction.streamed(sa.select(sa.func.generate_series(1, 100_000))))
        cursors = sa.text("SELECT count(*) FROM pg_cursors WHERE name <> ''")
        assert len(next(stopped)) < 100_000
        assert transaction.session.execute(cursors).scalar() == 1
        del stopped
        assert transaction.session.execute(cursors).scalar() == 0
