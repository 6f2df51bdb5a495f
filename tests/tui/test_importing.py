"""Files come in by a dialog: what they would bring is seen, under the source that it is counted under, before anything is stored."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from textual.containers import VerticalScroll
from textual.pilot import Pilot
from textual.widgets import Input

from prisma_tool.errors import PrismaError, UsageError
from prisma_tool.identify.files.source_proposal import proposed_source
from prisma_tool.model.log.events import EventKind
from prisma_tool.model.protocol.declared_searches import DeclaredSearch
from prisma_tool.model.protocol.protocol import Protocol
from prisma_tool.model.vocabulary import Stage
from prisma_tool.review.open_review import Review
from prisma_tool.store.engine import event_rows
from prisma_tool.store.records import records
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.dialogs import folder_files
from prisma_tool.tui.dialogs.folder_files import beginning_with, completed, dropped_files, folder_entries, recent_files
from prisma_tool.tui.importing.files_dialog import FilesDialog
from prisma_tool.tui.sessions.import_session import ImportSession, Origin, Votes

ReviewOf = Callable[..., Review]
ENTRY = "TY  - JOUR\nTI  - {title}\nAU  - Moreau, A\nPY  - 2021\nJO  - Blood\nER  - \n"
DECLARED = '[[search]]\nname = "embase"\nsource = "Embase"\nplatform = "Ovid"\nstrategy = "exp leukemia/"\nsearched_on = 2025-02-01\nhits = 3\n'


@pytest.fixture
def exported(tmp_path: Path) -> Path:
    """A folder with what somebody exported, and what lies about there."""
    folder = tmp_path / "exported"
    (folder / "old").mkdir(parents=True)
    two = ENTRY.format(title="First [of] two") + ENTRY.format(title="Second of two")
    (folder / "scopus.ris").write_text(two.replace("ER", "DB  - Scopus\nER"), encoding="utf-8")
    (folder / "unknown.ris").write_text(ENTRY.format(title="From nowhere") + "TY  - JOUR\nER  - \n", encoding="utf-8")
    (folder / "paper.pdf").write_bytes(b"%PDF-1.4")
    (folder / ".hidden.ris").write_text(two, encoding="utf-8")
    return folder


def painted(pilot: Pilot[None]) -> str:
    return " ".join(
        "\n".join("".join(segment.text for segment in strip) for strip in pilot.app.screen._compositor.render_strips()).split()
    )


async def settled(pilot: Pilot[None]) -> str:
    for _ in range(4):
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
    return painted(pilot)


async def named(pilot: Pilot[None], path: Path) -> str:
    await pilot.press("plus")
    pilot.app.screen.query_one(Input).value = str(path)
    await pilot.press("enter")
    return await settled(pilot)


def titles(review: Review) -> list[str]:
    with review.store.read() as transaction:
        return sorted(record.citation.title for record in records.all_records(transaction))


def test_a_review_s_own_files_are_not_offered_in_its_folder_alone(tmp_path: Path) -> None:
    for name in ("review.toml", "review.db", "review.db-wal", "review.db-shm", "review.ris"):
        (tmp_path / name).touch()
    assert [entry.path.name for entry in folder_entries(tmp_path)] == ["review.ris"]
    (tmp_path / "review.toml").unlink()
    assert len(folder_entries(tmp_path)) == 4


def test_a_folder_is_listed_without_what_is_hidden_and_completed_as_far_as_there_is_no_choice(exported: Path) -> None:
    assert [entry.path.name for entry in folder_entries(exported)] == ["old", "paper.pdf", "scopus.ris", "unknown.ris"]
    assert [entry.path.name for entry in recent_files([exported, exported, exported / "none"])] in (
        ["unknown.ris", "scopus.ris"],
        ["scopus.ris", "unknown.ris"],
    )
    assert completed("sc", exported) == "scopus.ris"
    assert completed("O", exported) == "old/"
    assert completed("", exported) == ""
    assert completed(str(exported) + "/u", Path("/")) == f"{exported}/unknown.ris"
    assert completed("nothing/so", exported) == "nothing/so"


def test_what_is_dropped_on_a_terminal_are_files_and_anything_else_is_none(exported: Path) -> None:
    quoted = f"'{exported}/scopus.ris' {exported}/unknown.ris file://{exported}/paper.pdf"
    assert [file.name for file in dropped_files(quoted, Path("/"))] == ["scopus.ris", "unknown.ris", "paper.pdf"]
    assert dropped_files("scopus.ris", exported) == (exported / "scopus.ris",)
    for other in (f"{exported}/scopus.ris and this", "it's", "old", "\0"):
        assert dropped_files(other, exported) == ()


def test_of_a_long_text_that_is_pasted_only_the_first_word_is_looked_at(exported: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[str] = []

    def typed(word: str, folder: Path) -> Path:
        looked.append(word)
        return folder / word

    monkeypatch.setattr(folder_files, "path_typed", typed)
    assert dropped_files("Background: we asked whether it's \"so", exported) == ()
    assert looked == ["Background:"]


def test_a_path_that_is_typed_leaves_what_it_may_become(exported: Path) -> None:
    assert [one.path.name for one in beginning_with("S", exported)] == ["scopus.ris"]
    assert [one.path.name for one in beginning_with("", exported)] == ["old", "paper.pdf", "scopus.ris", "unknown.ris"]
    assert beginning_with("none/", exported) == []


@pytest.mark.parametrize(
    ("name", "content", "declared", "proposed"),
    [
        ("x.ris", "DB  - Scopus\n", (), "Scopus"),
        ("x.ris", "DB  - scopus\n", ("SCOPUS",), "SCOPUS"),
        ("x.ris", "", (), ""),
        ("my-cinahl-2.ris", "", ("CINAHL", "Embase"), "CINAHL"),
        ("cinahl-embase.ris", "", ("CINAHL", "Embase"), ""),
    ],
)
def test_the_source_is_proposed_by_what_the_file_shows(
    tmp_path: Path, name: str, content: str, declared: tuple[str, ...], proposed: str
) -> None:
    path = tmp_path / name
    path.write_text(ENTRY.format(title="One").replace("ER", f"{content}ER"), encoding="utf-8")
    searches = tuple(DeclaredSearch(name=label.lower(), source=label) for label in declared)
    assert proposed_source(path, Protocol(declared=searches)) == proposed


async def test_a_file_is_seen_before_it_is_stored(review_of: ReviewOf, exported: Path) -> None:
    review = review_of("")
    async with ReviewApp(review, "Anna").run_test(size=(80, 24)) as pilot:
        text = await named(pilot, exported / "scopus.ris")
        assert "2 declared = 2 read + 0 rejected; 2 new" in text
        assert "counted as database, shows Scopus" in text
        assert "First [of] two" in text
        # Of votes one line says that there are none; whose they are is asked once they are to be taken over.
        assert "Votes ‹ the file shows none ›" in text
        assert "who is who" not in text
        assert titles(review) == []
        await pilot.press("enter")
        assert "2 records" in await settled(pilot)
    assert titles(review) == ["First [of] two", "Second of two"]


async def test_votes_are_not_asked_about_before_the_file_was_looked_at(review_of: ReviewOf, exported: Path) -> None:
    async with ReviewApp(review_of(""), "Anna").run_test(size=(80, 24)) as pilot:
        text = await named(pilot, exported / "unknown.ris")
        assert "does not show where it comes from" in text
        assert "Votes" not in text


async def test_another_source_is_shown_before_anything_is_stored_under_it(review_of: ReviewOf, exported: Path) -> None:
    review = review_of("")
    async with ReviewApp(review, "Anna").run_test(size=(80, 24)) as pilot:
        assert "does not show where it comes from" in await named(pilot, exported / "unknown.ris")
        await pilot.press("enter")
        pilot.app.screen.query_one(Input).value = "A website"
        await pilot.press("enter")
        text = await settled(pilot)
        assert "counted as website" in text
        assert "rejected, line 7" in text
        pilot.app.screen.query_one(Input).value = "Embase"
        await pilot.press("enter")
        assert "counted as database" in await settled(pilot)
        await pilot.press("tab", "o", "enter")
        assert "counted as organisation" in await settled(pilot)
        assert titles(review) == []
        await pilot.press("escape")
        await settled(pilot)
        assert [note.message for note in pilot.app._notifications][-1] == "unknown.ris: left, nothing stored"
    assert titles(review) == []


@pytest.mark.parametrize(
    ("provider", "source"), [("NLM", "PubMed"), ("nlm", "PubMed"), ("NLM Catalog", "NLM Catalog"), ("Ovid", "Ovid")]
)
def test_a_file_whose_provider_is_the_library_that_keeps_pubmed_is_proposed_as_pubmed(
    review_of: ReviewOf, tmp_path: Path, provider: str, source: str
) -> None:
    path = tmp_path / "endnote.ris"
    path.write_text(ENTRY.format(title="A").replace("ER", f"DP  - {provider}\nER"), encoding="utf-8")
    assert proposed_source(path, review_of("").protocol) == source


@pytest.mark.parametrize(
    ("head", "source"),
    [("PMID- 7\nOWN - NLM\n", "PubMed"), ("PMID- 7\n", ""), ("OWN - ERIC\n", ""), ("OWN - NOTNLM\n", "")],
)
def test_entries_with_a_number_of_pubmed_and_an_owner_are_proposed_as_pubmed(
    review_of: ReviewOf, tmp_path: Path, head: str, source: str
) -> None:
    path = tmp_path / "a.nbib"
    path.write_text(f"{head}TI  - A title of a report\nDP  - 2019\nJT  - Blood\n\n", encoding="utf-8")
    assert proposed_source(path, review_of("").protocol) == source


@pytest.mark.parametrize("rows", [24, 36, 60])
async def test_what_was_found_in_a_file_is_as_high_as_the_dialog_allows(review_of: ReviewOf, tmp_path: Path, rows: int) -> None:
    path = tmp_path / "many.ris"
    path.write_text("".join(ENTRY.format(title=f"Report {n}") for n in range(60)), encoding="utf-8")
    async with ReviewApp(review_of(""), "Anna").run_test(size=(120, rows)) as pilot:
        await named(pilot, path)
        pilot.app.screen.query_one(Input).value = "Scopus"
        await pilot.press("enter")
        await settled(pilot)
        found, hint = pilot.app.screen.query_one(VerticalScroll).region, pilot.app.screen.query_one(".hint").region
        box = pilot.app.screen.query_one(".box").region
        assert found.bottom + 1 == hint.y, "the hint follows what was found"
        assert box.bottom - hint.bottom <= 3, "and nothing follows the hint"
        assert hint.bottom < box.bottom


async def test_the_first_typed_character_replaces_the_proposed_source(review_of: ReviewOf, exported: Path) -> None:
    async with ReviewApp(review_of(""), "Anna").run_test(size=(80, 24)) as pilot:
        await named(pilot, exported / "scopus.ris")
        assert pilot.app.screen.query_one(Input).value == "Scopus"
        await pilot.press("E", "x")
        assert pilot.app.screen.query_one(Input).value == "Ex"


async def test_of_several_marked_files_one_that_cannot_be_read_holds_up_no_other(
    review_of: ReviewOf, exported: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(exported)
    review = review_of("")
    async with ReviewApp(review, "Anna").run_test(size=(80, 24)) as pilot:
        await pilot.press("plus", "down", "down", "down", "space", "down", "space")
        assert "2 files marked" in painted(pilot)
        await pilot.press("enter")
        assert "scopus.ris · 2 of 2" in await settled(pilot)
        await pilot.press("enter")
        text = await settled(pilot)
        assert "paper.pdf: not imported" in text
        assert "scopus.ris: 2 new" in text
        assert text.count("3, then R, joins duplicates") == 1
    assert len(titles(review)) == 2


async def test_a_single_file_that_cannot_be_read_is_told_at_once(review_of: ReviewOf, exported: Path) -> None:
    async with ReviewApp(review_of(""), "Anna").run_test(size=(80, 24)) as pilot:
        assert "paper.pdf was not imported" in await named(pilot, exported / "paper.pdf")


def test_the_file_of_a_declared_search_is_held_against_its_hits(review_of: ReviewOf, exported: Path) -> None:
    review = review_of("", DECLARED)
    session = ImportSession(review, "embase")
    looked = session.look(exported / "unknown.ris")
    assert (looked.origin.source, titles(review)) == ("Embase", [])
    report = session.bring(looked)
    assert [one.sentence for one in report.searches] == ["declared 3, imported 1 (2 fewer)"]
    with pytest.raises(PrismaError, match="one of Embase"):
        session.look(exported / "unknown.ris", Origin("Scopus"))


RAYYAN = ENTRY.replace("ER", 'N1  - RAYYAN-INCLUSION: {{"rita"=>"{verdict}"}}\nER')


async def test_votes_of_another_program_are_seen_before_they_are_taken_over_and_stored_as_they_were_shown(
    review_of: ReviewOf, tmp_path: Path
) -> None:
    path = tmp_path / "rayyan.ris"
    path.write_text(
        RAYYAN.format(title="One", verdict="Included") + RAYYAN.format(title="Two", verdict="Excluded"), encoding="utf-8"
    )
    review = review_of(0)
    async with ReviewApp(review, "Anna").run_test(size=(80, 24)) as pilot:
        await named(pilot, path)
        dialog = pilot.app.screen
        dialog.query_one("#source", Input).value = "Embase"
        await pilot.press("enter")
        assert "2 entries carry decisions of reviewers; “Votes” above" in await settled(pilot)
        await pilot.press("tab", "tab")
        await settled(pilot)
        await pilot.press("right")
        await settled(pilot)
        await pilot.press("enter")
        text = await settled(pilot)
        assert "“who is who”" in text
        assert votes(review) == []
        pilot.app.screen.query_one("#people", Input).value = "rita = Ben"
        await pilot.press("enter")
        assert "2 decisions by Ben, 0 labels, 0 notes; 0 were here before" in await settled(pilot)
        assert votes(review) == []
        await pilot.press("enter")
        assert "2 decisions by Ben" in await settled(pilot)
    assert votes(review) == [("Ben", "exclude"), ("Ben", "include")]


def votes(review: Review) -> list[tuple[str, str]]:
    with review.store.read() as transaction:
        events = event_rows.not_undone(transaction, EventKind.DECISION)
    return sorted((event.reviewer, event.text("verdict")) for event in events)


@pytest.mark.parametrize("typed", ["= Ben", "rita =", "rita = Ben; ="])
def test_half_of_a_pair_of_names_is_refused(review_of: ReviewOf, exported: Path, typed: str) -> None:
    session = ImportSession(review_of(0), reviewer="Anna")
    with pytest.raises(UsageError, match="should be two names"):
        session.look(exported / "scopus.ris", Origin("Scopus", votes=Votes(Stage.TITLE_ABSTRACT, people=typed)))


async def test_files_of_a_path_that_is_typed_are_listed_a_line_each_below_their_own_folder(
    review_of: ReviewOf, exported: Path
) -> None:
    dialog = FilesDialog(exported / "old", [exported])
    for number in range(12):
        (exported / f"{'long-' * 12}{number}.ris").write_text("", encoding="utf-8")
    async with ReviewApp(review_of(""), "Anna").run_test(size=(80, 24)) as pilot:
        pilot.app.push_screen(dialog)
        assert "recent, in /" in await settled(pilot)
        pilot.app.screen.query_one(Input).value = "../"
        text = await settled(pilot)
        assert dialog.shown == exported
        assert text.count("[ ]") >= 6
        assert "Esc takes nothing" in text
