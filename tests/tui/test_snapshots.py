"""Every place at three sizes, as text: a change to any of them is read as a difference in the file of its name.

    WRITE_SNAPSHOTS=1 pytest tests/tui/test_snapshots.py

writes the files anew; look at them before they are kept.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from textual.pilot import Pilot

from prisma_tool.dedupe.run import deduplicate
from prisma_tool.model.record.citation import Author, Citation
from prisma_tool.model.vocabulary import SourceKind, Stage, Verdict
from prisma_tool.review.open_review import Review
from prisma_tool.screening.decisions import Decision, add_note, decide
from prisma_tool.studies import links
from prisma_tool.tui.app import ReviewApp
from prisma_tool.tui.frame.place_table import PLACES

ReviewOf = Callable[..., Review]
FOLDER = Path(__file__).parent / "snapshots"
SIZES = ((80, 24), (120, 36), (200, 60))
RULES = '[screening]\nreviewers_per_record = 2\nmaybe = "include"\n[[search]]\nname = "pubmed"\nsource = "PubMed"\nterm = "CAR-T AND AML"\n'
_TEMPORARY = re.compile(r"\s+\S*prisma-tests-\S*")
TITLES, TEXTS = Stage.TITLE_ABSTRACT, Stage.FULL_TEXT


def paper(number: int, title: str, **more: object) -> Citation:
    return Citation(
        title=title,
        authors=(Author("Moreau", "A"), Author("Tanaka", "B")),
        year=2020 + number % 4,
        journal="Journal of Invention",
        pmid=str(99_000_100 + number),
        doi=f"10.5555/snapshot.{number}",
        registry_numbers=("NCT99000002",) if number < 3 else (),
        **more,  # type: ignore[arg-type]
    )


@pytest.fixture
def review(review_of: ReviewOf, deliver: Callable[..., None], retracted: Citation, trial: Citation) -> Review:
    """A small review with something of everything: duplicates, a trial, votes that agree and that do not, an included study."""
    made = review_of("", RULES)
    titles = (
        "CAR T cells in [relapsed] leukaemia",
        "CAR T cells in mice",
        "Natural killer cells",
        "Maybe about AML",
        "Of no interest",
    )
    deliver(made, "PubMed", SourceKind.DATABASE, retracted, *(paper(n, title) for n, title in enumerate(titles)))
    deliver(made, "Embase", SourceKind.DATABASE, paper(0, "CAR T-cells in relapsed leukaemia."))
    deliver(made, "ClinicalTrials.gov", SourceKind.REGISTER, trial)
    deduplicate(made, lambda: 0.0)
    votes = {0: ("include", "include"), 1: ("include", "exclude"), 2: ("exclude", "exclude"), 3: ("maybe", "include")}
    for n, verdicts in votes.items():
        for who, verdict in zip(("Anna", "Ben"), verdicts, strict=True):
            decide(made, [Decision(f"pubmed:{99_000_100 + n}", TITLES, who, Verdict(verdict))])
    for who in ("Anna", "Ben"):
        decide(made, [Decision("pubmed:99000100", TEXTS, who, Verdict.INCLUDE)])
    links.link(made, "Moreau 2020", ["pubmed:99000100"], "Anna")
    add_note(made, "pubmed:99000104", "Ask about the dose.", "Ben")
    return made


def painted(pilot: Pilot[None]) -> str:
    rows = ("".join(segment.text for segment in strip).rstrip() for strip in pilot.app.screen._compositor.render_strips())
    # The name of a temporary folder is now longer, now shorter, and moves what stands around it.
    return re.sub(r"\n{3,}", "\n\n\n", _TEMPORARY.sub(" (folder)", "\n".join(rows))) + "\n"


@pytest.mark.parametrize("name", [place.name for place in PLACES])
async def test_a_place_looks_as_it_did(review: Review, name: str) -> None:
    for width, height in SIZES:
        app = ReviewApp(review, "Anna", name)
        async with app.run_test(size=(width, height)) as pilot:
            await pilot.pause()
            await app.workers.wait_for_complete()
            await pilot.pause()
            now = painted(pilot)
        kept = FOLDER / f"{name}-{width}x{height}.txt"
        if os.environ.get("WRITE_SNAPSHOTS"):
            kept.parent.mkdir(exist_ok=True)
            kept.write_text(now, encoding="utf-8")
        assert kept.is_file(), f"There is no {kept.name} yet; the head of this file says how to write it."
        assert now == kept.read_text(encoding="utf-8"), kept.name
