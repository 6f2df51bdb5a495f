"""Every place of an empty, a half done and a finished review at three sizes, as text: a change to any of them is read as a difference in the file of its name.

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


Deliver = Callable[..., None]


def empty(review_of: ReviewOf, _: Deliver, *__: Citation) -> Review:
    """A review into which nothing came."""
    return review_of("", RULES)


def half(review_of: ReviewOf, deliver: Deliver, retracted: Citation, trial: Citation) -> Review:
    """A small review with something of everything: duplicates, a trial, votes that agree and that do not, an included study."""
    made = _screened(review_of, deliver, retracted, trial)
    votes = {0: ("include", "include"), 1: ("include", "exclude"), 2: ("exclude", "exclude"), 3: ("maybe", "include")}
    for n, verdicts in votes.items():
        for who, verdict in zip(("Anna", "Ben"), verdicts, strict=True):
            decide(made, [Decision(f"pubmed:{99_000_100 + n}", TITLES, who, Verdict(verdict))])
    _include_first(made)
    add_note(made, "pubmed:99000104", "Ask about the dose.", "Ben")
    return made


def finished(review_of: ReviewOf, deliver: Deliver, retracted: Citation, trial: Citation) -> Review:
    """The same review with every report decided: one included, one excluded at full text."""
    made = _screened(review_of, deliver, retracted, trial)
    keys = ("pubmed:99000001", *(f"pubmed:{99_000_100 + n}" for n in range(1, 5)), "ctgov:NCT99000002")
    for who in ("Anna", "Ben"):
        included = [Decision(key, TITLES, who, Verdict.INCLUDE) for key in ("pubmed:99000100", "pubmed:99000101")]
        decide(made, [*included, *(Decision(key, TITLES, who, Verdict.EXCLUDE) for key in keys if key != "pubmed:99000101")])
    for who in ("Anna", "Ben"):
        decide(made, [Decision("pubmed:99000101", TEXTS, who, Verdict.EXCLUDE, "Wrong population")])
    _include_first(made)
    return made


def _screened(review_of: ReviewOf, deliver: Deliver, retracted: Citation, trial: Citation) -> Review:
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
    return made


def _include_first(review: Review) -> None:
    for who in ("Anna", "Ben"):
        decide(review, [Decision("pubmed:99000100", TEXTS, who, Verdict.INCLUDE)])
    links.link(review, "Moreau 2020", ["pubmed:99000100"], "Anna")


def painted(pilot: Pilot[None]) -> str:
    rows = ("".join(segment.text for segment in strip).rstrip() for strip in pilot.app.screen._compositor.render_strips())
    # The name of a temporary folder is now longer, now shorter, and moves what stands around it.
    return re.sub(r"\n{3,}", "\n\n\n", _TEMPORARY.sub(" (folder)", "\n".join(rows))) + "\n"


@pytest.mark.parametrize("state", [empty, half, finished])
async def test_every_place_looks_as_it_did(
    state: Callable[..., Review], review_of: ReviewOf, deliver: Deliver, retracted: Citation, trial: Citation
) -> None:
    review = state(review_of, deliver, retracted, trial)
    others: list[str] = []
    for width, height in SIZES:
        app = ReviewApp(review, "Anna")
        async with app.run_test(size=(width, height)) as pilot:
            for place in PLACES:
                app.go(place.name)
                name = f"{state.__name__}-{place.name}-{width}x{height}.txt"
                if not is_as_kept(name, await settled(pilot)):
                    others.append(name)
    assert others == [], "The head of this file says how to write them anew."


async def settled(pilot: Pilot[None]) -> str:
    """What is painted once nothing more is asked for and painting again changes nothing."""
    before, now = "", painted(pilot)
    while now != before:
        for _ in range(2):
            await pilot.app.workers.wait_for_complete()
            await pilot.pause()
        before, now = now, painted(pilot)
    return now


def is_as_kept(name: str, now: str) -> bool:
    """Whether a place looks as it did when it was last looked at."""
    kept = FOLDER / name
    if os.environ.get("WRITE_SNAPSHOTS"):
        kept.parent.mkdir(exist_ok=True)
        kept.write_text(now, encoding="utf-8")
    return kept.is_file() and now == kept.read_text(encoding="utf-8")
