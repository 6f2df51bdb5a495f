"""Reviews for the terminal application: real folders, real SQLite, invented records, a clock that stands still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from standing_ready import empty_database
from style_rules import rules_read_once
from textual.css.stylesheet import Stylesheet
from textual.pilot import Pilot

from prisma_tool.identify.files.import_file import Import, import_file
from prisma_tool.model.record.citation import Author, Citation, Link, Section, Trial
from prisma_tool.model.vocabulary import RunStatus, SourceKind
from prisma_tool.review.environment import Environment
from prisma_tool.review.open_review import Review, create_review, open_review
from prisma_tool.store.records import records
from prisma_tool.store.runs import run_progress, runs
from prisma_tool.tui.app import ReviewApp

if TYPE_CHECKING:
    from tests.conftest import MadeOnce

PLAIN = "TY  - JOUR\nTI  - Plain report {n}\nAU  - Author, A\nPY  - 2021\nAB  - CAR T cells in mice, report {n}.\nER  - \n"
PROTOCOL = """title = "A review [of brackets]"
reviewers = ["Anna", "Ben"]
[criteria]
include = ["Adults [18+]"]
exclude = ["Animals only"]
[highlight]
include = ["CAR T"]
exclude = ["mice"]
"""


@pytest.fixture(scope="session", autouse=True)
def _style_sheets_read_once() -> Iterator[None]:
    """The applications of all tests share the rules that were read from their style sheets."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Stylesheet, "_parse_rules", rules_read_once)
        yield


@pytest.fixture(autouse=True)
def unhurried(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever presses keys in these tests sees the screen settle after each, and no record needs to have stood for a moment.

    Tests that are about haste ask for the mark `hasty` and set clock and pause themselves.
    """
    if request.node.get_closest_marker("hasty"):
        return
    monkeypatch.setattr(ReviewApp, "pause", 0.0)
    press = Pilot.press

    async def press_each(pilot: Pilot[object], *keys: str) -> None:
        for key in keys:
            await pilot.app.at_rest()  # type: ignore[attr-defined]
            await press(pilot, key)
            await pilot.app.at_rest()  # type: ignore[attr-defined]
        await pilot.pause()

    monkeypatch.setattr(Pilot, "press", press_each)


def _noon() -> datetime:
    return datetime(2025, 2, 3, 12, tzinfo=UTC)


@pytest.fixture
def review_of(made_once: MadeOnce, tmp_path: Path) -> Iterator[Callable[..., Review]]:
    """Makes an open review of the RIS text given, or of so many plain records; `rules` are more lines of its protocol.

    `once` does more to it, for the first test that asks for such a review; the others get copies.
    """
    folder = tmp_path / "review"
    with ExitStack() as stack:

        def make(content: str | int = 0, rules: str = "", once: Callable[[Review], object] = _left_as_it_is) -> Review:
            made_once(
                lambda: _make_review(folder, content, rules, once), folder, content, rules, once.__module__, once.__qualname__
            )
            return stack.enter_context(open_review(folder, Environment(), print, now=_noon))

        yield make


def _left_as_it_is(_: Review) -> None:
    """Does nothing more to a review."""


def _make_review(folder: Path, content: str | int, rules: str, more: Callable[[Review], object]) -> None:
    create_review(folder, text=PROTOCOL + rules)
    (folder / "review.db").write_bytes(empty_database())
    ris = content if isinstance(content, str) else "".join(PLAIN.format(n=n) for n in range(1, content + 1))
    # Also one without records is opened, since its first opening notes the protocol and costs several times as much as the next.
    with open_review(folder, Environment(), print, now=_noon) as review:
        if ris:
            file = folder.with_name("records.ris")
            file.write_text(ris, encoding="utf-8")
            import_file(review, file, Import("Embase"))
        more(review)


@pytest.fixture
def deliver() -> Callable[..., None]:
    """Stores records as a run of a fetched source would."""

    def store(review: Review, source: str, kind: SourceKind, *citations: Citation) -> None:
        with review.store.write() as transaction:
            known = runs.register_source(transaction, source, kind)
            run = runs.begin_run(transaction, known.slug)
            records.store_batch(
                transaction, run.id, [records.Delivery(known.slug, one.pmid or one.nct, one) for one in citations]
            )
            run_progress.finish(transaction, run.id, RunStatus.COMPLETE)

    return store


@pytest.fixture
def retracted() -> Citation:
    return Citation(
        title="Invented trial of CAR T cells",
        authors=tuple(Author(f"Name{n}", "A") for n in range(14)),
        year=2022,
        journal="Journal of Invention",
        volume="5",
        issue="2",
        pages="1-9",
        abstract=(Section("BACKGROUND", "Relapse is frequent."), Section("RESULTS", "CAR T cells worked in mice.")),
        publication_types=("Journal Article", "Clinical Trial"),
        doi="10.5555/retracted",
        pmid="99000001",
        registry_numbers=("NCT99000001",),
        links=(Link("RetractionIn", "99000009"), Link("ErratumIn", "99000008")),
    )


@pytest.fixture
def trial() -> Citation:
    return Citation(
        title="Invented register entry",
        registry_numbers=("NCT99000002",),
        abstract=(Section("", "A brief summary."),),
        trial=Trial(
            official_title="An Open-label Study",
            status="RECRUITING",
            study_type="INTERVENTIONAL",
            phases=("PHASE1", "PHASE2"),
            enrolment=24,
            conditions=("AML",),
            interventions=("CAR T cells",),
            sponsor="Nobody",
            started="2023-01",
            completed="2026-12",
        ),
    )
