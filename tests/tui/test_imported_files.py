"""Sources lists what was imported beside the searches: when, by whom, how much, and what could not be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from textual.pilot import Pilot

from prisma_tool.history.activity import LogFilter, log_page
from prisma_tool.identify.files.import_file import Import, import_file
from prisma_tool.review.open_review import Review
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.frame.text_page import TextPage
from prisma_tool.tui.sessions.other_runs import other_runs

ReviewOf = Callable[..., Review]
TWO = "".join(f"TY  - JOUR\nTI  - Report {n} [x]\nPY  - 2021\nER  - \n" for n in (1, 2))
REJECT = "TY  - JOUR\nER  - \n"


def painted(pilot: Pilot[None]) -> str:
    return "\n".join("".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips())


def imported(review: Review, name: str, text: str, source: str) -> None:
    file = review.folder.parent / name
    Path(file).write_text(text, encoding="utf-8")
    import_file(review, file, Import(source))


async def test_a_file_says_which_search_of_the_protocol_found_it_or_that_none_did(review_of: ReviewOf) -> None:
    review = review_of("", '[[search]]\nname = "embase"\nsource = "Embase"\n')
    imported(review, "first.ris", TWO, "Embase")
    imported(review, "second.ris", TWO, "Scopus")
    async with ReviewApp(review, "Anna", "search").run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        lines = [line.strip() for line in painted(pilot).splitlines()]
        assert "imported 2; hits not declared · day not declared" in lines
        (first,), (second,) = ([line for line in lines if line.startswith(name)] for name in ("first.ris", "second.ris"))
        assert first.endswith("of the search embase")
        assert second.endswith("of no search in the protocol")


async def test_an_imported_file_stands_in_sources_with_its_counts_and_enter_shows_its_rejects(review_of: ReviewOf) -> None:
    review = review_of("")
    imported(review, "first.ris", TWO, "Embase")
    imported(review, "[second].ris", TWO + REJECT, "Scopus")
    async with ReviewApp(review, "Anna", "search").run_test(size=(120, 36)) as pilot:
        await pilot.pause()
        text = painted(pilot)
        assert "[second].ris  Scopus  imported, 3 Feb 2025" in text
        assert re.search(r"reported +stored +new +seen +changed +vanished +rejected", text)
        assert re.search(r"\n +3 +2 +0 +0 +1 ", text)
        assert re.search(r"\n +2 +2 +0 +0 +\n", text)
        assert text.index("[second].ris") < text.index("first.ris")
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, TextPage)
        assert "line 9: " in painted(pilot)
        await pilot.press("escape", "tab", "enter")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert "Report 2 [x]" in painted(pilot)


def test_who_has_the_review_open_is_who_imported_and_nobody_is_named_whom_the_review_does_not_list(review_of: ReviewOf) -> None:
    review = review_of("")
    imported(review.opened_for("Ben"), "first.ris", TWO, "Embase")
    imported(review.opened_for("Somebody else"), "second.ris", TWO, "Scopus")
    with review.store.read() as transaction:
        assert [run.by for run in other_runs(transaction)] == ["", "Ben"]
    words = [entry.words for entry in log_page(review, "Anna", LogFilter(kind="import"), 9).entries]
    assert words == ["somebody imported second.ris (complete, 2 reported)", "Ben imported first.ris (complete, 2 reported)"]
