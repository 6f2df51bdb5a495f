"""What a waiting person sees: a bar on a terminal, a line now and then elsewhere, nothing when quiet; never an escape sequence of a name."""

from __future__ import annotations

import io

import pytest

from prisma_tool.cli import progress as module
from prisma_tool.cli.progress import Bars, Lines, progress


def test_without_a_terminal_a_line_tells_now_and_then_how_far_how_fast_and_how_long() -> None:
    told: list[str] = []
    moments = iter([0.0, 4.0, 10.0, 11.0, 20.0])
    lines = Lines(told.append, lambda: next(moments))
    for done in (1_000, 2_000, 3_000, 4_000, 5_000):
        lines.advance("pubmed", done, 25_000)
    assert told == [
        "pubmed: 3,000 of 25,000 records, 200 a second, about 1 min 50 s left",
        "pubmed: 5,000 of 25,000 records, 200 a second, about 1 min 40 s left",
    ]


def test_a_bar_shows_records_and_rate_and_no_escape_sequence_of_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    screen = io.StringIO()
    bars = module._bars()
    bars.console.file, bars.console._force_terminal = screen, True
    with bars:
        shown = Bars(bars)
        shown.tell("pub\x1b[31mmed: [bold]searching[/]")
        shown.advance("ct\x1b]0;x\x07gov [red]", 0, None)
        shown.advance("ct\x1b]0;x\x07gov [red]", 150, 300)
    seen = screen.getvalue()
    assert "pubmed: [bold]searching[/]" in seen
    assert "ctgov [red]" in seen
    assert "150/300" in seen
    assert "\x1b]0;" not in seen


def test_quiet_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(quiet=True) as listener:
        listener.tell("searching")
        listener.advance("pubmed", 1, 2)
    assert capsys.readouterr() == ("", "")


def test_narration_goes_to_stderr(capsys: pytest.CaptureFixture[str]) -> None:
    with progress(quiet=False) as listener:
        listener.tell("searching")
    assert capsys.readouterr() == ("", "searching\n")
