"""The sources that a new review declares as searched elsewhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from prisma_tool.cli.main import run


@pytest.mark.parametrize(
    ("sources", "complaint"),
    [
        (["Embase", "EMBASE"], "EMBASE is named twice"),
        (["pubmed"], "PubMed is searched from here"),
        (["Embase", " "], "needs a name"),
    ],
)
def test_what_cannot_be_declared_is_refused_before_anything_is_made(
    sources: list[str], complaint: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = [part for source in sources for part in ("--source", source)]
    assert run(["init", str(tmp_path / "new"), *given]) == 1
    assert complaint in capsys.readouterr().err
    assert not (tmp_path / "new").exists()
